"""A check that the user starts: whether pictures and sound could reach the server from here, and if not, why."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from app.net import guard, refusals, turn
from app.net.ice import Ice
from app.net.refusals import Way
from app.net.turn import Outcome, TurnServer
from app.wire.errors import Refused
from app.wire.fields import Ask, Tell
from app.wire.ice import MOST_ICE_SERVERS, BadIceUrl, parse_ice_url
from app.wire.media import CheckMedia, IceServer, MediaChecked

_log = logging.getLogger(__name__)

#: Our requests are told from those of the state and of `sending` by their numbers, which begin here.
FIRST_REQUEST = 2**41
_ANSWER_LIMIT_S = 6.0
#: Source: ICE and DTLS take up to 0.5 s straight, about 2 s by the third TURN server; the relay waits 12 s.
_UP_LIMIT_S = 6.0
NO_ANSWER = "The server did not answer in time. Check whether you are online, and try again."
_FAILED = "The check could not be made. Please try again."


class _Unanswered(Exception):
    """The check ends here; says why in words for the user."""


class ConnectionCheck:
    """Makes a connection that carries nothing, and asks each TURN server; everything runs on the loop."""

    def __init__(self, say: Callable[[Ask], object], told: Callable[[int, bool, str], object]) -> None:
        """Checks nothing yet.

        Args:
            say: takes what the server is asked.
            told: gets the number of the check, whether calls work from here, and the words for the user.
        """
        self._say = say
        self._told = told
        self._request = FIRST_REQUEST
        self._answer: asyncio.Future[MediaChecked] | None = None
        #: The newest, and those before that still let go of their sockets.
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, number: int, ice: Ice) -> None:
        """Begins a check; of one that runs, perhaps at another server, nothing is told any more.

        Args:
            number: told with what is found.
            ice: has the servers of the meeting that one sits in.
        """
        self._stop()
        task = asyncio.get_running_loop().create_task(self._run(number, ice), name="checking the connection")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Ends a check that runs; nothing is told."""
        self._stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _stop(self) -> None:
        for task in self._tasks:
            # Once: what it closes by then is not to be cut short.
            if not task.cancelling():
                task.cancel()

    def heard(self, message: Tell) -> bool:
        """Takes an answer of the server; whether it was for us."""
        if not isinstance(message, MediaChecked | Refused) or message.re < FIRST_REQUEST:
            return False
        if self._answer is not None and not self._answer.done() and message.re == self._request:
            if isinstance(message, Refused):
                self._answer.set_exception(_Unanswered(message.words))
            else:
                self._answer.set_result(message)
        return True

    async def _run(self, number: int, ice: Ice) -> None:
        is_good, words = False, _FAILED
        try:
            is_good, words = await self._check(ice)
        except _Unanswered as error:
            words = str(error)
        except Exception as error:
            # Without its text, which may quote a session description.
            _log.warning("the check of the connection failed: %s", type(error).__name__)
        self._told(number, is_good, words)

    async def _check(self, ice: Ice) -> tuple[bool, str]:
        from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

        guard.install()
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        try:
            line = peer.addTransceiver("audio", direction="recvonly")
            guard.use_addresses(peer, extend=ice.extend)
            await peer.setLocalDescription(await peer.createOffer())
            answer = await self._ask(guard.gather_candidates(peer.localDescription.sdp))
            await peer.setRemoteDescription(RTCSessionDescription(guard.check_sdp(answer.sdp), "answer"))
            turns, way = await asyncio.gather(_probe_all(answer.servers), _way(peer, line))
        finally:
            await peer.close()
        had = any(one.credential for one in answer.servers)
        return way != "none", refusals.media_found(way, turns, had_credentials=had)

    async def _ask(self, sdp: str) -> MediaChecked:
        self._request += 1
        self._answer = asyncio.get_running_loop().create_future()
        self._say(CheckMedia(request=self._request, sdp=sdp))
        try:
            async with asyncio.timeout(_ANSWER_LIMIT_S):
                return await self._answer
        except TimeoutError:
            raise _Unanswered(NO_ANSWER) from None


async def _way(peer: Any, line: Any) -> Way:
    """By which way a connection comes up."""
    settled = asyncio.Event()

    def note() -> None:
        if peer.connectionState in ("connected", "failed", "closed"):
            settled.set()

    peer.on("connectionstatechange", note)
    note()
    try:
        async with asyncio.timeout(_UP_LIMIT_S):
            await settled.wait()
    except TimeoutError:
        return "none"
    if peer.connectionState != "connected":
        return "none"
    pair = line.receiver.transport.transport._connection._nominated.get(1)
    return "turn" if pair is not None and pair.local_candidate.type == "relay" else "straight"


async def _probe_all(servers: tuple[IceServer, ...]) -> list[Outcome]:
    """What comes of asking each TURN server that the server names."""
    asked = []
    for one in servers[:MOST_ICE_SERVERS]:
        try:
            url = parse_ice_url(one.url)
        except BadIceUrl:
            continue
        if url.is_turn:
            asked.append(turn.probe(TurnServer(url, one.username, one.credential)))
    return list(await asyncio.gather(*asked))
