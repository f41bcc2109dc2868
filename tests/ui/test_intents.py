"""Each button wants what it says, with the right ids."""

from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QPlainTextEdit

from app.state import call_intents, intents
from app.state.slices.devices import Choices
from tests.looks import call_states, recap_states, room_states, states


def trigger(scene, name):
    """Clicks a line of the open menu."""
    action = scene.find(name, QAction)
    menu = action.parent()
    assert isinstance(menu, QMenu)
    assert menu.isVisible()
    action.trigger()
    menu.close()
    QApplication.processEvents()


@pytest.mark.parametrize(
    ("make", "button", "intent"),
    [
        (states.rooms, "room-r2", intents.OpenRoom(room="r2")),
        (states.rooms, "join-m1", call_intents.GoToMeeting(meeting="m1")),
        (states.rooms, "join-running", call_intents.GoToMeeting(meeting="m1")),
        (states.rooms, "open-recap-m0", intents.OpenRecapPage(meeting="m0")),
        (states.rooms, "news-open-recap-m0", intents.OpenRecapPage(meeting="m0")),
        (states.rooms, "recap-m2", intents.OpenRecapPage(meeting="m2")),
        (states.rooms, "invite", intents.Invite(room="r1")),
        (states.with_drafts, "retry-k2", intents.RetryMessage(room="r1", key="k2")),
        (states.with_drafts, "drop-k2", intents.DropMessage(room="r1", key="k2")),
        (states.with_drafts, "try-again", intents.TryAgain()),
        (states.with_notices, "notice-close-1", intents.PutAway(number=1)),
        (lambda: states.prejoin(asks_terms=True), "terms-continue", call_intents.ContinueTerms()),
        (lambda: states.prejoin(asks_terms=True), "terms-cancel", call_intents.CancelJoin()),
        (states.prejoin, "prejoin-join", call_intents.Join()),
        (states.prejoin, "prejoin-back", call_intents.CancelJoin()),
        (states.prejoin, "record-switch", call_intents.ChooseRecording(record=False)),
        (states.guest_prejoin, "notice-read", call_intents.ReadNotice(is_read=True)),
        (
            states.prejoin,
            "prejoin-toggle-microphone",
            call_intents.Choose(choices=Choices(microphone_on=False), shown=Choices()),
        ),
        (
            states.prejoin,
            "prejoin-toggle-camera",
            call_intents.Choose(choices=Choices(camera_on=False), shown=Choices()),
        ),
        (
            states.prejoin,
            "prejoin-background-blur",
            call_intents.Choose(choices=Choices(background="blur"), shown=Choices()),
        ),
        (states.waiting, "waiting-cancel", call_intents.CancelJoin()),
        (
            call_states.call,
            "toggle-microphone",
            call_intents.Choose(choices=Choices(microphone_on=False), shown=Choices()),
        ),
        (call_states.call, "toggle-camera", call_intents.Choose(choices=Choices(camera_on=False), shown=Choices())),
        (call_states.call, "open-chat", call_intents.OpenPanel(panel="chat")),
        (call_states.call, "open-people", call_intents.OpenPanel(panel="people")),
        (call_states.call, "leave", call_intents.Leave()),
        (call_states.call, "show-rooms-in-call", call_intents.ShowCall(shows_call=False)),
        (call_states.call_with_chat, "open-chat", call_intents.OpenPanel(panel="")),
        (call_states.call_with_chat, "close-panel", call_intents.OpenPanel(panel="")),
        (call_states.call_with_chat, "side-tabs-people", call_intents.OpenPanel(panel="people")),
        (call_states.call_with_chat, "retry-d2", call_intents.RetryChat(key="d2")),
        (call_states.call_with_chat, "drop-d2", call_intents.DropChat(key="d2")),
        (call_states.call_as_host, "admit-g1", call_intents.Admit(guest="g1")),
        (call_states.call_as_host, "deny-g2", call_intents.Deny(guest="g2")),
        (call_states.call_with_consent, "consent-stay", call_intents.AnswerConsent(stays=True)),
        (call_states.call_with_consent, "consent-leave", call_intents.AnswerConsent(stays=False)),
        (
            lambda: states.replace(call_states.call(), shows_call=False),
            "show-call",
            call_intents.ShowCall(shows_call=True),
        ),
        (call_states.ended, "rejoin", call_intents.Rejoin()),
        (call_states.ended, "close-call", call_intents.CloseCall()),
        (recap_states.recap_state, "recap-back", intents.CloseRecapPage()),
        (lambda: recap_states.recap_state("ongoing"), "progress-rejoin", call_intents.Rejoin()),
    ],
)
def test_a_click_wants_what_the_button_says(scene, make, button, intent):
    scene.show(make()).click(button)
    assert scene.take() == [intent]


