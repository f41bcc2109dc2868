"""The password, where one is signed in, what the gate says, and the way back in."""

import pytest

from app.state import call_intents, effects, events, intents
from app.state.account_dialog import CHANGED
from app.state.accounts import ELSEWHERE
from app.state.asking import NO_CONNECTION
from app.state.forms import NO_ADDRESS, SHORT_PASSWORD
from app.wire import accounts, people, rooms
from app.wire.errors import Refused
from tests.fakes.story import CARD, ROOM, account_of, asked, change, found, greeted, in_call, signed_in

HERE = accounts.SignInInfo(id="s1", device="Linux", since=1.0, last_seen=2.0, is_this=True)
THERE = accounts.SignInInfo(id="s2", device="Windows", since=1.0, last_seen=2.0)


def opened():
    story = signed_in().do(intents.OpenAccount(is_open=True))
    return story.answer(accounts.SignInsListed(sign_ins=(HERE, THERE)))


def said(story):
    return story.state.account.words, story.state.account.is_good


class TestTheDialog:
    def test_it_lists_where_one_is_signed_in(self):
        assert opened().state.account.sign_ins == (HERE, THERE)
        assert opened().do(intents.OpenAccount(is_open=False)).state.account is None
        assert greeted().do(found(""), intents.OpenAccount(is_open=True)).state.account is None

    def test_a_list_that_comes_after_it_was_closed_opens_nothing(self):
        assert signed_in().hear(accounts.SignInsListed(sign_ins=(HERE,))).state.account is None

    def test_ending_one_elsewhere(self):
        story = opened().do(intents.EndOwnSignIn(id="s2"))
        assert asked(story, accounts.EndSignIn)[0].id == "s2"
        story.answer(Refused(reason="not_found", words="It has ended already."))
        assert said(story) == ("It has ended already.", False)
        assert opened().hear(accounts.SignInsListed(sign_ins=(HERE,))).state.account.sign_ins == (HERE,)

    @pytest.mark.parametrize("old", ["", "the old one"])
    def test_a_new_password_is_looked_at_here_first(self, old):
        story = opened().do(intents.ChangeOwnPassword(old=old, new="short"))
        assert (story.sent, said(story)[1]) == ([], False)
        assert said(story)[0]

    def test_a_changed_password_is_said_and_kept_nowhere(self):
        story = opened().do(intents.ChangeOwnPassword(old="the old one", new="a new password"))
        assert (story.sent[0].old, story.sent[0].new) == ("the old one", "a new password")
        assert "the old one" not in repr(story.state)
        assert "a new password" not in repr(story.state)
        story.answer(accounts.PasswordChanged())
        assert said(story) == (CHANGED, True)
        assert asked(story, accounts.ListSignIns)

    def test_a_wrong_password_is_said_in_the_dialog(self):
        story = opened().do(intents.ChangeOwnPassword(old="the old one", new="a new password"))
        story.answer(Refused(reason="wrong_password", words="That is not your password."))
        assert (said(story), story.state.toasts.shown) == (("That is not your password.", False), ())

    def test_an_answer_after_it_was_closed_is_said_at_the_top(self):
        story = opened().do(intents.ChangeOwnPassword(old="the old one", new="a new password"))
        number = story.sent[0].request
        story.do(intents.OpenAccount(is_open=False)).hear(accounts.PasswordChanged(re=number))
        assert ([one.words for one in story.state.toasts.shown], story.sent) == ([CHANGED], [])

    def test_without_a_connection_it_says_so(self):
        story = opened().do(events.ConnectionChanged(phase="offline"), intents.EndOwnSignIn(id="s2"))
        assert (story.sent, said(story)[0]) == ([], NO_CONNECTION)


