"""How good the connections are: in words, and for the curious in figures that are a second old."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QWidget

from app.state.app_state import AppState
from app.state.call_intents import ShowConnection
from app.state.quality import PAUSED, is_paused, is_weak, own_words, words_of
from app.state.slices.call import Call
from app.state.slices.quality import Figures, PersonFigures, PictureFigures
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords, Words, bytes_words, rate_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Avatar, Card, Glyph, column, row
from app.ui.widgets.columns import Column
from app.ui.widgets.scrim import Scrim
from app.ui.widgets.tall_scroll import TallScroll

_UNKNOWN = "Not known yet"
_HIGHEST_PX = 520
#: Object name of the value, and what it is.
_ROWS = (
    ("sent", "You send"),
    ("received", "You receive"),
    ("lost-out", "Lost on the way out"),
    ("lost-in", "Lost on the way in"),
    ("round-trip", "To the server and back"),
    ("carries", "Your connection carries"),
    ("camera", "Your picture"),
    ("screen", "Your screen"),
    ("used", "Used in this call"),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One of the others, and what comes of them."""

    id: str
    name: str
    is_weak: bool
    lines: tuple[str, ...]


class ConnectionDialog(Scrim):
    """Lies over the call until it is closed; the state says what it shows.

    Args:
        parent: The window.
        bridge: Takes the intent to close it.
    """

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        self._glyph = Glyph("wifi", ink="accent")
        self._words = Words("", look="label", wraps=True)
        self._words.setObjectName("connection-words")
        self._values: dict[str, tuple[Words, Words]] = {}
        self._people = Column(_make_person, renew=_renew_person, gap=12)
        self._others = Words("Others", look="label")
        inside = self._inside = QWidget()
        inside.setLayout(column(self._make_grid(), 6, self._others, self._people, None, gap=12, margins=(0, 0, 14, 0)))
        scroll = self._scroll = TallScroll(inside, (460, _HIGHEST_PX))
        scroll.setAccessibleName("Figures of the connections")
        done = Button("Done", "connection-done", kind="primary")
        done.clicked.connect(lambda: bridge.do(ShowConnection(is_open=False)))
        head = row(self._glyph, self._words, gap=10)
        head.setStretch(1, 1)
        box = column(Words("Connection", look="heading"), gap=14, margins=(24, 22, 10, 20))
        box.addLayout(head)
        box.addWidget(scroll, 1)
        box.addLayout(row(None, done, 14))
        super().__init__(parent, Card(box, name="connection-dialog"), width_px=520)
        self.dismissed.connect(done.click)
        done.setFocus()

    def _make_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(1, 1)
        for place, (name, words) in enumerate(_ROWS):
            label, value = Words(words, look="muted"), Words(_UNKNOWN, wraps=True)
            value.setObjectName(f"connection-{name}")
            value.setAccessibleDescription(words)
            grid.addWidget(label, place, 0)
            grid.addWidget(value, place, 1)
            self._values[name] = label, value
        return grid

    def show_state(self, state: AppState) -> None:
        """The newest second of the call."""
        call = state.call
        if call is None:
            return
        quality = call.quality
        self._glyph.show_icon("wifi-off" if quality.is_weak else "wifi", "warning" if quality.is_weak else "accent")
        self._words.setText(
            "The connection is lost at the moment." if state.call_phase == "reconnecting" else own_words(quality)
        )
        values = _values(call, quality.figures)
        for name, (label, value) in self._values.items():
            value.setText(values.get(name, _UNKNOWN))
            for part in (label, value):
                # What one does not send has no line.
                part.setVisible(name in values or name not in ("camera", "screen"))
        rows = _rows(call)
        self._others.setVisible(bool(rows))
        self._people.show_items([(one.id, one) for one in rows])
        self._scroll.ask_height(min(_HIGHEST_PX, self._inside.sizeHint().height()))
        self.refit()


