"""The panel in which one picks an emoji: by a look, by its name, by keys."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView

from app.ui.emoji import Emoji, find_emoji
from app.ui.qt import override
from app.ui.text import Words
from app.ui.widgets.cards import Card, column

_CELL_PX, _GLYPH_PX, _HEIGHT_PX = 38, 22, 226
_NOWHERE = QModelIndex()


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
        box = column(self._search, self._none, gap=8, margins=(8, 8, 4, 8))
        box.addWidget(self._grid, 1)
        super().__init__(box, ground="raised", name=name)
        self._grid.picked.connect(self.picked)
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


class _Grid(QListView):
    """Paints what is in sight of them; arrows move, Enter and a click pick."""

    picked = Signal(str)
    left_at_top = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._items = _Items(self)
        self.setModel(self._items)
        self.setObjectName(f"{name}-grid")
        self.setProperty("kind", "emoji")
        self.setAccessibleName("Emoji")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(QSize(_CELL_PX, _CELL_PX))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._pick)

    def show_emoji(self, found: tuple[Emoji, ...]) -> None:
        self._items.show_emoji(found)
        self.scrollToTop()

    def enter(self) -> None:
        """The first one has the focus."""
        if self._items.rowCount():
            self.setCurrentIndex(self._items.index(0))
            self.setFocus(Qt.FocusReason.TabFocusReason)

    def _pick(self, index: QModelIndex) -> None:
        self.picked.emit(index.data())

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self._items.index(0))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter picks; Up leads from the first row to where one searches; other letters search nothing here."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and index.isValid():
            self._pick(index)
        elif event.key() == Qt.Key.Key_Up and self.visualRect(index).top() + self.verticalOffset() < _CELL_PX:
            self.left_at_top.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Items(QAbstractListModel):
    """Emoji, with their names for readers and tips."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._shown: tuple[Emoji, ...] = ()
        self._font = QFont()
        self._font.setPixelSize(_GLYPH_PX)

    def show_emoji(self, found: tuple[Emoji, ...]) -> None:
        if found != self._shown:
            self.beginResetModel()
            self._shown = found
            self.endResetModel()

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        one = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return one.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return one.name.capitalize()
        if role == Qt.ItemDataRole.FontRole:
            return self._font
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(_CELL_PX, _CELL_PX)
        return None
