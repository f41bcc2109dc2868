"""The chat's rims: nothing said, nowhere to say it, lines of other meetings, one's own lines."""

import pytest

from app.state import call_intents, effects, events
from app.wire import chat, people
from app.wire.errors import Refused
from tests.fakes.story import asked, change, in_call, lost_and_signed_in, signed_in, welcome


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


def test_without_a_seat_it_stays_marked():
    story = in_call().do(events.ConnectionChanged(phase="offline"), call_intents.SayInChat(text="x", key="k"))
    assert story.state.call.chat.drafts[0].has_failed


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
