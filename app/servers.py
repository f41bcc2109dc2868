"""Which server the client is at: its own, or for a while that of a link. Nothing of one is given to the other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from app.net.signalling import Target
from app.wire.links import ServerAddress


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A server and what opens it.

    Attributes:
        target: where its websocket is; the secret of an embedded server is in its headers.
        secret: of an embedded server, which also signs its owner in; empty for any other.
    """

    target: Target
    secret: str = ""

    @property
    def server(self) -> ServerAddress:
        """Its address, as links name it."""
        return self.target.server

    def entry(self, server_id: str) -> str:
        """The keyring's entry: with address and pin, because any server could call itself by the id of another one."""
        return f"{server_id} {self.target.text}"


class Servers:
    """The client's own server and the current one.

    Attributes:
        now: where the client is or wants to be; None before the first one is known.
    """

    def __init__(self) -> None:
        """At home, wherever that will be."""
        self.now: KnownServer | None = None
        self._home: KnownServer | None = None
        self._is_away = False
        self._is_home_local = True

    @property
    def is_at_local(self) -> bool:
        """Whether the client is at the server of this computer, or waits for it."""
        return self._is_home_local and not self._is_away

    def set_home(self, there: KnownServer) -> bool:
        """Takes the own server, new or changed.

        Args:
            there: with a secret: of the server of this computer, which is left alone while another one is the own one.

        Returns:
            Whether the client is there and should reconnect.
        """
        is_local = bool(there.secret)
        if is_local and not self._is_home_local:
            return False
        self._is_home_local = is_local
        self._home = there
        if not self._is_away:
            self.now = there
        return not self._is_away

    def visit(self, server: ServerAddress, *, is_for_good: bool) -> KnownServer:
        """Goes to a server, of which nothing but its address is known."""
        self.now = KnownServer(Target(server))
        self._is_away = not is_for_good
        if is_for_good:
            self._home, self._is_home_local = self.now, False
        return self.now

    def go_home(self, *, is_local: bool) -> KnownServer | None:
        """Goes back.

        Args:
            is_local: the server of this computer becomes the own one; it comes by `set_home`.

        Returns:
            Where to; None while that is not known.
        """
        self._is_away = False
        self._is_home_local = self._is_home_local or is_local
        self.now = self._home = None if is_local else self._home
        return self.now


def name_for(installation: str, server_id: str) -> str:
    """The name of this installation for one server: the same each time, another one for each server.

    Args:
        installation: random, of this computer's settings; it leaves the computer in no other form.
        server_id: whose.

    Returns:
        32 hexadecimal digits.
    """
    return hashlib.sha256(f"{installation} {server_id}".encode()).hexdigest()[:32]
