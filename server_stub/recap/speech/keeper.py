"""The models for recaps of an embedded server, as its owner steers them: fetched, stopped, taken up again, removed.

Two of them: one that hears speech, and one that reads a talk for action items.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from app.file_lock import FileLock
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
_FAULT = "That did not work because of a fault. Try again."


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
        self._wishes: deque[Wish] = deque()
        #: What is being done, and what ends it early.
        self._doing: Wish | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        #: Counts what was begun and ended, so that what was looked at meanwhile tells nothing.
        self._round = 0
        self._looked_at: set[str] = set()
        #: Of the one that reads: it cannot be used; what is there is not what was published.
        self._is_damaged = self._is_reading_damaged = self._is_reading_bad = False

    def now(self, words: str = "") -> ModelState:
        """How it is, as far as names and sizes tell; `look` looks inside."""
        if self._chosen == BUILT_IN:
            return ModelState("unwanted")
        speech, home = self._speech_now(words), files.own_home(self._folder)
        own = speech.can_remove or files.has_anything(home)
        if self._can_read():
            return msgspec.structs.replace(speech, can_remove=own)
        hears = speech.phase == "ready"
        done, whole = (0, 0) if hears else (speech.done, speech.whole)
        came = 0 if self._is_reading_bad else files.came(home)
        done, whole = done + came, whole + files.published().bytes
        return ModelState("missing", speech.name, done, whole, speech.words, own)

    def _can_read(self) -> bool:
        if not files.is_wanted() or any(map(files.is_ready, files.homes(self._folder))):
            return True
        return not self._is_reading_damaged and files.seems_here(self._folder)

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
        """Reads each model that is there through, once, in a thread of its own; one that is damaged is told."""
        with self._lock:
            if self._chosen == BUILT_IN or self._doing or self._wishes:
                return
            speech = self._speech_now("")
            there = {"hears"} if speech.phase == "ready" else set()
            there |= {"reads"} if self._can_read() else set()
            new = there - self._looked_at
            self._looked_at |= new
            args = (speech.name if "hears" in new else "", "reads" in new, self._round)
        if new:
            threading.Thread(target=self._look_inside, args=args, name="model check", daemon=True).start()

    def do(self, wish: Wish) -> None:
        """Carries out what the owner wants, one after the other; each wish is answered."""
        with self._lock:
            is_fetching = self._doing == "pull" and not self._stop.is_set()
            if wish == "cancel" and (is_fetching or "pull" in self._wishes):
                self._wishes = deque(each for each in self._wishes if each != "pull")
                if self._doing == "pull":
                    self._stop.set()
                self._tell(self.now())
            elif wish == "cancel" or self._chosen == BUILT_IN:
                self._tell(self.now())
            elif not is_fetching and wish not in self._wishes:
                self._wishes.append(wish)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="models", daemon=True)
                    self._thread.start()

    def _work(self) -> None:
        """Carries out the wishes that wait; ends with the last."""
        words = ""
        while True:
            with self._lock:
                self._round += 1
                self._doing = self._wishes.popleft() if self._wishes else None
                if self._doing is None:
                    # Also of what was stopped: how much of it is there is known only now.
                    self._tell(self.now(words))
                    self._thread = None
                    return
                stop = self._stop = threading.Event()
                does = self._pull if self._doing == "pull" else self._remove
            try:
                words = does(stop)
            except Exception:
                log.exception("the models for recaps could not be fetched or removed")
                words = _FAULT
            if stop.is_set():
                words = ""

    def _pull(self, stop: threading.Event) -> str:
        # Heavy, and of no use to a server whose models are there.
        from server_stub.recap.speech.engine import SpeechError

        try:
            self._pull_both(stop)
        except SpeechError as error:
            return str(error)
        return ""

    def _pull_both(self, stop: threading.Event) -> None:
        """The one that hears, then the one that reads; each only where it is missing, and the one without the other."""
        from server_stub.recap.reading import keep
        from server_stub.recap.speech.engine import ModelUnreached
        from server_stub.recap.speech.pulling import pull

        speech, home = self._speech_now(""), files.own_home(self._folder)
        mine = 0 if speech.phase == "ready" else speech.whole
        reads = 0 if self._can_read() else files.published().bytes
        told_s, told = 0.0, -1.0

        def show(done: int, whole: int, size: int, other: int) -> None:
            # What comes may be packed, so that it is not of the size that the model has.
            nonlocal told_s, told
            came = other + int(done / whole * size)
            now_s, share = time.monotonic(), came / (mine + reads)
            if now_s - told_s >= TELL_EVERY_S or share - told >= TELL_EVERY_SHARE or share == 1.0:
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
            other = min(mine, came_of(speech.name, self._folder)) if failed else mine
            try:
                keep.pull(home, lambda done, whole: show(done, whole, reads, other), stop)
                self._is_reading_damaged = self._is_reading_bad = False
            except ModelUnreached as error:
                # One that is here all the same cannot be made ready.
                self._is_reading_damaged = files.seems_here(self._folder) and not isinstance(error, keep.ModelBusy)
                failed.append(error)
        if failed:
            raise failed[0]

    def _tell_while(self, stop: threading.Event, state: ModelState) -> None:
        with self._lock:
            if not stop.is_set():
                self._tell(state)

    def _remove(self, stop: threading.Event) -> str:
        if self._is_in_use():
            return IN_USE
        name, home, words = self._speech_now("").name, files.own_home(self._folder), ""
        lock = FileLock(home / files.LOCK)
        try:
            if home.exists() and not lock.take():
                return IN_USE
            left = [path for path in home.iterdir() if path.name != files.LOCK] if home.exists() else []
            for place in (folder_of(name, self._folder), half_of(name, self._folder), *left):
                if place.is_dir():
                    shutil.rmtree(place)
                else:
                    place.unlink(missing_ok=True)
        except OSError as error:
            words = f"The models could not be removed: {error.strerror or 'the disk refuses'}."
        finally:
            lock.release()
        with self._lock:
            self._is_damaged = self._is_reading_damaged = self._is_reading_bad = False
            self._looked_at.clear()
        return words

    def _look_inside(self, name: str, reads: bool, before: int) -> None:
        place = find(name, self._folder) if name else None
        is_damaged = place is not None and not is_whole(name, place)
        homes = files.homes(self._folder)
        cannot_read = reads and not any(files.is_ready(home) or files.is_whole(home) for home in homes)
        with self._lock:
            if self._round != before:
                self._looked_at.clear()  # they are others now
            elif is_damaged or cannot_read:
                self._is_damaged, self._is_reading_damaged, self._is_reading_bad = is_damaged, cannot_read, cannot_read
                self._tell(self.now(DAMAGED))
