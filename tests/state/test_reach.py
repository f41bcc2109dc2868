"""Letting others reach the server of this computer: by the switch, and when a link is given away."""

import msgspec
import pytest

from app.state import call_intents, effects, events, intents
from app.state.reach import ONLY_HERE
from app.state.scope import REACHES
from app.state.slices.reach import Reach
from app.wire import accounts, people, rooms
from app.wire.links import parse_link, parse_server
from app.wire.schedule import AskCalendarFile
from tests.fakes.story import CARD, account_of, asked, found, greeted, in_call, signed_in, welcome

WISH = intents.LetOthersReach(is_on=True)
PIN = "A" * 43
CODE = "abcdefghijklmnopqrstuv"
OUTSIDE = f"parley://192.168.7.2:8440?pin={PIN}"
LINK = f"parley://192.168.7.2:8440/j/{CODE}?pin={PIN}"
GIVE = intents.GiveLink(way="copy", link=CARD.link)
OPEN = events.ReachTold(is_on=True, addresses=(OUTSIDE,))
YES, HERE, NO = (intents.AnswerGiving(answer=answer) for answer in ("open", "here", "no"))


def at_home():
    """The owner, at the server of this computer."""
    return greeted(is_embedded=True).do(found("")).hear(account_of())


def told(story):
    return [one.words for one in story.state.toasts.shown]


def test_the_server_is_opened_and_tells_where_it_is():
    story = at_home().do(WISH)
    assert (story.has(effects.SetReach), story.state.reach.is_changing) == ([effects.SetReach(True)], True)
    assert story.do(intents.LetOthersReach(is_on=False)).effects == [], "one change at a time"
    story.do(events.ReachTold(is_on=True, addresses=("parley://10.0.0.7:1",)))
    assert story.state.reach == Reach(is_on=True, addresses=("parley://10.0.0.7:1",))
    story.do(intents.LeaveAccount())
    assert story.state.reach.is_on, "it is this computer's affair, not the account's"


def test_a_server_that_does_not_come_back_ends_the_wait():
    story = at_home().do(GIVE, YES)
    story.do(events.ConnectionChanged(phase="offline", words="Lost."))
    assert story.state.reach.is_changing
    story.do(events.ConnectionChanged(phase="refused", words="Parley is already open."))
    assert story.state.reach == Reach(words="Parley is already open.")
    assert (story.state.giving.gift.is_opening, story.state.giving.gift.words) == (False, "Parley is already open.")


def test_elsewhere_it_is_refused_in_words_and_a_call_is_no_reason():
    story = signed_in().do(WISH)
    assert (story.effects, "server of this computer" in story.state.reach.words) == ([], True)
    story = at_home().hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
    story.do(call_intents.Join()).answer(welcome())
    assert story.state.call_phase == "in"
    assert story.do(WISH).effects == [effects.SetReach(True)]
    assert story.do(OPEN).state.call_phase == "in"


