"""A shared screen on the stage: shown whole, or zoomed and moved, at the full resolution of the part that is seen."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QBrush,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture

from app.media.types import Picture, View
from app.state.stage import Tile
from app.ui.qt import override
from app.ui.stage import Stage
from app.ui.theme import colour
from app.ui.widgets.cards import row
from app.ui.widgets.marks import Marks
from app.ui.widgets.painting import painting
from app.ui.widgets.pen import Pen
from app.ui.widgets.stage_tile import StageTile
from app.ui.widgets.video_tile import RADIUS_PX
from app.ui.widgets.zoom import LEAST, Space, Zoom
from app.ui.widgets.zoom_bar import ZoomBar
from app.wire.pointing import Pointing, Spots

#: A notch of a wheel makes it so much larger.
_NOTCH = 1.15
_NOTCH_UNITS = 120
#: An arrow key moves it by this share of the view.
_PUSH = 0.12
#: So long after the last move of the pointer the bar goes, where it would cover the screen.
_REST_MS = 3000
#: So often what is pointed at is painted while it fades.
_FADE_MS = 50


class ShareView(StageTile):
    """Somebody's screen; only while it is large can it be zoomed.

    Args:
        stage: Gives it pictures.
        tile: Whose screen.

    Signals:
        still_wanted(): Copy what is shown.
        zoomed(): It is shown larger or smaller, or another part of it.
        pointed(str, int, tuple): One points at it: kind, stroke and places.
    """

    still_wanted = Signal()
    zoomed = Signal()
    pointed = Signal(str, int, object)

    def __init__(self, stage: Stage, tile: Tile) -> None:
        super().__init__(stage, tile, crop="fit")
        self.zoom = Zoom()
        self.frame_px = (16, 9)
        self._grip: QPointF | None = None
        self._bar = ZoomBar()
        self._bar.stepped.connect(self.step)
        self._bar.toggled.connect(lambda: self.toggle(None))
        self._bar.fitted.connect(self.fit)
        self._bar.still_wanted.connect(self.still_wanted)
        self._bar.focus_moved.connect(self._wake)
        self._bar.tool_chosen.connect(self._choose_tool)
        self._pen = Pen(self)
        self._pen.pointed.connect(self._point)
        self._marks = Marks()
        self._fading = QTimer(self, interval=_FADE_MS)
        self._fading.timeout.connect(self._fade)
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._show_bar)
        self._box.addLayout(row(None, self._bar, None))
        self._bar.hide()
        self.setMouseTracking(True)
        self.grabGesture(Qt.GestureType.PinchGesture)

    # --- how far --------------------------------------------------------------------------------------------------
    @property
    def space(self) -> Space:
        """The view and the picture, in logical pixels."""
        return Space((max(1, self.width()), max(1, self.height())), self.frame_px)

    @property
    def bar_place(self) -> QRect | None:
        """Where its buttons are, on this widget; None while they are not seen."""
        return self._bar.geometry() if self._bar.isVisibleTo(self) else None

    def step(self, up: bool) -> None:
        """Larger or smaller, as by the buttons."""
        self._zoom_to(self.space.zoomed(self.zoom, self.zoom.step(up)))

    def fit(self) -> None:
        """All of it."""
        self._zoom_to(Zoom())

    def toggle(self, point: QPointF | None) -> None:
        """Twice as large at a point (or in the middle), or all of it."""
        if self.zoom.scale > LEAST:
            self.fit()
        else:
            self._zoom_to(self.space.zoomed(self.zoom, 2.0, (point.x(), point.y()) if point else None))

    def push(self, across: int, down: int) -> None:
        """Looks further to the right or down by a step, or back by a negative one."""
        self._zoom_to(self.space.moved(self.zoom, -across * self.width() * _PUSH, -down * self.height() * _PUSH))

    def _zoom_by(self, factor: float, point: QPointF) -> None:
        self._zoom_to(self.space.zoomed(self.zoom, self.zoom.scale * factor, (point.x(), point.y())))

    def _zoom_to(self, zoom: Zoom) -> None:
        if zoom == self.zoom or not self.is_large:
            return
        self.zoom = zoom
        self._bar.show_zoom(zoom)
        self._show_cursor()
        self._wake()
        self._look_again()
        self.update()
        self.zoomed.emit()

    # --- pointing -------------------------------------------------------------------------------------------------
    def show_pointing(self, may_point: bool) -> None:
        """Whether one may point at it."""
        if not may_point:
            self._choose_tool("")
        self._bar.show_tools(may_point, self._pen.tool)
        self._show_bar()

    def show_pointed(self, whose: tuple[str, str], kind: Pointing, spots: Spots, *, stroke: int) -> None:
        """Somebody points at it; see `Marks.take`."""
        self._marks.take(whose, kind, spots, stroke=stroke, now_s=time.monotonic())
        self._fading.start()
        self.update()

    def _choose_tool(self, tool: str) -> None:
        self._pen.choose(tool)
        self._bar.show_tools(None, tool)
        self._show_cursor()

    def _point(self, kind: Pointing, stroke: int, spots: Spots) -> None:
        # One's own is seen at once, by the name that one's own tile has.
        if kind == "pen":
            self.show_pointed(("", "You"), kind, spots, stroke=stroke)
        self.pointed.emit(kind, stroke, spots)

    def _fade(self) -> None:
        if not self._marks.forget_old(time.monotonic()):
            self._fading.stop()
        self.update()

    def _show_cursor(self) -> None:
        if self._pen.tool:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            is_zoomed = self.zoom.scale > LEAST
            self.setCursor(Qt.CursorShape.OpenHandCursor if is_zoomed else Qt.CursorShape.ArrowCursor)

    def _shares_at(self, point: QPointF) -> tuple[float, float]:
        return self.space.at(self.zoom, (point.x(), point.y()))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._fading.isActive():
            with painting(self) as painter:
                painter.setClipRect(self.rect())
                self._marks.paint(painter, self.space.place(self.zoom), time.monotonic())

    @override
    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self._pen.leave()

    # --- as a tile ------------------------------------------------------------------------------------------------
    @override
    def show_place(self, *, is_large: bool, can_pin: bool, can_hide: bool) -> None:
        if not is_large:
            self.fit()
            self._choose_tool("")
        super().show_place(is_large=is_large, can_pin=can_pin, can_hide=can_hide)
        self._wake()

    @override
    def wish(self) -> View | None:
        """The part that is seen, as large as it is seen."""
        view = super().wish()
        if view is None or self.zoom.scale <= LEAST:
            return view
        return View(view.width_px, view.height_px, "fit", self.space.part(self.zoom))

    @override
    def show_picture(self, picture: Picture) -> None:
        frame_px = picture.frame_px if any(picture.frame_px) else (picture.width_px, picture.height_px)
        if frame_px != self.frame_px:
            # Shared in another size, or another window: the same point of it stays in the middle.
            self.frame_px = frame_px
            self.zoom = self.space.zoomed(self.zoom, self.zoom.scale)
            self._look_again()
        super().show_picture(picture)
        if self._bar.isHidden():
            self._show_bar()

    @property
    @override
    def _is_exact(self) -> bool:
        """Where a picture lies depends on which part of the screen it shows."""
        return False

    @override
    def _paint_picture(self, painter: QPainter, area: QRectF) -> None:
        image, picture = self._image, self.picture
        if image is None or picture is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("tile"))
        painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)
        place, part = self.space.place(self.zoom), picture.part
        shown = QRectF(
            place.x + part.x * place.width, place.y + part.y * place.height,
            part.width * place.width, part.height * place.height,
        )  # fmt: skip
        ratio = self.devicePixelRatioF()
        beyond = shown.width() * ratio - image.width(), shown.height() * ratio - image.height()
        is_exact = max(map(abs, beyond)) < 1.5
        if is_exact:
            # Pixel on pixel: text stays as sharp as it came.
            shown = QRectF(
                round(shown.x() * ratio) / ratio, round(shown.y() * ratio) / ratio,
                image.width() / ratio, image.height() / ratio,
            )  # fmt: skip
        brush = QBrush(image)
        scale = QTransform.fromTranslate(shown.x(), shown.y())
        brush.setTransform(scale.scale(shown.width() / image.width(), shown.height() / image.height()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_exact)
        painter.setBrush(brush)
        painter.drawRoundedRect(shown & area, RADIUS_PX, RADIUS_PX)
        self._count_painted()

    # --- the bar --------------------------------------------------------------------------------------------------
    def _wake(self) -> None:
        self._rest.start()
        self._show_bar()

    def _show_bar(self) -> None:
        """Always where it covers nothing; over the screen while it is used or the pointer moves."""
        bar = self._bar
        if not self.is_large or not self.has_picture or self.width() < bar.sizeHint().width() + 24:
            bar.hide()
            self._cover_foot(0)
            return
        place = self.space.place(self.zoom)
        covers = place.y + place.height > self.height() - bar.sizeHint().height()
        has_focus = bar.isAncestorOf(QApplication.focusWidget() or self)
        bar.setVisible(not covers or has_focus or self._rest.isActive())
        self._cover_foot(bar.sizeHint().width() // 2 if bar.isVisibleTo(self) else 0)

    # --- by hand --------------------------------------------------------------------------------------------------
    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.zoom = self.space.zoomed(self.zoom, self.zoom.scale)
        super().resizeEvent(event)
        self._show_bar()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl it zooms where the pointer is; without it moves what is zoomed."""
        if not self.is_large:
            super().wheelEvent(event)
            return
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom_by(_NOTCH ** (turned.y() / _NOTCH_UNITS), event.position())
        elif self.zoom.scale > LEAST:
            by: QPoint = event.pixelDelta() if not event.pixelDelta().isNull() else turned / 2
            is_sideways = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) and not by.x()
            across, down = (by.y(), 0) if is_sideways else (by.x(), by.y())
            self._zoom_to(self.space.moved(self.zoom, across, down))
        event.accept()

    @override
    def event(self, event: QEvent) -> bool:
        """Fingers on a pad or on the screen zoom where they are."""
        if isinstance(event, QNativeGestureEvent) and self.is_large:
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_by(1 + event.value(), event.position())
                return True
        elif isinstance(event, QGestureEvent) and self.is_large:
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._zoom_by(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
                event.accept(pinch)
                return True
        return super().event(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and self._pen.press(*self._shares_at(event.position())):
            return
        if is_left and self.zoom.scale > LEAST and not self._pen.tool:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._wake()
        if self._pen.tool:
            self._pen.move(*self._shares_at(event.position()))
            return
        if self._grip is None:
            super().mouseMoveEvent(event)
            return
        moved, self._grip = event.position() - self._grip, event.position()
        self._zoom_to(self.space.moved(self.zoom, moved.x(), moved.y()))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pen.lift()
        if self._grip is None:
            super().mouseReleaseEvent(event)
            return
        self._grip = None
        self._show_cursor()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Twice as large where it is, and back; a small one becomes large."""
        if self._pen.tool == "pen":
            self.mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton and self.is_large:
            self.toggle(event.position())
        else:
            super().mouseDoubleClickEvent(event)
