"""Mixes everybody's voices into the one stream that the speaker plays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import numpy as np

from app.media.levels import SILENCE_DB, LevelMeter
from app.media.types import BLOCK, RATE_HZ, Level, Samples

# More than this unplayed loses its oldest part: nobody waits that long.
MOST = RATE_HZ // 5
FADE = 96
# Below the knee nothing is changed; above, the curve bends towards full scale and never reaches it.
KNEE = 0.8


def limit_softly(samples: Samples) -> Samples:
    """Bends peaks below full scale without the crackle of clipping.

    Args:
        samples: float32 [n], any size of value.

    Returns:
        float32 [n], within -1.0 to 1.0; values up to KNEE are unchanged.
    """
    over = np.abs(samples) - KNEE
    if not (over > 0).any():
        return samples
    bent = np.sign(samples) * (KNEE + (1 - KNEE) * np.tanh(over / (1 - KNEE)))
    return np.where(over > 0, bent, samples).astype(np.float32)


class _Voice:
    """One person's ring; the mixer's lock guards it."""

    def __init__(self) -> None:
        self.ring = np.zeros(MOST * 2, np.float32)
        self.first = 0
        self.count = 0
        self.is_playing = False
        self.volume = 1.0
        self.meter = LevelMeter()
        self.dry = 0

    def put(self, block: Samples) -> None:
        block = block[-MOST:]
        over = self.count + len(block) - MOST
        if over > 0:
            self.fold(over) if 2 * over <= self.count else self.drop(over)
        places = (self.first + self.count + np.arange(len(block))) % len(self.ring)
        self.ring[places] = block
        self.count += len(block)

    def drop(self, samples: int) -> None:
        samples = min(samples, self.count)
        self.first = (self.first + samples) % len(self.ring)
        self.count -= samples

    def peek(self, samples: int) -> Samples:
        """The oldest, which stay."""
        return self.ring[(self.first + np.arange(samples)) % len(self.ring)]

    def fold(self, samples: int) -> None:
        """Makes it so much shorter: the oldest go over into those after them, without a click."""
        both = self.peek(2 * samples)
        rise = np.linspace(0, 1, samples, dtype=np.float32)
        self.drop(samples)
        places = (self.first + np.arange(samples)) % len(self.ring)
        self.ring[places] = both[:samples] * (1 - rise) + both[samples:] * rise

    def take(self, samples: int) -> Samples | None:
        """Takes exactly this many, faded and filled up where the sound ends; None while waiting to start."""
        if not self.is_playing and self.count < samples:
            return None
        starts = not self.is_playing
        got = min(samples, self.count)
        places = (self.first + np.arange(got)) % len(self.ring)
        out = np.zeros(samples, np.float32)
        out[:got] = self.ring[places]
        self.drop(got)
        self.is_playing = got == samples
        if starts:
            out[:FADE] *= np.linspace(0, 1, FADE, dtype=np.float32)
        if got < samples:
            self.dry += 1
            edge = min(FADE, got)
            out[got - edge : got] *= np.linspace(1, 0, edge, dtype=np.float32)
        return out * self.volume


class Mixer:
    """Mixes the remote voices, in the speaker's thread.

    Nothing waits here: before each 10 ms the voices are asked for theirs. A person who is silent or lost adds nothing.

    Attributes:
        fill: called for each 10 ms before they are mixed, in the thread that mixes: it puts what is to be heard.
    """

    def __init__(self) -> None:
        self.fill: Callable[[], None] = lambda: None
        self._asked = 0
        self._lock = threading.Lock()
        self._voices: dict[str, _Voice] = {}
        self._volumes: dict[str, float] = {}
        self._sounds: dict[object, Samples] = {}

    def put(self, person: str, block: Samples) -> None:
        """Appends decoded sound of one person.

        Args:
            person: Who; a new name begins a new voice.
            block: float32 [n], 48 kHz mono; any length. More than 200 ms unplayed loses its oldest part.
        """
        with self._lock:
            self._voice(person).put(block)

    def play(self, samples: Samples) -> Callable[[], None]:
        """Plays a sound once, over the voices.

        Args:
            samples: float32 [n], 48 kHz mono, as `app.media.sounds.read_sound` gives it.

        Returns:
            Ends it before its end; harmless afterwards.
        """
        sound = object()

        def end() -> None:
            with self._lock:
                self._sounds.pop(sound, None)

        with self._lock:
            self._sounds[sound] = samples
        return end

    def remove(self, person: str) -> None:
        """Forgets a person who left."""
        with self._lock:
            self._voices.pop(person, None)

    def set_volume(self, person: str, volume: float) -> None:
        """Makes one person louder or softer for this listener.

        Args:
            person: Who; may not have spoken yet, and may leave and come back.
            volume: Factor, 0.0 (off) to 2.0.
        """
        with self._lock:
            self._volumes[person] = min(2.0, max(0.0, volume))
            if person in self._voices:
                self._voices[person].volume = self._volumes[person]

    def set_volumes(self, volumes: Mapping[str, float]) -> None:
        """As `set_volume` for several; who is not among them is as loud as they are sent."""
        for person in {*self._volumes, *volumes}:
            self.set_volume(person, volumes.get(person, 1.0))

    def mix(self, samples: int = BLOCK) -> Samples:
        """Makes the next sound to play.

        Args:
            samples: How many.

        Returns:
            float32 [samples], within -1.0 to 1.0.
        """
        self._asked += samples
        while self._asked > 0:
            self._asked -= BLOCK
            self.fill()
        total = np.zeros(samples, np.float32)
        silence = np.zeros(samples, np.float32)
        with self._lock:
            for voice in self._voices.values():
                taken = voice.take(samples)
                voice.meter.add(silence if taken is None else taken)
                if taken is not None:
                    total += taken
            for sound, rest in list(self._sounds.items()):
                head, self._sounds[sound] = rest[:samples], rest[samples:]
                total[: len(head)] += head
                if len(rest) <= samples:
                    del self._sounds[sound]
        return limit_softly(total)

    def levels(self) -> dict[str, Level]:
        """Tells how loud each person is right now.

        Returns:
            One `Level` per person, of what was played in the last 100 ms.
        """
        with self._lock:
            return {person: voice.meter.level for person, voice in self._voices.items()}

    def level_db(self, person: str) -> float:
        """Tells one person's loudness in dBFS; silence for somebody unknown."""
        with self._lock:
            voice = self._voices.get(person)
            return voice.meter.level.level_db if voice else SILENCE_DB

    def dry_count(self) -> int:
        """Counts how often a voice stopped in mid-play: gaps that were heard, and people who muted themselves."""
        with self._lock:
            return sum(voice.dry for voice in self._voices.values())

    def _voice(self, person: str) -> _Voice:
        if person not in self._voices:
            self._voices[person] = _Voice()
            self._voices[person].volume = self._volumes.get(person, 1.0)
        return self._voices[person]
