"""Meetings for the tests of the rules: no sockets, no clock."""

from dataclasses import replace

import pytest

from app.wire.people import Person
from server_stub.call import meeting as rules
from server_stub.call.meeting import Meeting
from server_stub.errors import Refusal
from server_stub.kernel.config import MeetingLimits

LIMITS = MeetingLimits(seats=10, keep_seat_s=120, empty_s=300, waiting=3)


def started(at=0.0):
    return rules.start(
        Meeting(id="v", room="r", title="t", starter="ada", host="", started_at=at, limits=LIMITS),
    )


def person(id, **fields):
    return Person(id=id, name=id.title(), **fields)


def with_people(*ids, guests=(), at=1.0):
    """A meeting in which these people came one second after the other."""
    now = started()
    for number, id in enumerate((*ids, *guests)):
        now = rules.join(now, person(id, is_guest=id in guests), at + number).meeting
    return now


def refusal(call, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value.reason


def with_limits(now, **limits):
    """The same meeting with other limits."""
    return replace(now, limits=MeetingLimits(**{"seats": 10, "keep_seat_s": 120, "empty_s": 300, **limits}))
