"""Meetings and the people in them: start, join, leave, what each shows."""

from __future__ import annotations

from typing import Literal

from app.wire.chat import ChatLine
from app.wire.fields import Ask, Id, Plain, Secret, Tell, Time
from app.wire.rooms import MeetingCard

LeaveReason = Literal["left", "lost", "removed", "ended", "moved"]


class Person(Plain, frozen=True, kw_only=True):
    """Someone in a meeting. `id` is the account's id for a member, an id of this meeting for a guest."""

    id: str
    name: str
    is_guest: bool = False
    microphone_on: bool = False
    camera_on: bool = False
    sharing: bool = False
    #: When the share that runs began, so that everybody shows the newest large; 0 while nothing is shared.
    sharing_since: Time = 0.0
    #: Whether others may point at that share: members, and guests.
    members_point: bool = False
    guests_point: bool = False
    #: When the hand was raised that is up, so that everybody shows the same order; 0 while it is down.
    raised_at: Time = 0.0
    #: Has agreed to be recorded; while the meeting is recorded, only such people are.
    consents: bool = False
    #: False while the connection is lost and the seat is kept.
    is_connected: bool = True
    #: Their own client finds that their connection carries the call badly; forgotten when it is lost.
    has_weak_connection: bool = False
    joined_at: Time = 0.0


class StartMeeting(Ask, frozen=True, kw_only=True):
    """Starts an instant meeting, or leads into the running one; answered with `MeetingStarted`."""

    room: Id
    #: A retry with the same key posts no second message.
    key: Id


class MeetingStarted(Tell, frozen=True, kw_only=True):
    """The answer to `StartMeeting`; every member gets the message that carries the card by `MessagePosted`."""

    meeting: MeetingCard


class JoinMeeting(Ask, frozen=True, kw_only=True):
    """Takes a seat; answered with `Welcome`. Refused: terms_needed, notice_needed, meeting_full, meeting_ended."""

    meeting: Id
    microphone_on: bool
    camera_on: bool
    #: Version of the recording notice that was shown and read past; 0: none was shown.
    notice_version: int = 0
    #: The host of an unrecorded meeting may switch AI recording on with the join.
    record: bool = False
    #: The host may switch gestures on with the join.
    gestures: bool = False
    #: One sits in this meeting on another device and wants to move here; without it that is Refused (in_elsewhere).
    moves: bool = False


class Welcome(Tell, frozen=True, kw_only=True):
    """A seat in the meeting: everything a client needs to show it. The relay's offers follow."""

    meeting: MeetingCard
    you: str
    host: str
    people: tuple[Person, ...]
    chat: tuple[ChatLine, ...]
    #: When the recording that runs began; None when nothing is recorded.
    recording_since: Time | None
    #: The server's clock, so that timers agree.
    now: Time
    #: Lets a guest come back to this seat; empty for members, who have their sign-in.
    guest_token: str = ""
    is_locked: bool = False
    #: Everyone may use gestures.
    gestures_on: bool = False
    #: Since when a member has missed what is being recorded; None where nothing was missed.
    missed_since: Time | None = None


class RejoinAsGuest(Ask, frozen=True, kw_only=True):
    """A guest comes back to a kept seat; answered with `Welcome`."""

    token: Secret


class LeaveMeeting(Ask, frozen=True, kw_only=True):
    """Gives up the seat at once; answered with `PersonLeft`."""

    meeting: Id


class EndMeeting(Ask, frozen=True, kw_only=True):
    """The host ends the meeting for everyone; answered with `MeetingEnded`."""

    meeting: Id


class ShowState(Ask, frozen=True, kw_only=True):
    """Tells the others whether one's microphone and camera are on; answered with `PersonChanged`."""

    meeting: Id
    microphone_on: bool
    camera_on: bool


class PersonJoined(Tell, frozen=True, kw_only=True):
    """Someone took a seat."""

    meeting: str
    person: Person


class PersonChanged(Tell, frozen=True, kw_only=True):
    """Someone's state has changed."""

    meeting: str
    person: Person


class PersonLeft(Tell, frozen=True, kw_only=True):
    """Someone's seat is free; told to the person who left as well."""

    meeting: str
    person: str
    reason: LeaveReason


class HostChanged(Tell, frozen=True, kw_only=True):
    """The host's role has moved."""

    meeting: str
    host: str


class MeetingEnded(Tell, frozen=True, kw_only=True):
    """The meeting is over for everyone."""

    meeting: str
    at: Time
    words: str = ""


class RemovePerson(Ask, frozen=True, kw_only=True):
    """The host removes someone, who cannot come back to this meeting; answered with `PersonLeft` (removed)."""

    meeting: Id
    person: Id


class MutePerson(Ask, frozen=True, kw_only=True):
    """The host switches someone's microphone off, who may switch it on again; answered with `PersonChanged`."""

    meeting: Id
    person: Id


class LockMeeting(Ask, frozen=True, kw_only=True):
    """The host locks the meeting (kept seats stay valid), or opens it again; answered with `MeetingLocked`."""

    meeting: Id
    is_locked: bool


class MeetingLocked(Tell, frozen=True, kw_only=True):
    """Told to everyone in the meeting."""

    meeting: str
    is_locked: bool


class RenewLink(Ask, frozen=True, kw_only=True):
    """The host makes a new link; the old one stops working at once. Answered with `LinkRenewed`."""

    meeting: Id


class LinkRenewed(Tell, frozen=True, kw_only=True):
    """The meeting's new link: told to everyone in it; the room's members get `MeetingChanged` as well."""

    meeting: str
    link: str
