"""Rooms: made, named, left; what is unread in them; their meeting cards."""

import pytest

from app.state import call_intents, effects, events, intents
from app.state.asking import NO_CONNECTION
from app.state.forms import NO_ADDRESS
from app.wire import notices, recap, rooms
from app.wire.errors import Refused
from tests.fakes.story import (
    CARD,
    ROOM,
    account_of,
    asked,
    change,
    found,
    greeted,
    in_call,
    lost_and_signed_in,
    signed_in,
)

ROOM_2 = change(ROOM, id="r2", name="Other")


def said(name, room="r1", author="bob", at=1.0):
    return rooms.MessagePosted(
        message=rooms.Message(id=name, room=room, author=author, author_name="B", at=at, kind="text", text=name)
    )


def words(story):
    return [notice.words for notice in story.state.toasts.shown]


class TestWishes:
    @pytest.mark.parametrize(
        ("wish", "message"),
        [
            (
                intents.MakeRoom(name=" Logo ", contract="agency"),
                rooms.CreateRoom(request=4, name="Logo", contract="agency"),
            ),
            (intents.NameRoom(room="r1", name=" New "), rooms.RenameRoom(request=4, room="r1", name="New")),
            (intents.QuitRoom(room="r1"), rooms.LeaveRoom(request=4, room="r1")),
            (
                intents.RemoveFromRoom(room="r1", account="bob"),
                rooms.RemoveMember(request=4, room="r1", account="bob"),
            ),
            (intents.Invite(room="r1"), rooms.InviteMember(request=4, room="r1")),
            (
                intents.Invite(room="r1", email=" x@y "),
                rooms.InviteMember(request=4, room="r1", email="x@y"),
            ),
            (
                intents.PostOtherMeeting(room="r1", url=" https://meet.example/x ", key="k"),
                rooms.PostExternalMeeting(request=4, room="r1", url="https://meet.example/x", key="k"),
            ),
        ],
    )
    def test_each_wish_is_one_request(self, wish, message):
        story = signed_in().do(wish)
        assert [change(one, request=4) for one in story.sent] == [message]

    @pytest.mark.parametrize(
        "wish",
        [
            intents.MakeRoom(name="  "),
            intents.NameRoom(room="r1", name=""),
            intents.PostOtherMeeting(room="r1", url="parley://x", key="k"),
            intents.PostOtherMeeting(room="r1", url="https://" + "x" * 2000, key="k"),
        ],
    )
    def test_what_cannot_be_is_said_and_not_sent(self, wish):
        story = signed_in().do(wish)
        assert (story.sent, len(words(story))) == ([], 1)

    def test_the_dialog_that_waits_for_a_code_is_told_why_there_is_none(self):
        def why(story):
            return story.state.view("r1").invitation_words

        story = signed_in().do(intents.Invite(room="r1", email="nobody"))
        assert (story.sent, why(story)) == ([], NO_ADDRESS)
        story.do(intents.Invite(room="r1"))
        assert (len(asked(story, rooms.InviteMember)), why(story)) == (1, "")
        assert why(story.answer(Refused(reason="too_much", words="Too many."))) == "Too many."
        story.do(intents.Invite(room="r1"), events.ConnectionChanged(phase="offline"))
        assert "lost" in why(story)
        story.do(intents.Invite(room="r1"))
        assert (story.sent, why(story)) == ([], NO_CONNECTION)
        signed_in(story).do(intents.Invite(room="r1")).answer(rooms.InvitationMade(room="r1", code="c" * 22))
        assert (why(story), story.state.view("r1").invitation) == ("", "c" * 22)
        story.do(intents.Invite(room="r1", email="nobody"), intents.ForgetInvitation(room="r1"))
        assert why(story) == ""
        story.do(intents.Invite(room="r1")).hear(rooms.RoomLeft(room="r1")).do(
            events.ConnectionChanged(phase="offline")
        )
        assert "r1" not in story.state.rooms.views

    def test_an_invitation_is_shown_until_its_dialog_closes(self):
        story = signed_in().hear(rooms.InvitationMade(room="r1", code="c" * 22))
        assert story.state.view("r1").invitation_link.endswith("/i/" + "c" * 22)
        view = story.do(intents.ForgetInvitation(room="r1")).state.view("r1")
        assert (view.invitation, view.invitation_link, view.invitation_email) == ("", "", "")

    def test_a_room_that_was_made_here_opens_and_a_renamed_one_does_not(self):
        story = signed_in().hear(rooms.RoomChanged(room=ROOM_2))
        assert story.state.rooms.open == "r1"
        story.do(intents.NameRoom(room="r2", name="New")).answer(rooms.RoomChanged(room=change(ROOM_2, name="New")))
        assert (story.state.rooms.open, story.state.room_info("r2").name) == ("r1", "New")
        story.do(intents.MakeRoom(name="Third")).answer(rooms.RoomChanged(room=change(ROOM, id="r3")))
        assert story.state.rooms.open == "r3"

    def test_the_first_room_opens(self):
        story = greeted().do(found("t")).answer(change(account_of(), rooms=()))
        assert story.hear(rooms.RoomChanged(room=ROOM)).state.rooms.open == "r1"
        assert story.do(intents.OpenRoom(room="")).state.rooms.open == ""


