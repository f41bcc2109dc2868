"""Picture-in-picture: when the small window opens and closes, what it shows, and where it lies. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from app.state import call_intents
from app.state.app_state import AppState
from app.state.effects import SaveChoices
from app.state.slices.call import Call
from app.state.slices.pip import Pip, PipPlace, PipReason
from app.state.stage import OWN, WIDEST, Rect, Share, Speaker, Stage, Tile, layout_of
from app.state.tables import Step, Table

TABLE = Table()

#: The controls under the picture, and the frame round both.
BAR_PX, FRAME_PX = 46, 6
LEAST_PX, MOST_PX, FIRST_PX = 272, 960, 340
#: So far from the edges of the screen it comes to rest, and so near to an edge it is drawn there.
REST_PX, SNAP_PX = 12, 28
#: Screens whose place is kept.
_SCREENS = 8


# --- open and closed ----------------------------------------------------------------------------------------------
def in_call(state: AppState) -> bool:
    """Whether there is a call for it to show."""
    return state.call is not None and state.call_phase in ("in", "reconnecting")


def _in_sight(state: AppState) -> bool:
    """Whether the call's own page is there to be seen."""
    return state.shows_call and not state.is_minimised


def _reason(state: AppState) -> PipReason:
    """Why it is to open by itself, now that the call's page is out of sight."""
    chosen = state.devices.chosen
    if state.is_minimised:
        return "minimised" if chosen.pip_on_minimise else ""
    return "rooms" if chosen.pip_with_rooms and not state.shows_call else ""


def _with(state: AppState, reason: PipReason) -> AppState:
    if state.call is None or state.call.pip.opened_by == reason:
        return state
    return replace(state, call=replace(state.call, pip=Pip(reason)))


def settle(before: AppState, after: AppState) -> AppState:
    """Opens it when the call's page goes out of sight, if that was chosen; closes it with the call and with the page.

    Args:
        before: what was true before something happened.
        after: what is true now.
    """
    if not in_call(after):
        return _with(after, "")
    was_in_sight = _in_sight(before) or not in_call(before)
    if _in_sight(after):
        return after if was_in_sight else _with(after, "")
    has_moved = was_in_sight or _reason(before) != _reason(after)
    is_open = after.call is not None and after.call.pip.is_open
    return after if is_open or not has_moved else _with(after, _reason(after))


@TABLE.on(call_intents.OpenPip)
def open_pip(state: AppState, event: call_intents.OpenPip) -> Step:
    """By its button or key."""
    return _with(state, "user") if in_call(state) else state, ()


@TABLE.on(call_intents.ClosePip)
def close_pip(state: AppState, event: call_intents.ClosePip) -> Step:
    """Put away; the call goes on."""
    return _with(replace(state, shows_call=state.shows_call or event.returns), ""), ()


@TABLE.on(call_intents.TellMinimised)
def tell_minimised(state: AppState, event: call_intents.TellMinimised) -> Step:
    """The window was minimised, or is back."""
    return replace(state, is_minimised=event.is_minimised), ()


# --- what it shows ------------------------------------------------------------------------------------------------
def shown_tile(call: Call, speaker: str = "") -> Tile:
    """What the one picture is of: a screen that somebody shares, who is pinned, who speaks, or the other person.

    Args:
        call: the call.
        speaker: who speaks, or was the last to do so; "" for nobody or oneself.
    """
    # What the page shows otherwise is chosen for the page: here there is room for one.
    layout = layout_of(call.people, call.you, Stage(pinned=call.stage.pinned))
    if isinstance(layout, Share | Speaker):
        return layout.main
    others = sorted((one.joined_at, one.id) for one in call.people if one.id != call.you)
    if any(person == speaker for _, person in others):
        return Tile(speaker)
    return Tile(others[0][1]) if others else OWN


def shared_area(call: Call) -> Rect | None:
    """The part of the desktop that one shares oneself, with whatever lies there, in the system's pixels; None: none."""
    own = call.sharing.own
    return Rect(*own.place) if own is not None and own.source.kind == "screen" and own.place is not None else None


def overlaps(one: Rect, other: Rect) -> bool:
    """Whether two rectangles have a part in common."""
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


# --- where it lies ------------------------------------------------------------------------------------------------
def height_of(width: int) -> int:
    """The height that goes with a width: a 16:9 picture, with the controls below and a frame."""
    return round((width - 2 * FRAME_PX) / WIDEST) + BAR_PX + FRAME_PX


def _fitting(width: float, room: Rect) -> int:
    """A width within the limits, and no more than half of the screen's."""
    return int(max(LEAST_PX, min(width, MOST_PX, room.width / 2, (room.height / 2) * WIDEST)))


