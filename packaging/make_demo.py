"""Makes a scripted call out of its text: voices, cameras and script.json.

    .venv/bin/python packaging/make_demo.py [FOLDER ...]

Each folder holds a talk.toml; without one named, the demo and the tests' second call are made. Needs
Debian's flite (apt-get install flite). The same text gives the same files.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
from demo_talk import PlacedLine, Talk, place_lines, read_talk, write_script
from demo_voice import VOICE_RATE_HZ, Samples, VoiceMissing, speak, write_opus

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "resources" / "demo", ROOT / "tests" / "data" / "second_script")


def lay_tracks(talk: Talk, placed: list[PlacedLine], spoken: list[Samples]) -> dict[str, Samples]:
    """Lays every person's lines on a track of the call's full length, silent where others talk.

    Returns:
        per name: int16, shape (n,), 16 kHz mono; all of one length, in whole seconds.
    """
    duration_s = math.ceil(max(entry.end_s for entry in placed) + talk.tail_s)
    tracks = {person.name: np.zeros(duration_s * VOICE_RATE_HZ, np.int16) for person in talk.people}
    for entry, samples in zip(placed, spoken, strict=True):
        start = round(entry.start_s * VOICE_RATE_HZ)
        tracks[entry.line.speaker][start : start + len(samples)] = samples
    return tracks


def make_call(folder: Path) -> None:
    """Makes everything that a folder's talk.toml describes.

    Raises:
        VoiceMissing: flite or one of its voices is not here.
        OSError: a file cannot be read or written.
    """
    talk = read_talk(folder / "talk.toml")
    voices = {person.name: person.voice for person in talk.people}
    spoken = [speak(voices[line.speaker], line.text) for line in talk.lines]
    placed = place_lines(talk, [len(samples) / VOICE_RATE_HZ for samples in spoken])
    tracks = lay_tracks(talk, placed, spoken)
    duration_s = len(tracks[talk.people[0].name]) / VOICE_RATE_HZ
    write_script(folder / "script.json", talk, placed, duration_s)
    for person in talk.people:
        write_opus(folder / person.microphone, tracks[person.name])
        print(f"{folder / person.microphone}: {duration_s:.0f} s", flush=True)
    for person in talk.people:
        if person.camera is not None:
            # Drawing needs Qt and OpenCV; a call without cameras does without them.
            from demo_camera import write_camera

            write_camera(folder / person.camera, person.name, tracks[person.name])
            print(f"{folder / person.camera}: {duration_s:.0f} s", flush=True)
    make_stills(folder, talk)


def make_stills(folder: Path, talk: Talk) -> None:
    """Makes what does not move: the guest, who listens, and the page on the shared screen."""
    guest, share = talk.expected.get("guest"), talk.expected.get("share")
    if guest is not None:
        from demo_stills import write_face

        write_opus(folder / guest["microphone"], np.zeros(VOICE_RATE_HZ, np.int16))
        write_face(folder / guest["camera"], guest["name"])
    if share is not None:
        from demo_stills import write_page

        write_page(folder / share["screen"])


def main(arguments: list[str]) -> int:
    """Makes the named folders' calls; 1 when flite is missing."""
    try:
        for folder in [Path(name) for name in arguments] or FOLDERS:
            make_call(folder)
    except VoiceMissing as missing:
        print(f"make_demo: {missing}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
