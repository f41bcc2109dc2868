"""The page before a call: terms, doors that are closed, seats on other devices, and what is sent when."""

import dataclasses

import pytest

from app.state import call_intents, effects, events, intents
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION
from app.state.prejoin import NOT_YET, OPEN_NOW, find_card
from app.state.rooms import NO_MORE, OVER
from app.state.slices.devices import Choices
from app.wire import accounts, lobby, people, recap, rooms
from app.wire.errors import Refused
from tests.fakes.story import CARD, asked, change, found, greeted, in_call, signed_in

LINK = call_intents.FollowLink(link=CARD.link)


def shown(**more):
    return lobby.LinkShown(title="Logo", is_recording=more.pop("is_recording", False), **more)


def before(**more):
    return signed_in(**more).hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))


def as_guest(story=None, **more):
    return (story or greeted().do(found(""))).do(LINK).answer(shown(**more))


class TestWhileOneLooks:
    def test_a_meeting_that_is_unlocked_is_said_to_be_open(self):
        story = before().hear(rooms.MeetingChanged(meeting=change(CARD, is_locked=True))).do(call_intents.Join())
        story.answer(Refused(reason="locked", words="The host has locked this meeting."))
        story.hear(rooms.MeetingChanged(meeting=change(CARD, is_locked=True, people=2)))
        assert story.state.prejoin.words == "The host has locked this meeting."
        story.hear(rooms.MeetingChanged(meeting=change(CARD, people=2)))
        assert story.state.prejoin.words == OPEN_NOW

    @pytest.mark.parametrize(("was", "now", "words"), [("ongoing", "ended", OVER), ("joinable", "cancelled", NO_MORE)])
    def test_a_meeting_that_is_over_says_so(self, was, now, words):
        story = before().hear(rooms.MeetingChanged(meeting=change(CARD, state=was)))
        story.hear(rooms.MeetingChanged(meeting=change(CARD, state=now)))
        assert story.state.prejoin.words == words


class TestTerms:
    def test_r10_they_are_asked_once_per_version(self):
        story = before(terms=0)
        assert story.state.prejoin.asks_terms
        story.do(call_intents.ContinueTerms()).answer(accounts.TermsAccepted(version=1))
        story.do(call_intents.CancelJoin(), call_intents.GoToMeeting(meeting="m1"))
        assert not story.state.prejoin.asks_terms, "not on the second join"
        story.do(
            call_intents.CancelJoin(),
            events.ConnectionChanged(phase="offline"),
            events.ConnectionChanged(phase="online"),
        )
        story.hear(change(greeting(), terms_version=2)).do(found("t")).answer(account(terms=1))
        story.hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
        assert story.state.prejoin.asks_terms, "after a change of the terms"

    def test_r11_no_device_starts_before_continue_and_closing_leaves_nothing(self):
        for story in (before(terms=0), as_guest()):
            assert (story.state.prejoin.asks_terms, story.has(effects.StartDevices)) == (True, [])
            assert story.do(call_intents.Join()).effects == []
            story.do(call_intents.CancelJoin())
            assert (story.sent, story.state.call_phase, story.state.prejoin) == ([], "none", None)
            assert story.state.accepted_terms == 0
            assert not story.has(effects.StartDevices)

    def test_r11_continue_is_stored_before_a_device_starts(self):
        story = before(terms=0).do(call_intents.ContinueTerms())
        assert (len(asked(story, accounts.AcceptTerms)), story.has(effects.StartDevices)) == (1, [])
        assert story.answer(accounts.TermsAccepted(version=1)).has(effects.StartDevices)
        assert story.do(call_intents.ContinueTerms()).effects == []
        assert story.hear(accounts.TermsAccepted(version=1)).effects == []

    def test_r10_accepted_on_another_device_they_are_not_asked_here(self):
        story = before(terms=0).hear(accounts.TermsAccepted(version=1))
        assert (story.state.prejoin.asks_terms, len(story.has(effects.StartDevices))) == (False, 1)
        story = before(terms=0).hear(accounts.TermsAccepted(version=0))
        assert (story.state.prejoin.asks_terms, story.effects) == (True, []), "older ones"

    def test_r28_what_an_account_accepted_elsewhere_is_not_a_guests_word(self):
        story = as_guest(signed_in(terms=0)).hear(accounts.TermsAccepted(version=1))
        assert (story.state.prejoin.asks_terms, story.state.accepted_terms) == (True, 1)

    def test_r28_a_guest_accepts_each_time(self):
        story = as_guest().do(call_intents.ContinueTerms(), call_intents.CancelJoin())
        assert as_guest(story).state.prejoin.asks_terms

    def test_terms_that_the_server_wants_are_shown(self):
        story = before().do(call_intents.Join()).answer(Refused(reason="terms_needed", words="Accept the terms."))
        assert (story.state.call_phase, story.state.prejoin.asks_terms) == ("prejoin", True)
        assert story.effects == [effects.StopDevices()], "no device before the terms"

    def test_terms_that_the_server_wants_for_the_way_back_open_no_device_either(self):
        story = in_call().do(call_intents.Leave(), call_intents.Rejoin())
        story.answer(Refused(reason="terms_needed", words="Accept the terms."))
        assert (story.state.call_phase, story.state.prejoin.asks_terms) == ("prejoin", True)
        assert story.effects == [effects.ClosePeers(), effects.StopDevices()]
        story.do(call_intents.ContinueTerms()).answer(accounts.TermsAccepted(version=1))
        assert story.effects == [effects.StartDevices()]


