"""What was said so far in a recorded call, and in short what one has missed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import AskAgainSoFar, CatchUp, PutGistAway
from app.state.slices.call import Call
from app.state.slices.captions import SoFar
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords, TextBlock, Words, clock_words, due_words, length_words
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.cards import Card, EmptyState, centred, column, row
from app.ui.widgets.columns import Column, Scroll
from app.ui.widgets.menu import Menu, add_action, open_below
from app.wire.captions import SummedUp

#: Each line is a widget: many are built in pieces, so that nothing stands still meanwhile.
LINES_AT_ONCE = 100
_WIDEST_PX = 420
_CUT = "Only the newest lines are shown here. The recap will have them all."
_NOTHING = "What people who agreed to be recorded say in English stands here a few seconds after they have said it."


@dataclass(frozen=True, slots=True)
class _Said:
    """A line, or a sentence of what was missed: who, when in words, and what."""

    name: str
    when: str
    text: str


class SoFarPanel(QWidget):
    """Who said what, growing; above it one asks what was said since a moment.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._call: Call | None = None
        self._most = LINES_AT_ONCE
        self._missed = Words("", look="strong", wraps=True)
        self._missed.setObjectName("missed-words")
        self._catch_up = Button("What did I miss?", "catch-up", kind="primary", glyph="sparkles")
        self._catch_up.clicked.connect(self._ask)
        self._card = Card(
            column(self._missed, row(self._catch_up, None), gap=8, margins=(12, 10, 12, 12)),
            ground="soft",
            name="missed-card",
        )
        self._since = Button("What was said since…", "said-since", kind="outline", glyph="sparkles")
        self._since.clicked.connect(self._open_menu)
        self._gist = _Gist(bridge)
        self._cut = Words(_CUT, look="muted", wraps=True)
        self._again = Button("Try again", "so-far-again", kind="outline")
        self._again.clicked.connect(lambda: bridge.do(AskAgainSoFar()))
        self._earlier = Button("Earlier lines", "so-far-earlier", kind="link")
        self._earlier.clicked.connect(self._show_earlier)
        self._lines = Column(_made, gap=12, margins=(4, 2, 6, 6))
        self._scroll = Scroll(self._lines, sticks=True, fades="surface")
        self._empty = EmptyState("captions", "Nothing yet", _NOTHING, self._again, width_px=230)
        box = column(self._card, row(self._since, None), self._cut, gap=8, margins=(12, 8, 6, 12))
        box.addWidget(self._gist, 1)
        box.addLayout(centred(self._earlier))
        box.addWidget(self._scroll, 1)
        box.addWidget(self._empty, 1)
        self.setLayout(box)

    def show_state(self, state: AppState) -> None:
        """What is known of the present call."""
        call = state.call
        if call is None:
            return
        if self._call is not None and call.meeting.id != self._call.meeting.id:
            self._most = LINES_AT_ONCE
        self._call = call
        so_far = call.so_far
        has_gist = so_far.gist is not None or so_far.asked_since is not None
        offers = so_far.missed_since is not None and not has_gist
        self._card.setVisible(offers)
        self._since.setVisible(bool(so_far.lines) and not offers and not has_gist)
        if so_far.missed_since is not None:
            self._missed.setText(f"You have missed what was said since {self._clock(so_far.missed_since)}.")
        self._gist.show_call(call)
        self._gist.setVisible(has_gist)
        self._show_lines(so_far, is_seen=not has_gist)

    def _show_lines(self, so_far: SoFar, *, is_seen: bool) -> None:
        shown = so_far.lines[-self._most :]
        self._lines.show_items(
            [(one.number, _Said(one.name, self._clock(one.at), one.text)) for one in shown]
        )  # fmt: skip
        self._earlier.setVisible(is_seen and len(so_far.lines) > len(shown))
        self._scroll.setVisible(is_seen and bool(shown))
        self._cut.setVisible(is_seen and so_far.is_cut)
        self._empty.setVisible(is_seen and not shown)
        title = "Not there yet" if so_far.words else "Nothing yet" if so_far.is_known else "Fetching what was said…"
        self._empty.say(title, so_far.words or (_NOTHING if so_far.is_known else ""))
        self._again.setVisible(bool(so_far.words))

    def _clock(self, at: float) -> str:
        """An instant of the server's clock, on this computer's."""
        return clock_words(at - (self._call.clock_ahead_s if self._call else 0.0))

    def _show_earlier(self) -> None:
        self._most += LINES_AT_ONCE
        bar = self._scroll.verticalScrollBar()
        from_end = bar.maximum() - bar.value()
        if self._call is not None:
            self._show_lines(self._call.so_far, is_seen=True)
        QTimer.singleShot(0, self._scroll, lambda: bar.setValue(bar.maximum() - from_end))

    # --- asking ---------------------------------------------------------------------------------------------------
    def _ask(self) -> None:
        if self._call is not None and self._call.so_far.missed_since is not None:
            self._bridge.do(CatchUp(since=self._call.so_far.missed_since))

    def _open_menu(self) -> None:
        call = self._call
        since = call.recording.since if call is not None else None
        if call is None or since is None:
            return
        now = time.time() + call.clock_ahead_s
        menu = Menu(self, "since-menu")
        for minutes in (5, 15, 30):
            if now - since > 60.0 * minutes:
                self._add(menu, f"The last {minutes} minutes", now - 60.0 * minutes, f"since-{minutes}")
        self._add(menu, f"The recording began ({length_words(now - since)} ago)", since, "since-start")
        open_below(menu, self._since)

    def _add(self, menu: Menu, words: str, since: float, name: str) -> None:
        add_action(menu, "clock", words, lambda: self._bridge.do(CatchUp(since=since)), name=name)


