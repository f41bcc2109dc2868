"""The connection to the server: which one, its socket, and switching from one to another."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.effects.context import Context
from app.effects.last_words import LastWords
from app.net.signalling import Signalling, SocketPhase
from app.servers import KnownServer, Servers
from app.state import effects
from app.state.events import ConnectionChanged
from app.wire.fields import Ask, Tell

_log = logging.getLogger(__name__)


class ServerEffects:
    """Sends to the server and switches to another one; everything runs on the loop.

    Attributes:
        signalling: the socket; None before `begin`.
    """

    def __init__(
        self, context: Context, *, heard: Callable[[Tell], None], has_spoken: Callable[[], bool] = lambda: True
    ) -> None:
        """Connects nothing yet.

        Args:
            context: of all carriers.
            heard: gets each message of the present server.
            has_spoken: see `CallMedia.has_spoken`.
        """
        self._context = context
        self._heard = heard
        self._servers = Servers()
        # From leaving a server to being connected to the next one: what still comes is of the one that was left.
        self._is_between = False
        self.signalling: Signalling | None = None
        add = context.carriers.add
        last_words = LastWords(
            self.say, have_gone=has_spoken, spawn=lambda wait: context.parts.loop.spawn(wait, name="last words")
        )
        add(effects.Send, lambda effect: last_words.say(effect.message))
        add(effects.Reconnect, lambda effect: self._reconnect())
        add(effects.VisitServer, self._visit)
        add(effects.GoHome, self._go_home)
        add(effects.SetReach, lambda effect: context.audience.set_reach(effect.is_on))
        add(effects.SteerModel, lambda effect: context.audience.steer_model(effect.wish))

    @property
    def now(self) -> KnownServer | None:
        """Where the client is or wants to be; None before that is known."""
        return self._servers.now

    @property
    def secret(self) -> str:
        """Of the present server, if it is that of this computer."""
        return self._servers.now.secret if self._servers.now else ""

    def begin(self) -> None:
        """Starts connecting."""
        self.signalling = Signalling(on_message=self._take, on_link=self._phase_changed)
        self._context.parts.loop.spawn(self.signalling.run(), name="signalling")
        if self._servers.now is not None:
            self._aim(self._servers.now)

    def set_home(self, there: KnownServer) -> None:
        """Says where the own server is, and goes there unless a link has led elsewhere."""
        if self._servers.set_home(there) and self.signalling is not None:
            self._aim(there)

    def miss_local(self, words: str) -> None:
        """Says that the server of this computer does not run, if that is the one that is wanted."""
        if self._servers.is_at_local:
            self._context.happen(ConnectionChanged(phase="refused", words=words))

    def give_up(self) -> None:
        """Tries no more: the server has said that it does not speak to this program."""
        if self.signalling is not None:
            self.signalling.pause()

    def say(self, message: Ask) -> None:
        """Sends a message; it is dropped where there is no connection, as `Signalling.send` tells."""
        if self._is_between or self.signalling is None or not self.signalling.send(message):
            _log.info("%s was not sent: there is no connection", type(message).__name__)

    def say_now(self, message: Ask) -> None:
        """Sends what is worth nothing later: it is dropped where other messages still wait to be sent."""
        if not self._is_between and self.signalling is not None and not self.signalling.is_behind:
            self.signalling.send(message)

    def _take(self, message: Tell) -> None:
        if not self._is_between:
            self._heard(message)

    def _phase_changed(self, state: SocketPhase, words: str) -> None:
        if self._is_between and state == "offline":
            return
        self._is_between = False
        server = self._servers.now.server if self._servers.now else None
        address = server.address if server else ""
        self._context.happen(ConnectionChanged(phase=state, words=words, address=address, server=server))

    def _aim(self, there: KnownServer) -> None:
        if self.signalling is not None:
            self.signalling.aim(there.target)

    def _leave_for(self, there: KnownServer) -> None:
        if self.signalling is not None:
            self._is_between = self.signalling.is_online
            self._aim(there)

    def _visit(self, effect: effects.VisitServer) -> None:
        there = self._servers.visit(effect.server, is_for_good=effect.is_for_good)
        if effect.is_for_good:
            self._keep(effect.server.text)
        self._leave_for(there)

    def _go_home(self, effect: effects.GoHome) -> None:
        if effect.is_local:
            self._keep("")
        there = self._servers.go_home(is_local=effect.is_local)
        if there is not None:
            self._leave_for(there)
        elif self.signalling is not None:
            self._is_between = True
            self.signalling.pause()
        if effect.is_local:
            self._context.audience.go_local()

    def _keep(self, server: str) -> None:
        self._context.save({"server": server}, "The choice of the server could not be saved. Is the disk full?")

    def _reconnect(self) -> None:
        if self.signalling is not None:
            self.signalling.hurry()
