"""Builds every object once, in order, and joins them: the only place that knows all parts.

The window comes first and is painted; everything heavy follows in a thread of its own, one package at a time.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app import __version__, log, memory, paths
from app.media.mailbox import Mailbox
from app.settings import SettingsFile
from app.shell import engine, faults
from app.shell.attention import bring_up
from app.shell.collector import Collector
from app.shell.first_paint import FirstPaint
from app.shell.notes import Notes
from app.shell.options import Options, read_options
from app.shell.own_server import OwnServer
from app.shell.plugs import Plugs
from app.shell.session_end import SessionEnd
from app.shell.single_instance import LinkApplication, SingleInstance
from app.state.call_intents import FollowLink
from app.state.events import ConnectionChanged, Event
from app.state.intents import TryAgain
from app.ui.bridge import Bridge
from app.ui.window import Window

if TYPE_CHECKING:
    from app.conductor import Conductor
    from app.shell.qt_screens import QtScreens

_log = logging.getLogger(__name__)

#: Milliseconds that a window needs at most to end.
_CLOSING_MS = 8000


def main(argv: Sequence[str] | None = None) -> int:
    """Opens the application and returns its exit code when it is closed, or has given its link to the first window."""
    options = read_options(sys.argv[1:] if argv is None else argv)
    memory.share_arenas()
    data = paths.private_folder((options.data or paths.default_data()).absolute())
    qt = LinkApplication([sys.argv[0]])
    qt.setApplicationName(paths.APP_NAME)
    qt.setApplicationVersion(__version__)
    Collector(qt)
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


class Application:
    """The running client: the window first, the rest as soon as it has been painted."""

    def __init__(self, options: Options, data: Path) -> None:
        """Shows the window.

        Args:
            options: what it was asked for.
            data: the data folder; it exists.
        """
        self._options = options
        self._data = data
        self._settings = SettingsFile(data)
        self._engine = engine.Engine()
        self._server = OwnServer(
            data, self._settings, do=self._engine.do, connect=self._engine.connect, miss=self._engine.miss_local
        )
        self._mailbox = Mailbox(lambda: self._bridge.wake())
        self._bridge = Bridge(
            self._mailbox,
            self._do,
            want_pictures=self._engine.want_pictures,
            point=self._engine.point,
            play_test_sound=self._engine.play_test_sound,
            fetch_file=self._engine.fetch_file,
        )
        self._window = Window(self._bridge, options.theme or self._settings.now.theme)
        self._window.closed.connect(QApplication.quit)
        self._window.theme_chosen.connect(lambda choice: self._settings.change(theme=choice))
        self._notes = Notes(self._window, self._bridge)
        self._screens = _make_screens()
        self._plugs = Plugs(self._engine.devices_changed)
        # Levels come while devices are open: before that nobody waits for Qt's part to be loaded.
        self._bridge.levels_changed.connect(lambda levels: self._plugs.begin())
        self._ends = SessionEnd(self._window, signalled=self._signalled, session_ends=self._window.let_close)
        faults.tell_faults(self._engine.do)
        self._starter = threading.Thread(target=self._start_rest, name="start", daemon=True)
        self._first_paint = FirstPaint(self._window, self._starter.start)
        if options.rehearsal is not None:
            options.rehearsal.steer(
                self._window, first_paint_s=lambda: self._first_paint.at_s, figures=self._engine.figures
            )
        self._window.show()
        if options.link:
            self._do(FollowLink(link=options.link))

    def take_over(self, link: str) -> None:
        """Another start, or the system, brought a link, or with an empty one only the wish to see the window."""
        bring_up(self._window)
        if link:
            self._do(FollowLink(link=link))

    def close(self) -> None:
        """Leaves the call, closes the devices, ends the local server; takes a few seconds at most."""
        self._notes.close()
        if self._starter.is_alive():
            self._starter.join(10.0)
        self._engine.close()
        self._server.stop()

    def _do(self, event: Event) -> None:
        self._engine.do(event)
        if isinstance(event, TryAgain):
            self._server.try_again()

    def _signalled(self) -> None:
        self._window.let_close()
        QApplication.quit()

    # --- after the first paint --------------------------------------------------------------------------------------
    def _start_rest(self) -> None:
        """In a thread of its own: imports, builds the conductor and connects."""
        try:
            address = self._options.server or self._settings.now.server
            if not address:
                # First of all: it needs a second or two of its own.
                self._server.start()
            engine.load()
            conductor = self._build_conductor()
        except Exception:
            _log.exception("the start failed")
            self._bridge.show_state(faults.failed_start())
            return
        if address:
            _connect(conductor, address)
        self._engine.run(conductor)
        if self._options.registers:
            from app.shell import deep_links

            deep_links.register_this()

    def _build_conductor(self) -> Conductor:
        from app.conductor import Conductor
        from app.keychain import Keychain
        from app.media.makers import SystemDevices
        from app.net.loop import NetworkLoop
        from app.parts import Audience, Parts

        rehearsal = self._options.rehearsal
        loop = NetworkLoop()
        parts = Parts(
            loop=loop,
            settings=self._settings,
            keychain=Keychain(),
            devices=rehearsal.devices() if rehearsal is not None else SystemDevices(lambda: self._screens),
            mailbox=self._mailbox,
            data=self._data,
        )
        audience = Audience(
            show_state=self._bridge.show_state,
            show_levels=self._bridge.show_levels,
            show_pointed=self._bridge.show_pointed,
            show_held=self._bridge.show_held,
            notify=self._notes.notify,
            set_reach=self._server.set_reach,
            steer_model=self._server.steer_model,
            go_local=self._server.go_local,
        )
        loop.start()
        return Conductor(parts, audience)


def _make_screens() -> QtScreens | None:
    """On the UI thread; X11 has a way of its own, see `app.media.makers`."""
    if sys.platform.startswith("linux") and not os.environ.get("WAYLAND_DISPLAY"):
        return None
    from app.shell.qt_screens import QtScreens

    return QtScreens()


def _connect(conductor: Conductor, address: str) -> None:
    from app.net.signalling import target_of

    try:
        conductor.connect(target_of(address))
    except ValueError as error:
        conductor.do(ConnectionChanged(phase="refused", words=str(error)))
