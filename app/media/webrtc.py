"""WebRTC's audio processing (echo, level), out of the library that LiveKit's package carries.

The library is loaded, not the package: its import takes 1.3 s, most of it for calls through LiveKit's servers, and it
would end this process by a signal if the library failed. Requests and answers are the package's own (protobuf); a
test compares them with what the package itself would send. The library opens no socket until a room is joined, which
nothing here can ask for.
"""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import sys
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.media.types import BLOCK, RATE_HZ, MediaError, Samples

if TYPE_CHECKING:
    # Never run: says where the package comes in, which find_spec below does without importing it.
    import livekit  # noqa: F401

_log = logging.getLogger(__name__)

LIBRARY_NAMES = {"linux": "liblivekit_ffi.so", "darwin": "liblivekit_ffi.dylib", "win32": "livekit_ffi.dll"}
FULL_SCALE = 32767.0
# Numbers of the requests in the package's `ffi.proto`.
NEW, PROCESS, PROCESS_FAR = 50, 51, 52
_Bytes = ctypes.POINTER(ctypes.c_ubyte)
_Told = ctypes.CFUNCTYPE(None, _Bytes, ctypes.c_size_t)


class WebrtcMissing(MediaError):
    """The library is not there or does not load; the call goes on without it."""

    def __init__(self) -> None:
        super().__init__(
            "Your computer cannot take out the echo of its loudspeaker or level your voice. Use headphones; your"
            " microphone works without it."
        )


class Processor:
    """One microphone's sound through WebRTC's echo canceller; its gain control and filters are off.

    `process` and `hear_far` may run in two threads at once.
    """

    def __init__(self) -> None:
        """Loads the library, the first time in 0.1 s.

        Raises:
            WebrtcMissing: It is not there.
        """
        self._library = _load_library()
        self._handle = read_handle(_ask(self._library, request(NEW, True, False, False, False)))
        self._near, self._far = (np.zeros(BLOCK, np.int16) for _ in range(2))
        # The buffers stay where they are, so each request is made once.
        self._ask_near = request(PROCESS, self._handle, self._near.ctypes.data, 2 * BLOCK, RATE_HZ, 1)
        self._ask_far = request(PROCESS_FAR, self._handle, self._far.ctypes.data, 2 * BLOCK, RATE_HZ, 1)
        self._closing = threading.Lock()

    def process(self, block: Samples) -> Samples:
        """Processes the next block of the microphone; always from the same thread.

        Args:
            block: float32 [BLOCK]; not changed.

        Returns:
            float32 [BLOCK], about 9 ms later than the input.
        """
        self._near[:] = np.clip(block, -1.0, 1.0) * FULL_SCALE
        self._do(self._ask_near)
        return self._near.astype(np.float32) / np.float32(FULL_SCALE)

    def hear_far(self, block: Samples) -> None:
        """Takes the next block of what the loudspeaker plays; always from the same thread.

        Args:
            block: float32 [BLOCK].
        """
        self._far[:] = np.clip(block, -1.0, 1.0) * FULL_SCALE
        self._do(self._ask_far)

    def close(self) -> None:
        """Frees its memory; what comes afterwards stays as it is."""
        with self._closing:
            handle, self._handle = self._handle, 0
            if handle:
                self._library.livekit_ffi_drop_handle(handle)

    def __del__(self) -> None:
        if hasattr(self, "_closing"):
            self.close()

    def _do(self, asked: bytes) -> None:
        if self._handle:
            _ask(self._library, asked)


def request(number: int, *values: int) -> bytes:
    """A request as the library reads it: a message that holds one message, whose fields are whole numbers.

    Args:
        number: Of the request.
        values: Of its fields, in order.
    """
    body = b"".join(_whole(field << 3) + _whole(int(value)) for field, value in enumerate(values, 1))
    return _whole(number << 3 | 2) + _whole(len(body)) + body


def read_handle(answer: bytes) -> int:
    """The handle in the answer to NEW: four messages in each other, each its outer one's only field."""
    value, at = 0, 0
    for _ in range(3):
        _, at = _read_whole(answer, at)
        _, at = _read_whole(answer, at)
    _, at = _read_whole(answer, at)
    value, _ = _read_whole(answer, at)
    return value


def _whole(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_whole(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while data[at] & 0x80:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    return value | data[at] << shift, at + 1


# The library would tell of rooms; it keeps the pointer, so this stays.
_ignore = _Told(lambda data, length: None)


@cache
def _load_library() -> Any:
    spec = importlib.util.find_spec("livekit")
    places = list(spec.submodule_search_locations or []) if spec else []
    name = LIBRARY_NAMES.get(sys.platform, "")
    path = next((file for place in places if (file := Path(place, "rtc", "resources", name)).is_file()), None)
    if path is None:
        raise WebrtcMissing()
    try:
        library = ctypes.CDLL(str(path))
        library.livekit_ffi_initialize.argtypes = [_Told, ctypes.c_bool, ctypes.c_char_p, ctypes.c_char_p]
        library.livekit_ffi_request.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(_Bytes), ctypes.POINTER(ctypes.c_size_t)
        ]  # fmt: skip
        library.livekit_ffi_request.restype = ctypes.c_uint64
        library.livekit_ffi_drop_handle.argtypes = [ctypes.c_uint64]
        library.livekit_ffi_drop_handle.restype = ctypes.c_bool
        library.livekit_ffi_initialize(_ignore, False, b"python", b"1")
    except (OSError, AttributeError) as error:
        raise WebrtcMissing() from error
    return library


def _ask(library: Any, asked: bytes) -> bytes:
    """Sends a request; returns the answer, which the library keeps until it is dropped."""
    answer, length = _Bytes(), ctypes.c_size_t()
    handle = library.livekit_ffi_request(asked, len(asked), ctypes.byref(answer), ctypes.byref(length))
    if not handle:
        raise WebrtcMissing()
    try:
        return ctypes.string_at(answer, length.value)
    finally:
        library.livekit_ffi_drop_handle(handle)
