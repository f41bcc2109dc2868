"""Messages in a room: found, counted, changed and taken back; notices behind the bell."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from app.state import intents
from app.state.slices.rooms import SearchView
from app.ui.widgets.message_text import MessageText
from tests.looks import room_states, states
from tests.ui.test_rooms import words_of


# --- search
def shown_rooms(scene):
    return {one.objectName() for one in scene.window.findChildren(QWidget)
            if one.objectName() in ("room-r1", "room-r2", "room-r3") and one.isVisible()}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "rooms"),
    [("", {"room-r1", "room-r2", "room-r3"}), ("BAKERY", {"room-r2"}), ("clara", {"room-r1", "room-r2"}),
     ("okafor", {"room-r1", "room-r3"}), ("nobody of that name", set())],
)  # fmt: skip
def test_rooms_are_found_by_their_name_and_by_their_people(scene, text, rooms):
    scene.show(states.rooms())
    scene.find("search-field", QLineEdit).setText(text)
    QApplication.processEvents()
    assert shown_rooms(scene) == rooms
    scene.find("search-field", QLineEdit).clear()
    QApplication.processEvents()
    assert len(shown_rooms(scene)) == 3
    assert scene.take() == []


def test_what_was_not_looked_for_is_not_said_to_be_missing(scene):
    view = SearchView("draft", is_asking=False)
    scene.show(states.replace(states.rooms(), search=view))
    assert "Nothing found" in words_of(scene.find("search-results"))
    scene.show(states.replace(states.rooms(), search=states.replace(view, trouble="There is no connection.")))
    assert scene.find("search-count", QLabel).text() == "There is no connection."
    assert "Nothing found" not in words_of(scene.find("search-results"))


def test_messages_are_searched_and_a_click_opens_their_room(scene):
    scene.show(states.rooms())
    field = scene.find("search-field", QLineEdit)
    field.setText("draft")
    scene.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert scene.take() == [intents.SearchFor(words="draft")]
    scene.show(room_states.searching())
    assert shown_rooms(scene) == set()
    assert "and more" in scene.find("search-count", QLabel).text()
    scene.click("found-x005")
    assert scene.take() == [intents.OpenRoom(room="r1")]
    scene.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert scene.take() == [intents.SearchFor(words="")]
    assert field.text() == ""
    scene.show(states.rooms())
    assert len(shown_rooms(scene)) == 3


def test_what_is_unread_is_counted_in_the_list_and_in_the_title(scene):
    scene.show(states.rooms())
    assert scene.window.windowTitle() == "(3) Parley"
    assert scene.find("room-r2").accessibleName().endswith("3 unread")
    state = states.rooms()
    scene.show(states.replace(state, rooms=states.replace(state.rooms, views={"r1": state.view("r1")})))
    assert scene.window.windowTitle() == "Parley"


def test_the_bell_counts_and_lists_notices_and_a_click_opens_one(scene):
    scene.show(room_states.many_rooms())
    assert scene.find("open-news").accessibleName() == "Notices, 3 unread"
    scene.click("open-news")
    scene.click("news-n1")
    assert scene.take() == [intents.OpenNews(id="n1")]
    assert not scene.is_visible("news-dialog")
    scene.click("open-news")
    scene.click("news-see-all")
    assert scene.take() == [intents.SeeAllNews()]
    scene.show(states.rooms()).click("open-news")
    assert "Nothing new" in words_of(scene.find("news-dialog"))


# --- messages
def own_text(scene, text):
    (found,) = [one for one in scene.window.findChildren(MessageText) if text in one.text() and one.isVisible()]
    return found


def test_an_own_message_is_changed_in_place(scene):
    scene.show(states.rooms())
    block = own_text(scene, "B reads best")
    next(one for one in block.actions() if one.objectName() == "message-edit").trigger()
    QApplication.processEvents()
    field = scene.find("edit-x005", QPlainTextEdit)
    assert field.toPlainText() == block.text()
    field.setPlainText("B it is.")
    # News of the room does not take the text away.
    scene.show(states.with_drafts())
    assert scene.find("edit-x005", QPlainTextEdit) is field
    scene.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert scene.take() == [intents.ChangeMessage(message="x005", text="B it is.")]
    assert not scene.is_visible("edit-x005")


def test_esc_leaves_a_message_as_it_was_and_an_unchanged_text_is_not_sent(scene):
    scene.show(states.rooms())
    scene.qtbot.keyClick(own_text(scene, "B reads best"), Qt.Key.Key_F2)
    field = scene.find("edit-x005", QPlainTextEdit)
    field.setPlainText("something else")
    scene.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not scene.is_visible("edit-x005")
    scene.qtbot.keyClick(own_text(scene, "B reads best"), Qt.Key.Key_Return)
    scene.click("edit-x005-keep")
    assert scene.take() == []


def test_up_in_the_empty_composer_edits_what_one_said_last(scene):
    scene.show(states.rooms())
    field = scene.find("room-composer", QPlainTextEdit)
    field.setPlainText("half")
    scene.qtbot.keyClick(field, Qt.Key.Key_Up)
    assert scene.window.findChild(QPlainTextEdit, "edit-x007") is None
    field.clear()
    scene.qtbot.keyClick(field, Qt.Key.Key_Up)
    assert scene.is_visible("edit-x007")


@pytest.mark.parametrize(("answer", "sent"), [("ok", True), ("cancel", False)])
def test_an_own_message_is_deleted_after_a_yes(scene, answer, sent):
    scene.show(states.rooms())
    scene.qtbot.keyClick(own_text(scene, "B reads best"), Qt.Key.Key_Delete)
    assert scene.take() == []
    scene.click(f"delete-message-{answer}")
    assert scene.take() == ([intents.TakeBackMessage(message="x005")] if sent else [])


def test_messages_of_others_are_not_changed(scene):
    scene.show(states.rooms())
    block = own_text(scene, "two fields are enough")
    assert not [one for one in block.actions() if one.objectName()]
    scene.qtbot.keyClick(block, Qt.Key.Key_F2)
    scene.qtbot.keyClick(block, Qt.Key.Key_Delete)
    assert scene.take() == []
    assert not scene.is_visible("delete-message-dialog")


def test_own_messages_are_one_stop_of_the_tab_key_and_arrows_go_on(scene):
    scene.show(states.rooms())
    first, last = own_text(scene, "B reads best"), own_text(scene, "Agreed.")
    assert first.focusPolicy() == Qt.FocusPolicy.ClickFocus
    assert last.focusPolicy() == Qt.FocusPolicy.StrongFocus
    last.setFocus()
    scene.qtbot.keyClick(last, Qt.Key.Key_Up)
    assert scene.window.focusWidget() is first


def test_what_was_changed_and_taken_back_says_so(scene):
    scene.show(room_states.edited())
    words = words_of(scene.find("rooms-page"))
    assert "edited" in words
    assert "This message was deleted" in words
    assert "two fields are enough" not in words
