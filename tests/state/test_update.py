"""What is true after what happened: the client's stories without a network."""

import dataclasses
from typing import get_args

import pytest

from app.state import call_intents, effects, events, intents
from app.state import lobby as lobby_state
from app.state import people as people_state
from app.state import prejoin as prejoin_state
from app.state.app_state import AppState, CallPhase
from app.state.slices.devices import Choices, DeviceItem
from app.state.slices.requests import Requests
from app.state.update import PHASES, IllegalPhase, update
from app.wire import accounts, chat, lobby, people, recap, recording, rooms
from app.wire.errors import Refused
from tests.fakes.story import (
    ADA,
    CARD,
    GRACE,
    Story,
    asked,
    change,
    found,
    greeted,
    in_call,
    lost_and_signed_in,
    signed_in,
    welcome,
)


class TestSigningIn:
    def test_a_kept_token_signs_in_and_the_fresh_one_is_kept(self):
        story = signed_in()
        assert story.state.page == "rooms"
        assert story.has(effects.KeepToken)[0].token == "t2"

    def test_without_a_token_the_form_is_shown(self):
        story = greeted().do(found(""))
        assert story.state.page == "sign_in"

    def test_a_token_that_is_worthless_is_forgotten_and_the_form_shown(self):
        story = greeted().do(found("old"))
        story.answer(Refused(reason="bad_token", words="Please sign in again."))
        assert story.state.page == "sign_in"
        assert story.has(effects.KeepToken)[0].token == ""

    def test_a_password_is_not_kept_in_the_state(self):
        story = greeted().do(intents.EnterAccount(email="a@b", password="open sesame"))
        assert story.sent[0].password == "open sesame"
        assert "open sesame" not in repr(story.state)

    def test_the_owner_of_an_embedded_server_is_never_locked_out(self):
        story = greeted(is_embedded=True).do(found("", words="There is no keyring."))
        assert story.has(effects.SendOwner)
        assert story.state.page != "sign_in"

    def test_the_first_start_asks_only_for_a_name(self):
        story = greeted(is_embedded=True, needs_owner=True).do(found(""))
        assert (story.state.page, story.state.connection.needs_owner) == ("sign_in", True)
        assert story.do(intents.NameOwner(name="  Ada ")).has(effects.SendOwner)[0].name == "Ada"

    def test_another_version_is_said_in_words(self):
        story = Story().do(events.ConnectionChanged(phase="online"))
        story.answer(Refused(reason="other_version", words="This program is version 1, the server is version 2."))
        assert (story.state.connection.phase, story.state.connection.words[:4]) == ("refused", "This")

    def test_signing_out_leaves_nothing_of_the_account(self):
        story = in_call().hear(accounts.SignedOut())
        assert (story.state.me, story.state.rooms.known, story.state.call, story.state.rooms.views) == (
            None,
            (),
            None,
            {},
        )


