"""One meeting in the relay: who is in it, which streams there are, and who was offered what.

Offers are made by one task per person: what changes while an offer is out is merged into the next one, which is made
when the answer has come. A stream's packets go to a person only after that person has answered an offer that names
the stream's present owner.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.wire.media import seen_as
from server_stub.relay import rtcp
from server_stub.relay.engine import ALLOWED_AT_FIRST, BadSdp, Offer, RelayError, Track
from server_stub.relay.links import Downlink, Uplink
from server_stub.relay.sdp import SentTrack, check_answer, read_offer
from server_stub.relay.settings import RelaySettings
from server_stub.relay.sharing import Rounds, is_calm, share_out
from server_stub.relay.stream import Stream
from server_stub.relay.telling import tell_wanted
from server_stub.relay.transport import Handlers, PeerLink, PortsTaken, TransportError
from server_stub.relay.volley import door
from server_stub.relay.wanted import Wants

_log = logging.getLogger(__name__)

#: Revisions grow over all meetings and connections, so that an answer to a connection torn down is never mistaken.
_revisions = itertools.count(1)
#: How often publishers get a receiver report. Source: RFC 3550's default scaled to calls of two to ten people.
_REPORT_S = 1.0
#: Until a person is tried again for whom there was no port: asking at once would only ask again and again.
_AGAIN_S = 3.0


@dataclass(eq=False, slots=True)
class _Person:
    id: str
    uplink: Uplink | None = None
    downlink: Downlink | None = None
    #: one negotiation of the sending connection at a time
    publishing: asyncio.Lock = field(default_factory=asyncio.Lock)
    has_left: bool = False


class MeetingRelay:
    """The forwarding of one meeting; its methods are those of `engine.RelayEngine` without the meeting's id."""

    def __init__(self, meeting: str, settings: RelaySettings, on_bound: Callable[[Stream], None]) -> None:
        """Makes an empty meeting.

        Args:
            meeting: its id, for the events.
            settings: what it takes from its forwarder.
            on_bound: told of each stream that got an owner: the recorder's chance to listen in.
        """
        self._meeting = meeting
        self._settings, self._enter = settings, door()
        self._on_bound = on_bound
        self._people: dict[str, _Person] = {}
        #: What each may send now; it outlasts a second `join`.
        self._allowed: dict[str, frozenset[str]] = {}
        #: What each shows, of those who have said so; it outlasts a second `join`, too.
        self._wants: dict[str, Wants] = {}
        self._streams: list[Stream] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._rounds = Rounds(self._share_out, lambda: is_calm(self._people.values()))
        self._unreported_s = 0.0

    def streams(self) -> list[Stream]:
        """The streams that have an owner."""
        return [stream for stream in self._streams if stream.source]

    async def join(self, person: str) -> None:
        """See `RelayEngine.join`."""
        self._rounds.begin()
        await self._part(person)
        self._people[person] = _Person(person)
        self._refresh(self._people[person])
        self.tell_wanted()

    def allow(self, person: str, sources: frozenset[str]) -> None:
        """See `RelayEngine.allow`."""
        self._allowed[person] = sources
        self._rounds.stir()
        someone = self._people.get(person)
        for stream in someone.uplink.streams.values() if someone and someone.uplink else ():
            if stream.source:
                stream.allow(seen_as(stream.source.source) in sources)

    def want(self, person: str, pictures: Wants | None) -> None:
        """See `RelayEngine.want`."""
        self._wants.pop(person, None)
        if pictures is not None:
            self._wants[person] = pictures
        someone = self._people.get(person)
        if someone and someone.downlink:
            someone.downlink.show(pictures)
        self._rounds.ask()

    async def leave(self, person: str) -> None:
        """See `RelayEngine.leave`."""
        self._wants.pop(person, None)
        self._allowed.pop(person, None)
        await self._part(person)

    async def _part(self, person: str) -> None:
        """Tears a person's connections down."""
        someone = self._people.pop(person, None)
        if someone is None:
            return
        someone.has_left = True
        closing = [self._drop_uplink(someone), self._drop_downlink(someone)]
        self._refresh_all()
        await asyncio.gather(*(link.close() for link in closing if link))

    async def close(self) -> None:
        """Ends everything; returns when the connections are gone."""
        self._rounds.end()
        await asyncio.gather(*(self.leave(person) for person in list(self._people)))
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def publish(self, person: str, sdp: str, sources: Mapping[str, str]) -> str:
        """See `RelayEngine.publish`."""
        someone = self._people.get(person)
        if someone is None:
            raise RelayError("You are not in this meeting.")
        offer = read_offer(sdp, sources)
        async with someone.publishing:
            old = someone.uplink
            if old and old.session != offer.session:
                # A client that begins anew has let its receiving connection go, too; its goodbye may have been lost.
                self._settle(self._drop_uplink(someone))
                self._settle(self._drop_downlink(someone))
                old = None
            uplink = old or Uplink(offer.session, self._uplink_for(someone), self._settings.beat)
            try:
                answer = await uplink.link.accept(offer.sdp)
            except TransportError as error:
                if old is None:
                    self._settle(uplink.link)
                raise (RelayError if isinstance(error, PortsTaken) else BadSdp)(str(error)) from None
            if someone.has_left:
                self._settle(uplink.link)
                raise RelayError("You left the meeting.")
            if someone.uplink is not old:
                raise BadSdp("the connection was lost meanwhile")
            someone.uplink = uplink
            self._bind_all(someone, uplink, offer.tracks)
        self._refresh_all()
        return answer

    async def answer(self, person: str, revision: int, sdp: str) -> None:
        """See `RelayEngine.answer`."""
        someone = self._people.get(person)
        downlink = someone.downlink if someone else None
        if someone is None or downlink is None or not downlink.outstanding:
            return
        outstanding = downlink.outstanding
        if outstanding.revision != revision:
            return
        sdp = check_answer(sdp, outstanding.sdp)
        downlink.outstanding = None
        # No offer may be made while aiortc is between the two states.
        downlink.is_offering = True
        try:
            await downlink.link.take_answer(sdp)
        except TransportError as error:
            downlink.outstanding = outstanding
            raise BadSdp(str(error)) from None
        finally:
            downlink.is_offering = False
        if someone.downlink is not downlink:
            return
        downlink.answered = dict(downlink.offered)
        self._activate(downlink)
        if downlink.is_stale:
            self._refresh(someone)

    def _share_out(self, past_s: float) -> Iterator[None]:
        """Lets each viewer have what their link carries, and tells who sends; once a second how it arrives, too."""
        held = partial(self._settings.events.pictures_held, self._meeting)
        yield from share_out(self._people.values(), self.streams(), time.monotonic(), past_s, held)
        self.tell_wanted()
        self._unreported_s += past_s
        if self._unreported_s >= _REPORT_S:
            self._unreported_s = 0.0
            for someone in list(self._people.values()):
                yield
                if someone.uplink:
                    someone.uplink.report_reception()

    def tell_wanted(self) -> None:
        """Tells who sends pictures how high they are wanted, where that is news."""
        told = partial(self._settings.events.picture_wanted, self._meeting)
        tell_wanted(self._people, self._wants, time.monotonic(), told)

    # Sending connections

    def _uplink_for(self, someone: _Person) -> PeerLink:
        def got_rtp(packet: bytes) -> None:
            if not someone.uplink or not someone.uplink.take(packet):
                self._settings.counts.packets_refused += 1

        def got_rtcp(compound: bytes) -> None:
            for message in rtcp.read(compound):
                if not someone.uplink or not isinstance(message, rtcp.SenderReport):
                    continue
                if stream := someone.uplink.by_ssrc.get(message.ssrc):
                    stream.take_report(message)

        def was_lost() -> None:
            if someone.uplink and someone.uplink.link is link:
                self._lose(someone)

        def came_up() -> None:
            # Wishes for key frames before this had no way to go.
            for stream in someone.uplink.streams.values() if someone.uplink else ():
                stream.want_key_frame()

        link = self._settings.link(Handlers(came_up, was_lost, got_rtp, got_rtcp))
        return link

    def _bind_all(self, someone: _Person, uplink: Uplink, tracks: tuple[SentTrack, ...]) -> None:
        """Lets the uplink's streams be what its offer says; a line that stays as it was is not touched."""
        wanted = {track.mid: track for track in tracks}
        for mid, stream in list(uplink.streams.items()):
            source, track = stream.source, wanted.get(mid)
            if source and track and (track.source, track.ssrc) == (source.source, source.ssrc):
                del wanted[mid]
            else:
                stream.unbind()
                del uplink.streams[mid]
        for mid, track in wanted.items():
            stream = self._free_stream(track.kind)
            stream.bind(uplink.source_of(someone.id, track))
            stream.allow(seen_as(track.source) in self._allowed.get(someone.id, ALLOWED_AT_FIRST))
            uplink.streams[mid] = stream
            self._on_bound(stream)
        uplink.by_ssrc = {stream.source.ssrc: stream for stream in uplink.streams.values() if stream.source}
        uplink.send_time_ids = {track.ssrc: track.send_time_id for track in tracks}

    def _free_stream(self, kind: str) -> Stream:
        for stream in self._streams:
            if stream.kind == kind and stream.source is None:
                return stream
        stream = Stream(kind, self._new_ssrc(), self._settings.counts)
        self._streams.append(stream)
        return stream

    def _new_ssrc(self) -> int:
        taken = {stream.ssrc for stream in self._streams} | {0, rtcp.OWN_SSRC}
        while (ssrc := secrets.randbits(32)) in taken:
            pass
        return ssrc

    def _drop_uplink(self, someone: _Person) -> PeerLink | None:
        uplink, someone.uplink = someone.uplink, None
        if uplink is None:
            return None
        for stream in uplink.streams.values():
            stream.unbind()
        return uplink.link

    # Receiving connections

    def _downlink_for(self, someone: _Person) -> Downlink:
        def got_rtcp(compound: bytes) -> None:
            for message in rtcp.read(compound):
                if stream := downlink.heed(message):
                    self._settings.counts.plis_heard += 1
                    stream.want_key_frame()

        def was_lost() -> None:
            if someone.downlink is downlink:
                self._lose(someone)

        def came_up() -> None:
            self._activate(downlink)

        def got_rtp(packet: bytes) -> None:
            self._settings.counts.packets_refused += 1

        handlers = Handlers(came_up, was_lost, got_rtp, got_rtcp)
        downlink = Downlink(self._settings.link(handlers, enter=self._enter), self._wants.get(someone.id))
        return downlink

    def _drop_downlink(self, someone: _Person) -> PeerLink | None:
        downlink, someone.downlink = someone.downlink, None
        if downlink is None:
            return None
        for stream in downlink.lines:
            stream.remove_subscriber(downlink.link)
        return downlink.link

    def _activate(self, downlink: Downlink) -> None:
        """Begins to send what has been answered, where the connection is up and the owner is still the one named."""
        self._rounds.stir()
        if downlink.link.is_up:
            for stream, generation in downlink.answered.items():
                if stream.generation == generation:
                    stream.add_subscriber(downlink.link, is_held=not downlink.begins_with(stream))

    def _refresh_all(self) -> None:
        self._rounds.stir()
        for someone in self._people.values():
            self._refresh(someone)
        self.tell_wanted()

    def _refresh(self, someone: _Person) -> None:
        """Makes sure that this person is or will be offered what there is now."""
        downlink = someone.downlink
        if downlink is None:
            if someone.has_left or not self._wanted_by(someone):
                return
            downlink = someone.downlink = self._downlink_for(someone)
        downlink.is_stale = True
        if not downlink.outstanding and not downlink.is_offering:
            downlink.is_offering = True
            self._start(self._offer(someone, downlink))

    def _wanted_by(self, someone: _Person) -> dict[Stream, int]:
        return {
            stream: stream.generation
            for stream in self._streams
            if stream.source and stream.source.person != someone.id
        }

    async def _offer(self, someone: _Person, downlink: Downlink) -> None:
        try:
            while downlink.is_stale and someone.downlink is downlink:
                downlink.is_stale = False
                wanted = self._wanted_by(someone)
                if wanted == downlink.answered:
                    return
                for stream in [one for one in wanted if one not in downlink.lines]:
                    downlink.lines[stream] = downlink.link.add_line(stream.kind, stream.ssrc)
                for stream, line in downlink.lines.items():
                    line.direction = "sendonly" if stream in wanted else "inactive"
                sdp = await downlink.link.offer()
                if not downlink.is_stale and someone.downlink is downlink:
                    self._send_offer(someone, downlink, wanted, sdp)
                    return
        except TransportError:
            if someone.downlink is downlink:
                self._settle(self._drop_downlink(someone))
                asyncio.get_running_loop().call_later(_AGAIN_S, self._refresh, someone)
        finally:
            downlink.is_offering = False

    def _send_offer(self, someone: _Person, downlink: Downlink, wanted: dict[Stream, int], sdp: str) -> None:
        tracks = tuple(
            Track(downlink.lines[stream].mid, stream.source.person, stream.source.source)
            for stream in wanted
            if stream.source
        )
        downlink.offered = wanted
        downlink.outstanding = Offer(next(_revisions), sdp, tracks)
        self._settings.events.offer_made(self._meeting, someone.id, downlink.outstanding)

    # Ends

    def _lose(self, someone: _Person) -> None:
        """Lets go of both connections, as a client does: what is offered from now on is for its new ones."""
        session = someone.uplink.session if someone.uplink else ""
        self._settle(self._drop_uplink(someone))
        self._settle(self._drop_downlink(someone))
        if session:  # else nothing was sent yet: a new receiving one is all that is needed
            self._settings.events.media_lost(self._meeting, someone.id, session)
        self._refresh_all()

    def _settle(self, link: PeerLink | None) -> None:
        if link:
            self._start(link.close())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