class TestR38:
    def test_r38_nothing_is_sent_before_join(self):
        """Every message that a member's and a guest's page before the call sends, up to Join."""
        sent = []

        def do(story, *wishes):
            for wish in wishes:
                story.do(wish)
                sent.extend(story.sent)
                assert not story.has(effects.OpenPeers)

        choices = dataclasses.replace(before().state.devices.chosen, camera_on=False, data_saver=True)
        steps = (
            call_intents.Choose(choices=choices),
            call_intents.ChooseRecording(record=True),
            call_intents.ReadNotice(is_read=True),
            call_intents.NameGuest(name="Alan"),
            call_intents.ContinueTerms(),
            call_intents.ShowCall(shows_call=False),
            call_intents.ShowCall(shows_call=True),
            call_intents.OpenPanel(panel="chat"),
        )
        story = before()
        do(story, *steps)
        assert sent == []
        do(story, call_intents.Join())
        assert [type(one) for one in sent] == [people.JoinMeeting]
        sent.clear()
        guest = as_guest()
        do(guest, *steps)
        assert sent == []
        do(guest, call_intents.Join())
        assert [type(one) for one in sent] == [lobby.Knock]


class TestGuests:
    @pytest.mark.parametrize(("name", "sent"), [("", 0), ("   ", 0), (" Alan ", 1), ("x" * 60, 1)])
    def test_r27_a_name_is_needed(self, name, sent):
        story = as_guest().do(call_intents.ContinueTerms(), call_intents.NameGuest(name=name), call_intents.Join())
        assert len(story.sent) == sent
        if sent:
            assert story.sent[0].name == name.strip()[:50]
        else:
            assert story.state.prejoin.words == "Please enter your name."

    def test_r27_who_is_signed_in_has_the_name_of_the_account(self):
        story = as_guest(signed_in())
        assert (story.state.prejoin.guest_name, story.state.prejoin.meeting) == ("Ada", None)

    def test_r24_before_the_start_the_doors_are_closed_and_open_when_looked_at_again(self):
        story = as_guest(state="scheduled", starts_at=5000.0)
        story.do(call_intents.ContinueTerms(), call_intents.NameGuest(name="Alan"))
        assert story.state.prejoin.opens_at == 5000.0
        again = story.do(call_intents.Join())
        assert asked(again, lobby.LookAtLink)
        story.answer(shown(state="scheduled", starts_at=5000.0))
        assert story.state.prejoin.words == NOT_YET
        story.do(call_intents.Join()).answer(shown(state="joinable", starts_at=5000.0))
        prejoin = story.state.prejoin
        assert (prejoin.words, prejoin.guest_name, prejoin.asks_terms) == (OPEN_NOW, "Alan", False)
        assert asked(story.do(call_intents.Join()), lobby.Knock)

    def test_looked_at_again_a_recording_is_noticed_and_the_end_said(self):
        story = as_guest().do(LINK).answer(shown(is_recording=True))
        assert (story.state.prejoin.is_recording, story.state.prejoin.words) == (True, "")
        story.do(LINK).answer(shown(state="ended"))
        assert (story.state.call_phase, story.state.prejoin.words) == ("prejoin", "This meeting has ended.")

    @pytest.mark.parametrize(
        "reason", ["locked", "removed", "not_open", "gate_closed", "meeting_full", "meeting_ended"]
    )
    def test_r22_each_refusal_is_said_where_one_knocked(self, reason):
        story = as_guest().do(call_intents.ContinueTerms(), call_intents.NameGuest(name="Alan"), call_intents.Join())
        story.answer(Refused(reason=reason, words=f"Why: {reason}."))
        assert (story.state.call_phase, story.state.prejoin.words) == ("prejoin", f"Why: {reason}.")

    def test_r31_the_notice_has_to_be_read_past(self):
        story = as_guest(is_recording=True).do(call_intents.ContinueTerms(), call_intents.NameGuest(name="Alan"))
        assert story.do(call_intents.Join()).sent == []
        story.do(call_intents.ReadNotice(is_read=True), call_intents.Join())
        assert story.sent[0].notice_version == 3


