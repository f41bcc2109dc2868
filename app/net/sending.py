"""What one sends in a call, by source: added and removed by renegotiation while the call runs.

The sending connection has an m-line for each source. WebRTC never removes an m-line: one whose source was taken away
becomes inactive, and the next source of its kind gets it. One offer is out at a time; whatever changes meanwhile is in
the next one. What a line carries flows only when the relay has answered an offer that says so, and stops at once when
it is taken away: nothing can go out under the name of another source.

`SEAMS` lists each private name of aiortc that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from app.net import guard
from app.net.encoding import Made, PictureEncoder
from app.net.layers import SmallFace, give
from app.net.pacing import Pacer, pace
from app.net.rate import Rates
from app.net.refusals import OfferRefused
from app.net.usage import JoinTimes
from app.wire.errors import Refused
from app.wire.fields import Ask
from app.wire.media import LOW, PublishAnswer, PublishOffer, Source

if TYPE_CHECKING:
    from app.net.tracks import SentTrack

_log = logging.getLogger(__name__)

#: Module, name inside it. aiortc has no public way to an encoder's settings, nor to a sender that goes on after its
#: track has ended; and a screen that stands still has to hear that somebody needs a key frame.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aiortc.rtcrtpsender", "RTCRtpSender._next_encoded_frame"),
    ("aiortc.rtcrtpsender", "RTCRtpSender._send_keyframe"),
    ("aiortc.rtcrtpsender", "RTCRtpSender._handle_rtcp_packet"),
    ("aiortc.rtcrtpsender", "RTCRtpSender._retransmit"),
    ("aiortc.rtp", "unpack_remb_fci"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aiortc.rtcrtpsender", "RTCRtpSender", ("_RTCRtpSender__encoder", "_ssrc")),
)

#: Our requests are told from those of the state by their numbers, which begin here.
FIRST_REQUEST = 2**40
_CODEC = {"audio": "audio/opus", "video": "video/vp8"}
#: Where so little is left of the pace, what is on its way out would only hold up what follows.
_COLLAPSE = 0.4
#: A server that is asked too much is asked again after this.
_PAUSE_S = 1.0

OnRefused = Callable[[str], object]
"""Told in words that a source cannot be sent."""


class Sending:
    """The tracks that are sent, over however many connections it takes; everything runs on the loop."""

    def __init__(
        self,
        say: Callable[[Ask], object],
        addresses: Sequence[str] | None = None,
        extend: guard.Extend | None = None,
    ) -> None:
        """Sends nothing yet.

        Args:
            say: takes what the server is asked.
            addresses: own IP addresses to offer; None: 127.0.0.1 and all others of this machine.
            extend: finds further ways.
        """
        self._say = say
        self._addresses = addresses
        self._extend = extend
        self._tracks: dict[Source, SentTrack] = {}
        self._on_refused: dict[Source, OnRefused] = {}
        #: What the relay has agreed to in this call, over whichever connection.
        self._known: set[Source] = set()
        self._lines: list[_Line] = []
        self._changed = asyncio.Event()
        #: What the relay says that all this may cost.
        self.rates = Rates()
        #: How high each picture is shown at most, as the server says; what it has not named is wanted as it is.
        self._wanted: dict[Source, int | None] = {}
        self._small = SmallFace(
            lambda track, refused: self.add(LOW, track, on_refused=refused), lambda: self.remove(LOW)
        )
        self._request = FIRST_REQUEST
        self._answer: asyncio.Future[str] | None = None

    @property
    def tracks(self) -> dict[Source, SentTrack]:
        """What is sent, or will be as soon as the relay has agreed."""
        return dict(self._tracks)

    @property
    def made(self) -> dict[Source, Made]:
        """What became so far of the pictures that flow now."""
        return {line.agreed: line.made for line in self._lines if line.made and line.agreed is not None}

    def add(self, source: Source, track: SentTrack, *, on_refused: OnRefused | None = None) -> None:
        """Sends a track from now on; another one of that source ends.

        Args:
            source: what it shows or sounds.
            track: a `PictureTrack`, which brings its policy along, or a voice.
            on_refused: told when the server does not let it be sent; it has been taken away then.
        """
        self._tracks[source] = track
        self._on_refused[source] = on_refused or (lambda words: None)
        self._settle()

    def remove(self, source: Source) -> None:
        """Sends a source no more, from this moment on; one that is not sent is ignored."""
        if self._tracks.pop(source, None) is not None:
            self._known.discard(source)
            self._settle()

    def clear(self) -> None:
        """Sends nothing any more: the call is over."""
        self._tracks.clear()
        self._known.clear()
        self.let_go()

    def let_go(self) -> None:
        """The connection is gone, or about to be; the tracks wait for the next one."""
        for line in self._lines:
            line.carry(None)
        self._lines, self._answer = [], None

    async def run(self, peer: Any, meeting: str, times: JoinTimes) -> None:
        """Offers all that is sent over a new connection, and again whenever that changes, until it is cancelled.

        Args:
            peer: an aiortc connection without lines.
            meeting: whose relay.
            times: takes when it was offered and answered first.

        Raises:
            OfferRefused: the relay does not take what is sent although nothing in it is new.
            GuardError: the answer is not one of a relay.
        """
        self.let_go()
        self.rates.forget()
        self._wanted.clear()
        self._share_out()
        while True:
            self._changed.clear()
            if self._arrange(peer):
                await self._offer(peer, meeting, times)
            await self._changed.wait()

    def want(self, source: Source, height: int | None) -> None:
        """Somebody looks at a picture of ours, or nobody does any more.

        Args:
            source: which one.
            height: pixels of the largest view; 0: nobody looks; None: it is wanted as it is.
        """
        begins = self._wanted.get(source) == 0 and height != 0
        self._wanted[source] = height
        self._share_out()
        for line in self._lines if begins else ():
            if line.agreed == source:
                line.begin_anew()

    def hush(self, is_hushed: bool) -> None:
        """Whether nothing goes out; afterwards the next picture of each line stands alone."""
        for line in self._lines:
            line.pacer.is_hushed = is_hushed
            if line.agreed is not None and not is_hushed:
                line.begin_anew()

    def heard(self, message: PublishAnswer | Refused) -> bool:
        """Takes an answer of the server; whether it was for us: what is stale or late is, and has no effect."""
        if isinstance(message, Refused) and message.re < FIRST_REQUEST:
            return False
        if self._answer is not None and not self._answer.done() and message.re == self._request:
            if isinstance(message, Refused):
                self._answer.set_exception(OfferRefused(message.reason, message.words))
            else:
                self._answer.set_result(message.sdp)
        return True

    async def _offer(self, peer: Any, meeting: str, times: JoinTimes) -> None:
        from aiortc import RTCSessionDescription

        guard.use_addresses(peer, self._addresses, extend=self._extend)
        await peer.setLocalDescription(await peer.createOffer())
        offered = {line.mid: line.wanted for line in self._lines if line.wanted is not None}
        try:
            times.offered_s = times.offered_s or time.monotonic()
            answer = await self._exchange(meeting, guard.gather_candidates(peer.localDescription.sdp), offered)
        except OfferRefused as refusal:
            if refusal.reason == "too_much":
                await asyncio.sleep(_PAUSE_S)
            else:
                self._withdraw(offered.values(), refusal)
            self._changed.set()
            return
        answer = guard.check_sdp(answer)
        times.answered_s = times.answered_s or time.monotonic()
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        for line in self._lines:
            line.agreed = line.wanted
        self._known.update(offered.values())
        self._flow()

    async def _exchange(self, meeting: str, sdp: str, sources: dict[str, Source]) -> str:
        self._request += 1
        self._answer = asyncio.get_running_loop().create_future()
        self._say(PublishOffer(request=self._request, meeting=meeting, sdp=sdp, sources=sources))
        return await self._answer

    def _settle(self) -> None:
        self._flow()
        self._changed.set()

    def _arrange(self, peer: Any) -> bool:
        """Finds each source a line; whether the relay has to be told."""
        for line in self._lines:
            if line.wanted not in self._tracks:
                line.want(None)
        carried = {line.wanted for line in self._lines}
        for source, track in self._tracks.items():
            if source not in carried:
                self._free_line(peer, track.kind).want(source)
        return any(line.wanted != line.agreed for line in self._lines)

    def _free_line(self, peer: Any, kind: str) -> _Line:
        for line in self._lines:
            if line.kind == kind and line.wanted is None:
                return line
        line = _Line(peer, kind, self._may_cost)
        self._lines.append(line)
        return line

    def _flow(self) -> None:
        """Lets each line carry what it was agreed to carry, as long as that is wanted, and nothing else."""
        for line in self._lines:
            source = line.agreed if line.agreed == line.wanted else None
            line.carry(self._tracks.get(source) if source is not None else None)
        self._share_out()

    def _may_cost(self, bps: int, ssrcs: Sequence[int]) -> None:
        """The relay says what these streams may cost together: all that we send, or one picture for who sees it."""
        now_s = time.monotonic()
        if len(ssrcs) > 1:
            self.rates.link_carries(bps, now_s)
        for line in self._lines if len(ssrcs) == 1 else ():
            if line.ssrc in ssrcs and line.agreed is not None:
                self.rates.may_cost(line.agreed, bps, now_s)
        self._share_out()

    def _share_out(self) -> None:
        """Lets each track have what there is for it now."""
        self._small.follow(self._tracks.get("camera"), self._wanted.get(LOW))
        now_s = time.monotonic()
        flowing = [line.agreed for line in self._lines if line.agreed is not None and line.agreed == line.wanted]
        budgets = self.rates.budgets([source for source in flowing if self._wanted.get(source) != 0], now_s)
        give(self._tracks, self._wanted, budgets, self.rates)
        pace_bps = self.rates.pace_bps(now_s)
        for line in self._lines:
            if line.kind == "video" and 0 < pace_bps < line.pacer.bps * _COLLAPSE:
                line.give_picture_up()
        for line in self._lines:
            line.pacer.bps, line.pacer.again_bps = pace_bps, self.rates.again_bps

    def _withdraw(self, offered: Iterable[Source], refusal: OfferRefused) -> None:
        """Takes away what is new in a refused offer; what was sent before goes on."""
        new = [source for source in offered if source not in self._known]
        if not new or not self._known:
            raise refusal
        _log.warning("the server does not take %s (%s)", ", ".join(new), refusal.reason)
        for source in new:
            self.remove(source)
            self._on_refused[source](refusal.words)


class _Line:
    """One m-line of the sending connection.

    Attributes:
        wanted: the source that the newest offer gives it.
        agreed: the source that the newest answer takes from it.
    """

    def __init__(self, peer: Any, kind: str, may_cost: Callable[[int, Sequence[int]], None]) -> None:
        from aiortc import RTCRtpSender

        from app.net.tracks import IdleTrack

        self.kind = kind
        self.wanted: Source | None = None
        self.agreed: Source | None = None
        self._transceiver = peer.addTransceiver(kind, direction="sendonly")
        # The relay takes nothing else; and an offer made while the connection comes up must not change the codec.
        codecs = RTCRtpSender.getCapabilities(kind).codecs
        self._transceiver.setCodecPreferences([one for one in codecs if one.mimeType.lower() == _CODEC[kind]])
        self._sender = self._transceiver.sender
        self._may_cost = may_cost
        self._hear = self._sender._handle_rtcp_packet
        self._sender._handle_rtcp_packet = self._heard
        self._send_again = self._sender._retransmit
        self._sender._retransmit = self._again
        self._idle = IdleTrack(kind)
        self._carried: SentTrack = self._idle
        self._encoder: PictureEncoder | None = None
        self._next_encoded = self._sender._next_encoded_frame
        self._sender._next_encoded_frame = self._next
        self._want_key = self._sender._send_keyframe
        self._sender._send_keyframe = self.begin_anew
        self._sender.replaceTrack(self._idle)

    @property
    def mid(self) -> str:
        """Its name in an offer that has been made."""
        return str(self._transceiver.mid)

    @property
    def ssrc(self) -> int:
        """Under which it sends."""
        return int(self._sender._ssrc)

    @property
    def made(self) -> Made | None:
        """Of the pictures that it carries now."""
        return self._encoder.made if self._encoder is not None and self._carried is not self._idle else None

    @property
    def pacer(self) -> Pacer:
        """Of the connection that it belongs to."""
        return pace(self._sender.transport)

    def want(self, source: Source | None) -> None:
        """From the next offer on it is this source's; None: nobody's."""
        self.wanted = source
        self._transceiver.direction = "sendonly" if source is not None else "inactive"

    def carry(self, track: SentTrack | None) -> None:
        """Sends this track from now on, pictures from a key frame on; None: nothing. Nothing of another one follows."""
        before, after = self._carried, track or self._idle
        if after is before:
            return
        self._carried = after
        if track is not None and self.kind == "video":
            self._encoder = PictureEncoder(track, after=self._encoder)
            self._sender._RTCRtpSender__encoder = self._encoder
        self._sender.replaceTrack(after)
        before.release()

    def begin_anew(self) -> None:
        """The next picture stands alone; stands in for aiortc's own, which waits for whatever picture comes next."""
        self._want_key()
        self._carried.repeat()

    def give_picture_up(self) -> None:
        """The link has become too narrow for what is on its way out: the next picture stands alone."""
        self.pacer.give_picture_up(self.ssrc)
        self.begin_anew()

    async def _heard(self, packet: Any) -> None:
        """Stands in for aiortc's own, which would let each stream have all that the link carries."""
        from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, unpack_remb_fci

        if isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            try:
                bps, ssrcs = unpack_remb_fci(packet.fci)
            except ValueError:
                return  # another application's
            self._may_cost(bps, ssrcs)
        else:
            await self._hear(packet)

    async def _again(self, seq: int) -> None:
        """Stands in for aiortc's own: nothing that comes in waits for what goes out again."""
        await self.pacer.send_again(self.ssrc, seq, self._send_again(seq))

    async def _next(self, codec: Any) -> Any:
        """Stands in for aiortc's own, which would end the sender with its track and send what it still encodes."""
        from app.net.tracks import Released

        carried = self._carried
        if self.kind == "audio":
            self.pacer.voices.add(codec.payloadType)
        try:
            encoded = await self._next_encoded(codec)
        except Released:
            return None
        if encoded is None or carried is not self._carried:
            return None
        if self.kind == "video":
            self.pacer.begin_picture(self.ssrc, sum(len(payload) for payload in encoded.payloads))
        return encoded