def _values(call: Call, figures: Figures | None) -> dict[str, str]:
    found = {"used": bytes_words(call.media.used_bytes)}
    if figures is None:
        return found
    up, down = figures.up, figures.down
    found["sent"], found["received"] = rate_words(up.bps), rate_words(down.bps)
    found["lost-out"], found["lost-in"] = _percent(up.lost), _percent(down.lost)
    if figures.round_trip_s is not None:
        found["round-trip"] = f"{figures.round_trip_s * 1000:.0f} ms"
    carried = [
        f"about {rate_words(way.carries_bps)} {words}"
        for way, words in ((up, "out"), (down, "in"))
        if way.carries_bps is not None
    ]
    if carried:
        found["carries"] = ", ".join(carried)
    for picture in sorted(figures.sent, key=lambda one: one.is_small):
        if picture.is_small and not picture.fps:
            continue  # nobody needs it small at the moment
        name = "screen" if picture.source == "screen" else "camera"
        before = f"{found[name]}\n" if name in found else ""
        found[name] = before + _picture_words(picture)
    return found


def _rows(call: Call) -> list[_Row]:
    figures = {one.id: one for one in call.quality.figures.people} if call.quality.figures else {}
    others = sorted((one for one in call.people if one.id != call.you), key=lambda one: (one.joined_at, one.id))
    return [
        _Row(
            one.id, one.name, is_weak(call, one.id),
            (*((words_of(one.name),) if is_weak(call, one.id) else ()), *_lines(call, one.id, figures.get(one.id))),
        )
        for one in others
    ]  # fmt: skip


def _lines(call: Call, person: str, figures: PersonFigures | None) -> tuple[str, ...]:
    if figures is None:
        return ("Nothing of them has come yet",)
    lines = []
    for picture in figures.pictures:
        words = "Screen" if picture.source == "screen" else "Picture"
        shown = PAUSED if is_paused(call, person, picture.source) else _picture_words(picture)
        lines.append(f"{words}: {shown}")
    voice = f"Voice: {figures.voice_ms:.0f} ms kept in hand" if figures.voice_ms is not None else "No voice"
    lines.append(f"{voice}; {_percent(figures.lost)} lost, {rate_words(figures.bps)} in all")
    return tuple(lines)


def _picture_words(picture: PictureFigures) -> str:
    if not picture.fps or not picture.width_px:
        return "none in the last second"
    size = "small, " if picture.is_small else ""
    return f"{size}{picture.width_px} × {picture.height_px}, {picture.fps:.0f} a second"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %" if 0 < share < 0.1 else f"{share * 100:.0f} %"


def _make_person(data: _Row) -> QWidget:
    holder = QWidget()
    name, lines = ElidedWords("", look="strong"), Words("", look="small", wraps=True)
    name.setObjectName(f"connection-name-{data.id}")
    lines.setObjectName(f"connection-of-{data.id}")
    sign = Glyph("wifi-off", ink="warning")
    sign.setObjectName("connection-sign")
    box = row(Avatar(data.name, 34), gap=10)
    box.addLayout(column(name, lines, gap=2), 1)
    box.addWidget(sign)
    holder.setLayout(box)
    _renew_person(holder, data)
    return holder


def _renew_person(holder: QWidget, data: _Row) -> bool:
    name = holder.findChild(ElidedWords, f"connection-name-{data.id}")
    lines = holder.findChild(Words, f"connection-of-{data.id}")
    sign = holder.findChild(Glyph, "connection-sign")
    if name is None or lines is None or sign is None:
        return False
    name.setText(data.name)
    lines.setText("\n".join(data.lines))
    sign.setVisible(data.is_weak)
    holder.setAccessibleName(", ".join((data.name, *data.lines)))
    return True


def is_open(state: AppState) -> bool:
    """Whether the figures are on show."""
    return state.call is not None and state.call.quality.is_open


class WeakLine(Card):
    """A line over the tiles while one's own connection is weak.

    Args:
        bridge: Takes the intent to see more.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._words = Words("", wraps=True)
        self._words.setObjectName("weak-line-words")
        more = Button("Details", "weak-details", kind="outline")
        more.setAccessibleName("How good the connections are")
        more.clicked.connect(lambda: bridge.do(ShowConnection(is_open=True)))
        box = row(Glyph("wifi-off", ink="warning"), self._words, more, gap=10, margins=(14, 6, 10, 6))
        box.setStretch(1, 1)
        super().__init__(box, ground="line", name="weak-line")
        self.hide()

    def show_state(self, state: AppState) -> None:
        """What is true of one's own connection; while it is cut, that is said instead."""
        is_weak_now = state.call is not None and state.call.quality.is_weak and state.call_phase == "in"
        if state.call is not None and is_weak_now:
            self._words.setText(own_words(state.call.quality))
        self.setVisible(is_weak_now)
