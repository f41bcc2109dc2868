"""The help: thirteen questions and the answer of the chosen one, over whatever page is on show."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache

import shiboken6
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QWidget

from app import paths
from app.state.app_state import AppState
from app.ui.qt import override
from app.ui.text import ElidedWords, TextBlock, Words
from app.ui.widgets.buttons import Button, IconButton, RowButton
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.scrim import Scrim

#: Below this width of the window the questions stand over the answer, not beside it.
NARROW_PX = 680
_LIST_PX = 320
_MOST_PX = 16_777_215
#: What F1 opens on a page; "start" on all others.
_ANCHORS = {"waiting": "guests", "recap": "recap", "call": "features", "ended": "find-recap"}
#: What the computer cannot do matters to these answers.
_ABOUT_THE_COMPUTER = ("sharing", "features")
#: A line break inside a paragraph: not before or after an empty line, nor before a line of a list.
_SOFT_BREAK = re.compile(r"(?<!\n)\n(?![\n•]|\d+\. )")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the help; `answer` is plain text, its lines broken only where paragraphs or list lines end."""

    anchor: str
    question: str
    answer: str


@cache
def questions() -> tuple[Question, ...]:
    """All questions in their order, read once from resources/texts/help.toml."""
    data = tomllib.loads(paths.resource("texts", "help.toml").read_text(encoding="utf-8"))
    return tuple(
        Question(one["anchor"], one["question"], _SOFT_BREAK.sub(" ", one["answer"].strip()))
        for one in data["question"]
    )


def anchor_for(page: str) -> str:
    """The question that fits a page of the window (one of `window.PAGES`)."""
    return _ANCHORS.get(page, "start")


class _List(Scroll):
    """The questions; keys that none of them takes are the dialog's."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leaves the page keys to the answer."""
        event.ignore()


