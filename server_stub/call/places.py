"""Where those sit who ask something about the meeting that they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from server_stub.call.meeting import Meeting, Outcome
from server_stub.call.ongoing import Place
from server_stub.errors import Refusal
from server_stub.kernel.hub import Asker
from server_stub.kernel.session import Session


class AskInMeeting(Protocol):
    """A request about the meeting that one sits in."""

    @property
    def meeting(self) -> str:
        """Its id."""

    @property
    def request(self) -> int:
        """The request's number."""


def seat_in(session: Session, meeting: str) -> Place:
    """Where a session sits in that meeting.

    Raises:
        Refusal: it does not.
    """
    session.check_seat(meeting)
    return _place(session)


def waiting_in_lobby(session: Session) -> Place | None:
    """Where a session waits, if it does."""
    return _place(session) if session.place is not None and session.place.is_waiting else None


def _place(session: Session) -> Place:
    if not isinstance(session.place, Place):
        raise Refusal("not_in_meeting", "You are not in this meeting.")
    return session.place


def decide(session: Session, ask: AskInMeeting, rule: Callable[[Meeting, str], Outcome]) -> None:
    """Applies a rule of meetings for who asks, and tells everyone concerned.

    Args:
        session: who asks.
        ask: its meeting is the one that they sit in.
        rule: of the meeting as it stands, and of the asker's id in it.

    Raises:
        Refusal: they do not sit there, or the rule says no.
    """
    place = seat_in(session, ask.meeting)
    place.ongoing.apply(rule(place.ongoing.meeting, place.person), Asker(session, ask.request))
