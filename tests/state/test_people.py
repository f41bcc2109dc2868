"""In and out of a call: answers that come late, connections that break on the way, coming back."""

import dataclasses

import pytest

from app.state import call_intents, effects, events, intents
from app.wire import chat, lobby, people, recording, rooms
from app.wire.errors import Refused
from tests.fakes.story import (
    ADA,
    CARD,
    GRACE,
    ROOM,
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

OTHER = change(CARD, id="m2", room="r2")
ROOM_2 = change(ROOM, id="r2", meeting=OTHER)


def before(meeting="m1", **more):
    story = signed_in(**more).hear(rooms.MeetingChanged(meeting=CARD), rooms.RoomChanged(room=ROOM_2))
    return story.do(call_intents.GoToMeeting(meeting=meeting))


def as_guest():
    story = (
        greeted()
        .do(found(""), call_intents.FollowLink(link=CARD.link))
        .answer(lobby.LinkShown(title="Logo", is_recording=False))
    )
    return story.do(call_intents.ContinueTerms(), call_intents.NameGuest(name="Alan"))


def waiting():
    return as_guest().do(call_intents.Join()).answer(lobby.KnockHeard(guest="g", title="Logo", is_recording=False))


class TestLateAnswers:
    def test_a_welcome_of_a_cancelled_join_never_becomes_the_next_meeting(self):
        story = before().do(call_intents.Join())
        late = change(welcome(), re=story.sent[0].request)
        story.do(call_intents.CancelJoin(), call_intents.GoToMeeting(meeting="m2"), call_intents.Join())
        story.hear(late)
        assert (story.state.call_phase, story.effects) == ("joining", [])

    def test_leaving_while_coming_back_and_rejoining_at_once_ends_inside(self):
        story = lost_and_signed_in(in_call())
        first = asked(story, people.JoinMeeting)[0]
        left = asked(story.do(call_intents.Leave()), people.LeaveMeeting)[0]
        second = asked(story.do(call_intents.Rejoin()), people.JoinMeeting)[0]
        story.hear(
            change(welcome(), re=first.request),
            people.PersonLeft(re=left.request, meeting="m1", person="ada", reason="left"),
            change(welcome(), re=second.request),
        )
        assert story.state.call_phase == "in"

    def test_the_way_back_after_a_loss_never_takes_the_seat_from_a_device_one_moved_to(self):
        story = lost_and_signed_in(in_call())
        assert [one.moves for one in asked(story, people.JoinMeeting)] == [False], (
            "one's own seat is known by the sign-in"
        )
        story = in_call().hear(people.PersonLeft(meeting="m1", person="ada", reason="moved"))
        story.do(call_intents.Rejoin())
        assert [one.moves for one in asked(story, people.JoinMeeting)] == [False]

    def test_media_that_comes_back_first_does_not_spoil_the_welcome(self):
        story = lost_and_signed_in(in_call())
        join = asked(story, people.JoinMeeting)[0]
        story.do(events.PeersFound())
        assert story.state.call_phase == "reconnecting"
        assert story.hear(change(welcome(), re=join.request)).has(effects.OpenPeers)

    def test_cancelling_a_rejoin_gives_the_seat_back(self):
        story = in_call().do(call_intents.Leave(), call_intents.Rejoin(), call_intents.CancelJoin())
        assert [one.meeting for one in asked(story, people.LeaveMeeting)] == ["m1"]
        assert story.state.call_phase == "none"

    def test_the_refusal_of_a_cancelled_join_is_not_shown(self):
        story = before().do(call_intents.Join())
        number = story.sent[0].request
        story.do(call_intents.CancelJoin()).hear(Refused(re=number, reason="meeting_full", words="Full."))
        assert (story.state.toasts.shown, story.state.sign_in.words) == ((), "")


class TestTwoClicks:
    def test_join_is_sent_once(self):
        assert before().do(call_intents.Join(), call_intents.Join()).sent == []

    def test_start_is_sent_once_and_again_after_an_answer(self):
        story = signed_in().do(call_intents.BeginMeeting(room="r1", key="k1"))
        start = story.sent[0]
        assert story.do(call_intents.BeginMeeting(room="r1", key="k2")).sent == []
        story.hear(Refused(re=start.request, reason="failed", words="No."))
        assert story.do(call_intents.BeginMeeting(room="r1", key="k3")).sent

    def test_a_second_answer_does_not_take_back_the_join(self):
        story = before().do(call_intents.Join()).hear(people.MeetingStarted(meeting=CARD))
        assert story.state.call_phase == "joining"
        story = in_call().hear(people.MeetingStarted(meeting=CARD), lobby.LinkShown(title="x", is_recording=False))
        assert story.state.call_phase == "in"

    def test_a_link_in_a_call_is_answered_in_words_and_ones_own_shows_the_call(self):
        story = in_call().do(intents.OpenRoom(room="r1"), call_intents.FollowLink(link=CARD.link))
        assert (story.sent, story.state.shows_call) == ([], True)
        story.do(call_intents.FollowLink(link=CARD.link[:-1] + "x"))
        assert (story.sent, len(story.state.toasts.shown)) == ([], 1)


class TestLostOnTheWay:
    def test_a_lost_rejoin_can_be_tried_again(self):
        story = in_call().do(call_intents.Leave(), call_intents.Rejoin(), events.ConnectionChanged(phase="offline"))
        assert (story.state.call_phase, story.state.call.can_rejoin) == ("ended", True)
        story.do(call_intents.Rejoin())
        assert (story.state.call_phase, story.sent) == ("ended", []), "not without a connection"
        assert asked(lost_and_signed_in(story).do(call_intents.Rejoin()), people.JoinMeeting)

    def test_the_page_before_the_call_outlives_a_lost_connection(self):
        story = lost_and_signed_in(before())
        assert story.state.call_phase == "prejoin"
        assert asked(story.do(call_intents.Join()), people.JoinMeeting)

    def test_leaving_while_away_stays_left(self):
        story = in_call().do(events.ConnectionChanged(phase="offline"), call_intents.Leave())
        assert (story.state.call_phase, len(story.has(effects.StopDevices))) == ("ended", 1)
        assert not asked(lost_and_signed_in(story), people.JoinMeeting)

    def test_coming_back_leaves_the_page_that_one_reads(self):
        story = in_call().do(intents.OpenRoom(room="r1"))
        join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
        story.hear(change(welcome(), re=join.request))
        assert (story.state.call_phase, story.state.shows_call) == ("in", False)

    def test_a_mute_while_media_is_broken_is_told(self):
        story = in_call().do(events.PeersLost())
        muted = dataclasses.replace(story.state.devices.chosen, microphone_on=False)
        assert [one.microphone_on for one in asked(story.do(call_intents.Choose(choices=muted)), people.ShowState)] == [
            False
        ]

    def test_a_mute_while_away_is_told_with_the_return(self):
        story = in_call(guest_token="T").do(events.ConnectionChanged(phase="offline"))
        muted = dataclasses.replace(story.state.devices.chosen, microphone_on=False)
        assert story.do(call_intents.Choose(choices=muted)).sent == []
        back = asked(lost_and_signed_in(story), people.RejoinAsGuest)[0]
        story.hear(change(welcome(), re=back.request))
        assert [one.microphone_on for one in asked(story, people.ShowState)] == [False]

    def test_a_chat_line_that_arrived_although_the_answer_was_lost_is_no_draft_any_more(self):
        story = in_call().do(call_intents.SayInChat(text="one", key="k1"), call_intents.SayInChat(text="two", key="k2"))
        join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
        line = chat.ChatLine(id="c1", author="ada", author_name="Ada", at=1.0, text="one", key="k1")
        story.hear(change(welcome(chat=(line,)), re=join.request))
        assert [(draft.key, draft.has_failed) for draft in story.state.call.chat.drafts] == [("k2", False)]
        assert [one.key for one in asked(story, chat.PostChat)] == ["k2"]

    def test_a_retry_that_is_answered_with_a_known_line_takes_the_draft_away(self):
        line = chat.ChatLine(id="c1", author="ada", author_name="Ada", at=1.0, text="one", key="k1")
        story = in_call(chat=(line,)).do(call_intents.SayInChat(text="one", key="k1"))
        story.hear(chat.ChatPosted(meeting="m1", line=line))
        assert (story.state.call.chat.drafts, len(story.state.call.chat.lines)) == ((), 1)


class TestConsent:
    def test_who_has_not_answered_yet_does_not_consent_by_coming_back(self):
        story = in_call(me="grace").hear(recording.RecordingStarted(meeting="m1", at=5.0, by="ada"))
        assert asked(lost_and_signed_in(story, me="grace"), people.JoinMeeting)[0].notice_version == 0

    def test_a_consent_that_was_given_stays_given(self):
        story = in_call(me="grace", recording_since=5.0, others=())
        story.hear(people.PersonChanged(meeting="m1", person=change(GRACE, consents=True)))
        assert asked(lost_and_signed_in(story, me="grace"), people.JoinMeeting)[0].notice_version == 3

    def test_a_consent_to_another_wording_of_the_notice_is_none(self):
        story = in_call(me="grace", recording_since=5.0, others=())
        story.hear(people.PersonChanged(meeting="m1", person=change(GRACE, consents=True)))
        story.do(events.ConnectionChanged(phase="offline"))
        greeted(story, notice_version=4).do(found("t")).answer(account_of(me="grace"))
        assert asked(story, people.JoinMeeting)[0].notice_version == 0

    def test_each_recording_asks_anew(self):
        story = in_call(me="grace").hear(
            recording.RecordingStarted(meeting="m1", at=5.0, by="ada"),
            people.PersonChanged(meeting="m1", person=change(GRACE, consents=True)),
            recording.RecordingStopped(meeting="m1", at=6.0, reason="host", words="Stopped."),
        )
        assert not any(person.consents for person in story.state.call.people)
        assert asked(lost_and_signed_in(story, me="grace"), people.JoinMeeting)[0].notice_version == 0

        story = in_call(me="grace").hear(
            people.PersonChanged(meeting="m1", person=change(GRACE, consents=True)),
            recording.RecordingStarted(meeting="m1", at=7.0, by="ada"),
        )
        assert story.state.call.recording.asks_consent

    def test_a_recording_that_began_meanwhile_shows_the_notice_first(self):
        story = lost_and_signed_in(in_call(me="grace"), me="grace")
        join = asked(story, people.JoinMeeting)[0]
        story.hear(Refused(re=join.request, reason="notice_needed", words="Please read the notice first."))
        assert (story.state.call_phase, story.state.prejoin.is_recording) == ("prejoin", True)
        assert story.has(effects.ClosePeers)
        assert story.do(call_intents.Join()).sent == []
        story.do(call_intents.ReadNotice(is_read=True), call_intents.Join())
        assert asked(story, people.JoinMeeting)[0].notice_version == 3

    def test_so_does_going_back_in_after_a_leave(self):
        story = in_call(me="grace").do(call_intents.Leave(), call_intents.Rejoin())
        story.answer(Refused(reason="notice_needed", words="Please read the notice first."))
        assert (story.state.call_phase, story.state.prejoin.notice_read) == ("prejoin", False)


class TestGuests:
    @pytest.mark.parametrize("far", [lambda: as_guest().do(call_intents.Join()), waiting], ids=["asking", "waiting"])
    def test_cancelling_takes_the_knock_back(self, far):
        story = far().do(call_intents.CancelJoin())
        assert asked(story, lobby.WithdrawKnock)
        assert (story.state.call_phase, story.has(effects.Reconnect)) == ("none", [])
        assert story.answer(lobby.KnockWithdrawn()).effects == []

    def test_there_is_nothing_to_take_back_before_the_knock(self):
        assert as_guest().do(call_intents.CancelJoin()).sent == []

    def test_who_was_let_in_just_then_leaves_again(self):
        story = waiting().do(call_intents.CancelJoin()).hear(welcome(me="g", guest_token="T"))
        assert (story.state.call_phase, asked(story, people.LeaveMeeting)[0].meeting) == ("none", "m1")

    def test_who_waits_asks_again_by_themselves_when_the_connection_is_back(self):
        story = waiting().do(events.ConnectionChanged(phase="offline"))
        assert (story.state.call_phase, story.sent) == ("waiting", [])
        again = asked(greeted(story), lobby.Knock)[0]
        assert again.name == story.state.prejoin.guest_name
        story.answer(lobby.KnockHeard(guest="g", title="Logo", is_recording=False))
        assert story.state.call_phase == "waiting"
        assert story.hear(welcome(me="g", guest_token="T")).state.call_phase == "in"

    def test_who_waits_and_may_not_any_more_is_told_on_the_page(self):
        story = greeted(waiting().do(events.ConnectionChanged(phase="offline")))
        story.answer(Refused(reason="meeting_ended", words="This meeting has ended."))
        assert (story.state.call_phase, story.state.prejoin.words) == ("prejoin", "This meeting has ended.")

    def test_who_waits_does_not_claim_a_notice_that_they_have_not_read(self):
        story = waiting().hear(recording.RecordingStarted(meeting="m1", at=5.0, by=""))
        assert asked(greeted(story.do(events.ConnectionChanged(phase="offline"))), lobby.Knock)[0].notice_version == 0

    def test_a_server_that_is_not_to_be_trusted_ends_the_wait_in_words(self):
        story = waiting().do(events.ConnectionChanged(phase="refused", words="Another server."))
        assert (story.state.call_phase, story.state.prejoin.words) == ("prejoin", "Another server.")

    def test_a_guest_who_left_by_mistake_asks_again_by_the_link(self):
        story = waiting().hear(welcome(me="g", guest_token="T")).do(call_intents.Leave())
        assert asked(story.do(call_intents.Rejoin()), lobby.LookAtLink)
        story.answer(lobby.LinkShown(title="Logo", is_recording=False))
        assert story.state.call_phase == "prejoin"

    def test_a_guest_comes_back_to_the_kept_seat(self):
        story = waiting().hear(welcome(me="g", guest_token="T")).do(events.ConnectionChanged(phase="offline"))
        back = asked(greeted(story), people.RejoinAsGuest)[0]
        assert (back.token, story.has(effects.FindToken)) == ("T", [])
        story.hear(change(welcome(me="g", guest_token="T"), re=back.request))
        assert story.state.call_phase == "in"


def test_the_end_of_another_meeting_does_not_refuse_this_join():
    story = before("m2").do(call_intents.Join()).hear(people.MeetingEnded(meeting="m1", at=1.0))
    assert story.state.call_phase == "joining"


def test_a_host_who_is_none_any_more_sees_nobody_wait():
    story = in_call(others=(GRACE,)).hear(
        lobby.LobbyChanged(meeting="m1", waiting=(lobby.Guest(id="g", name="Alan", since=1.0),)),
        people.HostChanged(meeting="m1", host="grace"),
    )
    assert story.state.call.lobby.waiting == ()
    assert ADA.id == story.state.call.you


class TestTheRims:
    def test_what_belongs_to_a_call_does_nothing_without_one(self):
        story = signed_in()
        state = story.state
        for wish in (
            call_intents.Leave(),
            call_intents.EndForAll(),
            call_intents.Rejoin(),
            call_intents.CloseCall(),
            call_intents.OpenPanel(panel="chat"),
            events.PeersLost(),
            events.PeersStalled(),
            events.PeersFound(),
            events.DeviceTold(kind="camera", words=""),
        ):
            assert story.do(wish).effects == [], wish
        for message in (
            people.PersonJoined(meeting="m1", person=GRACE),
            people.PersonChanged(meeting="m1", person=GRACE),
            people.PersonLeft(meeting="m1", person="grace", reason="left"),
            people.HostChanged(meeting="m1", host="ada"),
            people.MeetingEnded(meeting="m1", at=1.0),
            people.MeetingLocked(meeting="m1", is_locked=True),
            lobby.GuestDenied(words="No."),
            lobby.KnockHeard(guest="g", title="x", is_recording=False),
            lobby.LobbyChanged(meeting="m1", waiting=()),
        ):
            assert story.hear(message).effects == [], message
        assert story.state == state

    def test_the_host_ends_it_for_all_and_others_cannot(self):
        assert asked(in_call().do(call_intents.EndForAll()), people.EndMeeting)
        assert not asked(in_call(me="grace").do(call_intents.EndForAll()), people.EndMeeting)

    def test_the_ended_call_is_put_away(self):
        story = in_call().do(call_intents.Leave(), call_intents.CloseCall())
        assert (story.state.call, story.state.call_phase) == (None, "none")

    def test_a_leave_that_is_told_late_changes_nothing(self):
        story = in_call().do(call_intents.Leave())
        late = people.PersonLeft(meeting="m1", person="ada", reason="left")
        assert story.hear(late).effects == []
        assert story.hear(people.MeetingEnded(meeting="m1", at=1.0)).effects == []

    @pytest.mark.parametrize(("reason", "can"), [("lost", True), ("moved", True), ("removed", False), ("ended", False)])
    def test_why_one_is_out_is_said(self, reason, can):
        story = in_call().hear(people.PersonLeft(meeting="m1", person="ada", reason=reason))
        assert (story.state.call_phase, story.state.call.can_rejoin) == ("ended", can)
        assert story.state.call.ended_words

    def test_media_that_is_back_is_back(self):
        story = in_call().do(events.PeersLost())
        assert story.state.call_phase == "reconnecting"
        assert story.do(events.PeersFound()).state.call_phase == "in"

    def test_media_that_stalls_is_said_and_nothing_is_made_anew_for_it(self):
        story = in_call().do(events.PeersStalled())
        assert (story.state.call_phase, story.effects) == ("reconnecting", [])
        assert story.do(events.PeersFound()).state.call_phase == "in"
        # Found to be lost after all: the connections are being replaced already.
        story = in_call().do(events.PeersStalled(), events.PeersLost())
        assert (story.state.call_phase, story.effects) == ("reconnecting", [])

    def test_a_device_that_fails_is_said_before_and_in_the_call(self):
        broken = events.DeviceTold(kind="camera", words="No camera.")
        story = before().do(broken)
        assert story.state.prejoin.device_words == (("camera", "No camera."),)
        story = in_call().do(broken, events.DeviceTold(kind="microphone", words="No microphone."))
        assert story.state.call.media.words == (("camera", "No camera."), ("microphone", "No microphone."))
        story.do(events.DeviceTold(kind="camera", words=""))
        assert story.state.call.media.words == (("microphone", "No microphone."),)

    def test_someone_who_is_there_already_does_not_ring(self):
        story = in_call(others=(GRACE,)).hear(people.PersonJoined(meeting="m1", person=GRACE))
        assert (story.effects, len(story.state.call.people)) == ([], 2)
        assert story.hear(people.PersonJoined(meeting="m1", person=ADA)).effects == []

    def test_a_guest_whose_link_died_cannot_ask_again(self):
        story = waiting().hear(welcome(me="g", guest_token="T"), people.LinkRenewed(meeting="m1", link="none"))
        story.do(call_intents.Leave(), call_intents.Rejoin())
        assert (story.sent, len(story.state.toasts.shown)) == ([], 1)

    def test_a_call_takes_the_place_of_a_recap_that_was_open(self):
        card = change(CARD, id="m9", state="ended", recap="ready")
        story = signed_in().hear(rooms.MeetingChanged(meeting=card), rooms.MeetingChanged(meeting=CARD))
        story.do(intents.OpenRecapPage(meeting="m9"))
        story.do(call_intents.GoToMeeting(meeting="m1"), call_intents.Join()).answer(welcome())
        assert (story.state.page, story.state.recap) == ("rooms", None)

    def test_a_second_meeting_is_refused_in_words_and_the_same_one_shown(self):
        story = in_call().hear(rooms.RoomChanged(room=ROOM_2)).do(call_intents.ShowCall(shows_call=False))
        assert story.do(call_intents.GoToMeeting(meeting="m1")).state.shows_call
        for wish in (call_intents.GoToMeeting(meeting="m2"), call_intents.BeginMeeting(room="r2", key="k")):
            assert story.do(wish).effects == []
        assert len(story.state.toasts.shown) == 2

    def test_ones_own_start_opens_the_page(self):
        story = signed_in().do(call_intents.BeginMeeting(room="r1", key="k"))
        assert story.answer(people.MeetingStarted(meeting=CARD)).state.prejoin.may_record

    def test_join_without_a_connection_says_so(self):
        story = before().do(events.ConnectionChanged(phase="offline"), call_intents.Join())
        assert (story.sent, bool(story.state.prejoin.words)) == ([], True)

    def test_a_refused_knock_that_was_taken_back_is_nobodys(self):
        story = as_guest().do(call_intents.Join())
        number = story.sent[0].request
        story.do(call_intents.CancelJoin()).hear(Refused(re=number, reason="locked", words="Locked."))
        assert (story.state.toasts.shown, story.state.call_phase) == ((), "none")

    def test_a_member_removed_before_the_meeting_ended_lands_on_no_recap_without_a_recording(self):
        story = in_call().hear(people.MeetingEnded(meeting="m1", at=1.0, words="The host ended it."))
        assert (story.state.page, story.state.call.ended_words) == ("rooms", "The host ended it.")