class TestUnread:
    def test_what_the_server_counted_is_shown_and_the_open_room_is_read(self):
        story = greeted().do(found("t"))
        story.answer(change(account_of(), rooms=(ROOM, ROOM_2), unread={"r1": 2, "r2": 3, "gone": 4}))
        assert [one.room for one in asked(story, rooms.MarkRead)] == ["r1"]
        assert {room: view.unread for room, view in story.state.rooms.views.items()} == {"r1": 0, "r2": 3}

    def test_a_room_is_read_when_it_is_opened(self):
        story = signed_in().hear(rooms.RoomChanged(room=ROOM_2), said("g1", "r2"))
        assert (asked(story, rooms.MarkRead), story.state.view("r2").unread) == ([], 1)
        story.do(intents.OpenRoom(room="r2"))
        assert (len(asked(story, rooms.MarkRead)), story.state.view("r2").unread) == (1, 0)

    def test_at_most_one_request_is_under_way_and_what_came_since_is_read_after_it(self):
        story = signed_in().hear(said("g1"))
        first = asked(story, rooms.MarkRead)[0]
        assert story.hear(said("g2")).sent == []
        story.hear(rooms.RoomRead(re=first.request, room="r1"))
        second = asked(story, rooms.MarkRead)[0]
        assert story.hear(rooms.RoomRead(re=second.request, room="r1")).sent == []

    def test_ones_own_message_is_read(self):
        assert not asked(signed_in().hear(said("g1", author="ada")), rooms.MarkRead)

    def test_behind_a_call_nothing_is_read_until_the_room_is_in_front(self):
        story = in_call().hear(said("g1"))
        assert (story.sent, story.state.view("r1").unread) == ([], 1)
        assert asked(story.do(call_intents.ShowCall(shows_call=False)), rooms.MarkRead)

    def test_read_elsewhere_is_read_here(self):
        story = signed_in().hear(rooms.RoomChanged(room=ROOM_2), said("g1", "r2"), rooms.RoomRead(room="r2"))
        assert story.state.view("r2").unread == 0
        assert story.hear(rooms.RoomRead(room="r2")).effects == []

    def test_a_refused_mark_is_nobodys_affair(self):
        story = signed_in().hear(said("g1"))
        assert words(story.answer(Refused(reason="failed", words="No."))) == []


