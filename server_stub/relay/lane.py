"""What one viewer gets of a stream: from when on, and what is sent again.

Every viewer of a stream gets the same packets, numbered by the stream. A picture begins with a key frame, and may be
held back from a viewer whose link does not carry it.
"""

from __future__ import annotations

import time

from app.net.repair import Answered
from server_stub.relay.history import PacketRing
from server_stub.relay.rtp import HEADER_BYTES
from server_stub.relay.source import StreamCounts
from server_stub.relay.transport import PeerLink
from server_stub.relay.volley import Aim, Volley


class Lane:
    """One viewer of a stream.

    Attributes:
        link: the viewer's receiving connection.
        send: Puts a packet on its way; whether it went. The connection's own, as this is called for each packet.
        in_place_of: the viewers of the same picture in another size, of whom this one is no more once this begins.
        packets: given to this viewer beside those of `Lanes.forwarded`: what was sent once more, what came before a
            time without; less those that it did not get. See `Lanes.given_to`.
        bare: what they got last in place of a packet, see `Lanes.keep_in_step`.
    """

    __slots__ = ("_answered", "_counts", "bare", "in_place_of", "link", "packets", "send")

    def __init__(self, link: PeerLink, counts: StreamCounts) -> None:
        self.link = link
        self.send = link.send
        self.in_place_of: Lanes | None = None
        self.packets = 0
        self.bare: bytes | None = None
        self._answered = Answered()
        self._counts = counts

    def aim(self, ssrc: bytes) -> Aim | None:
        """See `PeerLink.aim`."""
        return self.link.aim(ssrc)

    def repair(self, ring: PacketRing, lost: tuple[int, ...], most_bits: float) -> int:
        """Sends packets again that the viewer has not got; those that are gone are counted.

        Args:
            ring: where they are.
            lost: their sequence numbers.
            most_bits: so much, and at most one packet more; the viewer asks once more for the rest.

        Returns:
            How many bits were sent.
        """
        counts, bits, now_s = self._counts, 0, time.monotonic()
        for seq in lost:
            packet = ring.get(seq)
            if packet is not None and self.bare is not None and packet[2:12] == self.bare[2:]:
                # Another content under the same number and keys would lay open what proves packets (AES-GCM).
                packet = self.bare
            if packet is None:
                counts.naks_missed += 1
            elif bits >= most_bits:
                break
            elif self._answered.is_due(seq, now_s) and self.send(packet):
                bits += len(packet) * 8
                self.packets += 1
                counts.naks_answered += 1
                counts.packets_out += 1
                counts.bytes_out += len(packet)
        return bits


