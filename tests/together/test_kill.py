"""kill -9 of a client, of the server and of the embedded child in mid-meeting: the others go on or are told."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from app import __version__
from app.net.signalling import target_of
from app.shell.local_server import RESTARTED, LocalServer, ServerEvents
from app.state import call_intents, events, intents
from app.wire.headers import SECRET_HEADER
from tests.fakes.headless import HeadlessClient
from tests.steering import ROOT, Process, Server
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, has_colour, has_tone, meet, share_a_room

pytestmark = pytest.mark.processes

OWNER_OF_A_CHILD = f"""
import sys, threading
from pathlib import Path
from app.shell.local_server import LocalServer, ServerEvents
ready = threading.Event()
server = LocalServer(
    Path(sys.argv[1]),
    ServerEvents(ready=lambda one: ready.set(), told=print, failed=print),
    version={__version__!r},
)
server.start()
assert ready.wait(20)
print(server.child_pid, flush=True)
sys.stdin.read()
"""


def wait_until_gone(pid):
    """Waits for a process that is not our child; pidfd becomes readable at its end."""
    import select

    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(handle) as file:
        assert select.select([file], [], [], 10)[0], "the process did not end"


def say_until_heard(client, room, text):
    """Posts a message, and presses Retry as often as it was not sent."""

    def outcome(state):
        view = state.view(room)
        if any(one.text == text for one in view.messages):
            return "posted"
        return "failed" if any(draft.has_failed for draft in view.drafts) else ""

    client.do(intents.SayInRoom(room=room, text=text, key="the-same"))
    for _ in range(200):
        if client.wait_for(outcome, what="posted or failed") == "posted":
            return
        client.wait_for(lambda state: state.connection.phase == "online")
        client.do(intents.RetryMessage(room=room, key="the-same"))
        client.wait_for(lambda state: outcome(state) != "failed" or state.connection.phase != "online")
    raise AssertionError("never posted")


def test_a_client_that_is_killed_is_missed_and_taken_back(cast, tmp_path):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    room = share_a_room(ada, grace)
    own_id = grace.state.me.id
    grace.close()
    cast.clients.remove(grace)
    ada.do(call_intents.BeginMeeting(room=room, key="one"))
    ada.wait_for(lambda state: state.call_phase == "prejoin")
    ada.do(call_intents.ContinueTerms())
    ada.wait_for(lambda state: not state.prejoin.asks_terms)
    ada.do(call_intents.Join())
    ada.wait_for(lambda state: state.call_phase == "in")
    home = tmp_path / "clients" / "grace"
    command = [sys.executable, "-m", "tests.fakes.headless", cast.server, home, "grace@example.com"]
    command += [home / "camera.mkv", home / "voice.wav"]

    for _ in range(2):
        process = Process(command, log=tmp_path / "grace.log")
        try:
            assert process.lines.next(20) == "in", (tmp_path / "grace.log").read_text()
            ada.wait_picture(own_id, has_colour(GRACE))
            ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
        finally:
            process.kill()
        ada.wait_for(
            lambda state: all(not one.is_connected for one in state.call.people if one.id == own_id), what="missed"
        )
        ada.pictures.clear()
        assert ada.state.call_phase == "in"


def test_a_server_that_is_killed_is_told_and_found_again(cast, tmp_path):
    first = Server(tmp_path / "own")
    cast.server = first.url
    try:
        ada = cast.enter("ada", ADA, ADA_HZ)
        grace = cast.enter("grace", GRACE, GRACE_HZ)
        room = share_a_room(ada, grace)
        meet(ada, grace, room)
        ada.wait_picture(grace.state.me.id, has_colour(GRACE))
    finally:
        first.kill()
    for client in (ada, grace):
        client.wait_for(lambda state: state.connection.phase == "offline" and state.connection.words)
        assert client.state.call_phase == "reconnecting"
    second = Server(tmp_path / "own", "--port", str(first.port))
    try:
        for client in (ada, grace):
            client.wait_for(lambda state: state.connection.phase == "online", 15)
            client.wait_for(lambda state: state.call_phase == "in", 15)
            assert client.state.room_info(room)
        say_until_heard(ada, room, "Still there?")
        grace.wait_for(lambda state: any(one.text == "Still there?" for one in state.view(room).messages))
    finally:
        for client in list(cast.clients):
            client.close()
            cast.clients.remove(client)
        second.stop()


@pytest.mark.logs_warnings
def test_an_embedded_child_that_is_killed_is_started_again_and_its_owner_signed_in(tmp_path):
    client = HeadlessClient("", tmp_path / "client")

    def ready(server):
        url = f"http://127.0.0.1:{server.port}"
        headers = {SECRET_HEADER: server.secret}
        client.conductor.connect(target_of(url, headers), secret=server.secret)

    kept = ServerEvents(
        ready=ready,
        told=lambda words: client.do(events.Announced(words=words)),
        failed=lambda words: client.do(events.Announced(words=words)),
    )
    server = LocalServer(tmp_path / "client", kept, version=__version__)
    server.start()
    try:
        client.wait_for(lambda state: state.connection.needs_owner and state.page == "sign_in", 20)
        client.do(intents.NameOwner(name="Ada"))
        client.wait_for(lambda state: state.page == "rooms")
        client.do(intents.MakeRoom(name="Plans"))
        client.wait_for(lambda state: state.rooms.known)
        os.kill(server.child_pid, signal.SIGKILL)
        client.wait_for(lambda state: any(one.words == RESTARTED for one in state.toasts.shown), 20)
        client.wait_for(lambda state: state.connection.phase == "online" and state.me and state.me.name == "Ada")
        say_until_heard(client, client.state.rooms.known[0].id, "Kept.")
    finally:
        server.stop()
        client.close()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux to watch a process that is not a child")
def test_the_embedded_child_ends_when_its_client_is_killed(tmp_path):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER_OF_A_CHILD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    watchdog = threading.Timer(30, owner.kill)
    watchdog.start()
    with owner:
        child = int(owner.stdout.readline())
        owner.kill()
    watchdog.cancel()
    wait_until_gone(child)
