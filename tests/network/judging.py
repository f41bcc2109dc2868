"""What somebody got, judged: pictures by their numbers and by how they look, a voice by ear and by statistics. Pure."""

import functools
from typing import NamedTuple

import cv2
import numpy as np

from tests.network import voice
from tests.network.pattern import BAR_ROWS, FPS, PERIOD, references

#: A pause between two pictures that is seen as a freeze.
FREEZE_S = 0.3
#: A picture that is shown so long after it was taken is late.
LATE_S = 1.0
#: Samples a second that are counted where a program only counts them.
_COUNTED_HZ = 48_000
#: Bit/s from which on 640x360 looks clean.
FULL_RATE = 700_000
#: A picture is broken where one of its parts is less like what it was than this. Source: own measurement of VP8 from
#: 30 kbit/s at 320 x 180 on: at least 0.96; with a strip of an older picture mostly about 0.2.
_LEAST_LIKE = 0.85
_ROWS, _COLUMNS = 6, 5


class Span(NamedTuple):
    """The time that counts, on `time.monotonic()`.

    Attributes:
        begin_s: measuring begins.
        end_s: it ends.
        after_s: when what was to be survived was over; None where nothing was.
        zero_s: when picture 0 was taken and the voice began.
    """

    begin_s: float
    end_s: float
    after_s: float | None
    zero_s: float


def is_whole(number, small):
    """Whether a picture looks as the one of its number in each part of it, however soft it is.

    Args:
        number: as its bar says.
        small: uint8 [45, 80], the picture's luminance.
    """
    seen, wanted = _parts(small.astype(np.float32)), _wanted(number % PERIOD)
    sizes = np.sqrt((seen**2).sum(1) * (wanted**2).sum(1))
    return bool(((seen * wanted).sum(1) >= _LEAST_LIKE * np.maximum(sizes, 1e-6)).all())


