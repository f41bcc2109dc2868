"""The rules of gesture detection, pure: as in `meeting`, an `Outcome` is returned or `Refusal` raised.

Only the host switches it. Where gestures need AI recording, they come on while it is on and end with it; they do not
come back with the next recording.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from server_stub.call.changes import Change
from server_stub.call.meeting import Meeting, Outcome, check_host_inside
from server_stub.errors import Refusal

NEED_RECORDING = "Gestures work only while AI recording is on."
ENDED = "Gestures are off, because AI recording has stopped."


@dataclass(frozen=True, slots=True)
class Switched(Change):
    """Everyone may use gestures, or no more; `words` where it was not the host who did it."""

    is_on: bool
    words: str = ""


def switch(meeting: Meeting, by: str, is_on: bool, *, need_recording: bool) -> Outcome:
    """The host lets everyone use gestures, or no more."""
    check_host_inside(meeting, by)
    if is_on and need_recording and meeting.recording_since is None:
        raise Refusal("not_ready", NEED_RECORDING)
    return Outcome(replace(meeting, gestures_on=is_on), (Switched(is_on),))


def recording_stopped(meeting: Meeting, *, need_recording: bool) -> Outcome:
    """What the end of a recording means for gestures."""
    if not (need_recording and meeting.gestures_on):
        return Outcome(meeting)
    return Outcome(replace(meeting, gestures_on=False), (Switched(False, ENDED),))
