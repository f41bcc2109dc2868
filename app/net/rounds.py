"""The rounds of a loop that has to outlast each of them, on client and server alike."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from types import TracebackType


class Rounds:
    """Stands around each round: `with rounds: ...`. An error ends the round alone and is logged, a cancellation passes.

    Only the first failure in a row is logged, by its kind and place: its text may quote what is secret. It is for the
    loop to wait between two rounds, outside of this.

    Attributes:
        failures: rounds that have failed in a row.
    """

    def __init__(self, log: logging.Logger, what: str) -> None:
        """Begins with none.

        Args:
            log: of the loop's module.
            what: does the loop, for the log: "watching the link".
        """
        self._log, self._what = log, what
        self.failures = 0

    def __enter__(self) -> None:
        """A round begins."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        """A round is over; True: its error is dealt with."""
        if error is None:
            if self.failures:
                self._log.info("%s works again; rounds that failed: %d", self._what, self.failures)
            self.failures = 0
            return False
        if not isinstance(error, Exception):
            return False
        self.failures += 1
        if self.failures == 1:
            last = traceback.extract_tb(at)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            self._log.error("%s failed and goes on: %s at %s", self._what, type(error).__name__, place)
        return True
