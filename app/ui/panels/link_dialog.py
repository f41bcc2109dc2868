"""Before a link of a message is opened: where it leads, in full."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from app.ui.text import TextBlock, Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, column, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.message_text import host_of
from app.ui.widgets.scrim import Scrim


class LinkDialog(Scrim):
    """Shows a web address whole, and opens or copies it only by its own buttons.

    Args:
        parent: The window.
        link: An address that begins with http: or https:.
    """

    def __init__(self, parent: QWidget, link: str) -> None:
        self._link = link
        shown = TextBlock(link, widest_px=408)
        shown.setObjectName("link-address")
        scroll = Scroll(shown)
        scroll.setFixedHeight(min(140, shown.heightForWidth(400)))
        copy = Button("Copy link", "link-copy", kind="outline", glyph="copy")
        go = Button("Open link", "link-open", kind="primary")
        back = Button("Cancel", "link-cancel", kind="quiet")
        copy.clicked.connect(self._copy)
        go.clicked.connect(self._open)
        back.clicked.connect(self.close_dialog)
        words = f"It leads to {host_of(link)} and opens in your browser, outside Parley."
        field = Card(column(scroll, margins=(14, 10, 8, 10)), ground="raised")
        box = column(Words("Open this link?", look="heading"), Words(words, look="muted", wraps=True), 2, field, 8)
        box.addLayout(row(None, back, copy, go))
        box.setContentsMargins(24, 22, 24, 20)
        super().__init__(parent, Card(box, name="link-dialog"), width_px=480)
        self.dismissed.connect(self.close_dialog)
        back.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._link)
        self.close_dialog()

    def _open(self) -> None:
        url = QUrl(self._link)
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        self.close_dialog()
