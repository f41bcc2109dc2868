"""The toolbar of a call."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from app.state.app_state import AppState
from app.state.call_intents import EndForAll, Leave, OpenPanel
from app.ui.bridge import Bridge
from app.ui.panels.device_panel import ToggleButton
from app.ui.panels.record_button import RecordButton
from app.ui.widgets.buttons import Badged, Button, IconButton, add_action, open_below
from app.ui.widgets.cards import Card, Line, row


class CallBar(Card):
    """Microphone, camera, recording (host), chat, people, settings, leave.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._state = AppState()
        self.microphone = ToggleButton(bridge, "microphone", "toggle-microphone")
        self.camera = ToggleButton(bridge, "camera", "toggle-camera")
        self.recording = RecordButton(bridge)
        self.chat = Badged("messages-square", "Chat (C)", "open-chat", kind="round")
        self.people = Badged("users", "People (P)", "open-people", kind="round")
        for button, panel in ((self.chat, "chat"), (self.people, "people")):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, panel=panel: self.toggle_panel(panel))
        self.settings = IconButton("settings", "Devices and background", "open-settings", kind="round")
        self.leave = Button("Leave", "leave", kind="leave", glyph="phone-off")
        self.leave.clicked.connect(self._leave)
        self._line = Line(is_upright=True)
        self._line.setFixedHeight(30)
        box = self._box = row(
            self.microphone, self.camera, self.recording, self.chat, self.people, self.settings, self._line, self.leave,
            gap=8, margins=(10, 8, 10, 8),
        )  # fmt: skip
        super().__init__(box, ground="bar", name="call-bar")

    def show_state(self, state: AppState) -> None:
        """What is on, open and new."""
        self._state = state
        call = state.call
        if call is None:
            return
        self.microphone.show_choices(state.devices.chosen)
        self.camera.show_choices(state.devices.chosen)
        self.recording.show_state(state)
        self.chat.setChecked(call.panel == "chat")
        self.chat.show_count(call.chat.unread)
        unread = f"{call.chat.unread} unread" if call.chat.unread else ""
        self.chat.say(
            "Chat (C)", state=", ".join(one for one in ("Open" if call.panel == "chat" else "Closed", unread) if one)
        )
        self.people.setChecked(call.panel == "people")
        # In the open panel they are seen.
        count = len(call.lobby.waiting) if state.is_host and call.panel != "people" else 0
        self.people.show_count(count)
        waits = f"{count} waiting to be let in" if count else ""
        is_open = "Open" if call.panel == "people" else "Closed"
        self.people.say("People (P)", state=", ".join(one for one in (is_open, waits) if one))
        self.leave.setAccessibleDescription(
            "Opens a choice: leave, or end the meeting for all" if state.is_host else ""
        )

    def fit(self, width_px: int) -> None:
        """Leaves words and gaps away where the bar would be wider than its place."""
        self.recording.shorten(False)
        record_px = 0 if self.recording.isHidden() else self.recording.sizeHint().width() + 8
        # Each round button takes 50 px and a gap of 8; the rest is Leave and the margins.
        is_tight = width_px < 5 * 58 + record_px + 160
        self.recording.shorten(is_tight)
        self._line.setVisible(not is_tight)
        self.leave.setText("" if is_tight else "Leave")
        self.leave.setToolTip("Leave" if is_tight else "")
        self._box.setSpacing(3 if is_tight else 8)

    def toggle_panel(self, panel: str) -> None:
        """Opens a side panel, or closes it."""
        if self._state.call:
            self._bridge.do(OpenPanel(panel="" if self._state.call.panel == panel else panel))

    def _leave(self) -> None:
        if not self._state.is_host or self._state.call_phase != "in":
            self._bridge.do(Leave())
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_action(menu, "log-out", "Leave the meeting", lambda: self._bridge.do(Leave()), name="menu-leave")
        add_action(
            menu, "phone-off", "End the meeting for all", lambda: self._bridge.do(EndForAll()), name="menu-end-for-all"
        )
        open_below(menu, self.leave)
