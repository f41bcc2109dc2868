"""What works on this computer: the abilities of the desktop, and the words for what it does not let programs do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.state.capabilities import NAMES, SESSION_NAMES, Can
from app.ui.session import can_here, session
from app.ui.text import Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.scrim import Scrim
from app.ui.widgets.tall_scroll import TallScroll


class ComputerPage(Scrim):
    """Lies over the help until it is closed.

    Args:
        parent: The window.
    """

    def __init__(self, parent: QWidget) -> None:
        lines = [_line(ability, name, can_here(ability)) for ability, name in NAMES.items()]
        holder = QWidget()
        holder.setLayout(column(*lines, None, gap=14, margins=(0, 4, 12, 4)))
        scroll = TallScroll(holder, (520, 460))
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName("What works on this computer")
        close = Button("Close", "computer-close", kind="primary")
        close.clicked.connect(self.close_dialog)
        where = Words(f"{SESSION_NAMES[session()]}:", look="muted", wraps=True)
        where.setObjectName("computer-session")
        box = column(Words("What works on this computer", look="heading"), where, gap=8, margins=(24, 22, 16, 20))
        box.addWidget(scroll, 1)
        box.addLayout(row(None, close))
        super().__init__(parent, Card(box, name="computer-page"), width_px=580)
        self.dismissed.connect(self.close_dialog)


def _line(ability: str, name: str, found: Can) -> QWidget:
    glyph = Glyph("circle-check", ink="accent") if found.is_able else Glyph("ban", ink="muted")
    glyph.setAccessibleName("Works" if found.is_able else "Does not work here")
    title = Words(name, look="label", wraps=True)
    words = Words("", look="small", wraps=True)
    words.setObjectName(f"computer-{ability}")
    words.show_text(found.words if found.is_able else f"Not here. {found.words}")
    box = row(gap=10)
    box.addWidget(glyph, 0, Qt.AlignmentFlag.AlignTop)
    box.addLayout(column(title, words, gap=2), 1)
    line = QWidget()
    line.setLayout(box)
    return line
