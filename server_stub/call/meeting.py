"""The rules of a meeting, pure: who has a seat, who is host, when it is over.

The host's rights over others are in `host_rules`, the lobby in `lobby_rules`, recording in `recording_rules`.

Each function takes a `Meeting` and what somebody asks, and returns an `Outcome`: the meeting as it is then, and what
has changed, in order. A rule that forbids it raises `Refusal`, and nothing has changed. Clocks and ids are given.

Seats: ten, kept ones included. A lost connection keeps its seat for `keep_seat_s`, "leave" frees it at once.
Host: begins as the starter. When the host has been away for `keep_seat_s`, the role passes to the member who has been
in longest, never to a guest.
End: by the host; when the last member is gone and guests remain or something was recorded; or when nobody has been in
for `empty_s` (a scheduled meeting waits for the first one until its planned end).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from msgspec.structs import replace as with_

from app.wire.lobby import Guest
from app.wire.people import LeaveReason, Person
from server_stub.call.changes import Came, Change, Changed, Ended, HostMoved, Locked, Went
from server_stub.errors import Refusal
from server_stub.kernel.config import MeetingLimits
from server_stub.storage.meetings import MeetingRow

#: Host of a meeting whose host has left the room, until a member comes.
NOBODY = ""
#: Of a meeting to which nobody came back after the server had stopped.
CUT_OFF = "The server stopped during this meeting."
_STEP_S = 0.001


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a person comes from, as far as the rules need it.

    Attributes:
        marks: what a removed person is recognised by: their account, their installation of the program.
        address: of their computer, for the lobby's limits; empty: it is not counted.
    """

    marks: frozenset[str] = frozenset()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's seat; `lost_at` is set while the connection is lost."""

    person: Person
    lost_at: float | None = None
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A guest in the lobby and how they want to join."""

    guest: Guest
    person: Person
    origin: Origin = Origin()


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
    #: Nobody new comes in, unless the host admits who waits already.
    is_locked: bool = False
    #: Marks of those whom the host has removed.
    barred: frozenset[str] = frozenset()
    #: When the recording that runs began.
    recording_since: float | None = None
    #: How many recordings were begun.
    recordings: int = 0
    #: Everyone may use gestures.
    gestures_on: bool = False
    #: Since when others are in and the host is not.
    host_away_since: float | None = None
    #: Since when nobody has had a seat.
    empty_since: float | None = None
    #: Somebody has had a seat.
    was_used: bool = False
    #: Of a scheduled meeting: its planned start and end. Before the end nobody need have come, and who was early may
    #: have gone again before the start: neither ends it.
    planned_at: float | None = None
    doors_until: float | None = None
    ended_at: float | None = None
    #: When the server stopped that this one follows, until the first one is back.
    cut_off_at: float | None = None
    #: Guests who waited then, and by what they are known: they take their place again, also where it is locked.
    waited: tuple[tuple[Guest, frozenset[str]], ...] = ()
    limits: MeetingLimits = field(default_factory=MeetingLimits)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everyone with a seat, in the order in which they came."""
        return tuple(seat.person for seat in self.seats.values())

    @property
    def members(self) -> tuple[Person, ...]:
        """Those of them who are no guests."""
        return tuple(person for person in self.people if not person.is_guest)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The meeting as it is now, and what has changed, in order."""

    meeting: Meeting
    changes: tuple[Change, ...] = ()


def start(meeting: Meeting) -> Meeting:
    """A meeting that has just begun, with nobody in it."""
    return replace(meeting, host=meeting.starter, empty_since=meeting.started_at)


def newly_begun(row: MeetingRow, limits: MeetingLimits) -> Meeting:
    """A meeting with nobody in it, as its row says."""
    planned_at = row.starts_at
    return start(
        Meeting(
            id=row.id,
            room=row.room,
            title=row.title,
            starter=row.starter,
            host=row.starter,
            started_at=row.started_at,
            planned_at=planned_at,
            doors_until=None if planned_at is None else planned_at + 60.0 * row.length_min,
            limits=limits,
        )
    )


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
    """Gives a member a seat, or their kept or moved seat back.

    `person.consents` counts from now on; a consent that was given before in this recording stays. What was shared over
    the connection before is over, also where its loss was not noticed: a client that goes on with it says so again.
    """
    check_open(meeting)
    old = meeting.seats.get(person.id)
    if old is None:
        origin = Origin(frozenset((person.id,)))
        check_not_barred(meeting, origin)
        if person.id != meeting.host:  # who locked it and went must be able to open it again
            check_not_locked(meeting)
        check_seats(meeting)
        return seat(meeting, with_(person, joined_at=now, is_connected=True), now, origin=origin)
    came = with_(
        person,
        joined_at=old.person.joined_at,
        raised_at=old.person.raised_at,
        consents=old.person.consents or person.consents,
        is_guest=old.person.is_guest,
        is_connected=True,
        has_weak_connection=False,
        sharing=False,
        sharing_since=0.0,
    )
    seats = {**meeting.seats, person.id: Seat(came, origin=old.origin)}
    after = watch_host(replace(meeting, seats=seats, cut_off_at=None), now)
    return Outcome(after, (Changed(came),))


def lose(meeting: Meeting, person: str, now: float) -> Outcome:
    """The connection of a person is lost; the seat is kept for a while."""
    seat = meeting.seats.get(person)
    if meeting.ended_at is not None or seat is None or seat.lost_at is not None:
        return Outcome(meeting)
    gone = with_(
        seat.person, is_connected=False, has_weak_connection=False, sharing=False, sharing_since=0.0
    )  # fmt: skip
    seats = {**meeting.seats, person: Seat(gone, now, seat.origin)}
    return Outcome(watch_host(replace(meeting, seats=seats), now), (Changed(gone),))


def leave(meeting: Meeting, person: str, now: float, *, reason: LeaveReason = "left") -> Outcome:
    """Frees a seat at once; the meeting may end by it."""
    seat_of(meeting, person)
    seats = {id: seat for id, seat in meeting.seats.items() if id != person}
    after = watch_host(replace(meeting, seats=seats), now)
    went: tuple[Change, ...] = (Went(person, reason),)
    if after.members:
        return Outcome(after, went)
    if after.cut_off_at is not None:  # nobody is back: it ended when the server did
        ended = _over(after, after.cut_off_at, CUT_OFF)
        return Outcome(ended.meeting, went + ended.changes)
    if seats or after.recordings:
        ended = _over(after, now, "The last member has left.")
        return Outcome(ended.meeting, went + ended.changes)
    opened: tuple[Change, ...] = (Locked(False),) if after.is_locked else ()
    return Outcome(replace(after, empty_since=now, is_locked=False), went + opened)


def expel(meeting: Meeting, person: str, now: float, *, reason: LeaveReason = "removed") -> Outcome:
    """Takes someone out who does not belong to the room any more; a host's role passes at once."""
    out = leave(meeting, person, now, reason=reason)
    if out.meeting.host != person or _heir(out.meeting) is None:
        return out
    resigned = resign(out.meeting, person)
    return Outcome(resigned.meeting, out.changes + resigned.changes)


