"""Sign-ins, kept in the system's keyring; where there is none, for this run only.

Never in a file of our own. Calls may take minutes, when the system asks for its password: make them from a worker.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Protocol

_log = logging.getLogger(__name__)

SERVICE = "Parley"
NO_KEYRING = (
    "This computer has no keyring that Parley can use, so you stay signed in only until you close Parley. "
    "On Linux, gnome-keyring or KWallet would keep you signed in."
)
NOT_KEPT = "The keyring of this computer did not store your sign-in, so it lasts only until you close Parley."
WAITING = "The keyring of this computer is asking for its password. Unlock it, or sign in below."


class Ring(Protocol):
    """What a keyring can do: `keyring.backend.KeyringBackend`, or a test's stand-in."""

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept under a name, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keeps something under a name."""

    def delete_password(self, service: str, username: str) -> None:
        """Forgets what is kept under a name."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the keychain holds for a server.

    Attributes:
        token: the sign-in; empty when there is none.
        words: why it is not kept beyond this run; empty when it is.
    """

    token: str
    words: str = ""


class Keychain:
    """One entry per server: a token only ever goes to the server that it came from.

    What is called `server_id` here is the whole name of an entry: the server's id with its address and pin, as
    `app.servers.KnownServer.entry` makes it.
    """

    def __init__(self, ring: Ring | None = None) -> None:
        """Opens nothing yet.

        Args:
            ring: instead of the system's keyring, for tests.
        """
        self._ring = ring
        self._is_looked_for = ring is not None
        self._lock = threading.Lock()
        self._this_run: dict[str, str] = {}

    def known(self, server_id: str) -> Found | None:
        """What is known without asking the keyring: at once, from any thread."""
        token = self._this_run.get(server_id)
        return None if token is None else Found(token)

    def remember(self, server_id: str, token: str) -> None:
        """Keeps a sign-in for this run, or forgets it: at once, from any thread."""
        self._this_run[server_id] = token

    def find(self, server_id: str) -> Found:
        """Looks for a sign-in; never raises, may take minutes."""
        ring = self._usable_ring()
        if server_id in self._this_run:
            return Found(self._this_run[server_id], "" if ring else NO_KEYRING)
        if ring is None:
            return Found("", NO_KEYRING)
        try:
            return Found(ring.get_password(SERVICE, server_id) or "")
        except Exception as error:
            # Back ends raise their own kinds: D-Bus, Windows and macOS errors among them.
            _log.warning("the keyring could not be read: %s", type(error).__name__)
            return Found("", NOT_KEPT)

    def keep(self, server_id: str, token: str) -> str:
        """Keeps a sign-in, or forgets it.

        Args:
            server_id: whose.
            token: empty to forget.

        Returns:
            Why it is not kept beyond this run; empty when it is.
        """
        self.remember(server_id, token)
        ring = self._usable_ring()
        if ring is None:
            return NO_KEYRING
        try:
            if token:
                ring.set_password(SERVICE, server_id, token)
            elif ring.get_password(SERVICE, server_id) is not None:
                ring.delete_password(SERVICE, server_id)
        except Exception as error:
            _log.warning("the keyring could not be written: %s", type(error).__name__)
            return NOT_KEPT
        return ""

    def _usable_ring(self) -> Ring | None:
        with self._lock:
            if not self._is_looked_for:
                self._ring = _system_ring()
                self._is_looked_for = True
            return self._ring


def _system_ring() -> Ring | None:
    """The system's keyring; None for back ends that keep nothing or keep it in a readable file."""
    try:
        import keyring

        ring = keyring.get_keyring()
        # Below 1 are those that only fail and those that write plain text. Source: keyring's documentation.
        return ring if float(ring.priority) >= 1 else None
    except Exception as error:
        _log.warning("there is no keyring: %s", type(error).__name__)
        return None
