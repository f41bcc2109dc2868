"""When a link is doubted and what is done then, as tables and as short stories of looks."""

from dataclasses import replace

import pytest

from app.net.link_rules import LOOK_S, Link, Look, Seen, judge, retry_s
from server_stub.kernel.config import MeetingLimits

HOME, VPN = "192.0.2.5", "10.8.0.2"
#: A call that goes well.
WELL = Seen(now_s=100.0, route=HOME, is_online=True, answered_s=90.0, has_media=True, heard_s=100.0, all_heard_s=99.8)
KNOWN = Link(route=HOME)


def quiet(for_s, *, one_for_s=None):
    """What is seen where the relay was not heard for so long."""
    return replace(WELL, heard_s=WELL.now_s - for_s, all_heard_s=WELL.now_s - (one_for_s or for_s))


class Story:
    """Looks one after the other, at a world that a test changes meanwhile."""

    def __init__(self, seen=WELL, link=KNOWN):
        self.seen, self.link = replace(seen, heard_s=seen.now_s, all_heard_s=seen.now_s), link
        self.acts = []

    def go(self, for_s, *, hears=False, **world):
        """Lets time pass; returns what was done in it, each once, in order."""
        self.seen, done = replace(self.seen, **world), []
        for _ in range(round(for_s / LOOK_S)):
            now_s = self.seen.now_s + LOOK_S
            heard = {"heard_s": now_s, "all_heard_s": now_s} if hears else {}
            self.seen = replace(self.seen, now_s=now_s, **heard)
            self.link, acts = judge(self.link, self.seen)
            done += [act for act in acts if act not in done]
        return done


@pytest.mark.parametrize(
    ("seen", "acts"),
    [
        (WELL, ()),
        (quiet(0.7), ()),
        (quiet(0.9), ("ask_media",)),
        (quiet(0.2, one_for_s=2.0), ()),
        (quiet(0.2, one_for_s=3.0), ("ask_media",)),
        (quiet(1.2), ("ask_socket", "ask_media", "probe")),
        (quiet(1.6), ("ask_socket", "say_stalled", "ask_media", "probe")),
        (quiet(0.2, one_for_s=4.1), ("ask_socket", "ask_media", "probe")),
        (replace(WELL, has_media=False, heard_s=0.0, all_heard_s=0.0), ()),
        (replace(WELL, route=VPN), ("ask_socket", "ask_media", "probe")),
        (replace(WELL, route=""), ()),
        (replace(WELL, route=None), ()),
        (replace(WELL, slept_s=0.9), ()),
        (replace(WELL, slept_s=60.0), ("ask_socket", "ask_media", "probe")),
        (replace(WELL, is_socket_cut=True), ("drop_socket",)),
        (replace(WELL, is_socket_cut=True, is_media_cut=True), ("drop_socket",)),
        (replace(WELL, is_media_cut=True), ("forget_spare", "renew_media")),
        (replace(WELL, has_media=False, wanted_s=99.0), ()),
        (replace(WELL, has_media=False, wanted_s=97.0), ("ask_socket",)),
        (Seen(now_s=100.0, route=HOME), ()),
        (Seen(now_s=100.0, route=VPN), ("hurry",)),
        (Seen(now_s=100.0, route=HOME, slept_s=60.0), ("hurry",)),
        (Seen(now_s=100.0, route=""), ()),
    ],
)
def test_what_one_look_leads_to(seen, acts):
    assert judge(KNOWN, seen)[1] == acts


def test_a_first_address_is_no_change_and_one_that_comes_after_none_is():
    link, acts = judge(Link(), WELL)
    assert (link.route, acts) == (HOME, ())
    link, acts = judge(link, Seen(now_s=101.0, route=""))
    assert (link.route, acts) == ("", ())
    assert judge(link, Seen(now_s=102.0, route=HOME))[1] == ("hurry",)


