"""Looks at the link to the server five times a second, and does what `link_rules` says."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.net import own_address
from app.net.link_rules import LOOK_S, UNHEARD_LOOK_S, Act, Link, Seen, is_unheard, judge
from app.net.own_address import Place
from app.net.peers import Peers
from app.net.rounds import Rounds
from app.net.signalling import Signalling

_log = logging.getLogger(__name__)

#: Acts that are worth a line in the log.
_TOLD: dict[Act, str] = {
    "hurry": "another way to the server: trying again at once",
    "drop_socket": "the address of the connection to the server is gone: a new one is made",
    "swap": "the server answers a fresh connection and not the old one: the fresh one is taken",
    "say_stalled": "nothing is heard from the relay",
    "say_found": "the relay is heard again",
}


@dataclass(frozen=True, slots=True)
class Says:
    """Whom the watch tells; called on the loop.

    Attributes:
        stalled: nothing is heard from the relay any more, and it is not yet known why.
        found: it is heard again, over the same connections.
    """

    stalled: Callable[[], None]
    found: Callable[[], None]


class LinkWatch:
    """Watches one websocket and the connections for media beside it; everything runs on the loop."""

    def __init__(self, signalling: Signalling, peers: Peers, says: Says) -> None:
        """Looks at nothing yet.

        Args:
            signalling: the websocket.
            peers: the connections for media.
            says: whom it tells.
        """
        self._signalling = signalling
        self._peers = peers
        self._says = says
        self._link = Link()
        self._is_unheard = False

    async def run(self) -> None:
        """Looks until it is cancelled."""
        looked_s, wall_s = time.monotonic(), time.time()
        rounds = Rounds(_log, "watching the link")
        while True:
            pause_s = UNHEARD_LOOK_S if self._is_unheard else LOOK_S
            await asyncio.sleep(pause_s)
            now_s, now_wall_s = time.monotonic(), time.time()
            # On some systems the clock that only goes forward stands still while the computer sleeps, on others not.
            slept_s = max(now_s - looked_s, now_wall_s - wall_s) - pause_s
            looked_s, wall_s = now_s, now_wall_s
            with rounds:
                self.look(self.see(now_s, slept_s))

    def see(self, now_s: float, slept_s: float = 0.0) -> Seen:
        """What there is to know now."""
        signalling, peers = self._signalling, self._peers
        server, pulses = signalling.server_place, peers.pulses
        heard = [pulse.heard_s() for pulse in pulses]
        return Seen(
            now_s=now_s,
            slept_s=slept_s,
            route=own_address.way_to(server) if server is not None else None,
            is_online=signalling.is_online,
            is_socket_cut=_is_cut(signalling.own_place),
            answered_s=signalling.answered_s,
            spare_s=signalling.spare_s,
            has_media=bool(pulses),
            is_media_cut=any(_is_cut(pulse.own_place) for pulse in pulses),
            heard_s=max(heard, default=0.0),
            all_heard_s=min(heard, default=0.0),
            wanted_s=peers.wanted_s,
        )

    def look(self, seen: Seen) -> None:
        """Does what follows from what is seen."""
        self._link, acts = judge(self._link, seen)
        for act in acts:
            if act in _TOLD:
                _log.warning(_TOLD[act])
            self._do(act)
        self._hush(seen, has_asked="ask_media" in acts)

    def _hush(self, seen: Seen, *, has_asked: bool) -> None:
        """Nothing is sent while nobody can hear it: a network that holds it back would bring it late."""
        if is_unheard(seen) != self._is_unheard:
            self._is_unheard = not self._is_unheard
            self._peers.hush(self._is_unheard)
        if self._is_unheard and not has_asked:
            self._do("ask_media")

    def _do(self, act: Act) -> None:
        match act:
            case "hurry":
                self._signalling.hurry()
            case "drop_socket" | "swap":
                self._signalling.replace()
            case "renew_media":
                self._peers.renew("the relay is not heard over them")
            case "ask_media":
                for pulse in self._peers.pulses:
                    pulse.ask()
            case "ask_socket":
                self._signalling.ask()
            case "probe":
                self._signalling.probe()
            case "forget_spare":
                self._signalling.forget_spare()
            case "say_stalled":
                self._says.stalled()
            case "say_found":
                self._says.found()


def _is_cut(place: Place | None) -> bool:
    return place is not None and not own_address.is_own(place)
