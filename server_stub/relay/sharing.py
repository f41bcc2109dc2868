"""Shares out the links of a meeting a few times a second, bit by bit, so that no packet waits until all is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from server_stub.relay.budget import Cost, Flow
from server_stub.relay.held import Pictures
from server_stub.relay.links import Member, Seen
from server_stub.relay.stream import Stream

_TICK_S = 0.25
#: After something has changed it takes so long until it has settled.
_SETTLED_TICKS = 8

OnHeld: TypeAlias = Callable[[str, Pictures], None]


class Steps:
    """Does work one step in each turn of the event loop: what has come meanwhile is read between two of them."""

    def __init__(self, work: Callable[[], Iterator[None]]) -> None:
        """Nothing is done before `ask`; `work` gives the steps."""
        self._work = work
        self._left: Iterator[None] | None = None
        self._next: asyncio.Handle | None = None
        self._is_due = False

    def ask(self) -> None:
        """The work is to be done: its first step now, or all of it once more behind what is being done."""
        self._is_due = True
        if self._left is None:
            self._left = self._rounds()
            self._go()

    def stop(self) -> None:
        """What is not done yet is left."""
        if self._next:
            self._next.cancel()
        self._left, self._is_due = None, False

    def _rounds(self) -> Iterator[None]:
        while self._is_due:
            self._is_due = False
            yield from self._work()

    def _go(self) -> None:
        steps, is_over = self._left, True
        if steps is None:
            return
        try:
            is_over = next(steps, self) is self
        finally:
            # A step that fails ends them; one that stops them has.
            if self._left is steps:
                self._left = None if is_over else steps
                self._next = None if is_over else asyncio.get_running_loop().call_soon(self._go)


class Rounds:
    """When the links of a meeting are shared out: four times a second, or twice where that would change nothing.

    A meeting's own clock: were it that of all meetings, the packets of one would wait for what is due in all.
    """

    def __init__(self, work: Callable[[float], Iterator[None]], is_calm: Callable[[], bool]) -> None:
        """Nothing is done before `begin` or `ask`.

        Args:
            work: shares out, in steps; takes the seconds since it was begun the last time.
            is_calm: whether all have what they could have, with room to spare.
        """
        self._work, self._is_calm = work, is_calm
        self._steps = Steps(self._share_out)
        self._timer: asyncio.TimerHandle | None = None
        #: Counted in ticks: now, when it was done last, and when something changed last.
        self._ticks = self._shared = self._stirred = 0

    def begin(self) -> None:
        """The clock goes from now on; without effect where it does already."""
        if self._timer is None:
            self._tick()

    def end(self) -> None:
        """Nothing is done any more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
            self._steps.stop()

    def stir(self) -> None:
        """Something has changed: for two seconds it is not taken for calm."""
        self._stirred = self._ticks

    def ask(self) -> None:
        """Something has changed that cannot wait."""
        self.stir()
        self._steps.ask()

    def _tick(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_TICK_S, self._tick)
        self._ticks += 1
        if not self._is_calm():
            self.stir()
        if self._ticks - self._shared > 1 or self._ticks - self._stirred <= _SETTLED_TICKS:
            self._steps.ask()

    def _share_out(self) -> Iterator[None]:
        past_s, self._shared = (self._ticks - self._shared) * _TICK_S, self._ticks
        return self._work(past_s)


def is_calm(people: Iterable[Member]) -> bool:
    """Whether all in a meeting have what they could have, with room to spare."""
    return all(one.downlink is None or not one.downlink.link.is_up or one.downlink.is_calm for one in people)


def flows_of(streams: Iterable[Stream], voices: Mapping[str, Cost], now_s: float) -> dict[Stream, Flow]:
    """What each picture of a meeting costs; `voices` is what each person's voice does."""
    return {
        stream: Flow(
            stream,
            source.source == "screen",
            stream.allowed.reckoned(stream.cost.bps, now_s, is_face=source.source != "screen"),
            voices[source.person].spoke_s if source.person in voices else 0.0,
            is_heeded=stream.allowed.is_heeded(stream.cost.bps, now_s),
        )
        for stream in streams
        if (source := stream.source) and stream.kind == "video"
    }


def share_out(
    people: Collection[Member], streams: Sequence[Stream], now_s: float, past_s: float, held: OnHeld
) -> Iterator[None]:
    """Lets each viewer have what their link carries, and tells who sends; to be gone through a few times a second.

    People may come and go between two steps. Who has changed what they send since the first one is left as they are
    until the next time: what was reckoned for their streams is not true any more.

    Args:
        people: all in a meeting.
        streams: its streams that have an owner.
        now_s: monotonic.
        past_s: time since it was begun the last time.
        held: told which pictures are held back from whom, where that is news.

    Yields:
        After each viewer, and after each sender.
    """
    for stream in streams:
        stream.cost.look(now_s)
    spoken = [(stream, stream.source.person) for stream in streams if stream.source and stream.kind == "audio"]
    voices = {person: stream.cost for stream, person in spoken}
    pictures, generations = flows_of(streams, voices, now_s), {stream: stream.generation for stream in streams}
    uplinks = [(someone, someone.uplink) for someone in people if someone.uplink]
    faces = {someone.id: uplink.face for someone, uplink in uplinks}
    shares: dict[Stream, list[float]] = {}
    seen: dict[str, dict[str, Seen]] = {}
    for someone in list(people):
        downlink = someone.downlink
        if downlink is None or not downlink.link.is_up:
            continue
        downlink.allow_repairs(past_s)
        heard_bps = sum(voice.bps for person, voice in voices.items() if person != someone.id)
        flows = {stream: flow for stream, flow in pictures.items() if stream.generation == generations[stream]}
        for stream, one in downlink.share_out(flows, heard_bps, faces, someone.id, now_s).items():
            if stream.source and stream.source.source == "camera":
                seen.setdefault(stream.source.person, {})[someone.id] = one
            else:
                shares.setdefault(stream, []).append(one.viewer.share)
        if (news := downlink.held_news()) is not None:
            held(someone.id, news)
        for stream, person in spoken:
            if person != someone.id:
                shares.setdefault(stream, []).append(downlink.bps)
        yield
    for someone, uplink in uplinks:
        is_same = all(one.generation == generations.get(one) for one in uplink.streams.values())
        if is_same and someone.uplink is uplink:
            uplink.share_out(shares, seen.get(someone.id, {}), now_s)
            yield
