import numpy as np
import pytest

from app.media.pictures import (
    Box,
    cover_box,
    crop_and_scale,
    fit_size,
    make_picture,
    make_pictures,
    part_box,
    to_bgr,
    to_i420,
)
from app.media.types import WHOLE, Frame, Part, View


def halves(width: int = 64, height: int = 36) -> Frame:
    """Left half blue, right half red."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 255
    pixels[:, width // 2 :, 2] = 255
    return Frame(pixels, "bgr24", 7.0)


@pytest.mark.parametrize(
    ("size", "tile", "box"),
    [
        ((640, 480), (320, 180), Box(0, 60, 640, 360)),
        ((640, 360), (100, 100), Box(140, 0, 360, 360)),
        ((360, 640), (160, 90), Box(0, 218, 360, 202)),
        ((640, 360), (1280, 720), Box(0, 0, 640, 360)),
    ],
)
def test_cover_takes_the_middle(size: tuple[int, int], tile: tuple[int, int], box: Box) -> None:
    assert cover_box(*size, tile_px=tile) == box


@pytest.mark.parametrize(
    ("size", "tile", "fitted"),
    [((1920, 1080), (640, 640), (640, 360)), ((100, 400), (50, 50), (12, 50)), ((3000, 10), (300, 300), (300, 2))],
)
def test_fit_shows_all(size: tuple[int, int], tile: tuple[int, int], fitted: tuple[int, int]) -> None:
    assert fit_size(*size, tile_px=tile) == fitted


def test_a_picture_is_bgra_of_the_tiles_size() -> None:
    picture = make_picture(halves(), View(30, 20))
    assert (picture.width_px, picture.height_px, picture.captured_at_s) == (30, 20, 7.0)
    assert picture.pixels.shape == (20, 30, 4)
    assert picture.pixels.flags.c_contiguous
    assert picture.pixels[10, 2].tolist() == [255, 0, 0, 255]
    assert picture.pixels[10, 27].tolist() == [0, 0, 255, 255]


def test_the_own_tile_is_mirrored() -> None:
    picture = make_picture(halves(), View(30, 20), mirror=True)
    assert picture.pixels[10, 2].tolist() == [0, 0, 255, 255]


def test_a_screen_is_shown_whole() -> None:
    picture = make_picture(halves(), View(40, 40, "fit"))
    assert picture.pixels.shape == (22, 40, 4)
    assert (picture.part, picture.frame_px) == (WHOLE, (64, 36))


def lines(width: int = 640, height: int = 360) -> Frame:
    """Each row and column lighter than the one before, so that a pixel tells where it was."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width)
    pixels[..., 2] = np.linspace(0, 255, height)[:, None]
    return Frame(pixels, "bgr24", 7.0)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("size", [(320, 180), (471, 265), (640, 360), (101, 333), (1279, 717), (23, 13)])
@pytest.mark.parametrize("crop", ["cover", "fit"])
def test_planes_are_scaled_to_the_same_picture_as_colours(crop, size, mirror) -> None:
    view = View(*size, crop)
    colours, planes = (make_picture(one, view, mirror=mirror) for one in (lines(), to_i420(lines())))
    assert planes.seen.shape == colours.seen.shape == (planes.height_px, planes.width_px, 4)
    assert planes.pixels.flags.c_contiguous
    assert (planes.part, planes.frame_px) == (colours.part, colours.frame_px)
    assert np.abs(planes.seen.astype(int) - colours.seen).max() <= 27
    assert np.abs(planes.seen.astype(int) - colours.seen).mean() < 5


@pytest.mark.parametrize("crop", ["cover", "fit"])
@pytest.mark.parametrize("frame_px", [(64, 36), (66, 38), (160, 90), (2, 2)])
def test_one_colour_stays_that_colour_up_to_every_edge(frame_px, crop) -> None:
    """Whatever the rest of rows and columns is that a fast way takes several of at a time."""
    bgr = (40, 90, 200)
    frame = to_i420(Frame(np.full((*frame_px[::-1], 3), bgr, np.uint8), "bgr24", 0.0))
    for width in range(2, 50):
        for height in (2, 3, 17, 18, 20, 46):
            picture = make_picture(frame, View(width, height, crop))
            assert picture.seen.shape == (picture.height_px, picture.width_px, 4)
            assert np.abs(picture.seen.astype(int) - [*bgr, 255]).max() <= 5, (width, height)


