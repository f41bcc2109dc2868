"""Who gets which pictures, by what their link carries."""

import pytest

from server_stub.relay.budget import FACE_BPS, LEAST_BPS, Allowed, Cost, Flow, most_of, plan_for

VOICE = 52_000


def faces(*bps):
    return [Flow(f"face{number}", False, one, spoke_s=-number) for number, one in enumerate(bps)]


SCREEN = Flow("screen", True, 1_000_000)


def test_on_a_wide_link_everybody_sees_everything():
    plan = plan_for(20_000_000, 9 * VOICE, [*faces(*[900_000] * 9), SCREEN], ())
    assert len(plan.flows) == 10
    assert all(share > 300_000 for share in plan.shares.values())


def test_voices_are_never_held_back_and_the_only_picture_neither():
    plan = plan_for(100_000, VOICE, faces(800_000), ())
    assert plan.flows == {"face0"}
    assert plan.shares["face0"] == pytest.approx(40_000, rel=0.01)
    plan = plan_for(40_000, VOICE, faces(800_000), ())
    # It is on its way to being less: without it nothing would tell what the link bears.
    assert (plan.flows, plan.shares) == ({"face0"}, {"face0": 0.0})
    assert most_of(plan.shares.values()) == LEAST_BPS


def test_a_picture_whose_sender_heeds_nothing_does_not_drown_voices():
    (face,) = faces(800_000)
    face = face._replace(is_heeded=False)
    assert plan_for(100_000, VOICE, [face], ()).flows == frozenset()
    assert plan_for(700_000, VOICE, [face], ()).flows == {"face0"}
    # The next one gets the room.
    plan = plan_for(100_000, VOICE, [face, Flow("other", False, 30_000)], ())
    assert plan.flows == {"other"}


@pytest.mark.parametrize(
    ("measured", "since_less_s", "is_heeded"),
    [(900_000, 1, True), (900_000, 4, False), (550_000, 4, True), (0, 4, True)],
    ids=["not yet", "not at all", "as far as an encoder can", "it rests"],
)
def test_a_sender_has_a_moment_to_heed_what_they_are_told(measured, since_less_s, is_heeded):
    allowed = Allowed()
    assert allowed.is_heeded(measured, 99.0), "they have not been told"
    allowed.say(800_000, 99.0)
    allowed.say(400_000, 100.0)
    assert allowed.is_heeded(measured, 100.0 + since_less_s) == is_heeded


@pytest.mark.parametrize(
    ("is_face", "measured", "told", "since_less_s", "reckoned"),
    [
        (True, 500_000, None, 0, 500_000),
        (True, 0, None, 0, 0),
        (True, 0, 400_000, 0, 340_000),  # it rests
        (True, 500_000, 400_000, 1, 340_000),  # it has just been told less
        (True, 300_000, 400_000, 1, 255_000),
        (True, 500_000, 400_000, 4, 425_000),  # and does not heed it
        (False, 0, 400_000, 0, 0),  # a screen that stands still
        (False, 500_000, 400_000, 1, 400_000),
        (False, 500_000, 400_000, 4, 500_000),
    ],
)
def test_what_is_reckoned_with_for_a_picture(is_face, measured, told, since_less_s, reckoned):
    allowed = Allowed()
    if told is not None:
        allowed.say(2 * told, 90.0)
        allowed.say(told, 100.0)
    assert allowed.reckoned(measured, 100.0 + since_less_s, is_face=is_face) == pytest.approx(reckoned)


def test_who_spoke_last_is_seen_where_there_is_not_room_for_all():
    plan = plan_for(700_000, 3 * VOICE, faces(200_000, 200_000, 200_000), ())
    assert plan.flows == {"face0", "face1"}


def test_a_picture_that_flows_stays_where_one_that_waits_would_not_begin():
    shown = faces(500_000, 450_000)
    assert plan_for(1_050_000, 0, shown, ()).flows == {"face0"}
    assert plan_for(1_050_000, 0, shown, ("face0", "face1")).flows == {"face0", "face1"}
    assert plan_for(850_000, 0, shown, ("face0", "face1")).flows == {"face0"}


def test_the_screen_comes_before_faces_and_has_most():
    plan = plan_for(1_000_000, VOICE, [*faces(100_000, 100_000), SCREEN], ())
    assert "screen" in plan.flows
    assert plan.shares["screen"] == pytest.approx(0.8 * (920_000 - VOICE))
    assert plan.shares["face0"] == plan.shares["face1"]
    alone = plan_for(1_000_000, VOICE, [SCREEN], ())
    assert alone.shares["screen"] == pytest.approx(920_000 - VOICE)


