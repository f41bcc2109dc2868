"""A server that is killed or stopped in mid-meeting and started again: everyone is back without a click."""

import json
import os
import signal
import threading

import pytest

from app import __version__
from app.net.signalling import target_of
from app.shell.local_server import LocalServer, ServerEvents
from app.state import call_intents, events, intents
from app.wire.headers import SECRET_HEADER
from tests.fakes.headless import HeadlessClient
from tests.steering import SMALL_EAR, Server
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, go_in, has_colour, has_tone, meet, share_a_room

pytestmark = pytest.mark.processes

#: From when the server answers again until a picture is seen; on a busy machine.
BACK_S = 15.0


class Restarts:
    """A server of its own that is stopped and started on the same folder and port, and the cast that meets on it."""

    def __init__(self, cast, folder):
        self.cast, self._folder = cast, folder / "own"
        self.server = Server(self._folder, *SMALL_EAR)
        cast.server = self.server.url

    @property
    def recordings(self):
        """{folder: names of who is recorded in it}, oldest first."""
        files = sorted(self._folder.glob("meetings/*/recording.json"), key=lambda path: path.stat().st_ctime)
        return {path.parent.name: {one["name"] for one in json.loads(path.read_text())["people"]} for path in files}

    def again(self, stop):
        """Stops it, waits until everyone knows, and starts it again."""
        stop(self.server)
        for client in self.cast.clients:
            client.wait_for(lambda state: state.connection.phase == "offline", what="offline")
        return self.start

    def start(self):
        self.server = Server(self._folder, "--port", str(self.server.port), *SMALL_EAR)

    def end(self):
        for client in list(self.cast.clients):
            client.close()
            self.cast.clients.remove(client)
        self.server.stop()


@pytest.fixture
def restarts(cast, tmp_path):
    made = Restarts(cast, tmp_path)
    yield made
    made.end()


def let_in(host, guest):
    (waiting,) = host.wait_for(lambda state: state.call.lobby.waiting, what="the knock")
    host.do(call_intents.Admit(guest=waiting.id))
    guest.wait_for(lambda state: state.call_phase == "in", what="let in")


def seats(client):
    return sorted((one.id, one.name, one.is_guest) for one in client.state.call.people)


def forget_pictures(clients):
    for client in clients:
        with client.changed:
            client.pictures.clear()


@pytest.mark.logs_warnings  # the relay of a server that stops in good order closes its connections
@pytest.mark.parametrize("stop", [Server.kill, Server.stop], ids=["killed", "stopped"])
def test_everyone_is_back_in_their_seat_and_what_was_written_stands_once(restarts, stop):
    cast = restarts.cast
    ada, grace = cast.enter("ada", ADA, ADA_HZ), cast.enter("grace", GRACE, GRACE_HZ)
    meet(ada, grace, share_a_room(ada, grace))
    alan = cast.arrive(ada.state.call.meeting.link)
    let_in(ada, alan)
    bob = cast.arrive(ada.state.call.meeting.link, "Bob")
    (knock,) = ada.wait_for(lambda state: state.call.lobby.waiting, what="the second knock")
    grace.do(call_intents.SayInChat(text="Before", key="k1"))
    grace.do(call_intents.RaiseHand())
    inside = (ada, grace, alan)
    for client in inside:
        client.wait_for(lambda state: state.call.chat.lines and any(one.raised_at for one in state.call.people))
    before = seats(ada)
    start = restarts.again(stop)
    assert [client.state.call_phase for client in (*inside, bob)] == [*["reconnecting"] * 3, "waiting"]
    grace.do(call_intents.SayInChat(text="While away", key="k2"))
    forget_pictures(inside)
    for client in (*inside, bob):
        client.note()
    start()
    for client in inside:
        client.wait_for(lambda state: state.call_phase == "in" and state.connection.phase == "online", BACK_S)
    ada.wait_picture(grace.state.call.you, has_colour(GRACE), BACK_S)
    alan.wait_picture(ada.state.call.you, has_colour(ADA), BACK_S)
    grace.wait_heard(has_tone(ADA_HZ), seconds=0.5)
    for client in inside:
        client.wait_for(lambda state: all(one.is_connected for one in state.call.people))
        lines = client.wait_for(lambda state: state.call.chat.lines if len(state.call.chat.lines) > 1 else ())
        assert [line.text for line in lines] == ["Before", "While away"]
        assert seats(client) == before
        assert client.state.call.host == ada.state.call.you
        assert [one.name for one in client.state.call.people if one.raised_at] == ["Grace"]
        # Nobody was thrown back on a page, nobody's tile came twice, and nothing was left to press.
        assert all(one.call_phase in ("in", "reconnecting") for one in client._noted)
        assert max(len(one.call.people) for one in client._noted) == 3
        assert not client.state.call.chat.drafts
    again = ada.wait_for(lambda state: state.call.lobby.waiting, what="the guest who waited")
    assert [one.id for one in again] == [knock.id]
    assert all(one.call_phase == "waiting" for one in bob._noted)
    ada.do(call_intents.Admit(guest=knock.id))
    bob.wait_for(lambda state: state.call_phase == "in", what="let in after the restart")


