"""The pictures and sound of a call."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.slices.devices import DeviceKind


@dataclass(frozen=True, slots=True)
class Media:
    """What is known about pictures and sound, which are never in the state themselves."""

    #: Bytes of media sent and received in this call, as often as `events.UsageTold` says so.
    used_bytes: int = 0
    #: Sentences about devices, newest last: "Your camera is in use by another program."
    words: tuple[tuple[DeviceKind, str], ...] = ()
    #: Why no pictures and sound come through, while they do not; empty: not known, or they do.
    blocked_words: str = ""
