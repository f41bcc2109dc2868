"""The person's outline: what the model says, settled by colours and regions, steadied over time, drawn along edges.

Nothing of it is stored or sent. The model is unsure of raised hands, patterned clothes and things that stand near the
person. Colours that are surely theirs, or surely the room's, decide there; and what hangs together is kept or dropped
as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.media.effort import Step
from app.media.planes import MODEL_SIZE_PX, Shrunk, split, to_rgb
from app.media.types import Pixels, Samples

_WIDTH, _HEIGHT = MODEL_SIZE_PX
# Flicker against lag, by measure (`python -m tests.bench masks`): what differs by less than the first from what was
# there is noise, from the second on it is motion; noise moves what was there by the least share.
_STILL, _MOVED, _LEAST_SHARE = 0.03, 0.3, 0.1
# What the model says with at least that much certainty is counted as the person's colours, or the room's.
_SURE_PERSON, _SURE_ROOM = 0.85, 0.08
#: Steps of luma and of each colour in which colours are told apart.
_LUMA_STEPS, _COLOUR_STEPS = 8, 32
_BINS = _LUMA_STEPS * _COLOUR_STEPS * _COLOUR_STEPS
#: A colour that was seen less often than this, of all, tells nothing.
_RARE = 1e-5
#: How much colours can add, and take, where the model is entirely unsure: hair before a shelf of its brown must stay.
_ADDS, _TAKES = 0.7, 0.4
#: A region is from here on; it is kept where it holds at least so many pixels, and such a share, of certain person, and
#: is not tiny beside the largest one. Pixels of regions are those of the half size, [72, 128].
_MAYBE, _CERTAIN, _LEAST_CERTAIN_PX, _LEAST_CERTAIN_SHARE, _LEAST_BESIDE = 0.3, 0.8, 5, 0.06, 0.01
#: A hole that touches no side of the picture is filled up to this size; a larger one only where its colours are theirs.
_SMALL_HOLE_PX, _LARGE_HOLE_PX = 15, 225
#: Soft only round the middle, before and after it is drawn along the edges.
_SOFT_FROM, _SOFT_WIDTH = 0.28, 0.4
#: How far edges are looked for, in pixels of the model, and how strong they have to be (variance of luma, 0 to 1).
_REACH, _FLAT = 3, 3e-4
#: Steps of luma in a small picture that grain does not reach; the share of pixels beyond it from which the outline is
#: drawn anew, and from which the model has to look at once. Where nothing stirs, its turn comes that much later.
_GRAIN, _STIRRED, _MOVED_MUCH, _STILL_FOR = 12, 0.0015, 0.02, 2
#: A pixel that is a person's with so much certainty, and all around it.
_WITHIN = 0.95


class Cut(NamedTuple):
    """The person's outline in one picture.

    Attributes:
        fine: uint8 of the guide's size, drawn along the picture's edges: 0 room to 255 person.
        coarse: float32 [144, 256]: 0.0 room to 1.0 person.
    """

    fine: Pixels
    coarse: Samples


class Outline:
    """The person's outline in the pictures of one camera; always from the same thread."""

    def __init__(self) -> None:
        self._steady: Samples | None = None
        self._settled: Samples | None = None
        self._cut: Cut | None = None
        self._since = 0
        self._looked_at = self._drawn_in = self._outside = np.empty((0, 0), np.uint8)

    def follow(self, shrunk: Shrunk, step: Step, find: Callable[[Pixels], Samples]) -> Cut:
        """Finds the outline in the next picture, with as much work as what has changed in it deserves.

        Args:
            shrunk: the picture.
            step: how often `find` is asked.
            find: the model, as `PersonMask.find`; what it raises comes through, and this is as it was before.

        Returns:
            The same object as long as it is the same outline.
        """
        self._since += 1
        if self._cut is None or self._settled is None or self._is_look_due(shrunk.glance, step):
            self._steady = steady(self._steady, find(to_rgb(shrunk.model)))
            self._settled = settle(self._steady, shrunk.model)
            self._since, self._looked_at = 0, shrunk.glance
            self._outside = _outside(self._settled, shrunk.glance)
        elif self._change(shrunk.glance, self._drawn_in) <= _STIRRED:
            return self._cut
        self._drawn_in = shrunk.glance
        self._cut = Cut(draw(self._settled, shrunk), self._settled)
        return self._cut

    def _is_look_due(self, glance: Pixels, step: Step) -> bool:
        if glance.shape != self._looked_at.shape:
            return True
        change = self._change(glance, self._looked_at)
        if self._since >= step.look_every:
            return change > _STIRRED or self._since >= _STILL_FOR * step.look_every
        return step.looks_when_moved and change > _MOVED_MUCH

    def _change(self, glance: Pixels, before: Pixels) -> float:
        """The share of pixels that differ by more than grain does; 1.0 where the sizes differ."""
        import cv2

        if glance.shape != before.shape:
            return 1.0
        differs = cv2.bitwise_and(cv2.absdiff(glance, before), self._outside) > _GRAIN
        return int(np.count_nonzero(differs)) / glance.size


