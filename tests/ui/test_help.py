"""The help: thirteen answers in plain words, one key away from everywhere, and never in the way of a call."""

import unicodedata

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu

from app import paths
from app.state.app_state import AppState
from app.state.slices.rooms import RoomView
from app.ui.panels.help_dialog import anchor_for, questions
from app.ui.window import PAGES
from tests.looks import call_states, recap_states, states

ANCHORS = (
    "start", "guests", "schedule", "join", "sharing", "recap", "find-recap", "own-link", "one-switch", "private",
    "delete", "access", "features",
)  # fmt: skip


def answer(anchor):
    """The answer's words in small letters."""
    (found,) = [one.answer for one in questions() if one.anchor == anchor]
    return found.casefold()


def press(scene, key):
    """As the keyboard does: to what has the focus, through the window's shortcuts."""
    scene.window.activateWindow()
    scene.qtbot.keyClick(QApplication.focusWidget() or scene.window, key)
    QApplication.processEvents()


def open_help(scene, anchor):
    scene.window.open_help(anchor)
    QApplication.processEvents()


def test_r05_thirteen_anchors_resolve_to_answers(scene):
    assert tuple(one.anchor for one in questions()) == ANCHORS
    scene.show(states.rooms())
    for one in questions():
        assert one.question.endswith("?")
        assert len(one.answer.split()) > 20, one.anchor
        open_help(scene, one.anchor)
        assert scene.find("help-answer").text() == one.answer
        assert scene.find("help-question").text() == one.question
        assert scene.find("help-answer").accessibleName() == one.answer
        assert scene.find(f"help-{one.anchor}").isChecked()
    with pytest.raises(KeyError):
        scene.window.open_help("no-such-question")


def test_an_unknown_anchor_opens_nothing(scene):
    scene.show(states.rooms())
    with pytest.raises(KeyError):
        scene.window.open_help("no-such-question")
    assert not scene.is_visible("help-dialog")


@pytest.mark.parametrize(
    ("state", "anchor"),
    [
        (AppState(), "start"),
        (states.sign_in(), "start"),
        (states.rooms(), "start"),
        (states.prejoin(), "start"),
        (states.closed_prejoin(), "start"),
        (states.waiting(), "guests"),
        (call_states.call(3), "features"),
        (call_states.ended(), "find-recap"),
        (recap_states.recap_state(), "recap"),
    ],
)
def test_r05_f1_opens_it_on_every_page_and_esc_closes_it(scene, state, anchor):
    scene.show(state)
    press(scene, Qt.Key.Key_F1)
    assert scene.is_visible("help-dialog")
    assert scene.find(f"help-{anchor}").isChecked()
    press(scene, Qt.Key.Key_Escape)
    assert not scene.is_visible("help-dialog")


def test_each_page_has_an_anchor_that_exists():
    assert {anchor_for(page) for page in PAGES} <= set(ANCHORS)


