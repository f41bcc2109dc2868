"""What the window shows: what has not come yet, and a report without names or text."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.rehearsal.paint_counts import PaintCounts
from app.state.app_state import AppState
from app.ui.widgets.video_tile import VideoTile
from app.ui.window import Window, page_name
from app.wire.rooms import MeetingCard


class Failed(Exception):
    """A command that cannot be carried out; its text is the answer's `words`."""


class Sight:
    """Looks at a window, and counts from now on what its tiles paint.

    Args:
        window: What is looked at.
        first_paint_s: `time.monotonic()` of its first paint; 0 before.
    """

    def __init__(self, window: Window, first_paint_s: Callable[[], float]) -> None:
        self.window = window
        self.first_paint_s = first_paint_s
        self.paints = PaintCounts()

    @property
    def state(self) -> AppState:
        """The state on show."""
        return self.window.state

    @property
    def tiles(self) -> dict[str, VideoTile]:
        """The tiles of the page on show, by the person's id, or "" for one's own; a screen has ":screen" behind it."""
        tiles = self.window.page.tiles
        return {person + ("" if of == "camera" else f":{of}"): widget for (person, of), widget in tiles.items()}

    def seen(self, name: str) -> list[QWidget | QAction]:
        """What is on show under a name: widgets, and lines of a menu that is open."""
        name = resolve(self.state, name)
        lines = [one for one in parts_of(self.window, QAction, name) if is_open(one)]
        return [*lines, *(one for one in parts_of(self.window, QWidget, name) if one.isVisible())]

    def where(self, name: str) -> dict[str, int]:
        """Where a click would hit what is on show under a name, in logical pixels of the desktop.

        Returns:
            A point (`x`, `y`) that hits it, its middle if that does, and the rectangle that is seen of it.

        Raises:
            Failed: there is nothing of that name, it is scrolled out of sight, or something else lies over all of it.
        """
        seen = self.seen(name)
        if not seen:
            raise Failed(f"{name} is not on show")
        part = seen[0] if isinstance(seen[0], QAction) else seen[-1]
        if isinstance(part, QAction):
            menu = part.parent()
            assert isinstance(menu, QMenu)
            return _spot(menu.actionGeometry(part), menu, menu.actionGeometry(part).center())
        area = part.visibleRegion().boundingRect()
        if area.isEmpty():
            raise Failed(f"{name} is scrolled out of sight")
        hit = next((at for at in _tries(area) if _hits(part, at)), None)
        if hit is None:
            over = QApplication.widgetAt(part.mapToGlobal(area.center()))
            raise Failed(f"{name} is covered by {over.objectName() or type(over).__name__ if over else 'nothing'}")
        return _spot(area, part, hit)

    def has_painted(self, key: str) -> bool:
        """Whether a tile has shown a picture; "*" is any other person's, "own" one's own, "pip" the small window's."""
        if key == "*":
            return any(self.paints.of(tile).frames for one, tile in self.tiles.items() if one)
        if key == "pip":
            small = self.window.pip.small if self.window.pip is not None else None
            return small is not None and self.paints.of(small.tile).frames > 0
        tile = self.tiles.get("" if key == "own" else key)
        return tile is not None and self.paints.of(tile).frames > 0

    def unmet(self, wanted: dict[str, Any]) -> list[str]:
        """Which of the conditions do not hold.

        Args:
            wanted: Any of: first_paint (true: the window has been painted); place,
                page (see `window.PAGES`), call_phase, link; visible, enabled, gone (object names);
                people (at least so many in the call); recap ("ready", "generating", ... of the open recap page);
                told (words of a line at the top); news (at least so many at the badge);
                messages (at least so many in the open room); waiting (guests in the lobby); recording (true or false);
                hands (at least so many raised); microphones (so many people whose microphone is on);
                painted (a key for `has_painted`); frames (key of `tiles` -> at least so many pictures painted);
                other_link (of the call's meeting, another than this); met_here (so many people who meet on the server
                of this computer).

        Raises:
            Failed: a condition that does not exist.
        """
        missing = []
        for key, value in wanted.items():
            look = _LOOKS.get(key)
            if look is None:
                raise Failed(f"nothing can wait for {key!r}")
            if not look(self, value):
                missing.append(f"{key} = {value}")
        return missing

    def report(self) -> dict[str, Any]:
        """Where the window stands: phases, ids, counts and times; never a name, a message or speech.

        Returns:
            Among others `first_paint_s` and `tiles`: key of `tiles` -> frames (pictures painted), first_s
            (`time.monotonic()` of the first), first_at (the same on the wall clock), width and height in logical
            pixels, frame_width (of the newest picture as it was sent, in its own pixels; 0 without one); `now_s` and
            `now_at` for rates.
        """
        state = self.state
        call = state.call
        return {
            "first_paint_s": self.first_paint_s(),
            "place": state.page,
            "page": page_name(state),
            "call_phase": state.call_phase,
            "link": state.connection.phase,
            "own_id": state.own_id,
            "room": state.rooms.open,
            "rooms": [one.id for one in state.rooms.known],
            "messages": len(state.view(state.rooms.open).messages),
            "meeting": call.meeting.id if call else "",
            "link_to_meeting": call.meeting.link if call else "",
            "people": len(call.people) if call else 0,
            "is_host": state.is_host,
            "is_recording": bool(call and call.recording.since is not None),
            "recap": _recap_of(state),
            "asks_terms": bool(state.prejoin and state.prejoin.asks_terms),
            "notices": [one.words for one in state.toasts.shown],
            "invitation": state.view(state.rooms.open).invitation,
            "tiles": {key: self._tile(tile) for key, tile in self.tiles.items()},
            "now_s": time.monotonic(),
            "now_at": time.time(),
        }

    def _tile(self, tile: VideoTile) -> dict[str, float | None]:
        painted = self.paints.of(tile)
        return {
            "frames": painted.frames,
            "first_s": painted.first_s,
            "first_at": painted.first_at,
            "width": tile.width(),
            "height": tile.height(),
            "frame_width": tile.picture.frame_px[0] if tile.picture is not None else 0,
        }