class TestAnotherDevice:
    def asked_to_move(self):
        return before().do(call_intents.Join()).answer(Refused(reason="in_elsewhere", words="You are in elsewhere."))

    def test_the_seat_moves_after_a_question(self):
        story = self.asked_to_move()
        assert (story.state.call_phase, story.state.prejoin.asks_move, story.state.prejoin.words) == (
            "prejoin", True, "",
        )  # fmt: skip
        story.do(call_intents.AnswerMove(moves=True))
        assert (story.state.call_phase, [one.moves for one in story.sent]) == ("joining", [True])

    def test_or_it_stays(self):
        story = self.asked_to_move().do(call_intents.AnswerMove(moves=False))
        assert (story.sent, story.state.prejoin.asks_move) == ([], False)
        assert story.do(call_intents.AnswerMove(moves=True)).sent == []
        assert [one.moves for one in story.do(call_intents.Join()).sent] == [False]

    def test_without_a_connection_it_says_so(self):
        story = self.asked_to_move().do(events.ConnectionChanged(phase="offline"), call_intents.AnswerMove(moves=True))
        assert (story.sent, story.state.prejoin.words) == ([], NO_CONNECTION)

    def test_going_back_to_where_one_moved_away_from_asks_as_well(self):
        story = in_call().hear(people.PersonLeft(meeting="m1", person="ada", reason="moved"))
        assert story.state.call.can_rejoin
        story.do(call_intents.Rejoin()).answer(Refused(reason="in_elsewhere", words="You are in elsewhere."))
        assert (story.state.call_phase, story.state.prejoin.asks_move) == ("prejoin", True)


class TestChoices:
    def test_r16_a_choice_in_the_call_opens_nothing_anew(self):
        story = in_call()
        choices = dataclasses.replace(story.state.devices.chosen, background="blur", data_saver=True, noise="off")
        story.do(call_intents.Choose(choices=choices))
        assert story.effects == [effects.SaveChoices(choices)]

    def test_r15_a_choice_is_kept_the_moment_it_is_made(self):
        story = signed_in()
        choices = dataclasses.replace(story.state.devices.chosen, background="blur")
        assert story.do(call_intents.Choose(choices=choices)).effects == [effects.SaveChoices(choices)]

    def test_r17_only_the_starter_switches_ai_recording_on(self):
        story = before(me="grace").do(call_intents.ChooseRecording(record=True))
        assert (story.state.prejoin.may_record, story.state.prejoin.record) == (False, False)


def greeting():
    from tests.fakes.story import GREETING

    return GREETING


def account(**more):
    from tests.fakes.story import account_of

    return account_of(**more)


def test_what_is_done_without_the_page_changes_nothing():
    story = signed_in()
    state = story.state
    for wish in (
        call_intents.NameGuest(name="x"),
        call_intents.ReadNotice(is_read=True),
        call_intents.ContinueTerms(),
        call_intents.Join(),
        call_intents.CancelJoin(),
        call_intents.AnswerMove(moves=True),
        intents.ClosePlan(),
    ):
        assert story.do(wish).effects == []
    assert story.state == state


