"""How picture-in-picture is opened in a call, and what is said where it has limits."""

from __future__ import annotations

from app.state.app_state import AppState
from app.state.call_intents import ClosePip, OpenPip
from app.state.capabilities import small_window_words
from app.state.intents import Explain
from app.ui.bridge import Bridge
from app.ui.session import can_here, session


def pip_note(state: AppState) -> str:
    """What this desktop does not let the small window do; empty: nothing, or it is open already."""
    is_open = state.call is not None and state.call.pip.is_open
    return "" if is_open else small_window_words(session())


def toggle_pip(bridge: Bridge, state: AppState) -> None:
    """Opens or closes it; says what is not as one would expect, and where it cannot be, why."""
    if state.call is not None and state.call.pip.is_open:
        bridge.do(ClosePip())
        return
    if words := small_window_words(session()):
        bridge.do(Explain(words=words))
    if can_here("small_window").is_able:
        bridge.do(OpenPip())
