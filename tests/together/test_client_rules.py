"""The rules of rooms, hosts, guests and servers, by the real client on the real server."""

import datetime

import pytest

from app.state import call_intents, intents
from app.state.accounts import ELSEWHERE
from app.state.people import MUTED
from app.wire.links import parse_link, parse_server
from app.wire.schedule import Plan
from tests.fakes.headless import HeadlessClient
from tests.together.cast import ServerThread, go_in

PASSWORD = "correct horse"


def enter(cast, name, *, folder="", is_new=True):
    """A client without camera and voice, signed in."""
    client = HeadlessClient(cast.server, cast.folder / (folder or name))
    cast.clients.append(client)
    client.wait_for(lambda state: state.page == "sign_in", what="the sign-in page")
    email = f"{name}@example.com"
    make = intents.MakeAccount(email=email, name=name.title(), kind="client", password=PASSWORD)
    client.do(make if is_new else intents.EnterAccount(email=email, password=PASSWORD))
    client.wait_for(lambda state: state.page == "rooms", what="signed in")
    return client


def share(cast, *names):
    """Clients in one room, entered by its invitation link."""
    host, *others = (enter(cast, name) for name in names)
    host.do(intents.MakeRoom(name="Website"))
    room = host.wait_for(lambda state: state.rooms.open, what="the room")
    for other in others:
        host.do(intents.ForgetInvitation(room=room))
        host.wait_for(lambda state: not state.view(room).invitation)
        host.do(intents.Invite(room=room))
        link = host.wait_for(lambda state: state.view(room).invitation_link, what="the invitation")
        other.do(intents.EnterRoomByCode(code=link))
        other.wait_for(lambda state: state.rooms.open == room, what="the room")
    return host, *others


def begin(client):
    client.do(call_intents.BeginMeeting(room=client.state.rooms.open, key="k"))
    go_in(client)


def follow(client):
    card = client.wait_for(lambda state: next((room.meeting for room in state.rooms.known if room.meeting), None))
    client.do(call_intents.GoToMeeting(meeting=card.id))
    go_in(client)


def arrive(cast, link, name, *, folder=""):
    guest = HeadlessClient(cast.server, cast.folder / (folder or name))
    cast.clients.append(guest)
    guest.do(call_intents.FollowLink(link=link))
    knock(guest, name)
    return guest


def knock(guest, name):
    guest.wait_for(lambda state: state.call_phase == "prejoin", what="the page before the call")
    guest.do(call_intents.ContinueTerms())
    guest.do(call_intents.NameGuest(name=name))
    guest.do(call_intents.Join())


def test_what_is_said_in_a_room_is_unread_read_edited_found_and_left(cast):
    ada, grace = share(cast, "ada", "grace")
    room = ada.state.rooms.open
    grace.do(intents.MakeRoom(name="Other"))
    grace.wait_for(lambda state: state.rooms.open != room)
    ada.do(intents.SayInRoom(room=room, text="the logo costs 300", key="k1"))
    grace.wait_for(lambda state: state.view(room).unread == 1, what="the badge")
    grace.do(intents.SearchFor(words="logo"))
    found = grace.wait_for(lambda state: state.search and state.search.messages, what="found")
    assert [one.text for one in found] == ["the logo costs 300"]
    message = ada.wait_for(lambda state: next((m for m in state.view(room).messages if m.kind == "text"), None))
    ada.do(intents.ChangeMessage(message=message.id, text="the logo costs 400"))
    grace.wait_for(lambda state: state.search.messages[0].text == "the logo costs 400", what="edited")
    grace.do(intents.OpenRoom(room=room))
    grace.wait_for(lambda state: state.view(room).unread == 0 and not state.requests.pending, what="read")
    ada.do(intents.TakeBackMessage(message=message.id))
    grace.wait_for(lambda state: any(one.is_deleted for one in state.view(room).messages), what="taken back")
    ada.do(intents.NameRoom(room=room, name="Web"))
    grace.wait_for(lambda state: state.room_info(room).name == "Web", what="the new name")
    ada.do(intents.RemoveFromRoom(room=room, account=grace.state.own_id))
    grace.wait_for(lambda state: state.room_info(room) is None, what="taken out")
    assert room not in grace.state.rooms.views


def test_r34_r36_a_plan_becomes_a_card_a_file_and_goes_with_its_meeting(cast):
    ada, grace = share(cast, "ada", "grace")
    room = ada.state.rooms.open
    day = (datetime.date.today() + datetime.timedelta(days=3)).isoformat()
    plan = Plan(title="Kick-off", starts=f"{day}T10:00", time_zone="Europe/Lisbon")
    ada.do(intents.OpenPlan(room=room))
    ada.do(intents.SendPlan(plan=plan, key="k"))
    ada.wait_for(lambda state: state.plan is None, what="scheduled")
    card = grace.wait_for(lambda state: next(iter(state.room_info(room).scheduled), None), what="the card")
    assert (card.title, card.state) == ("Kick-off", "scheduled")
    grace.do(intents.GetCalendarFile(meeting=card.id))
    grace.wait_for(lambda state: state.giving.gift, what="the question whether a link for this computer alone is meant")
    grace.do(intents.AnswerGiving(answer="here"))
    file = grace.wait_for(lambda state: state.file, what="the calendar file")
    assert file.name.endswith(".ics")
    assert "Kick-off" in file.text
    ada.do(intents.OpenPlan(room=room, meeting=card.id))
    shown = ada.wait_for(lambda state: state.plan and state.plan.plan, what="the plan")
    assert shown.starts == plan.starts
    ada.do(intents.ClosePlan())
    grace.do(call_intents.GoToMeeting(meeting=card.id))
    grace.wait_for(lambda state: state.prejoin and state.prejoin.opens_at, what="the closed door")
    ada.do(intents.CancelPlanned(meeting=card.id))
    grace.wait_for(lambda state: not state.room_info(room).scheduled and state.prejoin.opens_at is None, what="gone")