class TestLeaving:
    def test_nothing_of_a_room_that_was_left_stays(self):
        found_one = said("g1", "r2").message
        story = signed_in().hear(rooms.RoomChanged(room=ROOM_2), said("g1", "r2"))
        story.do(intents.SearchFor(words="logo")).answer(rooms.Found(words="logo", messages=(found_one,)))
        story.do(intents.OpenPlan(room="r2"), intents.OpenRoom(room="r2"), intents.QuitRoom(room="r2"))
        story.answer(rooms.RoomLeft(room="r2"))
        state = story.state
        assert ([room.id for room in state.rooms.known], state.rooms.open, "r2" in state.rooms.views) == (
            ["r1"],
            "r1",
            False,
        )
        assert (state.plan, state.search.messages, words(story)) == (None, (), [])

    def test_being_taken_out_is_said_and_the_page_moves(self):
        story = signed_in().hear(rooms.RoomLeft(room="r1", words="Bob took you out of Logo."))
        assert (story.state.rooms.open, words(story)) == ("", ["Bob took you out of Logo."])
        story = signed_in().hear(rooms.RoomLeft(room="r1"))
        assert words(story) == ["You are no longer a member of the room Logo."]
        assert words(story.hear(rooms.RoomLeft(room="r1"))) == words(story)

    def test_its_recap_page_and_its_page_before_the_call_go_with_it(self):
        story = signed_in().hear(rooms.MeetingChanged(meeting=change(CARD, state="ended", recap="ready")))
        story.do(intents.OpenRecapPage(meeting="m1")).hear(rooms.RoomLeft(room="r1"))
        assert (story.state.page, story.state.recap) == ("rooms", None)
        story = signed_in().hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
        story.hear(rooms.RoomLeft(room="r1"))
        assert (story.state.call_phase, len(story.has(effects.StopDevices))) == ("none", 1)
        story = in_call().do(call_intents.Leave()).hear(rooms.RoomLeft(room="r1"))
        assert (story.state.call.can_rejoin, story.state.call_phase) == (False, "ended")

    def test_what_belongs_to_other_rooms_stays(self):
        story = signed_in().hear(rooms.RoomChanged(room=ROOM_2), rooms.MeetingChanged(meeting=CARD))
        one = notices.NoticeInfo(id="n", kind="removed", room="r2", subject="", words="x", at=1.0)
        story.hear(notices.NoticeTold(notices=(one,)))
        story.do(intents.OpenPlan(room="r1"), call_intents.GoToMeeting(meeting="m1"))
        story.hear(rooms.RoomLeft(room="r2"))
        assert (story.state.rooms.open, story.state.call_phase, story.state.plan.room) == ("r1", "prejoin", "r1")
        assert [notice.id for notice in story.state.news] == ["n"]
        story = in_call(recording_since=1.0).hear(rooms.RoomChanged(room=ROOM_2)).do(call_intents.Leave())
        assert story.hear(rooms.RoomLeft(room="r2")).state.page == "recap"
        story = in_call(recording_since=1.0).do(call_intents.Leave(), intents.OpenRoom(room="r1"))
        assert story.hear(rooms.RoomLeft(room="r1")).state.recap is None

    def test_a_room_that_is_none_of_ones_own_is_not_opened(self):
        story = signed_in().do(intents.OpenRoom(room="r7"))
        assert (story.effects, story.state.rooms.open) == ([], "r1")

    def test_the_next_room_is_fetched(self):
        story = signed_in().hear(rooms.RoomChanged(room=ROOM_2), rooms.RoomLeft(room="r1"))
        assert [one.room for one in asked(story, rooms.ListMessages)] == ["r2"]

    def test_a_room_that_was_lost_while_offline_is_gone_after_it(self):
        story = signed_in().hear(said("g1"))
        story.do(events.ConnectionChanged(phase="offline"))
        greeted(story).do(found("t")).answer(change(account_of(), rooms=(ROOM_2,)))
        assert (story.state.rooms.open, list(story.state.rooms.views)) == ("r2", [])


