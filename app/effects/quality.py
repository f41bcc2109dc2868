"""Looks once a second at what the connections of the call carry, and tells the state what that second was like."""

from __future__ import annotations

import asyncio
import logging

from app.effects.call import CallEffects
from app.effects.context import Context
from app.media.types import PictureKey
from app.net.estimate import VIEWER_START_BPS
from app.net.meter import Arrived, Look, Pictures, look
from app.net.rounds import Rounds
from app.state.events import QualityMeasured
from app.state.slices.quality import Figures, PersonFigures, PictureFigures, Way
from app.wire.media import Source

_log = logging.getLogger(__name__)

_EVERY_S = 1.0
#: A look that comes so late, after the computer has slept or the loop was held up, is of no second.
_TOO_LONG_S = 5.0


class QualityEffects:
    """Everything runs on the loop.

    Attributes:
        meter: measures the second that has passed.
    """

    def __init__(self, context: Context, call: CallEffects) -> None:
        """Looks at nothing yet.

        Args:
            context: of all carriers.
            call: whose connections are looked at.
        """
        self._context = context
        self.meter = Meter(call)

    def begin(self) -> None:
        """Looks from now on."""
        self._context.parts.loop.spawn(self._watch(), name="quality")

    async def _watch(self) -> None:
        rounds = Rounds(_log, "measuring the call")
        while True:
            await asyncio.sleep(_EVERY_S)
            with rounds:
                if (figures := await self.meter.measure()) is not None:
                    self._context.happen(QualityMeasured(figures=figures))


class Meter:
    """Makes figures of two looks."""

    def __init__(self, call: CallEffects) -> None:
        """Has not looked yet.

        Args:
            call: whose connections are looked at.
        """
        self._call = call
        self._before: Look | None = None
        self._connections: tuple[object, ...] = ()

    async def measure(self) -> Figures | None:
        """What the second since the last time was like; None: there was none, or another connection was there then."""
        peers, receiver = self._call.peers, self._call.receiver
        now = await look(peers, receiver) if peers is not None and receiver is not None else None
        before, self._before = self._before, now
        connections, self._connections = self._connections, peers.ways if peers is not None else ()
        if now is None or before is None or connections != self._connections:
            return None
        return figures_between(before, now) if 0 < now.at_s - before.at_s < _TOO_LONG_S else None


def figures_between(before: Look, now: Look) -> Figures:
    """What came to pass between two looks at the same connections, the second after the first."""
    past_s = now.at_s - before.at_s
    arrived = {person: _gone_by(before.arrived.get(person, Arrived()), one) for person, one in now.arrived.items()}
    round_trips = [one.round_trip_s for one in now.reported.values() if one.round_trip_s is not None]
    return Figures(
        up=Way(_bps(now.up.sent - before.up.sent, past_s), _lost_on_the_way(before, now), now.up_bps,
               now.up_silent_s),
        down=Way(
            _bps(now.down.received - before.down.received, past_s),
            _share(sum(one.missed for one in arrived.values()), sum(one.packets for one in arrived.values())),
            # Until it was found to be less, it is only taken for this.
            None if now.down_bps == VIEWER_START_BPS else now.down_bps,
            now.down_silent_s,
        ),
        round_trip_s=max(0.0, min(round_trips)) if round_trips else None,
        queue_s=now.queue_s,
        sent=tuple(
            _pictures(source, before.sent.get(source, Pictures()), one, past_s) for source, one in now.sent.items()
        ),
        people=tuple(_person(person, before, now, arrived[person]) for person in arrived),
        took_s=past_s,
    )  # fmt: skip


def _person(person: str, before: Look, now: Look, arrived: Arrived) -> PersonFigures:
    past_s, voice = now.at_s - before.at_s, now.voices.get(person)
    known = before.voices.get(person)
    covered_ms = voice.covered_ms - known.covered_ms if voice is not None and known is not None else 0.0
    keys: list[PictureKey] = [key for key in now.shown if key[0] == person]
    return PersonFigures(
        id=person,
        packets=arrived.packets,
        lost=_share(arrived.missed, arrived.packets),
        bps=_bps(arrived.bytes, past_s),
        voice_ms=voice.delay_ms if voice is not None else None,
        covered=max(0.0, min(1.0, covered_ms / 1000 / past_s)),
        pictures=tuple(
            _pictures("screen" if key[1] == "screen" else "camera", before.shown.get(key, Pictures()), now.shown[key],
                      past_s)
            for key in keys
        ),
    )  # fmt: skip


def _gone_by(before: Arrived, now: Arrived) -> Arrived:
    """What came since; lines that another stream has taken count on, and those that were let go do not count."""
    return Arrived(
        max(0, now.packets - before.packets), max(0, now.missed - before.missed), max(0, now.bytes - before.bytes)
    )  # fmt: skip


def _lost_on_the_way(before: Look, now: Look) -> float:
    """Of all that one sends: each stream counts by its packets."""
    packets = {
        name: max(0, one.packets - (before.reported[name].packets if name in before.reported else 0))
        for name, one in now.reported.items()
    }
    whole = sum(packets.values())
    return sum(packets[name] * one.lost for name, one in now.reported.items()) / whole if whole else 0.0


def _pictures(source: Source, before: Pictures, now: Pictures, past_s: float) -> PictureFigures:
    # Begun anew, as after a mute, it counts from nothing.
    is_new = now.count < before.count or now.bytes < before.bytes
    count, size = (now.count, now.bytes) if is_new else (now.count - before.count, now.bytes - before.bytes)
    return PictureFigures(source, *now.size_px, count / past_s, _bps(size, past_s), now.is_small)


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part else 0.0


def _bps(size: int, past_s: float) -> float:
    return max(0, size) * 8 / past_s
