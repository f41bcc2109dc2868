"""Films of a person before a room, with what is truly person in each picture: for the benches of camera and masks."""

from pathlib import Path

import av
import cv2
import numpy as np

from tests.steering import ROOT

PORTRAIT = ROOT / "tests" / "data" / "portrait"
ROOMS = ROOT / "resources" / "backgrounds"
#: Grain of a camera in ordinary light, of 255 steps.
GRAIN = 3.0


def read_pairs(images, masks):
    """(name, BGR, share of person 0.0 to 1.0) of each picture that has a mask of the same name, cut to 16:9."""
    pairs = []
    for path in sorted(one for one in Path(images).iterdir() if one.suffix.lower() in (".jpg", ".jpeg", ".png")):
        where = Path(masks) / f"{path.stem}.png"
        if where.exists() and where != path:
            pairs.append(
                (path.stem, wide(cv2.imread(str(path))), wide(cv2.imread(str(where), 0)).astype(np.float32) / 255)
            )
    if not pairs:
        raise SystemExit(f"No picture in {images} has a mask of its name in {masks}.")
    return pairs


def wide(pixels):
    """The upper part of a picture that has 16:9, where a head is."""
    height, width = pixels.shape[:2]
    rows = min(height, width * 9 // 16)
    top = (height - rows) // 5
    return pixels[top : top + rows]


def fit(pixels, size_px):
    return cv2.resize(pixels, size_px, interpolation=cv2.INTER_CUBIC if pixels.ndim == 3 else cv2.INTER_LINEAR)


class Cutout:
    """A person who can stand anywhere before any room."""

    def __init__(self, picture, mask, size_px):
        self.size_px = size_px
        self.picture, self.mask = fit(picture, size_px), fit(mask, size_px)

    def stand(self, room, right=0.0, down=0.0, seed=0, grain=GRAIN):
        """(BGR, share of person) of them moved by so many pixels."""
        move = np.array([[1, 0, right], [0, 1, down]], np.float32)
        person = cv2.warpAffine(self.picture, move, self.size_px, borderMode=cv2.BORDER_REPLICATE)
        share = cv2.warpAffine(self.mask, move, self.size_px, borderMode=cv2.BORDER_REPLICATE)
        seen = person * share[..., None] + room * (1 - share[..., None])
        noise = np.random.default_rng(seed).normal(0, grain, seen.shape) if grain else 0
        return np.clip(seen + noise, 0, 255).astype(np.uint8), share


def portrait(size_px):
    _, picture, mask = read_pairs(PORTRAIT, PORTRAIT)[0]
    return Cutout(picture, mask, size_px)


def room(name, size_px):
    return fit(cv2.imread(str(ROOMS / f"{name}.jpg")), size_px)


#: Of ten parts of a talk: how many somebody sits still, sways as one does while talking, leans over quickly.
MOODS = {"still": 4, "swaying": 5, "leaning": 1}


def talking(size_px, pictures=60):
    """(mood, BGR) of somebody in a call, of each mood its share."""
    person, behind = portrait(size_px), room("bookshelf", size_px)
    for mood, reach in (("still", 0), ("swaying", size_px[0] / 256), ("leaning", size_px[0] / 32)):
        count = pictures * MOODS[mood] // 10
        for number in range(count):
            # Two turns in a second: as fast as a hand that waves slowly.
            angle = number / 15 * 2 * np.pi if mood == "leaning" else number / 30 * 2 * np.pi
            yield mood, person.stand(behind, reach * np.sin(angle), reach * (1 - np.cos(angle)) / 4, number)[0]


def write_talking(path, size_px, fps):
    """Writes `talking` as planes: what a file costs to decode is not measured, nor late on a busy computer."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("rawvideo", rate=fps)
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuv420p"
        for _, bgr in talking(size_px):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(bgr, format="bgr24")))
        container.mux(stream.encode(None))
