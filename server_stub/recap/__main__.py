"""Makes a recap from files: `python -m server_stub.recap from-audio "Clara=a.wav" "Felix=b.wav" --out DIR`."""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from datetime import time as clock_time
from pathlib import Path

from app.paths import default_data
from app.wire.recap import Recap
from app.wire.text import one_line
from app.wire.zones import find_zone, no_zone_words
from server_stub.recap.compose import Material, compose
from server_stub.recap.given import BadInput, read_lines
from server_stub.recap.listening import Listener
from server_stub.recap.reading.opening import TalkReader
from server_stub.recap.sound import SoundError
from server_stub.recap.speech.choose import choose_engine
from server_stub.recap.transcript import Spoken

#: A meeting made from files is taken to have begun at noon of its day.
BEGINS = clock_time(12, 0)


def main(args: Sequence[str] | None = None) -> int:
    """The command; 0 when the recap is there, 2 when what was given cannot be used."""
    options = _parser().parse_args(args)
    os.umask(0o077)
    try:
        if options.zone and find_zone(options.zone) is None:
            raise BadInput(no_zone_words(options.zone))  # before anything is made or written
        recap = _from_audio(options) if options.word == "from-audio" else _from_transcript(options)
    except BadInput as error:
        print(f"server_stub.recap: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"server_stub.recap: {options.out} cannot be written: {error.strerror}.", file=sys.stderr)
        return 2
    print(
        f"{len(recap.transcript)} utterances, {len(recap.summary)} summary sentences, "
        f"{len(recap.action_items)} action items, {len(recap.highlights)} highlights: {options.out / 'recap.json'}"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="server_stub.recap", description="Makes a meeting's recap from files.")
    words = parser.add_subparsers(dest="word", required=True)
    audio = words.add_parser("from-audio", help="from one sound or video file per person, all beginning together")
    audio.add_argument("people", nargs="+", metavar="NAME=FILE", help="who speaks in which file")
    audio.add_argument("--model", default="", help="a speech model of `models pull`; the built-in one by default")
    audio.add_argument("--models", type=Path, help="the folder of speech models")
    text = words.add_parser("from-transcript", help="from what was said: a list of {speaker, start_s, end_s, text}")
    text.add_argument("transcript", type=Path, metavar="FILE", help="a JSON file")
    for each in (audio, text):
        each.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the recap's files go")
        each.add_argument("--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the meeting")
        each.add_argument("--zone", default="", help="its time zone, such as Europe/Lisbon; this computer's by default")
    return parser


def _from_audio(options: argparse.Namespace) -> Recap:
    begun = time.time()
    files = _named_files(options.people)
    _make_folder(options.out)
    models = options.models or default_data() / "models"
    engine, note = choose_engine(options.model, models)
    names = {name: name for name in files}
    listener = Listener(engine, names)
    spoken: list[Spoken] = []
    length_s = 0.0
    for name, path in files.items():
        try:
            spoken += listener.hear_file(name, path)
        except SoundError as error:
            raise BadInput(str(error)) from error
        length_s = max(length_s, listener.settled_s(name))
    started_at = _start(options)
    material = Material(
        meeting=options.out.resolve().name or "meeting",
        people=names,
        spoken=tuple(spoken),
        files=files,
        engine=engine.name,
        engine_version=engine.version,
        trust=engine.trust,
        started_at=started_at,
        ended_at=round(started_at + length_s, 3),
        last_left_at=begun,
        zone=options.zone,
        notes=(note,) if note else (),
    )
    return compose(material, options.out, read=TalkReader(models, limit_s=math.inf).read_talk)


def _from_transcript(options: argparse.Namespace) -> Recap:
    begun = time.time()
    lines = read_lines(options.transcript)
    _make_folder(options.out)
    started_at = _start(options)
    length_s = max((line.end_s for line in lines), default=0.0)
    material = Material(
        meeting=options.out.resolve().name or "meeting",
        people={line.speaker: line.speaker for line in lines},
        spoken=tuple(
            Spoken(person=line.speaker, start_s=line.start_s, end_s=line.end_s, text=line.text, confidence=1.0)
            for line in lines
        ),
        files={},
        engine="transcript",
        engine_version="1",
        trust="Made from a transcript that was given; the words are as good as that is.",
        started_at=started_at,
        ended_at=round(started_at + length_s, 3),
        last_left_at=begun,
        zone=options.zone,
    )
    return compose(material, options.out, read=TalkReader(default_data() / "models", limit_s=math.inf).read_talk)


def _named_files(given: Sequence[str]) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for each in given:
        name, found, path = each.partition("=")
        name = one_line(name)
        if not found or not name or not path:
            raise BadInput(f"{each!r} is not NAME=FILE.")
        if name in files:
            raise BadInput(f"{name} is named twice; each person has one file and a name of their own.")
        files[name] = Path(path)
    return files


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}.") from error


def _start(options: argparse.Namespace) -> float:
    zone = find_zone(options.zone)
    day = options.date or datetime.now(zone).date()
    return datetime.combine(day, BEGINS, zone).timestamp()


if __name__ == "__main__":
    raise SystemExit(main())
