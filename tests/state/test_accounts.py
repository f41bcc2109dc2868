"""Between a connection and a sign-in, on another server, and after signing out."""

import pytest

from app.state import call_intents, effects, events, intents
from app.state.accounts import DEVICE, for_visitors
from app.state.recap import DELETED
from app.wire import accounts, lobby, people, recap, rooms, schedule
from app.wire.errors import Refused
from tests.fakes.story import (
    CARD,
    GREETING,
    Story,
    account_of,
    asked,
    change,
    found,
    greeted,
    in_call,
    lost_and_signed_in,
    signed_in,
    welcome,
)

RECAP = recap.Recap(
    meeting="m1", engine="e", engine_version="1", started_at=1.0, ended_at=2.0, ready_after_s=1.0, people=(),
    transcript=(), summary=(), action_items=(), highlights=(),
)  # fmt: skip


def reconnected(story):
    """The socket is back and the server has greeted; the sign-in is still under way."""
    story.do(events.ConnectionChanged(phase="offline", words="gone"), events.ConnectionChanged(phase="connecting"))
    return greeted(story)


class TestBeforeTheSignInIsBack:
    def test_a_message_waits_for_the_sign_in_and_goes_out_with_it(self):
        story = reconnected(signed_in()).do(intents.SayInRoom(room="r1", text="hi", key="k1"))
        assert (story.sent, story.state.view("r1").drafts[0].has_failed) == ([], False)
        story.do(found("t")).answer(account_of())
        assert [one.key for one in asked(story, rooms.PostMessage)] == ["k1"]
        assert story.state.view("r1").drafts[0].request

    def test_a_message_that_failed_waits_for_retry(self):
        story = signed_in().do(intents.SayInRoom(room="r1", text="hi", key="k1"))
        assert not asked(lost_and_signed_in(story), rooms.PostMessage)
        assert story.state.view("r1").drafts[0].has_failed

    def test_a_room_is_fetched_only_after_the_sign_in(self):
        story = reconnected(signed_in()).do(intents.OpenRoom(room="r1"))
        assert story.sent == []
        assert [one.room for one in asked(story.do(found("t")).answer(account_of()), rooms.ListMessages)] == ["r1"]

    def test_what_cannot_be_asked_is_said(self):
        for wish in (
            call_intents.BeginMeeting(room="r1", key="k"),
            intents.MakeRoom(name="New"),
            call_intents.FollowLink(link=CARD.link),
        ):
            for story in (reconnected(signed_in()), signed_in().do(events.ConnectionChanged(phase="offline"))):
                story.do(wish)
                assert story.sent == [], wish
                assert "no connection" in story.state.toasts.shown[0].words

    def test_that_there_is_no_connection_is_true_no_longer(self):
        story = signed_in().do(events.ConnectionChanged(phase="offline"), intents.MakeRoom(name="New"))
        story.do(events.Announced(words="The disk is full."))
        assert len(story.state.toasts.shown) == 2
        assert [notice.words for notice in signed_in(story).state.toasts.shown] == ["The disk is full."]

    def test_a_dialog_that_waited_for_its_plan_asks_again(self):
        story = signed_in().do(intents.OpenPlan(room="r1", meeting="p1"), events.ConnectionChanged(phase="offline"))
        assert [one.meeting for one in asked(signed_in(story), schedule.ShowPlan)] == ["p1"]
        story = signed_in().do(intents.OpenPlan(room="r1"), events.ConnectionChanged(phase="offline"))
        assert (asked(signed_in(story), schedule.ShowPlan), story.state.plan.meeting) == ([], "")

    def test_an_open_recap_is_fetched_again_since_it_may_have_been_deleted(self):
        past = change(CARD, state="ended", recap="ready")
        story = signed_in().hear(rooms.MeetingChanged(meeting=past)).do(intents.OpenRecapPage(meeting="m1"))
        whole = story.answer(recap.RecapOpened(meeting=past, recap=RECAP)).state.recap.recap
        story.do(events.ConnectionChanged(phase="offline"))
        assert whole == RECAP
        assert signed_in(story).state.recap.recap == whole, "until the server says something else"
        again = asked(story, recap.OpenRecap)[0]
        story.hear(recap.RecapOpened(re=again.request, meeting=change(past, recap="deleted"), recap=None))
        assert (story.state.recap.recap, story.state.recap.words) == (None, DELETED)

    def test_the_account_dialog_lists_the_sign_ins_as_they_are_now(self):
        story = signed_in().do(events.ConnectionChanged(phase="offline"), intents.OpenAccount(is_open=True))
        assert "no connection" in story.state.account.words
        assert (bool(asked(signed_in(story), accounts.ListSignIns)), story.state.account.words) == (True, "")

    def test_a_sign_in_without_a_connection_is_said_and_does_not_wait_for_ever(self):
        story = greeted().do(found(""), events.ConnectionChanged(phase="offline"))
        for wish in (
            intents.EnterAccount(email="a@b", password="correct horse"),
            intents.MakeAccount(email="a@b", name="Ada", kind="client", password="correct horse"),
            intents.NameOwner(name="Ada"),
        ):
            story.do(wish)
            assert (story.effects, story.state.sign_in.is_under_way) == ([], False)
            assert "no connection" in story.state.sign_in.words

    def test_a_recap_that_became_ready_meanwhile_is_fetched(self):
        story = in_call(recording_since=1.0).do(events.ConnectionChanged(phase="offline"), call_intents.Leave())
        assert story.state.page == "recap"
        assert [one.meeting for one in asked(lost_and_signed_in(story), recap.OpenRecap)] == ["m1"]

    def test_a_sign_in_that_is_refused_for_good_ends_the_call(self):
        story = reconnected(in_call()).do(found("t")).answer(Refused(reason="bad_token", words="Please sign in again."))
        assert (story.state.call_phase, story.state.me, story.state.page) == ("none", None, "sign_in")
        assert story.state.sign_in.words == "Please sign in again."
        assert story.has(effects.StopDevices)
        assert story.has(effects.ClosePeers)

    def test_an_answer_that_nobody_waits_for_changes_nothing(self):
        story = signed_in()
        before = story.state
        assert story.hear(Refused(re=999, reason="not_found", words="There is no such meeting.")).state == before

    def test_a_late_keyring_does_not_sign_in_again(self):
        assert signed_in().do(found("late", words="")).effects == []


