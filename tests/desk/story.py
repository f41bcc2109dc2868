"""The story: two people meet, share, zoom, point, write, record, and one of them reads the recap."""

import contextlib
import json
import subprocess
import sys
import time
import wave

import numpy as np

from app.rehearsal.devices import stream_blocks
from tests.desk import call_steps, device_steps, room_steps
from tests.desk.note import TITLE
from tests.desk.person import Person
from tests.fakes.x_display import x_display
from tests.steering import ROOT, SteeringError

DEMO = ROOT / "resources" / "demo"
SCREEN_PX = (1440, 900)
#: A step that has not gone on after this is late for the one who clicked.
LATE_MS = 100
STEPS = (*room_steps.STEPS, *call_steps.STEPS, *device_steps.STEPS, *room_steps.LAST_STEPS)


class Story:
    """Tells it once.

    Args:
        folder: For data of both clients.
        out: For pictures and logs.

    Attributes:
        ada: Who begins, in the light theme; her Parley has the server.
        grace: Who comes as a guest, in the dark theme; None before she comes.
        link: To the meeting, once it was copied.
        note: The window of the other program, once it is there.
    """

    def __init__(self, folder, out):
        self.folder, self.out = folder, out
        self.ada = self.grace = None
        self.link, self.note = "", 0
        self._stack = contextlib.ExitStack()
        self._began_s = time.monotonic()

    def tell(self):
        """Goes through the steps up to the first one that nothing can follow; returns what `make desk` prints."""
        failed, count = [], 0
        with self._stack:
            for count, step in enumerate(STEPS, start=1):
                words = step.__doc__.splitlines()[0].rstrip(".")
                print(f"{time.monotonic() - self._began_s:6.1f} s  {count:2} {words}", flush=True)
                try:
                    step(self)
                except (AssertionError, SteeringError) as error:
                    failed.append({"step": words, "words": str(error)})
                    print(f"          WRONG: {error}", flush=True)
                self._keep(f"{count:02}-{step.__name__.replace('_', '-')}")
                if failed and failed[-1]["step"] == words:
                    if step.__name__ in NEEDED:
                        break
                    self._clear()
            late = self._late()
        return {
            "steps": count, "seconds": round(time.monotonic() - self._began_s, 1), "failed": failed, "late_ms": late
        }  # fmt: skip

    def _keep(self, name):
        # What has just been shown is painted.
        time.sleep(0.4)
        for one in (self.ada, self.grace):
            if one is not None:
                one.shoot(self.out / f"{name}-{one.name.lower()}.png")

    def _clear(self):
        """Puts away what a step has left open, so that the next one finds what it looks for."""
        for one in (self.ada, self.grace):
            if one is not None:
                one.hand.keys("Escape", "Escape")

    def _late(self):
        told = [one for person in (self.ada, self.grace) if person for one in person.reactions]
        (self.out / "reactions.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
        return {what: took_ms for what, took_ms in told if took_ms > LATE_MS}

    # --- who and what there is ------------------------------------------------------------------------------------
    def open_client(self, name, face, *options):
        """A client on a screen of its own, which plays a file of the demo again and again."""
        folder = self.folder / name.lower()
        folder.mkdir()
        environment = self._stack.enter_context(x_display(folder, SCREEN_PX))
        voice = self.folder / f"{face}.wav"
        _write_long(DEMO / f"{face}.opus", voice)
        one = Person(
            name, folder / "data", environment, *options,
            "--fake-camera", DEMO / f"{face}.webm", "--fake-microphone", voice,
            "--fake-speaker", self.folder / f"{name}-heard.wav", log=self.out / f"{name.lower()}.log",
        )  # fmt: skip
        self._stack.callback(one.client.stop)
        one.environment = environment
        one.see(first_paint=True, limit_s=40)
        one.window = one.hand.window_of("Parley", limit_s=20)
        return one

    def open_note(self, person):
        """Another program's window on somebody's screen."""
        note = subprocess.Popen([sys.executable, "-m", "tests.desk.note"], cwd=ROOT, env=person.environment)
        self._stack.callback(_end, note)
        self.note = person.hand.window_of(TITLE, limit_s=30)
        time.sleep(0.5)


def _end(process):
    process.terminate()
    process.wait(10)


def _write_long(source, file, times=6):
    """Somebody's talk several times over: it goes on for as long as the story."""
    blocks = np.concatenate(list(stream_blocks(source)))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        for _ in range(times):
            out.writeframes((np.clip(blocks, -1, 1) * 32_000).astype("<i2").tobytes())


#: Nothing can follow where one of these went wrong.
NEEDED = {
    "ada_starts", "ada_names_herself", "ada_makes_a_room", "ada_starts_a_meeting", "grace_starts",
    "grace_follows_the_link", "grace_is_let_in",
}  # fmt: skip
