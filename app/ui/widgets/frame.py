"""What pages and panels may ask of the window that they are in."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.ui.theme import ThemeChoice


class Frame(QWidget):
    """The window, as its parts know it."""

    def open_help(self, anchor: str = "") -> None:
        """Opens the help over the page.

        Args:
            anchor: A question of resources/texts/help.toml; the one that fits the page where it is empty.

        Raises:
            KeyError: there is no such question.
        """
        raise NotImplementedError

    def open_server(self) -> None:
        """Opens the dialog about the server that keeps the rooms."""
        raise NotImplementedError

    def show_full_screen(self, is_full: bool) -> None:
        """Fills the whole screen, or is a window again, as large as it was."""
        raise NotImplementedError

    def choose_theme(self, choice: ThemeChoice) -> None:
        """Shows other colours, and keeps them."""
        raise NotImplementedError


def frame_of(part: QWidget) -> Frame:
    """The window that a part is in.

    Raises:
        TypeError: it is in none of ours.
    """
    window = part.window()
    if not isinstance(window, Frame):
        raise TypeError(f"{part.objectName() or type(part).__name__} is in no window of Parley")
    return window
