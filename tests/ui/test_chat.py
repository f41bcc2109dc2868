"""The chat of a call: what is new is marked until it is in sight, emoji are picked, links ask first."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QListView, QPlainTextEdit

from app.state import call_intents, intents
from app.state.slices.chat import Chat, ChatLog
from app.state.slices.devices import Choices
from app.ui.panels.link_dialog import LinkDialog
from app.ui.panels.message_list import MessageList
from app.ui.widgets.message_text import MessageText
from app.wire.chat import ChatLine
from tests.looks import call_states, room_states, states
from tests.ui.live import Live
from tests.ui.test_rooms import words_of


def lines(count, text="Line {n}", author="p1"):
    return tuple(
        ChatLine(id=f"c{n}", author=author, author_name="Clara Nowak", at=1.0e9 + n, text=text.format(n=n))
        for n in range(count)
    )


def chat(*said, **more):
    return call_states.call(2, panel="chat", chat=Chat(said, **more))


def panel_of(scene):
    (found,) = [one for one in scene.window.page.findChildren(MessageList) if one.isVisible()]
    return found


def seen(scene, kind):
    return [one for one in panel_of(scene).findChildren(kind) if one.isVisible()]


# --- what is new --------------------------------------------------------------------------------------------------
def test_r42_the_number_of_unread_lines_is_on_the_button_and_on_the_tab(scene):
    scene.show(call_states.call_as_host(panel="people", chat=Chat(lines(3), unread=3)))
    assert scene.find("open-chat")._count == 3
    assert "3 unread" in scene.find("open-chat").accessibleDescription()
    assert scene.find("side-tabs-chat", QAbstractButton).text() == "Chat (3)"
    scene.show(chat(*lines(3)))
    assert scene.find("side-tabs-chat", QAbstractButton).text() == "Chat"


def test_r42_who_reads_further_up_is_told_of_new_lines_and_led_to_them(scene):
    live = Live(scene, chat(*lines(60)))
    QApplication.processEvents()
    bar = panel_of(scene).verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.setValue(0)
    assert not live.state.call.chat.is_at_end
    assert not scene.is_visible("chat-new")
    unread = replace(live.state.call.chat, lines=lines(62), unread=2)
    live.state = replace(live.state, call=replace(live.state.call, chat=unread))
    scene.show(live.state)
    assert bar.value() == 0
    assert scene.find("chat-new", QAbstractButton).text() == "2 new messages"
    scene.click("chat-new")
    assert bar.value() == bar.maximum()
    assert (live.state.call.chat.unread, live.state.call.chat.is_at_end) == (0, True)
    assert not scene.is_visible("chat-new")


def test_r42_each_line_has_a_time_and_midnight_is_seen(scene):
    night = datetime(2025, 5, 15, 23, 58)
    at = [(night + timedelta(minutes=n)).timestamp() for n in range(4)]
    said = [ChatLine(id=f"c{n}", author=f"p{n}", author_name="Someone", at=at[n], text="x") for n in range(4)]
    scene.show(chat(*said))
    shown = [one.text() for one in seen(scene, QLabel)]
    assert [one for one in shown if ":" in one or "May" in one] == ["23:58", "23:59", "16 May 2025", "00:00", "00:01"]


@pytest.mark.parametrize("text", ["w" * 4000, "https://example.com/" + "a" * 500, "word " * 800, "\n" * 50 + "end"])
def test_r42_no_line_is_wider_than_the_panel(scene, text):
    scene.show(chat(*lines(1, text.replace("{", "").replace("}", ""))))
    shown = panel_of(scene)
    assert shown.horizontalScrollBar().maximum() == 0
    for block in shown.findChildren(MessageText):
        assert block.width() <= shown.viewport().width()


def test_r42_a_link_is_asked_about_and_never_opened_by_itself(scene, monkeypatch):
    opened = []
    monkeypatch.setattr("app.ui.panels.outside.open_outside", opened.append)
    scene.show(chat(*lines(1, "see https://example.com/page now")))
    (block,) = panel_of(scene).findChildren(MessageText)
    assert block.links == ["https://example.com/page"]
    block.followed.emit(block.links[0])
    QApplication.processEvents()
    assert opened == []
    assert any(one.isVisible() for one in scene.window.findChildren(LinkDialog))


def texts(scene):
    QApplication.processEvents()
    return [one.text() for one in sorted(seen(scene, MessageText), key=lambda one: one.mapToGlobal(one.pos()).y())]


def test_a_long_chat_is_shown_in_pieces_and_what_one_reads_stays(scene):
    live = Live(scene, chat(*lines(250)))
    assert texts(scene) == [f"Line {n}" for n in range(150, 250)]
    before = set(panel_of(scene).findChildren(MessageText))
    live.state = replace(live.state, call=replace(live.state.call, chat=Chat(lines(251))))
    scene.show(live.state)
    # The new one, and the first, which stands under no other line of its author any more.
    assert len(set(panel_of(scene).findChildren(MessageText)) - before) <= 2
    panel_of(scene).verticalScrollBar().setValue(0)
    first = texts(scene)[0]
    live.state = replace(
        live.state, call=replace(live.state.call, chat=replace(live.state.call.chat, lines=lines(260)))
    )
    scene.show(live.state)
    assert texts(scene)[0] == first
    scene.click("chat-earlier")
    assert texts(scene)[0] == "Line 60"
    scene.click("chat-earlier")
    assert not scene.is_visible("chat-earlier")
    assert texts(scene)[0] == "Line 0"


def test_notices_of_new_lines_can_be_switched_off(scene):
    scene.show(call_states.call(2))
    scene.click("open-settings")
    scene.find("settings-chat-notices", QAbstractButton).click()
    assert scene.take() == [call_intents.Choose(choices=Choices(chat_notices=False), shown=Choices())]


# --- emoji --------------------------------------------------------------------------------------------------------
def said(grid):
    """What a screen reader says of the place of the focus."""
    return grid.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)


def test_r42_emoji_are_picked_by_search_and_keys_alone(scene):
    scene.show(chat())
    field = scene.find("chat-composer", QPlainTextEdit)
    field.setPlainText("Well done ")
    field.moveCursor(field.textCursor().MoveOperation.End)
    scene.click("chat-composer-emoji")
    search = scene.find("chat-composer-emoji-panel-search", QLineEdit)
    assert search.hasFocus() or not scene.window.isActiveWindow()
    QTest.keyClicks(search, "rocket")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert field.toPlainText() == "Well done 🚀"
    search.setText("thumbs")
    QTest.keyClick(search, Qt.Key.Key_Down)
    grid = scene.window.focusWidget()
    assert said(grid) == "thumbs up"
    for _ in range(2):
        QTest.keyClick(grid, Qt.Key.Key_Right)
        assert said(grid) == "thumbs down"
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert field.toPlainText() == "Well done 🚀👎"
    QTest.keyClick(grid, Qt.Key.Key_Up)
    assert scene.window.focusWidget() is search
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert not scene.is_visible("chat-composer-emoji-panel")
    assert scene.window.focusWidget() is field


def test_emoji_that_are_clicked_stand_where_one_writes_and_sending_closes_the_panel(scene):
    scene.show(chat())
    scene.click("chat-composer-emoji")
    grid = scene.find("chat-composer-emoji-panel-grid", QListView)
    for place in (0, 3):
        cell = grid.visualRect(grid.model().index(place)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert scene.find("chat-composer", QPlainTextEdit).toPlainText() == "👍🙏"
    scene.click("chat-composer-send")
    (said,) = scene.take()
    assert said.text == "👍🙏"
    assert not scene.is_visible("chat-composer-emoji-panel")


def test_what_is_no_emoji_is_said(scene):
    scene.show(chat())
    scene.click("chat-composer-emoji")
    search = scene.find("chat-composer-emoji-panel-search", QLineEdit)
    search.setText("xyzzy")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert "No emoji of that name" in words_of(scene.find("chat-composer-emoji-panel"))
    assert scene.find("chat-composer", QPlainTextEdit).toPlainText() == ""


# --- read afterwards ----------------------------------------------------------------------------------------------
def test_r42_the_chat_of_a_past_meeting_is_opened_from_its_card_and_read_in_pieces(scene):
    card = states.card("m7", state="ended", ended_at=states.at())
    state = room_states.with_cards(card)
    scene.show(state)
    scene.click("open-chat-log-m7")
    assert scene.take() == [intents.OpenChatLog(meeting="m7")]
    log = ChatLog("m7", "Website relaunch")
    scene.show(replace(state, chat_log=log))
    assert "Fetching" in scene.find("chat-log-words").text()
    scene.show(replace(state, chat_log=replace(log, lines=())))
    assert scene.find("chat-log-words").text() == "Nothing was written in this meeting."
    scene.show(replace(state, chat_log=replace(log, lines=lines(130))))
    assert not scene.is_visible("chat-log-words")
    scene.click("chat-log-earlier")
    shown = scene.find("chat-log").findChildren(MessageText)
    assert {one.text() for one in shown} >= {"Line 0", "Line 129"}
    scene.click("chat-log-close")
    assert scene.take()[-1] == intents.CloseChatLog()
    scene.show(state)
    assert not scene.is_visible("chat-log")