@pytest.mark.parametrize(
    ("size", "part", "box"),
    [
        ((640, 360), WHOLE, Box(0, 0, 640, 360)),
        ((641, 361), WHOLE, Box(0, 0, 641, 361)),
        ((640, 360), Part(0.25, 0.25, 0.5, 0.5), Box(160, 90, 320, 180)),
        ((640, 360), Part(0.2507, 0.25, 0.5, 0.5), Box(160, 90, 322, 180)),
        ((640, 360), Part(0.999, 0.999, 0.001, 0.001), Box(638, 358, 2, 2)),
        ((641, 361), Part(0.5, 0.5, 0.5, 0.5), Box(320, 180, 321, 181)),
    ],
)
def test_a_part_is_cut_at_even_pixels(size, part, box) -> None:
    assert part_box(*size, part) == box


def test_r40_a_part_of_a_screen_comes_at_its_full_resolution() -> None:
    screen = np.zeros((1080, 1920, 3), np.uint8)
    screen[300:780:2] = 255  # rows of a single pixel
    view = View(960, 540, "fit", Part(0.25, 0.25, 0.5, 0.5))
    for frame in (Frame(screen, "bgr24", 0.0), to_i420(Frame(screen, "bgr24", 0.0))):
        zoomed = make_picture(frame, view)
        assert (zoomed.width_px, zoomed.height_px, zoomed.part) == (960, 540, Part(0.25, 0.25, 0.5, 0.5))
        assert zoomed.pixels[100, 480, 0] > 250
        assert zoomed.pixels[101, 480, 0] < 5
        # Fitted as a whole they are one grey.
        whole = make_picture(frame, View(960, 540, "fit"))
        assert 100 < whole.pixels[200, 480, 0] < 156


def test_codec_layout_there_and_back() -> None:
    planar = to_i420(halves())
    assert planar.form == "yuv420p"
    assert (planar.width_px, planar.height_px, planar.captured_at_s) == (64, 36, 7.0)
    assert to_i420(planar) is planar
    assert np.abs(to_bgr(planar).astype(int) - halves().pixels)[:, 4:28].max() < 6


def test_an_odd_size_loses_its_last_line() -> None:
    odd = Frame(np.zeros((37, 65, 3), np.uint8), "bgr24", 0.0)
    assert (to_i420(odd).width_px, to_i420(odd).height_px) == (64, 36)


def test_nothing_is_stretched() -> None:
    square = np.zeros((100, 200, 3), np.uint8)
    square[40:60, 90:110] = 255
    scaled = crop_and_scale(Frame(square, "bgr24", 0.0), size_px=(50, 50))
    rows, columns = np.nonzero(scaled[..., 0] > 127)
    assert rows.max() - rows.min() == columns.max() - columns.min() == 9


def test_each_view_gets_its_own_picture_and_those_that_want_the_same_share_one() -> None:
    small, whole = View(30, 20), View(40, 40, "fit")
    made = dict(make_pictures(halves(), {1: small, 2: whole, 3: small}))
    assert (made[1].width_px, made[1].height_px) == (30, 20)
    assert made[2].pixels.shape == make_picture(halves(), whole).pixels.shape
    assert made[3] is made[1]
    assert dict(make_pictures(halves(), {})) == {}


def test_a_picture_that_somebody_holds_is_never_written_again() -> None:
    """Memory of pictures that nobody holds is used again, in the thread that made them."""
    grey = [to_i420(Frame(np.full((36, 64, 3), 8 * number, np.uint8), "bgr24", 0.0)) for number in range(30)]
    view = View(32, 18)
    held = [make_picture(frame, view) for frame in grey]
    seen = [int(picture.pixels[9, 16, 0]) for picture in held]
    assert seen == sorted(set(seen))
    # Let go and made again for a while, with one of before still held, and only by a part of its pixels.
    kept, before = held[3].pixels[2:4], seen[3]
    del held
    for frame in grey * 2:
        make_picture(frame, view)
    assert kept[0, 0, 0] == before
