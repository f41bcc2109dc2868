"""One kind of device: which one is chosen, what is wrong with it, and the way to the system's settings."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.slices.devices import DeviceKind
from app.ui.panels import outside
from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.text import Words
from app.ui.widgets.buttons import Button, Choice
from app.ui.widgets.cards import Glyph, column, row


class DeviceLine(ChoicePart):
    """The list of the devices of a kind, with what belongs beside it and below it.

    Args:
        chosen: Of the panel.
        prefix: As of `ChoicePart`.
        kind: Which devices.
        glyph: The icon before the heading.
        beside: Buttons at the right of the list.
        below: What stands under it.
    """

    def __init__(
        self, chosen: Chosen, prefix: str, kind: DeviceKind, glyph: str, *, beside: Sequence[QWidget] = (),
        below: Sequence[QWidget] = (),
    ) -> None:  # fmt: skip
        super().__init__(chosen, prefix)
        self._kind: DeviceKind = kind
        words = kind.capitalize()
        self._list = Choice(words, self.name(kind))
        self._list.activated.connect(lambda _: chosen.change(**{kind: self._list.currentData() or ""}))
        self._told = Words("", look="bad", wraps=True)
        self._told.setObjectName(self.name(f"{kind}-words"))
        self._told.hide()
        # Only where the system says no, and where it has a page to say yes on.
        self._allow = Button("Open the system's privacy settings", self.name(f"{kind}-allow"), kind="link")
        self._allow.clicked.connect(lambda: outside.open_outside(outside.settings_url(kind, sys.platform)))
        self._allow.hide()
        head = row(Glyph(glyph, size_px=16), Words(words, look="label"), None, gap=7)
        self.setLayout(column(head, row(self._list, *beside), *below, self._told, row(self._allow, None), gap=6))

    def show_state(self, state: AppState) -> None:
        """Which there are, which is chosen, and what does not work."""
        super().show_state(state)
        found = [one for one in state.devices.found if one.kind == self._kind and one.id not in ("", "default")]
        items = [("System default", ""), *((one.name, one.id) for one in found)]
        self._list.show_items(items, getattr(self.chosen.now, self._kind))
        told = state.prejoin.device_words if state.prejoin else state.call.media.words if state.call else ()
        words = dict(told).get(self._kind, "")
        self._told.show_text(f"{words} {outside.how_to_allow(self._kind, words, sys.platform)}".strip())
        self._allow.setVisible(outside.can_open_settings(self._kind, words, sys.platform))