class TestALinkThatNobodyElseCouldFollow:
    def test_is_given_away_after_one_question_once_others_can_come(self):
        story = at_home().do(GIVE)
        assert (story.state.giving.gift.way, story.state.giving.gift.can_open, story.state.giving.handout) == (
            "copy",
            True,
            None,
        )
        assert not story.effects
        story.do(YES)
        assert (story.effects, story.state.giving.gift.is_opening) == ([effects.SetReach(True)], True)
        assert story.do(YES).effects == [], "the second click of two"
        # Another network, while the answer is on its way.
        story.do(events.ReachTold(is_on=False, addresses=(OUTSIDE,)))
        assert (story.state.giving.gift.is_opening, story.state.reach.is_changing) == (True, True)
        story.do(OPEN)
        assert (story.state.giving.handout.link, story.state.giving.handout.way, story.state.giving.gift) == (
            LINK,
            "copy",
            None,
        )
        assert told(story) == ["The link is copied. " + REACHES["network"]]
        story.do(intents.TakeHandout(number=story.state.giving.handout.number))
        assert story.state.giving.handout is None
        # From now on nothing is asked.
        story.do(intents.GiveLink(way="mail", link=CARD.link, title="Logo"))
        assert (story.state.giving.gift, story.state.giving.handout.link, story.state.giving.handout.way) == (
            None,
            LINK,
            "mail",
        )

    def test_a_link_to_somewhere_else_is_given_as_it_is_and_without_a_question(self):
        link = "https://meet.other.example/our-room"
        story = at_home().do(intents.GiveLink(way="copy", link=link))
        assert (story.state.giving.gift, story.state.giving.handout.link) == (None, link)

    def test_a_no_gives_nothing_away(self):
        story = at_home().do(GIVE, NO)
        assert (story.effects, story.state.giving.gift, story.state.giving.handout, told(story)) == ([], None, None, [])

    def test_a_yes_that_is_taken_back_leaves_others_outside(self):
        story = at_home().do(GIVE, YES, NO)
        assert (story.effects, story.state.giving.gift) == ([effects.SetReach(False)], None)
        story.do(OPEN, events.ReachTold(is_on=False, addresses=(OUTSIDE,)))
        assert (story.state.giving.handout, story.state.reach.is_on, story.state.reach.is_changing) == (
            None,
            False,
            False,
        )

    def test_a_yes_counts_while_the_door_is_being_closed(self):
        story = at_home().do(OPEN, intents.LetOthersReach(is_on=False), GIVE)
        story.do(events.ReachTold(is_on=False, addresses=(OUTSIDE,)), GIVE)
        assert story.do(YES).effects == [effects.SetReach(True)]
        story = at_home().do(GIVE, YES, NO, GIVE)
        assert story.do(YES).effects == [effects.SetReach(True)]
        story.do(events.ReachTold(is_on=False, addresses=(OUTSIDE,)), OPEN)
        assert (story.state.giving.handout.link, story.state.giving.gift) == (LINK, None)

    def test_for_this_computer_it_is_copied_with_words_that_say_so(self):
        story = at_home().do(GIVE, HERE)
        assert (story.effects, story.state.giving.handout.link, told(story)) == ([], CARD.link, [ONLY_HERE])
        story = at_home().do(intents.GiveLink(way="mail", link=CARD.link), HERE)
        assert (story.state.giving.handout, story.state.giving.gift) == (None, None)

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (events.ReachTold(is_on=False, addresses=(OUTSIDE,), words="Permission denied."), "Permission denied."),
            (events.ReachTold(is_on=True), REACHES["here"]),
        ],
    )
    def test_what_keeps_others_out_is_said_and_nothing_is_copied(self, answer, words):
        story = at_home().do(GIVE, YES, answer)
        assert (story.state.giving.gift.words, story.state.giving.gift.is_opening, story.state.giving.handout) == (
            words,
            False,
            None,
        )
        # Tried again, when it goes: the words are gone and the link is given.
        story.do(YES)
        if not answer.is_on:
            assert story.effects == [effects.SetReach(True)]
            assert not story.state.giving.gift.words
        else:
            assert story.state.giving.gift.words == words
        story.do(NO, GIVE, YES, OPEN) if answer.is_on else story.do(OPEN)
        assert answer.is_on or story.state.giving.handout.link == LINK

    def test_on_a_server_that_is_not_ours_it_is_said_that_we_cannot_open_it(self):
        story = signed_in().do(GIVE)
        assert not story.state.giving.gift.can_open
        assert story.do(YES).effects == []
        assert story.state.giving.handout is None
        story.do(HERE)
        assert (story.state.giving.handout.link, told(story)) == (CARD.link, [ONLY_HERE])

    def test_a_calendar_file_and_an_invitation_by_mail_wait_for_the_door(self):
        story = at_home().hear(rooms.MeetingChanged(meeting=CARD))
        wishes = (
            (intents.GetCalendarFile(meeting="m1"), AskCalendarFile),
            (intents.Invite(room="r1", email="zoe@example.com"), rooms.InviteMember),
        )
        for wish, kind in wishes:
            story.do(events.ReachTold(is_on=False), wish)
            assert (story.effects, story.state.giving.gift is not None) == ([], True)
            story.do(YES, OPEN)
            assert asked(story, kind)
            assert story.state.giving.gift is None
        assert asked(story, rooms.InviteMember)[0].email == "zoe@example.com"
        story.do(events.ReachTold(is_on=False), wishes[0][0], HERE)
        assert asked(story, AskCalendarFile)
        # A code that is only shown is asked for at once; who gets its link is another question.
        story.do(events.ReachTold(is_on=False), intents.Invite(room="r1"))
        assert asked(story, rooms.InviteMember)

    def test_what_is_another_providers_is_nobodys_business(self):
        external = msgspec.structs.replace(CARD, provider="external", link="http://127.0.0.1/j/" + CODE)
        story = at_home().hear(rooms.MeetingChanged(meeting=external)).do(intents.GetCalendarFile(meeting="m1"))
        assert asked(story, AskCalendarFile)