class TestForgotten:
    def start(self):
        return greeted().do(found(""))

    def test_a_code_is_asked_for_and_the_answer_shown(self):
        story = self.start().do(intents.AskForReset(email=" a@b "))
        assert story.sent[0].email == "a@b"
        assert story.answer(accounts.ResetAsked(words="Look into your mail.")).state.sign_in.reset_words[:4] == "Look"

    def test_the_code_signs_in_and_is_kept_nowhere(self):
        wish = intents.ResetOwnPassword(email="a@b", code=" the code ", password="a new password")
        story = self.start().do(wish)
        assert (story.sent[0].code, story.state.sign_in.is_under_way) == ("the code", True)
        assert "the code" not in repr(story.state)
        assert "a new password" not in repr(story.state)
        story.answer(account_of())
        assert (story.state.page, story.state.sign_in.reset_words, story.state.sign_in.is_under_way) == (
            "rooms",
            "",
            False,
        )

    def test_a_refusal_is_said_and_it_can_be_tried_again(self):
        wish = intents.ResetOwnPassword(email="a@b", code="c", password="a new password")
        story = self.start().do(wish).answer(Refused(reason="bad_token", words="This code is not valid."))
        assert (story.state.sign_in.reset_words, story.state.sign_in.is_under_way) == ("This code is not valid.", False)
        story.do(intents.AskForReset(email="a@b")).answer(Refused(reason="too_much", words="Wait."))
        assert story.state.sign_in.reset_words == "Wait."

    @pytest.mark.parametrize(
        ("wish", "words"),
        [
            (intents.AskForReset(email="nobody"), NO_ADDRESS),
            (intents.ResetOwnPassword(email="nobody", code="c", password="a new password"), NO_ADDRESS),
            (
                intents.ResetOwnPassword(email="a@b", code=" ", password="a new password"),
                "Please enter the code that you were given.",
            ),
            (intents.ResetOwnPassword(email="a@b", code="c", password="short"), SHORT_PASSWORD),
        ],
    )
    def test_what_cannot_be_is_said_here(self, wish, words):
        story = self.start().do(wish)
        assert (story.sent, story.state.sign_in.reset_words) == ([], words)

    def test_without_a_connection_it_says_so(self):
        for wish in (
            intents.AskForReset(email="a@b"),
            intents.ResetOwnPassword(email="a@b", code="c", password="a new password"),
        ):
            story = self.start().do(events.ConnectionChanged(phase="offline"), wish)
            assert (story.sent, story.state.sign_in.reset_words) == ([], NO_CONNECTION)


class TestSignedOutElsewhere:
    def test_the_call_ends_the_token_goes_and_it_is_said(self):
        story = in_call().hear(accounts.SignedOut())
        assert (story.state.page, story.state.me, story.state.call) == ("sign_in", None, None)
        assert story.state.sign_in.words == ELSEWHERE
        assert story.has(effects.KeepToken)[0].token == ""
        assert story.has(effects.ClosePeers)
        assert story.has(effects.StopDevices)


class TestAccess:
    def test_r3_r73_why_not_is_said_and_nothing_is_sent(self):
        closed = accounts.Access(may_start=False, words="Not yet for freelancers.")
        story = signed_in().hear(accounts.AccessChanged(access=closed))
        story.do(call_intents.BeginMeeting(room="r1", key="k"))
        assert (story.sent, story.state.toasts.shown[0].words) == ([], "Not yet for freelancers.")
        story.hear(accounts.AccessChanged(access=accounts.Access()))
        assert asked(story.do(call_intents.BeginMeeting(room="r1", key="k")), people.StartMeeting)

    def test_r71_a_kind_of_contract_may_be_left_out(self):
        access = accounts.Access(closed_contracts=("catalog",), contract_words="Not in catalog rooms.")
        story = greeted().do(found("t")).answer(change(account_of(), access=access))
        assert asked(story.do(call_intents.BeginMeeting(room="r1", key="k")), people.StartMeeting)
        story.hear(rooms.RoomChanged(room=change(ROOM, id="r2", contract="catalog")))
        story.do(call_intents.BeginMeeting(room="r2", key="k"))
        assert (story.sent, story.state.toasts.shown[0].words) == ([], "Not in catalog rooms.")

    def test_without_words_of_the_server_there_are_own_ones(self):
        for access in (accounts.Access(may_start=False), accounts.Access(closed_contracts=("direct",))):
            story = signed_in().hear(accounts.AccessChanged(access=access))
            assert "not switched on" in story.state.why_not_start("r1")

    def test_r72_who_may_not_start_joins_what_runs(self):
        story = signed_in(me="grace").hear(accounts.AccessChanged(access=accounts.Access(may_start=False)))
        story.hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.BeginMeeting(room="r1", key="k"))
        assert (story.state.prejoin.meeting.id, story.sent) == ("m1", [])
