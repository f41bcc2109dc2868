"""Captions over the pictures, the panel of what was said so far, and marks."""

import time

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QLabel, QWidget

from app.state import call_intents
from app.state.intents import Explain
from app.state.slices.captions import Caption, Captions
from app.state.slices.devices import Choices
from app.state.slices.recording import Recording
from app.ui.widgets import captions_layer
from app.ui.widgets.captions_layer import HURRY_S, LEAST_S, ROWS, SEEN_S, CaptionsLayer, RollUp, Row
from tests.fakes.putting import put
from tests.looks import call_states
from tests.ui.test_theme import contrast


def rows(*texts):
    return [Row("", text) for text in texts]


def seen(roll, now_s):
    return [row.text for row, _ in roll.at(now_s)]


# --- which lines are seen when ------------------------------------------------------------------------------------
def test_lines_are_seen_at_once_and_go_after_some_seconds():
    roll = RollUp()
    roll.add(rows("a", "b"))
    assert seen(roll, 10.0) == ["a", "b"]
    roll.add(rows("c"))
    assert seen(roll, 12.0) == ["a", "b", "c"]
    assert seen(roll, 10.1 + SEEN_S) == ["c"]
    assert not roll.is_over
    assert seen(roll, 12.1 + SEEN_S) == []
    assert roll.is_over


def test_what_has_no_room_waits_until_the_others_could_be_read():
    roll = RollUp()
    roll.add(rows("a", "b", "c", "d", "e"))
    assert seen(roll, 0.0) == ["a", "b", "c"]
    assert seen(roll, LEAST_S - 0.1) == ["a", "b", "c"]
    assert seen(roll, LEAST_S) == ["b", "c", "d"]
    assert seen(roll, 2 * LEAST_S) == ["c", "d", "e"]


def test_where_very_much_waits_it_hurries_and_loses_nothing():
    roll = RollUp()
    roll.add(rows(*(str(n) for n in range(20))))
    told, now_s = [], 0.0
    while not roll.is_over:
        told += [text for text in seen(roll, now_s) if text not in told]
        now_s += 0.1
    assert told == [str(n) for n in range(20)]
    assert now_s < 20 * LEAST_S
    assert now_s > 10 * HURRY_S


# --- over the pictures --------------------------------------------------------------------------------------------
def layer(scene):
    return scene.find("captions-layer", CaptionsLayer)


def said(*texts, name="Clara Nowak", first=1, age_s=0.0):
    lines = call_states.said_lines(len(texts))
    now = time.time() - age_s
    shown = tuple(
        Caption(first + n, call_states.Line(number=n, person="p1", name=name, at=now, text=text), now)
        for n, (_, text) in enumerate(zip(lines, texts, strict=True))
    )
    return Captions(shown, first + len(texts))


def with_captions(*texts, count=3, make=call_states.call, **more):
    return make(count, choices=Choices(captions=True), captions=said(*texts, **more))


def test_a_caption_stands_over_the_pictures_with_its_speaker_once(scene):
    state = with_captions("We agreed on route B.")
    scene.show(state)
    assert layer(scene).on_show == (("Clara Nowak", "We agreed on route B."),)
    assert layer(scene).isVisible()
    assert "Clara Nowak: We agreed on route B." in layer(scene).accessibleName()
    scene.show(put(state, "call.chat.unread", 2))
    assert len(layer(scene).on_show) == 1
    scene.show(put(state, "call.captions", Captions(next_number=2)))
    assert layer(scene).on_show == ()
    assert not layer(scene).isVisible()


def test_what_is_old_when_it_could_be_drawn_is_not_shown(scene):
    scene.show(with_captions("Long ago.", age_s=60.0))
    assert layer(scene).on_show == ()


