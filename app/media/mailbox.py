"""One place per view for the newest picture, so that a slow window never gets a queue of old ones."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.media.types import Picture, PictureKey


class Mailbox:
    """Hands pictures from worker threads to the window; the newest of each view wins.

    Memory is bounded by the number of views however long the window hangs.

    Attributes:
        dropped: How many pictures were replaced before anyone took them.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        """Makes an empty box.

        Args:
            wake: Called from the thread that puts, only when the box was empty: once for each `take_all` at most.
        """
        self._wake = wake
        self._lock = threading.Lock()
        self._pictures: dict[tuple[PictureKey, int], Picture] = {}
        self.dropped = 0

    def put(self, key: PictureKey, view: int, picture: Picture) -> None:
        """Leaves the newest picture for a view, from any thread.

        Args:
            key: Whose picture it is, and of what.
            view: The number of the view that it was made for.
            picture: Replaces one that was not taken yet.
        """
        with self._lock:
            was_empty = not self._pictures
            self.dropped += (key, view) in self._pictures
            self._pictures[key, view] = picture
        if was_empty:
            self._wake()

    def take_all(self) -> dict[tuple[PictureKey, int], Picture]:
        """Empties the box, from any thread.

        Returns:
            The newest picture of each view that has a new one, by what `put` was given.
        """
        with self._lock:
            pictures, self._pictures = self._pictures, {}
        return pictures
