"""An invited person at another server: sees the meeting alone, and afterwards everything is as it was."""

import pytest

from app.state import call_intents, effects, events, intents
from app.state.closing import question
from app.state.whereabouts import FOR_THIS_COMPUTER, why_not_there
from app.ui.window import page_name
from app.wire import lobby, people, rooms
from app.wire.errors import Refused
from app.wire.links import parse_server
from tests.fakes.story import CARD, GREETING, Story, account_of, asked, change, found, greeted, signed_in

THERE = "https://other.example/j/abcdefghijklmnopqrstuv"
SERVER = parse_server("https://other.example")
SHOWN = lobby.LinkShown(title="Logo", is_recording=False, host="Ada", server="Example Ltd")
WELCOME = people.Welcome(
    meeting=change(CARD, id="m9", room=""), you="g1", host="x", people=(), chat=(), recording_since=None, now=0.0,
    guest_token="t",
)  # fmt: skip


def at_home():
    """Somebody who reads a room, with a message that waits to be sent."""
    story = signed_in().do(intents.OpenRoom(room="r1"), intents.SayInRoom(room="r1", text="Hello", key="k1"))
    assert story.state.view("r1").drafts
    return story


def invited(story=None, link=THERE):
    """The link is followed, and the other server has said who it is."""
    story = (story or at_home()).do(call_intents.FollowLink(link=link), call_intents.AnswerLink(goes=True))
    assert page_name(story.state) == "starting"
    story.do(events.ConnectionChanged(phase="online", address="other.example", server=SERVER))
    story.hear(change(GREETING, server_id="there")).do(found("", server_id="there"))
    assert asked(story, lobby.LookAtLink)
    assert page_name(story.state) == "starting", "nothing is shown of the sign-in there"
    return story


def before_the_call(story=None):
    story = (story or invited()).answer(SHOWN)
    story.do(call_intents.ContinueTerms(), call_intents.NameGuest(name="Grace"))
    return story


def waiting():
    story = before_the_call().do(call_intents.Join())
    return story.answer(lobby.KnockHeard(guest="g1", title="Logo", is_recording=False))


def inside():
    return waiting().hear(WELCOME)


def is_home_again(story):
    """Home by itself, and there as it was: the room, the draft, who one is; and nothing of the other server."""
    assert story.has(effects.GoHome)
    state = story.state
    assert (state.connection.is_home, state.links.visit, state.links.waiting) == (True, None, None)
    assert (state.call_phase, state.call, state.prejoin) == ("none", None, None)
    assert (page_name(state), state.rooms.open, state.me.id) == ("rooms", "r1", "ada")
    assert [one.text for one in state.view("r1").drafts] == ["Hello"]
    story.do(events.ConnectionChanged(phase="online", address="127.0.0.1:1", server=parse_server("127.0.0.1:1")))
    story.hear(GREETING).do(found("token")).answer(account_of())
    assert (page_name(story.state), story.state.rooms.open) == ("rooms", "r1")
    return True


def test_the_page_before_the_call_says_who_invites_to_what_and_where():
    shown = before_the_call().state.prejoin
    assert (shown.title, shown.host, shown.server) == ("Logo", "Ada", "Example Ltd")


@pytest.mark.parametrize("begin", [before_the_call, waiting, invited])
def test_back_leads_home(begin):
    story = begin()
    story.do(intents.GoHome() if begin is invited else call_intents.CancelJoin())
    if begin is waiting:
        # Whoever is on the way in gives the knock up first.
        assert asked(story, lobby.WithdrawKnock)
    assert is_home_again(story)


@pytest.mark.parametrize(
    ("news", "words"),
    [
        (None, "You left the meeting."),
        (people.PersonLeft(meeting="m9", person="g1", reason="removed"), "The host removed you from the meeting."),
        (people.PersonLeft(meeting="m9", person="g1", reason="lost"), "The connection was lost for too long"),
        (people.MeetingEnded(meeting="m9", at=9.0), "The meeting has ended."),
    ],
    ids=["left", "removed", "lost", "ended"],
)
def test_the_last_words_are_read_before_one_is_home(news, words):
    story = inside()
    story.hear(news) if news else story.do(call_intents.Leave())
    assert (page_name(story.state), story.state.connection.is_home) == ("ended", False)
    assert story.state.call.ended_words.startswith(words)
    assert is_home_again(story.do(call_intents.CloseCall()))


