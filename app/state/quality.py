"""The quality of connections in words: one's own is judged here, once a second; of others their own clients say it.

A judgement is slow on purpose, so that words do not flicker: three bad seconds in a row make a connection weak, and
eight good ones make it good again. What a second is judged by has two thresholds, one to be bad and one to be good;
between them nothing changes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from app.state import call_intents, events
from app.state.app_state import AppState
from app.state.asking import ask, is_asking
from app.state.slices.call import Call
from app.state.slices.quality import Figures, Quality, Strain, Way
from app.state.tables import Step, Table
from app.wire import quality as wire
from app.wire.errors import Refused
from app.wire.media import Source
from app.wire.text import one_line

TABLE = Table()

Second = Literal["good", "fair", "bad"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure up to `good` is good, from `bad` on it is bad."""

    good: float
    bad: float

    def judge(self, figure: float) -> Second:
        """Of one figure."""
        return "bad" if figure >= self.bad else "good" if figure <= self.good else "fair"


#: Packets that did not come in their turn. Source: own measurements, at 10 % loss 99.8 % of a voice and nine tenths of
#: the pictures come through, since what is lost is sent again; at 20 % a quarter of the pictures is missing.
LOST = Limit(0.10, 0.15)
#: A voice made up for want of packets: a twentieth of what is said is a syllable every few seconds.
COVERED = Limit(0.01, 0.05)
#: To the server and back. Source: ITU-T G.114, beyond 400 ms from mouth to ear a conversation suffers; half of 0.6 s on
#: each of two ways, and what is kept in hand against jitter, is more than that.
ROUND_TRIP_S = Limit(0.45, 0.6)
#: Packets that wait so long in a queue are heard that much later, and it is about to overflow.
QUEUE_S = Limit(0.15, 0.3)
#: Each way is spoken on every second, or asked whether it is there: two answers that are missing may be lost.
SILENT_S = Limit(1.5, 3.0)
#: Below this a face is a small picture of few colours, and soon, as `app.net.rate` has it, voices have fewer bits.
NARROW_BPS, WIDE_BPS = 150_000, 220_000
#: What a link carries is known only as far as it is used: one that is hardly used is not narrow.
PRESSED, AT_EASE = 0.6, 0.5
#: Points of a bad second and of a good one; at so many a connection is weak, and at none it is good again.
BAD, GOOD = 2, -1
WEAK_AT, MOST_POINTS = 6, 8
#: Two bad seconds: whoever joins a large meeting gets all pictures sooner, once it is known what their link carries.
PAUSED_AT = 4
#: A second that took longer was held up by this computer: what came late in it was not late on the way.
LATE_S = 1.2
#: Of whom fewer packets came in a second nothing follows: their microphone and camera may be off.
ENOUGH_PACKETS = 20
#: Before the others are told once more, where the server would not have it.
REST_S = 10

PAUSED = "Paused: your connection is weak"


def judge_up(figures: Figures) -> Second:
    """One second of what one sends."""
    if figures.took_s > LATE_S:
        return "fair"
    up = figures.up
    round_trip = 0.0 if figures.round_trip_s is None else figures.round_trip_s
    return _worst(LOST.judge(up.lost), ROUND_TRIP_S.judge(round_trip), SILENT_S.judge(up.silent_s), _narrowness(up))


def judge_down(figures: Figures, weak: Collection[str], *, is_held: bool) -> Second:
    """One second of what one gets.

    Args:
        figures: of that second.
        weak: people whose own connection is weak: what is missing of them was lost on their side.
        is_held: the relay holds pictures back.
    """
    if is_held:
        return "bad"  # the relay knows, however busy this computer is
    if figures.took_s > LATE_S:
        return "fair"
    heard = [one for one in figures.people if one.id not in weak and one.packets >= ENOUGH_PACKETS]
    return _worst(
        # What is lost on one's own side is missing of everybody.
        LOST.judge(min((one.lost for one in heard), default=0.0)),
        COVERED.judge(min((one.covered for one in heard if one.voice_ms is not None), default=0.0)),
        QUEUE_S.judge(figures.queue_s),
        SILENT_S.judge(figures.down.silent_s if figures.people else 0.0),
        _narrowness(figures.down),
    )


def _narrowness(way: Way) -> Second:
    if way.carries_bps is None or way.bps <= AT_EASE * way.carries_bps or way.carries_bps >= WIDE_BPS:
        return "good"
    return "bad" if way.carries_bps < NARROW_BPS and way.bps >= PRESSED * way.carries_bps else "fair"


