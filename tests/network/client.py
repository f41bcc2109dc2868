"""A process that is one whole client without a window, steered by lines of JSON, and all that its user got.

`python -m tests.network.client URL FOLDER NAME VOICE ZERO`: camera and voice are coded, and begin at ZERO
(`time.monotonic()`, the same for all processes of a computer). Each line is answered by one; see `Steered`.
"""

import contextlib
import logging
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from app.media.device_thread import DeviceThread
from app.media.types import BLOCK, BLOCK_S, Frame
from app.net.voice_stream import VoiceStream
from app.rehearsal.device_maker import FileDevices
from app.rehearsal.devices import FileMicrophone
from app.state import call_intents, intents
from tests.fakes import headless
from tests.network import pattern
from tests.network.answering import own_output, serve_client
from tests.together.cast import go_in

START_S, STEP_S = 40.0, 30.0
#: How often the sender's rate is noted.
RATE_EVERY_S = 0.5


class CodedCamera:
    """A camera of 640x360 at 20 pictures a second, whatever it is asked for."""

    def __init__(self, zero_s):
        self._zero_s = zero_s
        self._thread = DeviceThread("coded camera")

    def start(self, on_frame):
        self.stop()
        self._thread.begin(lambda stopped: self._run(on_frame, stopped))

    def stop(self):
        self._thread.end()

    def _run(self, on_frame, stopped):
        number = max(0, int((time.monotonic() - self._zero_s) * pattern.FPS) + 1)
        while not stopped.wait(max(0.0, self._zero_s + number / pattern.FPS - time.monotonic())):
            on_frame(Frame(pattern.picture(number), "yuv420p", time.monotonic()))
            # A computer that is too busy leaves pictures out, as a camera's driver does.
            number = max(number + 1, int((time.monotonic() - self._zero_s) * pattern.FPS))


class KeepingEar(headless.Ear):
    """A speaker that keeps all of what it plays, and when."""

    def __init__(self):
        super().__init__()
        self.kept = []

    def _run(self, pull, stopped):
        due_s = time.monotonic()
        while not stopped.wait(max(0.0, due_s - time.monotonic())):
            due_s = max(due_s + BLOCK_S, time.monotonic() - 1.0)
            now_s = time.monotonic()
            self.kept.append((now_s, pull(BLOCK).astype(np.float16)))


@dataclass(frozen=True, slots=True)
class CodedDevices(FileDevices):
    """Coded camera and voice, and an ear."""

    zero_s: float = 0.0
    ear: object = None

    def camera(self, device_id, on_lost, size_px):
        return CodedCamera(self.zero_s)

    def microphone(self, device_id, on_lost):
        return FileMicrophone(self.microphone_file, loop=True, start_at_s=self.zero_s)

    def speaker(self, device_id, on_lost):
        return self.ear


class Witness(headless.HeadlessClient):
    """Keeps every picture and every change of what its user sees."""

    def __init__(self, url, data, voice, zero_s):
        self.shown, self.changes, self.played = [], [], []
        self.consent_asked = 0
        headless.Ear = KeepingEar
        # Only the kind of devices differs from what every headless client has.
        headless.HeadlessDevices = lambda camera, microphone, ear, screen: CodedDevices(
            Path("camera"), microphone, Path("ear"), zero_s=zero_s, ear=ear
        )
        self._watch_voices()
        super().__init__(url, data, camera=Path("camera"), microphone=voice)
        threading.Thread(target=self._watch_rate, name="rates", daemon=True).start()

    def _watch_voices(self):
        """Notes each 10 ms of each voice in the playing thread, where they are exact."""
        next_block = VoiceStream.next_block

        def noted(stream):
            before_ms = stream.statistics.concealed_ms
            block = next_block(stream)
            after = stream.statistics
            self.played.append(
                (time.monotonic(), float(block is not None), after.concealed_ms - before_ms, after.delay_ms)
            )
            return block

        VoiceStream.next_block = noted

    def _watch_rate(self):
        self.rates = []
        while True:
            time.sleep(RATE_EVERY_S)
            with contextlib.suppress(Exception):  # between two connections there is no encoder
                self.rates.append((time.monotonic(), float(self._target_rate())))

    def _target_rate(self):
        for connection in self.conductor.peers.connections:
            for sender in connection.getSenders():
                if sender.kind == "video" and (encoder := sender._RTCRtpSender__encoder) is not None:
                    return encoder.rate
        raise LookupError

    def _take_pictures(self):
        now_s = time.monotonic()
        for ((person, _), _), picture in self.mailbox.take_all().items():
            if person and self.conductor.state.call and person != self.conductor.state.call.you:
                luminance = np.ascontiguousarray(picture.seen[:, :, 1])
                small = cv2.resize(luminance, pattern.SMALL_PX, interpolation=cv2.INTER_AREA)
                with self.changed:
                    self.shown.append((now_s, person, pattern.read(luminance), small))
                    self.changed.notify_all()

    def _show(self, state):
        call = state.call
        people = {one.id: one.is_connected for one in call.people if one.id != call.you} if call else {}
        is_recorded = bool(call and call.recording.since is not None)
        asks = bool(call and call.recording.asks_consent)
        what = (state.call_phase, state.connection.phase, sorted(people.items()), is_recorded, asks)
        if not self.changes or self.changes[-1][1:] != what:
            if asks and not (self.changes and self.changes[-1][-1]):
                self.consent_asked += 1
            self.changes.append((time.monotonic(), *what))
        super()._show(state)


