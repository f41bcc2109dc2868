"""Files of a recap, fetched by HTTP with one's own sign-in into a cache that only this user can read."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path

from app.net import pins
from app.wire.links import BadLink, ServerAddress, parse_server

_log = logging.getLogger(__name__)

_NAME = re.compile(r"[A-Za-z0-9_\-]{1,64}(?:\.[A-Za-z0-9]{1,8})?")
_LIMIT_S = 20.0
_PIECE = 1 << 16
_NOT_REACHED = "The server cannot be reached, so the recording cannot be played now."


class FileError(Exception):
    """A file of a recap cannot be fetched; `words` can be shown to the user."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class RecapFiles:
    """Fetches what a recap names, each file once."""

    def __init__(self, folder: Path) -> None:
        """Fetches nothing yet.

        Args:
            folder: the data folder; the cache is a folder in it.
        """
        self._folder = folder / "recap-cache"

    async def fetch(self, server: ServerAddress | str, headers: Mapping[str, str], *, meeting: str, file: str) -> Path:
        """Brings one file here, or finds it here.

        Args:
            server: whose file, or the text of its address (`ServerAddress.text`, with its pin).
            headers: what opens its door: the sign-in, and the embedded server's secret.
            meeting: whose recap.
            file: its name there.

        Returns:
            The file on this computer, readable by this user only.

        Raises:
            FileError: it cannot be had.
        """
        if not (_NAME.fullmatch(meeting) and _NAME.fullmatch(file)):
            raise FileError("The recap names an invalid file.")
        address = _read(server)
        # Another server may use the same ids; a sign-in must never read what another one fetched.
        owner = hashlib.sha256(f"{address.text} {headers.get('Authorization', '')}".encode()).hexdigest()[:16]
        path = self._folder / owner / meeting / file
        if path.is_file():
            return path
        try:
            for folder in (self._folder, path.parent.parent, path.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            await _download(address, f"/recap/{meeting}/{file}", headers, path)
        except OSError as error:
            _log.warning("a recap's file could not be written: %s", type(error).__name__)
            raise FileError("The file could not be written to this computer. Is the disk full?") from error
        return path

    def forget(self, meeting: str = "") -> None:
        """Deletes the cache, for someone has signed out; or what is in it of one meeting, whose recording was deleted.

        Args:
            meeting: its id; empty: all of them.
        """
        for path in sorted(self._folder.rglob("*"), reverse=True):
            if meeting and path.relative_to(self._folder).parts[1:2] != (meeting,):
                continue
            try:
                path.rmdir() if path.is_dir() else path.unlink()
            except OSError:
                _log.warning("a cached file could not be deleted")


def _read(server: ServerAddress | str) -> ServerAddress:
    try:
        return parse_server(server) if isinstance(server, str) else server
    except BadLink as error:
        raise FileError(str(error)) from error


async def _trust(server: ServerAddress) -> ssl.SSLContext:
    try:
        # Without TLS there is nobody to trust: loading nothing makes a first file 20 ms faster.
        return await pins.context_for(server) or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except pins.NotTrusted as refusal:
        raise FileError(refusal.words) from refusal
    except OSError as error:
        raise FileError(_NOT_REACHED) from error


async def _download(server: ServerAddress, page: str, headers: Mapping[str, str], path: Path) -> None:
    import httpx

    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        trust = await _trust(server)
        async with (
            # No proxy from the environment: the embedded server's secret must not pass through one. Nor a redirect:
            # our headers are for this server alone.
            httpx.AsyncClient(timeout=_LIMIT_S, trust_env=False, verify=trust, follow_redirects=False) as client,
            client.stream("GET", server.base_url + page, headers=dict(headers)) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise FileError(_words_for(answer.status_code))
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out:
                async for piece in answer.aiter_bytes(_PIECE):
                    out.write(piece)
        beside.replace(path)
    except httpx.HTTPError as error:
        known = pins.why_not(error, server)
        raise FileError(known.words if known else _NOT_REACHED) from error
    finally:
        beside.unlink(missing_ok=True)


def _words_for(status: int) -> str:
    if status in (401, 403):
        return "Only members of the room can open this recording."
    if status in (404, 410):
        return "This recording is no longer on the server."
    return "The server could not send this recording."
