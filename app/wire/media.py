"""Media: the two peer connections of a person, one that sends and one that receives."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from app.wire.fields import Ask, Id, Plain, Sdp, Tell

#: "camera-low": the same face as "camera", made small for those whom that does.
Source = Literal["microphone", "camera", "camera-low", "screen"]
LOW: Final = "camera-low"
#: What is shown and held back, whatever its size.
PictureSource = Literal["camera", "screen"]
SentPicture = Literal["camera", "camera-low", "screen"]
#: No picture is shown higher than this, in pixels; a higher view is content with it.
MOST_HEIGHT_PX = 4320
#: Pictures that one person may say they show: ten people's cameras and screens, and as many that are about to go.
MOST_WISHES = 40


def seen_as(source: str) -> str:
    """The source that people see: of a face, "camera", in whichever size it comes."""
    return "camera" if source == LOW else source


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


class PictureWish(Plain, frozen=True, kw_only=True):
    """A picture that somebody shows, and how high in its largest view, in pixels."""

    person: Id
    source: PictureSource
    height_px: Annotated[int, Meta(ge=1, le=MOST_HEIGHT_PX)]


class WantPictures(Ask, frozen=True, kw_only=True):
    """All pictures of others that one shows now; those that are not named do not come. Refused: too_much.

    Who has said nothing since they took their seat gets every picture. Whoever has just left may still be named.
    """

    meeting: Id
    pictures: Annotated[tuple[PictureWish, ...], Meta(max_length=MOST_WISHES)]


class PictureWanted(Tell, frozen=True, kw_only=True):
    """How high the largest of all views of one's own picture is, in pixels; 0: nobody looks; null: as large as it is.

    Said of each picture that is published, and again when it changes; a screen is wanted as it is, or not at all. With
    "camera-low" one is asked to send one's face small as well, that high at most, or no more; unless that is said
    nobody gets it. What "camera" is told is then the height for those who get that.
    """

    meeting: str
    source: SentPicture
    height_px: Annotated[int, Meta(ge=0, le=MOST_HEIGHT_PX)] | None


class MediaLost(Tell, frozen=True, kw_only=True):
    """A peer connection of this person failed on the relay's side; the client makes new ones, unless it has already."""

    meeting: str
    #: Of the sending connection that is gone, with the receiving one beside it: the `a=ice-ufrag` of its offers. Empty:
    #: whichever connections have had no answer yet.
    session: str = ""
