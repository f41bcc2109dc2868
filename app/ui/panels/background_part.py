"""What is behind the person: nothing else, a blur, or one of the pictures."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImageReader, QPixmap, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout

from app import paths
from app.state.app_state import AppState
from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.qt import override
from app.ui.text import Words
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import column

_THUMB = QSize(72, 46)


class BackgroundPart(ChoicePart):
    """A small picture of each background.

    Args:
        chosen: Of the panel.
        prefix: As of `ChoicePart`.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__(chosen, prefix)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        self._thumbs: dict[str, IconButton] = {}
        self._make_thumbs()
        self._place_thumbs()
        self.setLayout(column(Words("Background", look="label"), self._grid, gap=6))

    def _make_thumbs(self) -> None:
        group = QButtonGroup(self)
        folder = paths.resource("backgrounds")
        files = sorted(file.name for file in folder.glob("*.jpg")) if folder.is_dir() else []
        choices = [("none", "None"), ("blur", "Blur")]
        choices += [
            (f"image:{file}", file.removesuffix(".jpg").replace("_", " ").replace("-", " ").capitalize())
            for file in files
        ]
        for value, words in choices:
            name = value.removeprefix("image:").removesuffix(".jpg")
            thumb = IconButton("", f"Background: {words}", self.name(f"background-{name}"), kind="thumb")
            thumb.setCheckable(True)
            if value.startswith("image:"):
                thumb.setIcon(_thumbnail(value.removeprefix("image:")))
                thumb.setIconSize(_THUMB)
            else:
                thumb.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
                thumb.setText(words)
            thumb.clicked.connect(lambda _=False, value=value: self.chosen.change(background=value))
            group.addButton(thumb)
            self._thumbs[value] = thumb

    def _place_thumbs(self) -> None:
        columns = max(2, min(5, (self.width() + 8) // 88))
        for place, thumb in enumerate(self._thumbs.values()):
            self._grid.addWidget(thumb, place // columns, place % columns)
        for column_place in range(7):
            self._grid.setColumnStretch(column_place, 1 if column_place == columns else 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts as many backgrounds beside each other as there is room for."""
        super().resizeEvent(event)
        self._place_thumbs()

    def show_state(self, state: AppState) -> None:
        """Which one is chosen."""
        super().show_state(state)
        thumb = self._thumbs.get(self.chosen.now.background) or self._thumbs["none"]
        thumb.setChecked(True)


@lru_cache
def _thumbnail(file: str) -> QIcon:
    """Read once: the page before the call and the dialog in it show the same."""
    reader = QImageReader(str(paths.resource("backgrounds", file)))
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(_THUMB * 2, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    pixels = QPixmap.fromImageReader(reader)
    if not pixels.isNull():
        pixels = pixels.copy(
            (pixels.width() - _THUMB.width() * 2) // 2, (pixels.height() - _THUMB.height() * 2) // 2,
            _THUMB.width() * 2, _THUMB.height() * 2,
        )  # fmt: skip
        pixels.setDevicePixelRatio(2)
    return QIcon(pixels)
