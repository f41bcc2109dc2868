"""Notices: counted, shown on the desktop once, leading somewhere, gone when they have been seen."""

import pytest

from app.state import call_intents, effects, events, intents
from app.wire import notices, recap, rooms
from tests.fakes.story import CARD, asked, change, in_call, signed_in

READY = change(CARD, state="ended", recap="ready")


def one(name="n1", kind="recap_ready", subject="m1", room="r1", at=1.0):
    return notices.NoticeInfo(id=name, kind=kind, room=room, subject=subject, words="Logo", at=at)


def told(*infos, rings=True):
    return notices.NoticeTold(notices=infos, rings=rings)


def news(story):
    return [info.id for info in story.state.news]


class TestTold:
    def test_r56_each_rings_once_and_only_where_it_should(self):
        story = signed_in().hear(told(one()))
        assert story.has(effects.Notify) == [effects.Notify("The recap is ready", "Logo", "n1")]
        assert story.hear(told(one(), one("n0", at=0.5), rings=False)).effects == []
        assert news(story) == ["n0", "n1"]
        assert story.hear(told(one())).effects == []

    def test_r56_a_recap_that_is_ready_does_not_ring_a_second_time(self):
        assert signed_in().hear(recap.RecapReady(meeting=READY)).effects == []

    def test_seen_on_another_device_it_is_gone_here(self):
        story = signed_in().hear(told(one(), one("n2")), notices.NoticesSeen(ids=("n1", "other")))
        assert news(story) == ["n2"]

    @pytest.mark.parametrize("kind", ["meeting_soon", "meeting_started"])
    def test_who_is_in_the_meeting_is_not_called_to_it(self, kind):
        story = in_call().hear(told(one(kind=kind)))
        assert (news(story), story.has(effects.Notify)) == ([], [])
        assert asked(story, notices.SeeNotices)[0].ids == ("n1",)

    def test_joining_sees_what_called_to_the_meeting(self):
        story = signed_in().hear(told(one(kind="meeting_started"), one("n2", "meeting_started", "m2")))
        story.hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"), call_intents.Join())
        assert news(story) == ["n1", "n2"]
        from tests.fakes.story import welcome

        story.answer(welcome())
        assert (news(story), asked(story, notices.SeeNotices)[0].ids) == (["n2"], ("n1",))

    def test_opening_the_recap_sees_its_notices(self):
        story = signed_in().hear(rooms.MeetingChanged(meeting=READY), told(one(), one("n2", subject="m2")))
        story.do(intents.OpenRecapPage(meeting="m1"))
        assert (news(story), asked(story, notices.SeeNotices)[0].ids) == (["n2"], ("n1",))
        story.hear(told(one("n3")))
        assert (len(story.has(effects.Notify)), news(story)) == (1, ["n2"])


class TestSeen:
    def test_all_at_once_in_as_many_requests_as_it_takes(self):
        story = signed_in().hear(told(*(one(f"n{number:03}", subject="x") for number in range(130)), rings=False))
        story.do(intents.SeeAllNews())
        assert ([len(ask.ids) for ask in asked(story, notices.SeeNotices)], news(story)) == ([100, 30], [])
        assert story.do(intents.SeeAllNews()).sent == []

    def test_while_offline_they_go_here_and_come_back_with_the_sign_in(self):
        story = signed_in().hear(told(one())).do(events.ConnectionChanged(phase="offline"), intents.SeeAllNews())
        assert (story.sent, news(story)) == ([], [])


class TestLeads:
    def test_r56_a_click_opens_the_recap_even_of_a_room_that_was_not_loaded(self):
        for card in (READY, None):
            story = signed_in().hear(told(one()))
            if card:
                story.hear(rooms.MeetingChanged(meeting=card))
            story.do(intents.OpenNews(id="n1"))
            assert (story.state.page, story.state.recap.meeting.id, news(story)) == ("recap", "m1", [])
            assert asked(story, recap.OpenRecap)[0].meeting == "m1"
            assert asked(story, notices.SeeNotices)
        story.hear(recap.RecapOpened(meeting=READY, recap=None))
        assert story.state.recap.meeting == READY
        story = signed_in().hear(told(one(room="r9"))).do(intents.OpenNews(id="n1"))
        assert story.state.recap.meeting.title == ""

    def test_to_the_page_before_a_meeting_or_to_its_room(self):
        story = signed_in().hear(rooms.MeetingChanged(meeting=CARD), told(one(kind="meeting_started")))
        assert story.do(intents.OpenNews(id="n1")).state.prejoin.meeting.id == "m1"
        story = signed_in().hear(told(one(kind="meeting_started"))).do(intents.OpenNews(id="n1"))
        assert (story.state.call_phase, story.state.rooms.open) == ("none", "r1")

    def test_to_a_room_that_is_there(self):
        story = signed_in().hear(told(one(kind="removed", room="gone", subject=""))).do(intents.OpenNews(id="n1"))
        assert (story.state.rooms.open, news(story)) == ("r1", [])
        story = signed_in().hear(told(one(kind="deletion", subject=""))).do(intents.OpenNews(id="n1"))
        assert (story.state.page, story.state.rooms.open) == ("rooms", "r1")

    def test_one_that_is_gone_leads_nowhere(self):
        assert signed_in().do(intents.OpenNews(id="n1")).effects == []
