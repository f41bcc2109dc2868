"""The versions of a recap: what it was before it was made again is kept with it, and goes with it."""

from __future__ import annotations

import msgspec

from app.wire.recap import Recap
from app.wire.versions import BetterEngine, EarlierVersion
from server_stub.after.recap_form import to_wire
from server_stub.kernel.config import ServerSettings
from server_stub.recap.speech.ranks import about_s, best_engine, is_better
from server_stub.storage import Connection
from server_stub.storage import recaps as recaps_table


def better_than(recap: Recap, settings: ServerSettings) -> BetterEngine | None:
    """What a server has that hears better than what wrote a recap."""
    engine = best_engine(settings.speech_model, settings.models_folder)
    if not is_better(engine, recap.engine):
        return None
    speech_s = sum(said.end_s - said.start_s for said in recap.transcript)
    return BetterEngine(engine=engine, about_s=round(about_s(engine, speech_s)))


def find(connection: Connection, present: Recap, version: int) -> tuple[tuple[EarlierVersion, ...], Recap | None]:
    """What a recap was before: all versions, the newest first, and the one that is asked for.

    Args:
        connection: of a transaction.
        present: what it is.
        version: a number; 0 for none.

    Returns:
        The film of an earlier version is the present one, and there is no reel of it any more.
    """
    known = recaps_table.versions(connection, present.meeting)[1:]
    earlier = tuple(EarlierVersion(number=one.number, at=one.made_at, engine=one.engine) for one in known)
    if version not in {one.number for one in known}:
        return earlier, None
    rows = recaps_table.read(connection, present.meeting, version)
    assert rows is not None  # in this transaction it has just been there
    films = {"reel": None, "video": present.video, "films_after_s": present.films_after_s}
    return earlier, msgspec.structs.replace(to_wire(rows), **films)
