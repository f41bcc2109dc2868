"""What is behind the person: the room, a blur of it, one of the pictures, or a picture of their own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImageReader, QPixmap, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QGridLayout

from app import paths
from app.state.app_state import AppState
from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.qt import override
from app.ui.text import ElidedWords, Words
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.cards import column, row
from app.ui.widgets.file_question import FileQuestion

_THUMB = QSize(72, 46)
#: Before the path of one's own picture in `Choices.background`.
_OWN = "file:"
_PICTURES = "Pictures (*.jpg *.jpeg *.png *.webp *.bmp *.gif *.tif *.tiff)"


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
        self._own = ElidedWords("", look="small")
        self._own.setObjectName(self.name("background-own-words"))
        self._own_value = ""
        self._question = FileQuestion()
        choose = Button("Choose a picture of your own", self.name("background-choose"), kind="link")
        choose.clicked.connect(lambda: self._ask_which())
        self.setLayout(column(Words("Background", look="label"), self._grid, row(choose, self._own, None), gap=6))

    def _make_thumbs(self) -> None:
        group = QButtonGroup(self)
        folder = paths.resource("backgrounds")
        files = sorted(file.name for file in folder.glob("*.jpg")) if folder.is_dir() else []
        choices = [("none", "None"), ("blur:light", "Light blur"), ("blur", "Strong blur")]
        choices += [
            (f"image:{file}", file.removesuffix(".jpg").replace("_", " ").replace("-", " ").capitalize())
            for file in files
        ]
        for value, words in choices:
            name = value.removeprefix("image:").removesuffix(".jpg").replace(":", "-")
            thumb = self._make_thumb(group, value, words, name)
            if value.startswith("image:"):
                thumb.setIcon(_thumbnail(value.removeprefix("image:")))
                thumb.setIconSize(_THUMB)
            thumb.clicked.connect(lambda _=False, value=value: self.chosen.change(background=value))
        own = self._make_thumb(group, _OWN, "Your picture", "own")
        own.setText("Yours")
        own.clicked.connect(lambda: self.chosen.change(background=self._own_value))
        own.hide()

    def _make_thumb(self, group: QButtonGroup, value: str, words: str, name: str) -> IconButton:
        thumb = IconButton("", f"Background: {words}", self.name(f"background-{name}"), kind="thumb")
        thumb.setCheckable(True)
        if not value.startswith("image:"):
            thumb.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            thumb.setText(words)
        group.addButton(thumb)
        self._thumbs[value] = thumb
        return thumb

    def _ask_which(self) -> None:
        if self._question.is_open:
            return
        dialog = QFileDialog(self.window(), "Your background picture")
        dialog.setObjectName(self.name("background-file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([_PICTURES, "All files (*)"])
        self._question.ask(dialog, lambda path: self.chosen.change(background=_OWN + path))

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
        value = self.chosen.now.background
        is_own = value.startswith(_OWN)
        if is_own:
            self._own_value = value
        self._thumbs[_OWN].setVisible(bool(self._own_value))
        # What this version does not know, or has no picture of, hides the room all the same.
        thumb = self._thumbs.get(_OWN if is_own else value) or self._thumbs["blur" if value else "none"]
        thumb.setChecked(True)
        self._own.show_text(Path(value.removeprefix(_OWN)).name if is_own else "")


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
