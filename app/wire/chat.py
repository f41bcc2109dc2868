"""The chat of a meeting."""

from __future__ import annotations

from app.wire.fields import Ask, Id, Plain, Tell, Text, Time


class ChatLine(Plain, frozen=True, kw_only=True):
    """One line of a meeting's chat: plain text."""

    id: str
    author: str
    author_name: str
    at: Time
    text: str
    key: str = ""


class PostChat(Ask, frozen=True, kw_only=True):
    """Says something in the chat; `key` makes a retry harmless."""

    meeting: Id
    text: Text
    key: Id


class ChatPosted(Tell, frozen=True, kw_only=True):
    """A line was added to the chat: told to everyone in the meeting, the author included."""

    meeting: str
    line: ChatLine


class ReadChat(Ask, frozen=True, kw_only=True):
    """Asks what was written in a meeting, also after it; members of its room only. Answered with `ChatRead`."""

    meeting: Id


class ChatRead(Tell, frozen=True, kw_only=True):
    """The newest lines of a meeting's chat, oldest first; at most 500."""

    meeting: str
    lines: tuple[ChatLine, ...]
