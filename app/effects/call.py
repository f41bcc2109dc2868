"""The media of a call: its peer connections, what they receive, and how much data they use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from app.awake import Awake
from app.call_media import OWN_PICTURE, CallMedia
from app.effects.context import Context
from app.media.types import PictureKey, View, Views, Wanted
from app.net.checking import ConnectionCheck
from app.net.peers import Peers, Wishes
from app.net.picture_stream import Sinks
from app.net.receive import Receiver
from app.net.rounds import Rounds
from app.net.usage import Usage
from app.net.wanting import Wanting
from app.state import effects
from app.state.events import ConnectionChecked, PeersBlocked, PeersFound, PeersLost, UsageTold
from app.wire.fields import Ask, Tell
from app.wire.media import PictureSource, PictureWish, WantPictures

_log = logging.getLogger(__name__)

_USAGE_EVERY_S = 2.0
#: Where nobody has said yet which pictures are on the screen.
_DEFAULT_VIEWS: Views = {0: View(640, 360)}


class CallEffects:
    """Opens and closes the peer connections; everything runs on the loop.

    Attributes:
        receiver: what is received; None before `begin`.
        peers: the connections; None before `begin`.
        usage: bytes sent and received.
    """

    def __init__(self, context: Context, media: CallMedia, *, say: Callable[[Ask], None]) -> None:
        """Connects nothing.

        Args:
            context: of all carriers.
            media: what is sent, and where voices go.
            say: sends to the server.
        """
        self._context = context
        self._media = media
        self._say = say
        self._awake = Awake()
        self._used = 0
        self._wanted: Wanted | None = None
        self._wanting = Wanting()
        self._saying: asyncio.TimerHandle | None = None
        self._meeting = ""
        self.usage = Usage()
        self.receiver: Receiver | None = None
        self.peers: Peers | None = None
        self._check = ConnectionCheck(say, self._tell_check)
        context.carriers.add(effects.CheckConnection, self._begin_check)
        context.carriers.add(effects.OpenPeers, self._open)
        context.carriers.add(effects.ClosePeers, lambda effect: self._close())

    def begin(self) -> None:
        """Makes what takes part in a call; nothing is connected by this."""
        context = self._context
        sinks = Sinks(
            show=context.parts.mailbox.put,
            sound=self._media.mixer.put,
            silence=self._media.mixer.remove,
            views=self._views,
        )
        wishes = Wishes(
            send=self._say,
            lost=lambda: context.happen(PeersLost()),
            found=lambda: context.happen(PeersFound()),
            tracks=self._media.send_by,
            blocked=lambda words: context.happen(PeersBlocked(words=words)),
        )
        self.receiver = Receiver(sinks)
        self._media.mixer.fill = self.receiver.play
        self.peers = Peers(self.receiver, wishes)
        context.parts.loop.spawn(self._tell_usage(), name="usage")

    def heard(self, message: Tell) -> bool:
        """Takes a message of the server if it is about media; whether it was."""
        return self._check.heard(message) or (self.peers is not None and self.peers.heard(message))

    def want_pictures(self, wanted: Wanted) -> None:
        """Which pictures are on the screen."""
        self._wanted = wanted
        self._media.set_own_views(wanted.get(OWN_PICTURE, {}))
        if self.receiver is not None:
            self.receiver.show_again()
        self._wanting.show(wanted)
        self._say_wanted()

    def _say_wanted(self) -> None:
        """Tells the server which pictures are shown, now or when that is due; while one has a seat."""
        if self._saying is not None:
            self._saying.cancel()
            self._saying = None
        loop = asyncio.get_running_loop()
        due_s = self._wanting.due_in_s(loop.time()) if self._meeting else None
        if due_s is None:
            return
        if due_s > 0:
            self._saying = loop.call_later(due_s, self._say_wanted)
            return
        shown = self._wanting.say(loop.time())
        pictures = tuple(
            PictureWish(person=person, source=cast(PictureSource, source), height_px=height)
            for (person, source), height in shown.items()
        )
        self._say(WantPictures(meeting=self._meeting, pictures=pictures))

    async def end(self) -> None:
        """Closes everything and waits until the sockets are let go."""
        self._meeting = ""
        await self._check.end()
        if self.peers is not None:
            self.peers.close()
            await self.peers.closed()
        if self.receiver is not None:
            self.receiver.close()
        self._context.chores.submit(self._awake.end)

    def _views(self, key: PictureKey) -> Views:
        return _DEFAULT_VIEWS if self._wanted is None else self._wanted.get(key, {})

    def _begin_check(self, effect: effects.CheckConnection) -> None:
        if self.peers is not None:
            self._check.begin(effect.number, self.peers.ice)

    def _tell_check(self, number: int, is_good: bool, words: str) -> None:
        self._context.happen(ConnectionChecked(number=number, is_good=is_good, words=words))

    def _open(self, effect: effects.OpenPeers) -> None:
        if self.peers is not None:
            self.usage.count(self.peers.connections)
            self.usage.begin(effect.meeting)
            self.peers.open(effect.meeting)
            self._meeting = effect.meeting
            self._wanting.begin(asyncio.get_running_loop().time())
            self._say_wanted()
        self._context.chores.submit(self._awake.begin)

    def _close(self) -> None:
        if self.peers is not None:
            self._tell_used()
            self.peers.close()
        self._meeting = ""
        self._context.chores.submit(self._awake.end)

    async def _tell_usage(self) -> None:
        rounds = Rounds(_log, "counting what the call uses")
        while True:
            await asyncio.sleep(_USAGE_EVERY_S)
            with rounds:
                self._tell_used()

    def _tell_used(self) -> None:
        connections = self.peers.connections if self.peers else ()
        if connections and (used := self.usage.count(connections)) != self._used:
            self._used = used
            self._context.happen(UsageTold(used_bytes=used))
