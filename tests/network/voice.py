"""A voice of which each moment differs from all others, and by ear: what of it was heard, and how late.

Tones of 40 ms whose pitches follow each other by chance, in words of 1.2 s with pauses between them, as in speech. It
is said again and again. Two who talk need different ones: of the same one an echo canceller would leave nothing.
"""

import functools
import wave

import numpy as np

RATE_HZ = 48_000
SECONDS = 120
_SYMBOL = RATE_HZ * 40 // 1000
_WORD, _PAUSE = 30, 6
#: Heard sound is compared at this rate.
COARSE_HZ = 8000
_STEP = RATE_HZ // COARSE_HZ


@functools.cache
def samples(voice):
    """The whole of it: float32 [RATE_HZ * SECONDS]; each number is another voice."""
    dice = np.random.default_rng(voice)
    pitches = 100 * 4 ** (np.arange(24) / 23)
    times = np.arange(_SYMBOL) / RATE_HZ
    edge = np.ones(_SYMBOL)
    edge[:96] = np.sin(np.linspace(0, np.pi / 2, 96)) ** 2
    edge[-96:] = edge[:96][::-1]
    tones = [
        edge * sum(np.sin(2 * np.pi * pitch * k * times + k) / k for k in range(1, 9) if pitch * k < 3600) * 0.15
        for pitch in pitches
    ]
    said, last, count = [], -1, SECONDS * RATE_HZ // _SYMBOL
    while len(said) < count:
        for _ in range(_WORD):
            choice = int(dice.integers(len(tones) - 1))
            last = choice + (choice >= last >= 0)
            said.append(tones[last])
        said += [np.zeros(_SYMBOL)] * _PAUSE
    sound = np.concatenate(said[:count])
    return (sound + dice.normal(0, 1e-4, len(sound))).astype(np.float32)


def write(path, voice):
    """Writes one as a WAV file, 16 bit."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples(voice), -1, 1) * 32767).astype("<i2").tobytes())


def _coarse(sound):
    return np.convolve(sound, np.ones(_STEP, np.float32) / _STEP, "same")[::_STEP].astype(np.float32)


@functools.cache
def _said(voice):
    """Twice, since it is said again and again: any moment of the second time has what came before it."""
    return np.tile(_coarse(samples(voice)), 2)


def _find(said, window, low, high):
    """(where it is most alike between two places of what was said, how much: up to 1.0)."""
    low = max(0, low)
    part = said[low : high + len(window)]
    if len(part) <= len(window):
        return 0, 0.0
    likeness = np.correlate(part, window, "valid")
    energy = np.convolve(part**2, np.ones(len(window), np.float32), "valid")
    likeness = likeness / np.sqrt(np.maximum(energy, 1e-6)) / max(float(np.sqrt((window**2).sum())), 1e-4)
    best = int(np.argmax(likeness))
    return low + best, float(likeness[best])


_PER_BLOCK, _LONG_BLOCKS = COARSE_HZ // 100, 20
_SHORT, _LONG = 2 * _PER_BLOCK, _LONG_BLOCKS * _PER_BLOCK
_LATEST_S = 2.5
#: How alike 200 ms and 20 ms have to be to count as heard, and how far from the last measured delay these may be.
#: Source: own measurement of Opus at 28 kbit/s: 99.6 % of whole speech is more alike.
_ALIKE, _ALIKE_SHORT, _NEAR_S = 0.75, 0.65, 0.030
_USUAL_LAG_S, _SILENT, _LEAST_ENERGY = 0.15, 0.01, 0.5


def hear(times_s, blocks, voice, zero_s, span_s):
    """What a speaker played, beside what was said.

    Args:
        times_s: when each block of 10 ms began to play, float [n].
        blocks: float [n, 480].
        voice: the number of who spoke.
        zero_s: when the voice began.
        span_s: (from, to): the time that counts.

    Returns:
        (share of 20 ms pieces with speech that were heard where they belong, percent; None without any,
        [(instant, mouth-to-ear in ms)] five times a second where it can be told).
    """
    inside = (times_s >= span_s[0] - 0.3) & (times_s <= span_s[1] + 0.3)
    if inside.sum() < 50:
        return 0.0, []
    times_s, heard, said = times_s[inside], _coarse(blocks[inside].astype(np.float32).ravel()), _said(voice)
    counted = [at for at in range(len(times_s) - _LONG_BLOCKS) if span_s[0] <= times_s[at] <= span_s[1]]
    nows_s = (times_s - zero_s) % SECONDS + SECONDS
    lags = {at: lag for at in counted[::_LONG_BLOCKS] if (lag := _lag_s(said, heard, at, nows_s[at])) is not None}
    lag_s = next(iter(lags.values()), _USUAL_LAG_S)
    good, total, near = 0, 0, int(_NEAR_S * COARSE_HZ)
    for at in counted:
        lag_s = lags.get(at, lag_s)
        begin = int((nows_s[at] - lag_s) * COARSE_HZ)
        if not _is_speech(said[begin : begin + _SHORT]):
            continue
        total += 1
        window = heard[at * _PER_BLOCK :][:_SHORT]
        is_loud = (window**2).mean() > _SILENT**2
        good += bool(is_loud and _find(said, window, begin - near, begin + near)[1] > _ALIKE_SHORT)
    told = [(float(times_s[at]), 1000 * lag) for at, lag in lags.items()]
    return (100 * good / total if total else None), told


def _lag_s(said, heard, at, now_s):
    """How late what is heard from a block on is; None where there is too little of it."""
    window = heard[at * _PER_BLOCK :][:_LONG]
    if (window**2).sum() < _LEAST_ENERGY:
        return None
    place, likeness = _find(said, window, int((now_s - _LATEST_S) * COARSE_HZ), int(now_s * COARSE_HZ))
    return now_s - place / COARSE_HZ if likeness > _ALIKE else None


def _is_speech(piece):
    return len(piece) == _SHORT and float(np.sqrt((piece**2).mean())) > 0.02
