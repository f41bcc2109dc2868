"""The lowest layer of the stage: a widget for each tile, where the layout has it, and one's own where it is dragged."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.state.stage import (
    OWN,
    Layout,
    OneToOne,
    Rect,
    Share,
    Speaker,
    Tile,
    arrange,
    bounded,
    nearest_anchor,
    next_anchor,
    tiles_of,
)
from app.ui.qt import override
from app.ui.stage import Stage
from app.ui.widgets.picture_buttons import PictureButton, PicturePill
from app.ui.widgets.share_view import ShareView
from app.ui.widgets.stage_tile import ARROWS, StageTile
from app.ui.widgets.still import Still

_BACK_MARGIN_PX = 12


class StageTiles(QWidget):
    """Draws a layout.

    Args:
        stage: Gives the tiles their pictures.

    Signals:
        pinned(Tile | None): a tile is to be looked at, or none any more.
        own_hidden(bool): one's own is to be hidden, or shown again.
        own_placed(str): one's own was dragged to another `Anchor`.
        still_copied(bool): a still of a screen is on the clipboard, or none came.
        connection_asked(): the sign of a weak connection was pressed.
        zoomed(): a screen is shown larger or smaller.
        pointed(str, str, int, tuple): one points at somebody's screen: whose, kind, stroke and places.

    Attributes:
        widgets: the tiles on show.
    """

    pinned = Signal(object)
    own_hidden = Signal(bool)
    own_placed = Signal(str)
    still_copied = Signal(bool)
    connection_asked = Signal()
    zoomed = Signal()
    pointed = Signal(str, str, int, object)

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._layout: Layout | None = None
        self._is_stopped = False
        self._pressed: QPoint | None = None
        self._grip = QPoint()
        self._is_dragging = False
        self.widgets: dict[Tile, StageTile] = {}
        self.setMinimumSize(160, 120)
        show = PictureButton("Show my view again", "show-own-view", glyph="eye", label="Show me")
        show.clicked.connect(lambda: self.own_hidden.emit(False))
        self._way_back = PicturePill("own-view-hidden", show)
        self._way_back.setParent(self)
        self._way_back.hide()

    def show_layout(self, layout: Layout | None) -> None:
        """Tiles that are in it already stay the same widgets."""
        if layout == self._layout:
            return
        self._layout = layout
        wanted = tiles_of(layout) if layout is not None else ()
        for tile in [tile for tile in self.widgets if tile not in wanted]:
            widget = self.widgets.pop(tile)
            widget.leave_stage()
            widget.hide()
            widget.deleteLater()
        self.widgets = {tile: self.widgets.get(tile) or self._make(tile) for tile in wanted}
        main = layout.main if isinstance(layout, Speaker | Share) and len(wanted) > 1 else None
        can_pin = len(wanted) > 1 and not isinstance(layout, OneToOne)
        for tile, widget in self.widgets.items():
            floats = tile == OWN and self._floats
            widget.show_place(
                is_large=tile == main, can_pin=can_pin and not floats, can_hide=tile == OWN and len(wanted) > 1
            )
            # One's own may lie over others, and show them at its corners.
            widget.show_ground("" if floats else "stage")
            if tile == OWN:  # a screen has cursors of its own
                widget.setCursor(Qt.CursorShape.OpenHandCursor if floats else Qt.CursorShape.ArrowCursor)
        if not self._floats:
            self._pressed, self._is_dragging = None, False
        self._place()

    def show_stopped(self, is_stopped: bool) -> None:
        """Nothing comes in at the moment."""
        self._is_stopped = is_stopped
        for widget in self.widgets.values():
            widget.show_stopped(is_stopped)

    def show_way_back(self, is_hidden: bool) -> None:
        """Where one's own view can be had again, while it is hidden."""
        self._way_back.setVisible(is_hidden)
        self._place_way_back()

    @property
    def _floats(self) -> bool:
        """Whether one's own tile lies over the others."""
        return isinstance(self._layout, OneToOne) or (isinstance(self._layout, Share) and self._layout.own is not None)

    def lies_over(self) -> list[QRect]:
        """Where something lies over pictures that has to stay in sight: buttons, one's own tile that floats."""
        found = [self._way_back.geometry()] if self._way_back.isVisibleTo(self) else []
        if self._floats and OWN in self.widgets:
            found.append(self.widgets[OWN].geometry())
        for widget in self.widgets.values():
            if isinstance(widget, ShareView) and (bar := widget.bar_place) is not None:
                found.append(bar.translated(widget.pos()))
        return found

    def _make(self, tile: Tile) -> StageTile:
        widget = self._made(tile)
        widget.pin_wanted.connect(lambda is_pinned: self.pinned.emit(tile if is_pinned else None))
        widget.connection_asked.connect(self.connection_asked)
        widget.hide_wanted.connect(partial(self.own_hidden.emit, True))
        widget.setParent(self)
        widget.show_stopped(self._is_stopped)
        widget.show()
        return widget

    def _made(self, tile: Tile) -> StageTile:
        if tile.source == "camera":
            return StageTile(self._stage, tile)
        share = ShareView(self._stage, tile)
        share.still_wanted.connect(lambda: self._copy_still(share))
        share.zoomed.connect(self.zoomed)
        share.pointed.connect(lambda kind, stroke, spots: self.pointed.emit(tile.person, kind, stroke, spots))
        return share

    def _copy_still(self, share: ShareView) -> None:
        if not share.has_picture:
            # Nor is it known how large it will be.
            self.still_copied.emit(False)
            return
        still = Still(self._stage, share.tile, share.frame_px, self.still_copied.emit)
        still.setParent(self)

    def _place(self) -> None:
        if self._layout is None:
            return
        for tile, place in arrange(self._layout, self.width(), self.height()).items():
            widget = self.widgets[tile]
            if not (self._is_dragging and tile == OWN):
                widget.setGeometry(place.x, place.y, place.width, place.height)
            widget.raise_()
        self._place_way_back()

    def _place_way_back(self) -> None:
        pill = self._way_back
        pill.resize(pill.sizeHint())
        pill.move(self.width() - pill.width() - _BACK_MARGIN_PX, self.height() - pill.height() - _BACK_MARGIN_PX)
        pill.raise_()

    def _at(self, point: QPoint) -> Tile | None:
        """The uppermost tile at a point."""
        found = (tile for tile, widget in reversed(self.widgets.items()) if widget.geometry().contains(point))
        return next(found, None)

    # --- one's own tile, dragged ----------------------------------------------------------------------------------
    def _snap(self, place: Rect) -> None:
        """Lies where it was let go, before the state says so."""
        if isinstance(self._layout, OneToOne | Share):
            anchor = nearest_anchor(self._layout, place, self.width(), self.height())
            self._layout = replace(self._layout, anchor=anchor)
            self._place()
            self.own_placed.emit(anchor)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self._floats and self._at(at) == OWN:
            self._pressed = at
            self._grip = at - self.widgets[OWN].pos()
        else:
            super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not isinstance(self._layout, OneToOne | Share):
            return
        at = event.position().toPoint()
        if not self._is_dragging and (at - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._is_dragging = True
        own = self.widgets[OWN]
        own.setCursor(Qt.CursorShape.ClosedHandCursor)
        wanted = at - self._grip
        place = bounded(self._layout, (wanted.x(), wanted.y()), self.width(), self.height())
        own.setGeometry(place.x, place.y, place.width, place.height)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_dragged, self._pressed, self._is_dragging = self._is_dragging, None, False
        if was_dragged:
            own = self.widgets[OWN]
            own.setCursor(Qt.CursorShape.OpenHandCursor)
            self._snap(Rect(own.x(), own.y(), own.width(), own.height()))

    @property
    def _takes_arrows(self) -> bool:
        """Whether arrow keys are for one's own tile, and for no shortcut."""
        own = self.widgets.get(OWN)
        return own is not None and own.hasFocus() and self._floats

    @override
    def event(self, event: QEvent) -> bool:
        is_asked = event.type() == QEvent.Type.ShortcutOverride and self._takes_arrows
        if is_asked and isinstance(event, QKeyEvent) and event.key() in ARROWS:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move one's own tile that has the focus."""
        step = ARROWS.get(Qt.Key(event.key()))
        if step is None or not self._takes_arrows or not isinstance(self._layout, OneToOne | Share):
            super().keyPressEvent(event)
        elif (anchor := next_anchor(self._layout.anchor, *step)) != self._layout.anchor:
            self._layout = replace(self._layout, anchor=anchor)
            self._place()
            self.own_placed.emit(anchor)

    # --- looking at one -------------------------------------------------------------------------------------------
    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Looks at the uppermost tile there, or at none any more."""
        tile = self._at(event.position().toPoint()) if event.button() == Qt.MouseButton.LeftButton else None
        if tile is not None and not (tile == OWN and self._floats):
            self.pinned.emit(None if self.widgets[tile].is_large else tile)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