class _Gist(QWidget):
    """What was said since a moment, in short, and the action items so far."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._title = Words("", look="title", wraps=True)
        self._title.setObjectName("gist-title")
        back = IconButton("x", "Back to all that was said", "gist-back")
        back.clicked.connect(lambda: bridge.do(PutGistAway()))
        head = row(self._title, back, gap=6)
        head.setStretch(0, 1)
        self._words = Words("", look="muted", wraps=True)
        self._words.setObjectName("gist-words")
        self._summary = Column(_made, gap=10)
        self._items_title = Words("Action items so far", look="title")
        self._items = Column(_made, gap=10)
        inside = QWidget()
        inside.setLayout(
            column(self._words, self._summary, self._items_title, self._items, None, gap=10, margins=(4, 2, 6, 6))
        )
        scroll = Scroll(inside, fades="surface")
        box = column(head, gap=8)
        box.addWidget(scroll, 1)
        self.setLayout(box)

    def show_call(self, call: Call) -> None:
        """What was asked for and what has come."""
        so_far = call.so_far
        gist = so_far.gist
        since = gist.since if gist is not None else so_far.asked_since
        if since is not None:
            self._title.setText(f"Said since {clock_words(since - call.clock_ahead_s)}, in short")
        self._words.show_text(_words_of(gist))
        when = {str(one.number): clock_words(one.at - call.clock_ahead_s) for one in so_far.lines}
        said, items = (gist.summary, gist.action_items) if gist is not None else ((), ())
        topics = ["", *(one.topic for one in said)]
        self._summary.show_items(
            [
                (
                    number,
                    _Said(
                        one.topic if one.topic != before else "",
                        when.get(one.evidence[0], "") if one.evidence else "",
                        one.text,
                    ),
                )
                for number, (one, before) in enumerate(zip(said, topics, strict=False))
            ]
        )
        self._items.show_items(
            [
                (
                    number,
                    _Said(
                        one.owner or "Nobody yet",
                        due_words(one.due, date.today()) if one.due else one.due_words,
                        one.text,
                    ),
                )
                for number, one in enumerate(items)
            ]
        )
        self._items_title.setVisible(bool(items))


def _words_of(gist: SummedUp | None) -> str:
    if gist is None:
        return "Summing up…"
    if not gist.lines:
        return "Nothing was said since then, as far as it is written down yet."
    if gist.is_cut:
        return "So much was said that this is of its newest part. The recap will sum up all of it."
    return "" if gist.summary else "Too little was said since then for a summary."


def _made(said: _Said) -> QWidget:
    holder = QWidget()
    head = row(ElidedWords(said.name, look="label"), Words(said.when, look="small"), gap=8)
    head.setStretch(0, 1)
    holder.setLayout(column(head, TextBlock(said.text, widest_px=_WIDEST_PX), gap=2))
    holder.setAccessibleName(f"{', '.join(filter(None, (said.name, said.when)))}: {said.text}")
    return holder
