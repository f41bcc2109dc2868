"""What stands for the sounddevice module: no sound card, callbacks by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class PortAudioError(Exception):
    """As sounddevice.PortAudioError: text, then PortAudio's error number."""


class FakeStream:
    def __init__(self, callback: Callable[..., None]) -> None:
        self.callback = callback
        self.is_closed = False

    def start(self) -> None:
        pass

    def close(self, ignore_errors: bool = True) -> None:
        self.is_closed = True


class FakePortAudio:
    """Has the names of sounddevice that the product uses.

    Attributes:
        streams: Every stream that was opened.
    """

    PortAudioError = PortAudioError

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.streams: list[FakeStream] = []

    def _open(self, **settings: Any) -> FakeStream:
        if self.failure:
            raise self.failure
        assert (settings["samplerate"], settings["blocksize"], settings["channels"]) == (48_000, 480, 1)
        self.streams.append(FakeStream(settings["callback"]))
        return self.streams[-1]

    RawInputStream = RawOutputStream = _open
