"""What a meeting that runs consists of as it is kept, for a server that is started again; pure.

Kept are the people with their seats, what each shows, who was removed, the host, the lock, and which recording runs.
Who consents is not: that is known by the consents themselves. Shares, connections and limits of tries end with the
server. Seat tokens are here as fingerprints alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from app.wire.chat import ChatLine
from app.wire.lobby import Guest
from app.wire.people import Person
from server_stub.call.meeting import NOBODY, Meeting, Origin, Seat, is_over_by, watch_host
from server_stub.kernel.config import ServerSettings
from server_stub.storage.meetings import Consent, RecordingRow

#: Raised when what the values mean changes: what another program has kept is not taken up.
FORM = 1
#: A server that was away for longer ends its meetings: nobody waits for it any more.
AWAY_S = 600.0


class Unreadable(ValueError):
    """What was kept cannot be read, or another program has written it."""


class KeptSeat(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with a seat, as in `Person` and `Origin`."""

    id: str
    name: str
    is_guest: bool
    microphone_on: bool
    camera_on: bool
    raised_at: float
    joined_at: float
    marks: tuple[str, ...]
    #: The last line of the chat before they came.
    said_before: str = ""


class KeptGuest(msgspec.Struct, frozen=True, kw_only=True):
    """A guest who waits to be let in."""

    id: str
    name: str
    since: float
    marks: tuple[str, ...]


class KeptMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting that runs; times are seconds since 1970."""

    form: int
    host: str
    is_locked: bool
    gestures_on: bool
    was_used: bool
    empty_since: float | None
    barred: tuple[str, ...]
    seats: tuple[KeptSeat, ...]
    waiting: tuple[KeptGuest, ...]
    #: By fingerprint of the token: whose seat it leads back to.
    tokens: dict[str, str]
    #: Ids of the recordings that began, oldest first; the last one runs.
    recordings: tuple[str, ...]
    is_recording: bool


@dataclass(frozen=True, slots=True)
class Before:
    """What a server that is started again knows of a meeting that ran.

    Attributes:
        meeting: with everyone in their seat and nobody connected.
        lines: the newest lines of its chat, oldest first.
        said_before: by person, the last line of the chat before they came.
        tokens: by fingerprint, whose seat a token leads back to.
        recordings: all that there were, oldest first.
        is_recording: the last of them was cut off, and goes on as another part.
    """

    meeting: Meeting
    lines: tuple[ChatLine, ...]
    said_before: Mapping[str, str]
    tokens: Mapping[str, str]
    recordings: tuple[RecordingRow, ...]
    is_recording: bool


def write(
    meeting: Meeting, *, recordings: Iterable[str], tokens: Mapping[str, str], said_before: Mapping[str, str]
) -> bytes:
    """A meeting as it is kept; the same meeting gives the same bytes."""
    seats = tuple(_seat(one, said_before.get(id, "")) for id, one in meeting.seats.items())
    waiting = tuple(_guest(one.guest, one.origin.marks) for one in meeting.waiting.values())
    waited = tuple(_guest(one, marks) for one, marks in meeting.waited)
    kept = KeptMeeting(
        form=FORM,
        host=meeting.host,
        is_locked=meeting.is_locked,
        gestures_on=meeting.gestures_on,
        was_used=meeting.was_used,
        empty_since=meeting.empty_since,
        barred=tuple(sorted(meeting.barred)),
        seats=seats,
        waiting=(*waiting, *waited),
        tokens=dict(tokens),
        recordings=tuple(recordings),
        is_recording=meeting.recording_since is not None,
    )
    return msgspec.json.encode(kept)


def _seat(seat: Seat, said_before: str) -> KeptSeat:
    person = seat.person
    return KeptSeat(
        id=person.id,
        name=person.name,
        is_guest=person.is_guest,
        microphone_on=person.microphone_on,
        camera_on=person.camera_on,
        raised_at=person.raised_at,
        joined_at=person.joined_at,
        marks=tuple(sorted(seat.origin.marks)),
        said_before=said_before,
    )


def _guest(guest: Guest, marks: Iterable[str]) -> KeptGuest:
    return KeptGuest(id=guest.id, name=guest.name, since=guest.since, marks=tuple(sorted(marks)))


def read(state: bytes) -> KeptMeeting:
    """What was kept.

    Raises:
        Unreadable: it is none of this form.
    """
    try:
        kept = msgspec.json.decode(state, type=KeptMeeting)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not a meeting") from error
    if kept.form != FORM:
        raise Unreadable("another form")
    return kept


def takes_away(before: bytes, now: bytes) -> bool:
    """Whether going on from `before`, as it was kept, in place of `now` would undo a decision of the host's.

    Recording that was stopped would go on, or somebody be let in who was removed, or shut out by the lock. Where it is
    not known what was kept (empty), it might.
    """
    if not before:
        return True
    then, after = read(before), read(now)
    stopped = then.is_recording and not after.is_recording
    return stopped or (after.is_locked and not then.is_locked) or not set(after.barred) <= set(then.barred)


def holding(consents: Iterable[Consent], *, notice_version: int, model_words: str) -> frozenset[str]:
    """Who agreed to what this server's notice says now: of them the next part is recorded, too."""
    told = (notice_version, model_words)
    return frozenset(one.person for one in consents if (one.notice_version, one.model_words) == told)


def without_recording(kept: KeptMeeting, settings: ServerSettings) -> KeptMeeting:
    """The same meeting, where what was recorded is not there any more."""
    gestures_on = kept.gestures_on and not settings.gestures_need_recording
    return msgspec.structs.replace(kept, is_recording=False, gestures_on=gestures_on)


def take_up(
    fresh: Meeting, kept: KeptMeeting, *, members: frozenset[str], consents: frozenset[str], times: tuple[float, float]
) -> Meeting | None:
    """A meeting as a server that is started again takes it up; None: nobody is left for whom it could go on.

    Args:
        fresh: the meeting as it would be had it just begun.
        kept: what it consisted of.
        members: the accounts of its room; of others no seat is kept.
        consents: who has agreed to the recording that ran; ignored where none did.
        times: now, from when seats are kept; and when the server had stopped.
    """
    now, cut_off_at = times
    seats = {
        one.id: Seat(_person(one, consents=kept.is_recording and one.id in consents), now, _origin(one))
        for one in kept.seats
        if one.is_guest or one.id in members
    }
    is_left = any(not seat.person.is_guest for seat in seats.values())
    if seats and not is_left:
        return None
    host = kept.host if kept.host in members else NOBODY
    after = replace(
        fresh,
        host=host,
        seats=seats,
        is_locked=kept.is_locked and is_left,
        gestures_on=kept.gestures_on,
        barred=frozenset(kept.barred),
        was_used=kept.was_used,
        waited=tuple((Guest(id=one.id, name=one.name, since=one.since), frozenset(one.marks)) for one in kept.waiting),
        recording_since=now if kept.is_recording else None,
        empty_since=None if seats else kept.empty_since,
        cut_off_at=cut_off_at,
    )
    if not seats and (kept.empty_since is None or is_over_by(after, now)):
        return None
    return watch_host(after, now)


def _person(one: KeptSeat, *, consents: bool) -> Person:
    return Person(
        id=one.id,
        name=one.name,
        is_guest=one.is_guest,
        microphone_on=one.microphone_on,
        camera_on=one.camera_on,
        raised_at=one.raised_at,
        consents=consents,
        is_connected=False,
        joined_at=one.joined_at,
    )


def _origin(one: KeptSeat) -> Origin:
    return Origin(frozenset(one.marks))