def test_r23_r75_the_host_mutes_locks_renews_and_removes(cast):
    ada, grace = share(cast, "ada", "grace")
    begin(ada)
    follow(grace)
    ada.do(call_intents.MuteOther(person=grace.state.call.you))
    grace.wait_for(lambda state: not state.devices.chosen.microphone_on, what="muted")
    assert MUTED in grace.told
    link = ada.state.call.meeting.link
    ada.do(call_intents.Lock(is_locked=True))
    grace.wait_for(lambda state: state.call.is_locked, what="locked")
    guest = arrive(cast, link, "Alan")
    guest.wait_for(lambda state: state.prejoin and state.prejoin.words, what="that it is locked")
    ada.do(call_intents.Lock(is_locked=False))
    ada.do(call_intents.MakeNewLink())
    grace.wait_for(lambda state: state.call.meeting.link != link and not state.call.is_locked, what="the new link")
    grace.wait_for(lambda state: state.call.media.used_bytes > 0, what="what it has cost so far")
    ada.do(call_intents.RemoveOther(person=grace.state.call.you))
    grace.wait_for(lambda state: state.call_phase == "ended", what="removed")
    assert not grace.state.call.can_rejoin


def test_r20_r30_a_guest_withdraws_comes_in_is_removed_and_does_not_come_back(cast):
    (ada,) = share(cast, "ada")
    begin(ada)
    link = ada.state.call.meeting.link
    alan = arrive(cast, link, "Alan")
    ada.wait_for(lambda state: state.call.lobby.waiting, what="the knock")
    assert (ada.state.call.lobby.taken, ada.state.call.lobby.seats) == (1, 10)
    alan.do(call_intents.CancelJoin())
    ada.wait_for(lambda state: not state.call.lobby.waiting, what="withdrawn")
    alan.do(call_intents.FollowLink(link=link))
    knock(alan, "Alan")
    ada.wait_for(lambda state: state.call.lobby.waiting, what="the second knock")
    ada.do(call_intents.AdmitEveryone())
    alan.wait_for(lambda state: state.call_phase == "in", what="let in")
    ada.do(call_intents.RemoveOther(person=alan.state.call.you))
    alan.wait_for(lambda state: state.call_phase == "ended", what="removed")
    alan.do(call_intents.CloseCall())
    alan.do(call_intents.FollowLink(link=link))
    knock(alan, "Somebody else")
    alan.wait_for(lambda state: state.prejoin and state.prejoin.words, what="that one was removed")
    assert not ada.state.call.lobby.waiting


def test_the_same_account_on_two_devices(cast):
    (first,) = share(cast, "ada")
    second = enter(cast, "ada", folder="second", is_new=False)
    begin(first)
    card = second.wait_for(lambda state: next((room.meeting for room in state.rooms.known if room.meeting), None))
    second.do(call_intents.GoToMeeting(meeting=card.id))
    second.wait_for(lambda state: state.prejoin, what="the page before the call")
    second.do(call_intents.ContinueTerms())
    second.wait_for(lambda state: not state.prejoin.asks_terms)
    second.do(call_intents.Join())
    second.wait_for(lambda state: state.prejoin and state.prejoin.asks_move, what="the question")
    second.do(call_intents.AnswerMove(moves=True))
    second.wait_for(lambda state: state.call_phase == "in", what="moved")
    first.wait_for(lambda state: state.call_phase == "ended", what="left here")
    second.do(intents.OpenAccount(is_open=True))
    other = second.wait_for(
        lambda state: state.account and next((one for one in state.account.sign_ins if not one.is_this), None)
    )
    second.do(intents.EndOwnSignIn(id=other.id))
    first.wait_for(lambda state: state.page == "sign_in", what="signed out")
    assert first.state.sign_in.words == ELSEWHERE
    second.do(intents.ChangeOwnPassword(old=PASSWORD, new="another horse"))
    second.wait_for(lambda state: state.account.is_good, what="the new password")


@pytest.fixture
def other_server(tmp_path):
    server = ServerThread(tmp_path / "other server")
    yield server
    server.stop()


def test_a_link_leads_to_another_server_and_home_again(cast, other_server):
    there = HeadlessClient(other_server.url, cast.folder / "there")
    cast.clients.append(there)
    there.wait_for(lambda state: state.page == "sign_in")
    there.do(intents.MakeAccount(email="t@example.com", name="Theo", kind="client", password=PASSWORD))
    there.wait_for(lambda state: state.page == "rooms")
    there.do(intents.MakeRoom(name="Elsewhere"))
    there.wait_for(lambda state: state.rooms.open)
    begin(there)
    link = there.state.call.meeting.link
    (ada,) = share(cast, "ada")
    ada.do(call_intents.FollowLink(link=link))
    question = ada.wait_for(lambda state: state.links.question, what="the question")
    assert question == parse_link(link)
    ada.do(call_intents.AnswerLink(goes=True))
    knock(ada, "Ada")
    there.wait_for(lambda state: [one.name for one in state.call.lobby.waiting] == ["Ada"], what="the knock")
    assert (ada.state.me, ada.state.connection.is_home) == (None, False)
    assert ada.state.connection.server == parse_server(other_server.url)
    ada.do(call_intents.CancelJoin())
    ada.wait_for(lambda state: state.page == "rooms" and state.me is not None, what="home, by the kept sign-in")
    assert ada.state.room_info(ada.state.rooms.open).name == "Website"
