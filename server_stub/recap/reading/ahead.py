"""Reads a talk that goes on in a thread of its own, so that hearing it does not wait for the model."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date

from app.wire.recap import Utterance
from server_stub.recap.reading.opening import TalkReader


class ReadAhead:
    """One talk; all methods from one thread."""

    def __init__(self, reader: TalkReader) -> None:
        """Reads nothing yet; nobody else may use the reader before `finish`."""
        self._reader = reader
        self._thread: threading.Thread | None = None
        self._is_over = threading.Event()

    @property
    def is_busy(self) -> bool:
        """Whether it still reads what it was given."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, transcript: Sequence[Utterance], today: date) -> None:
        """Reads all that is whole and unread, where it is not busy.

        Args:
            transcript: in order of time, up to now.
            today: the day of the meeting.
        """
        if not self.is_busy and not self._is_over.is_set():
            self._thread = threading.Thread(target=self._read, args=(transcript, today), name="read ahead", daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Waits for the piece that is being read; after it none is."""
        self._is_over.set()
        if self._thread is not None:
            self._thread.join()

    def _read(self, transcript: Sequence[Utterance], today: date) -> None:
        while not self._is_over.is_set() and self._reader.read_ahead(transcript, today):
            pass