def test_f1_in_a_text_field_opens_it_and_the_field_has_the_keys_again(scene):
    scene.show(states.rooms())
    scene.window.activateWindow()
    scene.window.page.take_focus()
    field = QApplication.focusWidget()
    press(scene, Qt.Key.Key_F1)
    assert QApplication.focusWidget() is scene.find("help-start")
    press(scene, Qt.Key.Key_F1)
    assert len([one for one in scene.window.findChildren(QAbstractButton, "help-close") if one.isVisible()]) == 1
    press(scene, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is field


def test_the_account_menu_leads_to_it(scene):
    scene.show(states.rooms()).click("account-menu")
    menu = scene.find("account-actions", QMenu)
    (action,) = [one for one in menu.actions() if one.objectName() == "menu-help"]
    assert action.text() == "Help (F1)"
    action.trigger()
    menu.close()
    QApplication.processEvents()
    assert scene.is_visible("help-dialog")
    scene.click("help-close")
    assert not scene.is_visible("help-dialog")


def test_it_is_used_by_keys_alone(scene):
    scene.show(states.rooms(), 800, 560)
    press(scene, Qt.Key.Key_F1)
    seen = [scene.find("help-question").text()]
    for _ in range(14):
        press(scene, Qt.Key.Key_Down)
        seen.append(scene.find("help-question").text())
        chosen = QApplication.focusWidget()
        top = chosen.mapTo(scene.find("help-dialog"), QPoint(0, 0)).y()
        assert 0 <= top <= scene.find("help-dialog").height() - chosen.height()
    assert list(dict.fromkeys(seen)) == [one.question for one in questions()]
    press(scene, Qt.Key.Key_Up)
    assert scene.find("help-question").text() == questions()[-2].question
    open_help(scene, "start")
    bar = scene.find("help-answer-scroll").verticalScrollBar()
    assert bar.maximum() > 0
    press(scene, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    reached = set()
    for _ in range(10):
        press(scene, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget().objectName())
    assert reached == {"help-start", "help-answer-scroll", "help-terms", "help-privacy", "help-close"}


def test_everything_in_it_has_a_name(scene):
    scene.show(call_states.call(2))
    open_help(scene, "private")
    for one in scene.find("help-dialog").findChildren(QAbstractButton):
        assert one.objectName()
        assert one.accessibleName().strip()
    assert (
        scene.find("help-answer-scroll").accessibleName()
        == "Answer: Are recordings, transcripts and summaries private?"
    )


def test_the_help_is_plain_text(scene):
    scene.show(states.rooms())
    open_help(scene, "start")
    for label in scene.find("help-dialog").findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
    for one in questions():
        for text in (one.question, one.answer):
            assert not set("<>`*#") & set(text), one.anchor
            assert all(char == "\n" or unicodedata.category(char) != "Cc" for char in text)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 560), (480, 420)])
def test_it_fits_the_window(scene, width, height):
    scene.show(call_states.call(2), width, height)
    open_help(scene, "features")
    dialog = scene.find("help-dialog")
    assert (scene.window.width(), scene.window.height()) == (width, height)
    assert dialog.width() <= width - 32
    assert dialog.height() <= height - 32
    scroll, chosen = scene.find("help-answer-scroll"), scene.find("help-features")
    assert scroll.mapTo(dialog, QPoint(0, scroll.height())).y() <= dialog.height()
    assert scroll.height() > 100
    assert 0 <= chosen.mapTo(dialog, QPoint(0, 0)).y() <= dialog.height() - chosen.height()
    before = scene.find("help-start")
    is_beside = scroll.mapTo(dialog, QPoint(0, 0)).x() >= before.width()
    assert is_beside == (width > 680)


def test_during_a_call_it_says_that_one_is_in_it(scene):
    scene.show(states.rooms())
    open_help(scene, "join")
    assert not scene.is_visible("help-call")
    scene.show(call_states.call(3))
    assert scene.find("help-call-words").text().startswith("You are in “Website relaunch”, it is being recorded")
    assert "microphone on, camera on" in scene.find("help-call-words").accessibleName()
    assert scene.find("help-dialog").isAncestorOf(QApplication.focusWidget())
    scene.show(call_states.call(3, recording=call_states.Recording(), choices=states.Choices(microphone_on=False)))
    words = scene.find("help-call-words").text()
    assert "recorded" not in words
    assert "microphone off" in words
    assert scene.find("call-page").isVisible()
    scene.show(states.rooms())
    assert not scene.is_visible("help-call")


def test_it_gives_way_to_a_question_of_consent(scene):
    scene.show(call_states.call(3))
    open_help(scene, "one-switch")
    scene.show(call_states.call_with_consent())
    assert not scene.is_visible("help-dialog")
    open_help(scene, "one-switch")
    assert scene.is_visible("help-dialog")
    scene.show(call_states.call_with_consent())
    assert scene.is_visible("help-dialog")


def test_it_gives_way_to_the_terms(scene):
    scene.show(states.rooms())
    open_help(scene, "start")
    scene.show(states.prejoin(asks_terms=True))
    assert not scene.is_visible("help-dialog")
    assert scene.is_visible("terms-dialog")


