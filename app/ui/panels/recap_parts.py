"""The parts of a recap: summary, action items, highlights, transcript. Each line can be clicked to hear it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.panels.dialogs import line_field
from app.ui.text import ElidedWords, TextBlock, Words, due_words, length_words, timer_words
from app.ui.widgets.buttons import RowButton
from app.ui.widgets.cards import Avatar, Card, Chip, Glyph, column, row
from app.ui.widgets.columns import Column, Scroll
from app.ui.widgets.fold import Fold
from app.wire.recap import ActionItem, Highlight, Recap, owners_of
from app.wire.text import fold, one_line

#: Faces beside a task of several, and their size.
_MOST_FACES, _FACE_PX = 3, 20
_CERTAINTY = {"tentative": "Tentative", "conditional": "With a condition", "question": "Asked, not answered"}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that can be clicked; `start_s` is None where nothing proves it."""

    name: str
    text: str
    start_s: float | None
    speaker: str = ""
    item: ActionItem | None = None
    owners: tuple[str, ...] = ()
    highlight: Highlight | None = None
    is_topic: bool = False
    reason: str = ""


def _starts(recap: Recap) -> dict[str, float]:
    return {one.id: one.start_s for one in recap.transcript}


def _first(evidence: tuple[str, ...], starts: dict[str, float]) -> float | None:
    return next((starts[one] for one in evidence if one in starts), None)


class RecapLines(QWidget):
    """What the parts share: a column of lines, and the second that a click asks for.

    Signals:
        wanted(float, object): play from this second, and up to that one where it is not None.
    """

    wanted = Signal(float, object)

    def __init__(self, *, prefix: str = "") -> None:
        super().__init__()
        self._prefix = prefix
        self._column = Column(self._make, gap=2)

    def _show(self, lines: list[_Line]) -> None:
        self._column.show_items([(one.name, one) for one in lines])

    def _button(self, line: _Line, words: str) -> RowButton:
        when = f", at {timer_words(line.start_s)}" if line.start_s is not None else ""
        button = RowButton(f"{words}{when}", self._prefix + line.name)
        button.setEnabled(line.start_s is not None)
        stop = line.highlight.end_s if line.highlight else None
        button.clicked.connect(lambda: self.wanted.emit(line.start_s or 0.0, stop))
        return button

    def _make(self, line: _Line) -> QWidget:
        return self._button(line, line.text)


class TitledLines(RecapLines):
    """Lines below a title, or words where there are none."""

    def __init__(self, title: str, glyph: str, empty: str, *, prefix: str = "") -> None:
        super().__init__(prefix=prefix)
        self._empty = Words(empty, look="muted", wraps=True)
        head = row(Glyph(glyph, ink="accent"), Words(title, look="title"), None, gap=9, margins=(10, 0, 0, 0))
        self._empty.setContentsMargins(10, 0, 10, 0)
        self.setLayout(column(head, self._empty, self._column, gap=6))

    def _show(self, lines: list[_Line]) -> None:
        super()._show(lines)
        self._empty.setVisible(not lines)
        self._column.setVisible(bool(lines))


def _quiet(button: RowButton) -> RowButton:
    """The row takes the clicks of everything in it."""
    for inner in button.findChildren(QWidget):
        inner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return button


def _stamp(start_s: float | None) -> QWidget:
    words = Words(timer_words(start_s) if start_s is not None else "", look="accent")
    words.setFixedWidth(48)
    words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    return words


class SummaryPart(TitledLines):
    """Sentences under the topics they belong to; a click plays what each rests on."""

    def __init__(self) -> None:
        super().__init__("Summary", "file-text", "There was too little speech for a summary.")

    def show_recap(self, recap: Recap) -> None:
        """Of this meeting."""
        starts = _starts(recap)
        lines: list[_Line] = []
        topic = ""
        for n, one in enumerate(recap.summary):
            if one.topic and one.topic != topic:
                lines.append(_Line(f"topic-{n}", one.topic, None, is_topic=True))
            topic = one.topic
            lines.append(_Line(f"summary-{n}", one.text, _first(one.evidence, starts)))
        self._show(lines)

    def _make(self, line: _Line) -> QWidget:
        if line.is_topic:
            head = Words(line.text, look="strong", wraps=True)
            head.setObjectName(line.name)
            head.setContentsMargins(10, 4, 10, 0)
            return head
        button = self._button(line, line.text)
        box = row(gap=10, margins=(10, 5, 8, 5))
        box.addWidget(TextBlock(line.text, widest_px=900), 1)
        box.addWidget(_stamp(line.start_s), 0, Qt.AlignmentFlag.AlignTop)
        button.setLayout(box)
        return _quiet(button)


