"""The account, another password, the server and who may reach it, on real widgets."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLabel, QLineEdit, QWidget

from app.state import intents
from app.state.app_state import AppState
from app.state.slices.connection import Connection
from app.state.slices.reach import Reach
from app.state.slices.way import WayCheck
from app.ui.panels.account_dialog import seen_words
from app.ui.panels.dialogs import is_address
from app.wire.accounts import SignInInfo
from tests.looks import room_states, states
from tests.ui.test_intents import trigger


def put(scene, **fields):
    for name, text in fields.items():
        scene.find(name.replace("_", "-"), QLineEdit).setText(text)


# --- the account dialog -----------------------------------------------------------------------------------------------
def test_the_account_is_opened_from_the_menu_and_closed_by_the_state(scene):
    scene.show(room_states.on_team_server()).click("account-menu")
    trigger(scene, "menu-account")
    assert scene.take() == [intents.OpenAccount(is_open=True)]
    scene.show(room_states.account())
    scene.qtbot.keyClick(scene.find("account-close"), Qt.Key.Key_Escape)
    scene.click("account-close")
    assert scene.take() == [intents.OpenAccount(is_open=False)] * 2
    scene.show(room_states.on_team_server())
    assert not scene.is_visible("account-dialog")


def test_an_embedded_server_has_no_account_to_change(scene):
    scene.show(states.rooms()).click("account-menu")
    lines = [one.objectName() for one in QApplication.activePopupWidget().actions()]
    QApplication.activePopupWidget().close()
    assert "menu-account" not in lines
    assert "menu-server" in lines


def test_the_password_is_changed_and_forgotten_by_the_fields(scene):
    scene.show(room_states.account())
    put(scene, account_old_password="old one", account_new_password="short")
    assert not scene.find("account-change-password").isEnabled()
    put(scene, account_new_password="long enough")
    scene.click("account-change-password")
    assert scene.take() == [intents.ChangeOwnPassword(old="old one", new="long enough")]
    scene.show(room_states.account(words="That is not your password."))
    assert scene.find("account-words", QLabel).text() == "That is not your password."
    assert scene.find("account-new-password", QLineEdit).text() == "long enough"
    scene.show(room_states.account(words="Your password is changed.", is_good=True))
    assert scene.is_visible("account-good")
    assert not scene.is_visible("account-words")
    for name in ("account-old-password", "account-new-password"):
        assert scene.find(name, QLineEdit).text() == ""
        assert scene.find(name, QLineEdit).echoMode() == QLineEdit.EchoMode.Password


def test_another_sign_in_is_ended_after_a_yes_and_ones_own_has_no_button(scene):
    scene.show(room_states.account())
    assert not scene.is_visible("end-sign-in-a1")
    scene.click("end-sign-in-a2")
    assert scene.take() == []
    scene.click("end-sign-in-ok")
    assert scene.take() == [intents.EndOwnSignIn(id="a2")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_online": True}, "Online now, since 12 May 2020"),
        ({"last_seen": states.at()}, "Last used today at 14:20, since 12 May 2020"),
        ({"last_seen": states.at(1)}, "Last used yesterday at 14:20, since 12 May 2020"),
    ],
)
def test_a_sign_in_says_when_it_was_used(changes, words):
    since = states.datetime(2020, 5, 12, 9).timestamp()
    info = SignInInfo(**{"id": "a", "device": "Linux", "since": since, "last_seen": since, **changes})
    assert seen_words(info, states.at()) == words


# --- the way to a new password ----------------------------------------------------------------------------------------
def test_a_forgotten_password_is_set_anew_by_a_code(scene):
    scene.show(states.sign_in()).click("sign-in-forgot")
    put(scene, sign_in_email="ada at home")
    scene.click("sign-in-go")
    assert scene.take() == []
    assert scene.find("sign-in-words", QLabel).text()
    put(scene, sign_in_email="ada@example.com")
    scene.click("sign-in-go")
    assert scene.take() == [intents.AskForReset(email="ada@example.com")]
    told = states.put(states.sign_in(), "sign_in.reset_words", "If there is such an account, a code is on its way.")
    scene.show(told)
    assert scene.find("reset-words", QLabel).text() == told.sign_in.reset_words
    assert scene.is_visible("sign-in-code")
    put(scene, sign_in_code="CODE-1", sign_in_password="short")
    scene.click("sign-in-go")
    assert scene.take() == []
    put(scene, sign_in_password="long enough")
    scene.click("sign-in-go")
    assert scene.take() == [intents.ResetOwnPassword(email="ada@example.com", code="CODE-1", password="long enough")]
    scene.click("sign-in-back")
    assert not scene.is_visible("sign-in-code")
    assert not scene.is_visible("reset-words")


def test_a_code_of_an_administrator_needs_no_mail(scene):
    scene.show(states.sign_in()).click("sign-in-forgot")
    scene.click("sign-in-have-code")
    scene.click("sign-in-go")
    assert scene.take() == []
    put(scene, sign_in_email="ada@example.com", sign_in_code=" CODE-2 ", sign_in_password="long enough")
    scene.click("sign-in-go")
    assert scene.take()[0].code == "CODE-2"


def test_passwords_and_codes_do_not_stay_in_fields_that_are_not_seen(scene):
    scene.show(states.sign_in()).click("sign-in-forgot")
    scene.click("sign-in-have-code")
    put(scene, sign_in_code="CODE-1", sign_in_password="long enough")
    scene.show(states.rooms())
    assert scene.find("sign-in-code", QLineEdit).text() == ""
    assert scene.find("sign-in-password", QLineEdit).text() == ""


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("a@b", True), (" a.b+c@d.example ", True), ("a@@b", False), ("a b@c", False), ("@b", False), ("a@", False),
     ("a@b..c", False), ("a" * 250 + "@b.de", False), ("", False)],
)  # fmt: skip
def test_what_a_mail_address_is(text, is_one):
    assert is_address(text) is is_one


# --- the server -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("make", "button"),
    [
        (states.sign_in, "sign-in-server"),
        (lambda: states.sign_in(is_embedded=True, needs_owner=True), "sign-in-server"),
        (lambda: AppState(connection=Connection(phase="offline")), "starting-server"),
    ],
)
def test_a_teams_server_is_chosen_by_its_address(scene, make, button):
    scene.show(make()).click(button)
    scene.click("server-tabs-team")
    put(scene, server_address="http://meet.example.com")
    scene.click("server-use")
    assert scene.take() == []
    assert scene.is_visible("server-words")
    put(scene, server_address="meet.example.com:8443")
    scene.click("server-use")
    assert scene.take() == [intents.UseServer(address="https://meet.example.com:8443")]
    assert not scene.is_visible("server-dialog")


def test_from_a_teams_server_one_goes_back_to_this_computers(scene):
    scene.show(room_states.on_team_server()).click("account-menu")
    trigger(scene, "menu-server")
    assert scene.is_visible("server-address")
    scene.click("server-tabs-here")
    assert not scene.is_visible("reach-switch")
    scene.click("server-use")
    assert scene.take() == [intents.UseServer(address="")]


def test_the_connection_to_a_teams_server_is_checked_and_told_in_words(scene):
    state = room_states.on_team_server()
    scene.show(state).click("account-menu")
    trigger(scene, "menu-server")
    assert not scene.is_visible("server-check-words")
    scene.click("server-check")
    assert scene.take() == [intents.CheckWay()]
    address = state.connection.address
    scene.show(states.replace(state, way=WayCheck(address, is_running=True)))
    assert not scene.find("server-check").isEnabled()
    scene.show(states.replace(state, way=WayCheck(address, words="UDP is blocked.")))
    assert (scene.find("server-check-words").text(), scene.find("server-check").isEnabled()) == (
        "UDP is blocked.",
        True,
    )
    # Of another server that says nothing.
    scene.show(states.replace(state, way=WayCheck("other.example.com", words="UDP is blocked.")))
    assert not scene.is_visible("server-check-words")


def test_of_this_computers_own_server_there_is_nothing_to_check(scene):
    scene.show(states.rooms())
    scene.window.open_server()
    scene.click("server-tabs-team")
    assert not scene.is_visible("server-check")


def test_others_are_let_in_by_a_switch_that_says_what_that_means(scene):
    scene.show(states.rooms())
    scene.window.open_server()
    words = " ".join(one.text() for one in scene.find("server-dialog").findChildren(QLabel) if one.isVisible())
    for part in ("computer to be awake", "recaps of these meetings are kept on this computer"):
        assert part in words
    assert not scene.is_visible("server-use")
    scene.click("reach-switch")
    assert scene.take() == [intents.LetOthersReach(is_on=True)]
    scene.show(states.replace(states.rooms(), reach=Reach(is_changing=True)))
    assert not scene.find("reach-switch").isEnabled()
    state = room_states.reachable()
    scene.show(state)
    for address in state.reach.addresses:
        scene.click(f"reach-copy-{address}")
        assert QApplication.clipboard().text() == address
    scene.show(states.replace(state, reach=Reach(words="The port is taken by another program.")))
    assert not scene.find("reach-switch").isChecked()
    assert "taken" in scene.find("reach-words", QLabel).text()
    assert not scene.is_visible(f"reach-copy-{state.reach.addresses[0]}")


# --- every dialog -----------------------------------------------------------------------------------------------------
DIALOGS = {
    "new-room": (states.rooms, ["new-room"]),
    "room settings": (room_states.owned_room, ["room-settings"]),
    "invite": (states.rooms, ["invite"]),
    "news": (room_states.many_rooms, ["open-news"]),
    "plan": (room_states.planning, []),
    "change": (room_states.replanning, []),
    "account": (room_states.account, []),
    "link": (room_states.link_question, []),
    "server": (room_states.reachable, []),
    "forgot": (states.sign_in, ["sign-in-forgot"]),
}
#: The others are open because the state says so, and close when it does not any more.
OPENED_BY_CLICK = ["new-room", "room settings", "invite", "news", "server"]


@pytest.mark.parametrize("name", DIALOGS)
def test_every_control_of_a_dialog_has_a_name_and_lies_in_the_window(scene, name):
    make, clicks = DIALOGS[name]
    scene.show(make(), 1280, 800)
    for button in clicks:
        scene.click(button)
    if name == "server":
        scene.window.open_server()
    for size in ((1280, 800), (500, 600), (480, 420)):
        check_the_dialog(scene, *size)


def check_the_dialog(scene, width, height):
    scene.window.resize(width, height)
    QApplication.processEvents()
    assert (scene.window.width(), scene.window.height()) == (width, height)
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)
    used = [one for kind in kinds for one in scene.window.findChildren(kind) if one.isVisible()]
    names = []
    for one in used:
        if one.objectName().startswith("qt_") or isinstance(one.parent(), QComboBox | QAbstractSpinBox):
            continue
        assert one.accessibleName().strip(), one.objectName()
        names.append(one.objectName())
        right = one.mapTo(scene.window, one.rect().topRight()).x()
        assert right <= width, one.objectName()
    assert all(names)
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", OPENED_BY_CLICK)
def test_esc_closes_what_was_opened_by_a_click(scene, name):
    make, clicks = DIALOGS[name]
    scene.show(make())
    for button in clicks:
        scene.click(button)
    if name == "server":
        scene.window.open_server()
    (dialog,) = [one for one in scene.window.findChildren(object) if hasattr(one, "dismissed") and one.isVisible()]
    scene.take()
    scene.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert scene.take() in ([], [intents.ForgetInvitation(room="r1")])


@pytest.mark.parametrize("name", OPENED_BY_CLICK)
def test_a_dialog_that_is_gone_is_no_fault_for_the_next_state(scene, name):
    make, clicks = DIALOGS[name]
    scene.show(make())
    for button in clicks:
        scene.click(button)
    if name == "server":
        scene.window.open_server()
    for one in scene.window.findChildren(QWidget):
        if hasattr(one, "dismissed") and one.isVisible():
            one.dismissed.emit()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for state in (room_states.with_cards(), make(), states.rooms()):
        scene.show(state)
    scene.click("room-settings")
    assert scene.is_visible("room-dialog")