class TestMessages:
    def test_a_message_is_a_draft_until_the_server_tells_it(self):
        story = signed_in().do(intents.SayInRoom(room="r1", text=" hi ", key="k1"))
        assert [draft.text for draft in story.state.view("r1").drafts] == ["hi"]
        told = rooms.Message(
            id="g1", room="r1", author="ada", author_name="Ada", at=1.0, kind="text", text="hi", key="k1"
        )
        story.hear(rooms.MessagePosted(message=told))
        view = story.state.view("r1")
        assert (view.drafts, [one.id for one in view.messages], view.unread) == ((), ["g1"], 0)

    def test_what_could_not_be_sent_stays_marked_and_is_retried_with_the_same_key(self):
        story = signed_in().do(intents.SayInRoom(room="r1", text="hi", key="k1"))
        story.do(events.ConnectionChanged(phase="offline", words="gone"))
        draft = story.state.view("r1").drafts[0]
        assert draft.has_failed
        assert draft.words
        story.do(intents.RetryMessage(room="r1", key="k1"))
        assert story.state.view("r1").drafts[0].has_failed, "still offline"
        signed_in(story).do(intents.RetryMessage(room="r1", key="k1"))
        assert (story.sent[0].key, story.state.view("r1").drafts[0].has_failed) == ("k1", False)

    def test_a_refused_message_says_why(self):
        story = signed_in().do(intents.SayInRoom(room="r1", text="hi", key="k1"))
        story.answer(Refused(reason="too_much", words="Too many messages."))
        assert story.state.view("r1").drafts[0].words == "Too many messages."

    def test_a_message_told_twice_stands_once(self):
        told = rooms.Message(id="g1", room="r1", author="bob", author_name="Bob", at=1.0, kind="text", text="hi")
        story = signed_in().hear(rooms.MessagePosted(message=told), rooms.MessagePosted(message=told))
        assert len(story.state.view("r1").messages) == 1

    def test_messages_of_other_rooms_are_unread_until_they_are_shown(self):
        told = rooms.Message(id="g1", room="r2", author="bob", author_name="Bob", at=1.0, kind="text", text="hi")
        other = rooms.RoomInfo(id="r2", name="Other", members=())
        story = signed_in().hear(rooms.RoomChanged(room=other), rooms.MessagePosted(message=told))
        assert story.state.view("r2").unread == 1
        assert story.do(intents.OpenRoom(room="r2")).state.view("r2").unread == 0

    def test_what_was_missed_is_fetched_after_a_reconnect_and_put_in_order(self):
        def one(name, at):
            return rooms.Message(id=name, room="r1", author="b", author_name="B", at=at, kind="text", text=name)

        story = signed_in().hear(
            rooms.MessagesListed(room="r1", messages=(one("a", 1.0), one("b", 2.0)), has_more=True)
        )
        story.hear(rooms.MessagesListed(room="r1", messages=(one("b", 2.0), one("c", 3.0)), has_more=True))
        assert [message.id for message in story.state.view("r1").messages] == ["a", "b", "c"]


