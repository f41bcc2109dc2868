"""The rules of pointing at a shared screen, pure: as in `meeting`, an `Outcome` is returned or `Refusal` raised.

Nobody may until the sharer says so, for members and guests apart, and for this one share.
"""

from __future__ import annotations

from server_stub.call.meeting import Meeting, Outcome, seat_of, show
from server_stub.errors import Refusal


def allow(meeting: Meeting, person: str, *, members: bool, guests: bool) -> Outcome:
    """Who shares says who may point at it."""
    if not seat_of(meeting, person).person.sharing:
        raise Refusal("not_allowed", "You are not sharing your screen.")
    return show(meeting, person, members_point=members, guests_point=guests)


def check(meeting: Meeting, person: str, sharer: str) -> None:
    """Raises `Refusal` unless a person may point at what somebody else shares now."""
    pointing = seat_of(meeting, person).person
    seat = meeting.seats.get(sharer)
    if seat is None or not seat.person.sharing or sharer == person:
        raise Refusal("not_allowed", "This person is not sharing their screen.")
    if not (seat.person.guests_point if pointing.is_guest else seat.person.members_point):
        raise Refusal("not_allowed", "The one who shares the screen does not let you point at it.")
