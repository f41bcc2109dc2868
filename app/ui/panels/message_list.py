"""A conversation: messages of others and one's own, meetings, and what could not be sent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.state.app_state import Draft
from app.ui.bridge import Bridge
from app.ui.panels.link_dialog import LinkDialog
from app.ui.panels.meeting_card import MeetingCardView
from app.ui.text import ElidedWords, Words, clock_words, day_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Avatar, Card, Line, column, row
from app.ui.widgets.columns import Column, Scroll
from app.ui.widgets.message_text import MessageText
from app.wire.chat import ChatLine
from app.wire.rooms import MeetingCard, Message

#: Messages of one person within this time stand under one name.
_TOGETHER_S = 300.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a conversation, ready to show."""

    kind: Literal["day", "text", "meeting", "recap", "draft", "note"]
    text: str
    author: str = ""
    at: float = 0.0
    is_mine: bool = False
    has_head: bool = False
    meeting: MeetingCard | None = None
    key: str = ""
    has_failed: bool = False
    words: str = ""


def entries(messages: Sequence[Message | ChatLine], drafts: Sequence[Draft], you: str) -> list[tuple[str, Entry]]:
    """What stands in a conversation, with days, grouped by author, drafts at the end."""
    now = time.time()
    shown: list[tuple[str, Entry]] = []
    day, before = "", None
    for one in messages:
        kind = one.kind if isinstance(one, Message) else "text"
        if isinstance(one, Message) and day_words(one.at, now) != day:
            day, before = day_words(one.at, now), None
            shown.append((f"day-{one.id}", Entry("day", day)))
        is_mine = bool(you) and one.author == you
        follows = before is not None and before.author == one.author and one.at - before.at < _TOGETHER_S
        meeting = one.meeting if isinstance(one, Message) else None
        kind = kind if kind == "text" or meeting is not None else "note"
        entry = Entry(
            kind, one.text, author=one.author_name, at=one.at, is_mine=is_mine, has_head=not follows, meeting=meeting
        )
        shown.append((one.id, entry))
        before = one if kind == "text" else None
    for draft in drafts:
        entry = Entry("draft", draft.text, is_mine=True, key=draft.key, has_failed=draft.has_failed, words=draft.words)
        shown.append((f"draft-{draft.key}", entry))
    return shown


