"""Gestures: how many hands are read right, what fires by mistake, and what watching costs.

    python -m tests.bench gestures [--images DIR] [--labels CSV] [--minutes 10]

The photos are those of SubhiH/HandsDataset; its `labels.csv` (filename, width, height, class such as "3-hand": open
fingers, and a box) gives the fingers, `tests/data/hands/by_eye.csv` what each hand shows to a person. Without photos,
the one that ships is moved about, and the rules are not measured.
"""

from __future__ import annotations

import argparse
import collections
import csv
import dataclasses
import math
import time
from pathlib import Path

import cv2
import numpy as np

from app.media.gestures import Hold, open_fingers, shape_of
from app.media.hands import LOOK_EVERY_S, SEARCH_EVERY_S, HandReader
from app.media.types import Frame

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "resources" / "models" / "hand_full.task"
SHIPPED = ROOT / "tests" / "data" / "hands"
SHAPES = ("hand", "thumbs_up", "thumbs_down", "victory", "ok", "fist", "other")
SIZE_PX = (640, 480)
CLIP_S, HELD_S = 6.0, 2.0
#: A box counts as found by a hand whose middle lies in it, or so near.
_NEAR_PX = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Box:
    """A hand in a photo: where, in shares of the photo, and what it shows; fingers is None where nobody has counted."""

    photo: str
    left: float
    top: float
    right: float
    bottom: float
    shows: str
    fingers: int | None


def main(argv):
    """Measures and returns the figures."""
    options = argparse.ArgumentParser(prog="python -m tests.bench gestures")
    options.add_argument("--images", type=Path)
    options.add_argument("--labels", type=Path, help="default: labels.csv among the images")
    options.add_argument("--minutes", type=float, default=10.0, help="of moving hands")
    chosen = options.parse_args(argv)
    boxes, figures = [], {}
    if chosen.images is not None:
        boxes = read_boxes(chosen.images, chosen.labels or chosen.images / "labels.csv")
        figures |= look_at_photos(chosen.images, boxes)
        figures |= hold_still(chosen.images, boxes)
    photos = photos_of(chosen.images, boxes)
    figures |= move_about(photos, chosen.minutes)
    figures |= costs(photos)
    return figures


def read_boxes(images, labels):
    """Every hand that is labelled, with what it shows to the eye."""
    with (SHIPPED / "by_eye.csv").open() as file:
        eye = {(one["filename"], *(int(one[side]) for side in _SIDES)): one["shows"] for one in csv.DictReader(file)}
    found = []
    with labels.open() as file:
        for one in csv.DictReader(file):
            sides = [int(one[side]) for side in _SIDES]
            width, height = int(one["width"]), int(one["height"])
            shares = (sides[0] / width, sides[1] / height, sides[2] / width, sides[3] / height)
            shows = eye.get((one["filename"], *sides), "other")
            found.append(Box(one["filename"], *shares, shows, int(one["class"][0])))
    return [one for one in found if (images / one.photo).is_file()]


_SIDES = ("xmin", "ymin", "xmax", "ymax")


def photos_of(images, boxes):
    """The photos that are moved about."""
    if images is None:
        return [cv2.imread(str(SHIPPED / "palm.jpg"))]
    return [cv2.imread(str(images / name)) for name in sorted({one.photo for one in boxes})]


# --- the rules, on photos -----------------------------------------------------------------------------------------
def look_at_photos(images, boxes):
    """Reads each photo by itself, both hands of it, and compares with the labels."""
    told = collections.Counter()
    fingers = found = 0
    by_photo = collections.defaultdict(list)
    for box in boxes:
        by_photo[box.photo].append(box)
    with _landmarker(hands=2) as landmarker:
        for name, hands in by_photo.items():
            seen = _hands(landmarker, cv2.imread(str(images / name)))
            for box in hands:
                hand = _within(seen, box)
                if hand is None:
                    continue
                found += 1
                fingers += open_fingers(hand) == box.fingers
                told[box.shows, shape_of(hand)] += 1
        for shows, turned in _thumbs(images / "thumb_up.jpg"):
            for hand, _ in _hands(landmarker, turned)[:1]:
                told[shows, shape_of(hand)] += 1
    _print_confusion(told)
    right = sum(count for (shows, read), count in told.items() if shows == read)
    return {
        "hands": len(boxes),
        "found": found,
        "fingers_right": round(fingers / max(1, found), 4),
        "fingers_right_of_all": round(fingers / max(1, len(boxes)), 4),
        "gestures_right": round(right / max(1, told.total()), 4),
        "gestures_looked_at": told.total(),
    }


