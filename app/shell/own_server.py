"""The server on this computer, as the state wants it: started, connected to, reachable by others or not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__, paths
from app.settings import SettingsFile
from app.state.events import Announced, Event, OwnServerTold, ReachTold, SpeechModelTold
from app.state.slices.speech import ModelPhase

if TYPE_CHECKING:
    from app.net.signalling import Target
    from app.shell.child_lines import ServerModel, ServerReach
    from app.shell.local_server import LocalServer, ServerReady

_PHASES: tuple[ModelPhase, ...] = ("unwanted", "missing", "fetching", "ready")
_NOT_SAVED = "This choice could not be saved. Is the disk full?"


class OwnServer:
    """Keeps the embedded server, and carries out `SetReach`, `SteerModel` and `GoHome` for it.

    All methods from any thread.
    """

    def __init__(
        self,
        data: Path,
        settings: SettingsFile,
        *,
        do: Callable[[Event], None],
        connect: Callable[[Target, str], None],
        miss: Callable[[str], None],
    ) -> None:
        """Starts nothing.

        Args:
            data: the data folder.
            settings: say whether others are let in, and which speech model is used.
            do: takes what is told.
            connect: is told where the server is, and its secret, each time it was started.
            miss: is told why it does not run.
        """
        self._data = data
        self._settings = settings
        self._do = do
        self._connect = connect
        self._miss = miss
        self._lock = threading.Lock()
        self._aiming = threading.Lock()
        self._has_ended = False
        self._server: LocalServer | None = None
        self._ready: ServerReady | None = None
        #: What was wished last and did not come true yet.
        self._wish: bool | None = None

    def start(self) -> None:
        """Starts the server, if it does not run; it writes files and starts a process, so not on the network thread."""
        from app.shell.local_server import LocalServer, ServerEvents, child_command

        events = ServerEvents(
            ready=self._tell_ready,
            told=lambda words: self._do(Announced(words=words)),
            failed=self._miss,
            met=lambda meetings: self._do(OwnServerTold(meetings=meetings)),
            reach=self._tell_reach,
            model=self._tell_model,
        )
        folder = paths.private_folder(self._data / "server")
        settings = self._settings.now
        command = child_command(folder, speech_model=settings.speech_model)
        server = LocalServer(
            self._data, events, version=__version__, command=command, is_reachable=settings.lets_others
        )
        with self._lock:
            if self._has_ended or self._server is not None:
                return
            self._server = server
        server.start()

    def go_local(self) -> None:
        """The server of this computer becomes the one that the client is at; returns at once."""
        if self._server is None:
            threading.Thread(target=self.start, name="start local server", daemon=True).start()
            return
        # The child may be ready anew at this moment: the newer address has to be the last that is aimed at.
        with self._aiming:
            if self._ready is not None:
                self._aim(self._ready)

    def set_reach(self, is_on: bool) -> None:
        """Lets other computers in or not, now and at the next start; `ReachTold` answers. Returns at once."""
        self._wish = is_on
        if not is_on:
            # What is closed stays closed, whatever becomes of the server.
            threading.Thread(target=self._keep, args=(False,), name="keep reach", daemon=True).start()
        if self._server is not None:
            self._server.set_reach(is_on)

    def steer_model(self, wish: str) -> None:
        """What is to become of its models for recaps; `SpeechModelTold` answers. Returns at once."""
        if self._server is not None:
            self._server.steer_model(wish)

    def try_again(self) -> None:
        """Tries to start it at once, if it does not run."""
        if self._server is not None:
            self._server.try_again()

    def stop(self) -> None:
        """Ends it, for good; takes a few seconds at most."""
        with self._lock:
            self._has_ended = True
        if self._server is not None:
            self._server.stop()

    def _tell_ready(self, server: ServerReady) -> None:
        with self._aiming:
            self._ready = server
            self._aim(server)

    def _aim(self, server: ServerReady) -> None:
        from app.net.signalling import target_of
        from app.wire.headers import SECRET_HEADER

        self._connect(target_of(server.text, {SECRET_HEADER: server.secret}), server.secret)

    def _tell_reach(self, reach: ServerReach) -> None:
        if reach.is_on and self._wish:
            # Only now: what could not be opened is not tried again at each start.
            self._keep(True)
        self._wish = None if reach.is_on == self._wish else self._wish
        self._do(ReachTold(is_on=reach.is_on, addresses=reach.addresses, words=reach.words))

    def _tell_model(self, model: ServerModel) -> None:
        phase: ModelPhase = next((one for one in _PHASES if one == model.phase), "unknown")
        self._do(
            SpeechModelTold(
                phase=phase, name=model.name, done=model.done, whole=model.whole, words=model.words,
                can_remove=model.can_remove,
            )
        )  # fmt: skip

    def _keep(self, is_on: bool) -> None:
        if not self._settings.change(lets_others=is_on):
            self._do(Announced(words=_NOT_SAVED, is_bad=True))
