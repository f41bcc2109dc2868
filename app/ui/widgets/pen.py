"""One's own hand over a shared screen: gathers where it goes and tells it in small messages, a few a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.wire.pointing import MOST_SPOT, MOST_SPOTS, Spot

#: What is gathered in this time is one message.
_EVERY_MS = 70


class Pen(QObject):
    """A pointer or a pen, as one chose.

    Signals:
        pointed(str, int, tuple): kind, stroke and places to be told.

    Attributes:
        tool: "pointer" or "pen"; "" for neither.
        is_down: a line is being drawn.
    """

    pointed = Signal(str, int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tool = ""
        self.is_down = False
        self._stroke = 0
        self._spots: list[Spot] = []
        self._soon = QTimer(self, interval=_EVERY_MS, singleShot=True)
        self._soon.timeout.connect(self._tell)

    def choose(self, tool: str) -> None:
        """Another tool, or none; what was pointed at before goes."""
        if tool == self.tool:
            return
        self.lift()
        self._leave()
        self.tool = tool

    def press(self, x: float, y: float) -> bool:
        """The button went down at a place, in shares of the screen; whether a line begins by it."""
        if self.tool != "pen" or not _is_inside(x, y):
            return False
        self.is_down = True
        self._stroke += 1
        self._add(x, y)
        return True

    def move(self, x: float, y: float) -> None:
        """The hand is there now."""
        if self.tool == "pointer" and not _is_inside(x, y):
            self._leave()
        elif self.tool == "pointer" or self.is_down:
            self._add(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))

    def lift(self) -> None:
        """The line ends."""
        self.is_down = False
        self._tell()

    def leave(self) -> None:
        """The hand is elsewhere."""
        if not self.is_down:
            self._leave()

    def _leave(self) -> None:
        self._soon.stop()
        self._spots.clear()
        if self.tool == "pointer":
            self.pointed.emit("away", self._stroke, ())

    def _add(self, x: float, y: float) -> None:
        self._spots.append((round(x * MOST_SPOT), round(y * MOST_SPOT)))
        if not self._soon.isActive():
            self._soon.start()

    def _tell(self) -> None:
        self._soon.stop()
        spots, self._spots = self._spots, []
        if not spots or not self.tool:
            return
        if self.tool == "pointer":
            spots = spots[-1:]
        step = -(-len(spots) // MOST_SPOTS)
        # The last one is where the hand is.
        thinned = spots[::-1][::step][::-1]
        self.pointed.emit(self.tool, self._stroke, tuple(thinned))


def _is_inside(x: float, y: float) -> bool:
    return 0 <= x <= 1 and 0 <= y <= 1
