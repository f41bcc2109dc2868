"""Brings one file over HTTP into a folder; what came before an interruption is not fetched again."""

from __future__ import annotations

import errno
import shutil
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from server_stub.recap.speech.catalogue import came, is_file, part_of
from server_stub.recap.speech.engine import SpeechError

if TYPE_CHECKING:
    import httpx

#: A source has to begin to answer within this, or it counts as out of reach.
ANSWERS_S = 8.0
#: One that brings nothing for so long is given up.
STALLS_S = 20.0
#: So often a connection that breaks is taken up again, if it brought something.
TRIES = 4
#: What is still free on a disk once all has come, so that nothing else on it comes to grief.
SPARE_BYTES = 50_000_000


class Stopped(SpeechError):
    """Whoever asked for the model has changed their mind; what has come is kept for the next time."""


class Unreached(Exception):
    """This source does not have it, or not now; the next may."""


class Wrong(Unreached):
    """What this source has is not what was published."""


def open_client() -> httpx.Client:
    """A client that trusts whom this computer trusts, by the proxies that are set up."""
    import certifi
    import httpx

    trust = ssl.create_default_context()
    trust.load_verify_locations(certifi.where())
    limits = httpx.Timeout(ANSWERS_S, read=STALLS_S)
    # Compressed on the way, a part could not be taken up again.
    headers = {"Accept-Encoding": "identity"}
    return httpx.Client(verify=trust, timeout=limits, follow_redirects=True, headers=headers)


def check_room(folder: Path, needed: int) -> None:
    """Whether a disk has room for so many bytes more.

    Raises:
        OSError: it has not; the error's text is for people.
    """
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        words = f"{(needed + SPARE_BYTES) / 1e6:.0f} MB have to be free on the disk, and {free / 1e6:.0f} MB are"
        raise OSError(errno.ENOSPC, words)


def fetch(
    client: httpx.Client,
    url: str,
    path: Path,
    *,
    size: int,
    sha256: str,
    show: Callable[[int], None],
    stop: threading.Event,
    headers: dict[str, str] | None = None,
) -> None:
    """Brings one file, whole and as it was published.

    Args:
        client: of `open_client`.
        url: where it lies.
        path: where it goes; while it comes there is a part beside it.
        size: in bytes.
        sha256: in hex; empty: it is not known, and what came before is fetched again.
        show: told the bytes that are there, again and again.
        stop: set from elsewhere to end it early.
        headers: sent with the request, but to no other host.

    Raises:
        Unreached: it does not come from there.
        Wrong: it came, and was thrown away.
        Stopped: `stop` was set.
        OSError: it could not be written.
    """
    part = part_of(path)
    if not sha256:
        part.unlink(missing_ok=True)
    tries = TRIES
    while (before := came(part)) < size:
        try:
            _take(client, url, part, before=before, size=size, show=show, stop=stop, headers=headers or {})
        except Unreached:
            tries -= 1
            if not tries or came(part) == before:
                raise
    if sha256 and not is_file(part, size, sha256):
        part.unlink(missing_ok=True)
        raise Wrong(path.name)
    part.replace(path)


def _take(
    client: httpx.Client,
    url: str,
    part: Path,
    *,
    before: int,
    size: int,
    show: Callable[[int], None],
    stop: threading.Event,
    headers: dict[str, str],
) -> None:
    """As much as one connection brings."""
    import httpx

    asked = {**headers, **({"Range": f"bytes={before}-"} if before else {})}
    try:
        with client.stream("GET", url, headers=asked) as answer:
            if answer.status_code == 416:
                # What lies here is not the beginning of what lies there.
                part.unlink()
            begins = _begins(answer, before)
            with part.open("r+b" if begins else "wb") as file:
                file.seek(begins)
                file.truncate()
                for piece in answer.iter_raw():
                    # Before it is written: whoever stopped it may have begun anew.
                    if stop.is_set():
                        raise Stopped("The download was stopped.")
                    file.write(piece)
                    show(file.tell())
                    if file.tell() > size:
                        break
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        raise Unreached(type(error).__name__) from error
    if came(part) > size:
        part.unlink()
        raise Wrong(part.name)
    if came(part) < size:
        raise Unreached("it ended early")


def _begins(answer: httpx.Response, before: int) -> int:
    """From which byte on an answer brings the file."""
    if answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {before}-"):
        return before
    if answer.status_code == 200:
        return 0
    raise Unreached(f"it answers {answer.status_code}")
