"""The camera: which one."""

from __future__ import annotations

from app.state.app_state import AppState
from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.panels.device_line import DeviceLine
from app.ui.widgets.cards import column


class CameraPart(ChoicePart):
    """Which camera.

    Args:
        chosen: Of the panel.
        prefix: As of `ChoicePart`.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__(chosen, prefix)
        self._line = DeviceLine(chosen, prefix, "camera", "video")
        self.setLayout(column(self._line, gap=6))

    def show_state(self, state: AppState) -> None:
        """What is chosen, and what does not work."""
        super().show_state(state)
        self._line.show_state(state)
