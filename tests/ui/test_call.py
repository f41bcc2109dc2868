"""The call's page: who waits, what the host may do with each person, the lock, the link, consent."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu

from app.state import call_intents
from app.state.effects import Send
from app.state.people import MUTED
from app.state.slices.call import Call
from app.state.update import update
from app.ui.panels.toasts import ToastCard
from app.ui.widgets.columns import Scroll
from app.wire import people as wire
from app.wire.lobby import Guest
from app.wire.recording import RecordingStarted
from tests.fakes.story import change
from tests.looks import call_states, recap_states, states


def open_menu(scene, person):
    scene.click(f"person-menu-{person}")
    (menu,) = [one for one in scene.window.findChildren(QMenu, "person-actions") if one.isVisible()]
    return menu, {action.objectName() for action in menu.actions() if action.objectName()}


def trigger(scene, name):
    action = scene.find(name, QAction)
    menu = action.parent()
    action.trigger()
    menu.close()
    QApplication.processEvents()


def heard(state, message):
    """The state after the server said something."""
    from app.state.events import Heard

    state, _ = update(state, Heard(message=message, at=states.at()))
    return state


# --- the lobby ----------------------------------------------------------------------------------------------------
def test_r82_the_host_sees_who_waits_since_when_and_lets_in_or_not(scene):
    state = call_states.call_as_host()
    scene.show(state)
    words = [one.text() for one in scene.find("lobby-panel").findChildren(QLabel) if one.isVisible()]
    assert "Grace Hopper" in words
    assert any(one.startswith("Guest, waiting since ") for one in words)
    assert "2 people are waiting" in words
    for button, intent in (
        ("admit-g1", call_intents.Admit(guest="g1")),
        ("deny-g2", call_intents.Deny(guest="g2")),
        ("admit-all", call_intents.AdmitEveryone()),
    ):
        scene.click(button)
        assert scene.take() == [intent]
    one = replace(
        state, call=replace(state.call, lobby=replace(state.call.lobby, waiting=state.call.lobby.waiting[:1]))
    )
    scene.show(one)
    assert not scene.is_visible("admit-all")
    scene.show(replace(state, call=replace(state.call, lobby=replace(state.call.lobby, waiting=()))))
    assert not scene.is_visible("lobby-panel")


def test_r82_while_the_panel_is_closed_a_badge_and_a_line_say_so(scene):
    state = call_states.call_as_host(panel="")
    scene.show(state)
    assert not scene.is_visible("lobby-panel")
    assert scene.find("open-people")._count == 2
    assert "2 waiting to be let in" in scene.find("open-people").accessibleDescription()
    assert scene.find("lobby-toast-words").text() == "Grace Hopper and 1 more are waiting to be let in"
    scene.click("toast-admit")
    scene.click("toast-show")
    assert scene.take() == [call_intents.Admit(guest="g1"), call_intents.OpenPanel(panel="people")]
    scene.show(replace(state, call=replace(state.call, panel="people")))
    assert not scene.is_visible("lobby-toast")
    assert scene.find("open-people")._count == 0


def test_r22_a_full_meeting_says_so_on_the_button(scene):
    scene.show(call_states.call_as_host(9))
    assert scene.find("lobby-seats").text() == "9/10"
    assert scene.find("admit-g1", QAbstractButton).text() == "Admit"
    scene.show(call_states.call_as_host(10))
    for name in ("admit-g1", "admit-g2"):
        button = scene.find(name, QAbstractButton)
        assert (button.text(), button.isEnabled()) == ("10/10", False)
        assert "10/10" in button.accessibleName()
    assert not scene.find("admit-all", QAbstractButton).isEnabled()
    assert scene.find("deny-g1", QAbstractButton).isEnabled()
    assert "full (10/10)" in scene.find("lobby-full").text()
    scene.show(call_states.call_as_host(10, panel=""))
    assert not scene.find("toast-admit", QAbstractButton).isEnabled()
    assert scene.find("lobby-toast-words").text().endswith("but the meeting is full")


def test_r23_r30_only_the_host_sees_who_waits(scene):
    guests = (Guest(id="g1", name="Grace Hopper", since=states.at()),)
    for panel in ("people", ""):
        scene.show(call_states.call(3, panel=panel, lobby=call_states.Lobby(guests)))
        assert not scene.is_visible("lobby-panel")
        assert not scene.is_visible("lobby-toast")
        assert scene.find("open-people")._count == 0


# --- the host's rights --------------------------------------------------------------------------------------------
def test_r23_the_host_mutes_stops_a_share_and_removes_after_a_question(scene):
    scene.show(call_states.call_locked())
    menu, names = open_menu(scene, "p1")
    assert names == {"mute-p1", "stop-share-p1", "remove-p1"}
    menu.close()
    for name, intent in (
        ("mute-p1", call_intents.MuteOther(person="p1")),
        ("stop-share-p1", call_intents.StopOthersShare(person="p1")),
    ):
        open_menu(scene, "p1")
        trigger(scene, name)
        assert scene.take() == [intent]
    for answer, wanted in (("cancel", []), ("ok", [call_intents.RemoveOther(person="p8")])):
        open_menu(scene, "p8")
        trigger(scene, "remove-p8")
        shown = [one.text() for one in scene.find("remove-person-dialog").findChildren(QLabel)]
        assert any("cannot come back" in one for one in shown)
        assert scene.take() == []
        scene.click(f"remove-person-{answer}")
        assert scene.take() == wanted
    # Who has no microphone on and shares nothing can only be removed.
    menu, names = open_menu(scene, "p8")
    menu.close()
    assert names == {"remove-p8"}


def test_the_question_goes_when_one_is_the_host_no_more(scene):
    scene.show(call_states.call_locked())
    open_menu(scene, "p8")
    trigger(scene, "remove-p8")
    assert scene.is_visible("remove-person-dialog")
    scene.show(call_states.call_locked(host="p1"))
    assert not scene.is_visible("remove-person-dialog")
    assert scene.take() == []


def test_r23_who_is_not_the_host_sees_none_of_it_but_the_lock(scene):
    scene.show(call_states.call_locked(host="p1"))
    names = {one.objectName() for one in scene.window.findChildren(QAbstractButton) if one.isVisible()}
    assert not [one for one in names if one.startswith(("admit-", "deny-"))]
    assert not names & {"lock-meeting", "new-link", "toggle-recording"}
    assert scene.is_visible("locked-mark")
    assert scene.is_visible("people-copy-link")
    menu, actions = open_menu(scene, "p1")
    menu.close()
    assert actions == set(), "nothing but how loud one hears them"
    scene.show(call_states.call(3))
    assert not scene.is_visible("locked-mark")


def test_the_meeting_is_locked_and_its_link_made_anew(scene):
    state = call_states.call_as_host()
    scene.show(state).click("lock-meeting")
    assert scene.take() == [call_intents.Lock(is_locked=True)]
    scene.show(call_states.call_locked()).click("lock-meeting")
    assert scene.take() == [call_intents.Lock(is_locked=False)]
    for answer, wanted in (("cancel", []), ("ok", [call_intents.MakeNewLink()])):
        scene.click("new-link")
        shown = [one.text() for one in scene.find("renew-link-dialog").findChildren(QLabel)]
        assert any("old link stops working" in one for one in shown)
        scene.click(f"renew-link-{answer}")
        assert scene.take() == wanted
    renewed = heard(
        call_states.call_locked(), wire.LinkRenewed(meeting="m1", link="https://meet.example.com/j/" + "n" * 22)
    )
    scene.show(renewed).click("call-copy-link")
    assert QApplication.clipboard().text().endswith("n" * 22)


def test_who_was_muted_by_the_host_reads_so(scene):
    state = call_states.call(3)
    muted = change(state.call.people[0], microphone_on=False)
    state = heard(state, wire.PersonChanged(meeting="m1", person=muted))
    scene.show(state)
    assert MUTED in [one.words.text() for one in scene.window.findChildren(ToastCard) if one.isVisible()]
    assert scene.find("toggle-microphone").accessibleDescription() == "Off"


# --- consent ------------------------------------------------------------------------------------------------------
def test_r31_who_has_not_agreed_is_marked_for_everyone(scene):
    for host in ("p0", "p1"):
        scene.show(call_states.call_locked(host=host))
        assert scene.is_visible("not-recorded-p8")
        assert not scene.is_visible("not-recorded-p1")
        assert "not recorded" in scene.find("tile-p8").accessibleName()
        assert "not recorded" not in scene.find("tile-p1").accessibleName()
    scene.show(call_states.call_locked(recording=call_states.Recording()))
    assert not scene.is_visible("not-recorded-p8")
    assert "not recorded" not in scene.find("tile-p8").accessibleName()


@pytest.mark.parametrize(("button", "stays"), [("consent-stay", True), ("consent-leave", False)])
def test_r31_when_recording_begins_one_chooses_to_stay_or_to_leave(scene, button, stays):
    state = call_states.call(3, recording=call_states.Recording())
    scene.show(state)
    assert not scene.is_visible("consent-bar")
    scene.show(heard(state, RecordingStarted(meeting="m1", at=states.at(), by="p1")))
    words = " ".join(one.text() for one in scene.find("consent-bar").findChildren(QLabel))
    assert "nothing of you is recorded" in words
    assert scene.is_visible("recording-pill")
    # Everyone but who began it is marked until they have chosen.
    assert "not recorded" in scene.find("tile-own").accessibleName()
    scene.click(button)
    assert scene.take() == [call_intents.AnswerConsent(stays=stays)]


def test_r32_a_guest_has_no_way_to_rooms_in_the_call(scene):
    state = call_states.call(3, guest_token="t")
    scene.show(replace(state, me=None, page="sign_in", rooms=replace(state.rooms, known=(), views={})))
    assert not scene.is_visible("show-rooms-in-call")
    shown = " ".join(one.text() for one in scene.window.findChildren(QLabel) if one.isVisible())
    for message in states.TALK:
        assert not message.text or message.text not in shown


def test_r58_a_member_lands_on_the_recap_and_a_guest_on_a_page_without_it(scene):
    state = call_states.call(3)
    over, _ = update(replace(state, connection=replace(state.connection, is_signed_in=True)), call_intents.Leave())
    scene.show(over)
    assert scene.window.page.objectName() == "recap-page"
    guest = replace(state, me=None, page="sign_in", call=replace(state.call, guest_token="t"))
    over, _ = update(guest, call_intents.Leave())
    assert isinstance(over.call, Call)
    scene.show(over)
    assert scene.window.page.objectName() == "ended-page"
    assert scene.find("ended-words").text() == "You left the meeting."
    shown = " ".join(one.text() for one in scene.window.findChildren(QLabel) if one.isVisible())
    assert "recap" not in shown.lower()


def test_r79_a_member_reads_the_three_places_and_nobody_does_without_a_recording(scene):
    scene.show(call_states.ended())
    assert scene.is_visible("recap-places")
    state = call_states.ended()
    bare = replace(state.call, meeting=change(state.call.meeting, recap="none"))
    scene.show(replace(state, call=bare))
    assert not scene.is_visible("recap-places")
    scene.show(call_states.ended(is_guest=True))
    assert not scene.is_visible("recap-places")


def test_r6_an_instant_meeting_goes_from_the_room_over_the_page_before_it_into_the_call(scene):
    idle = states.rooms(running=False)
    box = [replace(idle, connection=replace(idle.connection, is_signed_in=True))]
    sent = []

    def do(intent):
        box[0], effects = update(box[0], intent)
        sent.extend(one.message for one in effects if isinstance(one, Send))
        scene.show(box[0])

    scene.bridge._do = do
    scene.show(box[0]).click("camera-button")
    trigger(scene, "menu-video-meeting")
    assert isinstance(sent[-1], wire.StartMeeting)
    card = states.card(starter="felix", people=0)
    box[0] = heard(box[0], wire.MeetingStarted(re=sent[-1].request, meeting=card))
    scene.show(box[0])
    assert scene.window.page.objectName() == "prejoin-page"
    assert scene.is_visible("record-switch")
    scene.click("prejoin-join")
    assert isinstance(sent[-1], wire.JoinMeeting)
    people = (call_states.person(0, id="felix"),)
    welcome = wire.Welcome(
        re=sent[-1].request, meeting=card, you="felix", host="felix", people=people, chat=(), recording_since=None,
        now=states.at(),
    )  # fmt: skip
    box[0] = heard(box[0], welcome)
    scene.show(box[0])
    assert scene.window.page.objectName() == "call-page"
    assert scene.is_visible("alone-line")


def ended_with_everything():
    state = call_states.ended()
    return replace(
        state, call=replace(state.call, recording=replace(state.call.recording, receipt=call_states.RECEIPT))
    )


@pytest.mark.parametrize(("make", "name"), [
    (ended_with_everything, "rejoin"), (states.waiting, "waiting-cancel"), (call_states.call_locked, "new-link"),
    (lambda: recap_states.recap_state("ongoing"), "progress-rejoin"),
    (lambda: recap_states.recap_state("failed"), "progress-help"),
])  # fmt: skip
def test_in_the_smallest_window_everything_can_be_reached(scene, make, name):
    scene.show(make(), 480, 420)
    assert (scene.window.width(), scene.window.height()) == (480, 420)
    button = scene.find(name)
    scroll = button.parentWidget()
    while not isinstance(scroll, Scroll):
        scroll = scroll.parentWidget()
    scroll.ensureWidgetVisible(button)
    foot = button.mapTo(scene.window, button.rect().bottomRight())
    assert button.isVisible()
    assert foot.y() <= 420
    assert foot.x() <= 480