def _outside(settled: Samples, glance: Pixels) -> Pixels:
    """uint8 of a glance's size: 255 in the room and along the outline, 0 well within the person.

    There a moving mouth or a patterned shirt changes nothing of the outline.
    """
    import cv2

    height, width = glance.shape
    within = cv2.erode(cv2.resize(settled, (width, height)), np.ones((5, 5), np.uint8))
    return np.where(within > _WITHIN, np.uint8(0), np.uint8(255))


def steady(before: Samples | None, found: Samples) -> Samples:
    """Mixes the newest mask into those before: noise little, motion at once."""
    import cv2

    if before is None:
        return np.array(found, np.float32)
    change = np.asarray(found, np.float32) - before
    around = np.abs(cv2.blur(change, (5, 5)))
    share = np.clip((around - _STILL) / (_MOVED - _STILL), _LEAST_SHARE, 1.0)
    return np.asarray(before + share * change, np.float32)


def settle(mask: Samples, pixels: Pixels) -> Samples:
    """Decides where the model is unsure.

    Args:
        mask: float32 [144, 256].
        pixels: the same picture, "yuv420p" of MODEL_SIZE_PX.

    Returns:
        float32 [144, 256]: 1.0 person, 0.0 room, between them only at edges.
    """
    theirs = _theirs(mask, pixels)
    doubt = np.sqrt(np.maximum(np.float32(1) - np.abs(mask - np.float32(0.5)) / np.float32(0.42), np.float32(0)))
    say = (theirs - np.float32(0.5)) * doubt
    told = mask + np.where(say > 0, np.float32(_ADDS), np.float32(_TAKES)) * say
    told = _fill_holes(_drop_patches(told, mask), theirs)
    return np.asarray(np.clip((told - np.float32(_SOFT_FROM)) / np.float32(_SOFT_WIDTH), 0, 1), np.float32)


def _theirs(mask: Samples, pixels: Pixels) -> Samples:
    """How surely each pixel's colour is one of the person's: 1.0 theirs, 0.0 the room's, 0.5 nobody knows."""
    import cv2

    # Every second pixel, as there are colours: what they say is smoothed in the end anyway.
    luma, blue, red = split(pixels)
    bins = (luma[::2, ::2] >> 5).astype(np.intp) * (_COLOUR_STEPS * _COLOUR_STEPS)
    bins += (blue >> 3).astype(np.intp) * _COLOUR_STEPS
    bins += red >> 3
    shares = []
    sparse = mask[::2, ::2]
    for where in (sparse > _SURE_PERSON, sparse < _SURE_ROOM):
        counts = np.bincount(bins[where], minlength=_BINS).astype(np.float32)
        # Neighbouring colours count too: the same cloth in another light.
        spread = [cv2.blur(one, (3, 3)) for one in counts.reshape(_LUMA_STEPS, _COLOUR_STEPS, _COLOUR_STEPS)]
        shares.append(np.concatenate(spread).reshape(-1) / np.float32(max(1, counts.sum())))
    theirs, rooms = shares
    say = (theirs + np.float32(_RARE)) / (theirs + rooms + np.float32(2 * _RARE))
    smooth = cv2.blur(say[bins], (3, 3))
    return np.asarray(cv2.resize(smooth, MODEL_SIZE_PX), np.float32)


