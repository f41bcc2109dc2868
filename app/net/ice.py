"""How media finds its way where the plain one is blocked: by the STUN and TURN servers that one's own server names.

Nobody is asked unless the server names somebody. The plain way comes first, by itself: a TURN server is asked only
when ICE has gone on for a moment without a result, UDP before TCP before TLS, and beside the join, so that one that
does not answer holds nothing up. Its relayed address is told to nobody: the relay learns it from the first packet.

`SEAMS` and `INSTANCE_SEAMS` list each private name of aioice that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
import time
from collections.abc import Sequence
from typing import Any

from app.net import turn
from app.net.turn import NoTurn, Outcome, TurnServer
from app.wire.ice import MOST_ICE_SERVERS, BadIceUrl, IceUrl, parse_ice_url
from app.wire.media import IceServer, IceServers

_log = logging.getLogger(__name__)

#: Module, dotted name inside it.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aioice.ice", "CandidatePair"),
    ("aioice.ice", "Connection.check_start_task"),
    ("aioice.ice", "Connection.sort_check_list"),
    ("aioice.ice", "StunProtocol.request"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "aioice.ice", "Connection",
        ("_check_list", "_closing", "_early_checks_done", "_nominated", "_protocols", "_remote_candidates"),
    ),
)  # fmt: skip

#: The plain way takes 0.1 to 0.5 s where there is one.
_HEAD_START_S = 0.5
#: After this the next TURN server is asked beside the one before.
_NEXT_AFTER_S = 0.7
#: STUN holds the first offer up: no longer than this, and never again where it was in vain.
_STUN_LIMIT_S = 0.4
_LOOK_EVERY_S = 0.05
#: Between two checks. Source: aioice's own, RFC 8445 section 14.2.
_PACE_S = 0.02
_LONGEST_NAME = 256
_ORDER = {("turn", "udp"): 0, ("turn", "tcp"): 1, ("turns", "tcp"): 2}


class Ice:
    """The STUN and TURN servers of the present meeting, and what came of asking them; everything runs on the loop.

    Attributes:
        turns: the TURN servers in the order in which they are asked.
        outcomes: of each TURN server that was asked, by its URL.
    """

    def __init__(self) -> None:
        """Knows no servers."""
        self._stuns: tuple[IceUrl, ...] = ()
        self._is_stun_silent = False
        self._meeting = ""
        #: The URL of the TURN server by which the last connection came up; empty: by none.
        self._last_way = ""
        self.turns: tuple[TurnServer, ...] = ()
        self.outcomes: dict[str, Outcome] = {}

    def hear(self, message: IceServers) -> None:
        """Uses these from now on; what is not of the right form is left out. Connections that are up stay as they are.

        Args:
            message: the servers as one's own server named them.
        """
        self.use_for(message.meeting)
        self._take(message.servers)

    def use_for(self, meeting: str) -> None:
        """A meeting begins or goes on: what was named for another one, perhaps by another server, is not used there."""
        if self._meeting != meeting:
            self._meeting, self._last_way = meeting, ""
            self.outcomes.clear()
            self._take(())

    def leave(self, meeting: str) -> None:
        """A meeting is over for us: nobody that was named for it is asked any more."""
        if self._meeting == meeting:
            self.use_for("")

    def _take(self, servers: Sequence[IceServer]) -> None:
        stuns: list[IceUrl] = []
        turns: list[TurnServer] = []
        for one in servers[:MOST_ICE_SERVERS]:
            try:
                url = parse_ice_url(one.url)
            except BadIceUrl as error:
                _log.warning("the server names an ICE server that is not one: %s", error)
                continue
            if not url.is_turn:
                stuns.append(url)
            elif _is_word(one.username) and _is_word(one.credential):
                turns.append(TurnServer(url, one.username, one.credential))
            else:
                _log.warning("the server names a TURN server without a proper credential")
        if len(servers) > MOST_ICE_SERVERS:
            _log.warning("the server names more than %d ICE servers", MOST_ICE_SERVERS)
        self.turns = tuple(sorted(turns, key=lambda one: _ORDER[one.url.scheme, one.url.transport]))
        if tuple(stuns) != self._stuns:
            self._stuns, self._is_stun_silent = tuple(stuns), False

    async def extend(self, connection: Any) -> list[Any]:
        """Finds what the offer of a connection should name beside its own addresses, and seeks on in the background.

        Args:
            connection: an aioice connection that has its host candidates.

        Returns:
            Candidates that STUN told of, after `_STUN_LIMIT_S` at most.
        """
        if self.turns:
            _until_closed(connection, asyncio.create_task(self._seek(connection, self.turns), name="seeking by TURN"))
        return await self._ask_stun(connection) if self._stuns and not self._is_stun_silent else []

    async def _ask_stun(self, connection: Any) -> list[Any]:
        hosts = [one for one in connection._protocols if _is_seen_outside(one.local_candidate.host)]
        asked = {asyncio.create_task(_reflected(host, url)) for url in self._stuns[:1] for host in hosts}
        found: list[Any] = []
        waiting = asked
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STUN_LIMIT_S):
                while waiting and not found:
                    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    found += [one.result() for one in done if not one.exception()]
        for one in waiting:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        self._is_stun_silent = bool(asked) and not found
        own = {(host.local_candidate.host, host.local_candidate.port) for host in hosts}
        return [one for one in found if (one.host, one.port) not in own]

    async def _seek(self, connection: Any, turns: Sequence[TurnServer]) -> None:
        while not connection._early_checks_done:
            if connection._closing:
                return
            await asyncio.sleep(_LOOK_EVERY_S)
        if not self._last_way and await _settled(connection, _HEAD_START_S):
            return
        # What brought the last connection up first.
        turns = sorted(turns, key=lambda one: one.url.text != self._last_way)
        tried: set[asyncio.Task[None]] = set()
        try:
            for server in turns:
                trying = asyncio.create_task(self._try(connection, server))
                tried.add(trying)
                await asyncio.wait({trying}, timeout=_NEXT_AFTER_S)
                if _is_settled(connection):
                    break
            await asyncio.wait(tried)
        finally:
            for one in tried:
                one.cancel()
            await asyncio.gather(*tried, return_exceptions=True)

    async def _try(self, connection: Any, server: TurnServer) -> None:
        """Goes through one TURN server until the connection has its way, by this one or another."""
        name = server.url.text
        self.outcomes[name] = "trying"
        try:
            way = await turn.allocate(connection, server)
        except NoTurn as error:
            self.outcomes[name] = error.outcome
            return
        self.outcomes[name] = "answers"
        if _is_settled(connection):
            await way.close()
            return
        # From here on the other side may choose it: it stays for as long as the connection, which closes it.
        connection._protocols.append(way)
        await _check_through(connection, way)
        await _settled(connection)
        pair = connection._nominated.get(1)
        if pair is not None and pair.protocol is way:
            self._last_way = name
        elif pair is not None and pair.local_candidate.type == "host":
            self._last_way = ""


def _is_word(text: str) -> bool:
    """Whether it can be a name or password of TURN."""
    return 0 < len(text) <= _LONGEST_NAME and text.isascii() and text.isprintable()


def _is_seen_outside(host: str) -> bool:
    """Whether packets from an address of ours can leave this machine, by IPv4."""
    ip = ipaddress.ip_address(host)
    return ip.version == 4 and not ip.is_loopback and not ip.is_link_local


def _is_settled(connection: Any) -> bool:
    return bool(connection._nominated or connection._closing)


async def _settled(connection: Any, limit_s: float | None = None) -> bool:
    """Waits until a connection has a way, or is closed; whether it is so within the limit."""
    # aioice tells nobody when it has nominated a pair.
    until_s = None if limit_s is None else time.monotonic() + limit_s
    while not _is_settled(connection):
        if until_s is not None and time.monotonic() >= until_s:
            return False
        await asyncio.sleep(_LOOK_EVERY_S)
    return True


def _until_closed(connection: Any, task: asyncio.Task[None]) -> None:
    """Ends a task with a connection."""
    close = connection.close

    async def close_both() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await close()

    connection.close = close_both


async def _check_through(connection: Any, way: Any) -> None:
    """Has ICE check this way to each address of the other side."""
    from aioice.ice import CandidatePair

    pairs = []
    for remote in connection._remote_candidates:
        ip = ipaddress.ip_address(remote.host)
        # A TURN server's own loopback is nowhere that we want to go.
        if way.local_candidate.can_pair_with(remote) and not ip.is_loopback and not ip.is_link_local:
            pair = CandidatePair(way, remote)
            pair.state = CandidatePair.State.WAITING
            pairs.append(pair)
    connection._check_list += pairs
    connection.sort_check_list()
    for pair in pairs:
        if _is_settled(connection):
            return
        connection.check_start_task(pair)
        await asyncio.sleep(_PACE_S)


async def _reflected(host: Any, url: IceUrl) -> Any:
    """The candidate by which a STUN server sees one of our sockets; raises anything where it tells none."""
    from aioice import stun
    from aioice.candidate import Candidate, candidate_foundation, candidate_priority

    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(url.host, url.port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    answer, _ = await host.request(request, found[0][4][:2])
    address, port = answer.attributes["XOR-MAPPED-ADDRESS"]
    own = host.local_candidate
    return Candidate(
        foundation=candidate_foundation("srflx", "udp", own.host),
        component=own.component,
        transport="udp",
        priority=candidate_priority(own.component, "srflx"),
        host=str(ipaddress.ip_address(address)),
        port=port,
        type="srflx",
        related_address=own.host,
        related_port=own.port,
    )
