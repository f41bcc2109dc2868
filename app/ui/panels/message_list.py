"""A conversation: messages of others and one's own, meetings, and what could not be sent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.state.slices.drafts import Draft
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import Confirm
from app.ui.panels.link_dialog import LinkDialog
from app.ui.panels.meeting_card import MeetingCardView
from app.ui.text import ElidedWords, Words, clock_words, day_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Avatar, Card, Line, column, row
from app.ui.widgets.columns import Column, Scroll
from app.ui.widgets.composer import TextEditor
from app.ui.widgets.message_text import MessageText
from app.wire.chat import ChatLine
from app.wire.rooms import MeetingCard, Message

#: Messages of one person within this time stand under one name.
_TOGETHER_S = 300.0


EntryKind = Literal["day", "text", "meeting", "recap", "draft", "note", "edit"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a conversation, ready to show."""

    kind: EntryKind
    text: str
    author: str = ""
    at: float = 0.0
    is_mine: bool = False
    has_head: bool = False
    meeting: MeetingCard | None = None
    key: str = ""
    has_failed: bool = False
    words: str = ""
    #: Of a text of one's own that stands in a room: what it is called there, so that it can be changed.
    id: str = ""
    is_edited: bool = False
    is_deleted: bool = False
    #: One planned the meeting.
    is_planner: bool = False


