"""Pictures and sound of a call."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.slices.devices import DeviceKind


@dataclass(frozen=True, slots=True)
class Media:
    """What is known of pictures and sound; they themselves never are in the state."""

    #: Bytes of media sent and received in this call, as often as `events.UsageTold` says so.
    used_bytes: int = 0
    #: Sentences about devices, newest last: "Your camera is in use by another program."
    words: tuple[tuple[DeviceKind, str], ...] = ()
