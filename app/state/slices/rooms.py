"""The rooms: their conversations and what was searched for in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.state.slices.drafts import Draft
from app.wire.rooms import MeetingCard, Message, RoomInfo


@dataclass(frozen=True, slots=True)
class RoomView:
    """What is known of one room's conversation."""

    messages: tuple[Message, ...] = ()
    has_more: bool = False
    is_loaded: bool = False
    drafts: tuple[Draft, ...] = ()
    unread: int = 0
    recaps: tuple[MeetingCard, ...] = ()
    #: A one-use code just made, shown until the dialog closes; where it was mailed; its link.
    invitation: str = ""
    invitation_email: str = ""
    invitation_link: str = ""
    #: Why there is no code, or why it was not mailed.
    invitation_words: str = ""


@dataclass(frozen=True, slots=True)
class SearchView:
    """What was searched for in the messages, and what was found."""

    words: str
    messages: tuple[Message, ...] = ()
    has_more: bool = False
    is_asking: bool = True
    #: Why it was not looked for; empty: what was found is all there is.
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms one is a member of."""

    known: tuple[RoomInfo, ...] = ()
    #: Id of the open one; empty: none.
    open: str = ""
    #: By id; also of rooms whose news came before they did.
    views: dict[str, RoomView] = field(default_factory=dict)
    #: "Meet now" waits for its room: the request that makes it, and the key of the meeting to start.
    meets_now: tuple[int, str] = (0, "")
