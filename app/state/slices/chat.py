"""The chat of a call."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.slices.drafts import Draft
from app.wire.chat import ChatLine


@dataclass(frozen=True, slots=True)
class Chat:
    """What was written in the call."""

    lines: tuple[ChatLine, ...] = ()
    drafts: tuple[Draft, ...] = ()
    #: Lines of others that came while nobody looked at the end of the chat.
    unread: int = 0
    #: The open panel shows the end of the chat, where new lines come.
    is_at_end: bool = True


@dataclass(frozen=True, slots=True)
class ChatLog:
    """The chat of a meeting that is read in its room."""

    meeting: str
    title: str
    #: None until the server has told them.
    lines: tuple[ChatLine, ...] | None = None
    #: Why they cannot be read.
    words: str = ""
