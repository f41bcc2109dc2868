"""A talk that is recorded leaves its recap; also when the server is killed in the middle of it."""

import json
import re
import subprocess
import sys

import pytest

from app.state import call_intents, intents
from server_stub.recap.worker import NICENESS
from tests.fakes.headless import HeadlessClient
from tests.steering import ROOT, Server
from tests.together.cast import go_in, share_a_room

DEMO = ROOT / "resources" / "demo"
LINES = json.loads((DEMO / "script.json").read_text(encoding="utf-8"))["lines"]
#: The first lines are spoken by then.
TALK_S = 8.0


#: Works for 0.2 s of a core, behind everything else as the recap's worker does, and says how many times longer it took.
WORK = f"""
import os, time
getattr(os, "nice", int)({NICENESS})
began_s, used_s = time.perf_counter(), time.process_time()
while time.process_time() - used_s < 0.2:
    pass
print(max(1.0, (time.perf_counter() - began_s) / 0.2))
"""
#: With other tests on the same cores the worker gets a tenth of one.
pytestmark = [pytest.mark.processes, pytest.mark.heavy, pytest.mark.timeout(300)]


def slowness():
    """How many times longer the worker's work takes now than on a computer that does nothing else; 1 there."""
    return float(subprocess.run([sys.executable, "-c", WORK], stdout=subprocess.PIPE, check=True).stdout)


class Talker:
    """Clara or Felix with the voice of the demo."""

    def __init__(self, name, url, folder, cast):
        self.name = name
        self.client = HeadlessClient(url, folder / name, camera=DEMO / f"{name}.webm", microphone=DEMO / f"{name}.opus")
        cast.clients.append(self.client)
        self.client.wait_for(lambda state: state.page == "sign_in")
        self.client.do(
            intents.MakeAccount(email=f"{name}@example.com", name=name.title(), kind="client", password="correct horse")
        )
        self.client.wait_for(lambda state: state.page == "rooms")


def talk(url, folder, cast):
    """Clara records from the first second, Felix joins and agrees; returns both, the room and the meeting."""
    clara, felix = (Talker(name, url, folder, cast).client for name in ("clara", "felix"))
    room = share_a_room(clara, felix)
    clara.do(call_intents.BeginMeeting(room=room, key="one"))
    clara.wait_for(lambda state: state.prejoin)
    clara.do(call_intents.ChooseRecording(record=True))
    go_in(clara)
    card = felix.wait_for(lambda state: state.room_info(room).meeting)
    felix.do(call_intents.GoToMeeting(meeting=card.id))
    felix.wait_for(lambda state: state.prejoin and state.prejoin.is_recording, what="the recording notice")
    felix.do(call_intents.ReadNotice(is_read=True))
    go_in(felix)
    for client in (clara, felix):
        client.wait_for(lambda state: len(state.call.people) == 2 and state.call.recording.since)
    return clara, felix, room, card.id


def hear_the_talk(clara, felix):
    """Waits until the first lines were spoken: Felix's ear has counted their blocks."""
    felix.wait_blocks(TALK_S)
    assert clara.state.call_phase == felix.state.call_phase == "in"


def words_of(recap, speaker):
    return set(re.findall(r"[a-z]+", " ".join(one.text for one in recap.transcript if one.speaker == speaker).lower()))


def check_recap(client, meeting, *, least_s):
    client.do(intents.OpenRecapPage(meeting=meeting))
    recap = client.wait_for(lambda state: state.recap and state.recap.recap, 120, what="the recap")
    assert {"hello", "hear", "felix"} & words_of(recap, "Clara")
    assert {"good", "morning"} & words_of(recap, "Felix")
    ids = {one.id for one in recap.transcript}
    assert all(set(one.evidence) <= ids and one.evidence for one in (*recap.summary, *recap.action_items))
    assert recap.engine
    assert recap.ended_at - recap.started_at >= least_s
    return recap


def test_r47_a_recorded_talk_leaves_its_recap_though_nobody_does_anything(cast, tmp_path):
    clara, felix, _, meeting = talk(cast.server, tmp_path / "talkers", cast)
    hear_the_talk(clara, felix)
    clara.do(call_intents.Leave())
    felix.do(call_intents.Leave())
    for client in (clara, felix):
        client.wait_for(lambda state: state.page == "recap", what="lands on the recap")
    slow = slowness()
    recap = check_recap(felix, meeting, least_s=TALK_S - 3)
    assert recap.ready_after_s < 30 * max(slow, slowness())
    felix.wait_for(lambda state: felix.notices, what="a notification")
    whole = felix.wait_for(lambda state: state.recap.recap if state.recap.recap.video else None, 120, what="the film")
    assert whole.films_after_s >= recap.ready_after_s
    path = fetch(clara, recap.meeting, whole.video)
    assert path.stat().st_size > 10_000


def fetch(client, meeting, file):
    import threading

    fetched = threading.Event()
    found = []
    client.conductor.fetch_file(meeting, file, lambda path, words: (found.append((path, words)), fetched.set()))
    assert fetched.wait(20)
    assert found[0][0], found
    return found[0][0]


def test_a_recording_that_a_kill_cut_in_two_leaves_a_recap_of_each_part(cast, tmp_path):
    server = Server(tmp_path / "killed")
    try:
        clara, felix, room, meeting = talk(server.url, tmp_path / "talkers", cast)
        hear_the_talk(clara, felix)
    finally:
        server.kill()
    for client in (clara, felix):
        client.wait_for(lambda state: state.connection.phase == "offline")
    again = Server(tmp_path / "killed", "--port", str(server.port))
    try:
        for client in (clara, felix):
            client.wait_for(lambda state: state.call_phase == "in" and state.call.recording.since, 20, what="back")
            assert not client.state.call.recording.asks_consent
        felix.wait_blocks(TALK_S)
        for client in (clara, felix):
            client.do(call_intents.Leave())
        check_recap(clara, meeting, least_s=TALK_S - 3)
        second = clara.wait_for(lambda state: second_part(state, room, meeting), 120, what="the second part")
        clara.do(intents.OpenRecapPage(meeting=second))
        recap = clara.wait_for(lambda state: recap_of(state, second), 30, what="its recap")
        assert recap.transcript
    finally:
        for client in list(cast.clients):
            client.close()
            cast.clients.remove(client)
        again.stop()


def second_part(state, room, meeting):
    """Id of the other recording of a meeting, once its recap is told."""
    recaps = [one.meeting.id for one in state.view(room).messages if one.kind == "recap" and one.meeting]
    return next((one for one in recaps if one != meeting), None)


def recap_of(state, recording):
    """The recap that is open, if it is that one's."""
    recap = state.recap.recap if state.recap else None
    return recap if recap and recap.meeting == recording else None
