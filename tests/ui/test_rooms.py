"""The rooms side on real widgets: starting, joining, cards, sidebar, search, notices, messages, room settings."""

from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QWidget

from app.state import call_intents, intents
from app.state.slices.rooms import RoomView
from app.ui.theme import theme
from app.ui.widgets.cards import Spinner
from app.ui.widgets.message_text import MessageText
from app.wire.accounts import Access
from tests.looks import call_states, room_states, states
from tests.ui.test_intents import trigger


def words_of(widget):
    """Everything that is written in a part of the window."""
    return " ".join(one.text() for one in widget.findChildren(QWidget) if hasattr(one, "text") and one.isVisible())


def menu_lines(scene):
    """The names of what can be chosen in the open menu."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return [one.objectName() for one in menu.actions() if one.objectName()]


# --- from the room, everything is near --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("make", "clicks", "kind"),
    [
        (lambda: states.rooms(running=False), ("camera-button", "menu-video-meeting"), call_intents.BeginMeeting),
        (states.rooms, ("join-m1",), call_intents.GoToMeeting),
        (lambda: states.rooms(running=False), ("calendar-button",), intents.OpenPlan),
        (states.rooms, ("open-recap-m0",), intents.OpenRecapPage),
        (states.rooms, ("recap-m0",), intents.OpenRecapPage),
    ],
)
def test_r1_each_of_the_four_is_at_most_two_clicks_away(scene, make, clicks, kind):
    assert len(clicks) <= 2
    scene.show(make())
    for name in clicks:
        trigger(scene, name) if name.startswith("menu-") else scene.click(name)
    (wanted,) = scene.take()
    assert isinstance(wanted, kind)


@pytest.mark.parametrize("width", [1280, 800, 500])
@pytest.mark.parametrize("make", [states.rooms, lambda: states.rooms(running=False)])
def test_r7_the_camera_is_at_the_top_right_and_its_menu_has_a_video_meeting(scene, make, width):
    scene.show(make(), width, 700)
    header, button = scene.find("room-header"), scene.find("camera-button")
    right = button.mapTo(header, QPoint(button.width(), 0)).x()
    assert 0 <= header.width() - right <= 64
    scene.click("camera-button")
    assert menu_lines(scene)[0] == "menu-video-meeting"
    trigger(scene, "menu-video-meeting")
    (wanted,) = scene.take()
    assert (type(wanted), wanted.room) == (call_intents.BeginMeeting, "r1")


def test_r4_a_second_provider_is_in_the_same_menu_whatever_the_gate_says(scene):
    for make, lines in (
        (lambda: states.rooms(running=False), ["menu-video-meeting", "menu-meeting-elsewhere"]),
        (room_states.gated, ["menu-meeting-elsewhere", "menu-why-not"]),
    ):
        scene.show(make()).click("camera-button")
        assert menu_lines(scene) == lines
        trigger(scene, "menu-meeting-elsewhere")
        scene.find("other-meeting-url", QLineEdit).setText(room_states.FOREIGN)
        scene.click("other-meeting-ok")
        (wanted,) = scene.take()
        assert (type(wanted), wanted.room, wanted.url) == (intents.PostOtherMeeting, "r1", room_states.FOREIGN)
        assert wanted.key
        assert not scene.is_visible("other-meeting-dialog")


@pytest.mark.parametrize("text", ["", "meet me", "javascript:alert(1)", "https://", "https://a b", "ftp://a.b/c"])
def test_r63_what_is_no_address_is_not_posted_and_the_dialog_stays(scene, text):
    scene.show(states.rooms()).click("camera-button")
    trigger(scene, "menu-meeting-elsewhere")
    scene.find("other-meeting-url", QLineEdit).setText(text)
    scene.click("other-meeting-ok")
    assert scene.take() == []
    assert "https://" in scene.find("other-meeting-words", QLabel).text()
    assert scene.find("other-meeting-url", QLineEdit).text() == text


def test_r63_a_foreign_link_is_a_plain_message_and_the_dialog_says_what_it_lacks(scene, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    posted = states.message(50, "clara", "Clara Nowak", f"Here: {room_states.FOREIGN}", states.at())
    state = states.rooms(running=False)
    scene.show(
        states.replace(
            state, rooms=states.replace(state.rooms, views={"r1": RoomView(messages=(posted,), is_loaded=True)})
        )
    )
    (block,) = [one for one in scene.window.findChildren(MessageText) if one.links]
    assert block.text() == f"Here: {room_states.FOREIGN}"
    assert not [one for one in scene.window.findChildren(QWidget) if one.objectName().startswith("join-")
                and one.isVisible()]  # fmt: skip
    block.followed.emit(block.links[0])
    QApplication.processEvents()
    assert scene.is_visible("link-dialog")
    assert opened == []
    scene.click("link-cancel")
    scene.click("camera-button")
    trigger(scene, "menu-meeting-elsewhere")
    note = scene.find("other-meeting-note", QLabel).text()
    for part in ("no Join button", "no lobby", "no recap"):
        assert part in note
    scene.click("other-meeting-help")
    assert scene.find("help-own-link").isChecked()


def test_r73_who_may_not_start_is_told_why_with_a_way_to_the_help(scene):
    scene.show(room_states.gated()).click("camera-button")
    assert "menu-video-meeting" not in menu_lines(scene)
    assert scene.find("menu-why-words", QLabel).text() == room_states.gated().access.words
    trigger(scene, "menu-why-not")
    assert scene.find("help-access").isChecked()


def test_r73_the_contract_of_a_room_is_named_as_the_reason(scene):
    access = Access(closed_contracts=("catalog",), contract_words="Not in rooms of the catalog.")
    state = room_states.gated(access=access)
    scene.show(state).click("camera-button")
    assert "menu-video-meeting" in menu_lines(scene)
    QApplication.activePopupWidget().close()
    rooms = (msgspec.structs.replace(state.rooms.known[0], contract="catalog"), *state.rooms.known[1:])
    scene.show(states.replace(state, rooms=states.replace(state.rooms, known=rooms))).click("camera-button")
    assert "menu-video-meeting" not in menu_lines(scene)
    assert scene.find("menu-why-words", QLabel).text() == "Not in rooms of the catalog."


def test_r4_where_no_second_provider_is_offered_the_menu_names_none(scene):
    state = states.replace(states.rooms(), access=Access(offers_external=False))
    scene.show(state).click("camera-button")
    assert "menu-meeting-elsewhere" not in menu_lines(scene)
    assert "menu-video-meeting" in menu_lines(scene)


def test_who_may_not_start_may_still_join(scene):
    state = states.replace(states.rooms(), access=room_states.gated().access)
    scene.show(state).click("camera-button")
    trigger(scene, "menu-join-running")
    scene.click("join-m1")
    assert scene.take() == [call_intents.GoToMeeting(meeting="m1")] * 2


@pytest.mark.parametrize("starter", ["clara", "felix"])
def test_r9_the_card_joins_by_a_button_and_the_page_before_the_call_follows_also_for_the_starter(scene, starter):
    running = states.card(starter=starter)
    talk = states.message(9, starter, "x", "Website relaunch", states.at(), kind="meeting", meeting=running)
    state = states.rooms()
    scene.show(
        states.replace(
            state, rooms=states.replace(state.rooms, views={"r1": RoomView(messages=(talk,), is_loaded=True)})
        )
    )
    scene.click("join-m1")
    assert scene.take() == [call_intents.GoToMeeting(meeting="m1")]
    scene.show(states.prejoin(meeting=running))
    assert scene.is_visible("prejoin-join")


# --- links ------------------------------------------------------------------------------------------------------------
def test_r25_the_link_is_copied_in_the_room_and_from_its_card(scene):
    for name in ("copy-meeting-link", "copy-link-m1"):
        QApplication.clipboard().clear()
        scene.show(states.rooms()).click(name)
        assert QApplication.clipboard().text() == states.card().link


@pytest.mark.parametrize(
    "text",
    ["hello", "https://meet.example.com", "http://meet.example.com/j/k3J9mQx7Vb2LtR8wZp4N", "javascript:alert(1)",
     "https://me@meet.example.com/j/k3J9mQx7Vb2LtR8wZp4N", "parley://x/j/k3J9mQx7Vb2LtR8wZp4N?token=abc", "x" * 500],
)  # fmt: skip
@pytest.mark.parametrize("is_embedded", [True, False])
def test_r25_a_malformed_link_in_the_box_of_the_start_page_is_refused_in_words(scene, text, is_embedded):
    scene.show(states.sign_in(is_embedded=is_embedded, needs_owner=is_embedded))
    scene.find("guest-link", QLineEdit).setText(text)
    scene.click("guest-join")
    assert scene.take() == []
    assert scene.find("guest-link-words", QLabel).text()
    assert scene.is_visible("guest-link-words")
    assert scene.find("guest-link", QLineEdit).text() == text
    good = "parley://meet.example.com/j/k3J9mQx7Vb2LtR8wZp4N"
    scene.find("guest-link", QLineEdit).setText(good)
    assert not scene.is_visible("guest-link-words")
    scene.click("guest-join")
    assert scene.take() == [call_intents.FollowLink(link=good)]


def test_r25_a_link_to_another_server_shows_its_host_and_waits_for_a_yes(scene):
    state = room_states.link_question()
    scene.show(state)
    assert scene.take() == []
    assert scene.find("link-server").text() == state.links.question.server.address
    assert "Nothing about you has been sent there yet" in words_of(scene.find("link-question"))
    assert "certificate" not in words_of(scene.find("link-question")).lower()
    scene.qtbot.keyClick(scene.find("link-question-cancel"), Qt.Key.Key_Escape)
    scene.click("link-question-go")
    assert scene.take() == [call_intents.AnswerLink(goes=False), call_intents.AnswerLink(goes=True)]
    scene.show(states.rooms())
    assert not scene.is_visible("link-question")


def test_at_another_server_a_strip_leads_home(scene):
    scene.show(room_states.away())
    assert "other.example.org:8443" in scene.find("away-words", QLabel).accessibleName()
    scene.click("go-home")
    assert scene.take() == [intents.GoHome()]
    scene.show(room_states.on_team_server())
    assert not scene.is_visible("away-strip")
    for state in (
        room_states.invited_elsewhere(),
        replace(room_states.away(), call_phase="ended", call=call_states.call().call),
    ):
        scene.show(state)
        assert not scene.is_visible("away-strip"), "a meeting has no strip about servers"


def test_an_invited_person_sees_the_way_in_and_what_is_the_matter(scene):
    scene.show(room_states.on_the_way())
    assert scene.is_visible("visit-close")
    assert not scene.is_visible("starting-server")
    assert "Opening the invitation…" in words_of(scene.window.page)
    scene.show(room_states.link_is_dead())
    assert "This meeting has ended." in words_of(scene.window.page)
    assert not scene.is_visible("starting-try-again")
    scene.click("visit-close")
    assert scene.take() == [intents.GoHome()]
    scene.show(room_states.invited_elsewhere())
    scene.click("prejoin-sign-in")
    assert scene.take()[-1] == call_intents.SignInHere()
    scene.show(states.guest_prejoin())
    assert not scene.is_visible("prejoin-sign-in"), "at one's own server the way back leads to the sign-in"


# --- sidebar ----------------------------------------------------------------------------------------------------------
def test_r60_at_500_pixels_the_info_button_opens_the_same_list_of_recaps(scene):
    scene.show(states.rooms(), 1280, 800)
    wide = [one.objectName() for one in scene.window.findChildren(QWidget)
            if one.objectName().startswith("recap-m") and one.isVisible()]  # fmt: skip
    assert wide == ["recap-m2", "recap-m0"]
    assert "Meeting recap" in words_of(scene.find("room-aside"))
    scene.show(states.rooms(), 500, 700)
    assert not scene.is_visible("room-aside")
    assert scene.is_visible("info")
    scene.click("info")
    narrow = [one.objectName() for one in scene.window.findChildren(QWidget)
              if one.objectName().startswith("recap-m") and one.isVisible()]  # fmt: skip
    assert narrow == wide
    scene.click("recap-m0")
    assert scene.take() == [intents.OpenRecapPage(meeting="m0")]


def test_r61_the_sidebar_is_there_and_toggles(scene):
    scene.show(states.rooms(), 1280, 800)
    for is_there in (False, True, False):
        scene.click("info")
        assert scene.is_visible("room-aside") == is_there
        assert scene.find("info").isChecked() == is_there


def test_r81_where_there_is_no_recap_yet_the_list_says_what_one_is(scene):
    scene.show(states.silent_room())
    words = scene.find("no-recaps", QLabel).text()
    for part in ("AI recording", "summary", "action items", "transcript", "highlights"):
        assert part in words
    scene.click("recap-help")
    assert scene.find("help-recap").isChecked()


def test_meetings_to_come_are_in_the_sidebar_and_open(scene):
    scene.show(room_states.with_cards())
    assert scene.is_visible("coming-m21")
    assert not scene.is_visible("coming-m23")
    scene.click("coming-m21")
    scene.click("upcoming-join-m21")
    assert scene.take() == [call_intents.GoToMeeting(meeting="m21")]
    scene.show(room_states.with_cards(*room_states.CARDS[:1]))
    assert not scene.is_visible("meeting-dialog")


# --- rooms and invitations --------------------------------------------------------------------------------------------
def test_a_room_is_made_with_a_kind_of_contract(scene):
    scene.show(states.rooms()).click("new-room")
    scene.find("room-name-field", QLineEdit).setText("Logo")
    kind = scene.find("room-contract")
    kind.setCurrentIndex(kind.findData("catalog"))
    scene.click("room-name-field-ok")
    assert scene.take() == [intents.MakeRoom(name="Logo", contract="catalog")]


def test_the_owner_renames_and_removes_and_anybody_leaves(scene):
    scene.show(room_states.owned_room()).click("room-settings")
    scene.find("room-rename", QLineEdit).setText("Relaunch 2027")
    scene.click("room-rename-save")
    assert scene.take() == [intents.NameRoom(room="r1", name="Relaunch 2027")]
    scene.click("remove-member-clara")
    assert "no longer sees anything" in words_of(scene.find("remove-member-dialog"))
    scene.click("remove-member-ok")
    assert scene.take() == [intents.RemoveFromRoom(room="r1", account="clara")]
    scene.click("room-leave")
    scene.click("leave-room-ok")
    assert scene.take() == [intents.QuitRoom(room="r1")]
    scene.show(states.no_rooms())
    assert not scene.is_visible("room-dialog")


def test_who_does_not_own_a_room_removes_nobody(scene):
    state = room_states.owned_room()
    rooms = (msgspec.structs.replace(state.rooms.known[0], owner="clara"), *state.rooms.known[1:])
    scene.show(states.replace(state, rooms=states.replace(state.rooms, known=rooms))).click("room-settings")
    assert not [one for one in scene.window.findChildren(QWidget) if one.objectName().startswith("remove-member-")]
    assert "Clara Nowak owns this room" in words_of(scene.find("room-dialog"))


def test_an_invitation_that_cannot_be_made_says_why_and_waits_no_longer(scene):
    scene.show(states.rooms()).click("invite")
    state = states.rooms()
    why = states.replace(state.view("r1"), invitation_words="There is no connection.")
    scene.show(states.replace(state, rooms=states.replace(state.rooms, views={**state.rooms.views, "r1": why})))
    said = words_of(scene.find("invitation-dialog"))
    assert "There is no code. " in said
    assert "There is no connection." in said
    assert "Making" not in said
    assert not [one for one in scene.find("invitation-dialog").findChildren(Spinner) if one.isVisible()]
    code = states.replace(why, invitation="CODE-1")
    scene.show(states.replace(state, rooms=states.replace(state.rooms, views={**state.rooms.views, "r1": code})))
    assert scene.find("invitation-words", QLabel).text() == "There is no connection.", "of the one to be mailed"


def test_an_invitation_has_a_link_and_can_be_mailed(scene):
    scene.show(states.rooms()).click("invite")
    scene.show(room_states.invited())
    scene.click("invitation-copy-link")
    assert QApplication.clipboard().text().startswith("https://meet.example.com/i/")
    assert "amara@example.com" in scene.find("invitation-sent", QLabel).text()
    field = scene.find("invitation-email", QLineEdit)
    field.setText("not an address")
    assert not scene.find("invitation-send").isEnabled()
    field.setText("jo@example.com")
    scene.click("invitation-send")
    assert scene.take() == [intents.Invite(room="r1"), intents.Invite(room="r1", email="jo@example.com")]


def test_colours_are_chosen_in_the_account_menu_and_told(scene):
    told = []
    scene.window.theme_chosen.connect(told.append)
    scene.show(states.rooms()).click("account-menu")
    scene.find("menu-theme-dark", QAction).trigger()
    QApplication.activePopupWidget().close()
    assert theme.choice == "dark"
    assert told == ["dark"]


def test_remote_words_are_never_read_as_markup(scene):
    evil = "<img src='file:///etc/passwd'><b>x</b>"
    state = room_states.with_cards(room_states.planned("m5", 1, title=evil))
    news = (msgspec.structs.replace(room_states.NEWS[0], words=evil),)
    scene.show(states.replace(state, news=news)).click("open-news")
    labels = [one for one in scene.window.findChildren(QLabel) if "<img" in one.text()]
    assert labels
    for one in labels:
        assert one.textFormat() == Qt.TextFormat.PlainText
    for one in scene.window.findChildren(QWidget):
        assert "<img" not in one.toolTip()
