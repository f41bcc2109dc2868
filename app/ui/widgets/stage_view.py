"""The stage of a call: draws the layout that `app.state.stage` chose, and what lies over all tiles."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from app.media.types import Levels
from app.state import quality
from app.state.app_state import AppState
from app.state.floor import Floor, hear
from app.state.hands import raised
from app.state.pinning import layout
from app.state.pointing import may_point
from app.state.slices.call import Call
from app.state.stage import OWN, OWN_SCREEN, Tile
from app.ui import keys
from app.ui.stage import Stage
from app.ui.widgets.layers import Layers
from app.ui.widgets.share_view import ShareView
from app.ui.widgets.stage_tile import StageTile
from app.ui.widgets.stage_tiles import StageTiles
from app.ui.widgets.zoom import LEAST
from app.wire.pointing import PointAt, Pointed, Pointing, Spots
from app.wire.text import one_line

_OWN_WEAK = "Your connection is weak."


def _words(tile: Tile, name: str) -> str:
    if tile.source == "camera":
        return "You" if tile == OWN else name
    return "Your screen" if tile == OWN_SCREEN else f"{name}’s screen"


class StageView(Layers):
    """Keeps a widget for each tile of the layout, with an overlay layer above them all.

    Args:
        stage: Gives the tiles their pictures.
        over: What lies over all tiles, from the lower to the upper; shown and hidden by whoever made it.

    Signals:
        looked_at(Tile | None): a tile was chosen to be looked at, or none any more.
        own_hidden(bool): one's own view is to be hidden, or shown again.
        own_placed(str): one's own tile was dragged to another `Anchor`.
        speaker_changed(str): somebody else has been speaking for a while.
        still_copied(bool): a still of a screen is on the clipboard, or none came.
        connection_asked(): the sign of a weak connection was pressed.
        pointed(PointAt): one points at somebody's screen.
    """

    looked_at = Signal(object)
    own_hidden = Signal(bool)
    own_placed = Signal(str)
    speaker_changed = Signal(str)
    still_copied = Signal(bool)
    connection_asked = Signal()
    pointed = Signal(object)

    def __init__(self, stage: Stage, *over: QWidget) -> None:
        self._tiles = StageTiles(stage)
        super().__init__(self._tiles, *over)
        self._tiles.pinned.connect(self.looked_at)
        self._tiles.own_hidden.connect(self.own_hidden)
        self._tiles.own_placed.connect(self.own_placed)
        self._tiles.still_copied.connect(self.still_copied)
        self._tiles.connection_asked.connect(self.connection_asked)
        self._tiles.pointed.connect(self._point)
        self._names: dict[str, str] = {}
        self._ids = ("", "")
        self._tiles.zoomed.connect(self._look_at_zoom)
        self._arrows: list[QShortcut] = []
        self._joined_at: dict[str, float] = {}
        self._floor = Floor()
        self._others: frozenset[str] = frozenset()

    @property
    def tiles(self) -> dict[Tile, StageTile]:
        """The tiles on show."""
        return self._tiles.widgets

    @property
    def main(self) -> StageTile | None:
        """The one that is large, if one is."""
        return next((widget for widget in self._tiles.widgets.values() if widget.is_large), None)

    def bind_keys(self, page: QWidget) -> None:
        """The keys of a share that is large count wherever the focus is on the page.

        Args:
            page: Where the focus is; a list or field on it takes arrows for itself.
        """

        def act(do: Callable[[ShareView], object]) -> None:
            if isinstance(self.main, ShareView):
                do(self.main)

        acts: dict[str, Callable[[ShareView], object]] = {
            "zoom-in": lambda share: share.step(True),
            "zoom-out": lambda share: share.step(False),
            "zoom-fit": lambda share: share.fit(),
            "zoom-left": lambda share: share.push(-1, 0),
            "zoom-right": lambda share: share.push(1, 0),
            "zoom-up": lambda share: share.push(0, -1),
            "zoom-down": lambda share: share.push(0, 1),
            "copy-still": lambda share: share.still_wanted.emit(),
        }
        for key, do in acts.items():
            made = keys.bind(page, key, partial(act, do))
            if key in ("zoom-left", "zoom-right", "zoom-up", "zoom-down"):
                self._arrows += made
        self._look_at_zoom()

    def _look_at_zoom(self) -> None:
        """Arrows are for the share only while there is more of it than is seen."""
        main = self.main
        for arrow in self._arrows:
            arrow.setEnabled(isinstance(main, ShareView) and main.zoom.scale > LEAST)

    def place_of(self, person: str) -> QPoint | None:
        """The middle of someone's tile, on this widget; None where they have none. "" is oneself."""
        widget = self.tiles.get(Tile(person))
        return widget.mapTo(self, widget.rect().center()) if widget is not None else None

    def lies_over(self) -> list[QRect]:
        """Where something lies over pictures that has to stay in sight, on this widget."""
        return self._tiles.lies_over()

    def clear(self) -> None:
        """Lets all tiles go, with their pictures; nobody has spoken."""
        self._tiles.show_layout(None)
        self._floor = Floor()

    def show_call(self, state: AppState, call: Call) -> None:
        """Everyone in the meeting, as one chose to see them; oneself with the microphone and camera that one chose."""
        self._tiles.show_layout(layout(state, call))
        self._look_at_zoom()
        self._tiles.show_way_back(call.stage.hides_own and len(call.people) > 1)
        own = state.devices
        hands = {one.id: place for place, one in enumerate(raised(call.people), start=1)}
        is_recorded = call.recording.since is not None
        people = {("" if one.id == call.you else one.id): one for one in call.people}
        self._others = frozenset(one.id for one in call.people if one.id != call.you and one.microphone_on)
        for tile, widget in self._tiles.widgets.items():
            person, is_own = people[tile.person], tile == OWN
            if self._joined_at.get(tile.person) != person.joined_at:
                # Away and back while nobody looked: their last picture is not from now.
                widget.forget_picture()
            widget.show_person(
                _words(tile, person.name),
                initials_of=person.name,
                microphone=own.microphone_on if is_own else person.microphone_on,
                camera=own.chosen.camera_on if is_own else person.camera_on or tile.source == "screen",
                is_connected=person.is_connected or is_own,
            )
            widget.show_mark("Not recorded" if is_recorded and not person.consents else "")
            is_weak = tile.source == "camera" and quality.is_weak(call, person.id)
            words = _OWN_WEAK if is_own else quality.words_of(person.name)
            widget.show_weak(is_weak, words if is_weak else "")
            is_paused = bool(tile.person) and quality.is_paused(call, person.id, tile.source)
            widget.show_paused(quality.PAUSED if is_paused else "")
            widget.show_hand(hands.get(person.id, 0) if tile.source == "camera" else 0)
            if isinstance(widget, ShareView):
                widget.show_pointing(may_point(call, tile.person))
        self._names = {person.id: one_line(person.name) for person in call.people}
        self._ids = (call.meeting.id, call.you)
        self._joined_at = {key: person.joined_at for key, person in people.items()}

    def show_pointed(self, told: Pointed) -> None:
        """Somebody points at a screen that is on show."""
        meeting, you = self._ids
        share = self.tiles.get(Tile("" if told.sharer == you else told.sharer, "screen"))
        name = self._names.get(told.person)
        if told.meeting == meeting and name is not None and told.person != you and isinstance(share, ShareView):
            share.show_pointed((told.person, name), told.kind, told.spots, stroke=told.stroke)

    def _point(self, sharer: str, kind: Pointing, stroke: int, spots: Spots) -> None:
        meeting, _ = self._ids
        self.pointed.emit(PointAt(meeting=meeting, person=sharer, kind=kind, stroke=stroke, spots=spots))

    def show_stopped(self, is_stopped: bool) -> None:
        """Nothing comes in at the moment: no tile may look as if its person were there."""
        self._tiles.show_stopped(is_stopped)

    def show_levels(self, levels: Levels) -> None:
        """Who speaks; told on when somebody else has the floor."""
        speaking = {person for person, level in levels.items() if level.is_speaking}
        for tile, widget in self._tiles.widgets.items():
            widget.show_speaking(tile.source == "camera" and tile.person in speaking)
        before, self._floor = self._floor, hear(self._floor, speaking & self._others, time.monotonic())
        if self._floor.person != before.person:
            self.speaker_changed.emit(self._floor.person)
