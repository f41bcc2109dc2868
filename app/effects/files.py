"""Files of recaps: fetched to be played, and deleted here when they may no longer be kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.effects.context import Context
from app.net.files import FileError, RecapFiles
from app.servers import KnownServer
from app.state import effects
from app.wire.headers import SECRET_HEADER

#: Takes the file here and no words, or no file and why there is none.
FileReady = Callable[[Path | None, str], None]


class FileEffects:
    """Keeps copies of recordings, for as long as the program runs at most."""

    def __init__(self, context: Context) -> None:
        """Fetches nothing yet."""
        self._context = context
        self._files = RecapFiles(context.parts.data)
        context.carriers.add(effects.ForgetFiles, lambda effect: self.forget(effect.meeting))

    def forget(self, meeting: str = "") -> None:
        """Deletes the copies of one meeting, or of all (empty); later, in order."""
        self._context.chores.submit(self._files.forget, meeting)

    def fetch(self, there: KnownServer | None, token: str, *, meeting: str, file: str, ready: FileReady) -> None:
        """Brings a recap's file here; on the loop.

        Args:
            there: the server that has it; None: there is no connection.
            token: of the sign-in there.
            meeting: its id.
            file: its name.
            ready: called on the loop, or at once.
        """
        if there is None:
            ready(None, "There is no connection to the server.")
            return
        headers = {"Authorization": f"Bearer {token}"}
        if there.secret:
            headers[SECRET_HEADER] = there.secret

        async def fetch() -> None:
            try:
                path = await self._files.fetch(there.server, headers, meeting=meeting, file=file)
            except FileError as error:
                ready(None, error.words)
            else:
                ready(path, "")

        self._context.parts.loop.spawn(fetch(), name="recap file")
