"""The card of a meeting, drawn from what is kept and from what runs now; pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import msgspec

from app.wire.links import ServerAddress
from app.wire.rooms import MeetingCard, MeetingState
from server_stub.call.meeting import Meeting
from server_stub.kernel import links
from server_stub.storage.meetings import MeetingRow, RecordingRow


class Running(Protocol):
    """A meeting that runs, as far as its card shows it."""

    @property
    def meeting(self) -> Meeting:
        """What is true now."""

    @property
    def row(self) -> MeetingRow:
        """As it is kept."""


def draw(
    address: ServerAddress,
    row: MeetingRow,
    recording: RecordingRow | None,
    *,
    running: Running | None,
    has_closed: bool = False,
) -> MeetingCard:
    """The card of a meeting; a second recording of an ended meeting has a card of its own.

    Args:
        address: of this server, for the link.
        row: the meeting.
        recording: whose recap the card tells of.
        running: the meeting, where it runs.
        has_closed: planned and over, though that may not be on disk yet.
    """
    is_own = recording is not None and recording.part > 1 and running is None
    plan = row.series.plan if row.series is not None else None
    return MeetingCard(
        id=recording.id if recording is not None and is_own else row.id,
        room=row.room,
        title=f"{row.title} (part {recording.part})" if recording is not None and is_own else row.title,
        link=plan.url if plan is not None and plan.url else links.address(address, row.link_code),
        starter=row.starter,
        state="ended" if row.state == "scheduled" and has_closed else state(row, running),
        started_at=recording.started_at if recording is not None and is_own else row.started_at,
        ended_at=row.ended_at,
        people=len(running.meeting.seats) if running else 0,
        recap=recording.recap if recording else "none",
        recap_words=recording.recap_words if recording else "",
        expires_at=recording.expires_at if recording else row.expires_at,
        provider=plan.provider if plan is not None else "parley",
        starts_at=row.starts_at,
        length_min=row.length_min,
        time_zone=plan.time_zone if plan is not None else "",
        repeats=plan.repeats if plan is not None else "never",
        deletion=recording.deletion if recording else "none",
        deletion_words=recording.deletion_words if recording else "",
        is_locked=running.meeting.is_locked if running else False,
        film=recording.film if recording else "none",
        film_words=recording.film_words if recording else "",
    )


def state(row: MeetingRow, running: Running | None) -> MeetingState:
    """What a meeting is now: until the first person comes in, an open planned one can only be joined."""
    if running is not None:
        return "joinable" if running.row.state == "scheduled" else "ongoing"
    # What neither runs nor is to come has ended, even if that is not on disk yet.
    return row.state if row.state in ("scheduled", "cancelled") else "ended"


def for_guest(shown: MeetingCard) -> MeetingCard:
    """A card without anything of the room or the recap."""
    return msgspec.structs.replace(
        shown,
        room="",
        recap="none",
        recap_words="",
        expires_at=None,
        deletion="none",
        deletion_words="",
        film="none",
        film_words="",
    )


def ended(row: MeetingRow, at: float, words: str, *, was_used: bool = True) -> MeetingRow:
    """The meeting as it is kept once it is over: one that was cancelled stays so, what nobody came to took no time."""
    if row.state == "cancelled":
        return replace(row, ended_at=at)
    return replace(row, state="ended", started_at=row.started_at if was_used else at, ended_at=at, words=words)
