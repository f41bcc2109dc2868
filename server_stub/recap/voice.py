"""Finds where somebody speaks and cuts the sound into utterances.

Each person has a cutter of their own, fed only with their own sound: two people who speak at once are two streams, so a
word cannot land with the wrong speaker.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.paths import resource

Samples = NDArray[np.float32]

RATE_HZ = 16_000
FRAME = 512
FRAME_S = FRAME / RATE_HZ
#: Samples of the frame before that the model wants in front of each frame. Source: silero-vad, `RATE_CONFIG`.
CONTEXT = 64

#: A frame with less power is silence, and the model is not asked; -70 dB of full scale.
FAINT_POWER = FRAME * 10 ** (-70 / 10)

#: Speech begins at the first and goes on until the second is undercut. Source: silero-vad's own defaults.
SPEECH_FROM = 0.5
SILENCE_BELOW = 0.35
#: A silence this long ends an utterance; a thought in mid-sentence is shorter, a turn is longer.
END_SILENCE_S = 0.7
#: Shorter sounds are clicks and coughs.
MIN_SPEECH_S = 0.12
#: Kept before and after, so that soft first and last consonants reach the recogniser.
PAD_S = 0.2
MAX_UTTERANCE_S = 15.0
#: A pause inside an utterance that is told to whoever sets the full stops.
PAUSE_S = 0.1
PAUSE_BELOW_DB = 32.0
PAUSE_STEP = RATE_HZ // 100
#: Clocks of packets and samples may differ by this much before silence is put in.
SLACK_S = 0.04


@dataclass(frozen=True)
class Cut:
    """One utterance as sound.

    Attributes:
        start_s: seconds from the recording's start.
        end_s: the same for its end.
        samples: float32 mono at 16 kHz, -1 to 1.
        pauses: (start_s, end_s) of silences inside, from the utterance's own start.
    """

    start_s: float
    end_s: float
    samples: Samples
    pauses: tuple[tuple[float, float], ...] = ()


class Vad:
    """Silero's voice activity model on onnxruntime; one may serve any number of people."""

    def __init__(self, model: Path | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            str(model or resource("models", "silero_vad_16k.onnx")), options, providers=["CPUExecutionProvider"]
        )
        self._rate = np.array(RATE_HZ, np.int64)

    def listen(self) -> Ear:
        """A fresh memory for one person's sound."""
        return Ear(self._session, self._rate)


class Ear:
    """The model's memory of one person's sound."""

    def __init__(self, session: Any, rate: NDArray[np.int64]) -> None:
        self._session = session
        self._rate = rate
        self.forget()

    def forget(self) -> None:
        """Starts anew, as after a gap."""
        self._state: Samples = np.zeros((2, 1, 128), np.float32)
        self._context: Samples = np.zeros(CONTEXT, np.float32)

    def probability(self, frame: Samples) -> float:
        """How likely a frame of 512 samples holds speech, 0-1."""
        if float(np.dot(frame, frame)) < FAINT_POWER:
            return 0.0
        joined = np.concatenate([self._context, frame])[None]
        feed = {"input": joined, "state": self._state, "sr": self._rate}
        out, self._state = self._session.run(None, feed)
        self._context = frame[-CONTEXT:]
        return float(out[0, 0])


@dataclass
class _Take:
    """The frames that may become the next utterance."""

    start_s: float
    frames: list[Samples] = field(default_factory=list)
    odds: list[float] = field(default_factory=list)
    speaking: bool = False
    silent: int = 0

    @property
    def length_s(self) -> float:
        return len(self.frames) * FRAME_S

    def drop_first(self, count: int) -> None:
        del self.frames[:count], self.odds[:count]
        self.start_s += count * FRAME_S


