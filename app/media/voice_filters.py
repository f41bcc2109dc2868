"""What one's own voice passes through before it leaves: echo, noise, level, in this order."""

from __future__ import annotations

from collections.abc import Callable

from app.media.echo import EchoCanceller
from app.media.gain import Gain
from app.media.noise import NoiseFilter
from app.media.types import MediaError, NoiseMode, Samples


class VoiceFilters:
    """Each of them does without the others: what this computer lacks is told once, and passed over.

    Attributes:
        noise: None: there is no filter here.
        levels: Whether a quiet voice is raised to about -25 dBFS; may be set from any thread.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Loads their libraries; takes a moment.

        Args:
            tell: Takes words for the user.
        """
        self.levels = True
        self.noise: NoiseFilter | None = None
        self._echo: EchoCanceller | None = None
        self._gain = Gain()
        for load in (self._load_noise, self._load_webrtc):
            try:
                load()
            except MediaError as error:
                tell(error.words)

    def settle(self, *, noise: NoiseMode, echo: bool, levels: bool, rests: bool = False) -> None:
        """Follows the choices, from any thread; nothing restarts.

        Args:
            noise: See `NoiseFilter`.
            echo: Whether the loudspeaker's sound is taken out.
            levels: See the class.
            rests: Whether what is costly rests: the noise filter, and what lets both sides be heard at once.
        """
        self.levels = levels
        if self.noise is not None:
            self.noise.mode = "off" if rests else noise
        if self._echo is not None:
            self._echo.is_on, self._echo.is_light = echo, rests

    def hear_far(self, samples: Samples) -> None:
        """Takes what the loudspeaker plays next, in its thread; see `EchoCanceller.hear_far`."""
        if self._echo is not None:
            self._echo.hear_far(samples)

    def process(self, block: Samples) -> Samples:
        """Filters the next block; always from the same thread.

        Args:
            block: float32 [BLOCK]; not changed.

        Returns:
            float32 [BLOCK], 29 ms later than the input, whatever is on.
        """
        if self._echo is not None:
            block = self._echo.process(block)
        if self.noise is not None:
            block = self.noise.process(block)
        return self._gain.process(block, self._known_speech()) if self.levels else self._gain.pass_by(block)

    @property
    def speech(self) -> float:
        """How likely the last block is a voice, 0.0 to 1.0; 1.0 where nobody can tell."""
        known = self._known_speech()
        return 1.0 if known is None else known

    def _known_speech(self) -> float | None:
        return self.noise.speech_probability if self.noise is not None and self.noise.mode != "off" else None

    def close(self) -> None:
        """Frees their memory; `process` must not be called again."""
        for one in (self.noise, self._echo):
            if one is not None:
                one.close()

    def _load_noise(self) -> None:
        self.noise = NoiseFilter()

    def _load_webrtc(self) -> None:
        self._echo = EchoCanceller()
