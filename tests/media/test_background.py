from pathlib import Path

import cv2
import numpy as np
import pytest

from app.media.background import BackgroundPainter, blend, blur, read_image
from app.media.person_mask import PersonMask
from app.media.types import Background, FileUnreadable
from tests.fakes.person import draw_person

RESOURCES = Path(__file__).parents[2] / "resources"
MODEL = RESOURCES / "models" / "selfie_segmentation_landscape.tflite"


@pytest.fixture(scope="module")
def scene() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Picture, the model's mask, pixels well inside the person, pixels well outside."""
    picture, where = draw_person()
    mask = PersonMask(MODEL)
    found = mask.find(picture)
    mask.close()
    kernel = np.ones((31, 31), np.uint8)
    inside = cv2.erode(where, kernel) == 1
    outside = cv2.dilate(where, kernel) == 0
    return picture, found, inside, outside


def painted(picture: np.ndarray, found: np.ndarray | None, choice: Background) -> np.ndarray:
    painter = BackgroundPainter()
    painter.choose(choice)
    return painter.paint(picture, found)


def test_r14_blur_flattens_the_room_and_leaves_the_person(scene: tuple[np.ndarray, ...]) -> None:
    picture, found, inside, outside = scene
    blurred = painted(picture, found, Background("blur"))
    assert blurred[outside].var(axis=0).mean() < picture[outside].var(axis=0).mean() * 0.4
    edges = [float(np.abs(cv2.Laplacian(image, cv2.CV_32F))[outside].mean()) for image in (picture, blurred)]
    assert edges[1] < edges[0] / 8
    assert np.abs(blurred[inside].astype(int) - picture[inside]).mean() < 1.5


def test_r14_an_image_replaces_the_room_and_leaves_the_person(scene: tuple[np.ndarray, ...], tmp_path: Path) -> None:
    picture, found, inside, outside = scene
    wall = np.zeros((720, 1280, 3), np.uint8)
    wall[..., 1] = np.linspace(0, 255, 1280).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "wall.png"), wall)
    shown = painted(picture, found, Background("image", tmp_path / "wall.png"))
    expected = cv2.resize(wall, (640, 360), interpolation=cv2.INTER_AREA)
    assert np.abs(shown[outside].astype(int) - expected[outside]).mean() < 1.0
    assert np.abs(shown[inside].astype(int) - picture[inside]).mean() < 1.5


def test_none_costs_nothing(scene: tuple[np.ndarray, ...]) -> None:
    assert painted(scene[0], scene[1], Background()) is scene[0]


@pytest.mark.parametrize("kind", ["blur", "image"])
def test_without_a_mask_nothing_of_the_room_is_shown(scene: tuple[np.ndarray, ...], tmp_path: Path, kind: str) -> None:
    picture = scene[0]
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((90, 160, 3), 77, np.uint8))
    shown = painted(picture, None, Background(kind, tmp_path / "wall.png"))  # type: ignore[arg-type]
    edges = [float(np.abs(cv2.Laplacian(image, cv2.CV_32F)).mean()) for image in (picture, shown)]
    assert edges[1] < edges[0] / 8


def test_blur_does_not_smear_the_person_into_the_room() -> None:
    picture = np.full((360, 640, 3), 200, np.uint8)
    picture[100:260, 200:440] = 0
    mask = np.zeros((360, 640), np.float32)
    mask[100:260, 200:440] = 1.0
    behind = blur(picture, mask)
    assert behind[80:96, 200:440].min() > 190


def test_blend_is_a_weighted_sum() -> None:
    front, behind = np.full((4, 4, 3), 200, np.uint8), np.full((4, 4, 3), 100, np.uint8)
    assert abs(int(blend(front, behind, np.full((2, 2), 0.5, np.float32))[1, 1, 0]) - 150) <= 1


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
