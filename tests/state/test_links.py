"""Links: to this server, to another one after a question, kept until they can be followed; and the way home."""

import dataclasses

import pytest

from app.state import call_intents, effects, events, intents
from app.state.links import SIGN_IN_FIRST, STAY_IN_CALL, WAITS
from app.wire import lobby, people, recap, rooms
from app.wire.errors import Refused
from app.wire.links import ServerAddress, parse_link, parse_server
from tests.fakes.story import CARD, GREETING, ROOM, Story, account_of, asked, change, found, greeted, in_call, signed_in

CODE = "abcdefghijklmnopqrstuv"
PIN = "p" * 43
HERE = f"http://127.0.0.1:1/j/{CODE}"
INVITATION = f"http://127.0.0.1:1/i/{CODE}"
THERE = f"https://other.example/j/{CODE}"
PINNED = f"parley://10.0.0.7:8440/j/{CODE}?pin={PIN}"


def follow(story, link):
    return story.do(call_intents.FollowLink(link=link))


def words(story):
    return [notice.words for notice in story.state.toasts.shown]


class TestOfThisServer:
    def test_a_meeting_is_looked_at_and_an_invitation_used(self):
        assert asked(follow(signed_in(), HERE), lobby.LookAtLink)[0].code == CODE
        story = follow(signed_in(), INVITATION)
        assert asked(story, rooms.JoinRoom)[0].code == CODE
        story.answer(rooms.RoomChanged(room=change(ROOM, id="r9")))
        assert (story.state.rooms.open, story.state.page) == ("r9", "rooms")

    def test_the_deep_form_and_the_usual_port_lead_to_the_same_server(self):
        assert asked(follow(signed_in(), HERE.replace("http", "parley")), lobby.LookAtLink)
        story = signed_in().do(events.ConnectionChanged(phase="online", address="a.example"))
        story = signed_in(
            story.do(events.ConnectionChanged(phase="connecting", server=parse_server("https://a.example")))
        )
        assert asked(follow(story, f"https://A.example:443/j/{CODE}"), lobby.LookAtLink)

    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
    @pytest.mark.parametrize("scheme", ["http", "https", "parley"])
    @pytest.mark.parametrize("is_reached", [False, True])
    def test_this_computer_by_whatever_name_is_this_server_also_after_others_were_let_in(
        self, name, scheme, is_reached
    ):
        story = signed_in(greeted(is_embedded=True).do(found("")))
        if is_reached:
            story.do(events.ReachTold(is_on=True, addresses=(f"parley://10.0.0.7:8440?pin={PIN}",), words=""))
        assert asked(follow(story, f"{scheme}://{name}:1/j/{CODE}"), lobby.LookAtLink)

    def test_another_port_or_another_computer_is_another_server(self):
        for server in ("http://127.0.0.1:2", "http://127.0.0.2:1", "https://localhost.example:1"):
            assert follow(signed_in(), f"{server}/j/{CODE}").state.links.question is not None, server

    def test_a_link_opened_before_there_is_a_connection_waits(self):
        story = follow(Story(), HERE)
        assert (story.effects, words(story)) == ([], []), "the page says already that it connects"
        greeted(story)
        assert not asked(story, lobby.LookAtLink), "it is not clear yet who one is here"
        assert asked(story.do(found("")), lobby.LookAtLink)
        assert story.state.links.waiting is None

    def test_it_waits_for_the_sign_in_that_is_under_way(self):
        story = greeted(follow(Story(), HERE)).do(found("t"))
        assert not asked(story, lobby.LookAtLink)
        assert asked(story.answer(account_of()), lobby.LookAtLink)

    def test_a_link_to_another_server_does_not_wait_for_ones_own_that_cannot_be_reached(self):
        story = follow(Story(), THERE)
        story.do(events.ConnectionChanged(phase="connecting", server=parse_server("http://127.0.0.1:9")))
        assert (story.state.links.question, story.state.links.waiting) == (None, parse_link(THERE))
        story.do(events.ConnectionChanged(phase="offline", server=parse_server("http://127.0.0.1:9")))
        assert (story.state.links.question, story.state.links.waiting) == (parse_link(THERE), None)

    def test_while_offline_it_waits_and_that_is_said(self):
        story = follow(signed_in().do(events.ConnectionChanged(phase="offline")), HERE)
        assert (story.sent, words(story)) == ([], [WAITS])

    def test_an_invitation_waits_for_the_sign_in(self):
        story = follow(greeted().do(found("")), INVITATION)
        assert (story.sent, story.state.sign_in.words) == ([], SIGN_IN_FIRST)
        story.do(intents.EnterAccount(email="a@b", password="correct horse")).answer(account_of())
        assert asked(story, rooms.JoinRoom)[0].code == CODE

    @pytest.mark.parametrize("code", ["", "x" * 257])
    def test_a_code_that_is_none_is_said(self, code):
        story = signed_in().do(intents.EnterRoomByCode(code=code))
        assert (story.sent, len(words(story))) == ([], 1)

    def test_a_code_or_the_link_that_holds_it_can_be_pasted(self):
        for text in (CODE, INVITATION):
            assert asked(signed_in().do(intents.EnterRoomByCode(code=text)), rooms.JoinRoom)[0].code == CODE

    @pytest.mark.parametrize("state", ["ended", "cancelled"])
    def test_r21_what_is_over_is_said(self, state):
        story = follow(signed_in(), HERE).answer(lobby.LinkShown(title="Logo", is_recording=False, state=state))
        assert (story.state.call_phase, len(words(story))) == ("none", 1)

    def test_a_member_is_led_to_the_recap_of_a_meeting_that_is_over(self):
        shown = lobby.LinkShown(title="Logo", is_recording=False, state="ended", meeting="m9")
        story = follow(signed_in(), HERE).answer(shown)
        assert (story.state.page, story.state.recap.meeting.recap, words(story)) == ("recap", "ready", [])
        assert asked(story, recap.OpenRecap)[0].meeting == "m9"
        past = change(CARD, state="ended", recap="none", title="Standup")
        story.answer(recap.RecapOpened(meeting=change(past, id="m9"), recap=None))
        assert (story.state.recap.meeting.title, story.state.recap.meeting.recap) == ("Standup", "none")
        story.do(intents.CloseRecapPage())
        assert (story.state.page, story.state.rooms.open) == ("rooms", "r1")

    @pytest.mark.parametrize(("kept", "place"), [("none", "rooms"), ("ready", "recap"), ("generating", "recap")])
    def test_a_known_meeting_that_is_over_is_opened_only_where_it_left_something(self, kept, place):
        past = change(CARD, state="ended", recap=kept)
        story = signed_in().hear(recap.RecapsListed(room="r1", meetings=(past,)))
        follow(story, HERE).answer(lobby.LinkShown(title="Logo", is_recording=False, state="ended", meeting="m1"))
        assert (story.state.page, bool(words(story))) == (place, kept == "none")

    def test_a_member_whose_meeting_is_not_known_reads_that_it_ended(self):
        shown = lobby.LinkShown(title="Logo", is_recording=False, meeting="m9")
        assert words(follow(signed_in(), HERE).answer(shown)) == ["This meeting has ended."]

    def test_a_member_joins_directly(self):
        story = follow(signed_in().hear(rooms.MeetingChanged(meeting=CARD)), HERE)
        story.answer(lobby.LinkShown(title="Logo", is_recording=False, meeting="m1"))
        assert story.state.prejoin.meeting.id == "m1"
        story.do(call_intents.Join()).hear(lobby.LinkShown(title="Logo", is_recording=False))
        assert story.state.call_phase == "joining"

    def test_a_link_in_a_call_is_its_own_or_refused(self):
        story = follow(in_call().do(intents.OpenRoom(room="r1")), HERE)
        assert (story.sent, story.state.shows_call) == ([], True)
        assert follow(story, HERE[:-1] + "x").sent == []
        story = in_call().hear(people.LinkRenewed(meeting="m1", link="no link"))
        assert (follow(story, HERE).sent, len(words(story))) == ([], 2)


