"""How well one's connection carries the call, and what is not seen because of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.media import Source


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of one's own connection, over the last second.

    Attributes:
        bps: bits a second that it carried.
        lost: share of the packets that did not come in their turn, 0.0 to 1.0.
        carries_bps: bits a second that it could carry; None: not known.
        silent_s: since anything at all came over it; where nobody speaks it is asked whether it is there.
    """

    bps: float = 0.0
    lost: float = 0.0
    carries_bps: float | None = None
    silent_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PictureFigures:
    """Pictures of one source over the last second; `is_small`: of a face that is made larger for others."""

    source: Source
    width_px: int
    height_px: int
    fps: float
    bps: float
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """What came of one person in the last second.

    Attributes:
        id: whose.
        packets: that came.
        lost: share that did not come in their turn, 0.0 to 1.0.
        bps: bits a second.
        voice_ms: how much of their voice is kept in hand against jitter; None: none is heard.
        covered: share of the second in which their voice was made up for want of packets, 0.0 to 1.0.
        pictures: of their camera and screen.
    """

    id: str
    packets: int = 0
    lost: float = 0.0
    bps: float = 0.0
    voice_ms: float | None = None
    covered: float = 0.0
    pictures: tuple[PictureFigures, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """One second of a call.

    Attributes:
        up: what one sends.
        down: what one gets.
        round_trip_s: to the server and back; None: not known yet.
        queue_s: what packets to oneself wait on their way.
        sent: one's own pictures.
        people: of whom anything is received.
        took_s: how long the second was.
    """

    up: Way = Way()
    down: Way = Way()
    round_trip_s: float | None = None
    queue_s: float = 0.0
    sent: tuple[PictureFigures, ...] = ()
    people: tuple[PersonFigures, ...] = ()
    took_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Strain:
    """How one direction has been lately.

    Attributes:
        points: grow with each bad second and shrink with each good one.
        is_weak: what is said of it.
    """

    points: int = 0
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Quality:
    """See the module.

    Attributes:
        up: what one sends.
        down: what one gets.
        held: pictures that the relay holds back from oneself: whose, and which.
        rest: seconds before the others are told again.
        is_open: the figures are on show.
        figures: the newest, while they are on show.
    """

    up: Strain = Strain()
    down: Strain = Strain()
    held: frozenset[tuple[str, Source]] = frozenset()
    rest: int = 0
    is_open: bool = False
    figures: Figures | None = None

    @property
    def is_weak(self) -> bool:
        """Whether one's own connection is weak, whichever way."""
        return self.up.is_weak or self.down.is_weak