class ActionPart(TitledLines):
    """What somebody said would be done: by whom, by when, and how firmly."""

    def __init__(self) -> None:
        super().__init__("Action items", "list-checks", "Nobody took anything on in this meeting.")

    def show_recap(self, recap: Recap) -> None:
        """Of this meeting."""
        starts, names = _starts(recap), {person.name for person in recap.people}
        lines = [
            _Line(f"action-{n}", one.text, _first(one.evidence, starts), item=one, owners=owners_of(one.owner, names))
            for n, one in enumerate(recap.action_items)
        ]
        self._show(lines)

    def _make(self, line: _Line) -> QWidget:
        item = line.item
        button = self._button(line, line.text)
        below = row(gap=8)
        if item is not None:
            faces = line.owners[:_MOST_FACES]
            if faces:
                below.addLayout(row(*(Avatar(name, _FACE_PX) for name in faces), gap=2))
            owner = ElidedWords(item.owner or "Nobody yet", look="label" if item.owner else "muted")
            beside_px = (_FACE_PX + 2) * max(0, len(faces) - 1)
            owner.setMinimumWidth(min(owner.sizeHint().width(), 84 - beside_px))
            below.addWidget(owner)
            if item.certainty in _CERTAINTY:
                below.addWidget(Chip(_CERTAINTY[item.certainty], tone="warning"))
        below.addStretch(1)
        text = column(TextBlock(line.text, widest_px=900), below, gap=5)
        due = _due(item) if item is not None else ""
        if due:
            when = row(2, gap=4)
            when.addWidget(Glyph("calendar", size_px=15), 0, Qt.AlignmentFlag.AlignTop)
            when.addSpacing(2)
            when.addWidget(TextBlock(due, widest_px=900), 1)
            text.addLayout(when)
        box = row(gap=10, margins=(10, 9, 8, 9))
        box.addLayout(text, 1)
        box.addWidget(_stamp(line.start_s), 0, Qt.AlignmentFlag.AlignTop)
        button.setLayout(box)
        return _quiet(button)


def _due(item: ActionItem) -> str:
    if item.due:
        said = f" (“{item.due_words}”)" if item.due_words else ""
        return f"{due_words(item.due, date.today())}{said}"
    return item.due_words


class CheckPart(RecapLines):
    """What the words cited do not prove, put away until somebody looks; a click plays them."""

    def __init__(self) -> None:
        super().__init__()
        why = Words(
            "This may have been said, but the words cited do not prove it: please listen before you rely on it.",
            look="muted", wraps=True,
        )  # fmt: skip
        why.setContentsMargins(10, 0, 10, 0)
        self._fold = Fold("", "checks", column(why, self._column, gap=4))
        self.setLayout(column(self._fold))

    def show_recap(self, recap: Recap) -> None:
        """Of this meeting."""
        starts = _starts(recap)
        self._show(
            [
                _Line(f"check-{n}", one.text, _first(one.evidence, starts), reason=one.reason)
                for n, one in enumerate(recap.checks)
            ]
        )
        self._fold.say(f"Check this yourself ({len(recap.checks)})")
        self.setVisible(bool(recap.checks))

    def _make(self, line: _Line) -> QWidget:
        button = self._button(line, f"{line.text} {line.reason}")
        text = column(TextBlock(line.text, widest_px=900), ElidedWords(line.reason, look="small"), gap=2)
        box = row(gap=10, margins=(10, 5, 8, 5))
        box.addLayout(text, 1)
        box.addWidget(_stamp(line.start_s), 0, Qt.AlignmentFlag.AlignTop)
        button.setLayout(box)
        return _quiet(button)