class TestAnotherServer:
    def test_a_token_that_is_found_late_never_goes_to_another_server(self):
        story = greeted()
        story.do(events.ConnectionChanged(phase="offline"), events.ConnectionChanged(phase="online"))
        assert story.do(found("t")).sent == [], "this socket has not said who it is"
        story.hear(change(GREETING, server_id="other"))
        assert story.do(found("t")).sent == []
        assert story.do(found("theirs", server_id="other")).sent[0].token == "theirs"

    def test_at_the_same_address_it_learns_nothing_of_the_account_and_call(self):
        story = in_call().do(
            intents.SayInRoom(room="r1", text="hi", key="k1"), events.ConnectionChanged(phase="offline")
        )
        story.do(events.ConnectionChanged(phase="online")).hear(change(GREETING, server_id="other"))
        assert (story.state.me, story.state.call, story.state.rooms.views) == (None, None, {})
        assert story.has(effects.ClosePeers)
        assert story.has(effects.FindToken)[0].server_id == "other"


class TestSigningOut:
    def test_it_counts_at_once_connected_or_not(self):
        for is_offline in (False, True):
            story = in_call()
            if is_offline:
                story.do(events.ConnectionChanged(phase="offline"))
            story.do(intents.LeaveAccount())
            assert (story.state.me, story.state.call_phase, story.state.page) == (None, "none", "sign_in")
            assert story.has(effects.KeepToken)[0].token == ""
            assert story.has(effects.StopDevices)
            assert len(asked(story, accounts.SignOut)) == (not is_offline)

    def test_the_answer_does_not_disturb_the_next_sign_in(self):
        story = signed_in().do(intents.LeaveAccount())
        number = story.sent[0].request
        story.do(intents.EnterAccount(email="a@b", password="correct horse"))
        assert story.hear(accounts.SignedOut(re=number)).state.sign_in.is_under_way


