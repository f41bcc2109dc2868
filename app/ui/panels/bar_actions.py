"""The table of what one can do in a call: one row is a button of the bar, a line of its menu, and a key."""

from __future__ import annotations

from dataclasses import replace

from app.state.app_state import AppState
from app.state.call_intents import (
    LowerHand,
    MarkMoment,
    OpenPanel,
    OpenSharePicker,
    RaiseHand,
    StopOwnShare,
    SwitchCaptions,
    SwitchGestures,
)
from app.state.gestures import why_not
from app.state.hands import is_up, raised
from app.state.intents import Explain
from app.state.so_far import PANEL, can_read, is_member, why_not_mark
from app.ui.panels.bar_action import ALWAYS, Act, BarAction, Look
from app.ui.panels.device_panel import toggle
from app.ui.panels.pip_button import pip_note, toggle_pip
from app.ui.panels.reaction_picker import ReactionPicker
from app.ui.session import can_here

_NOT_SO_FAR = "What was said so far can be read while AI recording is on"


def _microphone(state: AppState) -> Look:
    is_on, key = state.devices.microphone_on, state.devices.chosen.push_to_talk
    words = f"Turn the microphone {'off' if state.devices.chosen.microphone_on else 'on'}"
    note = f"or hold {key} to talk" if key and not is_on else ""
    told = f"On while you hold {key}" if state.devices.is_talking else "On" if is_on else "Off"
    return Look(words, told, note=note, glyph="mic" if is_on else "mic-off", is_off=not is_on)


def _camera(state: AppState) -> Look:
    is_on = state.devices.chosen.camera_on
    words = f"Turn the camera {'off' if is_on else 'on'}"
    return Look(words, "On" if is_on else "Off", glyph="video" if is_on else "video-off", is_off=not is_on)


def _share(state: AppState) -> Look:
    is_on = state.call is not None and state.call.sharing.own is not None
    found = can_here("screens")
    note = "" if found.is_able else found.words
    return Look("Stop sharing" if is_on else "Share your screen", "On" if is_on else "Off", note=note, is_on=is_on)


def _toggle_share(act: Act) -> None:
    found = can_here("screens")
    if act.state.call is not None and act.state.call.sharing.own is not None:
        act.bridge.do(StopOwnShare())
    elif found.is_able:
        act.bridge.do(OpenSharePicker())
    else:
        act.bridge.do(Explain(words=found.words))


def _chat(state: AppState) -> Look:
    unread = state.call.chat.unread if state.call else 0
    return _panel(state, "chat", "Chat", unread, f"{unread} unread")


def _people(state: AppState) -> Look:
    is_open = state.call is not None and state.call.panel == "people"
    # In the open panel they are seen.
    count = len(state.call.lobby.waiting) if state.call and state.is_host and not is_open else 0
    return _panel(state, "people", "People", count, f"{count} waiting to be let in")


def _panel(state: AppState, panel: str, words: str, count: int, counted: str) -> Look:
    is_open = state.call is not None and state.call.panel == panel
    told = f"{'Open' if is_open else 'Closed'}{f', {counted}' if count else ''}"
    return Look(words, told, is_on=is_open, count=count)


def _toggle_panel(act: Act, panel: str) -> None:
    if act.state.call is not None:
        act.bridge.do(OpenPanel(panel="" if act.state.call.panel == panel else panel))


def _hand(state: AppState) -> Look:
    up = [one.id for one in raised(state.call.people)] if state.call else []
    if state.call is None or state.call.you not in up:
        return Look("Raise your hand", "Down")
    told = "Up" if len(up) == 1 else f"Up, {up.index(state.call.you) + 1} of {len(up)}"
    return Look("Lower your hand", told, is_on=True)


def _toggle_hand(act: Act) -> None:
    act.bridge.do(LowerHand() if is_up(act.state) else RaiseHand())


def _react(state: AppState) -> Look:
    return Look("React", is_enabled=state.call_phase == "in")


