import numpy as np
import pytest

from app.media.pictures import to_i420, to_size
from app.media.planes import Merger, Shrunk, empty, enlarge, halve, split, to_rgb
from app.media.types import Frame


def flat(size_px: tuple[int, int], luma: int, blue: int = 128, red: int = 128) -> np.ndarray:
    pixels = empty(size_px)
    for plane, value in zip(split(pixels), (luma, blue, red), strict=True):
        plane[:] = value
    return pixels


def test_what_is_halved_is_averaged_down_to_what_is_wanted_and_no_further() -> None:
    stripes = np.tile(np.array([[0, 200]], np.uint8), (360, 320))
    assert (halve(stripes, (160, 90)) == 100).all()
    assert halve(stripes, (150, 85)).shape == (90, 160)
    assert halve(stripes, (320, 181)) is stripes
    assert halve(stripes[:359], (10, 10)).shape == (359, 640)


@pytest.mark.parametrize("size_px", [(2, 2), (64, 36), (640, 360), (640, 480), (1280, 720), (854, 480), (500, 282)])
def test_a_frame_of_any_even_size_is_shrunk_to_what_is_looked_at(size_px: tuple[int, int]) -> None:
    shrunk = Shrunk(Frame(flat(size_px, 50, 100, 200), "yuv420p", 0.0))
    assert shrunk.guide.shape[1] <= 640
    assert shrunk.model.shape == (216, 256)
    assert {plane.shape for plane in shrunk.tiny} == {shrunk.glance.shape}
    for planes in (split(shrunk.model), shrunk.tiny):
        assert [int(plane.mean()) for plane in planes] == [50, 100, 200]


@pytest.mark.parametrize("colour", [(20, 200, 90), (250, 10, 10), (128, 128, 128), (255, 255, 255), (0, 0, 0)])
def test_planes_come_back_as_the_colours_that_the_camera_saw(colour: tuple[int, int, int]) -> None:
    frame = to_i420(Frame(np.full((36, 64, 3), colour[::-1], np.uint8), "bgr24", 0.0))
    rgb = to_rgb(Shrunk(frame).model)
    assert np.abs(rgb.astype(int) - colour).max() <= 4


def test_a_merge_shows_the_front_where_the_mask_says_so_and_mixes_between() -> None:
    merger, size_px = Merger((64, 36)), (64, 36)
    for behind, front in ((20, 220), (200, 40)):
        for share in (0, 128, 255):
            made = merger.merge(flat(size_px, behind), flat(size_px, front), np.full((54, 64), share, np.uint8))
            wanted = behind + (front - behind) * share / 255
            assert made.shape == (54, 64)
            assert np.abs(split(made)[0] - wanted).max() <= 1


def test_planes_of_any_size_fill_a_picture() -> None:
    into = empty((64, 36))
    enlarge((np.full((9, 16), 10, np.uint8), np.full((18, 32), 20, np.uint8), np.full((5, 5), 30, np.uint8)), into)
    assert [set(plane.reshape(-1).tolist()) for plane in split(into)] == [{10}, {20}, {30}]


@pytest.mark.parametrize("form", ["bgr24", "yuv420p"])
def test_a_frame_of_another_shape_is_cut_not_stretched(form: str) -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[60:420] = 200  # 16:9 of it
    frame = Frame(pixels, "bgr24", 3.0)
    fitted = to_size(to_i420(frame) if form == "yuv420p" else frame, (320, 180))
    assert (fitted.form, fitted.width_px, fitted.height_px, fitted.captured_at_s) == ("yuv420p", 320, 180, 3.0)
    assert int(split(fitted.pixels)[0].min()) > 180


def test_a_frame_that_fits_is_not_copied() -> None:
    frame = Frame(flat((64, 36), 9), "yuv420p", 0.0)
    assert to_size(frame, (64, 36)) is frame