def _landmarker(*, hands):
    """MediaPipe's own, for photos that have nothing to do with each other."""
    from mediapipe.tasks.python import BaseOptions, vision

    return vision.HandLandmarker.create_from_options(
        vision.HandLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=MODEL.read_bytes()),
            running_mode=vision.RunningMode.IMAGE,
            num_hands=hands,
        )
    )


def _hands(landmarker, bgr):
    """Each hand: its world landmarks, and its middle in shares of the photo."""
    import mediapipe

    rgb = np.ascontiguousarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
    found = landmarker.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb))
    return [
        (
            [(one.x, one.y, one.z) for one in world],
            (np.mean([one.x for one in spots]), np.mean([one.y for one in spots])),
        )
        for world, spots in zip(found.hand_world_landmarks, found.hand_landmarks, strict=True)
    ]


def _within(seen, box):
    near_x, near_y = _NEAR_PX / 800, _NEAR_PX / 600
    for hand, (x, y) in seen:
        if box.left - near_x <= x <= box.right + near_x and box.top - near_y <= y <= box.bottom + near_y:
            return hand
    return None


def _thumbs(path):
    """The one photo of a thumb, turned both ways and mirrored: there is no set of such photos."""
    if not path.is_file():
        return
    photo = cv2.imread(str(path))
    height, width = photo.shape[:2]
    # In the photo the thumb leans about 45 degrees to the left.
    for turn, shows in ((-75, "thumbs_up"), (-45, "thumbs_up"), (-15, "thumbs_up"), (45, "other"), (105, "thumbs_down"),
                        (135, "thumbs_down"), (165, "thumbs_down"), (225, "other")):  # fmt: skip
        matrix = cv2.getRotationMatrix2D((width / 2 - 100, height / 2), turn, 0.7)
        turned = cv2.warpAffine(photo, matrix, (width, height), borderValue=(246, 246, 246))
        yield shows, turned
        yield shows, cv2.flip(turned, 1)


def _print_confusion(told):
    print("shown \\ read".ljust(14), *(shape.rjust(11) for shape in SHAPES))
    for shows in SHAPES:
        print(shows.ljust(14), *(str(told[shows, shape]).rjust(11) for shape in SHAPES))


# --- what fires ---------------------------------------------------------------------------------------------------
class Watching:
    """The product's reader and hold, on a clock of its own: a look every `LOOK_EVERY_S`."""

    def __init__(self):
        self.reader, self.hold = HandReader(MODEL), Hold()
        self.at_s = 1000.0

    def look(self, bgr):
        """What counts from this look on, if anything does."""
        self.at_s += LOOK_EVERY_S
        return self.hold.see(self.reader.read(Frame(bgr, "bgr24", self.at_s)), self.at_s).made

    def rest(self):
        """Long enough for the next one to be another matter."""
        self.at_s += 10.0
        self.hold = Hold()


def hold_still(images, boxes):
    """Each hand alone, held with a small tremble: gestures have to fire, everything else must not."""
    watching, noise = Watching(), np.random.default_rng(11)
    right, wrong, meant, idle = 0, [], 0, 0
    for box in boxes:
        photo = _alone(cv2.imread(str(images / box.photo)), box)
        watching.rest()
        made = set()
        for _ in range(round(HELD_S / LOOK_EVERY_S)):
            dx, dy = noise.normal(0, 2, 2)
            made.add(watching.look(_warp(photo, dx, dy, noise.normal(0, 0.5), 1.0)))
        made.discard(None)
        if box.shows in ("fist", "other"):
            idle += 1
            wrong += [(box.photo, one) for one in made]
        else:
            meant += 1
            right += made == {box.shows}
            wrong += [(box.photo, one) for one in made - {box.shows}]
    for one in wrong:
        print("fired by a hand that shows something else:", *one)
    watching.reader.close()
    return {
        "held": meant, "held_right": round(right / max(1, meant), 4), "still_others": idle, "fired_wrong": len(wrong)
    }  # fmt: skip


def _alone(photo, box):
    """The photo without its other hand: what is far from the box is made grey."""
    height, width = photo.shape[:2]
    room_x, room_y = 0.35 * (box.right - box.left), 0.35 * (box.bottom - box.top)
    left, right = max(0, int((box.left - room_x) * width)), int((box.right + room_x) * width)
    top, bottom = max(0, int((box.top - room_y) * height)), int((box.bottom + room_y) * height)
    kept = np.full_like(photo, 128)
    kept[top:bottom, left:right] = photo[top:bottom, left:right]
    return kept


