from pathlib import Path

import numpy as np
import pytest

from app.wire.recap import Utterance
from server_stub.recap.canvas import RING, strip_rects, tile_rects
from server_stub.recap.lettering import Row, stamp
from server_stub.recap.mix import RATE_HZ
from server_stub.recap.pictures import Pictures, read_shots
from server_stub.recap.reel import FACES, FPS, WORDS, make_reel
from server_stub.relay.matroska import MatroskaFile, Sample
from tests.fakes.vp8 import BOMB, key_frame

SPANS = [(1.0, 3.5), (6.0, 8.0)]


def tone(seconds: float) -> np.ndarray:
    return (0.2 * np.sin(np.arange(round(seconds * RATE_HZ)) / 20)).astype(np.float32)


def test_reel_is_as_long_as_it_says_with_both_side_by_side(recordings, decode, tmp_path: Path) -> None:
    out = tmp_path / "reel.webm"
    length_s = make_reel(recordings, SPANS, [tone(2.5), tone(2.0)], out)
    last_s, sound_s, frames = decode(out)
    assert length_s == 4.5
    assert last_s + 1 / FPS == pytest.approx(4.5, abs=0.1)
    assert sound_s == pytest.approx(4.5, abs=0.1)
    picture = frames[len(frames) // 2][1]
    assert picture.shape[-2:] == (FACES[1], FACES[0])
    left, right = picture[100:120, 10:300].mean(), picture[100:120, 330:630].mean()
    assert left + 40 < right
    assert picture[10:40].mean() < 60


LINES = [
    [Utterance(id="u1", speaker="Ada", start_s=1.2, end_s=3.0, text="Good. I will write the report.", confidence=1.0)],
    [Utterance(id="u2", speaker="Grace", start_s=6.2, end_s=7.8, text="Call the printer tomorrow?", confidence=1.0)],
]


def expected(speaker: str, text: str) -> np.ndarray:
    """Speaker and words as they should stand at the bottom."""
    made = stamp([Row(speaker, FACES[1] // WORDS * 3 // 4, is_bold=True), Row(text, FACES[1] // WORDS)], FACES[0])
    assert made
    return made.adds[0].astype(np.float32)


def likeness(picture: np.ndarray, wanted: np.ndarray) -> float:
    """How much the middle of the bottom looks like that: 1 is the same."""
    rows, columns = wanted.shape
    left = (FACES[0] - columns) // 4 * 2
    seen = picture[FACES[1] - rows : FACES[1], left : left + columns]
    return float(np.corrcoef(seen.reshape(-1), wanted.reshape(-1))[0, 1])


def test_r52_who_speaks_is_named_and_ringed_and_their_words_stand_below(recordings, decode, tmp_path: Path) -> None:
    out = tmp_path / "reel.webm"
    make_reel(recordings, SPANS, [tone(2.5), tone(2.0)], out, lines=LINES)
    _, _, frames = decode(out)
    (first_s, first, _), (last_s, last, _) = frames[0], frames[-1]
    assert (first_s, last_s) == (0.0, pytest.approx(4.5, abs=0.1))
    ada = expected("Ada", LINES[0][0].text)
    grace = expected("Grace", LINES[1][0].text)
    by_time = {round(at_s * FPS): picture for at_s, picture, _ in frames}
    seen = by_time[round(1.0 * FPS)]
    assert likeness(seen, ada) > 0.85
    assert likeness(seen, grace) < 0.4
    # The last words stand until the clip's end; the first words not before they are said.
    assert likeness(last, grace) > 0.85
    assert first[290 : FACES[1]].max() < 60
    # Names stand on everyone's picture from the first to the last, also where nobody speaks.
    for picture in (first[: FACES[1]], last[: FACES[1]], seen[: FACES[1]]):
        for left in (0, 320):
            assert picture[90:108, left : left + 40].max() > 190
            assert picture[92:94, left + 6 : left + 20].mean() < 100
    top = (FACES[1] - 180) // 2
    for picture, ringed in ((by_time[24], 0), (by_time[round(3.2 * FPS)], 1), (first, None)):
        bars = [picture[top : top + 2, left + 100 : left + 300].mean() for left in (0, 320)]
        is_ring = [abs(bar - RING[0]) < 14 for bar in bars]
        assert is_ring == [place == ringed for place in (0, 1)]


def test_same_input_same_bytes(recordings, tmp_path: Path) -> None:
    outs = [tmp_path / "a.webm", tmp_path / "b.webm"]
    for out in outs:
        make_reel(recordings, SPANS[:1], [tone(2.5)], out, lines=LINES[:1])
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_without_pictures_the_ground_is_plain(decode, tmp_path: Path) -> None:
    length_s = make_reel({}, SPANS[:1], [tone(2.5)], tmp_path / "reel.webm")
    last_s, sound_s, frames = decode(tmp_path / "reel.webm")
    assert length_s == 2.5
    assert last_s + 1 / FPS == pytest.approx(2.5, abs=0.1)
    assert sound_s == pytest.approx(2.5, abs=0.1)
    assert frames[3][1].std() < 3


@pytest.mark.parametrize("count", range(1, 11))
@pytest.mark.parametrize("size", [FACES[:2], (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("rects", [tile_rects, strip_rects])
def test_tiles_do_not_overlap_and_lie_on_the_picture(count: int, size, rects) -> None:
    used = np.zeros((size[1], size[0]), int)
    for x, y, width, height in rects(count, size):
        assert x % 2 == y % 2 == width % 2 == height % 2 == 0
        assert x >= 0
        assert y >= 0
        assert x + width <= size[0]
        assert y + height <= size[1]
        assert min(width, height) >= 16
        used[y : y + height, x : x + width] += 1
    assert used.max() == 1


def test_pictures_are_found_again_after_a_jump_and_go_stale(recordings) -> None:
    pictures = Pictures(recordings["Ada"])
    pictures.skip_to(5.05)
    frame = pictures.at(5.05)
    assert frame.to_ndarray(format="gray")[90, 50 + 20] > 100
    assert pictures.at(16.5) is not None
    assert pictures.at(18.0) is None


def test_files_without_pictures_give_none(talk, tmp_path: Path) -> None:
    text = tmp_path / "a.mkv"
    text.write_text("nothing")
    for path in (text, talk["Ada"], tmp_path / "missing.mkv"):
        assert list(read_shots(path)) == []
        assert Pictures(path).at(1.0) is None


def test_pictures_of_a_forged_file_are_left_out_with_all_that_builds_on_them(tmp_path: Path) -> None:
    path = tmp_path / "forged.mkv"
    file = MatroskaFile(path, has_audio=False)
    good, between = key_frame(64, 48), b"\x11between"
    for number, data in enumerate((good, between, BOMB, between, key_frame(8192, 8192), between, good, between)):
        # What the file says of itself is not believed.
        file.write(Sample("video", number * 40, data, number != 1))
    file.close()
    assert [(shot.is_key, shot.data) for shot in read_shots(path)] == [(True, good), (False, between)] * 2