def test_a_card_is_found_wherever_it_is_shown():
    told = rooms.Message(id="g", room="r1", author="a", author_name="A", at=1.0, kind="meeting", text="", meeting=CARD)
    plain = change(told, id="h", meeting=None, kind="text")
    listed = change(CARD, id="m3", recap="ready")
    story = signed_in().hear(
        rooms.MessagePosted(message=change(plain, id="i")),
        rooms.MessagesListed(room="r1", messages=(plain, change(told, meeting=change(CARD, id="m2"))), has_more=False),
        recap.RecapsListed(room="r1", meetings=(listed, change(listed, id="m4"))),
    )
    for name, known in (("m2", True), ("m3", True), ("m4", True), ("m5", False)):
        assert (find_card(story.state, name) is not None) == known
    story.hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
    story.hear(rooms.MeetingChanged(meeting=change(CARD, recap="recording")))
    assert (story.state.prejoin.is_recording, story.state.prejoin.words) == (True, "")


class TestBeforeTheCall:
    def test_nothing_opens_a_camera_before_continue(self):
        story = signed_in(terms=0).hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
        assert story.state.prejoin.asks_terms
        assert not story.has(effects.StartDevices)
        story.do(call_intents.ContinueTerms()).answer(accounts.TermsAccepted(version=1))
        assert story.has(effects.StartDevices)

    def test_cancelling_the_terms_leaves_no_acceptance(self):
        story = signed_in(terms=0).hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
        story.do(call_intents.CancelJoin())
        assert (story.state.call_phase, story.state.accepted_terms, story.sent) == ("none", 0, [])

    def test_nothing_is_sent_before_join(self):
        story = signed_in().hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
        assert story.sent == []
        assert isinstance(story.do(call_intents.Join()).sent[0], people.JoinMeeting)

    def test_only_the_starter_sees_the_recording_switch(self):
        for me, may in (("ada", True), ("grace", False)):
            story = signed_in(me=me).hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
            story.do(call_intents.ChooseRecording(record=True), call_intents.Join())
            assert (story.state.prejoin.may_record, story.sent[0].record) == (may, may)

    def test_the_recording_notice_is_read_past_before_join(self):
        card = change(CARD, recap="recording")
        story = (
            signed_in(me="grace").hear(rooms.MeetingChanged(meeting=card)).do(call_intents.GoToMeeting(meeting="m1"))
        )
        assert story.do(call_intents.Join()).sent == []
        assert story.state.prejoin.words
        story.do(call_intents.ReadNotice(is_read=True), call_intents.Join())
        assert story.sent[0].notice_version == 3

    @pytest.mark.parametrize(("version", "is_read"), [(3, True), (300000001, False)])
    def test_r31_a_notice_that_reads_otherwise_after_a_reconnection_is_read_again(self, version, is_read):
        card = change(CARD, recap="recording")
        story = before(me="grace").hear(rooms.MeetingChanged(meeting=card)).do(call_intents.ReadNotice(is_read=True))
        greeted(story, notice_version=version)
        assert story.state.prejoin.notice_read == is_read

    def test_a_refused_join_comes_back_with_words(self):
        story = (
            signed_in()
            .hear(rooms.MeetingChanged(meeting=CARD))
            .do(call_intents.GoToMeeting(meeting="m1"), call_intents.Join())
        )
        story.answer(Refused(reason="meeting_full", words="The meeting is full (10 of 10)."))
        assert (story.state.call_phase, story.state.prejoin.words) == ("prejoin", "The meeting is full (10 of 10).")

    @pytest.mark.parametrize(
        "link",
        ["", "x", "ftp://a/j/abcdefghijklmnopqrstuv", "http://u@a/j/abcdefghijklmnopqrstuv", "http://a/j/short",
         "http://a/j/abcdefghijklmnopqrstuv?token=x", "http://a/x/abcdefghijklmnopqrstuv", "http://a/j/../etc/passwd00000",
         "http://[/j/abcdefghijklmnopqrstuv", "parley://a/j/abcdefghijklmnopqrstuv/more"],
    )  # fmt: skip
    def test_what_is_no_link_of_ours_sends_nothing(self, link):
        story = signed_in().do(call_intents.FollowLink(link=link))
        assert story.sent == []
        assert story.state.toasts.shown

    def test_a_choice_is_saved_at_once(self):
        choices = Choices(noise="off", background="blur")
        story = signed_in().do(call_intents.Choose(choices=choices))
        assert story.has(effects.SaveChoices)[0].choices == choices

    def test_the_noise_filter_is_on_by_default(self):
        assert AppState().devices.chosen.noise == "standard"
