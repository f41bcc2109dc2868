"""Where somebody changes the language within one utterance: each part is judged by itself.

Whisper's own figure is one for the whole utterance, and a few words of another language turn all of it over, or go down
in it. Its encoder's output can be asked piece by piece; a piece cut in mid-word misleads, so pieces end at pauses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from server_stub.recap.voice import RATE_HZ, Samples

Span = tuple[float, float]

#: A silence this long may separate two languages, seconds.
SWITCH_PAUSE_S = 0.15
#: A shorter piece says nothing about its language.
LEAST_PIECE_S = 1.0
#: Where nobody pauses, pieces are about this long.
PIECE_S = 2.0
#: Around the border of two pieces the quietest place is looked for so far, in steps of a frame.
LOOK_S = 0.7
STEP = RATE_HZ // 50
#: Another language has to be this likely before a piece of an English utterance is looked at. Source: own measurement
#: on 108 English sentences with 1-3 s of another language before or behind them.
SURE_FOREIGN = 0.7


def pieces(length_s: float, pauses: Sequence[Span], *, must: bool) -> list[Span]:
    """An utterance as pieces (start_s, end_s), each of them probably of one language.

    Args:
        length_s: of the utterance.
        pauses: silences inside, in order.
        must: whether it is cut evenly where nobody pauses.
    """
    borders = [0.0]
    for start_s, end_s in pauses:
        middle_s = (start_s + end_s) / 2
        long_enough = end_s - start_s >= SWITCH_PAUSE_S
        if long_enough and middle_s - borders[-1] >= LEAST_PIECE_S and length_s - middle_s >= LEAST_PIECE_S:
            borders.append(middle_s)
    if len(borders) == 1 and must:
        count = max(1, int(length_s / PIECE_S))
        borders = [length_s * number / count for number in range(count)]
    return list(zip(borders, [*borders[1:], length_s], strict=True))


def is_suspect(odds: Mapping[str, float]) -> bool:
    """Whether a piece of an English utterance may be of another language, by the language's odds, 0-1 each."""
    return max((likely for name, likely in odds.items() if name != "en"), default=0.0) >= SURE_FOREIGN


def quietest(samples: Samples, near_s: float) -> float:
    """The second of the quietest frame near one."""
    first = max(0, round((near_s - LOOK_S) * RATE_HZ))
    around = samples[first : round((near_s + LOOK_S) * RATE_HZ)]
    rows = around[: len(around) // STEP * STEP].reshape(-1, STEP)
    if not len(rows):
        return near_s
    return (first + (int(np.argmin((rows**2).sum(axis=1))) + 0.5) * STEP) / RATE_HZ
