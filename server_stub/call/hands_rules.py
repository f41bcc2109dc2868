"""The rules of raised hands, pure: as in `meeting`, an `Outcome` is returned or `Refusal` raised.

Everybody in the meeting may raise one, guests included. The order is that of raising. A hand stays up while a
connection is lost, and goes with the seat.
"""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_

from server_stub.call.changes import HandsDown
from server_stub.call.meeting import Meeting, Outcome, after_all, check_host_inside, seat_of, show
from server_stub.errors import Refusal


def raise_hand(meeting: Meeting, person: str, now: float) -> Outcome:
    """A hand goes up, behind all others; one that is up keeps its place."""
    seat = seat_of(meeting, person)
    since = seat.person.raised_at or after_all((one.raised_at for one in meeting.people), now)
    return show(meeting, person, raised_at=since)


def lower(meeting: Meeting, person: str) -> Outcome:
    """A hand goes down."""
    return show(meeting, person, raised_at=0.0)


def lower_of(meeting: Meeting, by: str, person: str) -> Outcome:
    """The host lowers someone's hand; that person may raise it again."""
    check_host_inside(meeting, by)
    if person not in meeting.seats:
        raise Refusal("not_found", "This person is no longer in the meeting.")
    return lower(meeting, person)


def lower_all(meeting: Meeting, by: str) -> Outcome:
    """The host lowers all hands."""
    check_host_inside(meeting, by)
    seats = {id: replace(seat, person=with_(seat.person, raised_at=0.0)) for id, seat in meeting.seats.items()}
    return Outcome(replace(meeting, seats=seats), (HandsDown(),))
