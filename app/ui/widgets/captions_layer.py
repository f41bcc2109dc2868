"""Captions: what is said stands for some seconds at the bottom of the stage, over the pictures."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget

from app.state.slices.call import Call
from app.state.slices.captions import Caption
from app.ui.motion import motion
from app.ui.qt import override
from app.ui.theme import face
from app.ui.widgets.painting import painting
from app.wire.text import one_line

#: So many lines are seen at once, each for so long; a line makes room for the next one after so long at least, and
#: sooner where very many wait.
ROWS, SEEN_S, LEAST_S, HURRY_S = 3, 6.0, 2.0, 0.6
#: What came so long ago when it is to be drawn (the window was away) is not shown any more.
OLD_S = 8.0
_FADE_S, _STEP_MS = 0.4, 100
_WIDEST_PX, _ASIDE_PX, _PAD_PX, _GAP_PX = 780, 12, 12, 8
#: Above the names at the foot of the tiles.
_FOOT_PX = 46
#: The width of the stage from which the letters have a size.
_SIZES_PX = ((760, 20), (460, 17), (0, 15))
GROUND, INK, NAME_INK = QColor(12, 16, 14, 228), QColor("#ffffff"), QColor("#8ff0c4")


@dataclass(frozen=True, slots=True)
class Row:
    """One line as it is seen; `name` stands before the first line of what somebody said."""

    name: str
    text: str


class RollUp:
    """Which lines are seen when: they come at the foot and go at the head, as subtitles of live broadcasts do."""

    def __init__(self, rows: int = ROWS) -> None:
        self._most = rows
        self._shown: list[tuple[Row, float]] = []
        self._waiting: deque[Row] = deque()
        self._last_s = 0.0

    def add(self, rows: Sequence[Row]) -> None:
        """More was said."""
        self._waiting.extend(rows)

    def at(self, now_s: float) -> tuple[tuple[Row, float], ...]:
        """The lines that are seen now, from the upper to the lower, and since when each is.

        Args:
            now_s: Seconds of a clock that is never set; never less than the last time.
        """
        self._shown = [one for one in self._shown if now_s - one[1] < SEEN_S]
        least_s = HURRY_S if len(self._waiting) > 2 * self._most else LEAST_S
        while self._waiting and (len(self._shown) < self._most or now_s - self._last_s >= least_s):
            self._shown = [*self._shown, (self._waiting.popleft(), now_s)][-self._most :]
            self._last_s = now_s
        return tuple(self._shown)

    @property
    def is_over(self) -> bool:
        """Whether nothing is seen and nothing waits."""
        return not self._shown and not self._waiting


class CaptionsLayer(QWidget):
    """Lies over the tiles and lets every click through; it is shown only while something is on it.

    Args:
        clock: Seconds of a clock that is never set.
        rows: So many lines are seen at once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, rows: int = ROWS) -> None:
        super().__init__()
        self._clock = clock
        self._most = rows
        self._seen = ("", 0)
        self._roll = RollUp(rows)
        self._rows: tuple[tuple[Row, float], ...] = ()
        self._said: deque[Caption] = deque(maxlen=rows)
        self._keep_free: Callable[[], Sequence[QRect]] = tuple
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._step)
        self.setObjectName("captions-layer")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def on_show(self) -> tuple[tuple[str, str], ...]:
        """The lines that are seen, each with the name before it or none."""
        return tuple((row.name, row.text) for row, _ in self._rows)

    def show_call(self, call: Call, keep_free: Callable[[], Sequence[QRect]]) -> None:
        """Shows what was said since the last time.

        Args:
            call: With the newest captions; none where they are switched off.
            keep_free: What of this widget they may not cover, such as buttons over a picture.
        """
        self._keep_free = keep_free
        newest = call.captions.next_number - 1
        last = self._seen[1] if self._seen[0] == call.meeting.id and self._seen[1] <= newest else 0
        self._seen = (call.meeting.id, newest)
        if not call.captions.shown:
            self.clear()
        for one in call.captions.shown:
            if one.number > last and time.time() - one.at < OLD_S:
                self._said.append(one)
                self._roll.add(self._broken(one))
        if not self._roll.is_over:
            self.show()
            self._timer.start()
            self._step()

    def clear(self) -> None:
        """Nothing is seen any more."""
        self._roll, self._rows = RollUp(self._most), ()
        self._said.clear()
        self._timer.stop()
        self.hide()

    def _step(self) -> None:
        rows = self._roll.at(self._clock())
        is_fading = any(self._clock() - since_s > SEEN_S - _FADE_S for _, since_s in rows)
        if rows != self._rows or is_fading:
            self._rows = rows
            self.setAccessibleName(" ".join(f"{row.name}: {row.text}" if row.name else row.text for row, _ in rows))
            self.update()
        if self._roll.is_over:
            self._timer.stop()
            self.hide()

    # --- breaking and painting ------------------------------------------------------------------------------------
    @property
    def _size_px(self) -> int:
        return next(size for least, size in _SIZES_PX if self.width() >= least)

    @property
    def _room_px(self) -> int:
        """The width of a line of words."""
        return max(120, min(_WIDEST_PX, self.width() - 2 * _ASIDE_PX) - 2 * _PAD_PX)

    def _broken(self, one: Caption) -> list[Row]:
        """What somebody said in lines; a long word breaks anywhere, a long name is cut."""
        metrics = QFontMetrics(face(self._size_px))
        name = metrics.elidedText(one_line(one.line.name), Qt.TextElideMode.ElideRight, self._room_px // 2)
        text = one_line(one.line.text)
        layout = QTextLayout(text, face(self._size_px))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        rows: list[Row] = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self._room_px - (0 if rows else self._name_px(name)))
            piece = text[line.textStart() : line.textStart() + line.textLength()].strip()
            rows.append(Row("" if rows else name, piece))
        layout.endLayout()
        return rows

    def _name_px(self, name: str) -> int:
        return QFontMetrics(face(self._size_px)).horizontalAdvance(f"{name}:") + _GAP_PX if name else 0

    def place(self) -> QRect:
        """Where the lines stand: at the foot in the middle; beside what is to be kept free, or above it."""
        metrics = QFontMetrics(face(self._size_px))
        widest = max(
            (self._name_px(row.name) + metrics.horizontalAdvance(row.text) for row, _ in self._rows), default=0
        )
        width, height = widest + 2 * _PAD_PX, len(self._rows) * metrics.lineSpacing() + _PAD_PX
        area = QRect((self.width() - width) // 2, max(0, self.height() - _FOOT_PX - height), width, height)
        for taken in sorted(self._keep_free(), key=lambda one: -one.top()):
            if not area.intersects(taken):
                continue
            left, right = taken.left() - _GAP_PX - width, taken.right() + _GAP_PX
            above = taken.top() - _GAP_PX - height
            if left >= _ASIDE_PX:
                area.moveLeft(left)
            elif right + width <= self.width() - _ASIDE_PX:
                area.moveLeft(right)
            elif above >= 0:
                area.moveTop(above)
        return area

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines of another width are broken in other places."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width() and not self._roll.is_over:
            self._roll = RollUp(self._most)
            for one in self._said:
                self._roll.add(self._broken(one))
            self._step()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rows:
            return
        now_s, area = self._clock(), self.place()
        with painting(self) as painter:
            left_s = max(SEEN_S - (now_s - since_s) for _, since_s in self._rows)
            painter.setOpacity(1.0 if motion.is_less else max(0.0, min(1.0, left_s / _FADE_S)))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(GROUND)
            painter.drawRoundedRect(QRectF(area), 10, 10)
            painter.setFont(face(self._size_px))
            metrics = painter.fontMetrics()
            foot = area.top() + _PAD_PX / 2 + metrics.ascent()
            for row, _ in self._rows:
                if row.name:
                    painter.setPen(NAME_INK)
                    painter.drawText(QPointF(area.left() + _PAD_PX, foot), f"{row.name}:")
                painter.setPen(INK)
                painter.drawText(QPointF(area.left() + _PAD_PX + self._name_px(row.name), foot), row.text)
                foot += metrics.lineSpacing()