def test_the_camera_menu_begins_a_meeting_with_a_fresh_key(scene):
    scene.show(states.rooms())
    keys = set()
    for _ in range(2):
        scene.click("camera-button")
        trigger(scene, "menu-video-meeting")
        (wanted,) = scene.take()
        assert wanted.room == "r1"
        keys.add(wanted.key)
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("line", "intent"), [("menu-leave", call_intents.Leave()), ("menu-end-for-all", call_intents.EndForAll())]
)
def test_the_host_chooses_how_to_leave(scene, line, intent):
    scene.show(call_states.call_as_host()).click("leave")
    assert scene.take() == []
    trigger(scene, line)
    assert scene.take() == [intent]


def test_sign_out_is_offered_on_a_server_of_others_only(scene):
    state = states.rooms()
    scene.show(states.replace(state, connection=states.replace(state.connection, is_embedded=False)))
    scene.click("account-menu")
    trigger(scene, "menu-sign-out")
    assert scene.take() == [intents.LeaveAccount()]
    scene.show(state).click("account-menu")
    assert scene.window.findChildren(QAction, "menu-sign-out") == []


def test_a_message_is_sent_by_enter_and_broken_by_shift_enter(scene):
    scene.show(states.rooms())
    field = scene.find("room-composer", QPlainTextEdit)
    scene.qtbot.keyClicks(field, "One")
    scene.qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    scene.qtbot.keyClicks(field, "two")
    scene.qtbot.keyClick(field, Qt.Key.Key_Return)
    (wanted,) = scene.take()
    assert (wanted.room, wanted.text) == ("r1", "One\ntwo")
    assert field.toPlainText() == ""
    scene.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert scene.take() == []


def test_a_text_begun_in_one_room_waits_there(scene):
    state = states.rooms()
    scene.show(state)
    scene.find("room-composer", QPlainTextEdit).setPlainText("half a thought")
    scene.show(states.replace(state, rooms=states.replace(state.rooms, open="r2")))
    assert scene.find("room-composer", QPlainTextEdit).toPlainText() == ""
    scene.show(state)
    assert scene.find("room-composer", QPlainTextEdit).toPlainText() == "half a thought"


@pytest.mark.parametrize("between", ["another server", "no room", "another account"])
def test_a_text_begun_waits_for_who_wrote_it_and_for_nobody_else(scene, between):
    state = states.rooms()
    meanwhile = {
        "another server": room_states.invited_elsewhere(),
        "no room": states.replace(states.no_rooms(), me=state.me),
        "another account": states.replace(state, me=msgspec.structs.replace(state.me, id="somebody else")),
    }[between]
    scene.show(state)
    scene.find("room-composer", QPlainTextEdit).setPlainText("half a thought")
    scene.show(meanwhile)
    assert not scene.is_visible("room-composer") or not scene.find("room-composer", QPlainTextEdit).toPlainText()
    scene.show(state)
    assert scene.find("room-composer", QPlainTextEdit).toPlainText() == "half a thought"


def test_what_was_begun_in_one_meetings_chat_is_not_for_the_next(scene):
    state = call_states.call_with_chat()
    scene.show(state)
    scene.find("chat-composer", QPlainTextEdit).setPlainText("half a thought")
    scene.show(states.cut_off(state)).show(state)
    assert scene.find("chat-composer", QPlainTextEdit).toPlainText() == "half a thought"
    other = msgspec.structs.replace(state.call.meeting, id="another")
    scene.show(states.replace(state, call=states.replace(state.call, meeting=other)))
    assert scene.find("chat-composer", QPlainTextEdit).toPlainText() == ""


def test_chat_is_said_with_a_fresh_key(scene):
    scene.show(call_states.call_with_chat())
    scene.find("chat-composer", QPlainTextEdit).setPlainText(" hello ")
    scene.click("chat-composer-send")
    (wanted,) = scene.take()
    assert isinstance(wanted, call_intents.SayInChat)
    assert wanted.text == "hello"
    assert wanted.key


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("7QK4-M2XP", intents.EnterRoomByCode(code="7QK4-M2XP")),
        ("http://127.0.0.1:8470/j/abc", call_intents.FollowLink(link="http://127.0.0.1:8470/j/abc")),
    ],
)
def test_a_code_and_a_link_are_told_apart(scene, text, intent):
    scene.show(states.rooms()).click("enter-code")
    scene.find("code-field", QLineEdit).setText(text)
    scene.click("code-field-ok")
    assert scene.take() == [intent]