def _drop_patches(told: Samples, mask: Samples) -> Samples:
    """Pieces of the room that the model half took for a person, and that hang together with nobody."""
    import cv2

    count, regions = cv2.connectedComponents((_halved(told) > _MAYBE).view(np.uint8), connectivity=8)
    areas = np.bincount(regions.reshape(-1), minlength=count)
    certain = np.bincount(regions[mask[::2, ::2] > _CERTAIN], minlength=count)
    needed = np.maximum(_LEAST_CERTAIN_PX, _LEAST_CERTAIN_SHARE * areas)
    kept = (certain >= needed) & (certain >= _LEAST_BESIDE * certain[1:].max(initial=0))
    kept[0] = True
    if kept.all():
        return told
    return np.asarray(np.where(_doubled(~kept[regions]), np.float32(0), told), np.float32)


def _fill_holes(told: Samples, theirs: Samples) -> Samples:
    """Pieces of the person that the model half took for the room, as a dark print on a shirt."""
    import cv2

    count, regions = cv2.connectedComponents((_halved(told) < 0.5).view(np.uint8), connectivity=4)
    areas = np.bincount(regions.reshape(-1), minlength=count)
    is_hole = areas <= _LARGE_HOLE_PX
    is_hole[0] = False
    for side in (regions[0], regions[-1], regions[:, 0], regions[:, -1]):
        is_hole[side] = False
    if not is_hole.any():
        return told
    say = np.bincount(regions.reshape(-1), theirs[::2, ::2].reshape(-1), minlength=count) / np.maximum(areas, 1)
    is_hole &= (areas <= _SMALL_HOLE_PX) | (say > 0.5)
    return np.asarray(np.where(_doubled(is_hole[regions]), np.float32(1), told), np.float32)


def _halved(mask: Samples) -> Samples:
    """Regions are found at half the size: a quarter of the work."""
    import cv2

    return np.asarray(cv2.resize(mask, (_WIDTH // 2, _HEIGHT // 2), interpolation=cv2.INTER_AREA), np.float32)


def _doubled(regions: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Regions of the half size at the whole one, with the rim that was averaged away."""
    import cv2

    grown = cv2.dilate(regions.view(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.resize(grown, MODEL_SIZE_PX, interpolation=cv2.INTER_NEAREST), np.uint8).view(np.bool_)


def draw(mask: Samples, shrunk: Shrunk) -> Pixels:
    """Enlarges a mask so that it follows the edges of the picture.

    Args:
        mask: float32 [144, 256].
        shrunk: the picture.

    Returns:
        uint8 of the guide's size, 0 to 255.

    Source: the guided filter (He, Sun and Tang, 2010), its coefficients found in the small picture (He and Sun, 2015).
    """
    import cv2

    luma = np.asarray(split(shrunk.model)[0] * np.float32(1 / 255), np.float32)
    mean_luma, mean_mask = _mean(luma), _mean(mask)
    # How much the mask rises with luma around each pixel, and what it is where luma is 0.
    slope = _mean(luma * mask) - mean_luma * mean_mask
    slope /= _mean(luma * luma) - mean_luma * mean_luma + np.float32(_FLAT)
    offset = (_mean(mean_mask - slope * mean_luma) - np.float32(_SOFT_FROM)) * np.float32(255 / _SOFT_WIDTH)
    slope = _mean(slope) * np.float32(1 / _SOFT_WIDTH)
    height, width = shrunk.guide.shape
    # Scaled while still small: the large picture is gone over three times, no more.
    drawn = np.multiply(cv2.resize(slope, (width, height)), shrunk.guide, dtype=np.float32)
    # Rounds, and keeps to 0 and 255.
    return np.asarray(cv2.add(drawn, cv2.resize(offset, (width, height)), dtype=cv2.CV_8U), np.uint8)


def _mean(values: NDArray[np.floating]) -> Samples:
    """The mean of all that is in reach of each pixel."""
    import cv2

    return np.asarray(cv2.blur(values, (2 * _REACH + 1, 2 * _REACH + 1)), np.float32)
