"""AI recording: one switch for recording and recap alike; only the host may; everyone is told at once."""

from __future__ import annotations

from typing import Literal

from app.wire.fields import Ask, Id, Tell, Time

StopReason = Literal["host", "ended", "disk_full", "failed"]


class StartRecording(Ask, frozen=True, kw_only=True):
    """Switches AI recording on; the asker consents by it. Refused: not_host, no_space."""

    meeting: Id


class StopRecording(Ask, frozen=True, kw_only=True):
    """Switches AI recording off; what was recorded is kept for the recap."""

    meeting: Id


class RecordingStarted(Tell, frozen=True, kw_only=True):
    """Recorded from now on: told to everyone in the meeting and in its lobby."""

    meeting: str
    at: Time
    by: str


class RecordingStopped(Tell, frozen=True, kw_only=True):
    """No longer recorded, and why; `words` can be shown."""

    meeting: str
    at: Time
    reason: StopReason
    words: str


class AcceptRecording(Ask, frozen=True, kw_only=True):
    """A person in the meeting has read the notice and stays: recorded from now on; answered with `PersonChanged`."""

    meeting: Id
    notice_version: int


class MarkMoment(Ask, frozen=True, kw_only=True):
    """A member marks the present moment of the recording: a highlight of the recap. Answered with `MomentMarked`.

    Refused: not_allowed, not_ready, notice_needed, too_much.
    """

    meeting: Id


class MomentMarked(Tell, frozen=True, kw_only=True):
    """One's own mark is kept; nobody else is told."""

    meeting: str
    at: Time