def test_a_new_room_is_named(scene):
    scene.show(states.rooms()).click("new-room")
    scene.find("room-name-field", QLineEdit).setText(" Shop sign ")
    scene.click("room-name-field-ok")
    assert scene.take() == [intents.MakeRoom(name="Shop sign")]


def test_an_invitation_is_shown_copied_and_forgotten(scene):
    scene.show(states.rooms()).click("invite")
    assert scene.take() == [intents.Invite(room="r1")]
    state = states.rooms()
    views = {**state.rooms.views, "r1": states.replace(state.view("r1"), invitation="CODE-1")}
    scene.show(states.replace(state, rooms=states.replace(state.rooms, views=views)))
    assert scene.find("invitation-code").text() == "CODE-1"
    scene.click("invitation-copy")
    assert QApplication.clipboard().text() == "CODE-1"
    scene.click("invitation-done")
    assert scene.take() == [intents.ForgetInvitation(room="r1")]


def test_the_meeting_link_can_be_copied_in_room_prejoin_and_call(scene):
    link = states.card().link
    for make, name in (
        (states.rooms, "copy-meeting-link"),
        (states.prejoin, "prejoin-copy-link"),
        (call_states.call, "call-copy-link"),
    ):
        QApplication.clipboard().clear()
        scene.show(make()).click(name)
        assert QApplication.clipboard().text() == link


@pytest.mark.parametrize("face", ["name", "enter", "make"])
def test_the_three_faces_of_signing_in(scene, face):
    scene.show(states.sign_in(is_embedded=face == "name", needs_owner=face == "name"))
    if face == "make":
        scene.click("sign-in-tabs-make")
    for name, text in (("name", "Ada"), ("email", "ada@example.com"), ("password", "long enough")):
        scene.find(f"sign-in-{name}", QLineEdit).setText(text)
    kind = scene.find("sign-in-kind", QComboBox)
    kind.setCurrentIndex(kind.findData("client"))
    assert scene.is_visible("sign-in-password") == (face != "name")
    assert scene.is_visible("sign-in-kind") == (face == "make")
    scene.click("sign-in-go")
    wanted = {
        "name": intents.NameOwner(name="Ada"),
        "enter": intents.EnterAccount(email="ada@example.com", password="long enough"),
        "make": intents.MakeAccount(email="ada@example.com", name="Ada", kind="client", password="long enough"),
    }
    assert scene.take() == [wanted[face]]


def test_a_guest_pastes_a_link(scene):
    scene.show(states.sign_in())
    link = "https://meet.example.com/j/k3J9mQx7Vb2LtR8wZp4N"
    scene.find("guest-link", QLineEdit).setText(link)
    scene.click("guest-join")
    assert scene.take() == [call_intents.FollowLink(link=link)]


def test_devices_are_chosen_and_the_sound_is_played(scene):
    scene.show(states.prejoin())
    cameras = scene.find("prejoin-camera", QComboBox)
    assert cameras.itemText(0) == "System default"
    cameras.setCurrentIndex(cameras.findData("c2"))
    cameras.activated.emit(cameras.currentIndex())
    scene.click("prejoin-test-sound")
    assert scene.take() == [call_intents.Choose(choices=Choices(camera="c2"), shown=Choices())]
    assert scene.sounds == [1]


def test_two_quick_choices_do_not_undo_each_other(scene):
    scene.show(states.prejoin())
    scene.click("prejoin-background-blur")
    scene.click("prejoin-data-saver")
    blurred = Choices(background="blur")
    assert scene.take()[-1] == call_intents.Choose(choices=replace(blurred, data_saver=True), shown=blurred)


def test_letters_mute_only_while_nobody_types(scene):
    state = call_states.call_with_chat()
    scene.show(state)
    scene.window.activateWindow()
    scene.qtbot.keyClicks(scene.find("chat-composer", QPlainTextEdit), "MVC")
    assert scene.take() == []
    page = scene.find("call-page")
    page.setFocus()
    for key in "MVCP":
        scene.qtbot.keyClick(page, key)
    kinds = [type(one).__name__ for one in scene.take()]
    assert kinds == ["Choose", "Choose", "OpenPanel", "OpenPanel"]


def test_escape_cancels_the_terms(scene):
    scene.show(states.prejoin(asks_terms=True))
    scene.qtbot.keyClick(scene.find("terms-continue").parentWidget().parentWidget(), Qt.Key.Key_Escape)
    assert scene.take() == [call_intents.CancelJoin()]
    scene.show(states.prejoin())
    assert not scene.is_visible("terms-dialog")