def test_who_left_by_mistake_can_ask_again():
    story = inside().do(call_intents.Leave(), call_intents.Rejoin()).answer(SHOWN)
    assert (page_name(story.state), story.state.connection.is_home) == ("prejoin", False)
    story = inside().do(call_intents.Leave(), call_intents.Rejoin())
    story.answer(Refused(reason="meeting_ended", words="This meeting has ended."))
    assert (page_name(story.state), why_not_there(story.state)) == ("starting", "This meeting has ended.")
    assert is_home_again(story.do(intents.GoHome()))


@pytest.mark.parametrize(
    ("reason", "words"), [("locked", "The meeting is locked."), ("meeting_full", "Too many wait already.")]
)
def test_a_knock_that_is_refused_is_read_where_it_was_made(reason, words):
    story = before_the_call().do(call_intents.Join()).answer(Refused(reason=reason, words=words))
    assert (page_name(story.state), story.state.prejoin.words) == ("prejoin", words)
    assert is_home_again(story.do(call_intents.CancelJoin()))


def test_a_denied_guest_reads_it_first():
    story = waiting().hear(lobby.GuestDenied(words="The host did not let you in."))
    assert (page_name(story.state), story.state.prejoin.words) == ("prejoin", "The host did not let you in.")
    assert is_home_again(story.do(call_intents.CancelJoin()))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (change(SHOWN, state="ended"), "This meeting has ended."),
        (change(SHOWN, state="cancelled"), "This meeting was cancelled."),
        (
            Refused(reason="not_found", words="This link does not lead to a meeting."),
            "This link does not lead to a meeting.",
        ),
        (Refused(reason="too_much", words="Too many tries."), "Too many tries."),
    ],
    ids=["ended", "cancelled", "not found", "too many"],
)
def test_a_link_that_leads_nowhere_says_so_and_then_one_is_home(answer, words):
    story = invited().answer(answer)
    assert (page_name(story.state), why_not_there(story.state)) == ("starting", words)
    assert not story.state.toasts.shown
    assert is_home_again(story.do(intents.GoHome()))


def test_a_meeting_that_ends_while_one_waits_is_over():
    story = waiting().hear(people.MeetingEnded(meeting="m9", at=9.0))
    assert (page_name(story.state), why_not_there(story.state)) == ("starting", "The meeting has ended.")
    assert is_home_again(story.do(intents.GoHome()))


@pytest.mark.parametrize("link", ["offline", "refused"])
def test_why_the_server_is_not_reached_is_read_and_one_can_go(link):
    story = at_home().do(call_intents.FollowLink(link=THERE), call_intents.AnswerLink(goes=True))
    assert why_not_there(story.state) == ""
    story.do(events.ConnectionChanged(phase=link, words="Nothing answers.", address="other.example", server=SERVER))
    assert (page_name(story.state), why_not_there(story.state)) == ("starting", "Nothing answers.")
    assert is_home_again(story.do(intents.GoHome()))


def test_a_link_of_another_computers_loopback_says_what_to_ask_for():
    link = THERE.replace("https://other.example", "http://127.0.0.1:2")
    story = at_home().do(call_intents.FollowLink(link=link), call_intents.AnswerLink(goes=True))
    story.do(events.ConnectionChanged(phase="offline", words="Parley is not running there."))
    assert why_not_there(story.state) == f"Parley is not running there. {FOR_THIS_COMPUTER}"


def test_and_so_does_one_that_meets_ones_own_server():
    story = greeted(is_embedded=True).do(found("")).hear(account_of())
    story.do(call_intents.FollowLink(link=THERE.replace("https://other.example", "http://127.0.0.1:1")))
    story.answer(Refused(reason="not_found", words="This link does not lead to a meeting on this server."))
    assert story.state.toasts.shown[-1].words.endswith(FOR_THIS_COMPUTER)


