from pathlib import Path

import cv2
import numpy as np
import pytest

from app.media.background import BLUR_SHARES, BackgroundPainter, blur, read_image
from app.media.effort import STEPS
from app.media.outline import Cut, Outline
from app.media.person_mask import PersonMask
from app.media.pictures import to_bgr, to_i420
from app.media.planes import Shrunk
from app.media.types import Background, FileUnreadable, Frame
from tests.fakes.person import draw_person

RESOURCES = Path(__file__).parents[2] / "resources"
MODEL = RESOURCES / "models" / "person.onnx"


@pytest.fixture(scope="module")
def scene() -> tuple[Frame, Cut, np.ndarray, np.ndarray]:
    """Picture, the outline in it, pixels well inside the person, pixels well outside."""
    picture, where = draw_person()
    frame = to_i420(Frame(picture, "bgr24", 0.0))
    mask = PersonMask(MODEL)
    cut = Outline().follow(Shrunk(frame), STEPS[0], mask.find)
    mask.close()
    kernel = np.ones((31, 31), np.uint8)
    return frame, cut, cv2.erode(where, kernel) == 1, cv2.dilate(where, kernel) == 0


def painted(frame: Frame, cut: Cut | None, choice: Background) -> np.ndarray:
    painter = BackgroundPainter()
    painter.choose(choice)
    return to_bgr(painter.paint(frame, Shrunk(frame), cut))


def edges(bgr: np.ndarray, where: np.ndarray | None = None) -> float:
    strength = np.abs(cv2.Laplacian(bgr, cv2.CV_32F))
    return float((strength if where is None else strength[where]).mean())


def test_r14_blur_flattens_the_room_and_leaves_the_person(scene: tuple) -> None:
    frame, cut, inside, outside = scene
    picture, blurred = to_bgr(frame), painted(frame, cut, Background("blur"))
    assert blurred[outside].var(axis=0).mean() < picture[outside].var(axis=0).mean() * 0.4
    assert edges(blurred, outside) < edges(picture, outside) / 6
    assert np.abs(blurred[inside].astype(int) - picture[inside]).mean() < 1.5


def test_r14_a_light_blur_shows_more_of_the_room_than_a_strong_one_and_less_than_none(scene: tuple) -> None:
    frame, cut, _, outside = scene
    light, strong = (painted(frame, cut, Background("blur", strength=one)) for one in ("light", "strong"))
    spread = [one[outside].var(axis=0).mean() for one in (strong, light, to_bgr(frame))]
    assert spread[0] * 1.5 < spread[1] < spread[2]
    assert BLUR_SHARES["light"] < BLUR_SHARES["strong"]


def test_r14_an_image_replaces_the_room_and_leaves_the_person(scene: tuple, tmp_path: Path) -> None:
    frame, cut, inside, outside = scene
    wall = np.zeros((720, 1280, 3), np.uint8)
    wall[..., 1] = np.linspace(0, 255, 1280).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "wall.png"), wall)
    shown = painted(frame, cut, Background("image", tmp_path / "wall.png"))
    expected = to_bgr(to_i420(Frame(cv2.resize(wall, (640, 360), interpolation=cv2.INTER_AREA), "bgr24", 0.0)))
    assert np.abs(shown[outside].astype(int) - expected[outside]).mean() < 1.0
    assert np.abs(shown[inside].astype(int) - to_bgr(frame)[inside]).mean() < 1.5


def test_none_costs_nothing(scene: tuple) -> None:
    painter = BackgroundPainter()
    assert painter.paint(scene[0], Shrunk(scene[0]), scene[1]) is scene[0]


@pytest.mark.parametrize("kind", ["blur", "image"])
def test_without_an_outline_nothing_of_the_room_is_shown(scene: tuple, tmp_path: Path, kind: str) -> None:
    frame = scene[0]
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((90, 160, 3), 77, np.uint8))
    shown = painted(frame, None, Background(kind, tmp_path / "wall.png"))  # type: ignore[arg-type]
    assert edges(shown) < edges(to_bgr(frame)) / 6


def test_what_was_painted_is_never_written_again(scene: tuple) -> None:
    frame, cut, _, _ = scene
    painter = BackgroundPainter()
    painter.choose(Background("blur"))
    for given in (None, cut):
        first = painter.paint(frame, Shrunk(frame), given)
        kept = first.pixels.copy()
        other = Frame(255 - frame.pixels, "yuv420p", 1.0)
        painter.paint(other, Shrunk(other), given)
        assert np.array_equal(first.pixels, kept)


def test_blur_does_not_smear_the_person_into_the_room() -> None:
    picture = np.full((90, 160), 200, np.uint8)
    picture[25:65, 50:110] = 0
    mask = np.zeros((144, 256), np.float32)
    mask[40:104, 80:176] = 1.0
    behind = blur((picture, picture, picture), mask, "strong")
    assert min(int(plane[20:24, 50:110].min()) for plane in behind) > 190


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_an_unreadable_image_is_said_and_the_choice_before_stays(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "wall.jpg"
    if content is not None:
        path.write_bytes(content)
    painter = BackgroundPainter()
    painter.choose(Background("blur"))
    with pytest.raises(FileUnreadable, match="background picture"):
        painter.choose(Background("image", path))
    assert painter.choice == Background("blur")


def test_r14_the_pictures_that_come_with_the_program() -> None:
    paths = sorted((RESOURCES / "backgrounds").glob("*.jpg"))
    assert len(paths) >= 4
    assert {read_image(path).shape for path in paths} == {(720, 1280, 3)}