class TestSilence:
    def test_a_blackout_that_ends_leaves_everything_as_it_was(self):
        story = Story()
        assert "say_stalled" in story.go(5.0)
        # The fresh connection opens in the same moment in which media is back, and the old one answers later.
        assert story.go(0.4, hears=True, spare_s=story.seen.now_s + 0.1) == ["say_found", "probe"]
        assert story.go(2.0, hears=True) == ["probe"]
        assert story.go(1.0, hears=True, answered_s=story.seen.now_s) == ["forget_spare"]
        assert story.go(5.0, hears=True) == []

    def test_words_come_after_a_second_and_a_half_and_are_taken_back_only_if_said(self):
        story = Story()
        assert "say_stalled" not in story.go(1.4)
        assert "say_found" not in story.go(0.4, hears=True)
        story = Story()
        assert "say_stalled" in story.go(1.8)
        assert "say_found" in story.go(0.4, hears=True)

    def test_a_way_that_is_dead_is_left_within_two_seconds(self):
        story = Story()
        assert "swap" not in story.go(1.2)
        assert "swap" in story.go(0.8, spare_s=story.seen.now_s)

    def test_a_fresh_connection_waits_for_what_would_come_back_by_itself(self):
        story = Story()
        story.go(5.0)
        assert "swap" not in story.go(0.2, spare_s=story.seen.now_s)
        assert "swap" not in story.go(0.6, hears=True)

    def test_where_one_connection_is_back_the_other_one_is_waited_for(self):
        story = Story()
        story.go(5.0)
        back = story.seen.now_s + 0.1
        assert "swap" not in story.go(1.6, spare_s=back, heard_s=back)
        assert "swap" in story.go(0.8)

    def test_a_websocket_that_stays_dead_is_left_when_media_has_been_back_for_a_while(self):
        story = Story()
        story.go(5.0)
        assert "swap" not in story.go(2.8, hears=True, spare_s=story.seen.now_s)
        assert "swap" in story.go(0.6, hears=True)

    def test_media_alone_is_made_anew_where_the_websocket_answers(self):
        story = Story()
        story.go(1.4)
        assert "renew_media" not in story.go(0.4, answered_s=story.seen.now_s)
        acts = story.go(0.6)
        assert acts[-2:] == ["forget_spare", "renew_media"]
        assert "swap" not in acts

    def test_one_connection_of_two_that_is_deaf_is_noticed_later(self):
        story = Story()
        seen = story.seen
        for step in range(1, 30):
            story.seen = replace(seen, now_s=seen.now_s + step * LOOK_S, heard_s=seen.now_s + step * LOOK_S)
            story.link, acts = judge(story.link, story.seen)
            assert ("probe" in acts) == (step * LOOK_S >= 4.0)

    def test_there_is_a_rest_between_two_looks(self):
        story = Story()
        story.go(1.4)
        story.go(1.0, answered_s=story.seen.now_s)  # renewed, and as quiet as before
        assert story.link.look is None
        assert set(story.go(1.4)) <= {"ask_media"}
        assert "ask_socket" in story.go(0.8)


class TestAnotherWay:
    def test_a_vpn_that_comes_up_and_changes_nothing_is_left_alone(self):
        story = Story()
        assert story.go(0.2, route=VPN, hears=True)[0] == "ask_socket"
        assert story.go(0.2, hears=True, answered_s=story.seen.now_s + 0.1) == ["forget_spare"]
        assert story.go(5.0, hears=True) == []

    def test_a_vpn_that_swallows_what_is_sent_is_answered_within_a_second(self):
        story = Story()
        assert story.go(0.2, route=VPN) == ["ask_socket", "ask_media", "probe"]
        acts = story.go(0.8, spare_s=story.seen.now_s + 0.1)
        assert "say_stalled" in acts
        assert acts[-1] == "swap"

    def test_without_a_call_the_fresh_websocket_is_taken_where_the_old_one_is_silent(self):
        story = Story(replace(WELL, has_media=False))
        assert story.go(0.2, route=VPN) == ["ask_socket", "probe"]
        assert story.go(0.6, spare_s=story.seen.now_s) == ["probe", "swap"]

    def test_a_change_in_the_midst_of_a_look_begins_it_anew_without_saying_it_twice(self):
        story = Story()
        assert "say_stalled" in story.go(2.0)
        assert "say_stalled" not in story.go(1.0, route=VPN)
        assert story.go(0.2, hears=True)[0] == "say_found"

    def test_after_sleep_both_are_asked_and_kept_if_they_answer(self):
        story = Story()
        assert story.go(0.2, slept_s=600.0) == ["ask_socket", "ask_media", "probe"]
        story.seen = replace(story.seen, slept_s=0.0)
        assert story.go(0.4, hears=True, answered_s=story.seen.now_s + 0.1) == ["forget_spare"]


def test_media_is_not_judged_while_the_way_back_to_the_seat_makes_it_anew():
    link, _ = judge(KNOWN, replace(WELL, is_socket_cut=True, is_media_cut=True))
    back = replace(WELL, now_s=WELL.now_s + 1.0, is_media_cut=True)
    assert judge(link, back)[1] == ()
    assert judge(link, replace(back, now_s=WELL.now_s + 4.0))[1] == ("forget_spare", "renew_media")


def test_a_look_ends_with_the_connection():
    looking = Link(route=HOME, look=Look(since_s=99.0, is_told=True))
    assert judge(looking, Seen(now_s=100.0, route=HOME))[0].look is None


def test_media_that_does_not_come_up_makes_the_websocket_prove_itself_before_another_is_tried():
    story = Story(replace(WELL, has_media=False, wanted_s=WELL.now_s))
    assert story.go(2.4) == []
    assert story.go(0.8) == ["ask_socket"]
    assert story.go(0.4, answered_s=story.seen.now_s) == ["forget_spare"]
    story = Story(replace(WELL, has_media=False, wanted_s=WELL.now_s))
    assert story.go(3.8) == ["ask_socket", "probe"]
    assert story.go(0.4, spare_s=story.seen.now_s - 0.2)[-1] == "swap"


def test_waits_are_short_at_first_and_long_for_a_server_that_stays_away():
    waits = [retry_s(failures) for failures in range(300)]
    assert waits == sorted(waits)
    assert waits[:4] == [0.2, 0.5, 0.8, 0.8]
    # As long as a seat is kept one is back soon after the server is.
    seat_s = MeetingLimits().keep_seat_s
    assert sum(wait_s for wait_s in waits if wait_s < 5.0) == pytest.approx(seat_s, abs=1.0)
    assert waits[-1] == 5.0
