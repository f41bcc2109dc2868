"""Sign-ins on their way from and to the keyring, which may take minutes; never on the network loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.keychain import WAITING, Keychain
from app.media.worker import PatientWorker
from app.net.loop import NetworkLoop
from app.servers import KnownServer

KEYRING_LIMIT_S = 3.0

#: Takes a token (empty: none) and words (why it is not kept).
Found = Callable[[str, str], None]


class SignIns:
    """Asks the keyring for one server at a time; an answer that comes after its server was left is dropped."""

    def __init__(self, keychain: Keychain, loop: NetworkLoop, *, is_at: Callable[[KnownServer], bool]) -> None:
        """Asks nothing yet.

        Args:
            keychain: holds them.
            loop: on which `find` and `keep` are called and answer.
            is_at: whether the client is still at that place.
        """
        self._keychain = keychain
        self._loop = loop
        self._is_at = is_at
        self._worker = PatientWorker("keyring")

    def end(self, limit_s: float) -> bool:
        """Whether all that was to be kept is kept by then."""
        return self._worker.end(limit_s)

    def find(self, there: KnownServer, server_id: str, found: Found) -> None:
        """Calls `found`, at once or later; twice where the keyring asks for its password first."""
        known = self._keychain.known(there.entry(server_id))
        if known is not None:
            found(known.token, "")
            return
        self._loop.spawn(self._ask(there, server_id, found), name="keyring")

    async def _ask(self, there: KnownServer, server_id: str, found: Found) -> None:
        asked = asyncio.wrap_future(self._worker.submit(self._keychain.find, there.entry(server_id)))
        try:
            answer = await asyncio.wait_for(asyncio.shield(asked), KEYRING_LIMIT_S)
        except TimeoutError:
            if self._is_at(there):
                found("", WAITING)
            answer = await asked
        # Another server may call itself by the same id: what was found belongs to the place it was asked for.
        if self._is_at(there):
            found(answer.token, answer.words)

    def keep(self, there: KnownServer, server_id: str, token: str, not_kept: Callable[[str], None]) -> None:
        """Keeps a token, or forgets it (empty); `not_kept` gets why it does not hold beyond this run, if so."""
        entry = there.entry(server_id)
        self._keychain.remember(entry, token)
        self._loop.spawn(self._keep(entry, token, not_kept), name="keyring")

    async def _keep(self, entry: str, token: str, not_kept: Callable[[str], None]) -> None:
        words = await asyncio.wrap_future(self._worker.submit(self._keychain.keep, entry, token))
        if words and token:
            not_kept(words)
