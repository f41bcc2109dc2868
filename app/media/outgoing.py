"""Your own picture on its way out: camera, background, then the track and your own tile, in that order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.media.background import BackgroundPainter
from app.media.camera import DEFAULT_SIZE_PX, Camera
from app.media.effort import BackgroundTooSlow, Effort, Step
from app.media.outline import Cut, Outline
from app.media.person_mask import MaskMissing, PersonMask
from app.media.pictures import make_pictures, to_size
from app.media.planes import Shrunk
from app.media.priority import yield_to_voices
from app.media.types import Background, Frame, MediaError, Picture, Pixels, Samples, View, Views

log = logging.getLogger(__name__)

#: What goes out while data is saved: a quarter of the usual picture's points, at well under half its pace.
SAVER_SIZE_PX = (320, 180)
SAVER_FPS = 12
#: A picture may come this much early and still be one of those: cameras are not even.
_SAVER_EARLY = 0.15
JOIN_LIMIT_S = 5.0
#: The model loads in a fifth of a second; on a slow disk the user hears why they are hidden.
LOADING_AFTER_S = 1.0


class BackgroundLoading(MediaError):
    """The model takes its time to load."""

    def __init__(self) -> None:
        super().__init__("Your background is getting ready. Until then all of your picture is hidden behind it.")


class Mask(Protocol):
    """What finds the person; PersonMask, or a test's stand-in."""

    def find(self, rgb: Pixels) -> Samples:
        """As `PersonMask.find`."""
        ...

    def close(self) -> None:
        """Frees what it holds."""
        ...


