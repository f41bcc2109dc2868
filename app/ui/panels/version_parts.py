"""On the recap page: making the recap again with a better engine, and what it was before."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QWidget

from app.state.intents import MakeRecapAgain, OpenVersion
from app.state.slices.recap import RecapView
from app.ui.bridge import Bridge
from app.ui.text import Words, clock_words, day_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, Spinner, column, row
from app.ui.widgets.columns import Column
from app.wire.versions import EarlierVersion

#: What the engines are called in a sentence; others by their own names.
_SIMPLE = {"pocketsphinx": "the small built-in recogniser"}
_BEING_MADE = "This recap is being made again. You can go on reading; it changes by itself when the new one is there."


def engine_words(engine: str) -> str:
    """An engine as it is called in a sentence."""
    return _SIMPLE.get(engine, engine)


def about_words(seconds: float) -> str:
    """A rough length: "about a minute", "about 12 minutes", "about 2 hours"."""
    minutes = max(1, round(seconds / 60))
    if minutes >= 90:
        return f"about {round(minutes / 60)} hours"
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


class AgainPart(Card):
    """Above the recap, where it could be better or is not the present one.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._words = Words("", wraps=True)
        self._words.setObjectName("again-words")
        self._bad = Words("", look="bad", wraps=True)
        self._bad.setObjectName("again-fault")
        self._spinner = Spinner(18)
        self._glyph = Glyph("sparkles", ink="accent", size_px=16)
        self._again = Button("Make it again", "make-again", kind="outline", glyph="rotate-ccw")
        self._again.clicked.connect(lambda: bridge.do(MakeRecapAgain()))
        self._present = Button("Show the present one", "present-version", kind="outline")
        self._present.clicked.connect(lambda: bridge.do(OpenVersion(version=0)))
        line = row(self._spinner, self._glyph, gap=9)
        line.addWidget(self._words, 1)
        super().__init__(
            column(line, self._bad, row(self._again, self._present, None), gap=8, margins=(14, 10, 14, 10)),
            ground="soft", name="again",
        )  # fmt: skip

    def show_view(self, view: RecapView) -> None:
        """Of this recap."""
        is_old = view.version > 0
        is_remade = view.is_remade and not is_old
        can_be_better = view.better is not None and not is_old and not is_remade
        words = ""
        if is_remade:
            words = _BEING_MADE
        elif is_old and view.recap is not None:
            words = f"You are reading an earlier version, written by {engine_words(view.recap.engine)}."
        elif can_be_better and view.better is not None and view.recap is not None:
            words = (
                f"Written by {engine_words(view.recap.engine)}. The server hears better now ({view.better.engine}). "
                f"Making it again takes {about_words(view.better.about_s)}; this version is kept."
            )
        self._words.show_text(words)
        self._bad.show_text(view.remake_words)
        self._spinner.setVisible(is_remade)
        self._glyph.setVisible(bool(words) and not is_remade)
        self._again.setVisible(can_be_better)
        self._present.setVisible(is_old)
        self.setVisible(bool(words or view.remake_words))


class EarlierPart(QWidget):
    """What the recap was before, a line each.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._column = Column(self._make, gap=2)
        self.setLayout(column(self._column, gap=0))

    def show_view(self, view: RecapView) -> None:
        """Of this recap."""
        shown = [one for one in view.earlier if one.number != view.version]
        self._column.show_items([(f"{view.meeting.id} {one.number}", one) for one in shown])
        self.setVisible(bool(shown))

    def _make(self, version: EarlierVersion) -> QWidget:
        made = f"{day_words(version.at, time.time())}, {clock_words(version.at)}"
        button = Button(
            f"Earlier version: {made}, {engine_words(version.engine)}", f"earlier-{version.number}", kind="link"
        )
        button.clicked.connect(lambda: self._bridge.do(OpenVersion(version=version.number)))
        holder = QWidget()
        holder.setLayout(row(button, None))
        return holder
