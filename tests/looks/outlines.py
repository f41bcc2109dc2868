"""Sheets of what a background does to a person: as the camera saw it, as the model alone would cut it, and as it is."""

from pathlib import Path

import cv2
import numpy as np

from app.media.background import BackgroundPainter
from app.media.effort import STEPS
from app.media.outline import Outline
from app.media.person_mask import PersonMask
from app.media.pictures import to_bgr, to_size
from app.media.planes import Shrunk
from app.media.types import Background, Frame
from tests.bench import film
from tests.fakes.person import draw_person
from tests.steering import ROOT

SIZE_PX = (640, 360)
MODEL = ROOT / "resources" / "models" / "person.onnx"
WALL = np.full((*SIZE_PX[::-1], 3), (60, 200, 60), np.uint8)
CHOICES = (
    Background("blur", strength="light"),
    Background("blur", strength="strong"),
    Background("image", ROOT / "resources" / "backgrounds" / "hills.jpg"),
)


def row(mask, bgr):
    """One picture: camera, before (the model's mask, enlarged), after, light and strong blur, a picture."""
    frame = to_size(Frame(bgr, "bgr24", 0.0), SIZE_PX)
    shrunk, outline, seen = Shrunk(frame), Outline(), to_bgr(frame)
    cut = outline.follow(shrunk, STEPS[0], mask.find)
    small = cv2.resize(seen, (256, 144), interpolation=cv2.INTER_AREA)
    raw = cv2.resize(mask.find(cv2.cvtColor(small, cv2.COLOR_BGR2RGB)), SIZE_PX)
    shown = [seen]
    for share in (raw, cut.fine / 255):
        shown.append((seen * share[..., None] + WALL * (1 - share[..., None])).astype(np.uint8))
    for choice in CHOICES:
        painter = BackgroundPainter()
        painter.choose(choice)
        shown.append(to_bgr(painter.paint(frame, shrunk, cut)))
    return np.hstack([cv2.resize(one, (320, 180), interpolation=cv2.INTER_AREA) for one in shown])


def write_sheets(out, photos):
    """Writes outline-portrait.png, and outline-photos.png where a folder of photographs is given; says which.

    Args:
        out: the folder.
        photos: photographs of people and hands, which do not ship; None: there are none here.
    """
    mask = PersonMask(MODEL)
    person = film.portrait(SIZE_PX)
    scenes = [person.picture, *(person.stand(film.room(name, SIZE_PX))[0] for name in ("bookshelf", "window_light"))]
    cv2.imwrite(str(out / "outline-portrait.png"), np.vstack([row(mask, one) for one in (*scenes, draw_person()[0])]))
    if photos is None:
        print("No sheet of hand photographs: give a folder of them with --photos.")
        return
    found = sorted(one for one in Path(photos).iterdir() if one.suffix.lower() in (".jpg", ".jpeg", ".png"))
    chosen = found[:: max(1, len(found) // 12)][:12]
    cv2.imwrite(str(out / "outline-photos.png"), np.vstack([row(mask, cv2.imread(str(one))) for one in chosen]))
