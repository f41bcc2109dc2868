"""The text of a message: its links are underlined, and a click on one asks before anything is opened."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import category

from PySide6.QtCore import QPointF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
)

from app.ui.qt import override
from app.ui.text import TextBlock
from app.ui.theme import colour
from app.wire.text import one_line

_LINK = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
#: What ends a sentence more often than an address.
_AFTER = ".,;:!?…،؛؟।॥·–—*|"
#: Ends an address where it stands: signs of sentences of East Asia, which no address holds unless they are spelt out.
_ENDS = frozenset("。、，．：；！？｡､・…‥〜～")
#: A host that ends in A to Z is over where letters of another alphabet follow: "https://example.com谢谢".
_HOST = re.compile(r"https?://[a-z0-9.-]+\.[a-z]{2,}(?::\d+)?(?=[^\x00-\x7f])", re.IGNORECASE)


def _end(text: str, start: int, end: int) -> int:
    """Where an address ends that begins at `start` and holds no white space until `end`."""
    for place in range(start, end):
        char = text[place]
        if char in _ENDS or (not char.isascii() and category(char) in ("Ps", "Pe", "Pi", "Pf", "Cc", "Cs")):
            return place
        # Joiners are letters of some addresses; zero-width spaces and marks of direction are not.
        if category(char) == "Cf" and char not in one_line(text[place - 1 : place + 2]):
            return place
    return end


def find_links(text: str) -> list[tuple[int, int]]:
    """Where web addresses stand in a text: start and end, in characters; nothing else counts as a link."""
    found = []
    for match in _LINK.finditer(text):
        end = _end(text, match.start(), match.end())
        if (host := _HOST.match(text, match.start(), end)) is not None:
            end = host.end()
        while end > match.start():
            last, inside = text[end - 1], text[match.start() : end]
            # A bracket that the address did not open closes one of the sentence.
            if last in _AFTER or (last in ")]}" and inside.count(last) > inside.count("([{"[")]}".index(last)])):
                end -= 1
            else:
                break
        url = QUrl(text[match.start() : end])
        if url.isValid() and url.host():
            found.append((match.start(), end))
    return found


def plain_address(link: str) -> str:
    """An address as the network sees it: foreign letters that look like others are spelt out."""
    return QUrl(link).toString(QUrl.ComponentFormattingOption.FullyEncoded)


def host_of(link: str) -> str:
    """To whom an address leads; what stands before an @ in it is no host."""
    return QUrl(link).host(QUrl.ComponentFormattingOption.FullyEncoded)


def _units(text: str, end: int) -> int:
    """How far a place in a text is for Qt, which counts letters beyond the first 65536 twice."""
    return len(text[:end].encode("utf-16-le", "surrogatepass")) // 2


class MessageText(TextBlock):
    """A message; see the module.

    Signals:
        followed(str): the address of a link that was clicked; nothing has been opened.
        edit_wanted(), delete_wanted(): by its menu or by keys (Enter or F2, Delete); only of one's own.
        moved(int): Up (-1) or Down (1) was pressed on it.

    Args:
        text: Plain text.
        widest_px: The width that it asks for at most.
        is_own: One may change it and take it back.
    """

    followed = Signal(str)
    edit_wanted = Signal()
    delete_wanted = Signal()
    moved = Signal(int)

    def __init__(self, text: str, *, widest_px: int, is_own: bool = False) -> None:
        super().__init__(text, widest_px=widest_px)
        self._is_own = is_own
        if is_own:
            self._add_own()
        copy = QAction("Copy text", self)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        self.addAction(copy)
        #: Of each paragraph: start and end of its links as Qt counts, and their addresses.
        self._links = [
            [
                (_units(line, start), _units(line, end), plain_address(line[start:end]))
                for start, end in find_links(line)
            ]
            for line in self.text().split("\n")
        ]
        for link in self.links:
            action = QAction("Open or copy the link…" if len(self.links) == 1 else f"Link to {host_of(link)}…", self)
            action.triggered.connect(lambda _=False, link=link: self.followed.emit(link))
            self.addAction(action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setMouseTracking(bool(self.links))

    def _add_own(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleDescription("Your message. Enter edits it, Delete deletes it.")
        for words, name, signal in (("Edit", "edit", self.edit_wanted), ("Delete…", "delete", self.delete_wanted)):
            action = QAction(words, self)
            action.setObjectName(f"message-{name}")
            action.triggered.connect(signal)
            self.addAction(action)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edits, deletes, or goes on to the next message of one's own."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if not self._is_own or event.modifiers() not in (
            Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
        ):  # fmt: skip
            super().keyPressEvent(event)
        elif step is not None:
            self.moved.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)

    @property
    def links(self) -> list[str]:
        """The addresses in it, in their order."""
        return [link for line in self._links for _, _, link in line]

    def link_at(self, spot: QPointF) -> str:
        """The address under a spot of the widget; empty where there is none."""
        for layout, links in zip(self._paragraphs(), self._links, strict=True):
            for number in range(layout.lineCount() if links else 0):
                line = layout.lineAt(number)
                if line.naturalTextRect().contains(spot):
                    # A place, or with some versions of Qt a pair of it and where it lies.
                    place: Any = line.xToCursor(spot.x(), QTextLine.CursorPosition.CursorOnCharacter)
                    place = place[0] if isinstance(place, tuple) else place
                    return next((link for start, end, link in links if start <= place < end), "")
        return ""

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over a link."""
        is_over = bool(self.link_at(event.position()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_over else Qt.CursorShape.ArrowCursor)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Is taken where there are links, so that the release comes here too."""
        event.setAccepted(bool(self.links))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Asks about the link that was clicked."""
        link = self.link_at(event.position())
        if link and event.button() == Qt.MouseButton.LeftButton:
            self.followed.emit(link)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it, its links underlined in the colour of the theme."""
        style = QTextCharFormat()
        style.setForeground(colour("accent"))
        style.setFontUnderline(True)
        for layout, links in zip(self._paragraphs(), self._links, strict=True):
            if links:
                layout.setFormats([_piece(start, end - start, style) for start, end, _ in links])
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.fillRect(0, self.height() - 2, self.width(), 2, colour("accent"))
            painter.end()


def _piece(start: int, length: int, style: QTextCharFormat) -> QTextLayout.FormatRange:
    piece = QTextLayout.FormatRange()
    piece.start, piece.length, piece.format = start, length, style
    return piece
