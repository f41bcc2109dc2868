"""Writes the films of a recap: the whole meeting for the player, and the reel of its highlights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.wire.recap import Recap
from server_stub.recap.filmed import FILMS, FilmKind
from server_stub.recap.live_mix import read_mix
from server_stub.recap.mix import mix_clips
from server_stub.recap.player import write_player
from server_stub.recap.reel import cut_lines, cut_spans, make_reel
from server_stub.recap.shares import Shared


def write_film(
    kind: FilmKind,
    recap: Recap,
    files: Mapping[str, Path],
    folder: Path,
    shares: Sequence[Shared] = (),
    *,
    mixed: Path | None = None,
) -> float:
    """Writes one film into a folder, beside its place first, so that half a film is never taken for a whole one.

    Args:
        kind: which of the two.
        recap: with its transcript and highlights.
        files: by name, in the order of joining.
        folder: for the film, which only this user may read.
        shares: the screens that were shared.
        mixed: the folder of what was mixed during the meeting.

    Returns:
        Its length in seconds; 0 where nothing was recorded that could be played, and then there is no film.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """

    def write(part: Path) -> float:
        if kind == "meeting":
            return write_player(files, recap.transcript, part, shares, read_mix(mixed) if mixed else None)
        spans, lines = cut_spans(recap.highlights), cut_lines(recap.highlights, recap.transcript)
        return make_reel(files, spans, mix_clips(files.values(), spans), part, shares, lines)

    return _finish(folder / FILMS[kind], write)


def _finish(path: Path, write: Callable[[Path], float]) -> float:
    part = path.with_name(f".{path.name}.part")
    try:
        length_s = write(part)
        if part.exists():
            part.chmod(0o600)
            part.replace(path)
        return length_s
    finally:
        part.unlink(missing_ok=True)
