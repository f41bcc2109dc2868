"""Names and words on the reel's picture: whole where there is room, in whatever script a font knows."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from server_stub.recap import lettering
from server_stub.recap.lettering import Row, Stamp, stamp, wrap


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The folders of installed fonts; none at first."""
    folders: list[Path] = []
    monkeypatch.setattr(lettering, "_font_folders", lambda: folders)
    caches = (lettering._installed, lettering._best_font)
    for cache in caches:
        cache.cache_clear()
    yield folders
    for cache in caches:
        cache.cache_clear()


def dejavu() -> Path:
    """A folder with a font that knows Arabic, which comes with matplotlib, which comes with mediapipe."""
    spec = importlib.util.find_spec("matplotlib")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


def put(made: Stamp | None, level: int = 128) -> np.ndarray:
    """The brightness of a plain picture of 640x96 with a stamp at (8, 4)."""
    planes = [np.full((96, 640), level, np.uint8), *(np.full((48, 320), 90, np.uint8) for _ in "UV")]
    assert made
    made.put(planes, 8, 4)
    return planes[0]


def test_a_stamp_is_bright_letters_on_a_box_darker_than_what_is_there() -> None:
    made = stamp([Row("Felix", 20)], 300)
    assert made
    assert made.width % 2 == made.height % 2 == 0
    for level in (0, 128, 255):
        seen = put(made, level)
        box = seen[4 : 4 + made.height, 8 : 8 + made.width]
        assert box.max() > 225
        assert box[1, 1] <= max(40, level * 0.4)
        outside = seen.copy()
        outside[4 : 4 + made.height, 8 : 8 + made.width] = level
        assert (outside == level).all(), "nothing beside it is touched"


@pytest.mark.parametrize("name", ["Zoë", "Żaneta Łukasz", "Жанна", "Ωμέγα", "Ann\nBob\u202e", "  Ann  "])
def test_our_own_font_is_enough_for_these(fonts, name: str) -> None:
    assert put(stamp([Row(name, 20)], 300)).max() > 225


@pytest.mark.parametrize("name", ["ليلى", "ليلى Ann", "Ann \U0010fffe"])
def test_a_name_in_another_script_is_drawn_by_an_installed_font(fonts, name: str) -> None:
    bare = stamp([Row(name, 20)], 300)
    fonts.append(dejavu())
    lettering._installed.cache_clear()
    lettering._best_font.cache_clear()
    whole = stamp([Row(name, 20)], 300)
    assert whole
    arabic = "ل" in name
    assert (whole.width > (bare.width if bare else 0)) is arabic


def test_what_no_font_knows_is_left_out_and_a_damaged_font_is_passed_over(fonts, tmp_path: Path) -> None:
    (tmp_path / "a-sans.ttf").write_bytes(b"no font")
    fonts.append(tmp_path)
    assert stamp([Row("ليلى", 20)], 300) is None
    assert stamp([Row("", 20)], 300) is None
    assert stamp([], 300) is None
    only = stamp([Row("Ann", 20)], 300)
    assert np.array_equal(put(stamp([Row("Annليلى", 20)], 300)), put(only))


def test_a_name_too_long_for_its_place_ends_with_an_ellipsis() -> None:
    made = stamp([Row("Wilhelmina Konstantinopolskaya-Montgomery", 20)], 160)
    assert made
    assert 120 < made.width <= 160


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", 0),
        ("One word", 1),
        ("The price of the project is twelve hundred euros and the deadline is on Monday.", 2),
        ("w" * 100, 4),
        ("See https://example.org/" + "a" * 60 + " for it", 2),
    ],
)
def test_rows_are_as_wide_as_there_is_room_and_no_letter_is_lost(text: str, rows: int) -> None:
    found = wrap(text, 560, 18)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    assert abs(len(found) - rows) <= (1 if rows > 1 else 0)
    for row in found:
        made = stamp([Row(row, 18)], 1000)
        assert made
        assert made.width <= 560 + 2 * 18 * 0.35 + 4


def test_rows_stand_one_below_the_other() -> None:
    made = stamp([Row("Ada", 15, is_bold=True), Row("I will write", 20), Row("the report.", 20)], 400)
    seen = put(made)[4:]
    lit = (seen > 200).any(axis=1)
    runs = np.flatnonzero(np.diff(lit.astype(int)) == 1)
    assert len(runs) >= 3
