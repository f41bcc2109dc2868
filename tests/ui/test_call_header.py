"""The head of a call: in a narrow window what is said elsewhere goes first, and nothing is ever cut off."""

from dataclasses import replace

import msgspec
import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.ui.panels.call_header import CallHeader
from tests.fakes.putting import put
from tests.looks import call_states


def state_with(title="A very long title of a meeting about everything", phase="in"):
    state = replace(call_states.call_locked(panel=""), call_phase=phase)
    return put(state, "call.meeting", msgspec.structs.replace(state.call.meeting, title=title))


@pytest.mark.parametrize("phase", ["in", "reconnecting"])
@pytest.mark.parametrize("width", [480, 560, 620, 680, 780, 1001, 1280])
def test_nothing_is_cut_off_but_the_title(scene, width, phase):
    scene.show(state_with(phase=phase), width)
    header = scene.find("call-title").parentWidget()
    assert isinstance(header, CallHeader)
    shown = [one for one in header.children() if isinstance(one, QWidget) and one.isVisible()]
    for one in shown:
        if one.objectName() != "call-title":
            wanted = min(one.sizeHint().width(), 38 if isinstance(one, QAbstractButton) else 9999)
            assert one.width() >= wanted, one.objectName()
    for name in ("show-rooms-in-call", "recording-pill", "locked-mark", "call-copy-link", "open-view-menu"):
        assert scene.is_visible(name), name
    assert scene.is_visible("not-connected") == (phase == "reconnecting")
    if phase == "in":
        assert scene.find("call-title").width() >= 130


def test_words_go_before_what_they_say(scene):
    scene.show(state_with(), 480)
    link = scene.find("call-copy-link", QAbstractButton)
    assert (link.text(), link.accessibleName()) == ("", "Copy link")
    assert scene.find("recording-pill").accessibleName() == "AI recording"
    before = link.width()
    scene.click("call-copy-link")
    assert QApplication.clipboard().text() == scene.window.state.call.meeting.link
    assert (link.text(), link.accessibleName(), link.width()) == ("", "Copied", before)
    scene.show(state_with("Short"), 1280)
    assert scene.is_visible("people-count")


def test_with_room_all_is_said(scene):
    scene.show(state_with(), 1280)
    assert scene.find("call-copy-link", QAbstractButton).text() == "Copy link"
    assert scene.find("recording-pill").text() == "AI recording"
    assert "(L)" in scene.find("call-copy-link").toolTip()
