"""Opens the model that reads where it is on this computer; where it cannot, the rules are alone, and it is said."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.wire.recap import Utterance
from server_stub.recap.reading import keep
from server_stub.recap.reading.reader import Page, Reader

log = logging.getLogger(__name__)

TRUST = "Action items come from rules and a small model that reads on this server; the words cited prove them."
#: The recap of an hour is to be there within a minute.
LIMIT_S = 25.0
#: Beside the server and its calls.
MOST_THREADS = 2


@dataclass(frozen=True)
class Reading:
    """What was read.

    Attributes:
        pages: of the whole talk; None: there is no model, or it failed.
        note: why there are none, as a plain sentence; empty where nothing is wrong.
    """

    pages: list[Page] | None
    note: str = ""

    @property
    def trust(self) -> str:
        """How far to trust it, as a plain sentence."""
        return TRUST if self.pages is not None else ""


def read_talk(
    models: Path, transcript: Sequence[Utterance], names: Sequence[str], today: date, first: Collection[str]
) -> Reading:
    """Has the model read a talk, or as much of it as there is time for.

    Args:
        models: the server's models folder.
        transcript: in order of time.
        names: of everyone in the meeting.
        today: its day.
        first: ids of utterances that are to be read before all others.
    """
    folder = keep.find(models)
    if folder is None:
        return Reading(None)
    try:
        reader = Reader(folder, threads=max(1, min(MOST_THREADS, (os.cpu_count() or 1) // 2)))
        return Reading(reader.read(transcript, names, today, first, limit_s=LIMIT_S))
    except (RuntimeError, OSError, ValueError, MemoryError) as error:
        log.warning("the model that reads failed: %s", type(error).__name__)
        return Reading(None, "The model that reads failed, so action items were found by rules alone.")