class Lanes:
    """All viewers of a stream: who gets its packets, and who waits for a key frame, before which there is no picture.

    Attributes:
        flowing: who gets each packet; it is for reading.
        waiting: viewers of a picture that begins, or begins again.
        held: viewers whose link does not carry it now, or who do not show it.
        forwarded: packets that were given to all who flow.
        begun: whose first picture is on its way: until it is through they go on with another size.
    """

    __slots__ = (
        "_counts",
        "_held_back",
        "_stepped",
        "_viewing",
        "_volley",
        "_waits",
        "begun",
        "flowing",
        "forwarded",
        "held",
        "waiting",
    )

    def __init__(self, kind: str, counts: StreamCounts) -> None:
        self.flowing: list[Lane] = []
        self.waiting: list[Lane] = []
        self.held: list[Lane] = []
        self.forwarded = 0
        self.begun: list[Lane] = []
        self._waits, self._counts = kind == "video", counts
        #: Whose lanes flow or wait, and whose are held: asked for every viewer of every picture a few times a second.
        self._viewing: set[PeerLink] = set()
        self._held_back: set[PeerLink] = set()
        #: Which sixteenth of a round the last number was in; None: nobody was held back then.
        self._stepped: int | None = None
        #: All who flow; None: they have changed.
        self._volley: Volley | None = None

    def send(self, packet: bytes) -> int:
        """Sends a packet to all who flow; to how many it went. The hot path."""
        self.forwarded += 1
        volley = self._volley
        if volley is None or volley.is_stale:
            volley = self._volley = Volley(self.flowing, packet[8:12])
        return volley.send(packet)

    def add(self, link: PeerLink, *, is_held: bool = False) -> bool:
        """Adds a viewer who is none yet, or one who is held back; True if they wait for a key frame."""
        if link in self._viewing or link in self._held_back:
            return False
        if is_held:
            self._held_back.add(link)
            self._hold([Lane(link, self._counts)])
            return False
        self._viewing.add(link)
        lane = Lane(link, self._counts)
        if self._waits:
            self.waiting.append(lane)
        else:
            self._flow([lane])
        return self._waits

    def remove(self, link: PeerLink) -> None:
        """The connection gets no more; unknown ones are ignored."""
        self._viewing.discard(link)
        self._held_back.discard(link)
        for lanes in (self.flowing, self.waiting, self.held, self.begun):
            lanes[:] = [lane for lane in lanes if lane.link is not link]
        self._volley = None

    def has(self, link: PeerLink) -> bool:
        """Whether a connection gets packets, or will from the next key frame on."""
        return link in self._viewing

    def waits(self, link: PeerLink) -> bool:
        """Whether a connection gets packets from the next key frame on, or has another size until that is through."""
        return link in self._viewing and any(lane.link is link for lane in (*self.waiting, *self.begun))

    def hold_back(self, link: PeerLink, is_held: bool) -> bool:
        """Whether a viewer of a picture gets nothing for now; True if they wait for a key frame from here on."""
        leaves, enters = (self._viewing, self._held_back) if is_held else (self._held_back, self._viewing)
        if link not in leaves:
            return False
        leaves.remove(link)
        enters.add(link)
        before = (self.flowing, self.waiting) if is_held else (self.held,)
        for lane in self.flowing if is_held else ():
            if lane.link is link:
                lane.packets += self.forwarded
        found = [lane for lanes in before for lane in lanes if lane.link is link]
        for lanes in (*before, self.begun):
            lanes[:] = [lane for lane in lanes if lane.link is not link]
        self._volley = None
        for lane in found:
            lane.in_place_of = None
        if is_held:
            self._hold(found)
        else:
            self.waiting.extend(found)
        return not is_held

    def _hold(self, lanes: list[Lane]) -> None:
        if not self.held:
            self._stepped = None
        self.held.extend(lanes)

    def take_over(self, link: PeerLink, other: Lanes) -> None:
        """A viewer who waits here goes on as a viewer of `other` until this picture begins, and no longer."""
        for lane in self.waiting:
            if lane.link is link:
                lane.in_place_of = other

    def keep_in_step(self, packet: bytes) -> None:
        """Lets who is held back know once in a while how far the numbers are; it costs them nothing worth counting.

        SRTP counts the rounds of 65,536 numbers on both sides, by how far each packet is from the last one: who gets
        none for half a round, five minutes of a picture, would never get one again.

        Args:
            packet: what the others get now.
        """
        step, before = packet[2] >> 4, self._stepped
        self._stepped = step
        if before is not None and step != before:
            bare = bytes((0x80, packet[1] & 0x7F)) + packet[2:HEADER_BYTES]
            for lane in self.held:
                lane.bare = bare
                lane.send(bare)

    def is_held(self, link: PeerLink) -> bool:
        """Whether a viewer gets nothing for now because their link does not carry it."""
        return link in self._held_back

    def begin(self) -> None:
        """The next packet begins a key frame: who has waited gets it."""
        self.begun += [lane for lane in self.waiting if lane.in_place_of is not None]
        self._flow(self.waiting)
        self.waiting.clear()

    def has_begun(self) -> None:
        """A picture is through that has begun with `begin`: who gets it gets no more of what it takes the place of."""
        for lane in self.begun:
            if lane.in_place_of is not None:
                lane.in_place_of.hold_back(lane.link, True)
                lane.in_place_of = None
        self.begun.clear()

    def _flow(self, lanes: list[Lane]) -> None:
        for lane in lanes:
            lane.packets -= self.forwarded
        self.flowing.extend(lanes)
        self._volley = None

    def given_to(self, lane: Lane) -> int:
        """Packets that a viewer who gets them has been given so far, those sent once more among them."""
        return self.forwarded + lane.packets

    def of(self, link: PeerLink) -> Lane | None:
        """The lane of a connection that gets packets."""
        return next((lane for lane in self.flowing if lane.link is link), None)
