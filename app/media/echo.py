"""Takes the loudspeaker's sound out of the microphone, so that two people can talk without headphones."""

from __future__ import annotations

from collections import deque

import numpy as np

from app.media.echo_search import EchoSearch
from app.media.linear_echo import PARTITIONS, LinearEcho
from app.media.types import BLOCK, Samples
from app.media.webrtc import Processor

# Measured between 0.3 and 8 kHz: what WebRTC's bands take.
DELAY_SAMPLES = 428
# The two cards' threads take turns unevenly: so much is kept between them.
SPARE_BLOCKS = 2
# A loudspeaker that is ahead of the microphone for 5 s runs faster: a block is passed over.
LOOK_EVERY = 500
MOST_BLOCKS = 50
SILENCE = 1e-9
# Only echo is left: the rest lies 6 dB below the echo and more. Somebody speaks: it is as loud.
VOICE_DB = (-6.0, 0.0)
# A voice that was there 0.2 s ago is not over.
HOLD_BLOCKS = 20
# What the linear part usually leaves of an echo: at -18 dB it is believed alone; at -14 dB WebRTC has to have let some
# voice through within 0.3 s; above -6 dB it has learned nothing yet.
USUAL_BLOCKS = 100
BELIEVED_DB = (-18.0, -14.0)
LEARNED_DB = (-10.0, -6.0)
FORGOTTEN_DB = 0.001
CONSENT_BLOCKS = 30
CONSENT_DB = (-12.0, -6.0)
CLEAR_DB = (3.0, 7.0)
RISE = 0.6
FALL = 0.2
FOLLOW = 0.3
# An echo that was found is taken out for half a minute of the far voice. With headphones there never is one, and the
# microphone passes as it is: WebRTC would swallow the first syllable of who answers at once, and what it takes out says
# nothing, since it takes 12 dB out of a voice that begins while the far one ends.
NEEDED_BLOCKS = 3_000
TINY = 1e-10


class EchoCanceller:
    """Both ways of taking an echo out, each where it is good.

    While only the far side speaks, WebRTC's canceller takes out 40 dB, by closing what the linear part of it leaves.
    While both speak it would close the near voice as well (STOI .66): then the output is what `LinearEcho` leaves.
    While nobody far away speaks, and where nothing of it comes back, the microphone passes as it is, a little later.

    Attributes:
        is_on: May be set from any thread.
        is_light: Whether WebRTC does it alone; may be set from any thread.
    """

    def __init__(self) -> None:
        """Loads WebRTC.

        Raises:
            WebrtcMissing: It is not there.
        """
        self.is_on, self.is_light = True, False
        self._closing = Processor()
        self._linear = LinearEcho()
        self._search = EchoSearch()
        self._waiting: deque[Samples] = deque(maxlen=MOST_BLOCKS)
        self._is_filling = True
        self._least, self._looked = MOST_BLOCKS, 0
        self._silent = PARTITIONS
        self._late = np.zeros(DELAY_SAMPLES, np.float32)
        self._open = 1.0
        self._voices = deque([0.0] * HOLD_BLOCKS, maxlen=HOLD_BLOCKS)
        self._consents = deque([0.0] * CONSENT_BLOCKS, maxlen=CONSENT_BLOCKS)
        self._lately = deque([0.0] * USUAL_BLOCKS, maxlen=USUAL_BLOCKS)
        self._left = self._echo = self._closed = self._late_power = 0.0
        self._usual_db = 0.0
        self._needed = 0

    def hear_far(self, samples: Samples) -> None:
        """Takes what the loudspeaker plays next, from the loudspeaker's thread; computes nothing.

        Args:
            samples: float32 [n * BLOCK].
        """
        self._waiting.extend(samples[at : at + BLOCK] for at in range(0, len(samples) - BLOCK + 1, BLOCK))

    def process(self, near: Samples) -> Samples:
        """Takes the echo out of the next block of the microphone; always from the same thread.

        Args:
            near: float32 [BLOCK]; not changed.

        Returns:
            float32 [BLOCK], DELAY_SAMPLES later than the input, whether it is on or off.
        """
        far = self._next_far()
        closed = left = near
        if self.is_on:
            self._silent = 0 if float(np.dot(far, far)) > SILENCE * BLOCK else self._silent + 1
            self._closing.hear_far(far)
            closed = self._closing.process(near)
            if self._search.finds(far, near):
                if not self._needed:
                    self._linear.forget()
                self._needed = NEEDED_BLOCKS
            if self._silent < PARTITIONS:
                self._needed = max(0, self._needed - 1)
                if self._needed and not self.is_light:
                    left = self._linear.take_out(far, near)
        late = np.concatenate((self._late, left))
        late, self._late = late[:BLOCK], late[BLOCK:]
        now = (left, near - left, closed, late)
        for name, samples in zip(("_left", "_echo", "_closed", "_late_power"), now, strict=True):
            before: float = getattr(self, name)
            setattr(self, name, before + FOLLOW * (float(np.dot(samples, samples)) / BLOCK - before))
        return (closed + (late - closed) * self._near_share()).astype(np.float32)

    def close(self) -> None:
        """Frees its memory; `process` must not be called again."""
        self._closing.close()

    def _next_far(self) -> Samples:
        """What is played at about this moment; silence where the loudspeaker is late or closed."""
        count = len(self._waiting)
        if self._is_filling and count < SPARE_BLOCKS:
            return np.zeros(BLOCK, np.float32)
        if not count:
            self._is_filling = True
            self._linear.forget()
            self._usual_db = 0.0
            return np.zeros(BLOCK, np.float32)
        self._is_filling = False
        self._least = min(self._least, count)
        self._looked += 1
        if self._looked == LOOK_EVERY:
            for _ in range(self._least - SPARE_BLOCKS):
                self._linear.skip(self._waiting.popleft())
            self._least, self._looked = MOST_BLOCKS, 0
        return self._waiting.popleft()

    def _near_share(self) -> Samples:
        """How much of the output is the linear part's, for each sample: float32 [BLOCK]."""
        wanted = self._voice() if self.is_on and self._needed and self._silent < PARTITIONS else 1.0
        before = self._open
        self._open += (RISE if wanted > before else FALL) * (wanted - before)
        return np.linspace(before, self._open, BLOCK + 1, dtype=np.float32)[1:]

    def _voice(self) -> float:
        """Whether somebody near speaks, 0 to 1, as far as the linear part can be believed."""
        voice_db = float(10 * np.log10((self._left + TINY) / (self._echo + TINY)))
        closed_db = float(10 * np.log10((self._closed + TINY) / (self._late_power + TINY)))
        self._voices.append(_along(voice_db, VOICE_DB))
        self._consents.append(_along(closed_db, CONSENT_DB))
        if self._echo > SILENCE:
            self._lately.append(voice_db)
            self._usual_db = min(self._usual_db + FORGOTTEN_DB, float(np.median(self._lately)))
        consent = max(*self._consents, _along(voice_db, CLEAR_DB), 1 - _along(self._usual_db, BELIEVED_DB))
        return min(max(self._voices), consent, 1 - _along(self._usual_db, LEARNED_DB))


def _along(value: float, way: tuple[float, float]) -> float:
    """How far a value has come on the way from one to another: 0.0 to 1.0."""
    return min(1.0, max(0.0, (value - way[0]) / (way[1] - way[0])))
