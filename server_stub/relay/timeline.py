"""When a packet was meant to be heard or seen, in seconds since the recording's start; pure, time is given.

Within a track RTP time counts, because it is even where arrival is not. Where a track's first packet lies is taken from
its arrival; sender reports then move a person's pictures to where they belong beside the voice, which is never moved.

A report's NTP time is read when its packet leaves, so it is late by what the sender was busy, never early: of the last
reports the earliest counts.
"""

from __future__ import annotations

from collections import deque

from server_stub.relay.rtp import unwrap

#: RTP time may lag behind arrival by the network's delay and by what a busy computer holds back (the filters of a voice
#: 2 s, voice_process.py); more is a publisher whose clock stood still (a paused track).
MAX_LATE_S = 3.0
#: RTP time ahead of arrival by more than this is a clock that jumped; by less, the first packet was held back, and a
#: voice that is wholly there a little late is better than one with its sentences pressed together.
MAX_EARLY_S = 1.0
#: RTP time never goes back but by what was put in order too late; by more it is a clock that jumped.
MAX_BACK_S = 0.25
#: Sender reports are believed when they disagree by more than their own jitter, and by less than a wrong clock.
_MIN_SHIFT_S = 0.05
_MAX_SHIFT_S = 2.0
_STEP_S = 0.001
_REPORTS = 8


class PersonClock:
    """How one person's own clock (NTP, seconds) lies to the recording's: set by the track that leads."""

    def __init__(self) -> None:
        self.offset_s = 0.0
        self.leader: Timeline | None = None


class Timeline:
    """The places in time of one track's packets."""

    def __init__(self, rate_hz: int, clock: PersonClock, *, leads: bool = False) -> None:
        """Makes the timeline of one track.

        Args:
            rate_hz: of the track's RTP timestamps.
            clock: shared by all tracks of the person.
            leads: whether the others follow it (the voice); without such a track the first to report leads.
        """
        self._rate_hz = rate_hz
        self._clock = clock
        self._leads = leads
        #: By each of the last reports, the person's NTP time of the anchor, in s.
        self._reported: deque[float] = deque(maxlen=_REPORTS)
        self._anchor_timestamp = 0
        self._anchor_s: float | None = None
        self._last_timestamp = 0
        self._last_s = -1.0

    def follow(self, before: Timeline) -> None:
        """Goes on where another timeline ended: nothing is placed before what that one placed."""
        self._last_s = before._last_s

    def place(self, timestamp: int, arrived_s: float) -> float:
        """Where a packet or frame begins; each call's answer is later than the one before.

        Args:
            timestamp: RTP timestamp, 32 bits, wraps.
            arrived_s: seconds since the recording's start at which it came.
        """
        if self._anchor_s is None:
            self._anchor(timestamp, arrived_s)
        place_s = self._at(timestamp)
        if not -MAX_EARLY_S <= arrived_s - place_s <= MAX_LATE_S or place_s < self._last_s - MAX_BACK_S:
            self._anchor(timestamp, arrived_s)
            place_s = arrived_s
        self._last_s = max(place_s, self._last_s + _STEP_S, 0.0)
        return self._last_s

    def heed(self, ntp: int, timestamp: int) -> None:
        """Takes a sender report: at the person's `ntp` (32.32 fixed point) the track was at `timestamp`."""
        if self._anchor_s is None:
            return
        self._reported.append(ntp / 2**32 - (self._at(timestamp) - self._anchor_s))
        theirs_s = min(self._reported)
        if self._leads or self._clock.leader in (None, self):
            self._clock.leader = self
            self._clock.offset_s = self._anchor_s - theirs_s
            return
        shift_s = theirs_s + self._clock.offset_s - self._anchor_s
        if _MIN_SHIFT_S < abs(shift_s) < _MAX_SHIFT_S:
            self._anchor_s += shift_s

    def _anchor(self, timestamp: int, place_s: float) -> None:
        self._anchor_timestamp = self._last_timestamp = timestamp
        self._anchor_s = place_s
        self._reported.clear()

    def _at(self, timestamp: int) -> float:
        counted = unwrap(timestamp, self._last_timestamp, 32)
        self._last_timestamp = counted
        return (self._anchor_s or 0.0) + (counted - self._anchor_timestamp) / self._rate_hz
