"""Giving a link away: copied at once where others can follow it, else one question first."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.state import intents
from app.state.slices.reach import Gift, Giving, Handout, Reach
from app.ui.panels import outside
from tests.looks import call_states, room_states, states

LOCAL = "http://127.0.0.1:8470/j/k3J9mQx7Vb2LtR8wZp4Nm1"
ADDRESSES = (f"parley://192.168.178.20:8470?pin={'Q' * 43}",)


@pytest.fixture(autouse=True)
def clean():
    QApplication.clipboard().setText("before")


@pytest.mark.parametrize(
    ("state", "button", "way"),
    [
        (lambda: room_states.local(states.rooms()), "copy-meeting-link", "copy"),
        (lambda: room_states.local(states.rooms()), "copy-link-m1", "copy"),
        (lambda: room_states.local(states.prejoin()), "prejoin-copy-link", "copy"),
        (lambda: room_states.local(states.prejoin()), "prejoin-email", "mail"),
        (lambda: room_states.local(call_states.call(2)), "call-copy-link", "copy"),
        (lambda: room_states.local(call_states.call_as_host()), "people-copy-link", "copy"),
        (lambda: room_states.local(call_states.call_as_host()), "people-email", "mail"),
    ],
)
def test_a_link_that_nobody_else_can_follow_is_never_given_away_silently(scene, monkeypatch, state, button, way):
    opened = []
    monkeypatch.setattr(outside, "open_outside", opened.append)
    scene.show(state()).take()
    scene.click(button)
    (wish,) = scene.take()
    assert isinstance(wish, intents.GiveLink)
    assert (wish.way, wish.link) == (way, LOCAL)
    assert (QApplication.clipboard().text(), opened) == ("before", [])


def test_so_it_is_with_the_link_of_an_invitation(scene):
    scene.show(room_states.invited())
    scene.click("invite")
    state = room_states.invited()
    link = LOCAL.replace("/j/", "/i/")
    view = replace(state.view("r1"), invitation_link=link)
    scene.show(replace(state, rooms=replace(state.rooms, views={**state.rooms.views, "r1": view}))).take()
    scene.click("invitation-copy-link")
    assert scene.take() == [intents.GiveLink(way="copy", link=link)]
    assert QApplication.clipboard().text() == "before"


def question(**changes):
    reach = changes.pop("reach", Reach(addresses=ADDRESSES))
    return replace(states.prejoin(), reach=reach, giving=Giving(Gift(**{"way": "copy", "link": LOCAL, **changes})))


def test_the_question_says_whom_it_is_about_and_each_answer_is_told(scene):
    scene.show(question())
    assert "not from the internet" in scene.find("give-reaches").text()
    for button, answer in (("give-open", "open"), ("give-here", "here"), ("give-no", "no")):
        scene.take()
        scene.click(button)
        assert scene.take() == [intents.AnswerGiving(answer=answer)]
    QTest.keyClick(scene.find("give-question").parentWidget(), Qt.Key.Key_Escape)
    assert scene.take() == [intents.AnswerGiving(answer="no")]
    scene.show(question(is_opening=True))
    assert not scene.find("give-open").isEnabled()
    assert scene.find("give-no").isEnabled()
    scene.show(question(words="Others cannot be let in to Parley on this computer: Permission denied."))
    assert "Permission denied" in scene.find("give-words").text()
    assert scene.find("give-open").isEnabled()
    scene.show(states.prejoin())
    assert not scene.is_visible("give-question")


@pytest.mark.parametrize(
    ("way", "can_open", "shown"),
    [
        ("copy", True, {"give-open", "give-here", "give-no"}),
        ("calendar", True, {"give-open", "give-here", "give-no"}),
        ("mail", True, {"give-open", "give-no"}),
        ("invitation", True, {"give-open", "give-no"}),
        ("copy", False, {"give-here", "give-no"}),
        ("mail", False, {"give-no"}),
    ],
)
def test_only_what_makes_sense_can_be_answered(scene, way, can_open, shown):
    scene.show(question(way=way, can_open=can_open))
    assert {name for name in ("give-open", "give-here", "give-no") if scene.is_visible(name)} == shown


def test_a_handout_is_done_once(scene, monkeypatch):
    opened = []
    monkeypatch.setattr(outside, "open_outside", opened.append)
    link = LOCAL.replace("http://127.0.0.1", "parley://192.168.178.20") + "?pin=" + "Q" * 43
    state = replace(states.prejoin(), giving=Giving(handout=Handout(5, "copy", link)))
    scene.show(state).take()
    assert QApplication.clipboard().text() == link
    QApplication.clipboard().setText("before")
    scene.show(state)
    assert (QApplication.clipboard().text(), scene.take()) == ("before", [])
    scene.show(replace(state, giving=Giving(handout=Handout(6, "mail", link, "Logo"))))
    assert scene.take() == [intents.TakeHandout(number=6)]
    assert "Logo" in opened[0]
    assert "192.168.178.20" in opened[0]


def test_an_empty_account_has_one_button_to_meet_now(scene):
    scene.show(states.no_rooms())
    scene.click("meet-now")
    (wish,) = scene.take()
    assert isinstance(wish, intents.MeetNow)
    assert len(wish.key) >= 16


def test_before_the_door_is_closed_on_somebody_that_is_said(scene):
    state = replace(
        room_states.reachable(), call=call_states.call(2).call, call_phase="in", shows_call=False,
    )  # fmt: skip
    scene.show(state)
    scene.window.open_server()
    scene.show(state).take()
    scene.click("reach-switch")
    assert scene.take() == []
    assert scene.find("reach-switch").isChecked()
    scene.click("close-reach-cancel")
    assert scene.take() == []
    scene.click("reach-switch")
    scene.click("close-reach-ok")
    assert scene.take() == [intents.LetOthersReach(is_on=False)]
    # Alone, there is nobody to be told of.
    scene.show(room_states.reachable())
    scene.click("reach-switch")
    assert scene.take() == [intents.LetOthersReach(is_on=False)]


def test_the_server_dialog_says_how_far_its_addresses_lead(scene):
    scene.show(room_states.reachable())
    scene.window.open_server()
    scene.show(room_states.reachable())
    assert "not from the internet" in scene.find("reach-scope").text()