def test_recording_goes_on_as_a_second_part_and_nobody_is_asked_twice(restarts):
    cast = restarts.cast
    ada, grace = cast.enter("ada", ADA, ADA_HZ), cast.enter("grace", GRACE, GRACE_HZ)
    meeting = meet(ada, grace, share_a_room(ada, grace))
    alan = cast.arrive(ada.state.call.meeting.link)
    let_in(ada, alan)
    ada.do(call_intents.SwitchRecording(is_on=True))
    for client in (grace, alan):
        client.wait_for(lambda state: state.call.recording.asks_consent, what="asked")
    grace.do(call_intents.AnswerConsent(stays=True))
    ada.wait_for(lambda state: sum(one.consents for one in state.call.people) == 2, what="the consent")
    grace.wait_for(lambda state: state.call.recording.receipt, what="the receipt")
    ada.wait_blocks(2.0)
    start = restarts.again(Server.kill)
    assert restarts.recordings == {meeting: {"Ada", "Grace"}}
    for client in (ada, grace, alan):
        client.note()
    start()
    for client in (ada, grace, alan):
        client.wait_for(lambda state: state.call_phase == "in", BACK_S)
        client.wait_for(lambda state: all(one.is_connected for one in state.call.people), BACK_S)
        assert client.state.call.recording.since
    ada.wait_picture(grace.state.call.you, has_colour(GRACE), BACK_S)
    for client in (ada, grace):
        assert not any(one.call.recording.asks_consent for one in client._noted)
        assert all(one.call.recording.since for one in client._noted)
    assert alan.state.call.recording.asks_consent
    grace.wait_blocks(2.0)
    (second,) = set(restarts.recordings) - {meeting}
    assert restarts.recordings[second] == {"Ada", "Grace"}
    ada.do(call_intents.EndForAll())
    for recording in (meeting, second):
        grace.wait_for(
            lambda state, recording=recording: any(
                message.kind == "recap" and message.meeting.id == recording
                for view in state.rooms.views.values()
                for message in view.messages
            ),
            60,
            what="the recap of each part",
        )


@pytest.mark.logs_warnings
def test_guests_come_back_to_the_computer_of_a_host_whose_server_was_killed(tmp_path):
    host = HeadlessClient("", tmp_path / "host")
    reached, found = threading.Event(), []

    def reach(told):
        found.append(told)
        reached.set()

    kept = ServerEvents(
        ready=lambda one: host.conductor.connect(target_of(one.text, {SECRET_HEADER: one.secret}), secret=one.secret),
        told=lambda words: host.do(events.Announced(words=words)),
        failed=lambda words: host.do(events.Announced(words=words)),
        reach=reach,
    )
    server = LocalServer(tmp_path / "host", kept, version=__version__, is_reachable=True)
    server.start()
    clients = [host]
    try:
        host.wait_for(lambda state: state.connection.needs_owner and state.page == "sign_in", 20)
        host.do(intents.NameOwner(name="Ada"))
        host.wait_for(lambda state: state.page == "rooms")
        host.do(intents.MakeRoom(name="Plans"))
        room = host.wait_for(lambda state: state.rooms.open, what="the room")
        host.do(call_intents.BeginMeeting(room=room, key="first"))
        go_in(host)
        assert reached.wait(20)
        guest = HeadlessClient(found[0].addresses[0], tmp_path / "guest")
        clients.append(guest)
        guest.wait_for(lambda state: state.page == "sign_in", what="the sign-in page")
        guest.do(call_intents.FollowLink(link=host.state.call.meeting.link))
        guest.wait_for(lambda state: state.call_phase == "prejoin", what="the page before the call")
        for event in (call_intents.ContinueTerms(), call_intents.NameGuest(name="Alan"), call_intents.Join()):
            guest.do(event)
        let_in(host, guest)
        for text in ("One", "Two"):  # what is said is on disk, and so is what was before it
            guest.do(call_intents.SayInChat(text=text, key=text))
            host.wait_for(lambda state, text=text: any(line.text == text for line in state.call.chat.lines))
        before, child = seats(host), server.child_pid
        for client in clients:
            client.note()
        os.kill(child, signal.SIGKILL)
        for client in clients:
            client.wait_seen(lambda state: state.call_phase == "reconnecting", what="told at once")
            client.wait_for(lambda state: state.call_phase == "in" and state.connection.phase == "online", 30)
            client.wait_for(
                lambda state: len(state.call.people) == 2 and all(o.is_connected for o in state.call.people)
            )
        assert server.child_pid != child
        assert seats(host) == seats(guest) == before
        guest.do(call_intents.SayInChat(text="Still here", key="k"))
        host.wait_for(lambda state: [line.text for line in state.call.chat.lines] == ["One", "Two", "Still here"])
    finally:
        for client in clients:
            client.close()
        server.stop()
