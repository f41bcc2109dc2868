"""Two laptops with loudspeakers in one room: somebody speaks, and it must not howl: `python -m tests.room`.

Sound goes through real devices: PulseAudio, PortAudio, the application's own microphone, filters, mixer and speaker.
The room makes a loop that grows; it is run once without the echo canceller, where it has to howl, and once with it.
The last line that is printed is JSON: the levels in dBFS after the speaker has ended, `howl_db` and `quiet_db`, and
`failed`.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import wave
from pathlib import Path

import numpy as np

from app.media.types import RATE_HZ
from server_stub.recap.sound import read_sound
from tests.room.sound_server import SoundServer, missing

ROOT = Path(__file__).resolve().parents[2]
SPEECH = ROOT / "tests" / "data" / "speech" / "two-cities-7.flac"
PORTS = ("47311", "47312")
OPEN_LIMIT_S = 20.0
SPEAK_S = 8.0
RING_OUT_S = 3.0
LISTEN_S = 2.0
HOWL_DB, QUIET_DB = -35.0, -50.0


class Laptop:
    """One process of `tests.room.laptop`, and what it has told."""

    def __init__(self, room, name, *options):
        self.levels = []
        ports = PORTS if name == "a" else PORTS[::-1]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.room.laptop", *ports, *options],
            cwd=ROOT, env=room.at(name), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            self.levels.append(float(line))

    def close(self):
        self._process.stdin.close()
        self._process.wait(20)


def main():
    lacking = missing()
    if lacking:
        print(f"The room cannot be made: {lacking}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="parley-room-") as folder:
        voice = Path(folder) / "voice.wav"
        write_voice(voice)
        howl_db = after_speech(Path(folder), voice, "--without-echo")
        quiet_db = after_speech(Path(folder), voice)
    failed = [
        words
        for words, is_so in (
            ("without the canceller the room does not howl: it proves nothing", howl_db < HOWL_DB),
            ("it howls", quiet_db > QUIET_DB),
        )
        if is_so
    ]
    print(json.dumps({"howl_db": howl_db, "quiet_db": quiet_db, "failed": failed}))
    return 1 if failed else 0


def write_voice(path):
    said = np.concatenate([part for _, part in read_sound(SPEECH, RATE_HZ)])[: round(SPEAK_S * RATE_HZ)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((said / np.abs(said).max() * 16_000).astype("<i2").tobytes())


def after_speech(folder, voice, *options):
    """The louder laptop's level once the voice has ended."""
    with SoundServer(folder) as room:
        laptops = [Laptop(room, name, *options) for name in "ab"]
        try:
            end = time.monotonic() + OPEN_LIMIT_S
            while not all(len(laptop.levels) > 10 for laptop in laptops):
                if time.monotonic() > end:
                    raise SystemExit("A laptop did not hear its microphone.")
                time.sleep(0.1)
            subprocess.run(["paplay", "--device=mic_a", str(voice)], env=room.environment, check=True)
            time.sleep(RING_OUT_S)
            print(f"{' '.join(options) or 'with echo'}: {[laptop.levels[-60:] for laptop in laptops]}", file=sys.stderr)
            starts = [len(laptop.levels) for laptop in laptops]
            time.sleep(LISTEN_S)
            if not all(len(laptop.levels) > start for laptop, start in zip(laptops, starts, strict=True)):
                raise SystemExit("A laptop lost its microphone: this computer is too busy.")
            return max(
                statistics.median(laptop.levels[start:]) for laptop, start in zip(laptops, starts, strict=True)
            )  # fmt: skip
        finally:
            for laptop in laptops:
                laptop.close()


if __name__ == "__main__":
    raise SystemExit(main())