class TestInTheCall:
    def test_welcome_opens_the_peers_and_the_timer_follows_the_server(self):
        story = in_call()
        assert story.has(effects.OpenPeers)[0].meeting == "m1"
        assert story.state.call.clock_ahead_s == 500.0

    def test_a_welcome_after_cancel_opens_nothing(self):
        story = (
            signed_in()
            .hear(rooms.MeetingChanged(meeting=CARD))
            .do(call_intents.GoToMeeting(meeting="m1"), call_intents.Join())
        )
        number = story.sent[0].request
        story.do(call_intents.CancelJoin())
        assert any(isinstance(one, people.LeaveMeeting) for one in story.sent)
        late = people.Welcome(
            re=number, meeting=CARD, you="ada", host="ada", people=(ADA,), chat=(), recording_since=None, now=1.0
        )
        story.hear(late)
        assert (story.state.call_phase, story.effects) == ("none", [])

    def test_people_come_change_and_go(self):
        story = in_call().hear(people.PersonJoined(meeting="m1", person=GRACE))
        story.hear(people.PersonChanged(meeting="m1", person=change(GRACE, microphone_on=True)))
        assert [one.microphone_on for one in story.state.call.people if one.id == "grace"] == [True]
        story.hear(people.PersonLeft(meeting="m1", person="grace", reason="left"))
        assert [one.id for one in story.state.call.people] == ["ada"]

    def test_what_is_said_of_another_meeting_changes_nothing(self):
        story = in_call()
        before = story.state
        story.hear(people.PersonJoined(meeting="other", person=GRACE))
        assert story.state == before

    def test_a_chat_line_is_unread_until_the_panel_is_open(self):
        line = chat.ChatLine(id="c1", author="grace", author_name="Grace", at=1.0, text="hello")
        story = in_call().hear(chat.ChatPosted(meeting="m1", line=line))
        assert story.state.call.chat.unread == 1
        assert story.do(call_intents.OpenPanel(panel="chat")).state.call.chat.unread == 0

    def test_a_chat_line_that_is_refused_stays_with_retry(self):
        story = in_call().do(call_intents.SayInChat(text="hello", key="k"))
        story.answer(Refused(reason="too_much", words="Slow down."))
        assert story.state.call.chat.drafts[0].words == "Slow down."
        assert story.do(call_intents.RetryChat(key="k")).sent[0].key == "k"

    def test_a_chat_line_that_failed_can_be_thrown_away_and_one_on_its_way_can_not(self):
        story = in_call().do(call_intents.SayInChat(text="hello", key="k"))
        assert [one.key for one in story.do(call_intents.DropChat(key="k")).state.call.chat.drafts] == ["k"]
        story.do(call_intents.SayInChat(text="hello", key="k2"))
        story.answer(Refused(reason="too_much", words="Slow down."))
        assert [one.key for one in story.do(call_intents.DropChat(key="k2")).state.call.chat.drafts] == ["k"]

    def test_a_chat_line_cannot_be_thrown_away_without_a_call(self):
        assert signed_in().do(call_intents.DropChat(key="k")).state.call is None

    def test_everyone_is_told_of_a_recording_and_asked_to_stay(self):
        story = in_call(me="grace").hear(recording.RecordingStarted(meeting="m1", at=5.0, by="ada"))
        assert story.state.call.recording.asks_consent
        story.do(call_intents.AnswerConsent(stays=True))
        assert story.sent[0].notice_version == 3

    def test_who_does_not_want_to_be_recorded_leaves(self):
        story = in_call(me="grace").hear(recording.RecordingStarted(meeting="m1", at=5.0, by="ada"))
        story.do(call_intents.AnswerConsent(stays=False))
        assert isinstance(story.sent[0], people.LeaveMeeting)
        assert story.state.call_phase == "ended"

    def test_a_full_disk_is_said_and_the_call_goes_on(self):
        story = in_call(recording_since=1.0)
        story.hear(recording.RecordingStopped(meeting="m1", at=2.0, reason="disk_full", words="The disk is full."))
        assert (story.state.call_phase, story.state.call.recording.since) == ("in", None)
        assert story.state.toasts.shown[0].words == "The disk is full."

    def test_only_the_host_sees_who_waits_and_a_knock_is_heard(self):
        story = in_call().hear(lobby.LobbyChanged(meeting="m1", waiting=(lobby.Guest(id="g", name="Alan", since=1.0),)))
        assert [one.name for one in story.has(effects.PlaySound)] == ["knock"]
        assert isinstance(story.do(call_intents.Admit(guest="g")).sent[0], lobby.AdmitGuest)


class TestTheEnd:
    def test_leave_counts_at_once_and_can_be_taken_back(self):
        story = in_call().do(call_intents.Leave())
        assert (story.state.call_phase, story.state.call.can_rejoin) == ("ended", True)
        assert story.has(effects.ClosePeers)
        assert isinstance(story.do(call_intents.Rejoin()).sent[0], people.JoinMeeting)

    def test_members_land_on_the_recap_of_a_recorded_meeting(self):
        story = in_call(recording_since=1.0).do(call_intents.Leave())
        assert (story.state.page, story.state.recap.meeting.id) == ("recap", "m1")
        assert any(isinstance(one, recap.OpenRecap) for one in story.sent)

    def test_the_recap_page_fills_itself_in(self):
        story = in_call(recording_since=1.0).do(call_intents.Leave())
        ready = change(CARD, state="ended", recap="ready")
        story.hear(rooms.MeetingChanged(meeting=ready))
        assert isinstance(story.sent[0], recap.OpenRecap)

    def test_a_guest_keeps_nothing(self):
        story = greeted().do(found(""))
        story.do(call_intents.FollowLink(link=CARD.link)).answer(lobby.LinkShown(title="Logo", is_recording=False))
        story.do(call_intents.ContinueTerms(), call_intents.NameGuest(name="Alan"), call_intents.Join())
        assert isinstance(story.sent[0], lobby.Knock)
        story.answer(lobby.KnockHeard(guest="g", title="Logo", is_recording=False))
        assert (story.state.call_phase, story.state.rooms.known, story.state.call) == ("waiting", (), None)
        line = chat.ChatLine(id="c1", author="ada", author_name="Ada", at=1.0, text="hello")
        story.hear(
            people.Welcome(
                meeting=CARD,
                you="g",
                host="ada",
                people=(ADA,),
                chat=(line,),
                recording_since=1.0,
                now=1.0,
                guest_token="T",
            )
        )
        assert story.state.call_phase == "in"
        story.hear(people.MeetingEnded(meeting="m1", at=2.0))
        assert (story.state.call.chat.lines, story.state.call.people, story.state.recap) == ((), (), None)

    def test_a_denied_guest_reads_why(self):
        story = greeted().do(found(""))
        story.do(call_intents.FollowLink(link=CARD.link)).answer(lobby.LinkShown(title="Logo", is_recording=False))
        story.do(call_intents.ContinueTerms(), call_intents.NameGuest(name="Alan"), call_intents.Join())
        story.answer(lobby.KnockHeard(guest="g", title="Logo", is_recording=False))
        story.hear(lobby.GuestDenied(words="The host did not let you in."))
        assert (story.state.call_phase, story.state.prejoin.words) == ("prejoin", "The host did not let you in.")

    def test_a_lost_connection_takes_the_seat_again(self):
        story = in_call().do(events.ConnectionChanged(phase="offline", words="gone"))
        assert story.state.call_phase == "reconnecting"
        join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
        story.hear(change(welcome(), re=join.request))
        assert (story.state.call_phase, len(story.has(effects.OpenPeers))) == ("in", 1)

    def test_a_meeting_that_ended_meanwhile_is_said(self):
        story = lost_and_signed_in(in_call())
        join = asked(story, people.JoinMeeting)[0]
        story.hear(Refused(re=join.request, reason="meeting_ended", words="The meeting has ended."))
        assert (story.state.call_phase, story.state.call.ended_words) == ("ended", "The meeting has ended.")


