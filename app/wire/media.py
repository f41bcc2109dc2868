"""Media: the two peer connections of a person, one that sends and one that receives."""

from __future__ import annotations

from typing import Literal

from app.wire.fields import Ask, Id, Plain, Sdp, Tell

Source = Literal["microphone", "camera", "screen"]


class TrackInfo(Plain, frozen=True, kw_only=True):
    """Whose picture or voice an m-line of the receiving connection carries."""

    mid: str
    person: str
    source: Source


class PublishOffer(Ask, frozen=True, kw_only=True):
    """The offer of the sending connection, with the source that each m-line carries; again when they change."""

    meeting: Id
    sdp: Sdp
    #: mid -> source
    sources: dict[str, Source]


class PublishAnswer(Tell, frozen=True, kw_only=True):
    """The relay's answer to `PublishOffer`."""

    meeting: str
    sdp: str


class SubscribeOffer(Tell, frozen=True, kw_only=True):
    """The relay's offer for the receiving connection: what the others send; again whenever that changes."""

    meeting: str
    revision: int
    sdp: str
    tracks: tuple[TrackInfo, ...]


class SubscribeAnswer(Ask, frozen=True, kw_only=True):
    """The answer to one revision of the offer."""

    meeting: Id
    revision: int
    sdp: Sdp


class MediaLost(Tell, frozen=True, kw_only=True):
    """A peer connection of this person failed on the relay's side; the client makes new ones."""

    meeting: str
