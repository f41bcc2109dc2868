"""Ends that do not come from the window: Ctrl-C in a terminal, SIGTERM, the end of the desktop session."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier, Qt
from PySide6.QtWidgets import QApplication


class SessionEnd(QObject):
    """Reports them.

    Args:
        parent: Keeps it.
        signalled: Called for a signal: the application is to end now.
        session_ends: Called when the session does: the windows are closed soon, and nobody may be there to answer.
    """

    def __init__(self, parent: QObject, *, signalled: Callable[[], object], session_ends: Callable[[], object]) -> None:
        super().__init__(parent)
        # Python's handlers only run when its interpreter does, which sleeps inside Qt: a socket wakes it.
        self._sockets = socket.socketpair()
        for one in self._sockets:
            one.setblocking(False)
        signal.set_wakeup_fd(self._sockets[1].fileno())
        self._notifier = QSocketNotifier(self._sockets[0].fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: signalled())
        application = QApplication.instance()
        if isinstance(application, QApplication):
            # The session waits for the answer, so it is given at once.
            application.commitDataRequest.connect(lambda _: session_ends(), Qt.ConnectionType.DirectConnection)

    def _drain(self) -> None:
        try:
            self._sockets[0].recv(64)
        except BlockingIOError:
            return
