"""The two peer connections of a call: one that sends, one that receives; made again when they fail.

How it goes: `open` offers what is sent (`PublishOffer`, by `sending.Sending`), the relay answers; the relay offers what
the others send (`SubscribeOffer`), we answer. Both go on at the same time. Neither has a data channel.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.net import guard, refusals
from app.net.encoding import CAMERA
from app.net.ice import Ice
from app.net.pulse import Pulse
from app.net.receive import Receiver
from app.net.refusals import OfferRefused
from app.net.sending import Sending
from app.net.usage import JoinTimes
from app.net.warming import warm_up
from app.wire.errors import Refused
from app.wire.fields import Ask, Tell
from app.wire.media import (
    IceServers,
    MediaLost,
    PictureWanted,
    PublishAnswer,
    Source,
    SubscribeAnswer,
    SubscribeOffer,
)

if TYPE_CHECKING:
    from app.net.tracks import SentTrack

_log = logging.getLogger(__name__)

#: Connections that are not up by then are replaced. Source: ICE and DTLS take 0.1 to 0.5 s; lost flights a few more.
_UP_LIMIT_S = 8.0
_RETRY_S = (0.0, 1.0, 2.0, 5.0)
#: Connections that are lost sooner after they came up have not proved anything: the next ones wait.
_PROVED_S = 5.0
_END_LIMIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Wishes:
    """What `Peers` asks of its owner; called on the loop.

    Attributes:
        send: say this to the server.
        lost: the connections failed and are being replaced.
        found: media flows (again).
        blocked: new connections did not come up, and why, in words.
        tracks: takes what camera and microphone are sent by from now on; empty: they are not sent any more.
    """

    send: Callable[[Ask], object]
    lost: Callable[[], None]
    found: Callable[[], None]
    tracks: Callable[[Mapping[Source, SentTrack]], None]
    blocked: Callable[[str], None] = lambda words: None


@dataclass(slots=True)
class _Call:
    """One pair of connections.

    Attributes:
        receives_from: the relay's connection that the receiving one belongs to.
        wanted_s: since when the pair, or its newest half, is being made.
    """

    meeting: str
    sending: Any = None
    receiving: Any = None
    receives_from: tuple[str, str] = ("", "")
    wanted_s: float = field(default_factory=time.monotonic)
    offers: asyncio.Queue[SubscribeOffer] = field(default_factory=asyncio.Queue)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    pulses: list[Pulse] = field(default_factory=list)
    times: JoinTimes = field(default_factory=JoinTimes)
    is_up: bool = False
    up_s: float = 0.0


class Peers:
    """The media connections of whatever call one is in; everything runs on the loop.

    Attributes:
        ice: the STUN and TURN servers of the meeting.
        sending: what goes out; more than camera and microphone is added to it and taken away in the running call.
    """

    def __init__(self, receiver: Receiver, wishes: Wishes, *, addresses: Sequence[str] | None = None) -> None:
        """Connects nothing yet.

        Args:
            receiver: takes what arrives.
            wishes: what is asked of the owner.
            addresses: own IP addresses to offer; None: 127.0.0.1 and all others of this machine.
        """
        self._receiver = receiver
        self._wishes = wishes
        self._addresses = addresses
        self.ice = Ice()
        self.sending = Sending(wishes.send, addresses, self.ice.extend)
        self._call: _Call | None = None
        self._failures = 0
        #: While the owner is told of a loss: how long those that it opens in answer have to wait.
        self._wait_s: float | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def times(self) -> JoinTimes:
        """When what happened on the way into the present call."""
        return self._call.times if self._call else JoinTimes()

    @property
    def is_up(self) -> bool:
        """Whether media can flow both ways."""
        return self._call is not None and self._call.is_up

    @property
    def connections(self) -> tuple[Any, ...]:
        """The connections that are open now, for counting what they carry."""
        call = self._call
        return tuple(one for one in (call.sending, call.receiving) if one is not None) if call else ()

    @property
    def pulses(self) -> tuple[Pulse, ...]:
        """Of the connections that are open, once media can flow both ways; before that none."""
        return tuple(self._call.pulses) if self._call is not None and self._call.is_up else ()

    @property
    def wanted_s(self) -> float | None:
        """Since when the present connections are being made, `time.monotonic()`; None: they are up, or not wanted."""
        return self._call.wanted_s if self._call is not None and not self._call.is_up else None

    @property
    def ways(self) -> tuple[Any, Any]:
        """The sending and the receiving connection, each None while there is none."""
        return (self._call.sending, self._call.receiving) if self._call else (None, None)

    def hush(self, is_hushed: bool) -> None:
        """Whether what is sent stays here, as nobody hears it; new connections begin without."""
        self.sending.hush(is_hushed)

    def open(self, meeting: str) -> None:
        """Makes the connections of a meeting; those of before are closed, what was sent in the same one goes on."""
        if self._wait_s is None:
            self._failures = 0
        if self._call is not None and self._call.meeting != meeting:
            self.close()
        self.ice.use_for(meeting)
        self._open(meeting, wait_s=self._wait_s or 0.0)

    def renew(self, why: str) -> None:
        """Makes new connections in place of those that there are; `why` is for the log."""
        if self._call is not None:
            self._fail(self._call, why)

    def close(self) -> None:
        """Closes the connections; nothing is sent or received any more."""
        if self._call is not None:
            self.sending.clear()
            self._wishes.tracks({})
            self.ice.leave(self._call.meeting)
        self._disconnect()

    async def closed(self) -> None:
        """Waits until everything that was closed has let go of its sockets."""
        while self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)

    def heard(self, message: Tell) -> bool:
        """Takes a message of the server if it is about media; whether it was."""
        if isinstance(message, PublishAnswer | Refused):
            return self.sending.heard(message)
        if isinstance(message, IceServers):
            self.ice.hear(message)
            return True
        call = self._call
        if isinstance(message, SubscribeOffer):
            if call is not None and message.meeting == call.meeting:
                call.offers.put_nowait(message)
            return True
        if isinstance(message, PictureWanted):
            if call is not None and message.meeting == call.meeting:
                self.sending.want(message.source, message.height_px)
            return True
        if isinstance(message, MediaLost):
            if call is not None and message.meeting == call.meeting and _is_of(call, message.session):
                self._fail(call, "the relay lost us")
            return True
        return False

    def _open(self, meeting: str, *, wait_s: float = 0.0) -> None:
        self._disconnect()
        call = self._call = _Call(meeting)
        call.times.opened_s = call.wanted_s
        self._begin(call, self._publish(call, wait_s), "publish")
        self._begin(call, self._subscribe(call), "subscribe")
        self._begin(call, self._receiver.keep_asking(), "repair")
        self._begin(call, self._watch(call, wait_s + _UP_LIMIT_S), "watch")

    def _begin(self, call: _Call, work: Any, name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        call.tasks.append(task)
        task.add_done_callback(lambda done: self._task_done(call, done))

    def _task_done(self, call: _Call, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        if call is self._call:
            # Without its text, which may quote a session description.
            _log.error("%s failed: %s", task.get_name(), type(error).__name__)
            self._fail(call, task.get_name())

    async def _publish(self, call: _Call, wait_s: float) -> None:
        """Sends what there is to send; ends only when the relay will have none of it."""
        if wait_s:
            await asyncio.sleep(wait_s)
        warm_up()
        call.sending = self._make_peer(call)
        self._wishes.tracks(self._own_tracks())
        try:
            await self.sending.run(call.sending, call.meeting, call.times)
        except OfferRefused as refusal:
            if refusal.reason == "not_ready":
                self._wishes.blocked(refusal.words)
            self._fail(call, f"the relay refused ({refusal.reason})")

    def _own_tracks(self) -> dict[Source, SentTrack]:
        """Camera and microphone of this call, made when it is new."""
        from app.net.tracks import MicrophoneTrack, PictureTrack

        if "microphone" not in self.sending.tracks:
            self.sending.add("microphone", MicrophoneTrack())
            self.sending.add("camera", PictureTrack(CAMERA))
        return self.sending.tracks

    async def _subscribe(self, call: _Call) -> None:
        """Answers each offer of the relay in order; of several that wait only the newest."""
        from aiortc import RTCSessionDescription

        revision = -1
        while True:
            offer = await call.offers.get()
            while not call.offers.empty():
                offer = call.offers.get_nowait()
            if offer.revision <= revision:
                continue
            revision = offer.revision
            call.times.subscribed_s = call.times.subscribed_s or time.monotonic()
            sdp = guard.check_sdp(offer.sdp)
            receives_from = guard.connection_of(sdp)
            if call.receiving is not None and receives_from != call.receives_from:
                # The first may have been meant for our connections before these.
                self._drop_receiving(call)
            call.receives_from = receives_from
            if call.receiving is None:
                call.receiving = self._make_peer(call)
            peer = call.receiving
            await peer.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            self._receiver.adopt(peer.getTransceivers())
            self._receiver.assign(offer.tracks)
            guard.use_addresses(peer, self._addresses, extend=self.ice.extend)
            await peer.setLocalDescription(await peer.createAnswer())
            sdp = guard.gather_candidates(peer.localDescription.sdp)
            self._wishes.send(SubscribeAnswer(meeting=call.meeting, revision=offer.revision, sdp=sdp))

    def _drop_receiving(self, call: _Call) -> None:
        """The relay sends by another connection from now on: one to that takes the place of the present one."""
        peer, call.receiving = call.receiving, None
        peer.remove_all_listeners()
        call.pulses = [pulse for pulse in call.pulses if pulse.peer is not peer]
        self._receiver.forget_lines()
        self._close_beside((), (peer,))
        if call.is_up:
            call.is_up, call.wanted_s = False, time.monotonic()
            self._begin(call, self._watch(call, _UP_LIMIT_S), "watch")

    def _make_peer(self, call: _Call) -> Any:
        from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection

        # Without servers: aiortc's default would ask one of Google's for our address.
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        peer.on("connectionstatechange", lambda: self._state_changed(call, peer))
        return peer

    def _state_changed(self, call: _Call, peer: Any) -> None:
        if call is not self._call:
            return
        state = peer.connectionState
        if state in ("failed", "closed"):
            self._fail(call, "a connection " + state)
        elif state == "connected":
            now_s = time.monotonic()
            call.pulses.append(Pulse(peer))
            if peer is call.sending:
                call.times.sending_s = call.times.sending_s or now_s
            else:
                call.times.receiving_s = call.times.receiving_s or now_s
            self._note_up(call)

    def _note_up(self, call: _Call) -> None:
        """Up: the sending one is, and the receiving one too if there is anything to receive."""
        is_sending = call.sending is not None and call.sending.connectionState == "connected"
        is_receiving = call.receiving is None or call.receiving.connectionState == "connected"
        if is_sending and is_receiving and not call.is_up:
            call.is_up, call.up_s = True, time.monotonic()
            self._wishes.found()

    async def _watch(self, call: _Call, limit_s: float) -> None:
        await asyncio.sleep(limit_s)
        if not call.is_up:
            if call.times.answered_s or call.times.subscribed_s:
                self._wishes.blocked(refusals.no_media(self.ice.outcomes.values()))
            self._fail(call, "not connected in time")

    def _fail(self, call: _Call, why: str) -> None:
        """Drops the connections at once and makes new ones: without delay the first time, later after a while.

        At once, because what the relay offers from now on is meant for the new ones.
        """
        if call is not self._call:
            return
        _log.warning("media connections are replaced: %s", why)
        if call.is_up and time.monotonic() - call.up_s >= _PROVED_S:
            self._failures = 0
        failures, self._failures = self._failures, self._failures + 1
        wait_s = _RETRY_S[min(failures, len(_RETRY_S) - 1)]
        if call.is_up or not failures:
            self._wait_s = wait_s
            self._wishes.lost()
            self._wait_s = None
            # The owner may have opened new ones in answer, or closed everything.
            if call is not self._call:
                return
        self._open(call.meeting, wait_s=wait_s)

    def _disconnect(self) -> None:
        call, self._call = self._call, None
        if call is None:
            return
        for task in call.tasks:
            task.cancel()
        self.sending.let_go()
        self._receiver.forget_lines()
        peers = [peer for peer in (call.sending, call.receiving) if peer is not None]
        for peer in peers:
            peer.remove_all_listeners()
        self._close_beside(call.tasks, peers)

    def _close_beside(self, tasks: Sequence[asyncio.Task[None]], peers: Sequence[Any]) -> None:
        closing = asyncio.get_running_loop().create_task(_close_all(tasks, peers), name="close peers")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


def _is_of(call: _Call, session: str) -> bool:
    """Whether these are the connections that the relay means; no name: those that have had no answer."""
    offered = call.sending.localDescription if call.sending is not None else None
    if not session:
        return not call.times.answered_s
    return offered is not None and guard.connection_of(offered.sdp)[0] == session


async def _close_all(tasks: Sequence[asyncio.Task[None]], peers: Sequence[Any]) -> None:
    if tasks:
        # What is under way may still open sockets; it has been told to stop.
        await asyncio.wait(tasks, timeout=_END_LIMIT_S)
    results = await asyncio.gather(*(peer.close() for peer in peers), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            _log.warning("a connection did not close well: %s", type(result).__name__)
