"""Hands each picture to every view that wants it, each at its own size and crop.

A view is a widget: a tile, the preview, later a share or picture-in-picture. It says whose picture it wants by
`PictureView.wish`; nothing else has to be changed for a picture to be seen in one more place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QHideEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.media.types import Crop, Picture, PictureKey, View, Wanted
from app.ui.qt import override

if TYPE_CHECKING:
    from app.media.mailbox import Mailbox

#: One's own picture waits so long for one of the others: what lies over them is painted with them, not once more. It
#: is less than a camera's frame.
_OWN_WAITS_MS = 25


class Stage(QObject):
    """Knows every view, tells the media side what they want, and gives them what comes; on the UI thread.

    Attributes:
        wanted: what was told last.
    """

    def __init__(self, mailbox: Mailbox, tell: Callable[[Wanted], None]) -> None:
        """Nothing is wanted yet.

        Args:
            mailbox: Where pictures arrive.
            tell: Takes what is wanted, whenever that has changed.
        """
        super().__init__()
        self._mailbox = mailbox
        self._tell = tell
        self._views: dict[int, PictureView] = {}
        self._next = 1
        self.wanted: Wanted = {}
        # Once for all the views that a change of the layout moves.
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._look)
        self._held: dict[tuple[PictureKey, int], Picture] = {}
        self._at_last = QTimer(self, interval=_OWN_WAITS_MS, singleShot=True)
        self._at_last.timeout.connect(self._give)

    def add(self, view: PictureView) -> int:
        """Gives a view its number."""
        number, self._next = self._next, self._next + 1
        self._views[number] = view
        view.destroyed.connect(lambda: self.remove(number))
        return number

    def remove(self, number: int) -> None:
        """The view wants nothing any more; what waits for it is thrown away."""
        if self._views.pop(number, None) is not None:
            self.look_again()

    def look_again(self) -> None:
        """A view came, went or wants something else."""
        self._soon.start()

    def _look(self) -> None:
        wanted: dict[PictureKey, dict[int, View]] = {}
        for number, view in self._views.items():
            wish = view.wish()
            if view.key is not None and wish is not None:
                wanted.setdefault(view.key, {})[number] = wish
        if wanted != self.wanted:
            self.wanted = wanted
            self._tell(wanted)

    @Slot()
    def deliver(self) -> None:
        """Empties the mailbox, whoever looks: one that is never empty never wakes again."""
        self._held |= self._mailbox.take_all()
        if any(person for (person, _), _ in self._held) or not any(person for person, _ in self.wanted):
            self._give()
        elif not self._at_last.isActive():
            self._at_last.start()

    def _give(self) -> None:
        self._at_last.stop()
        held, self._held = self._held, {}
        for (key, number), picture in held.items():
            view = self._views.get(number)
            if view is not None and view.key == key:
                view.show_picture(picture)


def image_of(picture: Picture) -> QImage:
    """A picture as Qt paints it, not copied: the picture has to be kept as long as the image."""
    pixels, form = picture.pixels, QImage.Format.Format_RGB32
    return QImage(pixels.data, picture.width_px, picture.height_px, pixels.strides[0], form)


class PictureView(QWidget):
    """A widget that shows one picture after the other.

    Attributes:
        key: whose pictures, and of what; None for nobody's.
        ratio: device pixels for one logical pixel.
        size_px: its width and height in device pixels.
    """

    def __init__(self, stage: Stage | None, key: PictureKey | None, *, crop: Crop = "cover") -> None:
        """Makes itself known.

        Args:
            stage: Where pictures come from; None for a view that only shows words.
            key: See the class.
            crop: How they go into it.
        """
        super().__init__()
        self.key = key
        self._crop: Crop = crop
        self._stage = stage
        self._number = stage.add(self) if stage is not None else 0
        self.ratio, self.size_px = 1.0, (0, 0)

    def leave_stage(self) -> None:
        """No picture comes any more; before it is deleted, which may be later."""
        if self._stage is not None:
            self._stage.remove(self._number)

    def wish(self) -> View | None:
        """What is wanted now, in device pixels; None while nobody can see it."""
        if self.window().isMinimized():
            return None
        width, height = self.size_px
        return View(width, height, self._crop) if self.isVisible() and min(width, height) >= 2 else None

    def show_picture(self, picture: Picture) -> None:
        """Takes the next picture, of the size that was wanted or, for a moment, of the one before."""
        raise NotImplementedError

    def _look_again(self) -> None:
        """Its size may have changed, or whether it is seen, or what it wants."""
        self.ratio = self.devicePixelRatioF()
        self.size_px = round(self.width() * self.ratio), round(self.height() * self.ratio)
        if self._stage is not None:
            self._stage.look_again()

    def _look_at_density(self) -> None:
        """A screen of another density wants other sizes; called whenever it is painted, which it is on a new screen.

        Not by an event of Qt's: Python would be asked about every event of every view then, thousands a second.
        """
        if self.devicePixelRatioF() != self.ratio:
            self._look_again()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look_again()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_again()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._look_again()