def test_it_lets_clicks_through_and_goes_with_the_call(scene):
    scene.show(with_captions("We agreed."))
    middle = layer(scene).mapTo(scene.window, QPoint(layer(scene).width() // 2, layer(scene).height() - 60))
    assert scene.window.childAt(middle) is not layer(scene)
    people = tuple(call_states.person(n, joined_at=500.0) for n in range(3))
    scene.show(call_states.call(3, people=people, choices=Choices(captions=True)))
    assert layer(scene).on_show == ()


def test_captions_come_in_the_small_window_too_in_two_lines_over_its_picture(scene):
    words = "It is the only one that reads well at sixteen pixels on the dark packaging, and it costs the least. " * 2
    scene.show(call_states.pip(with_captions("Good morning.")))
    small = scene.window.pip.small
    captions = small.findChild(CaptionsLayer, "pip-captions")
    assert captions.on_show == (("Clara Nowak", "Good morning."),)
    assert captions.isVisible()
    assert captions.geometry() == small.tile.geometry()
    scene.show(call_states.pip(with_captions(words, first=2)))
    assert len(captions.on_show) == 2
    assert captions.rect().contains(captions.place())
    scene.show(call_states.pip(call_states.call(3)))
    assert not captions.isVisible()


@pytest.mark.parametrize("size", [(1280, 800), (800, 560), (500, 700)])
@pytest.mark.parametrize(("count", "make"), [(2, call_states.call), (4, call_states.call_with_share)])
def test_it_covers_no_buttons_and_no_floating_picture_and_stays_inside(scene, size, count, make):
    words = "It is the only one that reads well at sixteen pixels on the dark packaging, and it costs the least. " * 2
    scene.show(with_captions(words, words, name="N" * 50, count=count, make=make), *size)
    floating = layer(scene)
    area = floating.place()
    assert floating.rect().contains(area)
    assert 1 < len(floating.on_show) <= ROWS
    assert not [taken for taken in floating._keep_free() if area.intersects(taken)]


def test_a_word_without_end_is_broken_and_markup_is_text(scene):
    scene.show(with_captions("w" * 400, "<b>bold</b>"), 500, 700)
    assert layer(scene).rect().contains(layer(scene).place())
    assert "<b>" not in "".join(text for _, text in layer(scene).on_show[: ROWS - 1])
    scene.show(with_captions("<b>bold</b>", first=3), 500, 700)
    assert layer(scene)._said[-1].line.text == "<b>bold</b>"


def test_in_another_width_the_lines_are_broken_anew(scene):
    words = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen."
    scene.show(with_captions(words))
    wide = len(layer(scene).on_show)
    scene.window.resize(500, 700)
    scene.show(with_captions(words), 500, 700)
    assert len(layer(scene).on_show) > wide


# --- buttons ------------------------------------------------------------------------------------------------------
def test_captions_are_switched_by_button_and_key_and_say_when_they_come(scene):
    scene.show(call_states.call(3)).click("toggle-captions")
    assert scene.take() == [call_intents.SwitchCaptions(is_on=True)]
    scene.show(call_states.call(3, choices=Choices(captions=True))).click("toggle-captions")
    assert scene.take() == [call_intents.SwitchCaptions(is_on=False)]
    assert "Captions come" not in scene.find("toggle-captions").toolTip()
    scene.show(call_states.call(3, recording=Recording()))
    assert "Captions come while AI recording is on" in scene.find("toggle-captions").toolTip()


def test_members_of_a_recorded_call_mark_moments_and_read_what_was_said(scene):
    scene.show(call_states.call(3))
    for name in ("mark-moment", "open-so-far"):
        scene.click(name)
    assert scene.take() == [call_intents.MarkMoment(), call_intents.OpenPanel(panel="so-far")]
    scene.show(call_states.call(3, people=tuple(call_states.person(n, is_guest=n == 0) for n in range(3))))
    for name in ("mark-moment", "open-so-far"):
        assert not scene.find(name).isVisible()


@pytest.mark.parametrize(
    ("name", "changes", "why"),
    [
        ("mark-moment", {"recording": Recording()}, "AI recording is on"),
        ("open-so-far", {"recording": Recording()}, "AI recording is on"),
        ("mark-moment", {"people": tuple(call_states.person(n, consents=n != 0) for n in range(3))}, "be recorded"),
    ],
)
def test_where_there_is_nothing_to_mark_or_read_a_click_says_why(scene, name, changes, why):
    scene.show(call_states.call(3, **changes))
    assert why in scene.find(name).toolTip()
    scene.find(name).click()
    (said,) = scene.take()
    assert isinstance(said, Explain)
    assert why in said.words


# --- so far -------------------------------------------------------------------------------------------------------
def words_in(widget):
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisible() and one.text()]


def test_the_panel_shows_who_said_what_when_and_grows(scene):
    scene.show(call_states.call_so_far(3))
    assert scene.find("side-tabs-so-far").isChecked()
    panel = scene.find("side-panel")
    assert words_in(panel).count("Clara Nowak") == 2
    scene.show(call_states.call_so_far(5))
    assert words_in(panel).count("Clara Nowak") == 3
    scene.show(call_states.call_so_far(0))
    assert "Nothing yet" in words_in(panel)


def test_of_many_lines_the_newest_are_built_and_more_on_request(scene):
    scene.show(call_states.call_so_far(250))
    panel = scene.find("side-panel")
    assert sum(name in ("Clara Nowak", "Amara Okafor", "Jonas Lind") for name in words_in(panel)) == 100
    scene.click("so-far-earlier")
    assert sum(name in ("Clara Nowak", "Amara Okafor", "Jonas Lind") for name in words_in(panel)) == 200


def test_who_has_missed_something_asks_by_one_click_others_choose_since_when(scene):
    scene.show(call_states.call_so_far(missed_since=1234.5)).click("catch-up")
    assert scene.take() == [call_intents.CatchUp(since=1234.5)]
    scene.show(call_states.call_so_far(recording=Recording(since=time.time() - 1200))).click("said-since")
    lines = {
        one.objectName(): one for one in scene.window.findChildren(QAction) if one.objectName().startswith("since")
    }
    assert {"since-5", "since-15", "since-start"} <= set(lines)
    assert "since-30" not in lines, "the recording is twenty minutes old"
    lines["since-start"].trigger()
    (asked,) = scene.take()
    assert asked.since == scene.window.page._state.call.recording.since


def test_the_gist_stands_in_place_of_the_lines_until_it_is_put_away(scene):
    scene.show(call_states.call_so_far(asked_since=1000.0))
    panel = scene.find("side-panel")
    assert "Summing up…" in words_in(panel)
    scene.show(call_states.call_caught_up())
    assert "Action items so far" in words_in(panel)
    assert "Nobody yet" in words_in(panel)
    scene.click("gist-back")
    assert scene.take() == [call_intents.PutGistAway()]


def test_a_refusal_is_said_with_a_way_to_try_again(scene):
    scene.show(call_states.call_so_far(0, is_known=False, words="Please wait a moment."))
    assert "Please wait a moment." in words_in(scene.find("side-panel"))
    scene.click("so-far-again")
    assert scene.take() == [call_intents.AskAgainSoFar()]


def test_the_tab_is_there_for_members_of_a_recorded_call_alone(scene):
    scene.show(call_states.call(3, panel="chat"))
    assert scene.find("side-tabs-so-far", QWidget).isVisible()
    scene.show(call_states.call(3, panel="chat", recording=Recording()))
    assert not scene.find("side-tabs-so-far", QWidget).isVisible()


@pytest.mark.parametrize("under", ["#ffffff", "#000000", "#8ff0c4"])
def test_captions_can_be_read_over_any_picture_in_both_themes(under):
    ground, picture = captions_layer.GROUND, QColor(under)
    share = ground.alphaF()
    pairs = zip(ground.getRgbF()[:3], picture.getRgbF()[:3], strict=True)
    mixed = QColor.fromRgbF(*(share * above + (1 - share) * below for above, below in pairs))
    for ink in (captions_layer.INK, captions_layer.NAME_INK):
        assert contrast(ink.name(), mixed.name()) >= 7.0
