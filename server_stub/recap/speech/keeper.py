"""The models for recaps of an embedded server, as its owner steers them: fetched, stopped, taken up again, removed.

Two of them: one that hears speech, and one that reads a talk for action items.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from server_stub.recap.reading import files
from server_stub.recap.speech.catalogue import DEFAULT, known
from server_stub.recap.speech.models import (
    BUILT_IN,
    came_of,
    find,
    folder_of,
    half_of,
    has_right_sizes,
    is_whole,
    present,
)

log = logging.getLogger(__name__)

Wish = Literal["pull", "cancel", "remove"]
WISHES: tuple[Wish, ...] = ("pull", "cancel", "remove")
#: How far a download is, is told after so many seconds, and at each hundredth of it, so that one that stalls is right.
TELL_EVERY_S, TELL_EVERY_SHARE = 0.25, 0.01
DAMAGED = "A model for recaps on this computer is damaged. Download it again."
IN_USE = "A recording or a recap uses the models now. Remove them once the recap is ready."
_FAULT = "The models could not be fetched because of a fault. Try again."


class ModelState(msgspec.Struct, frozen=True):
    """How it is with the models.

    Attributes:
        phase: "missing" where one of them is, "fetching", "ready"; "unwanted" where the built-in recogniser was chosen.
        name: of the speech model.
        done: bytes that have come, of those that are missing.
        whole: bytes in all, of those that are missing.
        words: what went wrong; empty: nothing.
        can_remove: there is something that is this server's own, whole or in part.
    """

    phase: Literal["unwanted", "missing", "fetching", "ready"]
    name: str = ""
    done: int = 0
    whole: int = 0
    words: str = ""
    can_remove: bool = False


class Keeper:
    """Looks after the models. All methods from any thread; none waits for the network."""

    def __init__(
        self,
        folder: Path,
        tell: Callable[[ModelState], None],
        *,
        model: str = "",
        is_in_use: Callable[[], bool] = lambda: False,
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        """Fetches nothing.

        Args:
            folder: the server's models folder.
            tell: told each change, and how far a download is; from any thread.
            model: the speech model that was chosen by name; empty: the best that is there.
            is_in_use: whether a recording or a recap needs them now.
            on_ready: called when a speech model has come.
        """
        self._folder, self._tell, self._chosen = folder, tell, model
        self._is_in_use, self._on_ready = is_in_use, on_ready
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_damaged = self._is_reading_damaged = self._was_looked_at = False

    def now(self, words: str = "") -> ModelState:
        """How it is, as far as names and sizes tell; `look` looks inside."""
        if self._chosen == BUILT_IN:
            return ModelState("unwanted")
        speech, home = self._speech_now(words), files.own_home(self._folder)
        own = speech.can_remove or (home.is_dir() and any(home.iterdir()))
        if self._can_read():
            return msgspec.structs.replace(speech, can_remove=own)
        hears = speech.phase == "ready"
        done, whole = (0, 0) if hears else (speech.done, speech.whole)
        done, whole = done + files.came(home), whole + files.published().wheel.bytes
        return ModelState("missing", speech.name, done, whole, speech.words, own)

    def _can_read(self) -> bool:
        return not self._is_reading_damaged and files.seems_usable(self._folder)

    def _speech_now(self, words: str) -> ModelState:
        """How it is with the one that hears."""
        name = self._chosen if self._chosen in known() else DEFAULT
        whole = known()[name].bytes
        if not self._is_damaged:
            for there in [self._chosen] if self._chosen else present(self._folder):
                place = find(there, self._folder)
                if place is not None and has_right_sizes(there, place):
                    own = place == folder_of(there, self._folder)
                    size = known()[there].bytes if there in known() else 0
                    return ModelState("ready", there, size, size, words, own)
        came, is_there = came_of(name, self._folder), folder_of(name, self._folder).exists()
        return ModelState("missing", name, came, whole, words or (DAMAGED if is_there else ""), bool(came) or is_there)

    def look(self) -> None:
        """Reads the models through, once, in a thread of its own; one that is damaged is told."""
        with self._lock:
            state = self.now()
            if self._was_looked_at or state.phase != "ready":
                return
            self._was_looked_at = True
        threading.Thread(target=self._look_inside, args=(state.name,), name="model check", daemon=True).start()

    def do(self, wish: Wish) -> None:
        """Carries out what the owner wants; each wish is answered."""
        with self._lock:
            is_alive = self._thread is not None and self._thread.is_alive()
            is_fetching = is_alive and not self._stop.is_set()
            if wish == "cancel" and is_fetching:
                self._stop.set()
                self._tell(self.now())
            elif wish != "cancel" and not is_fetching:
                self._stop = threading.Event()
                work = self._pull if wish == "pull" else self._remove
                self._thread = threading.Thread(
                    target=work, args=(self._stop, self._thread), name=f"models {wish}", daemon=True
                )
                self._thread.start()

    def _pull(self, stop: threading.Event, before: threading.Thread | None) -> None:
        # Heavy, and of no use to a server whose models are there.
        from server_stub.recap.speech.engine import SpeechError

        if before is not None:
            # One that was stopped may still wait for its source.
            before.join()
        words = ""
        try:
            self._pull_both(stop)
        except SpeechError as error:
            words = str(error)
        except Exception:
            log.exception("the models for recaps could not be fetched")
            words = _FAULT
        self._end(stop, words)

    def _pull_both(self, stop: threading.Event) -> None:
        """The one that hears, then the one that reads; each only where it is missing, and the one without the other."""
        from server_stub.recap.reading import keep
        from server_stub.recap.speech.engine import ModelUnreached
        from server_stub.recap.speech.pulling import pull

        speech, home = self._speech_now(""), files.own_home(self._folder)
        mine = 0 if speech.phase == "ready" else speech.whole
        reads = 0 if self._can_read() or files.is_whole(home) else files.published().wheel.bytes
        told_s, told = 0.0, -1.0

        def show(done: int, whole: int, size: int, other: int) -> None:
            # What comes may be packed, so that it is not of the size that the model has.
            nonlocal told_s, told
            came = other + int(done / whole * size)
            now_s, share = time.monotonic(), came / (mine + reads)
            if now_s - told_s >= TELL_EVERY_S or share - told >= TELL_EVERY_SHARE:
                told_s, told = now_s, share
                self._tell_while(stop, ModelState("fetching", speech.name, came, mine + reads))

        failed: list[ModelUnreached] = []
        if mine:
            came = files.came(home) if reads else 0
            try:
                pull(speech.name, self._folder, lambda done, whole: show(done, whole, mine, came), stop)
                self._is_damaged = False
                self._on_ready()
            except ModelUnreached as error:
                failed.append(error)
        if not self._can_read():
            other = came_of(speech.name, self._folder) if failed else mine
            self._is_reading_damaged = True  # until it is ready: what cannot be made ready is of no use
            try:
                keep.pull(home, lambda done, whole: show(done, whole, reads, other), stop)
                self._is_reading_damaged = False
            except ModelUnreached as error:
                failed.append(error)
        if failed:
            raise failed[0]

    def _end(self, stop: threading.Event, words: str) -> None:
        """Tells how it ended, unless that was told before, when it was stopped."""
        with self._lock:
            if not stop.is_set():
                stop.set()
                self._tell(self.now(words))

    def _tell_while(self, stop: threading.Event, state: ModelState) -> None:
        with self._lock:
            if not stop.is_set():
                self._tell(state)

    def _remove(self, stop: threading.Event, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        if self._is_in_use():
            self._end(stop, IN_USE)
            return
        name, words = self.now().name, ""
        for place in (folder_of(name, self._folder), half_of(name, self._folder), files.own_home(self._folder)):
            try:
                if place.exists():
                    shutil.rmtree(place)
            except OSError as error:
                words = f"The models could not be removed: {error.strerror or 'the disk refuses'}."
        self._is_damaged = self._is_reading_damaged = self._was_looked_at = False
        self._end(stop, words)

    def _look_inside(self, name: str) -> None:
        place = find(name, self._folder)
        is_damaged = place is not None and not is_whole(name, place)
        homes = files.homes(self._folder)
        can_read = any(files.is_ready(home) or files.is_whole(home) for home in homes)
        if not is_damaged and can_read:
            return
        with self._lock:
            self._is_damaged, self._is_reading_damaged = is_damaged, not can_read
            if self._thread is None or not self._thread.is_alive():
                self._tell(self.now(DAMAGED))
