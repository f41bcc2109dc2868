"""Screens that are shared in a call of real clients on a real server: by anyone, until whoever may ends them."""

from app.state import call_intents
from app.state.sharing import SHARE_STOPPED
from tests.together.cast import (
    ADA,
    ADA_HZ,
    GRACE,
    GRACE_HZ,
    PAGE,
    begin,
    go_in,
    has_colour,
    has_tone,
    meet,
    share_a_room,
    shares,
)


def shares_not(person):
    return lambda state: not shares(person)(state)


def test_r39_a_guest_shares_everybody_sees_it_who_comes_later_too_and_the_host_may_stop_it(cast, page):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    room = share_a_room(ada, grace)
    ada.do(call_intents.BeginMeeting(room=room, key="first"))
    go_in(ada)
    alan = cast.arrive(ada.state.call.meeting.link, screen=page)
    waiting = ada.wait_for(lambda state: state.call.lobby.waiting, what="the knock")
    ada.do(call_intents.Admit(guest=waiting[0].id))
    me = alan.wait_for(lambda state: state.call and state.call.you, what="let in")
    begin(alan)
    ada.wait_for(shares(me))
    ada.wait_picture(f"{me}:screen", has_colour(PAGE))

    # Nothing moves any more: who comes now sees it all the same.
    ada.wait_blocks(1.0)
    grace.do(call_intents.GoToMeeting(meeting=ada.state.call.meeting.id))
    go_in(grace)
    grace.wait_picture(f"{me}:screen", has_colour(PAGE))

    ada.do(call_intents.StopOthersShare(person=me))
    alan.wait_for(lambda state: state.call.sharing.own is None)
    for one in (ada, grace):
        one.wait_for(shares_not(me))
    assert alan.told == [SHARE_STOPPED]
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)


def test_a_share_is_stopped_by_hand_begun_anew_and_ends_by_itself_in_words(cast, page):
    ada = cast.enter("ada", ADA, ADA_HZ, screen=page)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meet(ada, grace, share_a_room(ada, grace))
    me = ada.state.me.id
    for _ in range(2):
        begin(ada)
        grace.wait_for(shares(me))
        grace.wait_picture(f"{me}:screen", has_colour(PAGE))
        ada.do(call_intents.StopOwnShare())
        grace.wait_for(shares_not(me))
        grace.wait_picture(me, has_colour(ADA))
        grace.pictures.pop(f"{me}:screen", None)
    begin(ada)
    grace.wait_for(shares(me))
    page.unlink()
    grace.wait_for(shares_not(me))
    ada.wait_for(lambda state: state.call.sharing.own is None)
    assert ada.told == ["What you shared was closed, so your share has ended."]
    assert ada.state.call_phase == "in"


def test_a_share_goes_on_after_the_connection_was_lost(cast, page):
    ada = cast.enter("ada", ADA, ADA_HZ, screen=page)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meet(ada, grace, share_a_room(ada, grace))
    me = ada.state.me.id
    begin(ada)
    grace.wait_picture(f"{me}:screen", has_colour(PAGE))
    # The page stands still: only a share that begins again shows it once more.
    grace.note()
    grace.pictures.clear()
    ada.cut()
    grace.wait_seen(shares_not(me))
    grace.wait_for(shares(me), what="shared again")
    grace.wait_picture(f"{me}:screen", has_colour(PAGE))
    assert ada.state.call.sharing.own.is_on
