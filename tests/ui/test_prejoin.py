"""The page before a call: the terms, who one is and where one goes, and what is said of recording."""

import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from app.state import call_intents
from app.state.effects import Send, StartDevices
from app.state.slices.connection import Connection
from app.state.slices.prejoin import PreJoin
from app.ui.panels import outside
from app.wire.accounts import AcceptTerms
from tests.looks import call_states, states
from tests.ui.live import Live


def spoken(scene, name):
    return " ".join(one.text() for one in scene.find(name).findChildren(QLabel) if one.isVisible())


# --- terms --------------------------------------------------------------------------------------------------------
def asks_terms(version, accepted):
    state = states.rooms()
    connection = replace(state.connection, terms_version=version, is_signed_in=True)
    return replace(state, connection=connection, accepted_terms=accepted)


@pytest.mark.parametrize(("version", "accepted", "asks"), [(1, 0, True), (1, 1, False), (2, 1, True)])
def test_r10_the_pop_up_comes_once_per_account_and_version_of_the_terms(scene, version, accepted, asks):
    live = Live(scene, asks_terms(version, accepted))
    scene.click("join-m1")
    assert scene.is_visible("terms-dialog") == asks
    assert (StartDevices() in live.effects) != asks
    live.media.close()


def test_r10_both_pages_open_in_the_pop_up(scene):
    scene.show(states.prejoin(asks_terms=True))
    for button, words in (("terms-read", "comes without any warranty"), ("privacy-read", "six calendar months")):
        scene.click(button)
        shown = [one.text() for one in scene.find("text-dialog").findChildren(object) if hasattr(one, "widthMM")
                 and hasattr(one, "text")]  # fmt: skip
        assert any(words in one for one in shown)
        scene.click("text-close")


def test_r11_esc_accepts_nothing_and_continue_opens_a_camera_only_when_it_is_stored(scene, qtbot):
    from PySide6.QtCore import Qt

    live = Live(scene, asks_terms(1, 0))
    scene.click("join-m1")
    qtbot.keyClick(scene.find("terms-continue").parentWidget().parentWidget(), Qt.Key.Key_Escape)
    assert live.state.call_phase == "none"
    assert not [one for one in live.effects if isinstance(one, StartDevices | Send)]
    scene.click("join-m1")
    scene.click("terms-continue")
    (sent,) = [one.message for one in live.effects if isinstance(one, Send)]
    assert isinstance(sent, AcceptTerms)
    # The server has not said yet that it is stored.
    assert StartDevices() not in live.effects
    assert not live.rack.made["camera"]
    live.media.close()


def test_r28_a_guest_is_asked_each_time(scene):
    state = states.guest_prejoin()
    for _ in range(2):
        scene.show(states.replace(state, prejoin=replace(state.prejoin, asks_terms=True)))
        assert scene.is_visible("terms-continue")
        scene.show(states.sign_in())
        assert not scene.is_visible("terms-dialog")


# --- who one is, where one goes -----------------------------------------------------------------------------------
def test_r27_only_who_has_no_account_is_asked_for_a_name(scene):
    scene.show(states.guest_prejoin())
    assert scene.is_visible("guest-name")
    assert scene.find("guest-name", QLineEdit).maxLength() == 50
    scene.show(states.prejoin())
    assert not scene.is_visible("guest-name")
    state = states.rooms()
    by_link = PreJoin(code="c" * 22, title="Website relaunch", guest_name="Felix Brandt")
    scene.show(replace(state, call_phase="prejoin", prejoin=by_link))
    assert not scene.is_visible("guest-name")
    assert scene.find("prejoin-join").isEnabled()


def test_r19_r25_r26_guests_are_invited_by_link_and_by_mail_before_the_call_and_in_it(scene, monkeypatch):
    opened = []
    monkeypatch.setattr(outside, "open_outside", opened.append)
    link = states.card().link
    scene.show(states.prejoin())
    assert opened == []
    scene.click("prejoin-copy-link")
    assert QApplication.clipboard().text() == link
    scene.click("prejoin-email")
    scene.show(call_states.call(2, panel="people"))
    QApplication.clipboard().clear()
    scene.click("people-copy-link")
    assert QApplication.clipboard().text() == link
    scene.click("people-email")
    assert opened == [outside.mail_url("Website relaunch", link)] * 2


@pytest.mark.parametrize(
    "title", ["Website relaunch", "Preis & Größe? #1 + 20 %", "a\nBcc: eve@example.com", "x" * 900]
)
def test_r26_the_mail_is_plain_text_with_the_link_and_nothing_else_in_its_address(title):
    link = "https://meet.example.com/j/k3J9mQx7Vb2LtR8wZp4N"
    url = outside.mail_url(title, link)
    parts = urlsplit(url)
    fields = parse_qs(parts.query, strict_parsing=True)
    assert (parts.scheme, parts.path) == ("mailto", "")
    assert set(fields) == {"subject", "body"}
    assert link in fields["body"][0].split("\r\n")
    assert "\n" not in fields["subject"][0]
    assert url.isascii()
    assert len(url) < 2000


