"""Builds a whole server, and shuts it down in the right order."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from app.net import guard
from app.wire.links import ServerAddress
from app.wire.recap import Recap
from server_stub.after.jobs import Job, Maker
from server_stub.backend import Backend
from server_stub.call.media import MediaEvents
from server_stub.doors import reach
from server_stub.doors.web import Doors
from server_stub.kernel import garbage
from server_stub.kernel.clock import Clock
from server_stub.kernel.config import ServerSettings
from server_stub.kernel.folder_lock import FolderLock
from server_stub.recap.filmed import Films
from server_stub.recap.filming import make_films
from server_stub.recap.job import RecapJob, remake
from server_stub.recap.settings import RecapSettings
from server_stub.relay.engine import RelayEngine, RelayEvents
from server_stub.relay.late import LateRelay

log = logging.getLogger(__name__)
#: Builds the relay; the tests have their own.
RelayFactory = Callable[[RelayEvents, ServerSettings], RelayEngine]


class RecapMaker:
    """Makes recaps with the pipeline of `server_stub.recap`."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = RecapSettings(
            models_folder=settings.models_folder, model=settings.speech_model, language_model=settings.language_model
        )

    def open(self, folder: Path, people: Mapping[str, str]) -> Job:
        """A job for a recording that begins."""
        # Its news are not needed: the server knows who left, and what `finish` raises says why it failed.
        return RecapJob(folder, people=people, settings=self._settings, told=lambda status: None)

    async def remake(self, folder: Path, *, may_ask: bool) -> Recap:
        """Makes the texts of a recap from what a recording left."""
        return await remake(folder, self._settings if may_ask else replace(self._settings, language_model=None))

    async def film(self, folder: Path, recap: Recap, *, since: float) -> Films | None:
        """Makes the films of a recap."""
        return await make_films(folder, recap, self._settings.command, since=since)


def forwarder(
    events: RelayEvents, settings: ServerSettings, *, loaded: Callable[[], None] = lambda: None
) -> RelayEngine:
    """The embedded relay, loaded when somebody meets; `loaded` is called then, in the thread that loads it."""

    def load() -> Callable[[], RelayEngine]:
        from server_stub.relay.forwarder import Forwarder

        loaded()
        return lambda: Forwarder(events, addresses=settings.media_addresses, ports=settings.relay_ports)

    return LateRelay(load)


def forwarder_of_own_process(events: RelayEvents, settings: ServerSettings) -> RelayEngine:
    """The same where the process is nothing but this server: what is loaded then is the last that is large."""
    return forwarder(events, settings, loaded=garbage.settle)


def _note_nat(settings: ServerSettings) -> None:
    """Whoever has misspelt an address finds it in the log."""
    own = guard.machine_addresses() if settings.relay_addresses else ()
    for address in settings.relay_addresses:
        if address not in own:
            log.info("media is offered at %s, which this computer does not have: a NAT has to pass its UDP on", address)


class Running:
    """A server that runs."""

    def __init__(self, backend: Backend, doors: Doors) -> None:
        self.backend = backend
        self.doors = doors

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.doors.port

    @property
    def address(self) -> ServerAddress:
        """What goes into links."""
        return self.backend.address

    @property
    def server_id(self) -> str:
        """Names this server for good."""
        return self.backend.server_id


@asynccontextmanager
async def running(
    settings: ServerSettings,
    *,
    relay: RelayFactory = forwarder,
    maker: Maker | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Running]:
    """A server, from its lock to its last closed file.

    Raises:
        CertificateError: the certificate that was given cannot be used.
        ServerError: the public URL cannot be used.
        FolderInUse: another server works on the same data folder.
        StoreError: the database cannot be opened.
        OSError: the address cannot be listened on.
    """
    lock = FolderLock(settings.data)
    lock.take()
    try:
        backend = Backend(settings, maker=maker or RecapMaker(settings), clock=clock)
        reach.read_public_url(settings)
        _note_nat(settings)
        doors = Doors(backend, reach.certificate_for(settings, backend.now()))
        await backend.start(relay(MediaEvents(backend), settings))
        try:
            await doors.open()
            yield Running(backend, doors)
        finally:
            backend.begin_to_stop()
            if settings.is_embedded:
                await backend.take_leave()
            await doors.close()
            await backend.stop()
    finally:
        lock.release()
