"""Builds every object once, in order, and joins them: the only place that knows all parts.

The window comes first and is painted; everything heavy follows in a thread of its own, one package at a time.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from app import __version__, log, paths
from app.media.mailbox import Mailbox
from app.settings import SettingsFile
from app.state.app_state import AppState
from app.state.events import Event, FollowLink, LinkChanged, Told, TryAgain
from app.ui.bridge import Bridge, Fetched, TileSizes
from app.ui.window import Window

if TYPE_CHECKING:
    from app.conductor import Conductor
    from app.local_server import LocalServer, ServerReady

_log = logging.getLogger(__name__)

#: What the conductor needs, each a step after which the window gets its turn. Camera and background (OpenCV, MediaPipe)
#: are left until the page before a call needs them.
_STEPS = (
    "numpy",
    "websockets.asyncio.client",
    "app.net.signalling",
    "app.net.guard",
    "app.call_media",
    "app.conductor",
)
_FAULT = "Something went wrong in Parley. What you see may be out of date; closing and opening Parley helps."


def main(argv: Sequence[str] | None = None) -> int:
    """Opens the application and returns its exit code when it is closed."""
    options = _parser().parse_args(argv)
    data = paths.private_folder((options.data or paths.default_data()).absolute())
    log.set_up(paths.private_folder(data / "logs") / "parley.log")
    qt = QApplication([sys.argv[0]])
    qt.setApplicationName(paths.APP_NAME)
    qt.setApplicationVersion(__version__)
    application = Application(options, data)
    try:
        return qt.exec()
    finally:
        application.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="parley", description="Parley: video meetings with a recap.")
    parser.add_argument(
        "--server", default="", help="address of the server (default: one of its own, on this computer)"
    )
    parser.add_argument("--data", type=Path, help="folder for settings and data, to keep profiles apart")
    parser.add_argument("--link", default="", help="a meeting's link to open")
    parser.add_argument("--theme", choices=("system", "light", "dark"), help="colours (default: as chosen before)")
    parser.add_argument("--fake-camera", type=Path, metavar="FILE", help="a video or picture in place of the camera")
    parser.add_argument("--fake-microphone", type=Path, metavar="FILE", help="a sound file in place of the microphone")
    parser.add_argument(
        "--fake-screen", type=Path, metavar="FILE", help="in place of the screen, once it can be shared"
    )
    parser.add_argument("--fake-speaker", type=Path, metavar="FILE", help="writes what would be heard, as WAV")
    parser.add_argument(
        "--fake-start", type=float, metavar="SECONDS", help="when the files begin, on the computer's monotonic clock"
    )
    parser.add_argument("--pilot", action="store_true", help="take commands on standard input, as tests do")
    parser.add_argument("--version", action="version", version=f"Parley {__version__}")
    return parser


class Application(QObject):
    """The running client: the window at once, the rest as soon as it has been painted."""

    def __init__(self, options: argparse.Namespace, data: Path) -> None:
        """Shows the window.

        Args:
            options: as `_parser` reads them.
            data: the data folder; it exists.
        """
        super().__init__()
        self._options = options
        self._data = data
        self._settings = SettingsFile(data)
        self._link = options.link
        self._conductor: Conductor | None = None
        self._server: LocalServer | None = None
        self._early: list[Callable[[Conductor], object]] = []
        self._lock = threading.Lock()
        self._has_ended = False
        self._tray: QSystemTrayIcon | None = None
        mailbox = Mailbox(lambda: self.bridge.wake())
        self.bridge = Bridge(
            mailbox,
            self._do,
            tile_sizes=self._set_tile_sizes,
            play_test_sound=lambda: self._with_conductor(lambda conductor: conductor.play_test_sound()),
            fetch_file=self._fetch_file,
        )
        self.window = Window(self.bridge, options.theme or self._settings.now.theme)
        self.window.closed.connect(QApplication.quit)
        self.window.installEventFilter(self)
        self._watch_signals()
        sys.excepthook = self._tell_fault
        threading.excepthook = _log_thread_fault
        self._starter = threading.Thread(target=self._start_rest, name="start", daemon=True)
        self._pilot = self._make_pilot() if options.pilot else None
        self.window.show()

    def close(self) -> None:
        """Leaves the call, closes the devices, ends the local server; takes a few seconds at most."""
        with self._lock:
            self._has_ended = True
        if self._starter.is_alive():
            self._starter.join(10.0)
        if self._conductor is not None:
            self._conductor.close()
        if self._server is not None:
            self._server.stop()

    def _make_pilot(self) -> QObject:
        from app.ui.pilot import Pilot

        pilot = Pilot(self.window, sys.stdin, sys.stdout, figures=self._figures)
        pilot.start()
        return pilot

    def _figures(self) -> dict[str, float]:
        return self._conductor.figures() if self._conductor is not None else {}

    # --- after the first paint --------------------------------------------------------------------------------------
    def _start_rest(self) -> None:
        """In a thread of its own: imports, builds the conductor and connects."""
        try:
            address = self._options.server or self._settings.now.server
            if not address:
                # First of all: it needs a second or two of its own.
                self._start_local_server()
            for step in _STEPS:
                importlib.import_module(step)
                # Imports hold the interpreter: the window gets its turn between two.
                time.sleep(0.001)
            conductor = self._build_conductor()
        except Exception:
            _log.exception("the start failed")
            self.bridge.call_soon(lambda: self.bridge.show_state(_failed_state()))
            return
        if address:
            _connect(conductor, address)
        conductor.start()
        with self._lock:
            self._conductor = conductor
            early, self._early = self._early, []
        for act in early:
            act(conductor)

    def _with_conductor(self, act: Callable[[Conductor], object]) -> None:
        """Does something with the conductor, as soon as there is one; from any thread."""
        with self._lock:
            if self._conductor is None:
                self._early.append(act)
                return
        act(self._conductor)

    def _build_conductor(self) -> Conductor:
        from app.call_media import FileDevices
        from app.conductor import Audience, Conductor, Parts
        from app.keychain import Keychain
        from app.net.loop import NetworkLoop

        options = self._options
        loop = NetworkLoop()
        parts = Parts(
            loop=loop,
            settings=self._settings,
            keychain=Keychain(),
            devices=FileDevices(
                camera_file=options.fake_camera,
                microphone_file=options.fake_microphone,
                speaker_file=options.fake_speaker,
                start_at_s=options.fake_start,
            ),
            mailbox=self.bridge.mailbox,
            data=self._data,
        )
        audience = Audience(show_state=self._show_state, show_levels=self.bridge.show_levels, notify=self._notify)
        loop.start()
        return Conductor(parts, audience)

    def _start_local_server(self) -> None:
        from app.local_server import LocalServer, ServerEvents, child_command

        def failed(words: str) -> None:
            self._with_conductor(lambda conductor: conductor.do(LinkChanged(link="refused", words=words)))

        events = ServerEvents(
            ready=lambda server: self._with_conductor(lambda conductor: _connect_embedded(conductor, server)),
            told=lambda words: self._with_conductor(lambda conductor: conductor.do(Told(words=words))),
            failed=failed,
        )
        folder = paths.private_folder(self._data / "server")
        command = child_command(folder, speech_model=self._settings.now.speech_model)
        server = LocalServer(self._data, events, version=__version__, command=command)
        with self._lock:
            if self._has_ended:
                return
            self._server = server
        server.start()

    # --- between the window and the conductor -------------------------------------------------------------------
    def _do(self, event: Event) -> None:
        self._with_conductor(lambda conductor: conductor.do(event))
        if isinstance(event, TryAgain) and self._server is not None:
            self._server.try_again()

    def _show_state(self, state: AppState) -> None:
        self.bridge.show_state(state)
        is_there = state.connection.link == "online" and state.place in ("sign_in", "rooms")
        if self._link and is_there and self._conductor is not None:
            link, self._link = self._link, ""
            self._conductor.do(FollowLink(link=link))

    def _set_tile_sizes(self, sizes: TileSizes) -> None:
        if self._conductor is not None:
            self._conductor.set_tile_sizes(sizes)

    def _fetch_file(self, meeting: str, file: str, ready: Fetched) -> None:
        if self._conductor is None:
            ready(None, "Parley is still starting.")
            return
        self._conductor.fetch_file(meeting, file, ready)

    def _notify(self, title: str, words: str) -> None:
        self.bridge.call_soon(lambda: self._show_notification(title, words))

    def _show_notification(self, title: str, words: str) -> None:
        import html

        if not QSystemTrayIcon.isSystemTrayAvailable() or self.window.isActiveWindow():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self.window.windowIcon(), self)
            self._tray.show()
        # Desktops read a notification's text as markup; a name must stay a name.
        self._tray.showMessage(html.escape(title), html.escape(words), self.window.windowIcon())

    def _tell_fault(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        _log.error("unhandled error", exc_info=(kind, error, trace))
        self._do(Told(words=_FAULT, is_bad=True))

    # --- Ctrl-C and SIGTERM -----------------------------------------------------------------------------------------
    def _watch_signals(self) -> None:
        """Python's handlers only run when its interpreter does, which sleeps inside Qt: a socket wakes it."""
        self._signal_sockets = socket.socketpair()
        for one in self._signal_sockets:
            one.setblocking(False)
        signal.set_wakeup_fd(self._signal_sockets[1].fileno())
        self._signal_notifier = QSocketNotifier(self._signal_sockets[0].fileno(), QSocketNotifier.Type.Read, self)
        self._signal_notifier.activated.connect(self._drain_signals)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: QApplication.quit())

    def _drain_signals(self) -> None:
        try:
            self._signal_sockets[0].recv(64)
        except BlockingIOError:
            return

    # --- Qt ---------------------------------------------------------------------------------------------------------
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes the window's first paint."""
        if event.type() == QEvent.Type.Paint and not self.window.first_paint_s:
            # Noted once the paint is done and on the screen.
            QTimer.singleShot(0, self._painted)
            self.window.removeEventFilter(self)
        return super().eventFilter(watched, event)

    def _painted(self) -> None:
        self.window.first_paint_s = time.monotonic()
        self._starter.start()


def _log_thread_fault(fault: threading.ExceptHookArgs) -> None:
    _log.error("a thread failed: %s", fault.thread.name if fault.thread else "unknown", exc_info=fault.exc_value)


def _connect(conductor: Conductor, address: str) -> None:
    from app.net.signalling import target_of

    try:
        target = target_of(address)
    except ValueError as error:
        conductor.do(LinkChanged(link="refused", words=str(error)))
        return
    scheme = "https" if target.url.startswith("wss:") else "http"
    conductor.connect(target, base_url=f"{scheme}://{target.address}")


def _connect_embedded(conductor: Conductor, server: ServerReady) -> None:
    from app.conductor import SECRET_HEADER
    from app.net.signalling import target_of

    url = f"http://127.0.0.1:{server.port}"
    conductor.connect(target_of(url, {SECRET_HEADER: server.secret}), base_url=url, secret=server.secret)


def _failed_state() -> AppState:
    from dataclasses import replace

    from app.state.asking import tell

    return tell(replace(AppState(), place="starting"), _FAULT, is_bad=True)
