"""The rules of the lobby, pure, and what may be told there.

As in `meeting`: each function takes a `Meeting` and what somebody asks, and returns an `Outcome` or raises `Refusal`.
A guest who was removed does not knock again; a locked meeting takes no new knock, and who waits already may still be
let in.
"""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_

from app.wire.accounts import Greeting
from app.wire.errors import Refused
from app.wire.fields import Tell
from app.wire.lobby import Guest, GuestDenied, KnockHeard, KnockWithdrawn, LinkShown
from app.wire.people import MeetingEnded, Person, Welcome
from app.wire.recording import RecordingStarted, RecordingStopped
from server_stub.call.changes import LobbyMoved
from server_stub.call.meeting import (
    Meeting,
    Origin,
    Outcome,
    Waiting,
    check_host_inside,
    check_not_barred,
    check_not_locked,
    check_open,
    check_seats,
    seat,
)
from server_stub.errors import Refusal

#: All that a guest in the lobby may ever be told. Nothing else leaves a meeting for them: no people, chat or media.
TOLD_IN_LOBBY: frozenset[type[Tell]] = frozenset(
    (
        Greeting,
        Refused,
        LinkShown,
        KnockHeard,
        KnockWithdrawn,
        GuestDenied,
        RecordingStarted,
        RecordingStopped,
        MeetingEnded,
        Welcome,
    )
)


def for_lobby(tell: Tell) -> Tell | None:
    """A message as it may be told in the lobby; None: not at all."""
    if type(tell) not in TOLD_IN_LOBBY:
        return None
    # Who switched the recording on is one of the people inside.
    return with_(tell, by="") if isinstance(tell, RecordingStarted) else tell


def knock(meeting: Meeting, person: Person, now: float, *, origin: Origin | None = None) -> Outcome:
    """A guest asks to be let in; knocking again changes how they want to join, not their place in the queue."""
    check_open(meeting)
    origin = origin or Origin()
    check_not_barred(meeting, origin)
    old = meeting.waiting.get(person.id)
    before = old.guest if old is not None else waited_before(meeting, origin)
    if old is None:
        if before is None or before.id != person.id:
            check_not_locked(meeting)
        _check_lobby(meeting, origin)
    since = before.since if before is not None and before.id == person.id else now
    entry = Waiting(Guest(id=person.id, name=person.name, since=since), with_(person, is_guest=True), origin)
    waited = tuple(one for one in meeting.waited if one[0].id != person.id)
    after = replace(meeting, waiting={**meeting.waiting, person.id: entry}, waited=waited)
    return Outcome(after, (LobbyMoved(),))


def waited_before(meeting: Meeting, origin: Origin) -> Guest | None:
    """As whom somebody waited when the server stopped that this one follows: they take that place again."""
    return next((guest for guest, marks in meeting.waited if marks & origin.marks), None)


def _check_lobby(meeting: Meeting, origin: Origin) -> None:
    limits = meeting.limits
    if len(meeting.waiting) >= limits.waiting:
        raise Refusal("too_much", "Too many people are waiting for this meeting. Please try again later.")
    same = sum(entry.origin.address == origin.address for entry in meeting.waiting.values())
    if origin.address and same >= limits.waiting_per_address:
        raise Refusal("too_much", "Too many people are waiting from your network. Please try again later.")


def withdraw(meeting: Meeting, guest: str) -> Outcome:
    """A guest stops waiting; no effect if they were not waiting."""
    if meeting.ended_at is not None or guest not in meeting.waiting:
        return Outcome(meeting)
    waiting = {id: entry for id, entry in meeting.waiting.items() if id != guest}
    return Outcome(replace(meeting, waiting=waiting), (LobbyMoved(),))


def admit(meeting: Meeting, by: str, guest: str, now: float) -> Outcome:
    """The host lets a guest in."""
    entry = _waiting_for_host(meeting, by, guest)
    check_seats(meeting)
    out = withdraw(meeting, guest)
    # A consent read before a recording ended, or before one that began since, is none for that one.
    consents = entry.person.consents and meeting.recording_since is not None
    came = with_(entry.person, joined_at=now, is_connected=True, consents=consents)
    seated = seat(out.meeting, came, now, origin=entry.origin)
    return Outcome(seated.meeting, seated.changes + out.changes)


def next_to_admit(meeting: Meeting, by: str) -> tuple[str, ...]:
    """Whom "admit all" lets in: who waits longest, as many as there are seats; raises `Refusal` where there is none."""
    check_host_inside(meeting, by)
    if meeting.waiting:
        check_seats(meeting)
    longest = sorted(meeting.waiting.values(), key=lambda entry: entry.guest.since)
    free = meeting.limits.seats - len(meeting.seats)
    return tuple(entry.guest.id for entry in longest[:free])


def deny(meeting: Meeting, by: str, guest: str) -> Outcome:
    """The host does not let a guest in."""
    _waiting_for_host(meeting, by, guest)
    return withdraw(meeting, guest)


def _waiting_for_host(meeting: Meeting, by: str, guest: str) -> Waiting:
    check_host_inside(meeting, by)  # a host outside could let a guest into a meeting in which nobody else is
    entry = meeting.waiting.get(guest)
    if entry is None:
        raise Refusal("not_found", "This guest is no longer waiting.")
    return entry
