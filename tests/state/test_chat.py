"""The chat's rims: nothing said, nowhere to say it, lines of other meetings, one's own lines."""

import pytest

from app.state import call_intents, effects, events, intents
from app.state.chat import MOST_LINES
from app.state.slices.devices import Choices
from app.wire import chat, people, rooms
from app.wire.errors import Refused
from tests.fakes.story import CARD, asked, change, in_call, lost_and_signed_in, signed_in, welcome


def line(author="grace", **more):
    return chat.ChatPosted(
        meeting=more.pop("meeting", "m1"),
        line=chat.ChatLine(id="c1", author=author, author_name="x", at=1.0, text="hello", **more),
    )


def test_nothing_is_said_with_nothing_or_nowhere():
    assert in_call().do(call_intents.SayInChat(text="  ", key="k")).effects == []
    assert signed_in().do(call_intents.SayInChat(text="x", key="k")).effects == []
    assert signed_in().do(call_intents.RetryChat(key="k")).effects == []
    assert in_call().do(call_intents.RetryChat(key="k")).effects == []


def test_what_is_written_while_one_is_away_waits_and_goes_out_with_the_return():
    story = in_call().do(events.ConnectionChanged(phase="offline"), call_intents.SayInChat(text="x", key="k"))
    assert (story.sent, story.state.call.chat.drafts[0].has_failed) == ([], False)
    join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
    story.hear(change(welcome(), re=join.request))
    assert [(one.text, one.key) for one in asked(story, chat.PostChat)] == [("x", "k")]
    story.hear(line(author="ada", key="k"))
    assert story.state.call.chat.drafts == ()


def test_a_line_with_which_the_connection_is_lost_each_time_is_not_sent_for_ever():
    story = in_call().do(call_intents.SayInChat(text="x", key="k"))
    for again in (True, True, True, False, False):
        join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
        story.hear(change(welcome(), re=join.request))
        assert bool(asked(story, chat.PostChat)) is again
    assert story.state.call.chat.drafts[0].has_failed
    assert asked(story.do(call_intents.RetryChat(key="k")), chat.PostChat)


def test_a_refused_line_is_not_sent_again_by_itself():
    story = in_call().do(call_intents.SayInChat(text="x", key="k")).answer(Refused(reason="failed", words="No."))
    join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
    assert asked(story.hear(change(welcome(), re=join.request)), chat.PostChat) == []
    assert story.state.call.chat.drafts[0].words == "No."


def test_what_still_waits_when_the_call_is_over_stays_marked():
    story = in_call().do(events.ConnectionChanged(phase="offline"), call_intents.SayInChat(text="x", key="k"))
    story.do(call_intents.Leave())
    assert story.state.call.chat.drafts[0].has_failed
    story.do(call_intents.RetryChat(key="k"))
    assert "not in the meeting" in story.state.call.chat.drafts[0].words


def test_a_refusal_after_the_call_was_put_away_is_nobodys():
    story = in_call().do(call_intents.SayInChat(text="x", key="k"))
    number = asked(story, chat.PostChat)[0].request
    story.do(call_intents.Leave(), call_intents.CloseCall()).hear(Refused(re=number, reason="failed", words="No."))
    assert story.state.toasts.shown == ()


def test_others_lines_ring_and_ones_own_do_not():
    assert in_call().hear(line()).has(effects.PlaySound)
    assert not in_call().hear(line("ada")).has(effects.PlaySound)
    assert not in_call().do(call_intents.OpenPanel(panel="chat")).hear(line()).has(effects.PlaySound)
    assert in_call().hear(line(meeting="m2")).state.call.chat.lines == ()


OPEN = call_intents.OpenPanel(panel="chat")
UP, DOWN = (call_intents.LookAtChat(at_end=one) for one in (False, True))
AWAY, BACK = (call_intents.ShowCall(shows_call=one) for one in (False, True))
SMALL, LARGE = (call_intents.TellMinimised(is_minimised=one) for one in (True, False))


@pytest.mark.parametrize(
    ("before", "unread", "after"),
    [
        ((), 1, OPEN),
        ((OPEN,), 0, OPEN),
        ((OPEN, UP), 1, DOWN),
        ((OPEN, AWAY), 1, BACK),
        ((OPEN, SMALL), 1, LARGE),
        # It opens at its end, whatever was looked at the last time.
        ((OPEN, UP, call_intents.OpenPanel(panel="people")), 1, OPEN),
    ],
)
def test_r42_a_line_is_unread_until_the_end_of_the_open_chat_is_in_sight(before, unread, after):
    story = in_call().do(*before).hear(line())
    assert story.state.call.chat.unread == unread
    assert bool(story.has(effects.PlaySound)) == bool(unread)
    assert story.do(after).state.call.chat.unread == 0


