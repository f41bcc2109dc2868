"""A second hearing of an utterance that is drowned in a steady noise: without that noise.

Taking noise away takes something of the voice as well, and the recogniser hears more by itself, down to a hum at 10 dB
above the voice. So this is only for what it could make nothing of.
"""

from __future__ import annotations

import warnings

import numpy as np

from server_stub.recap.voice import RATE_HZ, Samples

#: The quietest pieces of this length, and this part of all of them, count as pauses.
_PIECES_PER_S = 20
_PAUSE_SHARE = 0.15
_LEAST_PIECES = 4
#: Where the pauses lie no further below the whole, a steady noise is some 5 dB louder than the voice or more. Source:
#: own measurement: 0.6 to 1.4 dB with a hum at 10 dB above the voice, 1.5 to 3.8 with one at 5 dB above it, 3.5 or more
#: with one as loud as the voice, 16 or more in quiet.
DROWNED_DB = 2.0
#: Shorter ones hold too little to learn a noise from.
SHORTEST_S = 0.5


def is_drowned(samples: Samples) -> bool:
    """Whether a steady noise is much louder than the voice in it.

    Args:
        samples: float32 mono at 16 kHz, an utterance with a little of what was before and after.
    """
    pieces = _pieces(samples, RATE_HZ)
    if len(samples) < SHORTEST_S * RATE_HZ or not pieces.any():
        return False
    pauses = float(np.mean(np.square(_quietest(pieces))))
    return pauses > float(np.mean(np.square(pieces))) * 10 ** (-DROWNED_DB / 10)


def clean_steady_noise(samples: Samples, rate_hz: int) -> Samples:
    """Takes a steady hum or hiss out of a stretch of sound by spectral gating, where RNNoise would also thin the voice.

    The noise is learned from the quietest parts of the sound itself. It needs all of it at once: on the short windows
    of a call it costs 13 times as much as RNNoise and does less.

    Args:
        samples: float32 [n], one channel; shorter than SHORTEST_S comes back unchanged.
        rate_hz: samples per second.

    Returns:
        float32 [n].
    """
    if len(samples) < SHORTEST_S * rate_hz:
        return samples
    # Heavy, and of no use where nothing hums.
    import noisereduce

    with warnings.catch_warnings():
        # A silent stretch divides by zero inside.
        warnings.simplefilter("ignore")
        cleaned = noisereduce.reduce_noise(
            y=samples,
            sr=rate_hz,
            y_noise=_quietest(_pieces(samples, rate_hz)).reshape(-1),
            stationary=True,
            n_fft=2048,
            prop_decrease=0.95,
            n_std_thresh_stationary=1.5,
        )
    return np.nan_to_num(np.asarray(cleaned, np.float32))


def _pieces(samples: Samples, rate_hz: int) -> Samples:
    length = rate_hz // _PIECES_PER_S
    return samples[: len(samples) // length * length].reshape(-1, length)


def _quietest(pieces: Samples) -> Samples:
    """Those that count as pauses, in their order."""
    count = max(_LEAST_PIECES, round(len(pieces) * _PAUSE_SHARE))
    kept = np.sort(np.argsort(np.mean(np.square(pieces), axis=1))[:count])
    return pieces[kept]
