"""Own background pictures: their size is read before anything is decoded, and a bad file is told in words."""

import struct
import tracemalloc
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media import background
from app.media.background import BackgroundPainter, read_image
from app.media.image_size import read_size
from app.media.planes import Shrunk
from app.media.types import Background, FileUnreadable, Frame

FAULTS = Path(__file__).parents[1] / "data" / "faults"
KINDS = (".png", ".jpg", ".webp", ".bmp", ".tiff", ".gif")


def encoded(kind: str, width: int = 48, height: int = 32, *, form: str = "colour") -> bytes:
    grain = np.random.default_rng(5).integers(0, 255, (height, width, 3)).astype(np.uint8)
    pixels: np.ndarray = grain
    if form == "grey":
        pixels = grain[..., 0]
    elif form == "alpha":
        pixels = np.dstack([grain, grain[..., :1]])
    elif form == "16 bit":
        pixels = grain.astype(np.uint16) * 257
    done, data = cv2.imencode(kind, pixels, [cv2.IMWRITE_WEBP_QUALITY, 80])
    assert done
    return bytes(data)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG of one bit a pixel, all white; its rows are packed here unless given."""
    body = rows or zlib.compress(bytes(((width + 7) // 8 + 1) * height), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def claiming(kind: str, width: int, height: int) -> bytes:
    """A small picture whose head claims another size."""
    data = bytearray(encoded(kind))
    if kind == ".png":
        return png(width, height, rows=b"x")
    if kind == ".jpg":
        at = next(at for at in range(2, len(data)) if data[at] == 0xFF and data[at + 1] == 0xC0)
        struct.pack_into(">HH", data, at + 5, height, width)
    elif kind == ".webp":
        struct.pack_into("<HH", data, data.index(b"VP8 ") + 14, width, height)
    elif kind == ".bmp":
        struct.pack_into("<ii", data, 18, width, -height)
    elif kind == ".gif":
        struct.pack_into("<HH", data, 6, width, height)
    else:
        (at,) = struct.unpack_from("<I", data, 4)
        for entry in range(at + 2, at + 2 + 12 * struct.unpack_from("<H", data, at)[0], 12):
            tag = struct.unpack_from("<H", data, entry)[0]
            if tag in (256, 257):
                struct.pack_into("<HHII", data, entry, tag, 4, 1, width if tag == 256 else height)
    return bytes(data)


def wall(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "wall"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 9), (48, 32), (333, 777)])
def test_the_size_that_is_read_is_the_one_that_is_decoded(kind: str, size: tuple[int, int]) -> None:
    data = encoded(kind, *size)
    assert read_size(data) == size
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape[1::-1] == size


def test_sizes_of_every_kind_of_webp() -> None:
    lossless = cv2.imencode(".webp", np.zeros((7, 5, 4), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 101])[1]
    assert read_size(bytes(lossless)) == (5, 7)
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (999).to_bytes(3, "little") + (499).to_bytes(3, "little")
    inner = bytes(lossless)[12:]
    assert read_size(b"RIFF" + struct.pack("<I", 4) + b"WEBP" + canvas + inner) == (1000, 500)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_too_large_is_refused_in_words_and_no_decoder_is_called(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode(*_: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(cv2, "imdecode", decode)
    size = (16_000, 16_000) if kind == ".webp" else (30_000, 30_000)
    with pytest.raises(FileUnreadable, match=rf"too large: {size[0]} x {size[1]} pixels"):
        read_image(wall(tmp_path, claiming(kind, *size)))


def test_a_real_picture_of_30000_x_30000_costs_next_to_nothing(tmp_path: Path) -> None:
    path = wall(tmp_path, png(30_000, 30_000))
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    try:
        with pytest.raises(FileUnreadable, match="30000 x 30000"):
            read_image(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 1), (1, 1000), (1000, 1), (3, 3)])
@pytest.mark.parametrize("kind", [".png", ".jpg"])
def test_the_smallest_pictures_fill_the_room(tmp_path: Path, size: tuple[int, int], kind: str) -> None:
    painter = BackgroundPainter()
    painter.choose(Background("image", wall(tmp_path, encoded(kind, *size))))
    frame = Frame(np.zeros((540, 640), np.uint8), "yuv420p", 0.0)
    shown = painter.paint(frame, Shrunk(frame), None)
    assert (shown.width_px, shown.height_px) == (640, 360)


@pytest.mark.parametrize("kind", [".png", ".tiff", ".webp", ".jpg", ".bmp"])
@pytest.mark.parametrize("form", ["grey", "alpha", "16 bit"])
def test_grey_transparent_and_deep_pictures_are_read_in_colour(tmp_path: Path, kind: str, form: str) -> None:
    if (form, kind) in {("16 bit", ".webp"), ("16 bit", ".jpg"), ("16 bit", ".bmp")}:
        form = "grey"
    pixels = read_image(wall(tmp_path, encoded(kind, form=form)))
    assert pixels.shape == (32, 48, 3)
    assert pixels.dtype == np.uint8


def test_a_photograph_that_was_taken_upright_is_shown_upright(tmp_path: Path) -> None:
    turned = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    data = encoded(".jpg")
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(turned) + 2) + turned + data[2:]
    assert read_image(wall(tmp_path, data)).shape == (48, 32, 3)


def test_a_picture_for_a_printer_is_read() -> None:
    assert read_image(FAULTS / "cmyk.jpg").shape == (32, 48, 3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
def test_a_picture_cut_short_is_read_or_refused_in_words(tmp_path: Path, kind: str, share: float) -> None:
    data = encoded(kind, 200, 100)
    path = wall(tmp_path, data[: int(len(data) * share)])
    try:
        shown = read_image(path)
    except FileUnreadable:
        return
    assert shown.shape == (100, 200, 3)


@settings(max_examples=150)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_no_damaged_picture_makes_the_reader_raise_anything_else(
    kind: str, data: st.DataObject, tmp_path_factory
) -> None:  # type: ignore[no-untyped-def]
    whole = bytearray(encoded(kind))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, min(len(whole) - 1, 120)))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(bytes(whole))
    try:
        read_image(path)
    except FileUnreadable:
        return


def test_what_is_no_file_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path, tmp_path / "none", Path("/dev/zero"), None):
        with pytest.raises(FileUnreadable, match="cannot be read"):
            read_image(path)
    monkeypatch.setattr(background, "MOST_BYTES", 1_000)
    with pytest.raises(FileUnreadable, match="too large"):
        read_image(wall(tmp_path, encoded(".png", 100, 100)))


def test_of_two_sizes_that_a_tiff_claims_the_larger_counts() -> None:
    tags = [(256, 20_000), (256, 60), (257, 40), (257, 9_000)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    assert read_size(b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)) == (20_000, 9_000)