class HighlightPart(TitledLines):
    """Moments worth seeing again; a click plays one from its start to its end."""

    def __init__(self, *, prefix: str = "") -> None:
        super().__init__("Highlights", "film", "No moment stood out.", prefix=prefix)

    def show_recap(self, recap: Recap) -> None:
        """Of this meeting."""
        self._show(
            [_Line(f"highlight-{n}", one.title, one.start_s, highlight=one) for n, one in enumerate(recap.highlights)]
        )

    def _make(self, line: _Line) -> QWidget:
        button = self._button(line, line.text)
        text = column(ElidedWords(line.text, look="strong"), gap=1)
        if line.highlight is not None:
            lasts = length_words(line.highlight.end_s - line.highlight.start_s)
            text.addWidget(
                ElidedWords(
                    f"{line.highlight.reason.rstrip('.')}, {lasts}" if line.highlight.reason else lasts, look="small"
                )
            )
        box = row(Glyph("play", ink="accent", size_px=16), gap=10, margins=(10, 7, 8, 7))
        box.addLayout(text, 1)
        box.addWidget(_stamp(line.start_s))
        button.setLayout(box)
        return _quiet(button)


class TranscriptPart(QWidget):
    """Who said what when; a field to search in it. Signals: wanted as in `RecapLines`."""

    wanted = Signal(float, object)

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[_Line] = []
        self._search = line_field("Search the transcript", "transcript-search", most=100)
        self._search.setClearButtonEnabled(False)
        self._search.textChanged.connect(lambda _: self._filter())
        self._column = Column(self._make, gap=2, margins=(0, 0, 8, 8))
        self._empty = Words("", look="muted", wraps=True)
        self._empty.setContentsMargins(10, 8, 10, 8)
        scroll = Scroll(self._column, fades="surface")
        box = column(self._search, self._empty, gap=8)
        box.addWidget(scroll, 1)
        self.setLayout(box)

    def show_recap(self, recap: Recap) -> None:
        """Of this meeting; people who speak at once have a line each."""
        ordered = sorted(recap.transcript, key=lambda one: (one.start_s, one.speaker))
        self._lines = [_Line(f"said-{one.id}", one.text, one.start_s, speaker=one.speaker) for one in ordered]
        self._filter()

    def _filter(self) -> None:
        wanted = fold(one_line(self._search.text()))
        shown = [one for one in self._lines if wanted in fold(one.text) or wanted in fold(one.speaker)]
        self._column.show_items([(one.name, one) for one in shown])
        words = "Nothing in it matches your search." if self._lines else "No English speech was heard in this meeting."
        self._empty.show_text("" if shown else words)

    def _make(self, line: _Line) -> QWidget:
        button = RowButton(f"{line.speaker}: {line.text}, at {timer_words(line.start_s or 0.0)}", line.name)
        button.clicked.connect(lambda: self.wanted.emit(line.start_s or 0.0, None))
        head = row(ElidedWords(line.speaker, look="label"), None)
        text = column(head, TextBlock(line.text, widest_px=900), gap=2)
        box = row(gap=10, margins=(8, 7, 8, 7))
        box.addWidget(Avatar(line.speaker, 30), 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(text, 1)
        box.addWidget(_stamp(line.start_s), 0, Qt.AlignmentFlag.AlignTop)
        button.setLayout(box)
        return _quiet(button)


def _marked(name: str, words: Words) -> QHBoxLayout:
    """Words with an icon beside their first line."""
    glyph = Glyph(name, size_px=16)
    line = row(glyph, words, gap=9)
    line.setStretch(1, 1)
    line.setAlignment(glyph, Qt.AlignmentFlag.AlignTop)
    return line


class AboutPart(Card):
    """Who made the recap, how far to trust it, how long it is kept."""

    def __init__(self) -> None:
        self._kept = Words("", wraps=True)
        self._engine = Words("", look="muted", wraps=True)
        self._notes = Words("", look="muted", wraps=True)
        kept, made = _marked("clock", self._kept), _marked("sparkles", self._engine)
        self._noted = QWidget()
        self._noted.setLayout(_marked("info", self._notes))
        super().__init__(
            column(kept, made, self._noted, gap=6, margins=(14, 10, 14, 10)), ground="raised", name="about"
        )

    def show_recap(self, recap: Recap, kept_until: str) -> None:
        """Of this meeting."""
        self._kept.setText(kept_until)
        version = f" {recap.engine_version}" if recap.engine_version else ""
        trust = f" {recap.trust}" if recap.trust else ""
        self._engine.setText(f"Speech was turned into text by {recap.engine}{version}.{trust}")
        self._notes.setText("\n".join(recap.notes))
        self._noted.setVisible(bool(recap.notes))