def resign(meeting: Meeting, person: str) -> Outcome:
    """A host who has left the room loses the role: it passes at once, or to the next member who comes."""
    if meeting.ended_at is not None or meeting.host != person:
        return Outcome(meeting)
    heir = _heir(meeting)
    after = replace(meeting, host=heir.id if heir is not None else NOBODY, host_away_since=None)
    return Outcome(after, (HostMoved(heir.id),) if heir is not None else ())


def end(meeting: Meeting, by: str, now: float) -> Outcome:
    """The host ends the meeting for all."""
    check_host(meeting, by)
    return _over(meeting, now, "The host has ended the meeting.")


def call_off(meeting: Meeting, now: float, words: str) -> Outcome:
    """Who planned the meeting has cancelled it; without effect once it is over."""
    return Outcome(meeting) if meeting.ended_at is not None else _over(meeting, now, words)


class Shown(TypedDict, total=False):
    """What a person shows to the others, each as in `Person`; `show` sets what is given and leaves the rest."""

    microphone_on: bool
    camera_on: bool
    sharing: bool
    sharing_since: float
    members_point: bool
    guests_point: bool
    raised_at: float
    consents: bool
    has_weak_connection: bool


def show(meeting: Meeting, person: str, **shown: Unpack[Shown]) -> Outcome:
    """Sets what a person shows; who may, the rules of each feature say before."""
    seat = seat_of(meeting, person)
    changed = with_(seat.person, **shown)
    seats = {**meeting.seats, person: replace(seat, person=changed)}
    return Outcome(replace(meeting, seats=seats), (Changed(changed),))