def test_every_phase_is_in_the_table_and_can_be_left():
    assert set(PHASES) == set(get_args(CallPhase))
    for phase, following in PHASES.items():
        assert following, phase
        assert following <= set(PHASES)


def test_state_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        AppState().page = "rooms"


class TestTheWindow:
    def test_trying_again_is_an_effect(self):
        assert Story().do(intents.TryAgain()).effects == [effects.Reconnect()]

    def test_choices_and_devices_are_taken_over(self):
        camera = DeviceItem("c", "Camera", "camera")
        choices = Choices(background="blur")
        story = Story().do(events.ChoicesLoaded(choices=choices), events.DevicesListed(devices=(camera,)))
        assert (story.state.devices.chosen, story.state.devices.found) == (choices, (camera,))

    def test_what_nobody_handles_changes_nothing(self):
        state = AppState()
        assert update(state, events.Event()) == (state, ())
        assert Story().hear(lobby.KnockWithdrawn()).state == state

    def test_a_move_against_the_table_is_a_fault(self, monkeypatch):
        monkeypatch.setitem(PHASES, "none", frozenset())
        story = signed_in().hear(rooms.MeetingChanged(meeting=CARD))
        before = story.state
        with pytest.raises(IllegalPhase):
            story.do(call_intents.GoToMeeting(meeting="m1"))
        assert story.state is before


def test_what_has_no_page_any_more_is_said_at_the_top():
    refused = Refused(reason="locked", words="Locked.")
    assert people_state.to_be_read(AppState(), refused) == (AppState(), ())
    assert people_state.over(AppState(), words="x", can_rejoin=False) == (AppState(), ())
    state, _ = prejoin_state.not_let_in(AppState(), "Locked.")
    assert state.toasts.shown[0].words == "Locked."


def test_a_knock_is_named_by_who_sends_it():
    knock = lobby.Knock(code="c" * 22, name="Alan", terms_version=1)
    assert lobby_state.named(knock, "f" * 32).installation == "f" * 32


def test_a_refused_join_that_nobody_waits_for_changes_nothing():
    state = AppState(
        requests=Requests(pending={5: people.JoinMeeting(meeting="m", microphone_on=True, camera_on=True)})
    )
    after, wanted = update(state, events.Heard(message=Refused(re=5, reason="locked", words="Locked.")))
    assert (after, wanted) == (AppState(), ())
