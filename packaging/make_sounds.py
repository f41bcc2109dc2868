"""Makes the sounds in resources/sounds/: short struck tones, computed here, the same samples on each run.

.venv/bin/python packaging/make_sounds.py [--out resources/sounds]
"""

from __future__ import annotations

import argparse
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
RATE_HZ = 48_000
PEAK = 0.5
# A struck bar: partials with their strength and how much faster than the first they fade (ear, not theory).
PARTIALS = ((1.0, 1.0, 1.0), (2.0, 0.30, 1.6), (3.0, 0.12, 2.4), (4.2, 0.06, 3.5))
C5, D5, E5, G5, A5, C6, E6 = 523.25, 587.33, 659.26, 783.99, 880.0, 1046.5, 1318.5


@dataclass(frozen=True)
class Note:
    """One struck tone: when, how high, how long it rings (to 1/e), how strong."""

    at_s: float
    pitch_hz: float
    ring_s: float = 0.25
    strength: float = 1.0


@dataclass(frozen=True)
class Sound:
    """A file to make."""

    length_s: float
    notes: tuple[Note, ...]


SOUNDS = {
    "test": Sound(2.0, (Note(0.0, C5, 0.35), Note(0.3, E5, 0.35), Note(0.6, G5, 0.4), Note(0.9, C6, 0.45))),
    "join": Sound(0.7, (Note(0.0, G5, 0.15, 0.8), Note(0.11, C6, 0.2))),
    "leave": Sound(0.7, (Note(0.0, C6, 0.15, 0.8), Note(0.11, G5, 0.2))),
    "knock": Sound(1.1, (Note(0.0, A5, 0.1), Note(0.16, A5, 0.1), Note(0.42, E6, 0.25, 0.8))),
    "hand": Sound(0.5, (Note(0.0, E5, 0.12, 0.6), Note(0.09, G5, 0.16, 0.5))),
    "message": Sound(0.4, (Note(0.0, E6, 0.09, 0.7), Note(0.05, A5, 0.12, 0.4))),
}


def strike(note: Note, times_s: np.ndarray) -> np.ndarray:
    """Computes one tone over the whole sound's time."""
    since = np.maximum(times_s - note.at_s, 0.0)
    attack = np.minimum(since / 0.004, 1.0)
    tone = sum(
        strength * np.exp(-since * faster / note.ring_s) * np.sin(2 * np.pi * note.pitch_hz * multiple * since)
        for multiple, strength, faster in PARTIALS
    )
    return note.strength * attack * tone


def render(sound: Sound) -> np.ndarray:
    """Adds the notes up, fades the end to nothing; float [n], peak PEAK."""
    times_s = np.arange(round(sound.length_s * RATE_HZ)) / RATE_HZ
    total = np.sum([strike(note, times_s) for note in sound.notes], axis=0)
    total *= np.minimum(1.0, (sound.length_s - times_s) / 0.08)
    return total * PEAK / np.abs(total).max()


def main() -> None:
    options = argparse.ArgumentParser(description="Fills resources/sounds/.")
    options.add_argument("--out", type=Path, default=ROOT / "resources" / "sounds")
    out = options.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, sound in SOUNDS.items():
        with wave.open(str(out / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes((render(sound) * 32767).astype("<i2").tobytes())
        print(f"{name}.wav  {sound.length_s} s")


if __name__ == "__main__":
    main()
