"""The panel in which one picks an emoji: by a look, by its name, by keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QToolButton, QWidget

from app.ui.emoji import Emoji, emoji, find_emoji
from app.ui.qt import override
from app.ui.text import Words, set_tip
from app.ui.widgets.cards import Card, column
from app.ui.widgets.columns import Scroll

_CELL_PX, _GLYPH_PX, _HEIGHT_PX = 38, 22, 226
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class EmojiPicker(Card):
    """A search field over a grid of emoji.

    Letters search; Down goes into the grid, where arrows move and Enter picks; Esc puts the panel away.

    Signals:
        picked(str): the emoji.
        left(): Esc was pressed.

    Args:
        name: Of the search field the object name is "<name>-search".
    """

    picked = Signal(str)
    left = Signal()

    def __init__(self, name: str) -> None:
        self._search = QLineEdit()
        self._search.setObjectName(f"{name}-search")
        self._search.setPlaceholderText("Search emoji")
        self._search.setAccessibleName("Search emoji")
        self._search.setClearButtonEnabled(False)
        self._search.textChanged.connect(self._find)
        self._search.returnPressed.connect(self._pick_first)
        self._none = Words("No emoji of that name", look="muted")
        self._none.hide()
        self._grid = _Grid(name)
        self._grid.left_at_top.connect(self._search.setFocus)
        scroll = Scroll(self._grid)
        box = column(self._search, self._none, gap=8, margins=(8, 8, 4, 8))
        box.addWidget(scroll, 1)
        super().__init__(box, ground="raised", name=name)
        self._grid.picked.connect(self.picked)
        self._grid.revealed.connect(lambda cell: scroll.ensureWidgetVisible(cell, 0, 6))
        self.setFixedHeight(_HEIGHT_PX)
        self._search.installEventFilter(self)

    def begin(self) -> None:
        """Opens it anew, ready to be searched."""
        self._search.clear()
        self._find("")
        self._search.setFocus()

    def _find(self, words: str) -> None:
        found = find_emoji(words)
        self._grid.show_emoji(found)
        self._none.setVisible(not found)

    def _pick_first(self) -> None:
        found = find_emoji(self._search.text())
        if found and self._search.text().strip():
            self.picked.emit(found[0].text)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search field Down goes into the grid."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
            self._grid.enter()
            return True
        return False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, which nothing in it wanted, puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _Grid(QWidget):
    """A button for each; one of them, the newest, is reached by Tab, the others by arrows."""

    picked = Signal(str)
    left_at_top = Signal()
    revealed = Signal(QWidget)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._cells = {one: self._make(one, f"{name}-{place}") for place, one in enumerate(emoji())}
        self._shown: list[_Cell] = []
        self._columns = 0
        self._box = QGridLayout(self)
        self._box.setContentsMargins(0, 0, 6, 0)
        self._box.setSpacing(0)

    def _make(self, one: Emoji, name: str) -> _Cell:
        cell = _Cell(one, name)
        cell.setParent(self)
        cell.hide()
        cell.clicked.connect(lambda: self.picked.emit(one.text))
        cell.moved.connect(lambda across, down: self._move(cell, across, down))
        return cell

    def show_emoji(self, found: tuple[Emoji, ...]) -> None:
        before, self._shown = self._shown, [self._cells[one] for one in found]
        if self._shown == before:
            # To lay all of them out again takes a tenth of a second.
            self._reach(self._shown[:1])
            return
        for cell in before:
            cell.hide()
        self._reach(self._shown[:1])
        self._place()

    def _reach(self, cells: list[_Cell]) -> None:
        """Tab leads to these of those that are shown, and to no other."""
        for cell in self._shown:
            cell.setFocusPolicy(Qt.FocusPolicy.StrongFocus if cell in cells else Qt.FocusPolicy.ClickFocus)

    def enter(self) -> None:
        if self._shown:
            self._go(self._shown[0])

    def _go(self, cell: _Cell) -> None:
        self._reach([cell])
        cell.setFocus(Qt.FocusReason.TabFocusReason)
        self.revealed.emit(cell)

    def _move(self, cell: _Cell, across: int, down: int) -> None:
        place = self._shown.index(cell) + across + down * self._columns
        if down < 0 and place < 0:
            self.left_at_top.emit()
        elif 0 <= place < len(self._shown):
            self._go(self._shown[place])

    def _place(self) -> None:
        self._columns = max(1, self.width() // _CELL_PX)
        while self._box.count():
            self._box.takeAt(0)
        for place, cell in enumerate(self._shown):
            self._box.addWidget(cell, place // self._columns, place % self._columns)
            cell.show()
        last = max(self._columns, self._box.columnCount())
        for column_place in range(last + 1):
            self._box.setColumnStretch(column_place, 1 if column_place == self._columns else 0)
        rows = -(-len(self._shown) // self._columns)
        for row_place in range(self._box.rowCount() + 1):
            self._box.setRowStretch(row_place, 1 if row_place == rows else 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() // _CELL_PX != self._columns:
            self._place()


class _Cell(QToolButton):
    """One emoji."""

    moved = Signal(int, int)

    def __init__(self, shown: Emoji, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "emoji")
        self.setText(shown.text)
        self.setAccessibleName(shown.name)
        set_tip(self, shown.name.capitalize())
        font = QFont(self.font())
        font.setPixelSize(_GLYPH_PX)
        self.setFont(font)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def sizeHint(self) -> QSize:
        return QSize(_CELL_PX, _CELL_PX)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to another one, Enter picks it."""
        if event.key() in _STEPS:
            self.moved.emit(*_STEPS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
