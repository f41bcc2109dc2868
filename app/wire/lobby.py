"""The lobby: a guest knocks, waits, and is let in or not by the host."""

from __future__ import annotations

from app.wire.fields import Ask, Id, Name, Plain, Secret, Tell, Time
from app.wire.rooms import MeetingState


class Guest(Plain, frozen=True, kw_only=True):
    """Someone who waits."""

    id: str
    name: str
    since: Time


class LookAtLink(Ask, frozen=True, kw_only=True):
    """Asks what a link leads to, before anything about oneself is sent."""

    code: Secret


class LinkShown(Tell, frozen=True, kw_only=True):
    """What an invitation says to its holder: the names of meeting, host and server; nothing about who is there."""

    title: str
    is_recording: bool
    state: MeetingState = "ongoing"
    #: Planned start of a meeting that is not open yet.
    starts_at: Time | None = None
    #: Set when the asker is signed in and a member of the room: they join directly.
    meeting: str = ""
    #: Name of who lets one in: the present host, before that who planned it.
    host: str = ""
    #: What the server calls itself; empty: nothing but its address.
    server: str = ""


class Knock(Ask, frozen=True, kw_only=True):
    """Asks to be let in; answered with `KnockHeard`, later `Welcome` or `GuestDenied`."""

    code: Secret
    name: Name
    terms_version: int
    notice_version: int = 0
    microphone_on: bool = True
    camera_on: bool = True
    #: A random name of this installation, another one for each server: who was removed does not knock again.
    installation: Id = "none"


class WithdrawKnock(Ask, frozen=True, kw_only=True):
    """The guest stops waiting; answered with `KnockWithdrawn`, also when they were not waiting."""


class KnockWithdrawn(Tell, frozen=True, kw_only=True):
    """Out of the lobby."""


class KnockHeard(Tell, frozen=True, kw_only=True):
    """The guest is waiting. A guest in the lobby is told nothing else about the meeting."""

    guest: str
    title: str
    is_recording: bool


class LobbyChanged(Tell, frozen=True, kw_only=True):
    """Who is waiting; told to the host only."""

    meeting: str
    waiting: tuple[Guest, ...]
    #: Seats taken, and seats in all: the admit button shows "10/10".
    taken: int = 0
    seats: int = 10


class AdmitGuest(Ask, frozen=True, kw_only=True):
    """The host lets a guest in; answered with `GuestAdmitted`."""

    meeting: Id
    guest: Id


class AdmitAll(Ask, frozen=True, kw_only=True):
    """The host lets in everyone waiting, longest first, as long as there are seats; answered with `LobbyChanged`."""

    meeting: Id


class DenyGuest(Ask, frozen=True, kw_only=True):
    """The host does not; answered with `LobbyChanged`."""

    meeting: Id
    guest: Id


class GuestAdmitted(Tell, frozen=True, kw_only=True):
    """The host's answer; everyone in the meeting gets `PersonJoined`, the guest `Welcome`."""

    meeting: str
    guest: str


class GuestDenied(Tell, frozen=True, kw_only=True):
    """Told to the guest in plain words."""

    words: str