def after_all(moments: Iterable[float], now: float) -> float:
    """The time of something that comes after others, whatever the clock says: no two happen at the same moment."""
    return max(now, max(moments) + _STEP_S)


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
    if is_over_by(meeting, now):
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
    if (over_at := _over_at(meeting)) is not None:
        due.append(over_at)
    return min(due, default=None)


def is_over_by(meeting: Meeting, now: float) -> bool:
    """Whether a meeting in which nobody is has ended by that moment."""
    over_at = _over_at(meeting)
    return over_at is not None and now >= over_at


def _over_at(meeting: Meeting) -> float | None:
    """When a meeting in which nobody is ends, if nobody comes; None while somebody is in it."""
    if meeting.empty_since is None:
        return None
    over_at = meeting.empty_since + meeting.limits.empty_s
    if not meeting.was_used:
        return max(over_at, meeting.doors_until or over_at)
    return over_at if meeting.planned_at is None else max(over_at, meeting.planned_at + meeting.limits.empty_s)


def check_not_barred(meeting: Meeting, origin: Origin) -> None:
    """Raises `Refusal` when the host has removed who comes."""
    if origin.marks & meeting.barred:
        raise Refusal("removed", "The host has removed you from this meeting. You cannot come back to it.")


def check_not_locked(meeting: Meeting) -> None:
    """Raises `Refusal` when nobody new may come."""
    if meeting.is_locked:
        raise Refusal("locked", "The host has locked this meeting. Nobody can come in for now.")


def check_seats(meeting: Meeting) -> None:
    """Raises `Refusal` when every seat is taken."""
    seats = meeting.limits.seats
    if len(meeting.seats) >= seats:
        raise Refusal("meeting_full", f"The meeting is full ({len(meeting.seats)}/{seats}).")


def seat(meeting: Meeting, person: Person, now: float, *, origin: Origin) -> Outcome:
    """Gives a person a new seat; what forbids it has been checked."""
    seats = {**meeting.seats, person.id: Seat(person, origin=origin)}
    after = replace(meeting, seats=seats, empty_since=None, was_used=True, cut_off_at=None)
    return Outcome(watch_host(after, now), (Came(person),))


def check_host_inside(meeting: Meeting, by: str) -> None:
    """Raises `Refusal` when that person is not the host, or is the host but outside."""
    check_host(meeting, by)
    seat_of(meeting, by)


def watch_host(meeting: Meeting, now: float) -> Meeting:
    """Notes since when others are in and the host is not."""
    host = meeting.seats.get(meeting.host)
    is_there = host is not None and host.lost_at is None
    others = any(id != meeting.host for id in meeting.seats)
    if is_there or not (others or host is not None):
        return replace(meeting, host_away_since=None)
    if meeting.host == NOBODY:  # for whom the role is not kept
        return replace(meeting, host_away_since=now - meeting.limits.keep_seat_s)
    return meeting if meeting.host_away_since is not None else replace(meeting, host_away_since=now)


def _heir(meeting: Meeting) -> Person | None:
    there = [seat.person for seat in meeting.seats.values() if seat.lost_at is None and not seat.person.is_guest]
    return min(there, key=lambda person: person.joined_at, default=None)


def _over(meeting: Meeting, now: float, words: str) -> Outcome:
    after = replace(meeting, ended_at=now, recording_since=None, empty_since=None, host_away_since=None)
    return Outcome(after, (Ended(words),))
