"""Who gets which pictures, by what their link carries."""

import pytest

from server_stub.relay.budget import FACE_BPS, LEAST_BPS, Cost, Flow, most_of, plan_for

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
    assert (plan.flows, plan.shares) == ({"face0"}, {"face0": 0.0})
    assert most_of(plan.shares.values()) == LEAST_BPS


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


def test_a_picture_costs_what_its_best_viewer_can_have_and_nothing_without_viewers():
    assert most_of([100_000, 900_000, 0.0]) == 900_000
    assert most_of([]) is None


def test_what_a_stream_costs_is_measured_over_a_second():
    cost = Cost()
    for look in range(9):
        cost.look(look * 0.25)
        for _ in range(10):
            cost.note(1_212)
    assert cost.bps == pytest.approx(40 * 1_250 * 8)
    for look in range(9, 15):
        cost.look(look * 0.25)
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
