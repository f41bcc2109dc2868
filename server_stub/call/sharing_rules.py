"""The rules of sharing a screen, pure: as in `meeting`, an `Outcome` is returned or `Refusal` raised.

Everybody in the meeting may share, guests included, and several may at once, each one screen; the newest is large.
"""

from __future__ import annotations

from server_stub.call.meeting import Meeting, Outcome, after_all, seat_of, show


def start(meeting: Meeting, person: str, now: float) -> Outcome:
    """A person's screen follows: the newest of all shares; one that runs already keeps its place."""
    seat = seat_of(meeting, person)
    if seat.person.sharing:
        return show(meeting, person, sharing=True)
    since = after_all((one.sharing_since for one in meeting.people), now)
    return show(meeting, person, sharing=True, sharing_since=since, members_point=False, guests_point=False)


def stop(meeting: Meeting, person: str) -> Outcome:
    """A person shares nothing any more."""
    return show(meeting, person, sharing=False, sharing_since=0.0)