class TestCards:
    PLANNED = change(CARD, id="p1", state="scheduled", starts_at=5000.0)

    def test_those_to_come_follow_the_server_soonest_first(self):
        later = change(self.PLANNED, id="p2", starts_at=9000.0)
        story = signed_in().hear(rooms.MeetingChanged(meeting=later), rooms.MeetingChanged(meeting=self.PLANNED))
        assert [one.id for one in story.state.room_info("r1").scheduled] == ["p1", "p2"]
        story.hear(rooms.MeetingChanged(meeting=change(self.PLANNED, state="joinable")))
        assert [one.state for one in story.state.room_info("r1").scheduled] == ["joinable", "scheduled"]
        story.hear(rooms.MeetingChanged(meeting=change(self.PLANNED, state="ongoing")))
        info = story.state.room_info("r1")
        assert ([one.id for one in info.scheduled], info.meeting.id) == (["p2"], "p1")
        story.hear(rooms.MeetingChanged(meeting=change(self.PLANNED, state="ended")))
        story.hear(rooms.MeetingChanged(meeting=change(later, state="cancelled")))
        assert (story.state.room_info("r1").scheduled, story.state.room_info("r1").meeting) == ((), None)

    def test_r36_join_waits_for_the_doors_and_opens_with_them(self):
        story = signed_in().hear(rooms.MeetingChanged(meeting=self.PLANNED))
        story.do(call_intents.GoToMeeting(meeting="p1"))
        assert story.state.prejoin.opens_at == 5000.0
        assert story.do(call_intents.Join()).sent == []
        assert story.state.prejoin.words
        story.hear(rooms.MeetingChanged(meeting=change(self.PLANNED, state="joinable")))
        assert (story.state.prejoin.opens_at, story.do(call_intents.Join()).sent[0].meeting) == (None, "p1")

    def test_who_waits_at_the_door_of_a_cancelled_meeting_reads_it(self):
        story = signed_in().hear(rooms.MeetingChanged(meeting=self.PLANNED))
        story.do(call_intents.GoToMeeting(meeting="p1"))
        story.hear(rooms.MeetingChanged(meeting=change(self.PLANNED, state="cancelled")))
        assert "no longer takes place" in story.state.prejoin.words

    @pytest.mark.parametrize(
        "more", [{"state": "ended"}, {"state": "cancelled"}, {"state": "ongoing", "provider": "external"}]
    )
    def test_r63_only_what_runs_or_will_run_here_is_joined(self, more):
        told = change(said("g").message, meeting=change(CARD, **more), kind="meeting")
        story = signed_in().hear(rooms.MessagePosted(message=told)).do(call_intents.GoToMeeting(meeting="m1"))
        assert (story.state.call_phase, len(words(story))) == ("none", 1)

    def test_a_card_is_changed_wherever_it_is_shown(self):
        told = change(said("g").message, meeting=CARD, kind="meeting")
        ended = change(CARD, state="ended", recap="ready")
        story = signed_in().hear(rooms.MessagePosted(message=told), rooms.MeetingChanged(meeting=ended))
        view = story.state.view("r1")
        assert (view.messages[0].meeting, view.recaps) == (ended, (ended,))
        later = change(ended, recap_words="x")
        assert story.hear(rooms.MeetingChanged(meeting=later)).state.view("r1").recaps == (later,)
        story.hear(recap.RecapsListed(room="r1", meetings=()))
        assert story.state.view("r1").recaps == ()
        assert story.hear(rooms.MeetingChanged(meeting=change(CARD, room="r7"))).state.room_info("r1").meeting is None

    def test_r8_a_meeting_that_was_started_is_shown_once(self):
        told = change(said("g").message, meeting=CARD, kind="meeting", key="k1", author="ada")
        story = signed_in().do(call_intents.BeginMeeting(room="r1", key="k1"))
        story.hear(rooms.MessagePosted(message=told), rooms.MessagePosted(message=told))
        lost_and_signed_in(story).hear(rooms.MessagesListed(room="r1", messages=(told,), has_more=False))
        assert [one.id for one in story.state.view("r1").messages] == ["g"]
