"""The stage of a call: draws the layout that `app.state.stage` chose, and what lies over all tiles."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.media.types import Levels
from app.state.slices.call import Call
from app.state.stage import OWN, Layout, Share, Speaker, Tile, arrange, layout_of, tiles_of
from app.ui.qt import override
from app.ui.stage import Stage
from app.ui.widgets.layers import Layers
from app.ui.widgets.video_tile import VideoTile


class StageView(Layers):
    """Keeps a widget for each tile of the layout, with an overlay layer above them all.

    Args:
        stage: Gives the tiles their pictures.
        over: What lies over all tiles, from the lower to the upper; shown and hidden by whoever made it.

    Signals:
        looked_at(Tile | None): a tile was chosen to be looked at by a double click, or none any more.
    """

    looked_at = Signal(object)

    def __init__(self, stage: Stage, *over: QWidget) -> None:
        self._tiles = _Tiles(stage)
        super().__init__(self._tiles, *over)
        self._tiles.double_clicked.connect(self._look_at)
        self._main: Tile | None = None
        self._joined_at: dict[str, float] = {}

    @property
    def tiles(self) -> dict[Tile, VideoTile]:
        """The tiles on show."""
        return self._tiles.widgets

    def clear(self) -> None:
        """Lets all tiles go, with their pictures."""
        self._tiles.show_layout(None)

    def show_call(self, call: Call, own: tuple[bool, bool]) -> None:
        """Everyone in the meeting.

        Args:
            call: Who has a seat, and what is pinned.
            own: Whether one's own microphone and camera are on.
        """
        layout = layout_of(call.people, call.you, call.stage.pinned)
        self._main = layout.main if isinstance(layout, Speaker | Share) else None
        self._tiles.show_layout(layout)
        is_recorded = call.recording.since is not None
        people = {("" if one.id == call.you else one.id): one for one in call.people}
        for tile, widget in self._tiles.widgets.items():
            person, is_own = people[tile.person], tile == OWN
            if self._joined_at.get(tile.person) != person.joined_at:
                # Away and back while nobody looked: their last picture is not from now.
                widget.forget_picture()
            widget.show_person(
                "You" if is_own else f"{person.name}’s screen" if tile.source == "screen" else person.name,
                initials_of=person.name,
                microphone=own[0] if is_own else person.microphone_on,
                camera=own[1] if is_own else person.camera_on or tile.source == "screen",
                is_connected=person.is_connected or is_own,
            )
            widget.show_mark("Not recorded" if is_recorded and not person.consents else "")
        self._joined_at = {key: person.joined_at for key, person in people.items()}

    def show_stopped(self, is_stopped: bool) -> None:
        """Nothing comes in at the moment: no tile may look as if its person were there."""
        self._tiles.show_stopped(is_stopped)

    def show_levels(self, levels: Levels) -> None:
        """Who speaks."""
        for tile, widget in self._tiles.widgets.items():
            widget.show_speaking(tile.source == "camera" and tile.person in levels and levels[tile.person].is_speaking)

    def _look_at(self, tile: Tile) -> None:
        self.looked_at.emit(None if tile == self._main else tile)


class _Tiles(QWidget):
    """The lowest layer: a widget for each tile, where the layout has it."""

    double_clicked = Signal(object)

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._layout: Layout | None = None
        self._is_stopped = False
        self.widgets: dict[Tile, VideoTile] = {}
        self.setMinimumSize(160, 120)

    def show_layout(self, layout: Layout | None) -> None:
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
        self._place()

    def show_stopped(self, is_stopped: bool) -> None:
        self._is_stopped = is_stopped
        for widget in self.widgets.values():
            widget.show_stopped(is_stopped)

    def _make(self, tile: Tile) -> VideoTile:
        widget = VideoTile(stage=self._stage, key=tile, crop="fit" if tile.source == "screen" else "cover")
        of_what = "" if tile.source == "camera" else f"-{tile.source}"
        widget.setObjectName(f"tile-{tile.person or 'own'}{of_what}")
        widget.setParent(self)
        widget.show_stopped(self._is_stopped)
        widget.show()
        return widget

    def _place(self) -> None:
        if self._layout is None:
            return
        for tile, place in arrange(self._layout, self.width(), self.height()).items():
            widget = self.widgets[tile]
            widget.setGeometry(place.x, place.y, place.width, place.height)
            widget.raise_()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The uppermost tile there is meant."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at: QPoint = event.position().toPoint()
        for tile, widget in reversed(self.widgets.items()):
            if widget.geometry().contains(at):
                self.double_clicked.emit(tile)
                return
