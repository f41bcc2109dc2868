"""Whether a face is made a second time, small, what each size may cost, and who gets which."""

import pytest

from server_stub.relay.budget import FACE_BPS, LEAST_BPS
from server_stub.relay.layers import KEPT_S, POOR_FOR_S, SMALL_AFTER_S, SURE, Face, Viewer

WIDE, POOR = 3_000_000, 150_000


def viewers(**some):
    """By name: height, share, and whether the link bears the large picture."""
    return {name: Viewer(*one) for name, one in some.items()}


def decide(face, some, now_s=100.0, *, is_recorded=False, up_bps=2_000_000):
    return face.decide(some, is_recorded=is_recorded, up_bps=up_bps, now_s=now_s)


@pytest.mark.parametrize(
    ("some", "is_recorded", "low_px", "small"),
    [
        ({}, False, 0, set()),
        ({"a": (180, WIDE)}, False, 0, set()),
        ({"a": (None, POOR, False)}, False, 0, set()),
        ({"a": (180, WIDE), "b": (720, WIDE)}, False, 180, {"a"}),
        ({"a": (270, WIDE), "b": (540, WIDE)}, False, 270, {"a"}),
        ({"a": (180, WIDE), "b": (270, WIDE), "c": (None, WIDE)}, False, 270, {"a", "b"}),
        ({"a": (180, WIDE), "b": (180, WIDE)}, False, 0, set()),
        ({"a": (180, WIDE), "b": (360, WIDE)}, False, 0, set()),
        ({"a": (360, WIDE), "b": (1080, WIDE)}, False, 0, set()),
        ({"a": (None, WIDE), "b": (None, POOR, False)}, False, 270, {"b"}),
        ({"a": (180, WIDE), "b": (180, POOR, False)}, False, 0, {"b"}),
        ({"a": (None, WIDE), "b": (None, POOR, True)}, False, 0, set()),
        ({"a": (None, WIDE), "b": (None, 0.0, False)}, False, 0, {"b"}),
        ({"a": (None, WIDE), "b": (None, 0.7 * WIDE, False)}, False, 0, {"b"}),
        ({"a": (180, WIDE)}, True, 180, {"a"}),
        ({"a": (180, WIDE), "b": (270, WIDE)}, True, 270, {"a", "b"}),
        ({"a": (None, WIDE)}, True, 0, set()),
        ({}, True, 0, set()),
    ],
    ids=[
        "nobody", "one alone, small", "one alone, poor", "small beside large", "not so small beside large",
        "two small ones beside one who has said nothing", "all small", "small beside middling",
        "middling beside large", "a poor link beside a wide one", "all small, one of them poor",
        "a poor link that bears it", "no room at all", "a link that is nearly as good", "a recorder wants it large",
        "a recorder and two small ones", "a recorder and one large", "a recorder alone",
    ],
)  # fmt: skip
def test_a_small_picture_is_made_where_one_size_does_not_do_for_all(some, is_recorded, low_px, small):
    layers = decide(Face(), viewers(**some), is_recorded=is_recorded)
    assert (layers.low_px, layers.small) == (low_px, small)


@pytest.mark.parametrize(
    ("some", "high_bps", "low_bps"),
    [
        ({}, None, None),
        ({"a": (720, WIDE)}, WIDE, None),
        ({"a": (None, WIDE), "b": (None, 0.9 * WIDE, False)}, 0.9 * WIDE, None),
        ({"a": (720, 0.0)}, LEAST_BPS, None),
        ({"a": (None, WIDE), "b": (None, 0.9 * WIDE)}, 0.9 * WIDE, None),
        ({"a": (None, WIDE), "b": (None, POOR, False)}, WIDE, SURE * POOR),
        ({"a": (None, WIDE), "b": (None, POOR, False), "c": (180, WIDE)}, WIDE, SURE * POOR),
        ({"a": (None, WIDE), "b": (None, 20_000, False), "c": (180, WIDE)}, WIDE, FACE_BPS),
        ({"a": (720, 500_000), "b": (180, WIDE)}, 500_000, SURE * WIDE),
    ],
    ids=[
        "nobody", "one", "a link that is nearly as good", "one without room", "the lesser of two like links",
        "a poor link does not decide", "the small one is made for the poor link", "which cannot make it worthless",
        "who shows it small does not decide",
    ],
)  # fmt: skip
def test_each_size_costs_what_those_can_have_who_get_it(some, high_bps, low_bps):
    layers = decide(Face(), viewers(**some))
    assert (layers.high_bps, layers.low_bps) == (high_bps, low_bps)


def test_a_poor_link_is_heeded_at_once_and_believed_only_after_a_while():
    face, wide = Face(), ("a", Viewer(None, WIDE))
    assert decide(face, dict([wide]) | viewers(b=(None, WIDE))).low_px == 0
    assert decide(face, dict([wide]) | viewers(b=(None, POOR, False)), 101.0).small == {"b"}
    better = dict([wide]) | viewers(b=(None, WIDE))
    before_s = 101.0 + POOR_FOR_S - 0.1
    assert decide(face, better, before_s).small == {"b"}
    assert decide(face, better, before_s + 0.2).small == set()
    assert decide(face, better, before_s + 0.3).low_px, "it is made on for a while"
    assert decide(face, better, before_s + KEPT_S + 0.3).low_px == 0


