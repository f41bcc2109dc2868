"""The rules of what is told of a recording while it runs, pure: a rule that forbids it raises `Refusal`.

Captions: everyone with a seat sees what people who consent now say. The transcript so far, what was missed, and marks
are for members of the room, as the recap is; who marks a moment consents to the recording, since their name goes in.
"""

from __future__ import annotations

from server_stub.call.meeting import Meeting, seat_of
from server_stub.errors import Refusal

#: What was said longer ago is shown as a caption to nobody: it would stand beside what is said now.
LATE_S = 30.0


def is_told(meeting: Meeting, person: str, *, since_s: float) -> bool:
    """Whether what a person said is shown as a caption; `since_s`: seconds since they said it."""
    seat = meeting.seats.get(person)
    is_on = meeting.ended_at is None and meeting.recording_since is not None
    return is_on and seat is not None and seat.person.consents and since_s <= LATE_S


def check_reader(meeting: Meeting, person: str) -> None:
    """Raises `Refusal` unless a person may read now what was said so far."""
    if seat_of(meeting, person).person.is_guest:
        raise Refusal("not_allowed", "Only members of the room can read what was said so far.")
    _check_recorded(meeting)


def check_marker(meeting: Meeting, person: str) -> None:
    """Raises `Refusal` unless a person may mark the present moment of the recording."""
    marker = seat_of(meeting, person).person
    if marker.is_guest:
        raise Refusal("not_allowed", "Only members of the room can mark a moment.")
    _check_recorded(meeting)
    if not marker.consents:
        raise Refusal("notice_needed", "Your name would stand in the recap: first choose to stay and be recorded.")


def _check_recorded(meeting: Meeting) -> None:
    if meeting.recording_since is None:
        raise Refusal("not_ready", "This is there while AI recording is on.")


def missed_since(meeting: Meeting, person: str, away_since: float | None) -> float | None:
    """Since when a person who has just come has missed what is recorded; None: nothing, or it is not for them.

    Args:
        meeting: with their seat.
        person: who came.
        away_since: when they were last in it, seconds since 1970; None: never before.
    """
    seat, since = meeting.seats[person].person, meeting.recording_since
    if seat.is_guest or since is None:
        return None
    if away_since is not None:
        return max(since, away_since)
    return since if seat.joined_at > since else None