class _Answer(Scroll):
    """Asks for the same height whatever is in it, so that the dialog stands still."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(560, 560)


class HelpDialog(Scrim):
    """Lies over the window until Esc; what happens in a call meanwhile is told in a strip.

    Signals:
        closed(): it was put away.

    Args:
        parent: The window.
        anchor: The question that is shown first.
        state: What is true now; later ones come by `show_state`.

    Raises:
        KeyError: there is no such question.
    """

    closed = Signal()

    def __init__(self, parent: QWidget, anchor: str, state: AppState) -> None:
        if all(one.anchor != anchor for one in questions()):
            raise KeyError(anchor)
        self._before = parent.focusWidget()
        self._state = state
        #: The text that lies over the help, or lay.
        self._over: QWidget | None = None
        self._has_asked = _asks(state)
        self._buttons = {one.anchor: _question_button(one) for one in questions()}
        self._group = QButtonGroup()
        inside = QWidget()
        inside.setLayout(column(*self._buttons.values(), None, gap=2, margins=(4, 4, 10, 4)))
        for button in self._buttons.values():
            self._group.addButton(button)
        self._list = _List(inside)
        self._list.setAccessibleName("Questions")
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(16)
        self._body.addWidget(self._list)
        self._body.addWidget(self._make_answer(), 1)
        close = IconButton("x", "Close the help", "help-close")
        close.clicked.connect(self.close_dialog)
        terms = Button("Terms of use", "help-terms", kind="quiet", glyph="file-text")
        terms.clicked.connect(lambda: self._open_terms())
        privacy = Button("Privacy", "help-privacy", kind="quiet", glyph="shield-check")
        privacy.clicked.connect(lambda: self._open_privacy())
        head = row(Words("Help", look="heading"), None, terms, privacy, close, gap=4)
        box = column(head, self._make_call(), self._body, gap=10, margins=(20, 14, 12, 16))
        box.setStretch(2, 1)
        super().__init__(parent, Card(box, name="help-dialog"), width_px=940)
        self._group.setParent(self)
        for one, button in self._buttons.items():
            button.toggled.connect(lambda is_on, one=one: self._show(one) if is_on else None)
        self.dismissed.connect(self.close_dialog)
        # Where the chosen question lies is known only when the list has been laid out.
        self._list.verticalScrollBar().rangeChanged.connect(self._reveal)
        self._fold()
        self.open(anchor)
        self.show_state(state)

    # --- building -------------------------------------------------------------------------------------------------
    def _make_answer(self) -> QWidget:
        self._question = Words("", look="title", wraps=True)
        self._question.setObjectName("help-question")
        self._text = TextBlock(widest_px=560)
        self._text.setObjectName("help-answer")
        inside = QWidget()
        self._computer = Button("What works on this computer", "help-computer", kind="link")
        self._computer.clicked.connect(lambda: self._open_computer())
        inside.setLayout(
            column(self._question, self._text, row(self._computer, None), None, gap=10, margins=(4, 6, 14, 8))
        )
        self._answer = _Answer(inside)
        self._answer.setObjectName("help-answer-scroll")
        self._answer.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return self._answer

    def _make_call(self) -> QWidget:
        self._call_words = ElidedWords("", look="label")
        self._call_words.setObjectName("help-call-words")
        box = row(Glyph("video", ink="accent"), self._call_words, gap=10, margins=(14, 6, 14, 6))
        box.setStretch(1, 1)
        self._call = Card(box, ground="soft", name="help-call")
        self._call.hide()
        return self._call

    def _open_terms(self) -> None:
        from app.ui.panels.dialogs import TextDialog

        self._over = TextDialog(self.parentWidget(), "Terms of use", "terms.txt")

    def _open_privacy(self) -> None:
        from app.ui.panels.privacy_page import PrivacyPage

        self._over = PrivacyPage(self.parentWidget(), self._state)

    def _open_computer(self) -> None:
        from app.ui.panels.computer_page import ComputerPage

        self._over = ComputerPage(self.parentWidget())

    # --- showing --------------------------------------------------------------------------------------------------
    def open(self, anchor: str) -> None:
        """Chooses a question.

        Args:
            anchor: Of help.toml.

        Raises:
            KeyError: there is no such question.
        """
        button = self._buttons[anchor]
        button.setChecked(True)
        button.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def anchor(self) -> str:
        """The question that is shown."""
        return next(one for one, button in self._buttons.items() if button.isChecked())

    def _show(self, anchor: str) -> None:
        shown = next(one for one in questions() if one.anchor == anchor)
        self._question.setText(shown.question)
        self._text.set_text(shown.answer)
        self._computer.setVisible(anchor in _ABOUT_THE_COMPUTER)
        self._answer.setAccessibleName(f"Answer: {shown.question}")
        self._answer.setAccessibleDescription(shown.answer)
        self._answer.verticalScrollBar().setValue(0)
        self._reveal()

    def _reveal(self) -> None:
        self._list.ensureWidgetVisible(self._buttons[self.anchor], 0, 8)

    def show_state(self, state: AppState) -> None:
        """That a call goes on behind the help; gives way to what has to be answered."""
        self._state = state
        asks = _asks(state)
        is_new, self._has_asked = asks and not self._has_asked, asks
        if is_new:
            self.close_dialog()
            return
        words = _call_words(state)
        self._call_words.setText(words)
        self._call.setVisible(bool(words))
        is_covered = self._over is not None and shiboken6.isValid(self._over) and self._over.isVisible()
        if not is_covered and not self.isAncestorOf(self.parentWidget().focusWidget()):
            # A page that comes up behind the help takes the keys for itself otherwise.
            self._buttons[self.anchor].setFocus()

    # --- keys and size --------------------------------------------------------------------------------------------
    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; up and down go from question to question, page keys scroll the answer."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if event.key() in steps:
            order = list(self._buttons)
            place = order.index(self.anchor) + steps[Qt.Key(event.key())]
            self.open(order[min(max(place, 0), len(order) - 1)])
        elif event.key() in pages:
            bar = self._answer.verticalScrollBar()
            bar.setValue(bar.value() + pages[Qt.Key(event.key())] * bar.pageStep())
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        is_narrow = self.width() < NARROW_PX
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._body.setDirection(direction)
        self._list.setMinimumWidth(0 if is_narrow else _LIST_PX)
        self._list.setMaximumSize(*((_MOST_PX, round(self.height() * 0.3)) if is_narrow else (_LIST_PX, _MOST_PX)))

    def close_dialog(self) -> None:
        """Puts it away; the keys go back to where they were."""
        before = self._before
        super().close_dialog()
        self.closed.emit()
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()


def _question_button(shown: Question) -> RowButton:
    button = RowButton(shown.question, f"help-{shown.anchor}")
    button.setCheckable(True)
    words = Words(shown.question, wraps=True)
    words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    button.setLayout(column(words, margins=(10, 8, 10, 8)))
    return button


def _asks(state: AppState) -> bool:
    """Whether something waits for an answer that only the page behind can take."""
    in_call = (
        state.call is not None and state.call_phase in ("in", "reconnecting") and state.call.recording.asks_consent
    )
    return in_call or bool(state.call_phase == "prejoin" and state.prejoin and state.prejoin.asks_terms)


def _call_words(state: AppState) -> str:
    if state.call is None or state.call_phase not in ("in", "reconnecting"):
        return ""
    words = [f"You are in “{state.call.meeting.title}”"]
    if state.call_phase == "reconnecting":
        words.append("connecting again")
    if state.call.recording.since is not None:
        words.append("it is being recorded")
    words.append(f"microphone {'on' if state.devices.chosen.microphone_on else 'off'}")
    words.append(f"camera {'on' if state.devices.chosen.camera_on else 'off'}")
    return ", ".join(words)
