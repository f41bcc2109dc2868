"""Opus packets into sound, with what an Opus packet carries of the one before it (in-band FEC).

PyAV decodes Opus, but gives nobody the second, coarser copy of the last packet that most packets of speech carry. Its
wheels (Linux, macOS and Windows alike) bring libopus as a library of its own, which it has loaded anyway: that one is
used directly where it is found. Elsewhere PyAV decodes, and a lost packet is covered.

Source: https://opus-codec.org/docs/opus_api-1.5/ for the functions and their arguments; RFC 6716 section 2.1.7.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import re
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from app.media.types import RATE_HZ

if TYPE_CHECKING:
    from app.media.types import Samples

_log = logging.getLogger(__name__)

#: What no packet exceeds: 120 ms.
_MOST_SAMPLES = RATE_HZ * 120 // 1000
#: Frames come in multiples of 2.5 ms.
_STEP = RATE_HZ // 400
#: As wheels name it: libopus-114e2b1a.so.0.11.1, libopus.0.dylib, libopus-0-4369edc4.dll.
_NAME = re.compile(r"(lib)?opus(-[0-9a-f]+)*(\.\d+)*\.(so(\.\d+)*|dylib|dll)", re.IGNORECASE)


class VoiceDecoder(Protocol):
    """The decoder of one voice; keeps the codec's memory from packet to packet."""

    def decode(self, opus: bytes) -> Samples:
        """One packet's sound.

        Args:
            opus: at most 120 ms, see `guard.payloads.voice_ms`.

        Returns:
            float32 [n], 48 kHz mono.

        Raises:
            ValueError: these bytes are not Opus.
        """
        ...

    def holds_last(self, opus: bytes) -> bool:
        """Whether a packet carries a copy of the one before it that `recover` can use."""
        ...

    def recover(self, opus: bytes, samples: int) -> Samples:
        """The sound of a lost packet from the one after it, before that one is decoded.

        Args:
            opus: the packet after the lost one; `holds_last` is true of it.
            samples: how long the lost one was.

        Returns:
            float32 [samples]; or float32 [0] where that cannot be.
        """
        ...


class LibOpus:
    """A `VoiceDecoder` on libopus itself."""

    def __init__(self, library: Any) -> None:
        """Makes room for one voice.

        Args:
            library: as `find_library` gives it.

        Raises:
            MemoryError: there is none.
        """
        self._library = library
        error = ctypes.c_int()
        self._state = library.opus_decoder_create(RATE_HZ, 1, ctypes.byref(error))
        if not self._state:
            raise MemoryError("no room for an Opus decoder")
        weakref.finalize(self, library.opus_decoder_destroy, self._state)
        self._sound = np.zeros(_MOST_SAMPLES, np.float32)

    def decode(self, opus: bytes) -> Samples:
        """See `VoiceDecoder.decode`."""
        count = self._run(opus, _MOST_SAMPLES, is_last=False)
        if count < 0:
            raise ValueError("not an Opus packet")
        return self._sound[:count].copy()

    def holds_last(self, opus: bytes) -> bool:
        """See `VoiceDecoder.holds_last`."""
        return bool(opus) and self._library.opus_packet_has_lbrr(opus, len(opus)) == 1

    def recover(self, opus: bytes, samples: int) -> Samples:
        """See `VoiceDecoder.recover`."""
        if not 0 < samples <= _MOST_SAMPLES or samples % _STEP:
            return self._sound[:0]
        return self._sound[: max(0, self._run(opus, samples, is_last=True))].copy()

    def _run(self, opus: bytes, most: int, *, is_last: bool) -> int:
        place = self._sound.ctypes.data
        return int(self._library.opus_decode_float(self._state, opus, len(opus), place, most, int(is_last)))


class AvOpus:
    """A `VoiceDecoder` on PyAV, which cannot recover anything."""

    def __init__(self) -> None:
        import av

        self._errors = av.FFmpegError
        self._packet = av.Packet
        self._codec = codec = av.CodecContext.create("libopus", "r")
        codec.sample_rate = RATE_HZ
        codec.format = "s16"
        codec.layout = "mono"

    def decode(self, opus: bytes) -> Samples:
        """See `VoiceDecoder.decode`."""
        try:
            frames = self._codec.decode(self._packet(opus))
        except self._errors as error:
            raise ValueError("not an Opus packet") from error
        if not frames:
            return np.zeros(0, np.float32)
        sound = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
        return sound.astype(np.float32) / np.float32(32768)

    def holds_last(self, opus: bytes) -> bool:
        """See `VoiceDecoder.holds_last`."""
        return False

    def recover(self, opus: bytes, samples: int) -> Samples:
        """See `VoiceDecoder.recover`."""
        return np.zeros(0, np.float32)


def make_opus_decoder() -> VoiceDecoder:
    """An Opus decoder for one voice; imports av (0.1 s)."""
    library = find_library()
    return AvOpus() if library is None else LibOpus(library)


@functools.cache
def find_library() -> Any | None:
    """The libopus that PyAV has brought, ready to be called; None where there is none that can do what is needed."""
    import av

    for path in _places(Path(av.__file__).parent):
        try:
            return _declared(ctypes.CDLL(str(path)))
        except (OSError, AttributeError) as error:
            _log.info("a libopus that PyAV brought cannot be used: %s", type(error).__name__)
    return None


def _places(package: Path) -> Iterator[Path]:
    """Only beside PyAV: what lies elsewhere on the computer may be any library of that name."""
    for folder in (package.parent / "av.libs", package / ".dylibs", package):
        if folder.is_dir():
            yield from (path for path in sorted(folder.iterdir()) if _NAME.fullmatch(path.name))


def _declared(library: Any) -> Any:
    """Tells ctypes what the functions take; AttributeError for a libopus before 1.5, which lacks one of them."""
    number, place = ctypes.c_int32, ctypes.c_void_p
    library.opus_decoder_create.restype = place
    library.opus_decoder_create.argtypes = [number, ctypes.c_int, ctypes.POINTER(ctypes.c_int)]
    library.opus_decoder_destroy.restype = None
    library.opus_decoder_destroy.argtypes = [place]
    library.opus_decode_float.argtypes = [place, ctypes.c_char_p, number, place, ctypes.c_int, ctypes.c_int]
    library.opus_packet_has_lbrr.argtypes = [ctypes.c_char_p, number]
    return library
