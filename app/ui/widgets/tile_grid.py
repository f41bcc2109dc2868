"""The stage of a call: everyone's tile, placed by `state.layout`."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.media.types import Levels, Picture, TileSizes
from app.state.layout import arrange, kind_for
from app.ui.qt import override
from app.ui.widgets.video_tile import VideoTile
from app.wire.people import Person


class TileGrid(QWidget):
    """Keeps one tile for each person, and their pictures and voices with it.

    Signals:
        sizes_changed(TileSizes): the tiles' device pixels by mailbox key, after each change of the layout.
    """

    sizes_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._tiles: dict[str, VideoTile] = {}
        self._you = ""
        self._sizes: TileSizes = {}
        self._is_stopped = False
        self.setMinimumSize(160, 120)

    @property
    def tiles(self) -> dict[str, VideoTile]:
        """The tiles by mailbox key: person id, and "" for oneself."""
        return self._tiles

    def clear(self) -> None:
        """Lets all tiles go, with their pictures."""
        for tile in self._tiles.values():
            self._let_go(tile)
        self._tiles = {}

    def show_people(
        self, people: Sequence[Person], you: str, own: tuple[bool, bool], *, is_recorded: bool = False
    ) -> None:
        """Everyone in the meeting; one's own tile comes last.

        Args:
            people: Whoever has a seat.
            you: One's own id among them.
            own: Whether one's own microphone and camera are on.
            is_recorded: The meeting is; who has not agreed to it is marked.
        """
        self._you = you
        others = sorted((one for one in people if one.id != you), key=lambda one: (one.joined_at, one.id))
        mine = [one for one in people if one.id == you]
        wanted = {("" if one.id == you else one.id): one for one in [*others, *mine]}
        is_different = list(wanted) != list(self._tiles)
        for key in [key for key in self._tiles if key not in wanted]:
            self._let_go(self._tiles.pop(key))
        ordered = {}
        for key, person in wanted.items():
            tile = self._tiles.get(key) or self._make(key)
            tile.show_person(
                "You" if key == "" else person.name,
                initials_of=person.name,
                microphone=own[0] if key == "" else person.microphone_on,
                camera=own[1] if key == "" else person.camera_on,
                is_connected=person.is_connected or key == "",
            )
            tile.show_mark("Not recorded" if is_recorded and not person.consents else "")
            ordered[key] = tile
        self._tiles = ordered
        if is_different:
            self._place()

    def show_stopped(self, is_stopped: bool) -> None:
        """Nothing comes in at the moment: no tile may look as if its person were there."""
        self._is_stopped = is_stopped
        for tile in self._tiles.values():
            tile.show_stopped(is_stopped)

    @staticmethod
    def _let_go(tile: VideoTile) -> None:
        tile.hide()
        tile.deleteLater()

    def _make(self, key: str) -> VideoTile:
        tile = VideoTile()
        tile.setObjectName(f"tile-{key or 'own'}")
        tile.setParent(self)
        tile.show_stopped(self._is_stopped)
        tile.show()
        return tile

    def show_pictures(self, pictures: dict[str, Picture]) -> None:
        """New pictures by mailbox key; those of people who left are let go."""
        for key, picture in pictures.items():
            tile = self._tiles.get("" if key == self._you else key)
            if tile is not None:
                tile.show_picture(picture)

    def show_levels(self, levels: Levels) -> None:
        """Who speaks."""
        for key, tile in self._tiles.items():
            tile.show_speaking(key in levels and levels[key].is_speaking)

    def _place(self) -> None:
        keys = list(self._tiles)
        places = arrange(kind_for(len(keys)), keys, self.width(), self.height())
        for key, place in places.items():
            tile = self._tiles[key]
            tile.setGeometry(place.x, place.y, place.width, place.height)
            tile.raise_()
        self.tell_sizes()

    def tell_sizes(self, *, again: bool = False) -> None:
        """Says how large the tiles are; `again` although nothing changed."""
        ratio = self.devicePixelRatioF()
        sizes = {key: (round(tile.width() * ratio), round(tile.height() * ratio)) for key, tile in self._tiles.items()}
        if again or sizes != self._sizes:
            self._sizes = sizes
            self.sizes_changed.emit(sizes)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    @override
    def event(self, event: QEvent) -> bool:
        """Tells the sizes again on a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.tell_sizes()
        return super().event(event)