def move_about(photos, minutes):
    """The photos, moved along paths with turns, scale and blur: nothing may fire."""
    watching, noise = Watching(), np.random.default_rng(7)
    fired, seen = [], 0
    for number in range(round(minutes * 60 / CLIP_S)):
        photo = photos[int(noise.integers(len(photos)))]
        path = _path(noise)
        for look in range(round(CLIP_S / LOOK_EVERY_S)):
            made = watching.look(_moved(photo, path, look * LOOK_EVERY_S))
            seen += watching.reader.has_hand
            if made:
                fired.append((number, made))
    watching.reader.close()
    for number, made in fired:
        print(f"fired in clip {number}: {made}")
    looks = round(minutes * 60 / LOOK_EVERY_S)
    return {
        "minutes": minutes, "photos": len(photos), "false_fires": len(fired), "hand_in_view": round(seen / looks, 3)
    }  # fmt: skip


def _path(noise):
    """A path as of hands that go with speech: two swings in each direction, a turn and a change of size."""
    swing = [
        (noise.uniform(30, 110), noise.uniform(0.4, 1.1), noise.uniform(0, 6.3)) for _ in range(4)
    ]  # pixels, turns a second, where it begins
    turn = (noise.uniform(10, 35), noise.uniform(0.3, 0.9), noise.uniform(0, 6.3))
    size = (noise.uniform(0.05, 0.2), noise.uniform(0.2, 0.6), noise.uniform(0, 6.3))
    return swing, turn, size


def _moved(photo, path, at_s):
    def at(second):
        swing, turn, size = path
        waves = [amount * math.sin(2 * math.pi * rate * second + begin) for amount, rate, begin in (*swing, turn, size)]
        return waves[0] + waves[1] / 2, waves[2] + waves[3] / 2, waves[4], 1.0 + waves[5]

    now, before = at(at_s), at(at_s - 0.03)
    moved = _warp(photo, *now)
    # What moves while the shutter is open is blurred along its way.
    way = (now[0] - before[0], now[1] - before[1])
    length = round(math.hypot(*way))
    if length < 2:
        return moved
    kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
    end = (length + round(way[0]), length + round(way[1]))
    cv2.line(kernel, (length, length), end, 1.0)
    return cv2.filter2D(moved, -1, kernel / kernel.sum())


def _warp(photo, dx, dy, turn_deg, scale):
    """The photo at the size of a camera's picture, shifted (pixels), turned and scaled about its middle."""
    fit = min(SIZE_PX[0] / photo.shape[1], SIZE_PX[1] / photo.shape[0])
    matrix = cv2.getRotationMatrix2D((photo.shape[1] / 2, photo.shape[0] / 2), turn_deg, fit * scale)
    matrix[:, 2] += (SIZE_PX[0] / 2 - photo.shape[1] / 2 + dx, SIZE_PX[1] / 2 - photo.shape[0] / 2 + dy)
    return cv2.warpAffine(photo, matrix, SIZE_PX, borderMode=cv2.BORDER_REPLICATE)


# --- what it costs ------------------------------------------------------------------------------------------------
def costs(photos, looks=60):
    """CPU of all threads: watching with and without a hand in view, beside every frame of 720p for two hands."""
    noise = np.random.default_rng(3)
    hand = [_warp(photos[0], *noise.normal(0, 4, 2), noise.normal(0, 2), 1.0) for _ in range(looks)]
    wall = [np.clip(noise.normal(128, 6, (480, 640, 3)), 0, 255).astype(np.uint8) for _ in range(4)] * (looks // 4)
    figures = {}
    for name, pictures in (("look_ms", hand), ("look_ms_no_hand", wall)):
        watching = Watching()
        for picture in pictures[:5]:
            watching.look(picture)
        figures[name] = round(_cpu_ms(watching.look, pictures), 2)
        watching.reader.close()
    figures["cores_5hz"] = round(figures["look_ms"] / 1000 / LOOK_EVERY_S, 4)
    figures["cores_no_hand"] = round(figures["look_ms_no_hand"] / 1000 / SEARCH_EVERY_S, 4)
    large = [cv2.resize(one, (1280, 720)) for one in hand[:20]]
    with _landmarker(hands=2) as naive:
        _hands(naive, large[0])
        figures["naive_cores_30hz"] = round(_cpu_ms(lambda one: _hands(naive, one), large) * 30 / 1000, 3)
    figures["ratio"] = round(figures["naive_cores_30hz"] / figures["cores_5hz"], 1)
    return figures


def _cpu_ms(act, pictures):
    begun_s = time.process_time()
    for one in pictures:
        act(one)
    return (time.process_time() - begun_s) * 1000 / len(pictures)