def entries(messages: Sequence[Message | ChatLine], drafts: Sequence[Draft], you: str) -> list[tuple[str, Entry]]:
    """What stands in a conversation, with days, grouped by author, drafts at the end."""
    now = time.time()
    shown: list[tuple[str, Entry]] = []
    day, before = "", None
    for one in messages:
        if (today := day_words(one.at, now)) != day:
            # A call has its day before it only where it goes on over midnight.
            if day or isinstance(one, Message):
                before = None
                shown.append((f"day-{one.id}", Entry("day", today)))
            day = today
        is_mine = bool(you) and one.author == you
        follows = before is not None and before.author == one.author and one.at - before.at < _TOGETHER_S
        meeting = one.meeting if isinstance(one, Message) else None
        kind: EntryKind = one.kind if isinstance(one, Message) else "text"
        if kind != "text" and meeting is None:
            kind = "note"
        entry = Entry(
            kind, one.text, author=one.author_name, at=one.at, is_mine=is_mine, has_head=not follows, meeting=meeting,
            is_planner=bool(you) and meeting is not None and meeting.starter == you,
        )  # fmt: skip
        if isinstance(one, Message) and kind == "text":
            entry = replace(
                entry, id=one.id if is_mine else "", is_edited=one.edited_at is not None, is_deleted=one.is_deleted
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
        changed(str, str): a message of one's own and its new text.
        taken_back(str): a message of one's own that is to be deleted.

    Args:
        bridge: Takes the intents of meeting cards.
        is_narrow: In the side panel of a call: no faces, other ground.
    """

    retried = Signal(str)
    dropped = Signal(str)
    changed = Signal(str, str)
    taken_back = Signal(str)

    def __init__(self, bridge: Bridge, *, is_narrow: bool = False) -> None:
        self._bridge = bridge
        self._is_narrow = is_narrow
        self._entries: list[tuple[str, Entry]] = []
        self._editing = ""
        margins = (14, 8, 14, 12) if is_narrow else (24, 12, 24, 16)
        # Few messages lie at the foot, where the next one will be written.
        self._column = Column(self._make, renew=_renew, gap=4, margins=margins, at_foot=True)
        super().__init__(self._column, sticks=True)

    def show_entries(self, shown: list[tuple[str, Entry]]) -> None:
        """Shows these; see `entries`."""
        if self._editing and not any(one.id == self._editing and not one.is_deleted for _, one in shown):
            self._editing = ""
        self._entries = shown
        # While it is edited, the message stands as it was when that began: a change of it would take the text away.
        if not self._column.show_items([(key, self._as_edited(one)) for key, one in shown]):
            return
        own = self._own_texts()
        for one in own:
            one.setFocusPolicy(Qt.FocusPolicy.StrongFocus if one is own[-1] else Qt.FocusPolicy.ClickFocus)

    def _as_edited(self, entry: Entry) -> Entry:
        if not (self._editing and entry.id == self._editing):
            return entry
        shown = self._column.data(self._editing)
        return shown if shown is not None and shown.kind == "edit" else replace(entry, kind="edit")

    def forget(self) -> None:
        """Another conversation follows."""
        self._editing, self._entries = "", []
        self._column.clear()
        self.to_end()

    def renew_times(self) -> None:
        """Updates how far off upcoming meetings are."""
        for view in self.findChildren(MeetingCardView):
            view.renew_times()

    # --- one's own messages -----------------------------------------------------------------------------------------
    def edit_last(self) -> None:
        """Opens the newest message of one's own for editing, if there is one."""
        mine = [one.id for _, one in self._entries if one.id and not one.is_deleted and one.kind == "text"]
        if mine:
            self.edit(mine[-1])

    def edit(self, message: str) -> None:
        """Opens a message of one's own for editing."""
        self._leave_edit()
        self._editing = message
        self.show_entries(self._entries)
        holder = self._column.widget(message)
        editor = holder.findChild(TextEditor) if holder else None
        if holder is not None and editor is not None:
            editor.take_focus()
            QTimer.singleShot(0, holder, lambda: self.ensureWidgetVisible(editor))

    def _leave_edit(self) -> None:
        before, self._editing = self._editing, ""
        if before:
            self.show_entries(self._entries)
            holder = self._column.widget(before)
            block = holder.findChild(MessageText) if holder else None
            if block is not None:
                block.setFocus()

    def _keep_edit(self, entry: Entry, text: str) -> None:
        self._leave_edit()
        if text != entry.text:
            self.changed.emit(entry.id, text)

    def _ask_delete(self, message: str) -> None:
        asks = Confirm(
            self.window(), "Delete this message?",
            "Its text is removed for everyone; a note that there was a message stays.",
            name="delete-message", answers=("Delete", "Keep it"),
        )  # fmt: skip
        asks.answered.connect(lambda yes: self.taken_back.emit(message) if yes else None)

    def _own_texts(self) -> list[MessageText]:
        holders = (self._column.widget(key) for key, one in self._entries if one.id and not one.is_deleted)
        found = (holder.findChild(MessageText) for holder in holders if holder is not None)
        return [one for one in found if one is not None]

    def _move(self, block: MessageText, step: int) -> None:
        own = self._own_texts()
        place = own.index(block) + step if block in own else -1
        if 0 <= place < len(own):
            own[place].setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(own[place])

    def _make(self, entry: Entry) -> QWidget:
        if entry.kind == "day":
            return _day(entry.text)
        if entry.kind == "note":
            words = Words(entry.text, look="muted", wraps=True)
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            return words
        if entry.kind == "edit":
            return self._editor(entry)
        if entry.meeting is not None:
            return self._meeting(entry, entry.meeting)
        return self._bubble(entry)

    def _meeting(self, entry: Entry, card: MeetingCard) -> QWidget:
        is_news = entry.kind == "recap"
        view = MeetingCardView(card, self._bridge, is_recap_news=is_news, is_planner=entry.is_planner)
        holder = _MeetingHolder(entry, view)
        did = "started" if card.starts_at is None else "scheduled"
        who = f"{'You' if entry.is_mine else entry.author} {did} a meeting" if entry.kind == "meeting" else ""
        if entry.kind == "recap":
            who = "Meeting recap"
        side = Words(clock_words(entry.at), look="small")
        head = row(ElidedWords(who, look="label"), side, None, gap=8)
        # The limit is on both: a card alone would be given the height that its words need in the whole line.
        both = QWidget()
        both.setLayout(column(head, view, gap=6))
        both.setMaximumWidth(view.maximumWidth())
        body = row(both, None, gap=0)
        body.setStretch(0, 100)
        indent = 0 if self._is_narrow else 46
        holder.setLayout(column(body, margins=(indent, 10, 0, 6)))
        return holder

    def _text(self, entry: Entry) -> QWidget:
        """The ground with the words on it, and beside it whether they were changed."""
        block: QWidget
        if entry.is_deleted:
            block = Words("This message was deleted", look="muted")
        else:
            text = MessageText(entry.text, widest_px=230 if self._is_narrow else 520, is_own=bool(entry.id))
            text.followed.connect(self._ask_about)
            text.edit_wanted.connect(lambda: self.edit(entry.id))
            text.delete_wanted.connect(lambda: self._ask_delete(entry.id))
            text.moved.connect(lambda step: self._move(text, step))
            block = text
        ground = "mine" if entry.is_mine else ("theirs-raised" if self._is_narrow else "theirs")
        return Card(column(block, margins=(13, 9, 13, 9)), ground="line" if entry.is_deleted else ground)

    def _editor(self, entry: Entry) -> QWidget:
        editor = TextEditor(entry.text, f"edit-{entry.id}")
        editor.kept.connect(lambda text: self._keep_edit(entry, text))
        editor.left.connect(self._leave_edit)
        holder = QWidget()
        holder.setLayout(column(editor, margins=(60, 8, 0, 0)))
        return holder

    def _bubble(self, entry: Entry) -> QWidget:
        bubble = self._text(entry)
        mark = Words("edited", look="small") if entry.is_edited and not entry.is_deleted else 0
        stack = column(gap=3)
        if entry.has_head:
            name = "You" if entry.is_mine else entry.author
            time_words = Words(clock_words(entry.at), look="small")
            if entry.is_mine:
                stack.addLayout(row(None, time_words))
            else:
                stack.addLayout(row(ElidedWords(name, look="label"), time_words, None))
        stack.addLayout(row(None, mark, bubble) if entry.is_mine else row(bubble, mark, None))
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
