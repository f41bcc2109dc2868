"""The rules of sharing a screen, pure: as in `meeting`, an `Outcome` is returned or `Refusal` raised.

Everybody in the meeting may share, guests included, and several may at once, each one screen; the newest is large.
"""

from __future__ import annotations

from server_stub.meeting import Meeting, Outcome, seat_of, show

#: Two shares never begin at the same moment, whatever the clock says.
_STEP_S = 0.001


def start(meeting: Meeting, person: str, now: float) -> Outcome:
    """A person's screen follows: the newest of all shares; one that runs already keeps its place."""
    seat = seat_of(meeting, person)
    if seat.person.sharing:
        return show(meeting, person, sharing=True)
    newest = max(one.sharing_since for one in meeting.people)
    since = max(now, newest + _STEP_S)
    return show(meeting, person, sharing=True, sharing_since=since, members_point=False, guests_point=False)


def stop(meeting: Meeting, person: str) -> Outcome:
    """A person shares nothing any more."""
    return show(meeting, person, sharing=False, sharing_since=0.0)