class TestGuests:
    def test_a_guest_with_an_account_signs_in_first_and_comes_back_as_a_guest(self):
        story = reconnected(in_call(guest_token="T"))
        assert story.has(effects.FindToken)
        story.do(found("t")).answer(account_of())
        assert [one.token for one in asked(story, people.RejoinAsGuest)] == ["T"]
        assert not asked(story, people.JoinMeeting)
        story.hear(change(welcome(guest_token="T"), re=asked(story, people.RejoinAsGuest)[0].request))
        assert story.state.call_phase == "in"


class TestForms:
    @pytest.mark.parametrize(
        "wish",
        [
            intents.NameOwner(name=" "),
            intents.EnterAccount(email="", password="x"),
            intents.EnterAccount(email="a@b", password=""),
            intents.MakeAccount(email="a@b", name=" ", kind="client", password="correct horse"),
            intents.MakeAccount(email="nobody", name="Ada", kind="client", password="correct horse"),
            intents.MakeAccount(email="a@b", name="Ada", kind="client", password="short"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_sent(self, wish):
        story = greeted().do(found(""), wish)
        assert (story.effects, bool(story.state.sign_in.words)) == ([], True)

    def test_an_account_is_made(self):
        story = greeted().do(found(""))
        story.do(intents.MakeAccount(email=" a@b ", name=" Ada ", kind="client", password="correct horse"))
        assert (story.sent[0].email, story.sent[0].name) == ("a@b", "Ada")

    def test_a_wrong_password_is_said_under_the_form(self):
        story = greeted().do(found(""), intents.EnterAccount(email="a@b", password="wrong one"))
        number = story.sent[0].request
        story.hear(Refused(re=number, reason="wrong_password", words="Wrong."))
        assert (story.state.sign_in.words, story.state.page) == ("Wrong.", "sign_in")

    def test_a_resume_that_fails_for_now_is_said(self):
        story = reconnected(signed_in()).do(found("t"))
        story.hear(Refused(re=story.sent[0].request, reason="busy", words="Busy."))
        assert story.state.toasts.shown[0].words == "Busy."

    def test_a_complaint_about_the_connection_is_said(self):
        assert (
            signed_in().hear(Refused(reason="too_much", words="Slow down.")).state.toasts.shown[0].words == "Slow down."
        )


def test_the_kind_of_system_is_told_with_the_greeting_and_the_server_tells_of_itself():
    story = Story().do(events.ConnectionChanged(phase="online", address="127.0.0.1:1"))
    assert story.sent[0].device == DEVICE
    story.hear(change(GREETING, is_reachable=True, talks_to=("mail.example",), receipt_key="k"))
    connection = story.state.connection
    assert (connection.is_reachable, connection.talks_to, connection.receipt_key) == (True, ("mail.example",), "k")


def test_a_knock_that_is_lost_on_the_way_can_be_made_again():
    story = in_call(guest_token="T").do(call_intents.Leave(), call_intents.Rejoin())
    story.answer(lobby.LinkShown(title="Logo", is_recording=False))
    story.do(call_intents.ContinueTerms(), call_intents.Join(), events.ConnectionChanged(phase="offline"))
    assert (story.state.call_phase, bool(story.state.prejoin.words)) == ("prejoin", True)


def test_the_server_of_somebody_elses_computer_is_one_like_any_other():
    greeting = for_visitors(change(GREETING, is_embedded=True, needs_owner=True))
    assert (greeting.is_embedded, greeting.needs_owner, greeting.server_id) == (False, False, "s")