def _kept_inside(x: float, y: float, width: int, room: Rect) -> Rect:
    height = height_of(width)
    left = max(room.x + REST_PX, min(x, room.x + room.width - width - REST_PX))
    top = max(room.y + REST_PX, min(y, room.y + room.height - height - REST_PX))
    return Rect(round(left), round(top), width, height)


def _free(width: int, room: Rect) -> tuple[int, int]:
    """How far it can go to the right and down on a screen."""
    return (
        max(1, room.width - width - 2 * REST_PX),
        max(1, room.height - height_of(width) - 2 * REST_PX),
    )


def rect_at(place: PipPlace | None, room: Rect) -> Rect:
    """Where a place is on a screen.

    Args:
        place: where it was; None: the lower right corner.
        room: what is free of the screen, in the desktop's logical pixels.
    """
    place = place or PipPlace("", 1.0, 1.0, FIRST_PX)
    width = _fitting(place.width, room)
    free_x, free_y = _free(width, room)
    return _kept_inside(room.x + REST_PX + place.x * free_x, room.y + REST_PX + place.y * free_y, width, room)


def place_of(rect: Rect, screen: str, room: Rect) -> PipPlace:
    """The place that `rect_at` turns into this rectangle, on a screen of that name."""
    free_x, free_y = _free(rect.width, room)
    x, y = (rect.x - room.x - REST_PX) / free_x, (rect.y - room.y - REST_PX) / free_y
    return PipPlace(screen, round(min(max(x, 0.0), 1.0), 4), round(min(max(y, 0.0), 1.0), 4), rect.width)


def snapped(rect: Rect, room: Rect) -> Rect:
    """Where it comes to rest: inside the screen, and at an edge where that is near."""
    inside = _kept_inside(rect.x, rect.y, rect.width, room)
    right = room.x + room.width - rect.width - REST_PX
    bottom = room.y + room.height - rect.height - REST_PX
    x = next((edge for edge in (room.x + REST_PX, right) if abs(edge - inside.x) <= SNAP_PX), inside.x)
    y = next((edge for edge in (room.y + REST_PX, bottom) if abs(edge - inside.y) <= SNAP_PX), inside.y)
    return _kept_inside(x, y, rect.width, room)


def resized(rect: Rect, edges: tuple[int, int], by: tuple[int, int], room: Rect) -> Rect:
    """Another size of the same shape, while an edge or a corner is dragged.

    Args:
        rect: as it was when that began.
        edges: -1 for the left or upper edge, 1 for the right or lower, 0 for neither: (across, down).
        by: how far the pointer has gone since, in pixels: (across, down).
        room: what is free of the screen.

    Returns:
        A rectangle whose opposite edges stand still.
    """
    across, down = edges[0] * by[0], edges[1] * by[1] * WIDEST
    grown = across if not edges[1] else down if not edges[0] else max(across, down, key=abs)
    width = _fitting(rect.width + grown, room)
    height = height_of(width)
    x = rect.x + rect.width - width if edges[0] < 0 else rect.x
    y = rect.y + rect.height - height if edges[1] < 0 else rect.y
    return Rect(x, y, width, height)


# --- places that are kept -----------------------------------------------------------------------------------------
@TABLE.on(call_intents.PlacePip)
def place_pip(state: AppState, event: call_intents.PlacePip) -> Step:
    """Kept at once, for that screen; the screen where it was last comes first."""
    others = [one for one in places_of(state) if one.screen != event.place.screen]
    kept = [event.place, *others][:_SCREENS]
    choices = replace(state.devices.chosen, pip_places=json.dumps([asdict(one) for one in kept]))
    return replace(state, devices=replace(state.devices, chosen=choices)), (SaveChoices(choices),)


def places_of(state: AppState) -> list[PipPlace]:
    """The places that are kept, the last one first; none where what was stored cannot be read."""
    try:
        stored = json.loads(state.devices.chosen.pip_places or "[]")
        found = [PipPlace(str(one["screen"]), float(one["x"]), float(one["y"]), int(one["width"])) for one in stored]
    except (ValueError, TypeError, KeyError, OverflowError):
        return []
    return [one for one in found if 0 <= one.x <= 1 and 0 <= one.y <= 1]


def best_place(places: Sequence[PipPlace], screens: Sequence[str], otherwise: str) -> tuple[str, PipPlace | None]:
    """The screen to open on, and where on it.

    Args:
        places: see `places_of`.
        screens: the names of those that there are now.
        otherwise: the name of the one to take where it has been on none of them.
    """
    found = next((one for one in places if one.screen in screens), None)
    return (found.screen, found) if found else (otherwise, None)
