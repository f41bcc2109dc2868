"""Rooms: conversations that outlive their meetings, with members and messages."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.wire.fields import Ask, Email, Id, Name, Plain, Secret, Tell, Text, Time, Url

#: Scheduled; from ten minutes before its start joinable, also with nobody in it; ongoing; ended; cancelled.
MeetingState = Literal["scheduled", "joinable", "ongoing", "ended", "cancelled"]
#: "deleted": asked for and done before its time; what has expired leaves nothing, not even a card.
RecapState = Literal["none", "recording", "generating", "ready", "failed", "deleted"]
#: The films follow the texts: "none" until those are there, and where nothing was recorded that could be played.
FilmState = Literal["none", "making", "ready", "failed"]
#: Under which kind of agreement the people of a room work together; the gate may leave one out.
ContractKind = Literal["direct", "agency", "catalog"]
Provider = Literal["parley", "external"]
DeletionState = Literal["none", "pending", "deleted", "refused"]
Repeats = Literal["never", "daily", "weekdays", "weekly", "fortnightly", "monthly"]


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
    #: Address that opens the meeting; the code in it lets a guest knock. Of another provider: that one's address.
    link: str
    starter: str
    state: MeetingState
    #: When the first person came in; before that, when it was made, or is planned to begin. As late as `ended_at`:
    #: nobody came.
    started_at: Time
    ended_at: Time | None = None
    people: int = 0
    recap: RecapState = "none"
    #: A sentence about the recap's progress or failure.
    recap_words: str = ""
    expires_at: Time | None = None
    provider: Provider = "parley"
    #: Of a scheduled meeting: planned start, minutes, the zone in which it was planned, and how it repeats.
    starts_at: Time | None = None
    length_min: int = 0
    time_zone: str = ""
    repeats: Repeats = "never"
    #: A request to delete the recording before its time, and the answer in words.
    deletion: DeletionState = "none"
    deletion_words: str = ""
    is_locked: bool = False
    #: How far the films of the recap are, and a sentence where there are none.
    film: FilmState = "none"
    film_words: str = ""


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
    edited_at: Time | None = None
    #: The text is gone; that there was a message stays.
    is_deleted: bool = False


class RoomInfo(Plain, frozen=True, kw_only=True):
    """A room as its members see it."""

    id: str
    name: str
    members: tuple[Member, ...]
    last_message: Message | None = None
    #: The running meeting, if there is one.
    meeting: MeetingCard | None = None
    #: Account that may remove members: who made the room, and after them the longest-standing member.
    owner: str = ""
    contract: ContractKind = "direct"
    #: Scheduled meetings to come, soonest first.
    scheduled: tuple[MeetingCard, ...] = ()


class CreateRoom(Ask, frozen=True, kw_only=True):
    """Creates a room with the asker as its only member."""

    name: Name
    contract: ContractKind = "direct"


class RenameRoom(Ask, frozen=True, kw_only=True):
    """A member gives the room another name; answered with `RoomChanged`."""

    room: Id
    name: Name


class LeaveRoom(Ask, frozen=True, kw_only=True):
    """Leaves the room, and sees nothing of it from then on; answered with `RoomLeft`."""

    room: Id


class RemoveMember(Ask, frozen=True, kw_only=True):
    """The room's owner removes another member; answered with `RoomChanged`, told to that member as `RoomLeft`."""

    room: Id
    account: Id


class RoomLeft(Tell, frozen=True, kw_only=True):
    """One is no longer a member of the room; the others get `RoomChanged`."""

    room: str
    words: str = ""


class RoomChanged(Tell, frozen=True, kw_only=True):
    """A room is new or has changed: told to each member, new members included."""

    room: RoomInfo


class InviteMember(Ask, frozen=True, kw_only=True):
    """Makes a one-use code that lets one account join the room.

    With `email` the code is mailed there as well. Whoever uses the code becomes the member, whatever their address is.
    """

    room: Id
    email: Email | None = None


class InvitationMade(Tell, frozen=True, kw_only=True):
    """The code, told only to whoever asked for it."""

    room: str
    code: str
    #: Where it was mailed; empty: nowhere.
    email: str = ""
    expires_at: Time = 0.0


class JoinRoom(Ask, frozen=True, kw_only=True):
    """Becomes a member by a one-use code; answered with `RoomChanged`."""

    code: Secret


class ListMessages(Ask, frozen=True, kw_only=True):
    """Asks for the newest messages of a room, or for those before a given one."""

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
    """A message was posted in the room: told to each member, the author included."""

    message: Message


class EditMessage(Ask, frozen=True, kw_only=True):
    """Changes a text of one's own; answered with `MessageChanged`."""

    message: Id
    text: Text


class DeleteMessage(Ask, frozen=True, kw_only=True):
    """Deletes a text of one's own; answered with `MessageChanged`."""

    message: Id


class MessageChanged(Tell, frozen=True, kw_only=True):
    """A message was edited or deleted, and says so: told to each member."""

    message: Message


class MarkRead(Ask, frozen=True, kw_only=True):
    """Everything in the room has been seen; answered with `RoomRead`."""

    room: Id


class RoomRead(Tell, frozen=True, kw_only=True):
    """Nothing is unread in the room: told to every device of the account."""

    room: str


class Search(Ask, frozen=True, kw_only=True):
    """Searches the messages of all one's rooms."""

    words: Annotated[str, Meta(min_length=2, max_length=100)]


class Found(Tell, frozen=True, kw_only=True):
    """Up to 50 messages that contain the words, newest first."""

    words: str
    messages: tuple[Message, ...]
    has_more: bool = False


class PostExternalMeeting(Ask, frozen=True, kw_only=True):
    """Posts the link of another provider's meeting as a plain message: no Join card, no lobby, no recap."""

    room: Id
    url: Url
    key: Id


class LinksMoved(Tell, frozen=True, kw_only=True):
    """The server has another address now: links to its meetings and rooms begin differently, their codes stay."""

    #: As a person can paste it: `https://host:port`, or `parley://host:port?pin=...`.
    server: str
    #: An embedded server that others may reach.
    is_reachable: bool


class MeetingChanged(Tell, frozen=True, kw_only=True):
    """A meeting's card has changed (people, end, recap): told to each member of its room."""

    meeting: MeetingCard