def shown(story):
    return [one.words for one in story.state.toasts.shown]


def posted(text, number=1, name="Grace"):
    said = chat.ChatLine(id=f"c{number}", author="grace", author_name=name, at=1.0, text=text)
    return chat.ChatPosted(meeting="m1", line=said)


def test_r42_an_unseen_line_is_shown_for_a_moment_one_at_a_time_and_goes_when_it_is_read():
    story = in_call().hear(posted("Hello\nthere"))
    assert shown(story) == ["Grace: Hello there"]
    story.hear(posted("x" * 500, 2))
    assert shown(story) == ["Grace: " + "x" * 79 + "…"]
    assert shown(story.do(OPEN)) == []
    # Further up in the open chat the mark in it says enough.
    assert shown(story.do(UP).hear(posted("new", 3))) == []
    assert shown(story.do(AWAY).hear(posted("newer", 4))) == ["Grace: newer"]
    assert shown(story.do(call_intents.Leave())) == []


def test_such_notices_can_be_switched_off():
    story = in_call().do(call_intents.Choose(choices=Choices(chat_notices=False))).hear(posted("Hello"))
    assert (shown(story), story.state.call.chat.unread) == ([], 1)
    assert story.has(effects.PlaySound)


def test_looking_where_there_is_no_chat_changes_nothing():
    assert signed_in().do(UP).state.call is None
    story = in_call()
    before = story.state
    assert story.do(DOWN).state == before


def test_very_many_lines_stay_within_a_limit():
    story = in_call()
    for number in range(MOST_LINES + 5):
        story.hear(posted(str(number), number))
    lines = story.state.call.chat.lines
    assert (len(lines), lines[-1].text) == (MOST_LINES, str(MOST_LINES + 4))


@pytest.mark.parametrize(("panel", "unread"), [("", 2), ("chat", 0)])
def test_what_was_said_while_one_was_away_is_unread(panel, unread):
    story = in_call().do(call_intents.OpenPanel(panel=panel)).hear(line())
    join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
    known = line().line
    chat_now = (known, change(known, id="c2"), change(known, id="c3", author="ada"))
    story.hear(change(welcome(chat=chat_now), re=join.request))
    assert (len(story.state.call.chat.lines), story.state.call.chat.unread) == (3, unread)


def test_what_was_said_before_one_came_is_not_unread():
    assert in_call(chat=(line().line,)).state.call.chat.unread == 0


# --- read afterwards ----------------------------------------------------------------------------------------------
READ = intents.OpenChatLog(meeting="m1")


def reading():
    return signed_in().hear(rooms.MeetingChanged(meeting=CARD)).do(READ)


def test_r42_a_member_reads_the_chat_of_a_meeting_outside_of_it():
    story = reading()
    assert asked(story, chat.ReadChat)[0].meeting == "m1"
    assert (story.state.chat_log.title, story.state.chat_log.lines) == ("Logo", None)
    story.answer(chat.ChatRead(meeting="m1", lines=(line().line,)))
    assert [one.text for one in story.state.chat_log.lines] == ["hello"]
    assert story.do(intents.CloseChatLog()).state.chat_log is None


def test_a_chat_that_is_not_wanted_any_more_is_not_shown():
    story = reading()
    number = asked(story, chat.ReadChat)[0].request
    story.do(intents.CloseChatLog()).hear(chat.ChatRead(re=number, meeting="m1", lines=()))
    assert story.state.chat_log is None
    story = reading().hear(chat.ChatRead(meeting="m2", lines=()))
    assert story.state.chat_log.lines is None


def test_why_a_chat_cannot_be_read_is_said_where_it_would_be():
    story = reading()
    number = asked(story, chat.ReadChat)[0].request
    story.hear(Refused(re=number, reason="not_found", words="Gone."))
    assert story.state.chat_log.words == "Gone."
    story = reading()
    number = asked(story, chat.ReadChat)[0].request
    story.do(intents.CloseChatLog()).hear(Refused(re=number, reason="not_found", words="Gone."))
    assert story.state.chat_log is None
    assert signed_in().do(intents.OpenChatLog(meeting="unknown")).state.chat_log is None


def test_without_a_connection_the_chat_of_a_past_meeting_says_so():
    story = reading().do(events.ConnectionChanged(phase="offline"), READ)
    assert story.state.chat_log.words
    assert story.sent == []
