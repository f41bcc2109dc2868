"""The server's side of the films: they are made from a recap's folder once its texts are there, both at once.

Nothing of the call that is over is needed, so what a crash cuts off is made again in the same way at the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from app.paths import write_private
from app.wire.recap import Recap
from server_stub.recap import protocol, store
from server_stub.recap.errors import RecapError
from server_stub.recap.filmed import FilmKind, Films, files_by_name
from server_stub.recap.process import WorkerProcess
from server_stub.recap.shares import Shared

#: A worker that has not made its film after so long hangs. A meeting of ten hours takes a quarter of it.
PATIENCE_S = 3600.0
TRIES = 2


async def make_films(folder: Path, recap: Recap, command: Sequence[str], *, since: float) -> Films | None:
    """Makes both films of a recap, each in a process of its own: the reel encodes while the other one copies.

    Args:
        folder: of the meeting's recording; the films go into its `recap` folder.
        recap: its texts.
        command: how to start a worker.
        since: from when the wait for the films counts, in seconds since 1970.

    Returns:
        None where nothing was recorded that could be played.

    Raises:
        RecapError: they could not be made.
    """
    try:
        recording = await asyncio.to_thread(store.read_recording, folder)
        named = {person.id: person.file for person in recording.people}
        found = await asyncio.to_thread(store.find_files, folder, [person.id for person in recap.people], named)
        shares = await asyncio.to_thread(store.find_shares, folder, recording)
    except (store.StoreError, OSError) as error:
        raise RecapError("The films could not be made: the recording cannot be read.") from error
    files = {name: str(path.resolve()) for name, path in files_by_name(recap, found).items()}
    if not files:
        return None
    kinds: tuple[FilmKind, ...] = ("meeting", "reel") if recap.highlights else ("meeting",)
    asked = [_ask_for(kind, recap, files, folder, shares) for kind in kinds]
    async with asyncio.TaskGroup() as group:
        makes = [group.create_task(_make(tuple(command), one)) for one in asked]
    made = [task.result() for task in makes]
    for one in made:
        if isinstance(one, protocol.Failed):
            raise RecapError(one.reason)
    lengths = [one.length_s for one in made if isinstance(one, protocol.Filmed)]
    await asyncio.to_thread(store.drop_mix, folder)
    if not lengths[0]:
        return None
    films = Films(sum(lengths[1:]), time.time() - since)
    await asyncio.to_thread(_add_to_file, folder / store.RECAP / store.JSON, films)
    return films


def _ask_for(
    kind: FilmKind, recap: Recap, files: Mapping[str, str], folder: Path, shares: Sequence[Shared]
) -> protocol.MakeFilm:
    place = str((folder / store.RECAP).resolve())
    mixed = str(folder.resolve())
    return protocol.MakeFilm(kind=kind, recap=recap, folder=place, files=dict(files), shares=list(shares), mixed=mixed)


def _add_to_file(path: Path, films: Films) -> None:
    """Names the films in `recap.json`; one that cannot be read or written does without."""
    with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError):
        recap = films.add_to(msgspec.json.decode(path.read_bytes(), type=Recap))
        write_private(path, msgspec.json.format(msgspec.json.encode(recap), indent=2))


async def _make(command: tuple[str, ...], asked: protocol.MakeFilm) -> protocol.Filmed | protocol.Failed:
    """Has one film made, by a second worker where the first dies."""
    for _ in range(TRIES):
        try:
            worker = await WorkerProcess.start(command)
        except OSError:
            continue
        try:
            worker.send(asked)
            async with asyncio.timeout(PATIENCE_S):
                answer = await worker.receive()
        except TimeoutError:
            break
        finally:
            # Also where the server stops meanwhile: nobody waits for a film.
            await worker.end(at_once=True)
        if isinstance(answer, protocol.Filmed | protocol.Failed):
            return answer
    return protocol.Failed(reason="The film could not be made: its process ended again and again.")
