"""The rules of a meeting, pure: who has a seat, who is host, who waits, when it is over.

Each function takes a `Meeting` and what somebody asks, and returns an `Outcome`: the meeting as it is then, and what
has changed, in order. A rule that forbids it raises `Refusal`, and nothing has changed. Clocks and ids are given.

Seats: ten, kept ones included. A lost connection keeps its seat for `keep_seat_s`, "leave" frees it at once.
Host: begins as the starter. When the host has been away for `keep_seat_s`, the role passes to the member who has been
in longest, never to a guest.
End: by the host; when the last member is gone and guests remain or something was recorded; or when nobody has been in
for `empty_s`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from msgspec.structs import replace as with_

from app.wire.lobby import Guest
from app.wire.people import LeaveReason, Person
from server_stub.config import MeetingLimits
from server_stub.errors import Refusal


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's seat; `lost_at` is set while the connection is lost."""

    person: Person
    lost_at: float | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A guest in the lobby and how he wants to come in."""

    guest: Guest
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One call in a room."""

    id: str
    room: str
    title: str
    starter: str
    host: str
    started_at: float
    seats: Mapping[str, Seat] = field(default_factory=dict)
    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    #: When the recording that runs began.
    recording_since: float | None = None
    #: How many recordings were begun.
    recordings: int = 0
    #: Since when others are in and the host is not.
    host_away_since: float | None = None
    #: Since when nobody has had a seat.
    empty_since: float | None = None
    ended_at: float | None = None
    limits: MeetingLimits = field(default_factory=MeetingLimits)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everyone with a seat, in the order in which they came."""
        return tuple(seat.person for seat in self.seats.values())

    @property
    def members(self) -> tuple[Person, ...]:
        """Those of them who are no guests."""
        return tuple(person for person in self.people if not person.is_guest)


class Change:
    """Something that is different now."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Came(Change):
    """Someone took a seat."""

    person: Person


@dataclass(frozen=True, slots=True)
class Changed(Change):
    """Someone's state is different."""

    person: Person


@dataclass(frozen=True, slots=True)
class Went(Change):
    """Someone's seat is free."""

    person: str
    reason: LeaveReason


@dataclass(frozen=True, slots=True)
class HostMoved(Change):
    """The host's role has moved."""

    host: str


@dataclass(frozen=True, slots=True)
class LobbyMoved(Change):
    """Someone began or ceased to wait."""


