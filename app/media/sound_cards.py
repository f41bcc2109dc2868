"""Whether sound cards have come or gone, as the kernel sees it.

PortAudio looks only while nothing plays, and asking it costs a pause in the sound: it is asked when this says so.
"""

from __future__ import annotations

from pathlib import Path

ASOUND = Path("/proc/asound")
_FILES = ("cards", "pcm")


class SoundCards:
    """Remembers what there was; on systems other than Linux nothing ever changes."""

    def __init__(self, folder: Path = ASOUND) -> None:
        """Looks for the first time.

        Args:
            folder: Where the kernel tells of sound cards.
        """
        self._folder = folder
        self._seen = self._look()

    def have_changed(self) -> bool:
        """Whether a card has come or gone since this was last asked."""
        before, self._seen = self._seen, self._look()
        return before != self._seen

    def _look(self) -> tuple[bytes, ...]:
        return tuple(_read(self._folder / name) for name in _FILES)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
