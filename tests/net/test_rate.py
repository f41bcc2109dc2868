"""What is there for a voice, a face and a screen, by what the relay says of the link and of who sees them."""

import pytest

from app.net.rate import POOR_VOICE_BPS, VOICE_BPS, Budget, Rates

ALL = ("microphone", "camera", "screen")
FACE = ("microphone", "camera")


def rates(link=None, at_s=0.0, **most):
    made = Rates()
    if link is not None:
        made.link_carries(link, at_s)
    for source, bps in most.items():
        made.may_cost(source, bps, at_s)
    return made


def test_nothing_is_limited_before_the_relay_has_said_anything():
    assert rates().budgets(ALL, 0.0) == {}
    assert rates().voice_bps == VOICE_BPS


@pytest.mark.parametrize(
    ("link", "voice", "least", "most"),
    [
        (60_000, POOR_VOICE_BPS, 12_000, 20_000),
        (100_000, POOR_VOICE_BPS, 40_000, 60_000),
        (300_000, VOICE_BPS, 180_000, 230_000),
        (1_000_000, VOICE_BPS, 700_000, 860_000),
    ],
)
def test_voice_comes_first_and_a_face_has_the_rest(link, voice, least, most):
    made = rates(link)
    assert made.voice_bps == voice
    (face,) = made.budgets(FACE, 0.0).values()
    assert least <= face.rate <= most
    assert voice + face.rate < link


@pytest.mark.parametrize(("link", "face"), [(5_000_000, 400_000), (1_000_000, 150_000), (250_000, 60_000)])
def test_beside_a_screen_a_face_has_less(link, face):
    budgets = rates(link).budgets(ALL, 0.0)
    assert budgets["camera"].rate == pytest.approx(face, rel=0.15)
    assert budgets["screen"].rate > budgets["camera"].rate * 1.5
    assert budgets["screen"].height == 0, "letters are not made smaller"


def test_a_picture_costs_no_more_than_its_best_viewer_can_have():
    budgets = rates(5_000_000, camera=200_000).budgets(ALL, 0.0)
    assert budgets["camera"].rate < 200_000
    assert budgets["screen"].rate > 3_000_000
    assert rates(camera=200_000).budgets(FACE, 0.0)["camera"].rate < 200_000


@pytest.mark.parametrize(("link", "viewers"), [(120_000, 5_000_000), (5_000_000, 120_000)])
def test_a_voice_has_fewer_bits_where_the_link_or_all_listeners_have_few(link, viewers):
    made = rates(link, microphone=viewers)
    assert made.voice_bps == POOR_VOICE_BPS
    made.may_cost("microphone", 180_000, 1.0)
    made.link_carries(5_000_000, 1.0)
    assert made.voice_bps == POOR_VOICE_BPS, "not before there is clearly more"
    made.may_cost("microphone", 400_000, 2.0)
    assert made.voice_bps == VOICE_BPS


@pytest.mark.parametrize(
    ("most", "height", "fps"),
    [
        (2_400_000, 720, 30),
        (800_000, 540, 30),
        (400_000, 360, 30),
        (200_000, 270, 20),
        (100_000, 180, 15),
        (40_000, 180, 5),
        (20_000, 180, 2),
    ],
)
def test_a_face_becomes_smaller_before_it_becomes_slower_and_a_slide_show_at_last(most, height, fps):
    budget = rates(50_000_000, camera=most).budgets(FACE, 0.0)["camera"]
    assert (budget.height, budget.fps) == (height, fps)


def test_a_link_of_which_little_is_known_makes_no_picture_small_until_it_was_too_narrow():
    made = rates(400_000)
    assert made.budgets(FACE, 0.0)["camera"].height == 0
    made.link_carries(250_000, 1.0)
    assert made.budgets(FACE, 1.0)["camera"].height == 270


def test_less_is_heeded_at_once_and_more_after_a_while():
    made = rates(50_000_000, camera=400_000)
    first = made.budgets(FACE, 0.0)["camera"]
    for at_s, bps in ((0.1, 380_000), (0.2, 470_000), (1.0, 600_000)):
        made.may_cost("camera", bps, at_s)
        assert made.budgets(FACE, at_s)["camera"] is first
    made.may_cost("camera", 300_000, 1.1)
    assert made.budgets(FACE, 1.1)["camera"].rate < 300_000
    made.may_cost("camera", 600_000, 2.7)
    assert made.budgets(FACE, 2.7)["camera"].rate > 500_000
    made.may_cost("camera", 660_000, 4.5)
    assert made.budgets(FACE, 4.5)["camera"].rate < 600_000
    assert made.budgets(FACE, 8.8)["camera"].rate > 600_000, "a little more, after a long while"


def test_a_size_that_there_is_just_enough_for_is_not_taken_again_at_once():
    made = rates(50_000_000, camera=250_000)
    assert made.budgets(FACE, 0.0)["camera"].height == 270
    made.may_cost("camera", 325_000, 5.0)
    assert made.budgets(FACE, 5.0)["camera"].height == 270
    made.may_cost("camera", 420_000, 10.0)
    assert made.budgets(FACE, 10.0)["camera"].height == 360


def test_pictures_follow_their_pace_closely_only_where_the_link_was_too_narrow():
    made = rates(1_000_000)
    rate = made.budgets(FACE, 0.0)["camera"].rate
    assert made.pace_bps(0.0) == pytest.approx(2.5 * rate)
    made.link_carries(500_000, 1.0)
    rate = made.budgets(FACE, 1.0)["camera"].rate
    assert made.pace_bps(1.0) == pytest.approx(1.3 * rate)
    assert made.pace_bps(70.0) == pytest.approx(2.5 * rate)


def test_another_connection_begins_anew():
    made = rates(100_000, camera=30_000)
    made.budgets(FACE, 0.0)
    assert made.again_bps == pytest.approx(35_000)
    made.forget()
    assert made.budgets(FACE, 1.0) == {}
    assert (made.voice_bps, made.pace_bps(1.0), made.again_bps) == (VOICE_BPS, 0.0, 400_000)


def test_a_budget_is_a_plain_value():
    assert Budget(100) == Budget(100, 0, 30.0)


def test_a_face_made_small_as_well_is_paid_for_first_and_costs_little():
    both = (*FACE, "camera-low")
    for link in (400_000, 1_000_000, 5_000_000):
        alone, budgets = rates(link).budgets(FACE, 0.0)["camera"], rates(link).budgets(both, 0.0)
        assert budgets["camera-low"].rate < min(0.22 * link, 450_000)
        assert budgets["camera-low"].rate + budgets["camera"].rate == pytest.approx(alone.rate, rel=0.01)


def test_a_face_made_small_costs_what_the_poorest_of_its_viewers_can_have_and_tells_nothing_of_the_link():
    both = (*FACE, "camera-low")
    made = rates(5_000_000, **{"camera-low": 3_000_000})
    before = made.budgets(both, 0.0)
    pace_bps = made.pace_bps(0.0) / sum(budget.rate for budget in before.values())
    made.may_cost("camera-low", 100_000, 1.0)
    after = made.budgets(both, 1.0)
    assert after["camera-low"].rate < 100_000
    assert (after["camera-low"].height, after["camera-low"].fps) == (180, 15.0)
    assert after["camera"].height == before["camera"].height
    assert made.pace_bps(1.0) / sum(budget.rate for budget in after.values()) == pytest.approx(pace_bps)
