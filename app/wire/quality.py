"""How well connections carry a call: what each client says of its own, and what the relay holds back from whom."""

from __future__ import annotations

from app.wire.fields import Ask, Id, Plain, Tell
from app.wire.media import PictureSource


class TellConnection(Ask, frozen=True, kw_only=True):
    """Tells the others that one's connection is weak, or good again; answered with `PersonChanged`. Refused: too_much.

    What it is judged by stays with the client.
    """

    meeting: Id
    is_weak: bool


class HeldPicture(Plain, frozen=True, kw_only=True):
    """A picture that one does not get for now."""

    person: str
    source: PictureSource


class PicturesHeld(Tell, frozen=True, kw_only=True):
    """All pictures that the relay holds back from who is told, because their link does not carry them.

    Told when that changes, and once, mostly empty, when their receiving connection is up.
    """

    meeting: str
    pictures: tuple[HeldPicture, ...]
