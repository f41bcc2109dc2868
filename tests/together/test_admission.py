"""A guest comes by the link, waits in the lobby with nothing, is let in by the host, and keeps nothing afterwards."""

from app.state import call_intents, intents
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, go_in, has_colour, has_tone


def start(cast):
    ada = cast.enter("ada", ADA, ADA_HZ)
    ada.do(intents.MakeRoom(name="Website"))
    room = ada.wait_for(lambda state: state.rooms.open, what="the room")
    ada.do(call_intents.BeginMeeting(room=room, key="first"))
    go_in(ada)
    ada.do(call_intents.SayInChat(text="before the guest came", key="c"))
    ada.wait_for(lambda state: state.call.chat.lines)
    return ada


def test_a_guest_is_let_in_and_keeps_nothing(cast):
    ada = start(cast)
    alan = cast.arrive(ada.state.call.meeting.link)
    waiting = ada.wait_for(lambda state: state.call.lobby.waiting, what="the knock")
    assert [guest.name for guest in waiting] == ["Alan"]
    assert (alan.state.call, alan.state.rooms.known, alan.pictures.get("ada")) == (None, (), None)

    ada.do(call_intents.Admit(guest=waiting[0].id))
    alan.wait_for(lambda state: state.call_phase == "in", what="let in")
    alan.wait_picture(ada.state.call.you, has_colour(ADA))
    ada.wait_picture(alan.state.call.you, has_colour(GRACE))
    alan.wait_heard(has_tone(ADA_HZ), seconds=0.5)
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
    assert alan.state.call.chat.lines == (), "what was said before one came is not told"

    ada.do(call_intents.EndForAll())
    alan.wait_for(lambda state: state.call_phase == "ended", what="the end")
    assert (alan.state.call.chat.lines, alan.state.call.people, alan.state.page) == ((), (), "sign_in")


def test_a_guest_who_is_denied_reads_why(cast):
    ada = start(cast)
    alan = cast.arrive(ada.state.call.meeting.link)
    waiting = ada.wait_for(lambda state: state.call.lobby.waiting, what="the knock")
    ada.do(call_intents.Deny(guest=waiting[0].id))
    words = alan.wait_for(lambda state: state.call_phase == "prejoin" and state.prejoin.words, what="the denial")
    assert words == "The host did not let you in."
    ada.wait_for(lambda state: not state.call.lobby.waiting, what="the empty lobby")