class TestLinksThatMove:
    MOVED = rooms.LinksMoved(server=OUTSIDE, is_reachable=True)

    def test_every_link_that_is_shown_names_the_new_address_and_keeps_its_code(self):
        planned = msgspec.structs.replace(CARD, id="m3", state="scheduled", starts_at=900.0)
        external = msgspec.structs.replace(planned, id="m2", provider="external", link="https://b.example/1")
        message = rooms.Message(
            id="x1", room="r1", author="ada", author_name="Ada", at=1.0, kind="meeting", text="", meeting=CARD
        )
        story = in_call()
        for card in (external, planned):
            story.hear(rooms.MeetingChanged(meeting=card))
        story.hear(rooms.MessagePosted(message=message), rooms.InvitationMade(room="r1", code=CODE, email=""))
        story.hear(self.MOVED)
        state = story.state
        info, view = state.rooms.known[0], state.view("r1")
        assert state.connection.is_reachable
        assert {state.call.meeting.link, info.meeting.link, view.messages[-1].meeting.link} == {LINK}
        assert {one.id: one.link for one in info.scheduled} == {"m2": "https://b.example/1", "m3": LINK}
        assert parse_link(view.invitation_link).server == parse_server(OUTSIDE)
        assert parse_link(view.invitation_link).kind == "room"
        # What comes later and is read from the state again goes on from there.
        story.hear(rooms.LinksMoved(server="http://127.0.0.1:9", is_reachable=False))
        assert story.state.call.meeting.link == f"http://127.0.0.1:9/j/{CODE}"

    def test_the_page_before_the_call_follows(self):
        story = at_home().hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
        assert story.hear(self.MOVED).state.prejoin.meeting.link == LINK

    @pytest.mark.parametrize("server", ["", "non sense", "http://192.168.7.2:8440", "parley://x/j/abc"])
    def test_an_address_that_is_none_changes_nothing(self, server):
        story = in_call()
        before = story.state
        assert story.hear(rooms.LinksMoved(server=server, is_reachable=True)).state == before

    def test_a_link_of_an_earlier_network_is_still_ones_own(self):
        story = at_home().do(events.ReachTold(is_on=False, addresses=(f"parley://10.0.0.9:8440?pin={PIN}",)))
        story.do(call_intents.FollowLink(link=LINK))
        assert story.state.links.question is None
        assert story.sent[0].code == CODE
        other = LINK.replace(PIN, "B" * 43)
        assert story.do(call_intents.FollowLink(link=other)).state.links.question is not None


def test_the_switch_says_why_the_server_of_this_computer_does_not_come_back():
    story = at_home().do(intents.LetOthersReach(is_on=True))
    story.do(events.ConnectionChanged(phase="refused", words="The port is taken."))
    assert story.state.reach == Reach(words="The port is taken.")
    assert story.state.giving.gift is None


class TestMeetNow:
    NOW = intents.MeetNow(key="k")

    def test_who_may_not_start_meetings_reads_why_and_no_room_is_made(self):
        closed = accounts.Access(may_start=False, words="Not yet for freelancers.")
        story = signed_in().hear(accounts.AccessChanged(access=closed)).do(self.NOW)
        assert (story.sent, told(story)) == ([], ["Not yet for freelancers."])

    def first(self):
        story = greeted(is_embedded=True).do(found(""))
        signed = msgspec.structs.replace(account_of(), rooms=())
        return story.hear(signed)

    def test_makes_a_room_with_a_name_and_leads_to_the_page_before_the_call(self):
        story = self.first().do(self.NOW)
        (make,) = asked(story, rooms.CreateRoom)
        assert make.name == "Ada’s meetings"
        assert story.do(self.NOW).effects == [], "the second click of two"
        room = rooms.RoomInfo(id="r9", name=make.name, owner="ada", members=(rooms.Member(id="ada", name="Ada"),))
        story.hear(rooms.RoomChanged(room=room, re=make.request))
        (start,) = asked(story, people.StartMeeting)
        assert (start.room, start.key) == ("r9", "k")
        story.answer(people.MeetingStarted(meeting=msgspec.structs.replace(CARD, room="r9")))
        assert (story.state.call_phase, story.state.rooms.open) == ("prejoin", "r9")

    def test_takes_the_room_that_it_made_before(self):
        room = rooms.RoomInfo(id="r9", name="Ada’s meetings", owner="ada", members=())
        story = self.first().hear(rooms.RoomChanged(room=room)).do(self.NOW)
        assert [one.room for one in asked(story, people.StartMeeting)] == ["r9"]
        assert not asked(story, rooms.CreateRoom)

    def test_a_room_that_is_made_by_hand_starts_no_meeting(self):
        story = self.first().do(intents.MakeRoom(name="Logo"))
        story.answer(rooms.RoomChanged(room=rooms.RoomInfo(id="r9", name="Logo", owner="ada", members=())))
        assert not asked(story, people.StartMeeting)

    def test_who_is_in_a_meeting_or_may_not_start_one_is_told(self):
        story = in_call().do(self.NOW)
        assert (story.effects, len(told(story))) == ([], 1)
        story = self.first().do(events.ConnectionChanged(phase="offline", words="Lost.")).do(self.NOW)
        assert (story.effects, len(told(story))) == ([], 1)
