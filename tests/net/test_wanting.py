"""What is said of the pictures on the screen, and when: what appears at once, all else about twice a second."""

import pytest

from app.media.types import THUMBNAIL, View
from app.net.wanting import Wanting
from app.wire.media import MOST_HEIGHT_PX, MOST_WISHES

ADA, GRACE, SCREEN = ("ada", "camera"), ("grace", "camera"), ("ada", "screen")
SMALL, LARGE = {1: View(320, 180)}, {2: View(1280, 720)}


def said(wanting, now_s):
    """What is said at that moment, if anything is."""
    due_s = wanting.due_in_s(now_s)
    return wanting.say(now_s) if due_s == 0 else None


def test_nothing_is_said_before_anybody_has_told_what_is_shown():
    wanting = Wanting()
    wanting.begin(7.0)
    assert wanting.due_in_s(7.0) is None
    wanting.show({})
    assert wanting.due_in_s(7.5) == pytest.approx(1.5), "the page of the call may still be in the making"
    assert said(wanting, 9.0) == {}, "nothing is shown: that is news"
    assert wanting.due_in_s(19.0) is None


def test_other_peoples_cameras_and_screens_are_said_and_a_screen_always_as_it_is():
    wanting = Wanting()
    wanting.show({ADA: SMALL, GRACE: LARGE, SCREEN: SMALL, ("", "camera"): LARGE, ("window", THUMBNAIL): SMALL})
    assert said(wanting, 0.0) == {ADA: 180, GRACE: 720, SCREEN: MOST_HEIGHT_PX}
    wanting.show({ADA: SMALL, GRACE: LARGE, SCREEN: LARGE, ("", "camera"): SMALL})
    assert wanting.due_in_s(9.0) is None


def test_what_appears_is_said_at_once_and_what_goes_or_grows_within_half_a_second():
    wanting = Wanting()
    wanting.show({ADA: SMALL})
    assert said(wanting, 10.0) == {ADA: 180}
    wanting.show({ADA: LARGE})
    assert wanting.due_in_s(10.1) == pytest.approx(0.4)
    wanting.show({ADA: LARGE, GRACE: SMALL})
    assert said(wanting, 10.1) == {ADA: 720, GRACE: 180}
    wanting.show({})
    assert wanting.due_in_s(10.2) == pytest.approx(0.4)
    wanting.show({ADA: LARGE, GRACE: SMALL})
    assert wanting.due_in_s(10.3) is None, "it is back before anybody was told that it went"


def test_a_window_that_is_resized_or_turns_pages_says_few_things():
    wanting, told = Wanting(), []
    for step in range(1000):  # ten seconds
        height = 120 + abs(step % 400 - 200) * 4
        wanting.show({ADA: {1: View(height * 16 // 9, height)}, (f"p{step % 50}", "camera"): SMALL})
        if said(wanting, step / 100) is not None:
            told.append(step / 100)
    assert len(told) <= 41
    wanting.show({ADA: SMALL})
    assert said(wanting, 11.0) == {ADA: 180}, "and the last word holds"


def test_a_new_seat_is_told_anew():
    wanting = Wanting()
    wanting.show({ADA: SMALL})
    assert said(wanting, 0.0)
    wanting.begin(0.1)
    assert said(wanting, 0.1) == {ADA: 180}


def test_no_more_is_said_than_a_message_holds():
    wanting = Wanting()
    wanting.show({(f"p{number}", "camera"): SMALL for number in range(200)})
    assert len(said(wanting, 0.0)) == MOST_WISHES
