"""A recap that is made again by an engine that hears better, and the versions that it had before."""

from __future__ import annotations

from app.wire.fields import Ask, Id, Plain, Tell, Time


class EarlierVersion(Plain, frozen=True, kw_only=True):
    """What a recap was before it was made again."""

    #: 1 is the first one.
    number: int
    #: When it was made.
    at: Time
    #: The name of what turned speech into text.
    engine: str


class BetterEngine(Plain, frozen=True, kw_only=True):
    """What the server has now that hears better than what wrote a recap."""

    engine: str
    #: Seconds that making the recap again takes, roughly.
    about_s: float


class RemakeRecap(Ask, frozen=True, kw_only=True):
    """Has a recap made again by a better engine. Answered with `RemakeTold`.

    Refused: not_ready (there is none yet), not_found, not_allowed (nothing hears better now), busy (it is in use, or
    another one is being made), too_much.
    """

    meeting: Id


class RemakeTold(Tell, frozen=True, kw_only=True):
    """A recap is being made again, or that is over: told to each member of the room."""

    meeting: str
    is_on: bool
    #: Why it stays as it was; empty: it is being made, or the new one can be read.
    words: str = ""