def _worst(*seconds: Second) -> Second:
    return "bad" if "bad" in seconds else "fair" if "fair" in seconds else "good"


def strained(before: Strain, second: Second) -> Strain:
    """How a direction stands after one more second."""
    points = before.points + {"bad": BAD, "fair": 0, "good": GOOD}[second]
    points = max(0, min(points, MOST_POINTS))
    return Strain(points, points >= WEAK_AT or (before.is_weak and points > 0))


# --- words --------------------------------------------------------------------------------------------------------
def own_words(quality: Quality) -> str:
    """What is true of one's own connection, and what follows from it."""
    match quality.up.is_weak, quality.down.is_weak:
        case True, True:
            return "Your connection is weak. You and the others may see and hear each other late."
        case True, False:
            return "Your connection is weak. Others may see and hear you late."
        case False, True:
            return "Your connection is weak. You may see and hear others late."
        case _:
            return "Your connection is good."


def words_of(name: str) -> str:
    """Of somebody else whose connection is weak."""
    return f"{one_line(name)}’s connection is weak."


def is_weak(call: Call, person: str) -> bool:
    """Whether the connection of somebody in the call is weak; oneself as one's own client finds."""
    if person == call.you:
        return call.quality.is_weak
    found = call.person(person)
    return found is not None and found.is_connected and found.has_weak_connection


def is_paused(call: Call, person: str, source: Source) -> bool:
    """Whether it is said of a picture that it is held back from oneself: no words for what is soon over."""
    return call.quality.down.points >= PAUSED_AT and is_held(call, person, source)


def is_held(call: Call, person: str, source: Source) -> bool:
    """Whether a picture that its person sends is held back from oneself."""
    if (person, source) not in call.quality.held:
        return False
    found = call.person(person)
    return found is not None and (found.camera_on if source == "camera" else found.sharing)


# --- what happens -------------------------------------------------------------------------------------------------
@TABLE.on(events.QualityMeasured)
def measured(state: AppState, event: events.QualityMeasured) -> Step:
    """One more second: judged, and told to the others where the judgement is another one."""
    call = state.call
    if call is None or state.call_phase != "in":
        return state, ()
    before, figures = call.quality, event.figures
    weak = {one.id for one in call.people if one.has_weak_connection}
    has_held = any(is_held(call, person, source) for person, source in before.held)
    after = replace(
        before,
        up=strained(before.up, judge_up(figures)),
        down=strained(before.down, judge_down(figures, weak, is_held=has_held)),
        rest=max(0, before.rest - 1),
        figures=figures if before.is_open else None,
    )
    return _tell(_show(state, after) if after != before else state)


def _tell(state: AppState) -> Step:
    """The others are told, until they have been told what is true."""
    call = state.call
    if call is None or call.own is None or call.own.has_weak_connection == call.quality.is_weak:
        return state, ()
    if call.quality.rest or not state.is_seated or not state.can_ask or is_asking(state, wire.TellConnection):
        return state, ()
    return ask(state, wire.TellConnection(meeting=call.meeting.id, is_weak=call.quality.is_weak))


def _show(state: AppState, quality: Quality) -> AppState:
    return replace(state, call=replace(state.call, quality=quality)) if state.call else state


@TABLE.refused(wire.TellConnection)
def not_told(state: AppState, asked: wire.TellConnection, refused: Refused) -> Step:
    """Nobody has asked for it, so nobody hears of the refusal: it is told again after a while."""
    return (_show(state, replace(state.call.quality, rest=REST_S)), ()) if state.call else (state, ())


@TABLE.hears(wire.PicturesHeld)
def held(state: AppState, message: wire.PicturesHeld) -> Step:
    """The relay holds other pictures back than before."""
    call = state.call
    if call is None or call.meeting.id != message.meeting:
        return state, ()
    # Of people in the call alone: however long a list a server sends, it stays short here.
    people = {one.id for one in call.people}
    pictures = frozenset((one.person, one.source) for one in message.pictures if one.person in people)
    return _show(state, replace(call.quality, held=pictures)), ()


@TABLE.on(call_intents.ShowConnection)
def show(state: AppState, event: call_intents.ShowConnection) -> Step:
    """The figures are looked at, or no more."""
    if state.call is None or state.call_phase not in ("in", "reconnecting"):
        return state, ()
    return _show(state, replace(state.call.quality, is_open=event.is_open, figures=None)), ()


def begun_anew(quality: Quality) -> Quality:
    """New connections are made: what was held back on the old ones, and measured there, is over."""
    return replace(quality, held=frozenset(), figures=None)
