"""Rooms: conversations that outlive their meetings, with members and messages."""

from __future__ import annotations

from typing import Literal

from app.wire.fields import Ask, Id, Name, Plain, Secret, Tell, Text, Time

MeetingState = Literal["ongoing", "ended"]
RecapState = Literal["none", "recording", "generating", "ready", "failed"]


class Member(Plain, frozen=True, kw_only=True):
    """An account that belongs to a room."""

    id: str
    name: str
    is_online: bool = False


class MeetingCard(Plain, frozen=True, kw_only=True):
    """What a room shows of a meeting: in its message and in its sidebar."""

    id: str
    room: str
    title: str
    #: Plain https or http address that opens the meeting; the code in it lets a guest knock.
    link: str
    starter: str
    state: MeetingState
    started_at: Time
    ended_at: Time | None = None
    people: int = 0
    recap: RecapState = "none"
    #: A sentence about the recap's progress or failure.
    recap_words: str = ""
    expires_at: Time | None = None


class Message(Plain, frozen=True, kw_only=True):
    """One message of a room. `meeting` is set on the one message that a meeting posts, and on recap news."""

    id: str
    room: str
    #: Account id; empty for the server's own words.
    author: str
    author_name: str
    at: Time
    kind: Literal["text", "meeting", "recap"]
    text: str
    #: What the author's client called it: a retry with the same key posts nothing new.
    key: str = ""
    meeting: MeetingCard | None = None


class RoomInfo(Plain, frozen=True, kw_only=True):
    """A room as its members see it."""

    id: str
    name: str
    members: tuple[Member, ...]
    last_message: Message | None = None
    #: The running meeting, if there is one.
    meeting: MeetingCard | None = None


class CreateRoom(Ask, frozen=True, kw_only=True):
    """Makes a room with the asker as its only member."""

    name: Name


class RoomChanged(Tell, frozen=True, kw_only=True):
    """A room is new or different: told to each member, and to who just became one."""

    room: RoomInfo


class InviteMember(Ask, frozen=True, kw_only=True):
    """Makes a one-use code that lets one account join the room."""

    room: Id


class InvitationMade(Tell, frozen=True, kw_only=True):
    """The code, told only to who asked for it."""

    room: str
    code: str


class JoinRoom(Ask, frozen=True, kw_only=True):
    """Becomes a member by a one-use code; answered with `RoomChanged`."""

    code: Secret


class ListMessages(Ask, frozen=True, kw_only=True):
    """Asks for the newest messages of a room, or for those before one."""

    room: Id
    before: Id | None = None


class MessagesListed(Tell, frozen=True, kw_only=True):
    """Up to 100 messages, oldest first."""

    room: str
    messages: tuple[Message, ...]
    has_more: bool


class PostMessage(Ask, frozen=True, kw_only=True):
    """Posts a text; `key` makes a retry harmless."""

    room: Id
    text: Text
    key: Id


class MessagePosted(Tell, frozen=True, kw_only=True):
    """A message stands in the room: told to each member, the author included."""

    message: Message


class MeetingChanged(Tell, frozen=True, kw_only=True):
    """A meeting's card is different (people, end, recap): told to each member of its room."""

    meeting: MeetingCard
