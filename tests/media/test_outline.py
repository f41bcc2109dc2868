"""The outline's rules on drawn masks: what is kept, dropped, filled, and how much work is done for it."""

import cv2
import numpy as np
import pytest

from app.media.effort import STEPS
from app.media.outline import Outline, draw, settle, steady
from app.media.planes import MODEL_SIZE_PX, Shrunk, empty, split
from app.media.types import Frame

STILL = np.zeros((144, 256), np.float32)
ROOM, SKIN = (120, 128, 128), (90, 110, 160)


def person(value: float = 1.0) -> np.ndarray:
    mask = STILL.copy()
    mask[40:, 80:180] = value
    return mask


def colours(where: np.ndarray) -> np.ndarray:
    """A picture in which those pixels have the person's colour and all others the room's."""
    pixels = empty(MODEL_SIZE_PX)
    for plane, skin, room in zip(split(pixels), SKIN, ROOM, strict=True):
        plane[:] = np.where(where if plane.shape == where.shape else where[::2, ::2], skin, room)
    return pixels


def shrunk(luma: np.ndarray) -> Shrunk:
    """A 640x360 picture of that luma, enlarged, without colours."""
    pixels = np.full((540, 640), 128, np.uint8)
    pixels[:360] = cv2.resize(luma, (640, 360), interpolation=cv2.INTER_NEAREST)
    return Shrunk(Frame(pixels, "yuv420p", 0.0))


def test_what_is_certain_stays() -> None:
    settled = settle(person(), colours(person() > 0))
    assert settled[50:, 90:170].min() == 1.0
    assert settled[:30].max() == settled[:, :70].max() == 0.0


def test_a_raised_hand_that_the_model_half_sees_is_kept_whole() -> None:
    mask = person()
    mask[60:100, 20:80] = 0.4  # an arm, and the hand at its end
    mask[70:90, 60:80] = 0.9
    where = mask > 0
    assert settle(mask, colours(where))[64:96, 24:76].min() == 1.0


def test_a_chair_beside_them_that_the_model_half_takes_for_a_person_is_dropped() -> None:
    mask = person()
    mask[60:100, 180:230] = 0.45
    settled = settle(mask, colours(person() > 0))
    assert settled[64:96, 188:].max() == 0.0


@pytest.mark.parametrize("value", [0.4, 0.6, 0.75])
def test_a_piece_of_wall_that_touches_nobody_is_dropped(value: float) -> None:
    mask = person()
    mask[5:25, 5:40] = value
    assert settle(mask, colours(person() > 0))[:30, :50].max() == 0.0


def test_a_second_person_stays() -> None:
    mask = person()
    mask[60:, 10:50] = 1.0
    assert settle(mask, colours(mask > 0))[70:, 15:45].min() == 1.0


def test_a_hole_in_the_chest_is_filled_and_the_room_under_an_arm_is_not() -> None:
    mask = person()
    mask[80:100, 110:130] = 0.1  # a print in colours of their own
    mask[80:100, 150:170] = 0.0  # between arm and body
    where = person() > 0
    where[80:100, 150:170] = False
    settled = settle(mask, colours(where))
    assert settled[82:98, 112:128].min() == 1.0
    assert settled[84:96, 154:166].max() == 0.0


def test_noise_moves_the_mask_little_and_motion_at_once() -> None:
    before = person(0.5)
    noisy = before + np.random.default_rng(1).normal(0, 0.05, before.shape).astype(np.float32)
    assert np.abs(steady(before, noisy) - before).mean() < np.abs(noisy - before).mean() * 0.3
    gone = steady(person(), STILL)
    assert gone[50:, 90:170].max() == 0.0


def test_the_outline_follows_the_edge_of_the_picture_and_not_that_of_the_mask() -> None:
    luma = np.full((144, 256), 200, np.uint8)
    luma[:, 128:] = 40
    mask = STILL.copy()
    mask[:, 130:] = 1.0  # two pixels off
    drawn = draw(cv2.GaussianBlur(mask, (0, 0), 2.0), shrunk(luma))
    assert drawn.shape == (360, 640)
    inside, outside = drawn[180, 320 + 5], drawn[180, 320 - 6]
    assert inside > 200
    assert outside < 55


class Model:
    """Finds the same mask each time, and counts."""

    def __init__(self) -> None:
        self.finds = 0

    def find(self, rgb: np.ndarray) -> np.ndarray:
        assert rgb.shape == (144, 256, 3)
        self.finds += 1
        return person()


def follow(pictures: list[Shrunk], step_number: int = 0) -> tuple[list[int], list[object]]:
    """After which pictures the model had been asked how often, and the outlines."""
    outline, model = Outline(), Model()
    finds, cuts = [], []
    for one in pictures:
        cuts.append(outline.follow(one, STEPS[step_number], model.find))
        finds.append(model.finds)
    return finds, cuts


def standing(right: int, grain: int = 0) -> Shrunk:
    luma = np.full((144, 256), 200, np.uint8)
    luma[40:, 80 + right : 180 + right] = 40
    return shrunk(luma + np.random.default_rng(grain).integers(0, 5, luma.shape).astype(np.uint8))


def test_where_nothing_stirs_the_model_looks_at_every_fourth_picture_and_the_outline_is_the_same_object() -> None:
    finds, cuts = follow([standing(0, grain) for grain in range(9)])
    assert finds == [1, 1, 1, 1, 2, 2, 2, 2, 3]
    assert cuts[0] is cuts[3]
    assert cuts[3] is not cuts[4]


def test_where_somebody_moves_a_little_it_looks_at_every_second_and_draws_each() -> None:
    finds, cuts = follow([standing(number) for number in range(6)])
    assert finds == [1, 1, 2, 2, 3, 3]
    assert len({id(one) for one in cuts}) == 6


def test_where_something_moves_much_it_looks_at_once() -> None:
    finds, _ = follow([standing(number * 20) for number in range(4)])
    assert finds == [1, 2, 3, 4]


def test_on_a_slow_computer_motion_waits_for_its_turn() -> None:
    finds, _ = follow([standing(number * 20) for number in range(6)], step_number=1)
    assert finds == [1, 1, 1, 2, 2, 2]
