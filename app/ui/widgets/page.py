"""What every page of the window has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.media.types import Levels
from app.state.app_state import AppState
from app.state.stage import Tile

if TYPE_CHECKING:
    from app.ui.widgets.video_tile import VideoTile


class Page(QWidget):
    """A whole page of the window."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    @property
    def tiles(self) -> Mapping[Tile, VideoTile]:
        """The pictures of people on it."""
        return {}

    def show_state(self, state: AppState) -> None:
        """What is true now."""
        raise NotImplementedError

    def show_levels(self, levels: Levels) -> None:
        """How loud everybody is; a page without voices does not mind."""

    def take_focus(self) -> None:
        """When the page opens: the focus goes to what is most likely wanted."""
        self.setFocus()
