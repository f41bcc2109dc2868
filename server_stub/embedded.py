"""What an embedded server and the client that started it say to each other: a line of JSON each time.

On standard input, after the secret: whether others are to be let in (`{"reach": true}`), what is to become of the
models for recaps (`{"model": "pull"}`, "cancel" or "remove"). On standard output: the ready line, then who meets, how
others reach this computer and how it is with the models, whenever that changes.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from app import __version__
from app.net.rounds import Rounds
from server_stub.after import recap_jobs
from server_stub.recap.speech.keeper import WISHES, Keeper, ModelState

if TYPE_CHECKING:
    from server_stub.doors.outside import Outside, Reach
    from server_stub.kernel.config import ServerSettings
    from server_stub.serving import Running

log = logging.getLogger(__name__)
#: The longest line that is taken from the client.
_LINE_BYTES = 4096


class Channel:
    """The server's side of the pipe, while the server runs.

    Attributes:
        keeper: looks after the models for recaps.
    """

    def __init__(self, settings: ServerSettings, server: Running, stop: Callable[[], None]) -> None:
        """Says nothing yet.

        Args:
            settings: of the server.
            server: that runs; this is its loop.
            stop: called when the client has gone; from another thread.
        """
        self._server, self._stop = server, stop
        self._loop = asyncio.get_running_loop()
        jobs = server.backend.jobs
        self.keeper = Keeper(
            settings.models_folder,
            self._tell_model,
            model=settings.speech_model,
            is_in_use=lambda: bool(jobs.by_recording or jobs.busy),
            on_ready=self._renew,
        )

    def open(self, source: BinaryIO) -> None:
        """Says that the server is ready, and listens from now on.

        Args:
            source: standard input; the client holds it open as long as it lives.
        """
        server = self._server
        outside = server.doors.outside
        say(
            {
                "ready": True,
                "port": server.port,
                "server_id": server.server_id,
                "version": __version__,
                "reach": _reach(outside.now),
                "model": msgspec.to_builtins(self.keeper.now()),
            }
        )
        tell_meetings = meetings_teller(server, say)

        def meetings_changed() -> None:
            tell_meetings()
            # Before somebody relies on it.
            self.keeper.look()

        server.backend.calls.changed = meetings_changed
        outside.on_change = lambda reach: say({"reach": _reach(reach)})
        threading.Thread(target=self._heed, args=(source,), name="stdin", daemon=True).start()

    def _heed(self, source: BinaryIO) -> None:
        rounds = Rounds(log, "heeding the client")
        while line := source.readline(_LINE_BYTES):
            # The end of this loop is the end of the server: nothing but the client's may be.
            with rounds:
                self._do(line)
        self._stop()

    def _do(self, line: bytes) -> None:
        try:
            wish: Any = json.loads(line)
            is_reach = "reach" in wish
            asked = wish["reach"] if is_reach else wish["model"]
        except (ValueError, KeyError, TypeError):
            return
        if is_reach:
            switch = _switch(self._server.doors.outside, is_on=bool(asked))
            asyncio.run_coroutine_threadsafe(switch, self._loop)
        elif asked in WISHES:
            self.keeper.do(asked)

    def _renew(self) -> None:
        asyncio.run_coroutine_threadsafe(recap_jobs.renew(self._server.backend), self._loop)

    def _tell_model(self, state: ModelState) -> None:
        say({"model": msgspec.to_builtins(state)})


def say(told: dict[str, object]) -> None:
    """One line for the client; from any thread."""
    try:
        # In one piece: several threads have something to say.
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        log.info("the client does not listen any more")


async def _switch(outside: Outside, *, is_on: bool) -> None:
    before = outside.now
    after = await outside.switch(is_on=is_on)
    if after == before:  # each wish is answered
        outside.on_change(after)


def _reach(reach: Reach) -> dict[str, object]:
    """How others reach this server, as its client reads it; the addresses as they are pasted."""
    return {
        "is_on": reach.is_open,
        "addresses": [address.text for address in reach.addresses],
        "words": reach.words,
    }


def meetings_teller(server: Running, tell: Callable[[dict[str, object]], None]) -> Callable[[], None]:
    """Says to the client who meets, whenever that changed: closing it ends all of that."""
    told: dict[str, int] = {}

    def look() -> None:
        nonlocal told
        now = server.backend.calls.people()
        if now != told:
            told = now
            tell({"meetings": now})

    return look
