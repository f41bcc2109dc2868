"""A still of a picture at its full resolution, for the clipboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from app.media.types import Picture, PictureKey, View
from app.ui.qt import override
from app.ui.stage import PictureView, Stage, image_of

#: A screen that stands still is there at once; where nothing comes in this time it is over.
_LIMIT_MS = 3000


class Still(PictureView):
    """Asks for one picture as large as it was sent, copies it, and goes.

    Args:
        stage: Gives it the picture.
        key: Whose, and of what.
        size_px: How large it was sent.
        done: Told whether it was copied.
    """

    def __init__(self, stage: Stage, key: PictureKey, size_px: tuple[int, int], done: Callable[[bool], None]) -> None:
        super().__init__(stage, key, crop="fit")
        self._size_px = size_px
        self._done: Callable[[bool], None] | None = done
        self._limit = QTimer(self, interval=_LIMIT_MS, singleShot=True)
        self._limit.timeout.connect(lambda: self._end(False))
        self._limit.start()
        self._look_again()

    @override
    def wish(self) -> View | None:
        """All of it, although nobody sees this view."""
        return View(*self._size_px, "fit")

    @override
    def show_picture(self, picture: Picture) -> None:
        if self._done is None:
            return
        # The clipboard keeps it for longer than the pixels live.
        QGuiApplication.clipboard().setImage(image_of(picture).copy())
        self._end(True)

    def _end(self, is_copied: bool) -> None:
        done, self._done = self._done, None
        if done is not None:
            self._limit.stop()
            self.leave_stage()
            self.deleteLater()
            done(is_copied)