class TestToAnotherServer:
    @pytest.mark.parametrize("link", [THERE, PINNED, f"http://127.0.0.1:2/j/{CODE}"])
    def test_nothing_is_sent_before_the_answer(self, link):
        story = follow(signed_in(), link)
        assert (story.effects, story.state.links.question) == ([], parse_link(link))
        assert story.state.me is not None
        story.do(call_intents.AnswerLink(goes=False))
        assert (story.effects, story.state.links.question, story.state.connection.is_home) == ([], None, True)

    def test_nothing_of_the_server_that_is_left_goes_along(self):
        story = follow(signed_in(), PINNED).do(call_intents.AnswerLink(goes=True))
        server = ServerAddress("10.0.0.7:8440", True, PIN)
        assert [one.server for one in story.has(effects.VisitServer)] == [server]
        assert story.sent == []
        state = story.state
        assert (state.me, state.rooms.known, state.rooms.views, state.connection.server_id) == (None, (), {}, "")
        assert (state.connection.is_home, state.connection.address) == (False, "10.0.0.7:8440")

    def test_the_link_is_taken_up_there_by_who_one_is_there(self):
        story = follow(signed_in(), THERE).do(call_intents.AnswerLink(goes=True))
        server = parse_server("https://other.example")
        story.do(events.ConnectionChanged(phase="online", address="other.example", server=server))
        story.hear(change(GREETING, server_id="there"))
        assert story.has(effects.FindToken)[0].server_id == "there"
        story.do(found("", server_id="there"))
        assert asked(story, lobby.LookAtLink)[0].code == CODE

    def test_an_invitation_there_asks_to_sign_in_there_first(self):
        story = follow(signed_in(), THERE.replace("/j/", "/i/")).do(call_intents.AnswerLink(goes=True))
        story.do(events.ConnectionChanged(phase="online", server=parse_server("https://other.example")))
        story.hear(change(GREETING, server_id="there")).do(found("", server_id="there"))
        assert (story.sent, story.state.sign_in.words) == ([], SIGN_IN_FIRST)
        story.do(intents.EnterAccount(email="a@b", password="wrong one"))
        story.hear(Refused(re=story.sent[0].request, reason="wrong_password", words="Wrong."))
        assert story.state.sign_in.words == "Wrong."

    def test_a_link_to_where_one_is_already_asks_nothing(self):
        story = follow(signed_in(), THERE).do(call_intents.AnswerLink(goes=True))
        story.do(events.ConnectionChanged(phase="online", server=parse_server("https://other.example")))
        assert follow(story, THERE).state.links.question is None

    def test_going_home_leads_back_and_nothing_of_there_stays(self):
        story = follow(signed_in(), THERE).do(call_intents.AnswerLink(goes=True), intents.GoHome())
        assert story.has(effects.GoHome)[0].is_local is False
        assert (story.state.connection.is_home, story.state.links.waiting) == (True, None)
        assert story.do(intents.GoHome()).effects == []

    def test_a_link_of_the_own_server_leads_home_from_elsewhere(self):
        story = follow(signed_in(), THERE).do(call_intents.AnswerLink(goes=True))
        follow(story, HERE).do(call_intents.AnswerLink(goes=True))
        assert story.has(effects.GoHome)
        assert story.state.links.waiting == parse_link(HERE)
        assert asked(greeted(story).do(found("")), lobby.LookAtLink)

    def test_from_one_to_the_next_home_stays_home(self):
        story = follow(signed_in(), THERE).do(call_intents.AnswerLink(goes=True))
        follow(story, PINNED).do(call_intents.AnswerLink(goes=True))
        assert story.state.connection.home == parse_server("127.0.0.1:1")

    def test_nobody_leaves_a_call_by_a_link(self):
        story = follow(in_call(), THERE)
        assert (story.state.links.question, words(story)) == (None, [STAY_IN_CALL])
        for wish in (intents.UseServer(address="a.example"), intents.UseServer(address="")):
            assert in_call().do(wish).effects == []
        story = follow(signed_in().hear(rooms.MeetingChanged(meeting=CARD)), THERE)
        story.do(call_intents.GoToMeeting(meeting="m1"), call_intents.Join(), call_intents.AnswerLink(goes=True))
        assert (story.effects, story.state.call_phase) == ([], "joining")
        story = in_call()
        away = dataclasses.replace(story.state.connection, is_home=False)
        story.state = dataclasses.replace(story.state, connection=away)
        assert story.do(intents.GoHome()).effects == []

    def test_an_answer_without_a_question_does_nothing(self):
        assert signed_in().do(call_intents.AnswerLink(goes=True)).effects == []