def test_who_has_an_account_there_signs_in_and_stays_until_going_home():
    story = before_the_call().do(call_intents.SignInHere())
    assert (page_name(story.state), story.sent) == ("sign_in", [])
    story.do(intents.EnterAccount(email="a@b", password="correct horse")).answer(account_of())
    assert asked(story, lobby.LookAtLink), "the link is followed once more, by the account"
    story.answer(change(SHOWN, meeting="m9"))
    assert (page_name(story.state), story.state.connection.is_home) == ("rooms", False)
    assert is_home_again(story.do(intents.GoHome()))


def test_nobody_signs_in_there_from_home_or_from_a_call():
    assert signed_in().do(call_intents.SignInHere()).state.page == "rooms"
    story = inside().do(call_intents.SignInHere())
    assert (page_name(story.state), story.state.links.visit.stays) == ("call", False)


def test_closing_nothing_ends_no_call():
    story = inside().do(call_intents.CloseCall(), intents.CloseRecapPage())
    assert (story.state.call_phase, story.state.connection.is_home) == ("in", False)


def test_before_the_first_name_one_comes_back_to_the_first_page():
    story = greeted(is_embedded=True, needs_owner=True).do(found(""))
    story = before_the_call(invited(story)).do(call_intents.CancelJoin())
    assert (page_name(story.state), story.state.connection.needs_owner) == ("sign_in", True)


def test_a_sign_in_that_was_kept_nowhere_is_asked_for_at_home():
    story = before_the_call().do(call_intents.CancelJoin())
    story.do(events.ConnectionChanged(phase="online", address="127.0.0.1:1", server=parse_server("127.0.0.1:1")))
    story.hear(GREETING).do(found(""))
    assert (story.state.page, story.state.me, story.state.rooms.known) == ("sign_in", None, ())


def test_a_second_link_from_there_keeps_the_first_home():
    story = before_the_call().do(
        call_intents.FollowLink(link=THERE.replace("other", "third")), call_intents.AnswerLink(goes=True)
    )
    assert is_home_again(story.do(intents.GoHome()))


def test_another_server_at_ones_own_address_gets_nothing_of_what_was():
    story = before_the_call().do(call_intents.CancelJoin())
    story.do(events.ConnectionChanged(phase="online", address="127.0.0.1:1", server=parse_server("127.0.0.1:1")))
    story.hear(change(GREETING, server_id="another"))
    assert (story.state.me, story.state.rooms.views) == (None, {})


def test_who_meets_on_ones_own_computer_meanwhile_is_known_there_and_at_home():
    story = at_home().do(events.OwnServerTold(meetings=(("m7", 2),)))
    story = before_the_call(invited(story))
    assert question(story.state).title == "Close Parley while others meet?"
    story.do(events.OwnServerTold(meetings=()), call_intents.CancelJoin())
    assert question(story.state) is None
    story = before_the_call().do(events.OwnServerTold(meetings=(("m8", 1),)), call_intents.CancelJoin())
    assert is_home_again(story)
    assert question(story.state).title == "Close Parley while others meet?"


def test_why_a_link_was_not_shown_is_gone_when_it_is_followed_once_more():
    link = call_intents.FollowLink(link="http://127.0.0.1:1/j/abcdefghijklmnopqrstuv")
    story = greeted(is_embedded=True).do(found("")).hear(account_of()).do(link)
    story.answer(Refused(reason="not_found", words="There is no such meeting."))
    assert [one.words[:25] for one in story.state.toasts.shown] == ["There is no such meeting."]
    assert story.do(link).state.toasts.shown == ()


def test_an_account_of_the_other_server_is_told_nothing_of_home():
    story = invited(at_home())
    assert (story.state.me, story.state.rooms.known, story.state.rooms.views) == (None, (), {})
    story.hear(rooms.MeetingChanged(meeting=CARD))


def test_nothing_is_said_of_a_link_where_none_is_followed():
    offline = Story().do(events.ConnectionChanged(phase="offline", words="Nothing answers."))
    assert why_not_there(offline.state) == ""