def _spot(area: QRect, within: QWidget, hit: QPoint) -> dict[str, int]:
    at, corner = within.mapToGlobal(hit), within.mapToGlobal(area.topLeft())
    return {
        "x": at.x(), "y": at.y(), "left": corner.x(), "top": corner.y(), "width": area.width(), "height": area.height()
    }  # fmt: skip


def _tries(area: QRect) -> list[QPoint]:
    """Points of a rectangle, its middle first."""
    shares = (0.5, 0.25, 0.75, 0.1, 0.9)
    return [
        QPoint(area.left() + int(area.width() * across), area.top() + int(area.height() * down))
        for down in shares
        for across in shares
    ]


def _hits(part: QWidget, at: QPoint) -> bool:
    found = QApplication.widgetAt(part.mapToGlobal(at))
    return found is not None and (found is part or part.isAncestorOf(found))


Part = TypeVar("Part", bound=QObject)


def parts_of(window: Window, kind: type[Part], name: str) -> list[Part]:
    """What has a name, in the window and in the small window of a call."""
    small = window.pip.small if window.pip is not None else None
    tops: list[QWidget] = [window] if small is None else [window, small]
    found = [one for top in tops for one in top.findChildren(kind, name)]
    return [*found, *(one for one in tops[1:] if isinstance(one, kind) and one.objectName() == name)]


def is_open(action: QAction) -> bool:
    """Whether a line stands in a menu that is open."""
    menu = action.parent()
    return isinstance(menu, QMenu) and menu.isVisible()


def resolve(state: AppState, name: str) -> str:
    """The object name of the newest meeting's button, for the names that ask for it; any other name as it is."""
    if name not in _NEWEST:
        return name
    cards = {room.meeting.id: room.meeting for room in state.rooms.known if room.meeting}
    for view in state.rooms.views.values():
        cards.update({card.id: card for card in view.recaps})
        cards.update({one.meeting.id: one.meeting for one in view.messages if one.meeting})
    fit = [card for card in cards.values() if _NEWEST[name](card)]
    if not fit:
        return name
    return f"{name.rpartition('-')[0]}-{max(fit, key=lambda card: card.started_at).id}"


_NEWEST: dict[str, Callable[[MeetingCard], bool]] = {
    "join-newest": lambda card: card.state == "ongoing",
    "join-planned": lambda card: card.state == "joinable",
    "open-recap-newest": lambda card: card.state != "ongoing" and card.recap != "none",
}


def _recap_of(state: AppState) -> str:
    if state.recap is None:
        return ""
    return "ready" if state.recap.recap is not None else state.recap.meeting.recap.replace("ready", "opening")


_LOOKS: dict[str, Callable[[Sight, Any], bool]] = {
    "first_paint": lambda sight, value: bool(sight.first_paint_s()) == bool(value),
    "place": lambda sight, value: bool(sight.state.page == value),
    "page": lambda sight, value: bool(page_name(sight.state) == value),
    "call_phase": lambda sight, value: bool(sight.state.call_phase == value),
    "link": lambda sight, value: bool(sight.state.connection.phase == value),
    "visible": lambda sight, value: bool(sight.seen(value)),
    "enabled": lambda sight, value: any(one.isEnabled() for one in sight.seen(value)),
    "gone": lambda sight, value: not sight.seen(value),
    "people": lambda sight, value: sight.state.call is not None and len(sight.state.call.people) >= value,
    "recap": lambda sight, value: bool(_recap_of(sight.state) == value),
    "told": lambda sight, value: any(value in one.words for one in sight.state.toasts.shown),
    "news": lambda sight, value: len(sight.state.news) >= value,
    "messages": lambda sight, value: len(sight.state.view(sight.state.rooms.open).messages) >= value,
    "waiting": lambda sight, value: sight.state.call is not None and len(sight.state.call.lobby.waiting) >= value,
    "hands": lambda sight, value: (
        sight.state.call is not None and sum(bool(one.raised_at) for one in sight.state.call.people) >= value
    ),
    "microphones": lambda sight, value: (
        sight.state.call is not None and sum(one.microphone_on for one in sight.state.call.people) == value
    ),
    "recording": lambda sight, value: (
        (sight.state.call is not None and sight.state.call.recording.since is not None) == bool(value)
    ),
    "painted": lambda sight, value: sight.has_painted(value),
    "frames": lambda sight, value: all(
        key in sight.tiles and sight.paints.of(sight.tiles[key]).frames >= count for key, count in value.items()
    ),
    "met_here": lambda sight, value: bool(sum(people for _, people in sight.state.own_meetings) == value),
    "other_link": lambda sight, value: sight.state.call is not None and sight.state.call.meeting.link != value,
}
