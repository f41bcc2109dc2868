"""One's own voice in a call: from the microphone through its filters to the track that sends it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.media.levels import LevelMeter
from app.media.types import Level
from app.media.voice_trial import VoiceTrial
from app.state.slices.devices import Choices

if TYPE_CHECKING:
    from app.media.types import Samples
    from app.media.voice_process import Mark, OnClean, VoiceProcess
    from app.net.tracks import MicrophoneTrack


#: How likely it is on average that a voice is one, 0.0 to 1.0, before it counts as one; and that it is none any more:
#: between two words it goes on.
LIKELY, UNLIKELY = 0.5, 0.2
#: Of each 10 ms so much is believed: about a third of a second counts.
_BELIEF = 0.03
#: What comes out of the filters was said up to so many blocks before.
FILTER_BLOCKS = 3


def _start_filters(tell: Callable[[str], None], on_clean: OnClean) -> VoiceProcess:
    from app.media.voice_process import VoiceProcess

    return VoiceProcess(tell, on_clean)


class CallVoice:
    """Follows the choices; its microphone is opened and closed by the microphone's worker, as `CallMedia` says.

    Attributes:
        trial: keeps what is said and plays it back, before a call.
        is_talking: the others hear one although the microphone is off.
        choices: what holds from the next block on; the filter follows with `settle`.
        make_filters: makes what the voice passes through; see `VoiceProcess`.
        wakes: called once when there is any sound, then forgotten; None: nobody waits for it.
    """

    def __init__(self, trial: VoiceTrial, tell: Callable[[str], None]) -> None:
        """Hears nothing.

        Args:
            trial: see the class.
            tell: takes words for the user.
        """
        self.trial = trial
        self.is_talking = False
        self.wakes: Callable[[], None] | None = None
        self.make_filters: Callable[[Callable[[str], None], OnClean], VoiceProcess]
        self.make_filters = _start_filters
        self._tell = tell
        self.choices = Choices()
        self._filters: VoiceProcess | None = None
        self._meter = LevelMeter()
        self._likely = 0.0
        self._is_voice = False
        #: Whether a microphone gives sound: what comes out of the filters after it tells nothing of who speaks now.
        self._is_open = False
        #: So many blocks still hold what was said before the others were to hear one.
        self._muted_blocks = 0
        self._track: MicrophoneTrack | None = None
        #: When the track came: what was said before was said to nobody.
        self._sent_since_s = 0.0
        #: When the newest block was said that the others are to hear, and the newest of those that are through.
        self._said_s = self._through_s = 0.0

    @property
    def level(self) -> Level:
        """How loud one is, and whether that is oneself who speaks up; where there is a noise filter, not by music."""
        return Level(self._meter.level.level_db, self.is_speaking)

    @property
    def is_speaking(self) -> bool:
        """Whether one speaks up; where there is a noise filter, not by music or a hum."""
        return self._is_voice and self._meter.level.is_speaking

    @property
    def has_spoken(self) -> bool:
        """Whether all that was said for the others has left the filters; also where there is no track for it."""
        return self._track is None or self._through_s >= self._said_s

    def settle(self) -> None:
        """Follows the choices; nothing restarts."""
        if self._filters is not None:
            chosen = self.choices
            self._filters.settle(noise=chosen.noise, echo=chosen.echo, levels=chosen.levels)

    def prepare(self) -> None:
        """Makes what a voice passes through, before the first one comes; takes a moment."""
        if self._filters is not None:
            return
        self._filters = self.make_filters(self._tell, self._send)
        self.settle()

    def hear_far(self, samples: Samples) -> None:
        """What the loudspeaker plays next, in its thread: it will come back through the microphone.

        Also without samples, where there is no loudspeaker: it is by this call that filters which hang are noticed.
        """
        if self._filters is not None:
            self._filters.hear_far(samples)

    def hear(self, block: Samples) -> None:
        """Each 10 ms of the microphone, in its own thread."""
        if self.wakes is not None and block.any():
            wakes, self.wakes = self.wakes, None
            wakes()
        if not self._is_open and self._filters is not None:
            self._filters.begin()
        self._is_open = True
        mark = time.monotonic() if self._is_heard else None
        if mark is not None:
            self._said_s = mark
        if self._filters is not None:
            self._filters.push(block, mark)
        else:
            self._send(block, 1.0, mark)

    @property
    def _is_heard(self) -> bool:
        return self.choices.microphone_on or self.is_talking

    def _send(self, clean: Samples, speech: float, said_s: Mark) -> None:
        """Each 10 ms, filtered; how likely it is a voice; when it was said, or None: the others were not to hear it."""
        if self._is_open:
            self._meter.add(clean)
            self._likely += (speech - self._likely) * _BELIEF
            self._is_voice = self._likely >= (UNLIKELY if self.is_speaking else LIKELY)
        self.trial.take(clean)
        was_muted = self._muted_blocks > 0
        self._muted_blocks = FILTER_BLOCKS if said_s is None else max(0, self._muted_blocks - 1)
        if self._track is not None:
            self._hand_on(self._track, clean, said_s, was_muted=was_muted)
        if said_s is not None:
            self._through_s = said_s

    def _hand_on(self, track: MicrophoneTrack, clean: Samples, said_s: Mark, *, was_muted: bool) -> None:
        # What was said while muted does not go out late. What was said before a mute does, however late the filters
        # are: MOST_WAITING blocks at most.
        if said_s is not None and not was_muted and said_s >= self._sent_since_s:
            track.hear(clean, said_s)
        else:
            track.rest()

    def rest(self) -> None:
        """The microphone was let go: nobody speaks, and the next one's sound does not go on from this one's."""
        self._is_open = False
        self._meter, self._likely, self._is_voice = LevelMeter(), 0.0, False
        if self._track is not None:
            self._track.rest()

    def send_by(self, track: MicrophoneTrack | None) -> None:
        """From now on the voice goes out by this track; None: it stays here."""
        self.trial.stop()
        self._sent_since_s = time.monotonic()
        self._track = track

    def stop(self) -> None:
        """Nobody hears one any more, not even oneself."""
        self.is_talking = False
        self.trial.stop()

    def close(self) -> None:
        """Ends for good; no block may come any more."""
        if self._filters is not None:
            self._filters.close()