def test_r34_r35_the_help_says_how_a_meeting_is_scheduled():
    words = answer("schedule")
    for part in ("calendar button", "time zone", "repeat", ".ics", "ten minutes before", "reminded", "cancel"):
        assert part in words
    assert "not yet" not in words
    assert "ten minutes before its start" in answer("join")


def test_r19_r25_r26_the_help_says_how_guests_come():
    words = answer("guests")
    for part in ("copy link", "email invitation", "lobby", "admit all", "lock the", "new link", "reach this computer"):
        assert part in words


def test_r45_the_help_says_how_sharing_works():
    words = answer("sharing")
    for part in ("anyone in the call can share", "stops it", "the newest share is large", "recorded", "minimised"):
        assert part in words


def test_r04_r63_the_help_says_what_a_meeting_elsewhere_is():
    words = answer("own-link")
    for part in ("meeting elsewhere", "no join button", "no lobby", "neither records"):
        assert " ".join(part.split()) in " ".join(words.split())


def test_r71_r72_r73_the_help_says_why_one_may_not_start():
    words = answer("access")
    for part in ("who may start", "agencies", "contract", "access follows the one who starts", "every member can read"):
        assert part in words


def test_r75_the_help_mentions_possible_data_costs_and_the_data_saver():
    words = answer("start")
    for part in ("provider may charge", "data saver", "how much data it has used"):
        assert part in words


def test_r76_the_help_says_how_recaps_are_kept_and_who_sees_them():
    words = answer("private")
    for part in ("every member can see them", "guests", "no longer members", "disk encryption", "no voice prints"):
        assert part in words


def test_r69_r70_r77_the_help_says_when_recordings_are_deleted_and_how_earlier():
    words = answer("delete")
    for part in ("six calendar months", "by themselves", "request earlier deletion", "receipt", "saved elsewhere"):
        assert part in words


def test_nothing_says_that_something_is_still_to_come():
    texts = [answer(one) for one in ANCHORS]
    texts += [paths.resource("texts", name).read_text(encoding="utf-8") for name in ("privacy.txt", "terms.txt")]
    for text in texts:
        for claim in ("does not delete", "not by itself", "does not do it by itself", "at least six months"):
            assert claim not in text
        assert "not there yet" not in text


def test_r78_the_help_and_the_switch_say_that_there_is_no_recording_without_the_recap(scene):
    assert answer("one-switch").startswith("no, neither. ai recording is one switch")
    scene.show(states.prejoin())
    words = [one.text() for one in scene.find("record-card").findChildren(QLabel)]
    assert any("Recording and the AI recap are one" in one for one in words)


def test_r79_the_help_and_the_page_after_the_call_say_where_the_recap_will_be(scene):
    for part in ("recap page", "messages", "right side of the room"):
        assert part in answer("find-recap")
    for state, name in (
        (recap_states.recap_state("generating"), "progress-places"),
        (call_states.ended(), "recap-places"),
    ):
        scene.show(state)
        words = " ".join(one.text() for one in scene.find(name).findChildren(QLabel))
        for part in ("recap page", "room's messages", "Meeting recaps"):
            assert part in words
        assert scene.find(name).isVisible()


def test_r80_the_help_lists_the_features():
    words = answer("features")
    for part in ("rooms", "10 people", "scheduled", "lobby", "chat", "ai recording", "data saver", "screen sharing"):
        assert part in words


def test_r81_the_help_and_the_empty_list_say_what_a_recap_is(scene):
    for part in ("summary", "action items", "highlights", "transcript in english", "video"):
        assert part in answer("recap")
    state = states.rooms(running=False)
    state = states.replace(
        state,
        rooms=states.replace(state.rooms, views={"r1": RoomView(messages=state.view("r1").messages, is_loaded=True)}),
    )
    scene.show(state)
    words = [one.text() for one in scene.find("room-aside").findChildren(QLabel) if one.isVisible()]
    assert any("summary, action items, transcript and highlights" in one for one in words)
    scene.show(recap_states.recap_state("generating")).click("progress-help")
    assert scene.find("help-recap").isChecked()
