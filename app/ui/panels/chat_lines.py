"""The lines of a meeting's chat, in the call and afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.state.slices.drafts import Draft
from app.ui.bridge import Bridge
from app.ui.panels.message_list import MessageList, entries
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import centred, column
from app.wire.chat import ChatLine

#: Each line is a widget: a long chat is built in pieces, so that nothing stands still meanwhile.
LINES_AT_ONCE = 100


class ChatLines(QWidget):
    """The newest lines, with a button for those before.

    Args:
        bridge: Takes the intents of what stands in them.
        name: Of the button the object name is "<name>-earlier".

    Attributes:
        list: What scrolls.
    """

    def __init__(self, bridge: Bridge, name: str) -> None:
        super().__init__()
        self._lines: Sequence[ChatLine] = ()
        self._drafts: Sequence[Draft] = ()
        self._you = ""
        self._most, self._first = LINES_AT_ONCE, ""
        self._earlier = Button("Earlier messages", f"{name}-earlier", kind="link")
        self._earlier.clicked.connect(self._show_earlier)
        self._earlier.hide()
        self.list = MessageList(bridge, is_narrow=True)
        box = column(centred(self._earlier), gap=0)
        box.addWidget(self.list, 1)
        self.setLayout(box)

    def begin(self) -> None:
        """Another chat follows: of that one the newest lines are shown."""
        self._most = LINES_AT_ONCE

    def show_lines(self, lines: Sequence[ChatLine], drafts: Sequence[Draft], you: str) -> None:
        """Shows these; what one reads further up stays where it is while others come.

        Args:
            lines: Oldest first.
            drafts: One's own that have not been told yet.
            you: One's own id.
        """
        self._lines, self._drafts, self._you = lines, drafts, you
        first = max(0, len(lines) - self._most)
        if not self.list.is_at_end:
            first = min(first, next((place for place, one in enumerate(lines) if one.id == self._first), first))
        self._first = lines[first].id if lines else ""
        self._earlier.setVisible(first > 0)
        self.list.show_entries(entries(lines[first:], drafts, you))

    def _show_earlier(self) -> None:
        self._most += LINES_AT_ONCE
        bar = self.list.verticalScrollBar()
        from_end = bar.maximum() - bar.value()
        self.show_lines(self._lines, self._drafts, self._you)
        QTimer.singleShot(0, self.list, lambda: bar.setValue(bar.maximum() - from_end))