def test_a_link_on_the_edge_brings_no_going_to_and_fro():
    face, changes, before = Face(), 0, frozenset()
    for step in range(400):
        poor = ("b", Viewer(None, POOR, step % 7 != 0))
        layers = decide(face, dict([poor]) | viewers(a=(None, WIDE)), 100.0 + step / 4)
        changes += layers.small != before
        before = layers.small
    assert changes == 1


def test_who_makes_their_view_large_gets_it_large_at_once_and_who_makes_it_small_a_little_later():
    face = Face()
    large = viewers(a=(720, WIDE), b=(720, WIDE))
    small = viewers(a=(720, WIDE), b=(180, WIDE))
    assert decide(face, large, 100.0).small == set()
    assert decide(face, small, 100.0 + SMALL_AFTER_S - 0.1).small == set()
    assert decide(face, small, 100.0 + SMALL_AFTER_S).small == {"b"}
    assert decide(face, large, 103.0).small == set()


def test_it_ends_at_once_with_the_last_but_one_viewer_or_a_sender_who_has_not_enough_for_two():
    face, two = Face(), viewers(a=(720, WIDE), b=(180, WIDE))
    assert decide(face, two).low_px
    assert decide(face, viewers(b=(180, WIDE)), 101.0) == decide(Face(), viewers(b=(180, WIDE)))
    assert decide(face, two, 102.0, up_bps=350_000).low_px == 0
    assert decide(face, two, 103.0, up_bps=450_000).low_px
    assert decide(face, two, 104.0, up_bps=350_000).low_px
    assert decide(face, two, 105.0, up_bps=250_000).low_px == 0
    assert decide(face, viewers(a=(720, WIDE)), 106.0).low_px == 0


def test_nobody_makes_others_small_by_what_they_say_of_their_own_link():
    face = Face()
    for at_s in range(100, 110):
        layers = decide(face, viewers(a=(720, 1e9), b=(720, 1_600_000), c=(720, 1_700_000)), float(at_s))
    assert layers.high_bps == 1_600_000
    assert not layers.small


def test_a_link_that_is_tried_again_does_not_make_the_picture_too_dear_for_others():
    face = Face()
    for second in range(10):
        decide(face, viewers(a=(720, 600_000), b=(720, 250_000, False)), 100.0 + second)
    # Its client takes it for wide again, after a long while.
    layers = decide(face, viewers(a=(720, 600_000), b=(720, 1_200_000)), 120.0)
    assert (layers.high_bps, layers.poor) == (600_000, frozenset())
    for second in range(5):
        layers = decide(face, viewers(a=(720, 600_000), b=(720, 1_200_000)), 121.0 + second)
    # It has borne it: now it is the other one that is far behind.
    assert layers.high_bps == 1_200_000


def test_who_hides_it_for_a_moment_is_not_new():
    face, large = Face(), viewers(a=(720, WIDE))
    decide(face, viewers(a=(720, WIDE), b=(720, WIDE)))
    decide(face, large, 100.25)
    assert decide(face, viewers(a=(720, WIDE), b=(180, WIDE)), 100.5).small == frozenset()
    assert decide(face, viewers(a=(720, WIDE), b=(180, WIDE)), 102.0).small == {"b"}


def test_it_grows_with_the_largest_view_of_those_who_get_it_and_nothing_is_kept_of_who_has_gone():
    face = Face()
    assert decide(face, viewers(a=(720, WIDE), b=(180, WIDE))).low_px == 180
    assert decide(face, viewers(a=(720, WIDE), b=(270, WIDE)), 101.0).low_px == 270
    for number in range(50):
        decide(face, viewers(a=(720, WIDE), **{f"b{number}": (None, POOR, False)}), 102.0 + number)
    # But for a moment, so that who hides it and shows it again begins nothing anew.
    assert len(face._poor_s) == POOR_FOR_S
    assert set(face._large_s) == {"a", "b48", "b49"}


@pytest.mark.parametrize(
    ("viewer", "height", "does"),
    [
        ("small", 180, True),
        ("small", 540, False),
        ("large", 720, False),
        ("large", 180, False),
        ("poor", None, True),
        ("new", 180, True),
        ("new", 720, False),
        ("new", None, False),
    ],
    ids=[
        "shown small", "enlarged", "shown large", "made small a moment ago", "a poor link",
        "shown small for the first time", "shown large for the first time", "who says nothing",
    ],
)  # fmt: skip
def test_what_a_viewer_gets_until_it_is_decided_again_follows_what_they_show_now(viewer, height, does):
    some = viewers(small=(180, WIDE), large=(720, WIDE), poor=(None, POOR, False))
    assert decide(Face(), some).prefers_low(viewer, height) == does
