"""One window per data folder: a second start hands its link to the first one and ends."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication

from app.file_lock import FileLock
from app.ui.qt import override

#: Milliseconds: the first window answers at once, unless it or the computer is busy; then it is asked again.
_LIMIT_MS = 1500
#: Between two looks, milliseconds.
_AGAIN_MS = 50
#: A link has at most 200 characters; of what is longer so much is handed over that it is refused there.
_MAX_LINK = 300
_MAX_BYTES = 16_384
#: By this a Wayland desktop lets a window come to the front; it was given to the start that hands over. Qt takes it
#: from here. Source: xdg-activation-v1.
_TOKEN = "XDG_ACTIVATION_TOKEN"


class SingleInstance(QObject):
    """The socket that later starts connect to. Only processes of the same user may. The data folder has to exist.

    Signals:
        handed_over(str): a later start brought this link (empty: only its wish to be seen).
    """

    handed_over = Signal(str)

    def __init__(self, data: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = _name_for(data.absolute())
        self._lock = FileLock(data / "window.lock")
        self._callers: list[QLocalSocket] = []
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take)

    def enter(self, link: str, wait_ms: int) -> Literal["first", "later", "stuck"]:
        """Gives the link to the first window, or becomes the first; tries both until one can be done.

        Of two that start at the same moment one is quicker; the one that is there may be about to end, or be busy.

        Args:
            link: may be empty.
            wait_ms: after so many milliseconds it is given up.

        Returns:
            "first": this is the first window; "later": the first one has the link, this process can end; "stuck": there
            is one, and it neither answers nor ends.
        """
        until_s = time.monotonic() + wait_ms / 1000
        while not self.hand_over(link):
            if self.listen(_AGAIN_MS):
                return "first"
            if time.monotonic() >= until_s:
                return "stuck"
        return "later"

    def hand_over(self, link: str) -> bool:
        """Gives the link to the first window, if there is one; True: it has it, and this process can end."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_LIMIT_MS):
            return False
        words = {"link": link[:_MAX_LINK], "token": os.environ.get(_TOKEN, "")[:_MAX_LINK]}
        socket.write(json.dumps(words).encode() + b"\n")
        # Without the answer the other process may have been about to end.
        has_answer = socket.waitForReadyRead(_LIMIT_MS) and bytes(socket.readAll().data()).startswith(b"ok")
        socket.abort()
        return has_answer

    def listen(self, wait_ms: int = 0) -> bool:
        """Becomes the first window; False: another one was quicker, and has not ended within `wait_ms`."""
        # Qt would put the new door in the place of one that is in use; the lock of a process that has ended is free.
        try:
            is_first = self._lock.take(wait_ms / 1000)
        except OSError:
            is_first = True  # where a disk knows no locks the door alone decides
        return is_first and self._server.listen(self._name)

    def stop_listening(self) -> None:
        """Takes no more links; later starts wait for `close`."""
        self._server.close()
        for socket in self._callers:
            socket.abort()
        self._forget_gone()

    def close(self) -> None:
        """The data folder is free again."""
        self.stop_listening()
        self._lock.release()

    @Slot()
    def _take(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            self._callers.append(socket)
            socket.readyRead.connect(self._read_all)
            socket.disconnected.connect(self._forget_gone)
        self._read_all()

    @Slot()
    def _read_all(self) -> None:
        for socket in list(self._callers):
            if socket.canReadLine():
                self._read(socket)
            elif socket.bytesAvailable() > _MAX_BYTES:
                socket.abort()

    @Slot()
    def _forget_gone(self) -> None:
        gone = [one for one in self._callers if one.state() == QLocalSocket.LocalSocketState.UnconnectedState]
        for socket in gone:
            self._callers.remove(socket)
            socket.deleteLater()

    def _read(self, socket: QLocalSocket) -> None:
        line = bytes(socket.readLine(_MAX_BYTES).data())
        try:
            words = json.loads(line)
            link, token = words["link"], words["token"]
        except (ValueError, KeyError, TypeError):
            socket.abort()
            return
        if isinstance(link, str) and isinstance(token, str):
            if token.isprintable() and token:
                os.environ[_TOKEN] = token
            socket.write(b"ok\n")
            socket.flush()
            # Whoever waits no longer has asked again, or opened the link itself.
            if socket.state() == QLocalSocket.LocalSocketState.ConnectedState:
                self.handed_over.emit(link)


def _name_for(data: Path) -> str:
    """Where the door is: in the data folder, where no other user can make one, unless its path is too long."""
    place = str(data / "window")
    # Source: Linux's unix(7): 107 bytes; macOS 103. Qt opens it in a folder beside it first, which is a bit longer.
    if os.name == "posix" and len(os.fsencode(place)) <= 80:
        return place
    return f"parley-{hashlib.sha256(os.fsencode(data)).hexdigest()[:24]}"


class LinkApplication(QApplication):
    """Qt's application, which macOS tells of links by an event.

    Signals:
        link_opened(str): the system wants this link opened.
    """

    link_opened = Signal(str)

    @override
    def event(self, event: QEvent) -> bool:
        """Takes the links; only what is sent to the application itself comes by here, not what widgets get."""
        if isinstance(event, QFileOpenEvent) and not event.url().isLocalFile():
            self.link_opened.emit(bytes(event.url().toEncoded().data()).decode("ascii", "replace"))
            return True
        return super().event(event)
