"""How one leaves: at once, or as the host by a choice between leaving and ending the meeting for all."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import EndForAll, Leave
from app.ui.bridge import Bridge
from app.ui.widgets.menu import Menu, add_action, open_below


def ask_to_leave(bridge: Bridge, state: AppState, below: QWidget, *, names: tuple[str, str]) -> None:
    """Leaves, or opens the host's choice.

    Args:
        bridge: takes the intents.
        state: what is true.
        below: the button that was pressed.
        names: the object names of the choice's lines: leave, end for all.
    """
    if not state.is_host or state.call_phase != "in":
        bridge.do(Leave())
        return
    menu = Menu(below)
    add_action(menu, "log-out", "Leave the meeting", lambda: bridge.do(Leave()), name=names[0])
    add_action(menu, "phone-off", "End the meeting for all", lambda: bridge.do(EndForAll()), name=names[1])
    open_below(menu, below)
