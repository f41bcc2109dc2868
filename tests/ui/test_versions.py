"""On the recap page: making it again, and what it was before."""

import pytest

from app.state import intents
from app.ui.panels.version_parts import about_words
from tests.looks import recap_states


def test_a_recap_that_could_be_better_says_how_long_and_is_made_again_by_one_button(scene):
    scene.show(recap_states.can_be_better())
    words = scene.find("again-words").text()
    for part in ("small built-in recogniser", "faster-whisper base", "about 4 minutes", "this version is kept"):
        assert part in words
    scene.take()
    scene.click("make-again")
    assert scene.take() == [intents.MakeRecapAgain()]


def test_while_it_is_made_it_can_be_read(scene):
    scene.show(recap_states.versions(is_remade=True))
    assert "You can go on reading" in scene.find("again-words").text()
    assert not scene.is_visible("make-again")
    assert scene.is_visible("recap-card")


def test_why_it_stays_as_it_was_is_said(scene):
    scene.show(recap_states.can_be_better(remake_words="Please wait."))
    assert scene.find("again-fault").text() == "Please wait."
    assert scene.is_visible("make-again")


def test_an_earlier_version_is_opened_and_left(scene):
    scene.show(recap_states.versions(recap_states.RECAP, earlier=recap_states.EARLIER))
    assert not scene.is_visible("again")
    assert "small built-in recogniser" in scene.find("earlier-2").text()
    scene.take()
    scene.click("earlier-2")
    assert scene.take() == [intents.OpenVersion(version=2)]
    scene.show(recap_states.versions(version=2, earlier=recap_states.EARLIER))
    assert "You are reading an earlier version" in scene.find("again-words").text()
    assert not scene.is_visible("earlier-2")
    scene.take()
    scene.click("present-version")
    assert scene.take() == [intents.OpenVersion(version=0)]


def test_a_recap_that_is_as_good_as_can_be_says_nothing(scene):
    scene.show(recap_states.recap_state())
    assert not scene.is_visible("again")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "about a minute"), (89, "about a minute"), (260, "about 4 minutes"), (7200, "about 2 hours")],
)
def test_how_long_it_takes_is_said_roughly(seconds, words):
    assert about_words(seconds) == words
