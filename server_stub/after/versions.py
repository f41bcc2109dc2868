"""The versions of a recap: what it was before it was made again lies beside it, and goes with it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from app.paths import write_private
from app.wire.recap import Recap
from app.wire.versions import BetterEngine, EarlierVersion
from server_stub.kernel.config import ServerSettings
from server_stub.recap import store
from server_stub.recap.speech.ranks import about_s, best_engine, is_better

#: The present version, as the worker wrote it.
_PRESENT = "recap.json"
_NAME = re.compile(r"earlier-(\d{1,4})\.json")


class _Kept(msgspec.Struct):
    """A version on the disk; `at` is when it was made, seconds since 1970."""

    at: float
    recap: Recap


class _Engine(msgspec.Struct):
    engine: str


class _Named(msgspec.Struct):
    """What is read of a version to name it."""

    at: float
    recap: _Engine


def better_than(recap: Recap, settings: ServerSettings) -> BetterEngine | None:
    """What a server has that hears better than what wrote a recap."""
    engine = best_engine(settings.speech_model, settings.models_folder)
    if not is_better(engine, recap.engine):
        return None
    speech_s = sum(said.end_s - said.start_s for said in recap.transcript)
    return BetterEngine(engine=engine, about_s=round(about_s(engine, speech_s)))


def list_earlier(folder: Path) -> tuple[EarlierVersion, ...]:
    """What the recap of a recording's folder was before, the newest first."""
    found = []
    for path in (folder / store.RECAP).glob("earlier-*.json"):
        named = _NAME.fullmatch(path.name)
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=_Named)
        except (OSError, msgspec.MsgspecError):
            continue
        if named:
            found.append(EarlierVersion(number=int(named[1]), at=kept.at, engine=kept.recap.engine))
    return tuple(sorted(found, key=lambda version: -version.number))


def read_earlier(folder: Path, number: int, present: Recap) -> Recap | None:
    """A version that a recap had before; its film is the present one, and there is no reel of it any more."""
    try:
        body = (folder / store.RECAP / f"earlier-{number}.json").read_bytes()
        recap = msgspec.json.decode(body, type=_Kept).recap
    except (OSError, msgspec.MsgspecError):
        return None
    return msgspec.structs.replace(recap, reel=None, video=present.video, films_after_s=present.films_after_s)


def keep_earlier(folder: Path, recap: Recap, at: float) -> None:
    """Keeps what a recap is now beside what it becomes.

    Args:
        folder: of the recording.
        recap: as it is now.
        at: when it was made, seconds since 1970.

    Raises:
        OSError: the disk refuses.
    """
    number = max((version.number for version in list_earlier(folder)), default=0) + 1
    path = folder / store.RECAP / f"earlier-{number}.json"
    write_private(path, msgspec.json.encode(_Kept(at, recap)))


def made_at(folder: Path, recap: Recap) -> float:
    """When a recap was made, seconds since 1970."""
    if not list_earlier(folder):
        return recap.ended_at + recap.ready_after_s
    try:
        return (folder / store.RECAP / _PRESENT).stat().st_mtime
    except OSError:
        return recap.ended_at + recap.ready_after_s