class Steered:
    """What a client can be told to do: each method is a word, its arguments come with it; what it returns is told."""

    def __init__(self, client):
        self.client = client

    def sign_up(self, name):
        client = self.client
        client.wait_for(lambda state: state.page == "sign_in", START_S, "the sign-in page")
        mail = f"{name}@example.com"
        client.do(intents.MakeAccount(email=mail, name=name.title(), kind="client", password="for this run"))
        client.wait_for(lambda state: state.page == "rooms", STEP_S, "signed in")
        # Tones are noise to the one filter, and nobody's loudspeaker is heard here; the voice takes the same way still.
        chosen = replace(client.state.devices.chosen, noise="off", echo=False)
        client.do(call_intents.Choose(choices=chosen))

    def make_room(self):
        self.client.do(intents.MakeRoom(name="Network"))
        room = self.client.wait_for(lambda state: state.rooms.open, STEP_S, "the room")
        self.client.do(intents.Invite(room=room))
        return {"room": room, "code": self.client.wait_for(lambda state: state.view(room).invitation, STEP_S, "a code")}

    def enter(self, room, code):
        self.client.do(intents.EnterRoomByCode(code=code))
        self.client.wait_for(lambda state: state.room_info(room), STEP_S, "the room")

    def begin(self, room, records):
        self.client.do(call_intents.BeginMeeting(room=room, key="first"))
        if records:
            self.client.wait_for(lambda state: state.prejoin, STEP_S, "the page before the call")
            self.client.do(call_intents.ChooseRecording(record=True))
        go_in(self.client)

    def join(self, room, records):
        client = self.client
        card = client.wait_for(lambda state: state.room_info(room).meeting, STEP_S, "the meeting's card")
        client.do(call_intents.GoToMeeting(meeting=card.id))
        if records:
            client.wait_for(lambda state: state.prejoin and state.prejoin.is_recording, STEP_S, "the notice")
            client.do(call_intents.ReadNotice(is_read=True))
        go_in(client)

    def wait_media(self):
        client, end_s = self.client, time.monotonic() + STEP_S
        with client.changed:
            while not (client.shown and client.played):
                left_s = end_s - time.monotonic()
                if left_s <= 0 or not client.changed.wait(left_s):
                    raise AssertionError(f"no pictures or no voice in {STEP_S:g} s: {headless._told(client.state)}")

    def say(self, text):
        self.client.do(call_intents.SayInChat(text=text, key=text.replace(" ", "-")))

    def tidy(self):
        """What a user would do: sends again what was not sent, and stays when asked whether to be recorded."""
        call = self.client.state.call
        if call is None or self.client.state.call_phase != "in":
            return
        for draft in call.chat.drafts:
            if draft.has_failed:
                self.client.do(call_intents.RetryChat(key=draft.key))
        if call.recording.asks_consent:
            self.client.do(call_intents.AnswerConsent(stays=True))

    def report(self, file):
        client, call = self.client, self.client.state.call
        shown, ear, played = list(client.shown), list(client.ear.kept), list(client.played)
        np.savez(
            file,
            shown_at=np.array([one[0] for one in shown]),
            numbers=np.array([one[2] for one in shown], np.int64),
            smalls=np.array([one[3] for one in shown], np.uint8).reshape(-1, 45, 80),
            ear_at=np.array([one[0] for one in ear]),
            ear=np.array([one[1] for one in ear], np.float16).reshape(-1, BLOCK),
            played=np.array(played, float).reshape(-1, 4),
            rates=np.array(client.rates, float).reshape(-1, 2),
        )
        return {
            "changes": client.changes,
            "tiles": sorted({one[1] for one in shown}),
            "lines": [line.text for line in call.chat.lines] if call else [],
            "consent_asked": client.consent_asked,
            "told": client.told,
        }


def main():
    url, folder, name, voice, zero_s = sys.argv[1:]
    cv2.setNumThreads(1)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    pattern.textures()
    answers = own_output()
    client = Witness(url, Path(folder), Path(voice), float(zero_s))
    serve_client(client, Steered(client), f"client {name}", answers)


if __name__ == "__main__":
    main()
