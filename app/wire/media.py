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


class IceServer(Plain, frozen=True, kw_only=True):
    """A STUN or TURN server that media may be found a way by; `app.wire.ice` says which URLs are taken."""

    url: str
    #: For TURN alone: good for a while, and for this person.
    username: str = ""
    credential: str = ""


class CheckMedia(Ask, frozen=True, kw_only=True):
    """Asks for a connection that carries nothing, to see whether UDP comes through; answered with `MediaChecked`.

    Refused: bad_sdp, not_ready, too_much.
    """

    sdp: Sdp


class MediaChecked(Tell, frozen=True, kw_only=True):
    """The relay's answer to `CheckMedia`, and its TURN servers: with credentials for who has a seat alone."""

    sdp: str
    servers: tuple[IceServer, ...] = ()


class IceServers(Tell, frozen=True, kw_only=True):
    """The STUN and TURN servers to use from now on: before `Welcome`, and again before what it says expires.

    Told to people with a seat alone, by a server that has been given such servers.
    """

    meeting: str
    servers: tuple[IceServer, ...]


class MediaLost(Tell, frozen=True, kw_only=True):
    """A peer connection of this person failed on the relay's side; the client makes new ones."""

    meeting: str
