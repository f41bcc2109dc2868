"""Session descriptions at the relay's door: checked, cut down to Opus and VP8, and matched with what was agreed."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from aiortc.sdp import SessionDescription

from app.net import guard
from server_stub.relay.engine import KIND_OF_SOURCE, BadSdp
from server_stub.relay.rtp import PAYLOAD_TYPE, SEND_TIME_URI

_log = logging.getLogger(__name__)
_P = ParamSpec("_P")
_R = TypeVar("_R")

#: One microphone, one camera in two sizes, one screen, and lines that were used before.
_OFFER_LIMITS = guard.SdpLimits(media=12, candidates=256)
_CODEC = {"audio": ("opus", 48_000), "video": ("vp8", 90_000)}


@dataclass(frozen=True, slots=True)
class SentTrack:
    """One m-line that a person sends.

    Attributes:
        mid: its name in the offer.
        source: one of `KIND_OF_SOURCE`.
        ssrc: the SSRC it announces.
        payload_type: the number it gives to Opus or VP8.
        send_time_id: the number it gives to the header extension abs-send-time; 0: it has none.
    """

    mid: str
    source: str
    ssrc: int
    payload_type: int
    send_time_id: int = 0

    @property
    def kind(self) -> str:
        """The kind of its m-line."""
        return KIND_OF_SOURCE[self.source]


@dataclass(frozen=True, slots=True)
class SentOffer:
    """A publisher's offer after the checks.

    Attributes:
        sdp: the offer with nothing but Opus and VP8 (no RTX: what is missing is simply sent again).
        session: names the peer connection that it came from; another name means another connection.
        tracks: the m-lines that send.
    """

    sdp: str
    session: str
    tracks: tuple[SentTrack, ...]


def _in_words(read: Callable[_P, _R]) -> Callable[_P, _R]:
    """Nothing but BadSdp leaves it: aiortc's objects raise whatever comes to hand, when read as when written."""

    @functools.wraps(read)
    def guarded(*args: _P.args, **options: _P.kwargs) -> _R:
        try:
            return read(*args, **options)
        except BadSdp:
            raise
        except Exception as error:
            _log.debug("a session description could not be read: %s", type(error).__name__)
            raise BadSdp("the session description is malformed") from None

    return guarded


@_in_words
def read_offer(sdp: str, sources: Mapping[str, str]) -> SentOffer:
    """Checks a publisher's offer.

    Args:
        sdp: as it came.
        sources: what each sending mid carries; every sending m-line must be named, and no other.

    Raises:
        BadSdp: it was refused, with the reason in plain words.
    """
    description = SessionDescription.parse(_check(sdp, _OFFER_LIMITS))
    tracks = []
    for media in description.media:
        codec = _keep_codec(media)
        media.direction = media.direction or "sendrecv"
        if media.direction in ("sendonly", "sendrecv"):
            tracks.append(_read_track(media, codec, sources))
    if {track.mid for track in tracks} != set(sources):
        raise BadSdp("the sources do not match the media lines that send")
    if len({track.source for track in tracks}) != len(tracks):
        raise BadSdp("a source is published twice")
    if len({track.ssrc for track in tracks}) != len(tracks):
        raise BadSdp("two media lines have the same SSRC")
    description.type = "offer"
    return SentOffer(str(description), str(description.media[0].ice.usernameFragment), tuple(tracks))


@_in_words
def check_answer(sdp: str, offer: str) -> str:
    """Checks a subscriber's answer against our offer.

    Returns:
        The answer to use.

    Raises:
        BadSdp: it was refused, with the reason in plain words.
    """
    plain = _check(sdp, guard.DEFAULT_LIMITS)
    answered, offered = SessionDescription.parse(plain), SessionDescription.parse(offer)
    if [(media.kind, media.rtp.muxId) for media in answered.media] != [
        (media.kind, media.rtp.muxId) for media in offered.media
    ]:
        raise BadSdp("the answer's media lines are not those of the offer")
    for media in answered.media:
        if media.dtls.role not in ("client", "server"):
            raise BadSdp("the answer does not choose a DTLS role")
        if PAYLOAD_TYPE[media.kind] not in [codec.payloadType for codec in media.rtp.codecs]:
            raise BadSdp("the answer does not take Opus and VP8 as they were offered")
    return plain


def _check(sdp: str, limits: guard.SdpLimits) -> str:
    try:
        return guard.check_sdp(sdp, limits=limits)
    except guard.GuardError as error:
        raise BadSdp(str(error)) from None


def _keep_codec(media: Any) -> Any:
    """Cuts an m-line down to its one codec of ours and its first SSRC; returns the codec."""
    name, rate_hz = _CODEC[media.kind]
    codec = next((c for c in media.rtp.codecs if c.name.lower() == name and c.clockRate == rate_hz), None)
    if codec is None:
        raise BadSdp("a media line offers neither Opus nor VP8")
    media.rtp.codecs = [codec]
    media.fmt = [codec.payloadType]
    media.ssrc_group = []
    media.ssrc = media.ssrc[:1]
    return codec


def _read_track(media: Any, codec: Any, sources: Mapping[str, str]) -> SentTrack:
    source = sources.get(media.rtp.muxId, "")
    if KIND_OF_SOURCE.get(source) != media.kind:
        raise BadSdp("a media line that sends has no source, or one of the wrong kind")
    if not media.ssrc:
        raise BadSdp("a media line that sends has no SSRC")
    times = [one.id for one in media.rtp.headerExtensions if one.uri == SEND_TIME_URI and 0 < one.id < 15]
    return SentTrack(
        str(media.rtp.muxId),
        source,
        int(media.ssrc[0].ssrc) & 0xFFFFFFFF,
        int(codec.payloadType),
        int(times[0]) if times else 0,
    )
