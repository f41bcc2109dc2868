"""The sheet of keys: what each key of the window does."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QWidget

from app.ui.keys import KEYS, PLACES, Key
from app.ui.text import Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Chip, column, row
from app.ui.widgets.scrim import Scrim
from app.ui.widgets.tall_scroll import TallScroll


class KeysSheet(Scrim):
    """Lists the table of `app.ui.keys`, by where each key counts.

    Args:
        parent: The window.
        held: The key that is held to talk, as `QKeySequence` writes it; empty: none is.
    """

    def __init__(self, parent: QWidget, held: str) -> None:
        inside = QWidget()
        known = [replace(key, sequences=(held,) if held else ()) if key.is_held else key for key in KEYS]
        parts = [
            self._make_group(words, [key for key in known if key.place == place]) for place, words in PLACES.items()
        ]
        inside.setLayout(column(*(one for one in parts if one is not None), None, gap=14, margins=(0, 0, 14, 0)))
        done = Button("Done", "keys-done", kind="primary")
        done.clicked.connect(self.close_dialog)
        box = column(Words("Keys", look="heading"), gap=12, margins=(24, 22, 10, 20))
        box.addWidget(Words("Letters count while you are not typing.", look="muted"))
        box.addWidget(TallScroll(inside, (420, min(560, inside.sizeHint().height()))), 1)
        box.addLayout(row(None, done, 14))
        super().__init__(parent, Card(box, name="keys-sheet"), width_px=470)
        self.dismissed.connect(self.close_dialog)
        done.setFocus()

    @staticmethod
    def _make_group(words: str, keys: list[Key]) -> QGridLayout | None:
        if not keys:
            return None
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        grid.setHorizontalSpacing(14)
        grid.setColumnStretch(0, 1)
        grid.addWidget(Words(words, look="label"), 0, 0, 1, 2)
        for place, key in enumerate(keys, start=1):
            told = Words(key.words, wraps=True)
            told.setObjectName(f"key-words-{key.id}")
            grid.addWidget(told, place, 0)
            caps = row(gap=5)
            if not key.sequences:
                caps.addWidget(Words("Off", look="muted"))
            for sequence in key.sequences:
                written = QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText)
                caps.addWidget(Chip(written))
            caps.addStretch(1)
            grid.addLayout(caps, place, 1)
        return grid