def _parts(small):
    """Softened and cut into parts, each with a mean of zero: float [_ROWS * _COLUMNS, n]."""
    below = cv2.blur(small, (3, 3))[BAR_ROWS:]
    parts = below.reshape(_ROWS, len(below) // _ROWS, _COLUMNS, -1).transpose(0, 2, 1, 3).reshape(_ROWS * _COLUMNS, -1)
    return parts - parts.mean(1, keepdims=True)


@functools.cache
def _wanted(phase):
    return _parts(references()[phase].astype(np.float32))


def pictures(times_s, numbers, smalls, span):
    """What was seen of a camera.

    Args:
        times_s: when each picture was shown, in order, float [n].
        numbers: as their bars say, -1 where they cannot be read, int [n].
        smalls: uint8 [n, 45, 80].
        span: the time that counts.

    Returns:
        frames_pct of those taken, broken_frames, longest_freeze_s, frozen_s, camera_to_tile_ms (median),
        back_after_s and late_after where something was survived. A picture that is broken, shown twice or older than
        one before it counts for none.
    """
    inside = (times_s >= span.begin_s) & (times_s <= span.end_s)
    good, broken, newest = [], 0, -1
    for at_s, number, small in zip(times_s[inside], numbers[inside], smalls[inside], strict=True):
        if number < 0 or not is_whole(number, small):
            broken += 1
        elif number > newest:
            newest = int(number)
            good.append((float(at_s), span.zero_s + newest / FPS))
    shown = [at_s for at_s, _ in good]
    gaps = np.diff([span.begin_s, *shown, span.end_s])
    told = {
        "frames_pct": round(min(100.0, 100 * len(good) / (FPS * (span.end_s - span.begin_s))), 1),
        "broken_frames": broken,
        "longest_freeze_s": round(float(gaps.max()), 2),
        "frozen_s": round(float(gaps[gaps > FREEZE_S].sum()), 2),
        "camera_to_tile_ms": round(1000 * float(np.median([at - taken for at, taken in good]))) if good else None,
    }
    if span.after_s is not None:
        fresh = [at_s for at_s, taken_s in good if taken_s >= span.after_s]
        late = [at_s for at_s, taken_s in good if at_s > span.after_s and at_s - taken_s > LATE_S]
        told["back_after_s"] = round(fresh[0] - span.after_s, 2) if fresh else None
        told["late_after"] = len(late)
    return told


def played(blocks, span):
    """What of a voice was played that was not made up, by the client's own statistics.

    Args:
        blocks: float [n, 4]: when, 1.0 if there was a block of 10 ms, ms of it that were concealed, ms kept in hand.
        span: the time that counts.
    """
    inside = blocks[(blocks[:, 0] >= span.begin_s) & (blocks[:, 0] <= span.end_s)] if len(blocks) else blocks
    if not len(inside):
        return {"audio_pct": 0.0, "buffer_ms": None}
    whole_ms = np.where(inside[:, 1] > 0, 10 - np.minimum(10, inside[:, 2]), 0).sum()
    share = 100 * whole_ms / (1000 * (span.end_s - span.begin_s))
    return {"audio_pct": round(min(100.0, float(share)), 2), "buffer_ms": round(float(np.median(inside[:, 3])))}


def counted(counts, span):
    """As `played`, of a program that only tells how many samples it has played so far, and how many of them it made up.

    Args:
        counts: float [n, 3]: when, samples, of them made up.
        span: the time that counts.
    """
    inside = counts[(counts[:, 0] >= span.begin_s) & (counts[:, 0] <= span.end_s)]
    if len(inside) < 2:
        return {"audio_pct": 0.0}
    seconds, samples, made_up = inside[-1] - inside[0]
    return {"audio_pct": round(min(100.0, 100 * float(samples - made_up) / (_COUNTED_HZ * float(seconds))), 2)}


def full_rate_after_s(rates, span):
    """From which second on a sender stayed at FULL_RATE to the end; None: it did not.

    Args:
        rates: float [n, 2]: when, bit/s that its encoder aims at.
        span: the time that counts.
    """
    inside = rates[(rates[:, 0] >= span.begin_s) & (rates[:, 0] <= span.end_s)]
    low = np.flatnonzero(inside[:, 1] < FULL_RATE)
    if not len(inside) or (len(low) and low[-1] == len(inside) - 1):
        return None
    return round(float(inside[low[-1] + 1, 0] - span.begin_s), 1) if len(low) else 0.0


def heard(times_s, blocks, speaker, span):
    """What came out of the speaker, by ear; see `voice.hear`.

    Returns:
        heard_pct, mouth_to_ear_ms (median), and where something was survived ear_after_5s_ms: the median of the sixth
        second after it.
    """
    share, lags = voice.hear(times_s, blocks, speaker, span.zero_s, (span.begin_s, span.end_s))
    told = {
        "heard_pct": None if share is None else round(share, 1),
        "mouth_to_ear_ms": _median_ms(lag for _, lag in lags),
    }
    if span.after_s is not None:
        told["ear_after_5s_ms"] = _median_ms(lag for at_s, lag in lags if 5 <= at_s - span.after_s < 6)
    return told


def _median_ms(lags):
    lags = list(lags)
    return round(float(np.median(lags))) if lags else None


def keeps_seat(changes, tiles, since_s):
    """Whether somebody saw the same one other person all the time, and sees them at the end.

    Args:
        changes: [when, call's phase, connection's phase, [(person, is connected), ...], ...], in order.
        tiles: whose pictures were ever shown.
        since_s: from when on it counts.
    """
    before = [one for one in changes if one[0] <= since_s]
    counted = [*before[-1:], *(one for one in changes if one[0] > since_s)]
    people = {tuple(person for person, _ in one[3]) for one in counted}
    if len(people) != 1 or len(first := next(iter(people))) != 1 or list(tiles) != list(first):
        return False
    last = counted[-1]
    return last[1] == "in" and all(is_connected for _, is_connected in last[3])
