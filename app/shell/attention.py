"""Getting the user's attention: by the window, by the icon in the tray, and when by neither."""

from __future__ import annotations

import html

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from app.state.app_state import AppState

_OF_RECAP = ("recap_ready", "deletion")


class Tray(QObject):
    """The icon in the tray, where it shows what the desktop's own notifications cannot. It comes with the first note.

    While one shares the screen it is there, too, with a menu that stops it.

    Signals:
        stopped(): the share is to end.
        clicked(str): the note that carried this id was clicked; the last one that was shown counts.
    """

    clicked = Signal(str)
    stopped = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icon: QSystemTrayIcon | None = None
        self._news = ""
        self._menu: QMenu | None = None

    def show(self, title: str, words: str, news: str) -> bool:
        """Shows a note; False: this desktop has no tray.

        Args:
            title: Its first line, plain text.
            words: What follows, plain text.
            news: What `clicked` tells.
        """
        icon = self._made()
        if icon is None:
            return False
        self._news = news
        # Desktops read such a text as markup; a name must stay a name.
        icon.showMessage(html.escape(title), html.escape(words), self._window.windowIcon())
        return True

    def show_sharing(self, is_on: bool) -> None:
        """Says that one shares, with a way to stop; or no longer."""
        if is_on == (self._menu is not None):
            return
        icon = self._made() if is_on else self._icon
        if icon is None:
            return
        if is_on:
            self._menu = QMenu(self._window)
            self._menu.addAction("Stop sharing the screen").triggered.connect(lambda: self.stopped.emit())
            icon.setContextMenu(self._menu)
            icon.setToolTip("Parley: you are sharing your screen")
        elif self._menu is not None:
            icon.setContextMenu(None)  # type: ignore[arg-type]
            icon.setToolTip("Parley")
            self._menu.deleteLater()
            self._menu = None

    def _made(self) -> QSystemTrayIcon | None:
        """The icon; None: this desktop has no tray."""
        if self._icon is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._icon = QSystemTrayIcon(self._window.windowIcon(), self)
            self._icon.messageClicked.connect(lambda: self.clicked.emit(self._news))
            self._icon.show()
        return self._icon


def bring_up(window: QWidget) -> None:
    """Shows a window in front, or marks it in the task bar where the desktop lets no program do that."""
    window.showNormal() if window.isMinimized() else window.show()
    window.raise_()
    window.activateWindow()
    QApplication.alert(window)


def is_on_show(state: AppState, news: str) -> bool:
    """Whether a window with that state shows what a note is about.

    Args:
        state: What the window shows.
        news: The notice's id; empty: somebody who waits to be let into the call.
    """
    is_call_in_front = state.call_phase != "none" and state.shows_call
    if not news:
        return is_call_in_front
    notice = next((one for one in state.news if one.id == news), None)
    if notice is None:
        return True  # seen meanwhile, here or on another device
    if is_call_in_front:
        return False
    if notice.kind in _OF_RECAP:
        return state.page == "recap" and state.recap is not None and state.recap.meeting.id == notice.subject
    return state.page == "rooms" and state.rooms.open == notice.room != ""
