"""The dialog in which a screen or window is chosen, with small living pictures of each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QVBoxLayout, QWidget

from app.media.types import THUMBNAIL, Picture
from app.state.app_state import AppState
from app.state.call_intents import ClosePicker, SetShareMode, StartShare
from app.state.slices.sharing import Picker, ShareMode, ShareSource
from app.ui.bridge import Bridge
from app.ui.icons import pixmap
from app.ui.qt import override
from app.ui.stage import PictureView, Stage, image_of
from app.ui.text import ElidedWords, Words
from app.ui.theme import colour, tokens
from app.ui.widgets.buttons import Button, Choice, RowButton, is_enter
from app.ui.widgets.cards import Card, EmptyState, Spinner, column, middle, row
from app.ui.widgets.frame import frame_of
from app.ui.widgets.scrim import Scrim
from app.ui.widgets.tall_scroll import TallScroll

_THUMBNAIL_PX = (196, 112)
_WIDTH_PX, _COLUMN_PX, _MOST_PX = 748, 224, 420
_OWN_WINDOWS = (
    "On this desktop Parley’s own windows are seen, too, if they lie on the screen that you share. Share a single "
    "window to keep them out."
)
_NOTHING = "No screen or window was found that can be shared."

MODES: list[tuple[str, ShareMode]] = [
    ("Automatic", "automatic"),
    ("Text: sharp", "text"),
    ("Video: smooth", "motion"),
]


def mode_choice(bridge: Bridge, name: str) -> Choice:
    """The list of ways in which a share is sent."""
    choice = Choice("Optimise the share for", name)
    choice.show_items(MODES, "automatic")
    choice.activated.connect(lambda: bridge.do(SetShareMode(mode=choice.currentData())))
    return choice


class SharePicker(Scrim):
    """Shows `Sharing.picker` until something is chosen, or nothing.

    Args:
        parent: The window.
        bridge: Takes the intents, and gives the small pictures.
    """

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        self._bridge = bridge
        self._shown: Picker | None = None
        self._cards: dict[str, _SourceCard] = {}
        self._group = QButtonGroup()
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 12, 0)
        self._grid.setSpacing(8)
        self._scroll = TallScroll(self._inside, (_WIDTH_PX - 40, _MOST_PX))
        self._wait = QWidget()
        self._wait.setLayout(middle(Spinner(), Words("Looking for screens and windows…", look="muted")))
        self._empty = EmptyState("monitor", "Nothing to share", _NOTHING)
        self._empty.setObjectName("share-nothing")
        self._note = Words(_OWN_WINDOWS, look="small", wraps=True)
        self._note.setObjectName("share-own-windows")
        self._mode = mode_choice(bridge, "share-mode")
        self._mode.setFixedWidth(156)
        self._go = Button("Share", "share-go", kind="primary", glyph="screen-share")
        self._go.clicked.connect(self._share)
        super().__init__(parent, Card(self._make_box(), name="share-picker"), width_px=_WIDTH_PX)
        self.dismissed.connect(self._cancel)
        self._set_part(self._wait)

    def _make_box(self) -> QVBoxLayout:
        helps = Button("How does sharing work?", "share-help", kind="link")
        helps.clicked.connect(lambda: frame_of(self).open_help("sharing"))
        cancel = Button("Cancel", "share-cancel", kind="outline")
        cancel.clicked.connect(self._cancel)
        hint = Words("Everyone in the call sees what you choose, until you stop.", look="muted", wraps=True)
        box = column(
            row(Words("Share your screen", look="heading"), None, helps), hint,
            gap=10, margins=(24, 20, 20, 20),
        )  # fmt: skip
        for part in (self._scroll, self._wait, self._empty):
            box.addWidget(part, 1)
        box.addWidget(self._note)
        self._optimise = Words("Optimise for", look="muted")
        box.addLayout(row(self._optimise, self._mode, None, cancel, self._go))
        return box

    # --- showing --------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """What can be shared now; what is chosen stays chosen as long as it is there."""
        if state.call is None or state.call.sharing.picker is None:
            return
        self._mode.show_items(MODES, state.call.sharing.mode)
        picker = state.call.sharing.picker
        if picker == self._shown:
            return
        self._shown = picker
        self._note.setVisible(picker.shows_own_windows)
        if picker.sources is None:
            self._set_part(self._wait)
        elif not picker.sources:
            self._empty.say("Nothing to share", picker.words or _NOTHING)
            self._set_part(self._empty)
        else:
            self._show_sources(picker.sources)
            self._set_part(self._scroll)
        self._go.setEnabled(self._chosen() is not None)
        self.refit()

    def _show_sources(self, sources: tuple[ShareSource, ...]) -> None:
        chosen = self._chosen()
        for id in set(self._cards) - {one.id for one in sources}:
            card = self._cards.pop(id)
            self._group.removeButton(card)
            card.leave_stage()
            card.hide()
            card.deleteLater()
        self._cards = {source.id: self._cards.get(source.id) or self._make_card(source) for source in sources}
        for source in sources:
            self._cards[source.id].show_source(source)
        self._lay_out()
        if chosen is None or chosen.id not in self._cards:
            self._cards[sources[0].id].setChecked(True)

    def _make_card(self, source: ShareSource) -> _SourceCard:
        card = _SourceCard(self._bridge.stage, source, self._share)
        self._group.addButton(card)
        card.toggled.connect(lambda: self._go.setEnabled(self._chosen() is not None))
        return card

    def _lay_out(self) -> None:
        """In the order in which they are listed, however wide the window is now."""
        for place, card in enumerate(self._cards.values()):
            self._grid.addWidget(card, place // self._columns, place % self._columns, Qt.AlignmentFlag.AlignTop)
            # At once: what is not shown yet has no height for the dialog.
            card.show()
        # What is left of the height lies below the last row, which was another one before.
        for line in range(self._grid.rowCount() + 1):
            self._grid.setRowStretch(line, 0)
        self._grid.setRowStretch(-(-len(self._cards) // self._columns), 1)
        # Few of them stand at the left, and make a low dialog.
        for place in range(max(self._grid.columnCount(), self._columns) + 1):
            self._grid.setColumnStretch(place, int(place == self._columns))
        self._scroll.ask_height(min(_MOST_PX, self._inside.sizeHint().height()))

    @property
    def _columns(self) -> int:
        return max(1, (min(_WIDTH_PX, self.width() - 32) - 56) // _COLUMN_PX)

    def _set_part(self, shown: QWidget) -> None:
        for part in (self._scroll, self._wait, self._empty):
            part.setVisible(part is shown)
        self._go.setEnabled(shown is self._scroll)

    # --- choosing -------------------------------------------------------------------------------------------------
    def _chosen(self) -> ShareSource | None:
        return next((card.source for card in self._cards.values() if card.isChecked()), None)

    def _share(self) -> None:
        if (source := self._chosen()) is not None:
            self._bridge.do(StartShare(source=source, mode=self._mode.currentData()))

    def _cancel(self) -> None:
        self._bridge.do(ClosePicker())

    def close_dialog(self) -> None:
        """Puts it away; no picture is wanted any more."""
        for card in self._cards.values():
            card.leave_stage()
        super().close_dialog()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._optimise.setVisible(self._columns > 1)
        self._lay_out()


class _SourceCard(RowButton):
    """One screen or window: its small picture over its name."""

    def __init__(self, stage: Stage, source: ShareSource, share: Callable[[], None]) -> None:
        super().__init__(source.name, f"share-source-{source.id.replace(':', '-')}")
        self.source = source
        self._share = share
        self._thumbnail = _Thumbnail(stage, source)
        self._name = ElidedWords(source.name, look="label")
        self._size = Words("", look="small")
        self.setCheckable(True)
        self.setFixedWidth(_COLUMN_PX - 12)
        self.fill(column(self._thumbnail, self._name, self._size, gap=3, margins=(8, 8, 8, 8)))
        self.show_source(source)

    def show_source(self, source: ShareSource) -> None:
        self.source = source
        self._name.setText(source.name)
        size = f"{source.width_px} × {source.height_px}" if source.width_px else ""
        self._size.setText(f"Screen, {size}".removesuffix(", ") if source.kind == "screen" else size)
        self.setAccessibleName(f"{'Screen' if source.kind == 'screen' else 'Window'}: {source.name}")

    def leave_stage(self) -> None:
        self._thumbnail.leave_stage()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on the chosen one shares it."""
        if is_enter(event) and self.isChecked():
            self._share()
        else:
            super().keyPressEvent(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setChecked(True)
            self._share()


class _Thumbnail(PictureView):
    """The newest small picture, or an icon until there is one."""

    def __init__(self, stage: Stage, source: ShareSource) -> None:
        super().__init__(stage, (source.id, THUMBNAIL), crop="fit")
        self._glyph = "monitor" if source.kind == "screen" else "app-window"
        self._picture: Picture | None = None
        self.setFixedSize(*_THUMBNAIL_PX)

    def show_picture(self, picture: Picture) -> None:
        self._picture = picture
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._look_at_density()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("tile"))
        painter.drawRoundedRect(area, 8, 8)
        if self._picture is None:
            spot = pixmap(self._glyph, tokens().muted, 28)
            painter.drawPixmap(int(area.center().x() - 14), int(area.center().y() - 14), spot)
        else:
            one = self._picture
            scale = min(area.width() / one.width_px, area.height() / one.height_px)
            shown = QRectF(0, 0, one.width_px * scale, one.height_px * scale)
            shown.moveCenter(area.center())
            painter.drawImage(shown, image_of(one))
        painter.end()


def is_choosing(state: AppState) -> bool:
    """Whether something is being chosen."""
    return state.call is not None and state.call.sharing.picker is not None