class Outgoing:
    """Makes the outgoing frames in a thread of its own; a slow computer loses frames, never gains delay."""

    def __init__(
        self,
        *,
        mask_model: Path,
        show: Callable[[int, Picture], None],
        tell: Callable[[MediaError], None],
        size_px: tuple[int, int] = DEFAULT_SIZE_PX,
        load_mask: Callable[[Path], Mask] = PersonMask,
    ) -> None:
        """Starts the thread; no camera, no background.

        Args:
            mask_model: person.onnx; loaded when a background first needs it.
            show: Takes each picture of oneself, after the number of its view, from this object's thread.
            tell: Takes MaskMissing, BackgroundLoading and BackgroundTooSlow, from a thread of this object.
            size_px: Width and height of what goes out; even.
            load_mask: Makes the mask finder, for tests.
        """
        self._mask_model, self._load_mask = mask_model, load_mask
        self._show, self._tell = show, tell
        self._full_px = self._size_px = size_px
        self._views: Views = {0: View(*size_px)}
        self._saves_data, self._mirrors = False, True
        self._due_s = 0.0
        self._changed = threading.Condition()
        self._camera: Camera | None = None
        self._camera_number = 0
        self._raw: tuple[int, Frame] | None = None
        self._latest: Frame | None = None
        self._listener: Callable[[Frame], None] | None = None
        self._next_painter: BackgroundPainter | None = None
        self._mask: Mask | None = None
        self._mask_is_asked = False
        self._effort = Effort()
        self._has_told_slow = False
        self._outline = Outline()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="outgoing", daemon=True)
        self._thread.start()

    def use_camera(self, camera: Camera | None) -> None:
        """Changes the camera, or switches it off; call it from a worker, as opening may take seconds.

        When it returns, no frame of the camera before goes out any more. With None nothing is sent at all.

        Args:
            camera: Not started yet; None for off.

        Raises:
            DeviceError: The camera cannot be used; none is in use then.
            FileUnreadable: The file of a file camera cannot be read; none is in use then.
        """
        with self._changed:
            old, self._camera = self._camera, None
            self._camera_number += 1
            number = self._camera_number
            self._raw = self._latest = None
            self._changed.notify_all()
        if old:
            old.stop()
        if camera is None:
            return
        camera.start(lambda frame: self._arrive(number, frame))
        with self._changed:
            is_current = number == self._camera_number and not self._is_closed
            if is_current:
                self._camera = camera
        if not is_current:
            camera.stop()

    def set_background(self, choice: Background) -> None:
        """Changes the background from the next frame on; nothing restarts. Reads a file: call it from a worker.

        Until the model is loaded (once), the whole picture is hidden behind the background.

        Args:
            choice: The new background.

        Raises:
            FileUnreadable: The picture file cannot be read; the background before stays.
        """
        painter = BackgroundPainter()
        painter.choose(choice)
        with self._changed:
            self._next_painter = painter
            self._effort, self._has_told_slow = Effort(), False
            needs_load = choice.kind != "none" and not self._mask_is_asked
            self._mask_is_asked |= needs_load
        if needs_load:
            threading.Thread(target=self._load, name="person mask", daemon=True).start()

    def set_views(self, views: Views) -> None:
        """Changes where one sees oneself; before, it is one view of number 0 and of the size that goes out."""
        self._views = views

    def mirror(self, is_on: bool) -> None:
        """Shows oneself as in a mirror, as before this is called, or as the others see one; they never see a mirror."""
        self._mirrors = is_on

    def set_size(self, size_px: tuple[int, int]) -> None:
        """Sends pictures of another size from the next one on; nothing restarts.

        Args:
            size_px: Width and height; even. While data is saved it waits.
        """
        with self._changed:
            if size_px == self._full_px:
                return
            self._full_px = size_px
            self._size_px = SAVER_SIZE_PX if self._saves_data else size_px
            self._effort = Effort()

    def save_data(self, is_on: bool) -> None:
        """Sends small and slow pictures from the next one on, or usual ones again; nothing restarts."""
        with self._changed:
            if is_on == self._saves_data:
                return
            self._saves_data = is_on
            self._size_px = SAVER_SIZE_PX if is_on else self._full_px
            self._effort = Effort()

    def listen(self, on_frame: Callable[[Frame], None] | None) -> None:
        """Has each outgoing frame handed on as it is made.

        Args:
            on_frame: Called from this object's thread with "yuv420p" frames; None for nobody. One listener at most.
        """
        self._listener = on_frame

    def latest(self) -> Frame | None:
        """Returns the newest outgoing frame, "yuv420p"; None while the camera is off."""
        return self._latest

    def wait_next(self, after_s: float, *, limit_s: float) -> Frame | None:
        """Waits for a frame that is newer than another.

        Args:
            after_s: `captured_at_s` of the last frame taken; 0.0 for any.
            limit_s: How long to wait.

        Returns:
            The newest frame, "yuv420p"; None if none came in time.
        """

        def is_there() -> bool:
            return self._is_closed or (self._latest is not None and self._latest.captured_at_s > after_s)

        with self._changed:
            self._changed.wait_for(is_there, limit_s)
            newest = self._latest
        return newest if newest and newest.captured_at_s > after_s else None

    def close(self) -> None:
        """Stops camera and thread; nothing is shown or handed on after it returns."""
        self.use_camera(None)
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(JOIN_LIMIT_S)

    def _arrive(self, number: int, frame: Frame) -> None:
        with self._changed:
            if number == self._camera_number and self._is_due(frame.captured_at_s):
                if self._mask:
                    self._effort.count_arrival(frame.captured_at_s)
                self._raw = (number, frame)
                self._changed.notify_all()

    def _is_due(self, at_s: float) -> bool:
        """Whether a picture of that time is wanted: all of them, or while data is saved only so many a second."""
        if not self._saves_data:
            return True
        every_s = 1 / SAVER_FPS
        if abs(self._due_s - at_s) > every_s:
            self._due_s = at_s  # the first one, or after a pause
        if at_s < self._due_s - _SAVER_EARLY * every_s:
            return False
        self._due_s += every_s
        return True

    def _load(self) -> None:
        # Mostly it is there before anybody could have read that it is not.
        late = threading.Timer(LOADING_AFTER_S, lambda: self._tell(BackgroundLoading()))
        late.daemon = True
        late.start()
        try:
            mask = self._load_mask(self._mask_model)
        except MediaError as error:
            late.cancel()
            log.warning("the model that finds the person did not load")
            self._ask_again_later()
            self._tell(error)
            return
        late.cancel()
        # One owner: who comes too late frees it here, else the painting thread does.
        # Freed twice, it crashes the process.
        with self._changed:
            is_late = self._is_closed
            if not is_late:
                self._mask = mask
        if is_late:
            mask.close()

    def _ask_again_later(self) -> None:
        """The next background that is chosen tries once more, and tells what it came to."""
        with self._changed:
            self._mask_is_asked = False

    def _run(self) -> None:
        yield_to_voices()
        painter = BackgroundPainter()
        last_number = -1
        has_failed = False
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._raw is not None or self._is_closed)
                if self._is_closed or self._raw is None:
                    break
                (number, raw), self._raw = self._raw, None
                if self._next_painter:
                    painter, self._next_painter, self._outline = self._next_painter, None, Outline()
                mask, effort = self._mask, self._effort
            if number != last_number:
                self._outline, last_number = Outline(), number
            try:
                if painter.choice.kind == "none":
                    self._publish(number, to_size(raw, self._size_px))
                elif self._publish(number, self._paint(raw, painter, mask, effort.step)):
                    self._count_done(effort)
            except Exception:
                # One strange picture must not be the last one, nor fill the log.
                if not has_failed:
                    log.exception("a picture could not be made")
                has_failed = True
        if self._mask:
            self._mask.close()

    def _paint(self, raw: Frame, painter: BackgroundPainter, mask: Mask | None, step: Step) -> Frame:
        frame = to_size(raw, reduced(self._size_px, step.shrink))
        shrunk = Shrunk(frame)
        cut: Cut | None = None
        if mask:
            try:
                cut = self._outline.follow(shrunk, step, mask.find)
            except MaskMissing as error:
                log.warning("the model that finds the person failed; the whole picture stays hidden")
                self._mask = None
                self._ask_again_later()
                self._tell(error)
        return painter.paint(frame, shrunk, cut)

    def _count_done(self, effort: Effort) -> None:
        with self._changed:
            if effort is not self._effort or not effort.count_done():
                return
            # The first change makes it cheaper and is told; those after it would only tell the same again.
            is_news, self._has_told_slow = not self._has_told_slow, True
        log.info("the background is now made by %s", effort.step)
        if is_news:
            self._tell(BackgroundTooSlow())

    def _publish(self, number: int, frame: Frame) -> bool:
        pictures = list(make_pictures(frame, self._views, mirror=self._mirrors))
        with self._changed:
            if number != self._camera_number:
                return False
            self._latest = frame
            # Within the lock: use_camera promises that nothing of the old camera comes after it.
            for view, picture in pictures:
                self._show(view, picture)
            if self._listener:
                self._listener(frame)
            self._changed.notify_all()
        return True


def reduced(size_px: tuple[int, int], by: int) -> tuple[int, int]:
    """A size divided, but not below that of saved data; even."""
    by = next(one for one in (by, 2, 1) if one == 1 or size_px[0] >= one * SAVER_SIZE_PX[0])
    return size_px[0] // by // 2 * 2, size_px[1] // by // 2 * 2