def _captions(state: AppState) -> Look:
    is_on = state.devices.chosen.captions
    is_recorded = state.call is not None and state.call.recording.since is not None
    note = "" if is_recorded else "Captions come while AI recording is on"
    return Look(f"{'Hide' if is_on else 'Show'} captions", "On" if is_on else "Off", note=note, is_on=is_on)


def _so_far(state: AppState) -> Look:
    note = "" if can_read(state) else _NOT_SO_FAR
    # There also while nothing is recorded: no button moves when that changes.
    return replace(_panel(state, PANEL, "What was said so far", 0, ""), note=note, is_shown=is_member(state))


def _toggle_so_far(act: Act) -> None:
    if can_read(act.state):
        _toggle_panel(act, PANEL)
    else:
        act.bridge.do(Explain(words=f"{_NOT_SO_FAR}. It is off now."))


def _mark(state: AppState) -> Look:
    return Look("Mark this moment", note=why_not_mark(state).rstrip("."), is_shown=is_member(state))


def _do_mark(act: Act) -> None:
    words = why_not_mark(act.state)
    act.bridge.do(Explain(words=words) if words else MarkMoment())


def _pip(state: AppState) -> Look:
    is_open = state.call is not None and state.call.pip.is_open
    words = "Close the small window" if is_open else "Picture-in-picture"
    return Look(words, "Open" if is_open else "Closed", note=pip_note(state), is_on=is_open)


def _gestures(state: AppState) -> Look:
    is_on = state.call is not None and state.call.gestures.is_on
    words = f"{'Stop' if is_on else 'Allow'} gestures"
    note = "" if is_on else why_not(state).rstrip(".")
    # There also while nothing is recorded: no button moves when that changes.
    return Look(words, "On" if is_on else "Off", note=note, is_on=is_on, is_shown=state.is_host)


def _toggle_gestures(act: Act) -> None:
    if act.state.call is not None:
        act.bridge.do(SwitchGestures(is_on=not act.state.call.gestures.is_on))


def _settings(state: AppState) -> Look:
    return Look("Devices and background")


#: In the order in which they stand in the bar. Recording stands behind those that are always there, Leave at the end.
ACTIONS = (
    BarAction(
        "toggle-microphone", "mic", ALWAYS, _microphone, key="microphone",
        do=lambda act: toggle(act.bridge, act.state.devices.chosen, "microphone"),
    ),
    BarAction(
        "toggle-camera", "video", ALWAYS, _camera, key="camera",
        do=lambda act: toggle(act.bridge, act.state.devices.chosen, "camera"),
    ),
    BarAction("toggle-gestures", "hand-metal", 24, _gestures, key="gestures", toggles=True, do=_toggle_gestures),
    BarAction("share-screen", "screen-share", 90, _share, key="share", toggles=True, do=_toggle_share),
    BarAction("raise-hand", "hand", 65, _hand, key="hand", toggles=True, do=_toggle_hand),
    BarAction(
        "open-reactions", "smile", 40, _react, key="react", do=lambda act: ReactionPicker(act.bridge, act.anchor)
    ),
    BarAction(
        "open-chat", "messages-square", 80, _chat, key="chat", toggles=True, do=lambda act: _toggle_panel(act, "chat")
    ),
    BarAction(
        "open-people", "users", 70, _people, key="people", toggles=True, do=lambda act: _toggle_panel(act, "people")
    ),
    BarAction(
        "open-pip", "picture-in-picture-2", 30, _pip, key="pip", toggles=True,
        do=lambda act: toggle_pip(act.bridge, act.state),
    ),
    BarAction(
        "toggle-captions", "captions", 25, _captions, key="captions", toggles=True,
        do=lambda act: act.bridge.do(SwitchCaptions(is_on=not act.state.devices.chosen.captions)),
    ),
    BarAction(
        "open-so-far", "scroll-text", 22, _so_far, key="so-far", toggles=True,
        do=_toggle_so_far,
    ),
    BarAction("mark-moment", "bookmark", 20, _mark, key="mark", do=_do_mark),
    BarAction("open-settings", "settings", 50, _settings, key="settings", do=lambda act: act.open_settings()),
)  # fmt: skip