@dataclass(frozen=True, slots=True)
class Ended(Change):
    """The meeting is over."""

    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The meeting as it is now, and what has changed, in order."""

    meeting: Meeting
    changes: tuple[Change, ...] = ()


def start(meeting: Meeting) -> Meeting:
    """A meeting that has just begun, with nobody in it."""
    return replace(meeting, host=meeting.starter, empty_since=meeting.started_at)


def check_open(meeting: Meeting) -> None:
    """Raises `Refusal` when the meeting has ended."""
    if meeting.ended_at is not None:
        raise Refusal("meeting_ended", "This meeting has ended.")


def check_host(meeting: Meeting, person: str) -> None:
    """Raises `Refusal` when that person is not the host."""
    check_open(meeting)
    if meeting.host != person:
        raise Refusal("not_host", "Only the host of the meeting can do this.")


def seat_of(meeting: Meeting, person: str) -> Seat:
    """The seat of a person; raises `Refusal` when there is none."""
    check_open(meeting)
    seat = meeting.seats.get(person)
    if seat is None:
        raise Refusal("not_in_meeting", "You are not in this meeting.")
    return seat


def join(meeting: Meeting, person: Person, now: float) -> Outcome:
    """Gives a member a seat, or his kept or moved seat back.

    `person.consents` counts from now on; a consent that was given before in this recording stays.
    """
    check_open(meeting)
    old = meeting.seats.get(person.id)
    if old is None:
        _check_room(meeting)
        return _seat(meeting, with_(person, joined_at=now, is_connected=True), now)
    came = with_(
        person,
        joined_at=old.person.joined_at,
        consents=old.person.consents or person.consents,
        is_guest=old.person.is_guest,
        is_connected=True,
    )
    seats = {**meeting.seats, person.id: Seat(came)}
    after = _watch_host(replace(meeting, seats=seats), now)
    return Outcome(after, (Changed(came),))


def lose(meeting: Meeting, person: str, now: float) -> Outcome:
    """The connection of a person is lost; the seat is kept for a while."""
    seat = meeting.seats.get(person)
    if meeting.ended_at is not None or seat is None or seat.lost_at is not None:
        return Outcome(meeting)
    gone = with_(seat.person, is_connected=False, sharing=False)
    seats = {**meeting.seats, person: Seat(gone, now)}
    return Outcome(_watch_host(replace(meeting, seats=seats), now), (Changed(gone),))


def leave(meeting: Meeting, person: str, now: float, *, reason: LeaveReason = "left") -> Outcome:
    """Frees a seat at once; the meeting may end by it."""
    seat_of(meeting, person)
    seats = {id: seat for id, seat in meeting.seats.items() if id != person}
    after = _watch_host(replace(meeting, seats=seats), now)
    went: tuple[Change, ...] = (Went(person, reason),)
    if after.members:
        return Outcome(after, went)
    if seats or after.recordings:
        ended = _over(after, now, "The last member has left.")
        return Outcome(ended.meeting, went + ended.changes)
    return Outcome(replace(after, empty_since=now), went)


def end(meeting: Meeting, by: str, now: float) -> Outcome:
    """The host ends the meeting for all."""
    check_host(meeting, by)
    return _over(meeting, now, "The host has ended the meeting.")


def show(meeting: Meeting, person: str, **shown: bool) -> Outcome:
    """Sets what a person shows: `microphone_on`, `camera_on`, `sharing`."""
    seat = seat_of(meeting, person)
    changed = with_(seat.person, **shown)
    seats = {**meeting.seats, person: Seat(changed, seat.lost_at)}
    return Outcome(replace(meeting, seats=seats), (Changed(changed),))


def knock(meeting: Meeting, person: Person, now: float) -> Outcome:
    """A guest asks to be let in; knocking again changes how he wants to come in, not his place."""
    check_open(meeting)
    old = meeting.waiting.get(person.id)
    if old is None and len(meeting.waiting) >= meeting.limits.waiting:
        raise Refusal("too_much", "Too many people are waiting for this meeting. Please try again later.")
    since = old.guest.since if old else now
    entry = Waiting(Guest(id=person.id, name=person.name, since=since), with_(person, is_guest=True))
    return Outcome(replace(meeting, waiting={**meeting.waiting, person.id: entry}), (LobbyMoved(),))


def withdraw(meeting: Meeting, guest: str) -> Outcome:
    """A guest waits no longer; without effect when he does not wait."""
    if meeting.ended_at is not None or guest not in meeting.waiting:
        return Outcome(meeting)
    waiting = {id: entry for id, entry in meeting.waiting.items() if id != guest}
    return Outcome(replace(meeting, waiting=waiting), (LobbyMoved(),))


def admit(meeting: Meeting, by: str, guest: str, now: float) -> Outcome:
    """The host lets a guest in."""
    entry = _waiting_for_host(meeting, by, guest)
    _check_room(meeting)
    out = withdraw(meeting, guest)
    # A consent read before a recording ended, or before one that began since, is none for that one.
    consents = entry.person.consents and meeting.recording_since is not None
    seated = _seat(out.meeting, with_(entry.person, joined_at=now, is_connected=True, consents=consents), now)
    return Outcome(seated.meeting, seated.changes + out.changes)


def deny(meeting: Meeting, by: str, guest: str) -> Outcome:
    """The host does not let a guest in."""
    _waiting_for_host(meeting, by, guest)
    return withdraw(meeting, guest)


def check_may_record(meeting: Meeting, by: str) -> None:
    """Raises `Refusal` when that person may not switch AI recording on now."""
    check_host(meeting, by)
    seat_of(meeting, by)
    if meeting.recording_since is not None:
        raise Refusal("already_in", "AI recording is already on.")


def start_recording(meeting: Meeting, by: str, now: float) -> Outcome:
    """Recorded from now on: the host by switching it on, everyone else once he has agreed to this recording."""
    check_may_record(meeting, by)
    seats = {id: Seat(with_(seat.person, consents=id == by), seat.lost_at) for id, seat in meeting.seats.items()}
    waiting = {id: replace(entry, person=with_(entry.person, consents=False)) for id, entry in meeting.waiting.items()}
    after = replace(meeting, seats=seats, waiting=waiting, recording_since=now, recordings=meeting.recordings + 1)
    changed = (
        Changed(seat.person) for id, seat in seats.items() if seat.person.consents != meeting.seats[id].person.consents
    )
    return Outcome(after, tuple(changed))


def stop_recording(meeting: Meeting) -> Outcome:
    """No longer recorded; consents end with it."""
    if meeting.recording_since is None:
        raise Refusal("not_ready", "AI recording is not on.")
    seats = {id: Seat(with_(seat.person, consents=False), seat.lost_at) for id, seat in meeting.seats.items()}
    waiting = {id: replace(entry, person=with_(entry.person, consents=False)) for id, entry in meeting.waiting.items()}
    return Outcome(replace(meeting, seats=seats, waiting=waiting, recording_since=None))


def consent(meeting: Meeting, person: str) -> Outcome:
    """A person in the meeting agrees to the recording that runs."""
    seat = seat_of(meeting, person)
    if meeting.recording_since is None:
        raise Refusal("not_ready", "AI recording is not on.")
    return show(meeting, seat.person.id, consents=True)


def tick(meeting: Meeting, now: float) -> Outcome:
    """What time brings about: lost seats are freed, the host's role moves, an empty meeting ends."""
    changes: tuple[Change, ...] = ()
    keep = meeting.limits.keep_seat_s
    for id, seat in list(meeting.seats.items()):
        if meeting.ended_at is None and seat.lost_at is not None and now >= seat.lost_at + keep:
            out = leave(meeting, id, now, reason="lost")
            meeting, changes = out.meeting, changes + out.changes
    if meeting.ended_at is not None:
        return Outcome(meeting, changes)
    if meeting.host_away_since is not None and now >= meeting.host_away_since + keep and (heir := _heir(meeting)):
        meeting = replace(meeting, host=heir.id, host_away_since=None)
        changes += (HostMoved(heir.id),)
    if meeting.empty_since is not None and now >= meeting.empty_since + meeting.limits.empty_s:
        out = _over(meeting, now, "Nobody was in the meeting any more.")
        return Outcome(out.meeting, changes + out.changes)
    return Outcome(meeting, changes)


