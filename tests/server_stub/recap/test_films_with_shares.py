"""The film and the reel of a meeting in which screens were shared: shown while it lasts, whole, and readable."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from app.wire.recap import Utterance
from server_stub.recap.mix import RATE_HZ
from server_stub.recap.player import choose_shots, write_player
from server_stub.recap.reel import FACES, make_reel
from server_stub.recap.shares import Shared, newest_at
from server_stub.recap.still import still_picture
from server_stub.relay.matroska import MatroskaFile, Sample

pytestmark = pytest.mark.heavy

LETTERS = "ABDEFGHKMNPRSTUXZ2345679"
CELL = (16, 12)


def glyph(letter: str) -> np.ndarray:
    """A letter of 11 pixels in a cell of its own, dark on bright."""
    cell = np.full(CELL, 245, np.uint8)
    cv2.putText(cell, letter, (1, 13), cv2.FONT_HERSHEY_PLAIN, 1.0, 20, 1, cv2.LINE_AA)
    return cell


def page_of_letters(size: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """A page full of letters, and the letters row by row."""
    rows, columns = size[1] // CELL[0], size[0] // CELL[1]
    said = [LETTERS[(row * 7 + column * 5) % len(LETTERS)] for row in range(rows) for column in range(columns)]
    page = np.full((size[1], size[0]), 245, np.uint8)
    for place, letter in enumerate(said):
        y, x = place // columns * CELL[0], place % columns * CELL[1]
        page[y : y + CELL[0], x : x + CELL[1]] = glyph(letter)
    return page, said


def read_letters(page: np.ndarray) -> list[str]:
    """What is read back of such a page: for each cell the letter that is most like it."""
    known = np.stack([glyph(letter).astype(np.float32).reshape(-1) for letter in LETTERS])
    known -= known.mean(axis=1, keepdims=True)
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    rows, columns = page.shape[0] // CELL[0], page.shape[1] // CELL[1]
    cells = page[: rows * CELL[0], : columns * CELL[1]].reshape(rows, CELL[0], columns, CELL[1]).transpose(0, 2, 1, 3)
    seen = cells.reshape(rows * columns, -1).astype(np.float32)
    seen -= seen.mean(axis=1, keepdims=True)
    return [LETTERS[best] for best in np.argmax(seen @ known.T, axis=1)]


def record_screen(path: Path, *scenes: tuple[float, np.ndarray]) -> str:
    """A screen's file as the recorder writes it: each scene is a few pictures from a second on, then nothing moves."""
    file = MatroskaFile(path, has_audio=False)
    for start_s, page in scenes:
        encoder = av.CodecContext.create("libvpx", "w")
        encoder.width, encoder.height, encoder.pix_fmt = page.shape[1], page.shape[0], "yuv420p"
        encoder.time_base, encoder.bit_rate = Fraction(1, 10), 4_000_000
        encoder.options = {"deadline": "realtime", "cpu-used": "-12", "lag-in-frames": "0", "qmax": "40"}
        for number in range(4):
            frame = av.VideoFrame.from_ndarray(page, format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            for packet in encoder.encode(frame):
                file.write(Sample("video", round(start_s * 1000) + number * 100, bytes(packet), number == 0))
    file.close()
    return str(path)


def plain(level: int, size: tuple[int, int] = (640, 360)) -> np.ndarray:
    return np.full((size[1], size[0]), level, np.uint8)


def film(recordings, utter, decode, out: Path, shares: list[Shared]) -> list[tuple[float, float, int]]:
    """Second, brightness of the upper rows and width of each picture of the film."""
    write_player(recordings, utter("Ada: One two three.", "Grace: Four five six."), out, shares)
    return [(at_s, float(picture[0:40].mean()), width) for at_s, picture, width in decode(out)[2]]


def shown_at(film: list[tuple[float, float, int]], at_s: float) -> tuple[float, int]:
    """What stands on the picture at a second: brightness and width."""
    return [(shade, width) for picture_s, shade, width in film if picture_s <= at_s][-1]


def test_of_several_shares_the_newest_is_large_and_the_older_one_again_after_it() -> None:
    older, newer = Shared(path="a", start_s=2.0), Shared(path="b", start_s=5.0, end_s=8.0)
    seen = [newest_at((older, newer), at_s) for at_s in (1.9, 2.0, 4.9, 5.0, 7.9, 8.0, 100.0)]
    assert seen == [None, older, older, newer, newer, older, older]


def test_r39_the_film_shows_a_share_while_it_lasts_in_its_own_size(recordings, utter, decode, tmp_path: Path) -> None:
    path = record_screen(tmp_path / "s.mkv", (4.0, plain(140, (1280, 720))), (6.0, plain(160, (960, 540))))
    seen = film(recordings, utter, decode, tmp_path / "m.webm", [Shared(path=path, start_s=4.0, end_s=9.0)])
    assert shown_at(seen, 3.9) == (pytest.approx(40, abs=25), 320), "Ada speaks"
    assert shown_at(seen, 5.9) == (pytest.approx(140, abs=8), 1280)
    assert shown_at(seen, 8.9) == (pytest.approx(160, abs=8), 960), "nothing moved for seconds: it stands"
    times = [at_s for at_s, _, width in seen if width >= 960]
    assert max(later - before for before, later in pairwise(times)) < 1.1, "whoever jumps to a second sees what was"
    assert shown_at(seen, 10.5) == (pytest.approx(200, abs=25), 320), "Grace spoke last"


def test_the_older_of_two_shares_comes_back_with_its_next_key_frame(recordings, tmp_path: Path) -> None:
    older = record_screen(tmp_path / "a.mkv", (1.0, plain(100)), (7.2, plain(100)))
    newer = record_screen(tmp_path / "b.mkv", (3.0, plain(200)))
    shares = [Shared(path=older, start_s=1.0), Shared(path=newer, start_s=3.0, end_s=7.0)]
    shots = list(choose_shots({}, [], shares))
    assert [shot.at_s for shot in shots if shot.is_key] == [1.0, 3.0, 7.2]
    stands = [round(shot.at_s, 1) for shot in shots if shot.data == still_picture(640, 360)]
    assert stands == [2.3, 4.3, 5.3, 6.3]


def test_a_share_that_is_over_does_not_stand_where_nobody_has_a_camera(talk, utter, decode, tmp_path: Path) -> None:
    path = record_screen(tmp_path / "s.mkv", (2.0, plain(200)))
    seen = film(talk, utter, decode, tmp_path / "m.webm", [Shared(path=path, start_s=2.0, end_s=6.0)])
    assert shown_at(seen, 5.9)[0] == pytest.approx(200, abs=8)
    assert shown_at(seen, 15.0)[0] < 40


def test_r39_the_reel_shows_the_screen_large_and_its_letters_can_be_read(recordings, decode, tmp_path: Path) -> None:
    page, said = page_of_letters((1920, 1080))
    path = record_screen(tmp_path / "s.mkv", (4.0, page))
    sound = [np.zeros(RATE_HZ // 2, np.float32), np.zeros(RATE_HZ, np.float32)]
    share = Shared(path=path, start_s=4.0, end_s=7.0)
    text = "The price of the project is twelve hundred euros. " * 8
    spoken = Utterance(id="u", speaker="Ada", start_s=6.5, end_s=7.5, text=text, confidence=1.0)
    spans = [(1.0, 1.5), (6.5, 7.5)]
    reel_s = make_reel(recordings, spans, sound, tmp_path / "r.webm", [share], [[], [spoken]])
    last_s, _, frames = decode(tmp_path / "r.webm")
    assert reel_s == 1.5
    assert last_s == pytest.approx(1.5, abs=0.1)
    seen = {round(at_s, 2): picture[:1080] for at_s, picture, _ in frames}
    grid, screen, after = seen[0.25], seen[0.75], seen[1.25]
    for picture in (grid, after):
        assert picture[400:500, 40:900].mean() + 40 < picture[400:500, 1000:1900].mean(), "Ada beside Grace"
    wide, high = 1680, 944
    whole = cv2.resize(screen[:high, :wide], (1920, 1080), interpolation=cv2.INTER_CUBIC)
    right = sum(one == other for one, other in zip(read_letters(whole), said, strict=True))
    assert right / len(said) >= 0.95
    words = screen[high + 2 :, 60:1620]
    assert [(part > 200).sum() > 200 for part in (words[:40], words[40:85], words[85:])] == [True] * 3
    strip = screen[:, 1700:1900]
    assert strip[420:500].mean() + 40 < strip[580:660].mean(), "the faces are small, one below the other"


def test_a_share_outside_the_highlights_leaves_the_reel_as_small_as_it_was(recordings, decode, tmp_path: Path) -> None:
    path = record_screen(tmp_path / "s.mkv", (9.0, plain(200, (1920, 1080))))
    share = Shared(path=path, start_s=9.0)
    make_reel(recordings, [(1.0, 2.0)], [np.zeros(RATE_HZ, np.float32)], tmp_path / "r.webm", [share])
    assert {width for *_, width in decode(tmp_path / "r.webm")[2]} == {FACES[0]}
