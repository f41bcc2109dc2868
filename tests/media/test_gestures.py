"""What hands say by their shape, and when that counts: tables, without pictures and without a clock."""

import json
import math
from pathlib import Path

import pytest

from app.media.gestures import GAP_S, HOLD_S, LOWER_S, NOTHING, REST_S, Held, Hold, Sight, open_fingers, shape_of

HANDS = json.loads((Path(__file__).parents[1] / "data" / "hands" / "landmarks.json").read_text())
LOOK_S = 0.2
PALM, OK = Sight("hand", True), Sight("ok", True)


def points(name, *, turned_deg=0.0, mirrored=False, scale=0.001):
    """A hand in metres, turned clockwise in the picture."""
    cosine, sine = math.cos(math.radians(turned_deg)), math.sin(math.radians(turned_deg))
    side = -scale if mirrored else scale
    return [
        (side * x * cosine - scale * y * sine, side * x * sine + scale * y * cosine, scale * z)
        for x, y, z in HANDS[name]
    ]


@pytest.mark.parametrize("mirrored", [False, True], ids=["one hand", "the other hand"])
@pytest.mark.parametrize(
    ("name", "shape", "fingers"),
    [
        ("hand", "hand", 5), ("ok", "ok", 3), ("victory", "victory", 2), ("fist", "fist", 0),
        ("thumbs_up", "thumbs_up", 1), ("one", "other", 1), ("three", "other", 3), ("four", "other", 4),
    ],
)  # fmt: skip
def test_r17_a_shape_and_its_open_fingers(name, shape, fingers, mirrored):
    for scale in (0.0007, 0.001, 0.0014):
        hand = points(name, mirrored=mirrored, scale=scale)
        assert (shape_of(hand), open_fingers(hand)) == (shape, fingers)


@pytest.mark.parametrize(
    ("turned_deg", "shape"),
    [(0, "thumbs_up"), (40, "thumbs_up"), (-40, "thumbs_up"), (90, "other"), (-90, "other"), (180, "thumbs_down"),
     (140, "thumbs_down"), (220, "thumbs_down")],
)  # fmt: skip
def test_r17_a_thumb_counts_within_a_cone_of_the_vertical(turned_deg, shape):
    assert shape_of(points("thumbs_up", turned_deg=turned_deg)) == shape


@pytest.mark.parametrize("name", ["hand", "ok", "victory"])
def test_a_hand_that_hangs_or_lies_means_nothing(name):
    assert shape_of(points(name, turned_deg=25)) == shape_of(points(name, turned_deg=-25)) == name
    for turned_deg in (100, 180, -100):
        assert shape_of(points(name, turned_deg=turned_deg)) == "other"


def test_points_that_lie_on_each_other_are_no_hand():
    assert shape_of([(0.0, 0.0, 0.0)] * 21) == "fist"
    assert open_fingers([(0.0, 0.0, 0.0)] * 21) == 0


def looks(hold, sight, for_s, from_s, **more):
    """Looks at the same for a while; what came of each, and the instant after the last."""
    count = round(for_s / LOOK_S) + 1
    return [hold.see(sight, from_s + LOOK_S * number, **more) for number in range(count)], from_s + LOOK_S * count


def made(told):
    return [one.made for one in told if one.made]


class TestHold:
    def test_r17_it_counts_when_it_was_held_and_once(self):
        told, _ = looks(Hold(), PALM, 5.0, 10.0)
        assert [one.share for one in told[:4]] == pytest.approx([0, 0.256, 0.513, 0.769], abs=0.01)
        assert told[4] == Held("hand", 1.0, made="hand")
        assert told[5:] == [Held()] * (len(told) - 5), "no ring, and nothing a second time"
        assert HOLD_S == 0.8

    def test_shorter_is_nothing(self):
        told, _ = looks(Hold(), PALM, HOLD_S - LOOK_S, 10.0)
        assert made(told) == []

    @pytest.mark.parametrize("missed", [NOTHING, Sight("hand", False), Sight("ok", False)])
    def test_one_look_that_misses_it_does_not_undo_it(self, missed):
        hold = Hold()
        hold.see(PALM, 10.0)
        assert hold.see(missed, 10.2).gesture == "hand"
        assert made(looks(hold, PALM, 0.4, 10.4)[0]) == ["hand"]

    def test_two_do(self):
        hold = Hold()
        hold.see(PALM, 10.0)
        hold.see(NOTHING, 10.2)
        assert hold.see(NOTHING, 10.0 + GAP_S + 0.1) == Held()
        assert made(looks(hold, PALM, 0.6, 10.6)[0]) == []

    def test_another_gesture_begins_anew(self):
        hold = Hold()
        looks(hold, PALM, 0.6, 10.0)
        assert hold.see(OK, 10.8) == Held("ok", 0.0)
        assert made(looks(hold, OK, 0.6, 11.0)[0]) == ["ok"]

    def test_r17_a_hand_that_moves_means_nothing(self):
        assert looks(Hold(), Sight("hand", False), 5.0, 10.0)[0] == [Held()] * 26

    def test_r17_it_is_off_while_one_speaks(self):
        hold = Hold()
        told, at_s = looks(hold, PALM, 3.0, 10.0, is_quiet=False)
        assert told == [Held()] * 16
        told, at_s = looks(hold, PALM, 0.6, at_s)
        assert hold.see(PALM, at_s, is_quiet=False) == Held(), "a word in between"
        assert made(looks(hold, PALM, 0.6, at_s + LOOK_S)[0]) == []

    def test_the_same_counts_again_after_a_rest(self):
        hold = Hold()
        told, at_s = looks(hold, OK, HOLD_S, 10.0)
        assert made(told) == ["ok"]
        _, at_s = looks(hold, NOTHING, REST_S - 3 * LOOK_S, at_s)
        told, at_s = looks(hold, OK, 2.0, at_s)
        assert made(told) == [], "it had not been away"
        _, at_s = looks(hold, NOTHING, REST_S, at_s)
        assert made(looks(hold, OK, HOLD_S, at_s)[0]) == ["ok"]

    def test_one_that_is_held_over_a_time_without_looks_does_not_count_again(self):
        hold = Hold()
        told, at_s = looks(hold, OK, HOLD_S, 10.0)
        assert made(told) == ["ok"]
        assert made(looks(hold, OK, 3.0, at_s + 2 * REST_S)[0]) == []

    def test_r17_a_palm_that_goes_takes_the_hand_down_once(self):
        hold = Hold()
        _, at_s = looks(hold, PALM, 3.0, 10.0)
        assert hold.has_raised
        _, at_s = looks(hold, NOTHING, LOWER_S / 2, at_s)
        _, at_s = looks(hold, Sight("hand", False), 1.0, at_s)  # it waves: still there
        told, at_s = looks(hold, NOTHING, 3 * LOWER_S, at_s, is_quiet=False)
        assert [one.is_gone for one in told].count(True) == 1
        assert told.index(Held(is_gone=True)) == pytest.approx(LOWER_S / LOOK_S, abs=1)
        assert not hold.has_raised

    def test_only_a_palm_is_waited_for(self):
        hold = Hold()
        _, at_s = looks(hold, OK, 1.0, 10.0)
        assert not any(one.is_gone for one in looks(hold, NOTHING, 5.0, at_s)[0])

    def test_when_nobody_looks_any_more_the_palm_is_gone(self):
        hold = Hold()
        assert hold.end() == Held()
        looks(hold, PALM, 1.0, 10.0)
        assert hold.end() == Held(is_gone=True)
        assert hold.end() == Held()