def test_the_server_of_a_link_is_named(scene):
    scene.show(states.guest_prejoin())
    assert scene.find("prejoin-title").text() == "Join Website relaunch"
    assert scene.find("prejoin-server").text() == "Example Ltd (meet.example.com)"
    assert any("Ada Lovelace invites you" in label.text() for label in scene.window.findChildren(QLabel))
    scene.show(states.prejoin())
    assert not scene.is_visible("prejoin-server")
    away = Connection(phase="online", address="other.example.com", is_home=False)
    scene.show(replace(states.prejoin(), connection=away))
    assert scene.find("prejoin-server").text() == "At other.example.com"


def test_r24_before_the_doors_open_join_waits_and_says_when(scene):
    opens_at = 1_790_000_000.0
    scene.show(states.prejoin(opens_at=opens_at))
    assert not scene.find("prejoin-join").isEnabled()
    opens = time.strftime("%H:%M", time.localtime(opens_at - 600))
    starts = time.strftime("%H:%M", time.localtime(opens_at))
    words = scene.find("opens-words").text()
    assert f"{opens}, ten minutes before its start at {starts}" in words
    assert not scene.is_visible("prejoin-look-again")
    scene.show(states.closed_prejoin(is_guest=True)).click("prejoin-look-again")
    assert scene.take() == [call_intents.Join()]


@pytest.mark.parametrize(("button", "moves"), [("move-here", True), ("move-stay", False)])
def test_a_seat_on_another_device_is_moved_after_a_question(scene, button, moves):
    scene.show(states.moving_prejoin())
    assert not scene.find("prejoin-join").isEnabled()
    scene.click(button)
    assert scene.take() == [call_intents.AnswerMove(moves=moves)]
    scene.show(states.prejoin())
    assert not scene.is_visible("move-card")


@pytest.mark.parametrize("words", [
    "The meeting is full (10/10).", "The host did not let you in.", "This meeting has ended.",
    "The host has locked this meeting. Nobody can come in at present.",
    "The host has removed you from this meeting. You cannot come back to it.",
])  # fmt: skip
def test_r22_r23_why_one_is_not_in_is_said_in_plain_words(scene, words):
    state = states.guest_prejoin()
    scene.show(replace(state, prejoin=replace(state.prejoin, words=words, notice_read=True)))
    assert scene.find("prejoin-words").text() == words
    assert scene.is_visible("prejoin-words")


# --- recording ----------------------------------------------------------------------------------------------------
def test_r17_r18_the_switch_is_for_who_may_and_others_read_why_there_is_no_ai(scene):
    scene.show(states.prejoin())
    assert scene.is_visible("record-switch")
    assert "nothing is written down" in spoken(scene, "record-card")
    scene.show(states.prejoin(may_record=False))
    assert not scene.is_visible("record-switch")
    assert "only the host can switch it on" in scene.find("no-ai-words").text()
    scene.show(states.prejoin(may_record=False, is_recording=True))
    assert not scene.is_visible("no-ai-words")


def test_r31_the_notice_comes_before_join_says_how_long_and_is_read_past(scene):
    state = states.guest_prejoin()
    scene.show(state)
    assert "six months" in spoken(scene, "recording-notice")
    assert not scene.find("prejoin-join").isEnabled()
    scene.click("notice-read")
    assert scene.take() == [call_intents.ReadNotice(is_read=True)]


def test_who_waits_while_the_server_is_away_reads_that_nothing_is_to_be_done(scene):
    state = states.waiting()
    scene.show(replace(state, connection=replace(state.connection, phase="offline")))
    assert scene.find("waiting-title").text() == "Reconnecting…"
    assert "Parley asks for you again" in scene.find("waiting-words").text()
    scene.show(state)
    assert scene.find("waiting-title").text() == "Waiting to be let in"


def test_r31_who_waits_is_told_when_recording_begins(scene):
    state = states.waiting()
    scene.show(replace(state, prejoin=replace(state.prejoin, is_recording=False)))
    assert not scene.is_visible("waiting-notice")
    assert "Grace Hopper" in scene.find("waiting-words").text()
    scene.show(state)
    assert "asked whether you agree" in spoken(scene, "waiting-notice")


@pytest.mark.parametrize(("make", "button"), [(states.prejoin, "prejoin-help"), (states.waiting, "waiting-help")])
def test_the_help_is_a_click_away_with_terms_and_privacy(scene, make, button):
    scene.show(make()).click(button)
    assert scene.is_visible("help-dialog")
    scene.click("help-terms")
    assert scene.is_visible("text-dialog")
    scene.click("text-close")
    scene.click("help-privacy")
    assert scene.is_visible("privacy-page")
    scene.click("privacy-close")
    assert scene.is_visible("help-dialog")