class MessageList(Scroll):
    """Shows a conversation and keeps to its end while one reads there.

    Signals:
        retried(str), dropped(str): the key of a draft that failed.

    Args:
        bridge: Takes the intents of meeting cards.
        is_narrow: In the side panel of a call: no faces, other ground.
    """

    retried = Signal(str)
    dropped = Signal(str)

    def __init__(self, bridge: Bridge, *, is_narrow: bool = False) -> None:
        self._bridge = bridge
        self._is_narrow = is_narrow
        margins = (14, 8, 14, 12) if is_narrow else (24, 12, 24, 16)
        # Few messages lie at the foot, where the next one will be written.
        self._column = Column(self._make, renew=_renew, gap=4, margins=margins, at_foot=True)
        super().__init__(self._column, sticks=True)

    def show_entries(self, shown: list[tuple[str, Entry]]) -> None:
        """Shows these; see `entries`."""
        self._column.show_items(shown)

    def forget(self) -> None:
        """Another conversation follows."""
        self._column.clear()
        self.to_end()

    def _make(self, entry: Entry) -> QWidget:
        if entry.kind == "day":
            return _day(entry.text)
        if entry.kind == "note":
            words = Words(entry.text, look="muted", wraps=True)
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            return words
        if entry.meeting is not None:
            return self._meeting(entry, entry.meeting)
        return self._bubble(entry)

    def _meeting(self, entry: Entry, card: MeetingCard) -> QWidget:
        view = MeetingCardView(card, self._bridge, is_recap_news=entry.kind == "recap")
        holder = _MeetingHolder(entry, view)
        who = f"{'You' if entry.is_mine else entry.author} started a meeting" if entry.kind == "meeting" else ""
        if entry.kind == "recap":
            who = "Meeting recap"
        side = Words(clock_words(entry.at), look="small")
        head = row(ElidedWords(who, look="label"), side, None, gap=8)
        body = row(column(head, view, gap=6), None, gap=0)
        body.setStretch(0, 5)
        indent = 0 if self._is_narrow else 46
        holder.setLayout(column(body, margins=(indent, 10, 0, 6)))
        return holder

    def _bubble(self, entry: Entry) -> QWidget:
        block = MessageText(entry.text, widest_px=230 if self._is_narrow else 520)
        block.followed.connect(self._ask_about)
        ground = "mine" if entry.is_mine else ("theirs-raised" if self._is_narrow else "theirs")
        bubble = Card(column(block, margins=(13, 9, 13, 9)), ground=ground)
        stack = column(gap=3)
        if entry.has_head:
            name = "You" if entry.is_mine else entry.author
            time_words = Words(clock_words(entry.at), look="small")
            if entry.is_mine:
                stack.addLayout(row(None, time_words))
            else:
                stack.addLayout(row(ElidedWords(name, look="label"), time_words, None))
        stack.addLayout(row(None, bubble) if entry.is_mine else row(bubble, None))
        if entry.kind == "draft":
            stack.addLayout(self._draft_foot(entry))
        holder = QWidget()
        top = 8 if entry.has_head else 0
        if self._is_narrow or entry.is_mine:
            holder.setLayout(column(stack, margins=(0 if self._is_narrow else 60, top, 0, 0)))
        else:
            face = Avatar(entry.author, 34) if entry.has_head else None
            body = row(gap=12, margins=(0, top, 60, 0))
            if face is not None:
                body.addWidget(face, 0, Qt.AlignmentFlag.AlignTop)
            else:
                body.addSpacing(46)
                body.setSpacing(0)
            body.addLayout(stack, 1)
            holder.setLayout(body)
        return holder

    def _ask_about(self, link: str) -> None:
        LinkDialog(self.window(), link)

    def _draft_foot(self, entry: Entry) -> QBoxLayout:
        if not entry.has_failed:
            return row(None, Words("Sending…", look="small"))
        retry = Button("Retry", f"retry-{entry.key}", kind="badlink", glyph="rotate-ccw")
        retry.clicked.connect(lambda: self.retried.emit(entry.key))
        drop = Button("Delete", f"drop-{entry.key}", kind="badlink", glyph="trash-2")
        drop.clicked.connect(lambda: self.dropped.emit(entry.key))
        words = entry.words or "Not sent"
        if not self._is_narrow:
            return row(None, ElidedWords(words, look="bad"), retry, drop, gap=6)
        # In the side panel the reason has lines of its own: beside two buttons it would be cut.
        why = Words(words, look="bad", wraps=True)
        why.setAlignment(Qt.AlignmentFlag.AlignRight)
        return column(why, row(None, retry, drop, gap=6), gap=0)


class _MeetingHolder(QWidget):
    """A meeting in the conversation, and for which entry its words were written."""

    def __init__(self, entry: Entry, view: MeetingCardView) -> None:
        super().__init__()
        self._entry = entry
        self._view = view

    def renew(self, entry: Entry) -> bool:
        """Shows how the meeting stands now, where nothing else of the entry changed."""
        before = replace(self._entry, meeting=None, text="")
        if entry.meeting is None or replace(entry, meeting=None, text="") != before:
            return False
        self._entry = entry
        self._view.show_card(entry.meeting)
        return True


def _renew(widget: QWidget, entry: Entry) -> bool:
    return isinstance(widget, _MeetingHolder) and widget.renew(entry)


def _day(words: str) -> QWidget:
    holder = QWidget()
    label = Words(words, look="small")
    box = row(gap=12, margins=(0, 14, 0, 6))
    box.addWidget(Line(), 1)
    box.addWidget(label)
    box.addWidget(Line(), 1)
    holder.setLayout(box)
    return holder
