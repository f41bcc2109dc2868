"""The rooms: their conversations and what was searched for in them."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.slices.drafts import Draft
from app.wire.rooms import MeetingCard, Message


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