class TestTheServerOfThisComputer:
    def home(self, *addresses):
        story = greeted(is_embedded=True).do(found(""))
        story.answer(account_of()) if story.sent else story.hear(account_of())
        return story.do(events.ReachTold(is_on=True, addresses=addresses))

    def test_its_own_links_are_known_by_the_address_that_others_use(self):
        story = self.home("no address at all", f"parley://10.0.0.7:8440?pin={PIN}")
        assert asked(follow(story, PINNED), lobby.LookAtLink)

    def test_an_invitation_holds_the_address_that_others_use(self):
        story = self.home(f"parley://10.0.0.7:8440?pin={PIN}").hear(rooms.InvitationMade(room="r1", code=CODE))
        assert story.state.view("r1").invitation_link == f"parley://10.0.0.7:8440/i/{CODE}?pin={PIN}"

    def test_unreached_it_holds_the_one_of_this_computer(self):
        story = self.home().hear(rooms.InvitationMade(room="r1", code=CODE, email="x@y"))
        view = story.state.view("r1")
        assert (view.invitation_link, view.invitation_email) == (INVITATION, "x@y")

    def test_a_server_for_good_is_home(self):
        story = self.home("10.0.0.7:1").do(intents.UseServer(address=" https://team.example "))
        visit = story.has(effects.VisitServer)[0]
        assert (visit.server, visit.is_for_good) == (parse_server("https://team.example"), True)
        assert (story.state.connection.is_home, story.state.page, story.state.reach.addresses) == (
            True,
            "starting",
            (),
        )
        assert story.do(intents.UseServer(address="")).has(effects.GoHome)[0].is_local

    def test_what_is_no_address_or_not_safe_is_said(self):
        for address in ("ftp://x", "http://team.example"):
            story = self.home().do(intents.UseServer(address=address))
            assert (story.effects, len(words(story))) == ([], 1)


def test_an_address_that_cannot_be_read_is_nobodys_link():
    story = signed_in()
    strange = dataclasses.replace(story.state.connection, address="no address", server=None)
    story.state = dataclasses.replace(story.state, connection=strange)
    assert follow(story, HERE).state.links.waiting == parse_link(HERE)
    story.hear(rooms.InvitationMade(room="r1", code=CODE))
    assert story.state.view("r1").invitation_link == ""