class UtteranceCutter:
    """Cuts one person's sound, as it comes, into utterances."""

    def __init__(self, vad: Vad) -> None:
        self._ear = vad.listen()
        self._rest: Samples = np.zeros(0, np.float32)
        self._next_s: float | None = None
        self._take = _Take(0.0)

    @property
    def settled_s(self) -> float:
        """Up to this second nothing more will come: everything said before it was given out."""
        return self._take.start_s

    def push(self, start_s: float, samples: Samples) -> Iterator[Cut]:
        """Takes the next sound and yields the utterances that ended with it.

        Args:
            start_s: when the first sample was heard, in seconds from the recording's start. What lies between it and
                the sound before counts as silence; what lies before it was heard already and is left out.
            samples: float32 mono at 16 kHz, any number.
        """
        if self._next_s is None:
            self._next_s = start_s
            self._take.start_s = start_s
        gap_s = start_s - self._next_s
        if gap_s > SLACK_S:
            yield from self._skip(gap_s)
        elif gap_s < -SLACK_S:
            samples = samples[round(-gap_s * RATE_HZ) :]
        self._next_s += len(samples) / RATE_HZ
        yield from self._hear(samples)

    def flush(self) -> Iterator[Cut]:
        """Gives out what is still open, as at the end of the meeting. The next `push` begins anew."""
        if self._rest.size:
            yield from self._hear(np.zeros(FRAME - self._rest.size, np.float32))
        if self._take.speaking:
            yield from self._end()
        self._ear.forget()
        if self._next_s is not None:
            self._take = _Take(self._next_s)
        self._next_s = None

    def _skip(self, gap_s: float) -> Iterator[Cut]:
        """A gap: short ones are heard as silence, after long ones the model begins anew."""
        assert self._next_s is not None
        if gap_s <= 2 * END_SILENCE_S:
            self._next_s += gap_s
            yield from self._hear(np.zeros(round(gap_s * RATE_HZ), np.float32))
            return
        resume_s = self._next_s + gap_s
        yield from self.flush()
        self._next_s = resume_s
        self._take = _Take(resume_s)

    def _hear(self, samples: Samples) -> Iterator[Cut]:
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // FRAME * FRAME
        for at in range(0, whole, FRAME):
            yield from self._add(sound[at : at + FRAME])
        self._rest = sound[whole:]

    def _add(self, frame: Samples) -> Iterator[Cut]:
        odds = self._ear.probability(frame)
        take = self._take
        take.frames.append(frame)
        take.odds.append(odds)
        if not take.speaking:
            if odds >= SPEECH_FROM:
                take.speaking, take.silent = True, 0
            else:
                take.drop_first(max(0, len(take.frames) - round(PAD_S / FRAME_S)))
            return
        if odds < SILENCE_BELOW:
            take.silent += 1
        elif odds >= SPEECH_FROM:
            take.silent = 0
        if take.silent * FRAME_S >= END_SILENCE_S:
            yield from self._end()
        elif take.length_s >= MAX_UTTERANCE_S:
            yield self._split()

    def _end(self) -> Iterator[Cut]:
        take = self._take
        voiced = [i for i, odds in enumerate(take.odds) if odds >= SILENCE_BELOW]
        stop = min(len(take.frames), voiced[-1] + 1 + round(PAD_S / FRAME_S)) if voiced else 0
        # Whoever takes the utterance may ask at once up to where all is settled: it is cut off first.
        cut = _cut(take, stop) if len(voiced) * FRAME_S >= MIN_SPEECH_S else None
        take.drop_first(max(stop, len(take.frames) - round(PAD_S / FRAME_S)))
        take.speaking, take.silent = False, 0
        if cut:
            yield cut

    def _split(self) -> Cut:
        """Cuts a monologue at the quietest of the frames in its second half."""
        take = self._take
        first = len(take.frames) // 2
        quiet = [
            (take.odds[i] + take.odds[i + 1], float(np.dot(take.frames[i], take.frames[i])), i)
            for i in range(first, len(take.frames) - 1)
        ]
        stop = min(quiet)[2] + 1
        cut = _cut(take, stop)
        take.drop_first(stop)
        return cut


def split(cut: Cut, at_s: Sequence[float]) -> list[Cut]:
    """An utterance in parts, cut at seconds from its own start."""
    borders = [0, *(round(each * RATE_HZ) for each in at_s), len(cut.samples)]
    parts = []
    for first, last in itertools.pairwise(borders):
        samples = cut.samples[first:last]
        if samples.size:
            start_s = cut.start_s + first / RATE_HZ
            end_s = min(cut.end_s, cut.start_s + last / RATE_HZ)
            parts.append(Cut(round(start_s, 3), round(end_s, 3), samples, tuple(_pauses(samples))))
    return parts


def _cut(take: _Take, stop: int) -> Cut:
    samples = np.concatenate(take.frames[:stop])
    end_s = take.start_s + stop * FRAME_S
    return Cut(round(take.start_s, 3), round(end_s, 3), samples, tuple(_pauses(samples)))


def _pauses(samples: Samples) -> Iterator[tuple[float, float]]:
    """Stretches far below the loud parts, found by energy: the model's own frames are too coarse for a breath."""
    rows = samples[: len(samples) // PAUSE_STEP * PAUSE_STEP].reshape(-1, PAUSE_STEP)
    level_db = 20 * np.log10(np.sqrt((rows**2).mean(axis=1)) + 1e-6)
    quiet = level_db < np.percentile(level_db, 90) - PAUSE_BELOW_DB
    start = None
    for i, is_quiet in enumerate([*quiet.tolist(), False]):
        if is_quiet:
            start = i if start is None else start
        elif start is not None:
            if start > 0 and i < len(quiet) and (i - start) * PAUSE_STEP >= PAUSE_S * RATE_HZ:
                yield round(start * PAUSE_STEP / RATE_HZ, 3), round(i * PAUSE_STEP / RATE_HZ, 3)
            start = None