def next_due(meeting: Meeting) -> float | None:
    """When `tick` has something to do, unless something else changes before; None: never."""
    if meeting.ended_at is not None:
        return None
    keep = meeting.limits.keep_seat_s
    due = [seat.lost_at + keep for seat in meeting.seats.values() if seat.lost_at is not None]
    if meeting.host_away_since is not None and _heir(meeting) is not None:
        due.append(meeting.host_away_since + keep)
    if meeting.empty_since is not None:
        due.append(meeting.empty_since + meeting.limits.empty_s)
    return min(due, default=None)


def _waiting_for_host(meeting: Meeting, by: str, guest: str) -> Waiting:
    check_host(meeting, by)
    seat_of(meeting, by)  # a host outside could let a guest into a meeting in which nobody else is
    entry = meeting.waiting.get(guest)
    if entry is None:
        raise Refusal("not_found", "This guest is no longer waiting.")
    return entry


def _check_room(meeting: Meeting) -> None:
    seats = meeting.limits.seats
    if len(meeting.seats) >= seats:
        raise Refusal("meeting_full", f"The meeting is full ({len(meeting.seats)}/{seats}).")


def _seat(meeting: Meeting, person: Person, now: float) -> Outcome:
    seats = {**meeting.seats, person.id: Seat(person)}
    after = replace(meeting, seats=seats, empty_since=None)
    return Outcome(_watch_host(after, now), (Came(person),))


def _watch_host(meeting: Meeting, now: float) -> Meeting:
    """Notes since when others are in and the host is not."""
    host = meeting.seats.get(meeting.host)
    is_there = host is not None and host.lost_at is None
    others = any(id != meeting.host for id in meeting.seats)
    if is_there or not (others or host is not None):
        return replace(meeting, host_away_since=None)
    return meeting if meeting.host_away_since is not None else replace(meeting, host_away_since=now)


def _heir(meeting: Meeting) -> Person | None:
    there = [seat.person for seat in meeting.seats.values() if seat.lost_at is None and not seat.person.is_guest]
    return min(there, key=lambda person: person.joined_at, default=None)


def _over(meeting: Meeting, now: float, words: str) -> Outcome:
    after = replace(meeting, ended_at=now, recording_since=None, empty_since=None, host_away_since=None)
    return Outcome(after, (Ended(words),))