def test_no_face_is_made_smaller_than_can_be_seen_as_long_as_another_can_do_without():
    plan = plan_for(400_000, 0, faces(*[FACE_BPS] * 9), ())
    shown = [share for share in plan.shares.values() if share]
    assert len(shown) == 6
    assert min(shown) > FACE_BPS


def layered(*bps, low=100_000, small=()):
    """Faces in two sizes; whose numbers are in `small` are wanted small."""
    return [
        face._replace(low=Flow(f"low{number}", False, low), prefers_low=number in small)
        for number, face in enumerate(faces(*bps))
    ]


@pytest.mark.parametrize(
    ("bps", "pictures", "flows", "roomy"),
    [
        (5_000_000, layered(800_000, 800_000), {"face0", "face1"}, {"face0", "face1"}),
        (5_000_000, layered(800_000, 800_000, small=(1,)), {"face0", "low1"}, {"face0", "face1"}),
        (1_300_000, layered(800_000, 800_000), {"face0", "low1"}, {"face0"}),
        (600_000, layered(800_000, 800_000), {"low0", "low1"}, set()),
        (180_000, layered(800_000, 800_000), {"low0"}, set()),
        (50_000, layered(800_000, 800_000), {"low0"}, set()),
        (1_300_000, layered(800_000, 800_000, small=(0,)), {"low0", "face1"}, {"face0", "face1"}),
        (1_400_000, [*layered(150_000, 800_000), SCREEN], {"screen", "face0"}, {"screen", "face0"}),
        (600_000, [*layered(800_000), *faces(0, 400_000)[1:]], {"low0"}, set()),
        (900_000, layered(90_000, low=200_000), {"face0"}, {"face0"}),
    ],
    ids=[
        "room for all", "who shows it small", "who spoke last comes large", "no room for a large one",
        "room for one small one", "the only picture is never held back, but small",
        "a large one for whom it is wanted", "the screen first, and what is left",
        "a face that is not made small waits", "a small one that costs more",
    ],
)  # fmt: skip
def test_as_many_faces_as_the_link_bears_and_then_as_many_of_them_large(bps, pictures, flows, roomy):
    plan = plan_for(bps, 0, pictures, ())
    assert (plan.flows, plan.roomy) == (flows, roomy)


def test_a_large_face_that_flows_stays_where_one_that_waits_would_not_begin():
    shown = layered(900_000, 900_000)
    assert plan_for(1_900_000, 0, shown, ()).flows == {"face0", "low1"}
    assert plan_for(1_900_000, 0, shown, ("face0", "face1")).flows == {"face0", "face1"}
    assert plan_for(1_500_000, 0, shown, ("face0", "face1")).flows == {"face0", "low1"}


def test_what_a_small_view_does_not_need_is_the_others():
    small, large = [face._replace(needs_bps=150_000) for face in faces(*[0] * 4)], Flow("large", False, 0)
    plan = plan_for(2_000_000, 0, [*small, large], ())
    assert plan.shares["large"] == pytest.approx(1_840_000 - 4 * 150_000)
    assert plan.shares["face0"] == plan.shares["large"], "what it could have, were it wanted larger"
    assert plan_for(500_000, 0, [*small, large], ()).shares["large"] == pytest.approx(92_000)
    alone = plan_for(2_000_000, 0, small, ()).shares
    assert set(alone.values()) == {1_840_000 - 3 * 150_000}


def test_a_picture_costs_what_its_best_viewer_can_have_and_nothing_without_viewers():
    assert most_of([100_000, 900_000, 0.0]) == 900_000
    assert most_of([]) is None


@pytest.mark.parametrize("every_s", [0.25, 0.5])
def test_what_a_stream_costs_is_measured_over_a_second(every_s):
    cost = Cost()
    for look in range(9):
        cost.look(look * every_s)
        for _ in range(int(40 * every_s)):
            cost.note(1_212)
    assert cost.bps == pytest.approx(40 * 1_250 * 8)
    cost.look(9 * every_s)
    cost.look(9 * every_s + 1.0)
    assert cost.bps == 0.0


def test_a_voice_is_more_than_a_breath():
    cost = Cost()
    for look, size in enumerate([30] * 8 + [100] * 8, start=8):
        cost.look(look * 0.25)
        for _ in range(12):
            cost.note(size)
    assert cost.spoke_s == pytest.approx(4.0, abs=2.0)
    quiet = Cost()
    for look in range(8):
        quiet.look(look * 0.25)
        for _ in range(12):
            quiet.note(30)
    assert quiet.spoke_s == 0.0
