"""One person's tile: the newest picture, or initials, with the name and what their microphone does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QTransform

from app.media.types import Crop, Picture, PictureKey
from app.ui.icons import pixmap
from app.ui.qt import override
from app.ui.stage import PictureView, Stage, image_of
from app.ui.theme import colour, face
from app.ui.widgets.painting import Edges, Layer, cut_away, draw_layer, paint_corners
from app.ui.widgets.tile_signs import (
    HAND_PX,
    PILL,
    PILL_INK,
    WEAK_PX,
    paint_absent,
    paint_hand,
    paint_mark,
    paint_weak,
)
from app.wire.text import one_line

RADIUS_PX = 14
_LEAST_NAME_PX = 48
#: Name and hand lie in so much of the foot, the mark in so much of the head, the ring of who speaks at the sides.
_FOOT_PX, _HEAD_PX, _SIDE_PX = 44, 32, 4
_MUTED_INK = "#ff9a9d"
_SPEAKING_INK = "#5fe0ab"
_STOPPED_INK = "#a3ada8"
_ORIGIN = QPointF(0, 0)
_STYLES = (QEvent.Type.StyleChange, QEvent.Type.PaletteChange, QEvent.Type.FontChange)


class VideoTile(PictureView):
    """Paints a person, or their screen.

    Args:
        name: Whom it shows.
        foot_px: How much of its foot, in the middle, is covered by what lies on it; words and initials stay out there.
        stage: Gives it pictures; None for words alone.
        key: Whose pictures.
        crop: How they go into it.

    Attributes:
        picture: The newest; None for initials.
        tell_painted: Of the class: told of each new picture that a tile has painted, where somebody counts them.
    """

    tell_painted: ClassVar[Callable[[VideoTile], None] | None] = None

    def __init__(
        self,
        name: str = "",
        *,
        foot_px: int = 0,
        stage: Stage | None = None,
        key: PictureKey | None = None,
        crop: Crop = "cover",
    ) -> None:
        super().__init__(stage, key, crop=crop)
        self._foot_px = foot_px
        self._name = one_line(name)
        self._initials_of = self._name
        self._has_camera = True
        self._has_microphone = True
        self._is_connected = True
        self._is_speaking = False
        self._is_stopped = False
        self._note = ""
        self._paused = ""
        self._mark = ""
        self._is_weak = False
        self._hand = 0
        self.picture: Picture | None = None
        self._image: QImage | None = None
        self._is_fresh = False
        self._ground = ""
        self._front: tuple[bool, Layer] | None = None
        self._beyond: Layer | None = None
        self._tell()

    def show_ground(self, ground: str) -> None:
        """What lies round its corners.

        Args:
            ground: A colour of the theme: the tile paints that itself, so that what is below need not be painted again
                with each picture. Empty: anything, as over other tiles.
        """
        if ground != self._ground:
            self._ground = ground
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, bool(ground))
            self._renew()

    def show_person(
        self, name: str, *, microphone: bool, camera: bool, is_connected: bool = True, initials_of: str = ""
    ) -> None:
        """What the tile says of the person; `initials_of` where the name on it is not the person's."""
        self._initials_of = initials_of or name
        fresh = (one_line(name), microphone, camera, is_connected)
        if fresh == (self._name, self._has_microphone, self._has_camera, self._is_connected):
            return
        self._name, self._has_microphone, self._has_camera, self._is_connected = fresh
        if not camera:
            self.forget_picture()
        self._tell()
        self._renew()

    def forget_picture(self) -> None:
        """Initials, until the next picture comes."""
        self.picture = self._image = None
        self.update()

    def show_note(self, note: str) -> None:
        """A few words below the initials while there is no picture."""
        if note != self._note:
            self._note = note
            self.update()

    def show_mark(self, mark: str) -> None:
        """A few words in the upper corner, over the picture."""
        if mark != self._mark:
            self._mark = mark
            self._tell()
            self._renew()

    def show_weak(self, is_weak: bool) -> None:
        """Whether the connection of whom it shows is weak: a sign below the mark."""
        if is_weak != self._is_weak:
            self._is_weak = is_weak
            self._tell()
            self._renew()

    def show_paused(self, words: str) -> None:
        """Why no picture comes although the person sends one: words in its place; empty: it comes."""
        if words == self._paused:
            return
        self._paused = words
        if words:
            self.forget_picture()
        self._tell()
        self._renew()

    def show_hand(self, place: int) -> None:
        """A raised hand, with its place in the order of all; 0: it is down."""
        if place != self._hand:
            self._hand = place
            self._tell()
            self._renew()

    def _cover_foot(self, foot_px: int) -> None:
        """Something lies on its foot now, or no more; see the class."""
        if foot_px != self._foot_px:
            self._foot_px = foot_px
            self._renew()

    def show_picture(self, picture: Picture) -> None:
        """The newest picture; it is painted with the next frame of the screen."""
        if not self._has_camera or self._paused:
            return
        self.picture = picture
        self._image = self._image_of(picture)
        self._is_fresh = True
        self.update()

    def _image_of(self, picture: Picture) -> QImage:
        image = image_of(picture)
        return image.convertToFormat(QImage.Format.Format_Grayscale8) if self._is_stopped else image

    def show_stopped(self, is_stopped: bool) -> None:
        """The call is not connected: the picture is grey, and nothing says that somebody speaks or can be heard."""
        if is_stopped == self._is_stopped:
            return
        self._is_stopped = is_stopped
        if self.picture is not None:
            self._image = self._image_of(self.picture)
        self._tell()
        self._renew()

    def show_speaking(self, is_speaking: bool) -> None:
        """The ring round who speaks."""
        if is_speaking != self._is_speaking:
            self._is_speaking = is_speaking
            self._tell()
            self._renew()

    @property
    def _is_screen(self) -> bool:
        return self.key is not None and self.key[1] == "screen"

    @property
    def _speaks(self) -> bool:
        return self._is_speaking and self._has_microphone and not self._is_stopped

    @property
    def has_picture(self) -> bool:
        """Whether a picture is on show."""
        return self._image is not None

    def _tell(self) -> None:
        parts = [self._name]
        if not self._is_screen:
            parts.append("microphone on" if self._has_microphone else "microphone off")
            parts.append("camera on" if self._has_camera else "camera off")
        if not self._is_connected or self._is_stopped:
            parts.append("reconnecting")
        if self._speaks:
            parts.append("speaking")
        parts.append(f"hand raised, number {self._hand}" if self._hand else "")
        parts.append(self._mark.lower())
        parts.append("weak connection" if self._is_weak else "")
        parts.append(self._paused.lower())
        self.setAccessibleName(", ".join(part for part in parts if part))

    # --- painting -------------------------------------------------------------------------------------------------
    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        # This happens three hundred times a second: each call of Qt counts.
        self._look_at_density()
        painter, image = QPainter(self), self._image
        is_copied = image is not None and self._is_exact
        if image is not None and is_copied:
            self._copy_picture(painter, image)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(self.rect())
            if self._ground:
                painter.fillRect(area, colour(self._ground))
            if image is None:
                self._paint_absent(painter, area)
            else:
                self._paint_picture(painter, area)
        for at, piece in self._layer(has_corners=is_copied and bool(self._ground)):
            painter.drawImage(at, piece)
        painter.end()

    @property
    def _is_exact(self) -> bool:
        """Whether the picture was made for this very size."""
        one = self.picture
        return one is not None and (one.width_px, one.height_px) == self.size_px

    def _copy_picture(self, painter: QPainter, image: QImage) -> None:
        """The quick way."""
        if self.ratio != 1:
            image.setDevicePixelRatio(self.ratio)
        painter.drawImage(_ORIGIN, image if self._ground else cut_away(image, self._corners()))
        self._count_painted()

    # --- what lies over the picture -------------------------------------------------------------------------------
    def _renew(self) -> None:
        """What lies over the picture has changed."""
        self._front = None
        self.update()

    @override
    def _look_again(self) -> None:
        super()._look_again()
        self._front = self._beyond = None

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Another theme has other colours."""
        super().changeEvent(event)
        if event.type() in _STYLES:
            self._front = None

    def _layer(self, *, has_corners: bool) -> Layer:
        """Drawn once for many pictures: to lay out words again costs more than the picture."""
        if self._front is None or self._front[0] != has_corners:
            layer = draw_layer(self.size_px, self.ratio, self._edges(), partial(self._paint_front, has_corners))
            self._front = has_corners, layer
        return self._front[1]

    def _corners(self) -> Layer:
        """What lies beyond the round corners."""
        if self._beyond is None:
            paint = partial(paint_corners, area=QRectF(self.rect()), radius_px=RADIUS_PX, ground="stage")
            self._beyond = draw_layer(self.size_px, self.ratio, Edges(0, RADIUS_PX, RADIUS_PX), paint)
        return self._beyond

    def _edges(self) -> Edges | None:
        """How far from its edges something is painted; None: everywhere."""
        if self._has_veil:
            return None
        head = self._weak_place.bottom() + 1 if self._is_weak else _HEAD_PX if self._mark else RADIUS_PX
        foot = _FOOT_PX if self._name or self._hand else RADIUS_PX
        return Edges(_SIDE_PX if self._speaks else 0, head, foot)

    @property
    def _weak_place(self) -> QRect:
        """Where the sign of a weak connection is."""
        return QRect(self.width() - 8 - WEAK_PX, 8 + (28 if self._mark else 0), WEAK_PX, WEAK_PX)

    @property
    def _has_veil(self) -> bool:
        return not (self._is_connected or self._is_stopped)

    def _paint_front(self, has_corners: bool, painter: QPainter) -> None:
        area = QRectF(self.rect())
        if has_corners:
            paint_corners(painter, area, RADIUS_PX, self._ground)
        if self._has_veil:
            self._paint_veil(painter, area)
        if self._name:
            self._paint_pill(painter, area)
        if self._hand:
            paint_hand(painter, area, self._hand)
        if self._mark:
            paint_mark(painter, area, self._mark)
        if self._is_weak:
            paint_weak(painter, QRectF(self._weak_place))
        if self._speaks:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 3))
            painter.drawRoundedRect(area.adjusted(1.5, 1.5, -1.5, -1.5), RADIUS_PX - 1, RADIUS_PX - 1)

    def _paint_picture(self, painter: QPainter, area: QRectF) -> None:
        image = self._image
        if image is None:
            return
        # As a brush, since an anti-aliased clip costs more.
        fitting = (area.width() / image.width(), area.height() / image.height())
        scale = max(fitting) if self._crop == "cover" else min(fitting)
        if self._crop == "fit":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("tile"))
            painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)
        brush = QBrush(image)
        shift = QTransform.fromTranslate(
            (area.width() - image.width() * scale) / 2, (area.height() - image.height() * scale) / 2
        )
        brush.setTransform(shift.scale(scale, scale))
        # Of another size it is shown for a moment only, while a window is resized: smoothly it would hold that up.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        shown = QRectF(0, 0, image.width() * scale, image.height() * scale)
        shown.moveCenter(area.center())
        painter.drawRoundedRect(shown & area, RADIUS_PX, RADIUS_PX)
        self._count_painted()

    def _count_painted(self) -> None:
        if self._is_fresh:
            self._is_fresh = False
            if VideoTile.tell_painted is not None:
                VideoTile.tell_painted(self)

    def _paint_absent(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("tile"))
        painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)
        paint_absent(painter, area.adjusted(0, 0, 0, -self._foot_px), self._initials_of, self._paused or self._note)

    def _paint_veil(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(6, 10, 8, 170))
        painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)
        painter.setPen(QColor(PILL_INK))
        painter.setFont(face(14))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), "Reconnecting…")

    def _paint_pill(self, painter: QPainter, area: QRectF) -> None:
        is_small = area.height() < 150
        inset, height, size = (6, 22, 11) if is_small else (10, 28, 13)
        painter.setFont(face(size))
        most = int(area.width()) - 2 * inset - 38 - (HAND_PX + 6 if self._hand else 0)
        if self._foot_px:
            most = int(area.width() / 2) - self._foot_px - inset - 38
        words = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, max(10, most))
        if self._foot_px and most < _LEAST_NAME_PX and words != self._name:
            words = ""  # the mark alone: one's own name is not cut down to a letter
        width = painter.fontMetrics().horizontalAdvance(words) + (20 if self._is_screen else height + 10)
        pill = QRectF(area.left() + inset, area.bottom() - inset - height, width, height)
        clip = QPainterPath()
        clip.addRoundedRect(pill, height / 2, height / 2)
        painter.fillPath(clip, PILL)
        if self._is_screen:
            painter.setPen(QColor(PILL_INK))
            painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), words)
            return
        name, ink = "mic", PILL_INK
        if not self._has_microphone:
            name, ink = "mic-off", _MUTED_INK
        elif self._is_stopped:
            ink = _STOPPED_INK
        elif self._is_speaking:
            name, ink = "audio-lines", _SPEAKING_INK
        mark = size + 2
        left = pill.left() + height / 4 + 1
        painter.drawPixmap(QPointF(left, pill.center().y() - mark / 2), pixmap(name, ink, mark))
        painter.setPen(QColor(PILL_INK))
        painter.drawText(
            pill.adjusted(left - pill.left() + mark + 5, 0, -2, 0), int(Qt.AlignmentFlag.AlignVCenter), words
        )
