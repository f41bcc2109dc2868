"""Notices: what a person should be told once, on whichever device they are using."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.wire.fields import Ask, Id, Plain, Tell, Time

NoticeKind = Literal["recap_ready", "meeting_soon", "meeting_started", "meeting_cancelled", "deletion", "removed"]


class NoticeInfo(Plain, frozen=True, kw_only=True):
    """One notice. `words` name no more than a title: nothing of what was said."""

    id: str
    kind: NoticeKind
    #: Where a click leads: the room, and the meeting or recording in it (may be empty).
    room: str
    subject: str
    words: str
    at: Time


class NoticeTold(Tell, frozen=True, kw_only=True):
    """Unseen notices: new ones, or all of them after signing in.

    `rings` is true on one device of the account alone, the first that gets it, so that the desktop shows each once;
    the others only show the badge.
    """

    notices: tuple[NoticeInfo, ...]
    rings: bool = False


class SeeNotices(Ask, frozen=True, kw_only=True):
    """These have been seen; answered with `NoticesSeen`."""

    ids: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=100)]


class NoticesSeen(Tell, frozen=True, kw_only=True):
    """They are gone from every device of the account."""

    ids: tuple[str, ...]
