"""Builds every object once, in order, and joins them: the only place that knows all parts.

The window comes first and is painted; everything heavy follows in a thread of its own, one package at a time.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from app import __version__, log, paths
from app.media.mailbox import Mailbox
from app.settings import SettingsFile
from app.state.app_state import AppState
from app.state.call_intents import FollowLink, ShowCall
from app.state.events import Event, LinkChanged, Told
from app.state.intents import OpenNews, TryAgain
from app.ui.attention import Tray, bring_up, is_on_show
from app.ui.bridge import Bridge, Fetched, TileSizes
from app.ui.session_end import SessionEnd
from app.ui.single_instance import LinkApplication, SingleInstance
from app.ui.window import Window

if TYPE_CHECKING:
    from app.conductor import Conductor
    from app.desktop_bus import DesktopNotes, Note
    from app.own_server import OwnServer

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
#: Milliseconds that a window needs at most to end.
_CLOSING_MS = 8000
_FAULT = "Something went wrong in Parley. What you see may be out of date; closing and opening Parley helps."


def main(argv: Sequence[str] | None = None) -> int:
    """Opens the application and returns its exit code when it is closed, or has given its link to the first window."""
    options = read_options(sys.argv[1:] if argv is None else argv)
    data = paths.private_folder((options.data or paths.default_data()).absolute())
    qt = LinkApplication([sys.argv[0]])
    qt.setApplicationName(paths.APP_NAME)
    qt.setApplicationVersion(__version__)
    door = SingleInstance(data)
    place = door.enter(options.link, _CLOSING_MS)
    if place == "later":
        return 0
    log.set_up(paths.private_folder(data / "logs") / "parley.log")
    if place == "stuck":
        _log.warning("another window of the same data does not answer")
    application = Application(options, data)
    door.handed_over.connect(application.take_over)
    qt.link_opened.connect(application.take_over)
    try:
        return qt.exec()
    finally:
        door.stop_listening()
        application.close()
        door.close()


def read_options(argv: Sequence[str]) -> argparse.Namespace:
    """Reads the options; `link` is the link to open, or empty.

    After a leading --link all is the link: that is how desktops are told to open one, and a web page adds no option.
    """
    if argv[:1] == ["--link"]:
        options = _parser().parse_args([])
        options.link = " ".join(argv[1:])
        return options
    options = _parser().parse_args(argv)
    options.link = options.link or options.opened
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="parley", description="Parley: video meetings with a recap.")
    parser.add_argument(
        "--server", default="", help="address of the server (default: one of its own, on this computer)"
    )
    parser.add_argument("--data", type=Path, help="folder for settings and data, to keep profiles apart")
    parser.add_argument("opened", nargs="?", default="", metavar="LINK", help="a meeting's link to open")
    parser.add_argument(
        "--link", default="", metavar="LINK", help="the same; as the first option it takes all the rest"
    )
    parser.add_argument(
        "--no-registration", action="store_true", help="leave it as it is which program opens parley:// links"
    )
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
        self._conductor: Conductor | None = None
        self._server: OwnServer | None = None
        self._early: list[Callable[[Conductor], object]] = []
        self._lock = threading.Lock()
        self._has_ended = False
        self._notes: DesktopNotes | None = None
        self._noted: set[str] = set()
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
        self.window.theme_chosen.connect(self._keep_theme)
        self._tray = Tray(self.window)
        self._tray.clicked.connect(self.open_news)
        self._ends = SessionEnd(self, signalled=self._signalled, session_ends=self.window.let_close)
        sys.excepthook = self._tell_fault
        threading.excepthook = _log_thread_fault
        self._starter = threading.Thread(target=self._start_rest, name="start", daemon=True)
        self._pilot = self._make_pilot() if options.pilot else None
        self.window.show()
        if options.link:
            self.open_link(options.link)

    def open_link(self, link: str) -> None:
        """Follows a link, as soon as that can be; from any thread."""
        self._do(FollowLink(link=link))

    def open_news(self, notice: str) -> None:
        """A desktop notification was clicked: brings the window up, and leads where its notice (if any) does."""
        bring_up(self.window)
        if notice:
            self._do(OpenNews(id=notice))
        elif self.window.state.is_busy:
            self._do(ShowCall(shows_call=True))

    def take_over(self, link: str) -> None:
        """Another start, or the system, brought a link, or with an empty one only the wish to see the window."""
        bring_up(self.window)
        if link:
            self.open_link(link)

    def close(self) -> None:
        """Leaves the call, closes the devices, ends the local server; takes a few seconds at most."""
        with self._lock:
            self._has_ended = True
        if self._notes is not None:
            self._notes.close()
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
                self._make_server().start()
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
        if self._options.data is None and not self._options.no_registration:
            _register_links()

    def _make_server(self) -> OwnServer:
        """What keeps the server of this computer, made when it is first wanted."""
        from app.own_server import OwnServer

        with self._lock:
            if self._server is None:
                self._server = OwnServer(
                    self._data,
                    self._settings,
                    do=self._do,
                    connect=lambda target, secret: self._with_conductor(
                        lambda conductor: conductor.connect(target, secret=secret)
                    ),
                    miss=lambda words: self._with_conductor(lambda conductor: conductor.miss_local(words)),
                )
                if self._has_ended:
                    self._server.stop()
            return self._server

    def _with_conductor(self, act: Callable[[Conductor], object]) -> None:
        """Does something with the conductor, as soon as there is one; from any thread."""
        with self._lock:
            if self._conductor is None:
                self._early.append(act)
                return
        act(self._conductor)

    def _build_conductor(self) -> Conductor:
        from app.conductor import Conductor
        from app.keychain import Keychain
        from app.media.makers import FileDevices
        from app.net.loop import NetworkLoop
        from app.parts import Audience, Parts

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
        audience = Audience(
            show_state=self.bridge.show_state,
            show_levels=self.bridge.show_levels,
            notify=self._notify,
            set_reach=lambda is_on: self._make_server().set_reach(is_on),
            go_local=lambda: self._make_server().go_local(),
        )
        loop.start()
        return Conductor(parts, audience)

    # --- between the window and the conductor -------------------------------------------------------------------
    def _do(self, event: Event) -> None:
        self._with_conductor(lambda conductor: conductor.do(event))
        if isinstance(event, TryAgain) and self._server is not None:
            self._server.try_again()

    def _set_tile_sizes(self, sizes: TileSizes) -> None:
        if self._conductor is not None:
            self._conductor.set_tile_sizes(sizes)

    def _fetch_file(self, meeting: str, file: str, ready: Fetched) -> None:
        if self._conductor is None:
            ready(None, "Parley is still starting.")
            return
        self._conductor.fetch_file(meeting, file, ready)

    def _notify(self, title: str, words: str, news: str) -> None:
        self.bridge.call_soon(lambda: self._show_notification(title, words, news))

    def _show_notification(self, title: str, words: str, news: str) -> None:
        if self.window.isActiveWindow() and is_on_show(self.window.state, news):
            return
        if not sys.platform.startswith("linux"):
            self._tray.show(title, words, news)
            return
        from app.desktop_bus import DesktopNotes, Note

        if self._notes is None:
            call_soon = self.bridge.call_soon
            self._notes = DesktopNotes(
                clicked=lambda clicked: call_soon(lambda: self.open_news(clicked)),
                failed=lambda note: call_soon(lambda: self._show_in_tray(note)),
            )
            self.bridge.state_changed.connect(self._take_notes_back)
        self._noted.update({news} - {""})
        self._notes.show(Note(title, words, news))

    def _take_notes_back(self, state: AppState) -> None:
        """What has been seen, be it on another device, needs no note any more."""
        seen = self._noted - {one.id for one in state.news}
        self._noted -= seen
        for news in seen:
            if self._notes is not None:
                self._notes.take_back(news)

    def _show_in_tray(self, note: Note) -> None:
        self._tray.show(note.title, note.words, note.news)

    def _tell_fault(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        _log.error("unhandled error", exc_info=(kind, error, trace))
        self._do(Told(words=_FAULT, is_bad=True))

    def _signalled(self) -> None:
        self.window.let_close()
        QApplication.quit()

    def _keep_theme(self, choice: str) -> None:
        try:
            self._settings.change(theme=choice)
        except OSError:
            _log.warning("the colours hold for this run only: the settings could not be written")

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


def _register_links() -> None:
    from app import deep_links

    try:
        deep_links.register(deep_links.own_command())
    except OSError as error:
        _log.warning("parley:// links are not registered: %s", type(error).__name__)


def _log_thread_fault(fault: threading.ExceptHookArgs) -> None:
    _log.error("a thread failed: %s", fault.thread.name if fault.thread else "unknown", exc_info=fault.exc_value)


def _connect(conductor: Conductor, address: str) -> None:
    from app.net.signalling import target_of

    try:
        conductor.connect(target_of(address))
    except ValueError as error:
        conductor.do(LinkChanged(link="refused", words=str(error)))


def _failed_state() -> AppState:
    from dataclasses import replace

    from app.state.telling import tell

    return tell(replace(AppState(), place="starting"), _FAULT, is_bad=True)
