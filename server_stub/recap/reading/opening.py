"""Opens the model that reads where it is on this computer; where it cannot, the rules are alone, and it is said."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.wire.recap import Utterance
from server_stub.recap.reading import files, keep, room
from server_stub.recap.reading.reader import Page, Reader

log = logging.getLogger(__name__)

TRUST = "Action items come from a language model that reads on this server; compare them with the words cited."
#: The recap of an hour is to be there within a minute.
LIMIT_S = 40.0
_BY_RULES = "Action items were found by rules alone."
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


class TalkReader:
    """Has the model read a talk, loading it when it is first needed."""

    def __init__(self, models: Path, *, limit_s: float = LIMIT_S) -> None:
        """Loads nothing yet.

        Args:
            models: the server's models folder.
            limit_s: how long a talk that is over may be read.
        """
        self._models, self._limit_s = models, limit_s
        self._reader: Reader | None = None
        #: What keeps it from reading: `_is_lost` for good, `_is_unmade` as long as the talk goes on.
        self._note = ""
        self._is_lost = self._is_unmade = False

    def read_ahead(self, transcript: Sequence[Utterance], today: date) -> bool:
        """Reads one more piece of a talk that goes on; False where there is none that is whole and unread.

        Args:
            transcript: in order of time, up to now.
            today: the day of the meeting.
        """
        try:
            reader = self._load() if len(transcript) > 1 else None
            return reader is not None and reader.read_ahead(transcript, today)
        except Exception as error:  # its files and libraries may raise anything; the recap goes on without it
            self._fail(error)
            return False

    def read_talk(self, transcript: Sequence[Utterance], today: date, first: Collection[str]) -> Reading:
        """Reads a talk that is over, or as much of it as there is time for.

        Args:
            transcript: in order of time.
            today: its day.
            first: ids of utterances that are to be read before all others.
        """
        try:
            reader = self._load(is_over=True)
            pages = reader.read(transcript, today, first, limit_s=self._limit_s) if reader else None
        except Exception as error:  # its files and libraries may raise anything; the recap goes on without it
            self._fail(error)
            pages = None
        return Reading(pages, self._note or _tell_unread(transcript, pages))

    def _load(self, *, is_over: bool = False) -> Reader | None:
        """The model, once it and the memory for it are there; what could not be made ready waits till the end."""
        if self._reader is None and not self._is_lost and (is_over or not self._is_unmade) and files.is_wanted():
            self._note = ""
            if files.seems_here(self._models) and self._has_room():
                folder = keep.find(self._models)
                self._is_unmade = folder is None
                if folder is None:
                    self._note = f"The model that reads is here and could not be made ready. {_BY_RULES}"
                else:
                    self._reader = Reader(folder, threads=max(1, min(MOST_THREADS, (os.cpu_count() or 1) // 2)))
        return self._reader

    def _has_room(self) -> bool:
        needed, free = room.needed_bytes(files.published().made_bytes), room.free_bytes()
        if free < needed:
            self._note = f"The model that reads was not used: {room.words(needed, free)}. {_BY_RULES}"
        return free >= needed

    def _fail(self, error: Exception) -> None:
        log.warning("the model that reads failed: %s", type(error).__name__)
        self._reader, self._is_lost = None, True
        self._note = f"The model that reads failed. {_BY_RULES}"


def _tell_unread(transcript: Sequence[Utterance], pages: list[Page] | None) -> str:
    """That there was no time for all of a talk, as a plain sentence; empty where there was."""
    if pages is None:
        return ""
    read = {place for page in pages for place in page.places}
    words = [len(said.text.split()) for said in transcript]
    unread = sum(count for place, count in enumerate(words) if place not in read)
    if not unread:
        return ""
    share = int(100 * (1 - unread / sum(words)))
    return f"There was time for the model to read {share}% of the talk; action items of the rest are by rules alone."
