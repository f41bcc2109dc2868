"""How good the outline of a person is, beside what the model says by itself (enlarged, nothing else done to it).

flicker        somebody still before a still room, grain of 3 and of 8 steps: mean change from picture to picture along
               the edge, as a share of the raw model's
lag_px         somebody who moves by 4, 8 and 16 of 640 pixels a picture: how far the outline is behind, mean
iou            share of the true person and the outline that is common to both, all pictures; at 640x360
halo           share of the 6 px outside the person that show the room by more than a quarter
lost           share of the 6 px inside the person that show less than half of them
gone_after     pictures until nothing is left of somebody who leaves
raw_...        the same of the raw model
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from app.media.effort import STEPS
from app.media.outline import Outline
from app.media.person_mask import PersonMask
from app.media.pictures import to_size
from app.media.planes import Shrunk
from app.media.types import Frame
from tests.bench import film
from tests.bench.camera import MODEL

SIZE_PX = (640, 360)
RING = np.ones((13, 13), np.uint8)


class Watcher:
    """Follows pictures of one camera: the product's outline and the raw model's, both 0.0 to 1.0 of SIZE_PX."""

    def __init__(self, mask):
        self._mask, self._outline = mask, Outline()

    def see(self, bgr):
        shrunk = Shrunk(to_size(Frame(bgr, "bgr24", 0.0), SIZE_PX))
        raw = self._mask.find(
            cv2.cvtColor(cv2.resize(bgr, (256, 144), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
        )
        cut = self._outline.follow(shrunk, STEPS[0], self._mask.find)
        return cut.fine.astype(np.float32) / 255, cv2.resize(raw, SIZE_PX)


def iou(found, truth):
    found, truth = found > 0.5, truth > 0.5
    return (found & truth).sum() / max(1, (found | truth).sum())


def rims(found, truth):
    """(share of the outer rim that shows the room, share of the inner rim that is lost)."""
    inside = (truth > 0.5).astype(np.uint8)
    outer = (cv2.dilate(inside, RING) > 0) & (inside == 0)
    inner = (inside > 0) & (cv2.erode(inside, RING, borderValue=1) == 0)
    return (found[outer] > 0.25).mean(), (found[inner] < 0.5).mean()


def flicker(mask, person, room, grain):
    watcher = Watcher(mask)
    seen = [watcher.see(person.stand(room, seed=number, grain=grain)[0]) for number in range(40)][6:]
    ours, raw = (np.array(one) for one in zip(*seen, strict=True))
    edge = (raw.mean(0) > 0.05) & (raw.mean(0) < 0.95)
    return tuple(float(np.abs(np.diff(one, axis=0))[:, edge].mean()) for one in (ours, raw))


def trail(found, truth):
    """By how many pixels an outline has to be moved to the right to fit best."""
    small, true = cv2.resize(found, (320, 180)) > 0.5, cv2.resize(truth, (320, 180)) > 0.5
    shifts = range(-16, 17)
    return 2 * max(shifts, key=lambda shift: iou(np.roll(small, shift, axis=1), true))


def motion(mask, person, room, step_px):
    """(ours, raw): each (mean lag in px, mean IoU) while somebody passes."""
    watcher, count = Watcher(mask), 20
    figures = ([], [])
    for number in range(count):
        picture, truth = person.stand(room, right=step_px * (number - count / 2), seed=number)
        seen = watcher.see(picture)
        if number >= 4:
            for kept, found in zip(figures, seen, strict=True):
                kept.append((trail(found, truth), iou(found, truth)))
    return tuple(np.mean(kept, axis=0) for kept in figures)


def gone_after(mask, person, room):
    watcher = Watcher(mask)
    for number in range(8):
        watcher.see(person.stand(room, seed=number)[0])
    for number in range(1, 30):
        empty = np.clip(room + np.random.default_rng(number).normal(0, film.GRAIN, room.shape), 0, 255)
        found, _ = watcher.see(empty.astype(np.uint8))
        if (found > 0.1).mean() < 0.0005:
            return number
    return 30


def still(mask, pairs):
    """Mean (IoU, halo, lost) of ours and of the raw model on each picture as it is, and before other rooms."""
    rooms = [film.room(one, SIZE_PX) for one in ("bookshelf", "window_light", "plants")]
    rooms += [np.full((*SIZE_PX[::-1], 3), colour, np.uint8) for colour in ((40, 35, 30), (225, 228, 230))]
    figures = ([], [])
    for _, picture, truth in pairs:
        person = film.Cutout(picture, truth, SIZE_PX)
        scenes = [(person.picture, person.mask), *(person.stand(room) for room in rooms)]
        for bgr, share in scenes:
            watcher = Watcher(mask)
            seen = [watcher.see(bgr) for _ in range(3)][-1]
            for kept, found in zip(figures, seen, strict=True):
                kept.append((iou(found, share), *rims(found, share)))
    return tuple(np.mean(kept, axis=0) for kept in figures)


def main(argv):
    options = argparse.ArgumentParser(prog="python -m tests.bench masks")
    options.add_argument("--images", type=Path, default=film.PORTRAIT)
    options.add_argument("--masks", type=Path, default=film.PORTRAIT)
    chosen = options.parse_args(argv)
    pairs = film.read_pairs(chosen.images, chosen.masks)
    mask, room = PersonMask(MODEL), film.room("bookshelf", SIZE_PX)
    person = film.Cutout(*pairs[0][1:], SIZE_PX)
    grains = {grain: flicker(mask, person, room, grain) for grain in (3, 8)}
    moving = {step: motion(mask, person, room, step) for step in (4, 8, 16)}
    ours, raw = still(mask, pairs)
    return {
        "flicker": round(max(one / other for one, other in grains.values()), 3),
        "lag_px": round(float(np.mean([one[0] for one, _ in moving.values()])), 2),
        "halo": round(ours[1], 3), "lost": round(ours[2], 3), "iou": round(ours[0], 4),
        "iou_moving": round(float(np.mean([one[1] for one, _ in moving.values()])), 4),
        "gone_after": gone_after(mask, person, room),
        "raw_lag_px": round(float(np.mean([one[0] for _, one in moving.values()])), 2),
        "raw_halo": round(raw[1], 3), "raw_lost": round(raw[2], 3), "raw_iou": round(raw[0], 4),
        "raw_iou_moving": round(float(np.mean([one[1] for _, one in moving.values()])), 4),
        "pictures": len(pairs),
    }  # fmt: skip
