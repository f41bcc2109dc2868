"""The chat's rims: nothing said, nowhere to say it, lines of other meetings, one's own lines."""

from app.state import call_intents, effects, events
from app.wire import chat
from app.wire.errors import Refused
from tests.fakes.story import asked, in_call, signed_in


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
    story = in_call().do(events.LinkChanged(link="offline"), call_intents.SayInChat(text="x", key="k"))
    assert story.state.call.chat_drafts[0].has_failed


def test_a_refusal_after_the_call_was_put_away_is_nobodys():
    story = in_call().do(call_intents.SayInChat(text="x", key="k"))
    number = asked(story, chat.PostChat)[0].request
    story.do(call_intents.Leave(), call_intents.CloseCall()).hear(Refused(re=number, reason="failed", words="No."))
    assert story.state.notices == ()


def test_others_lines_ring_and_ones_own_do_not():
    assert in_call().hear(line()).has(effects.PlaySound)
    assert not in_call().hear(line("ada")).has(effects.PlaySound)
    assert not in_call().do(call_intents.OpenPanel(panel="chat")).hear(line()).has(effects.PlaySound)
    assert in_call().hear(line(meeting="m2")).state.call.chat == ()
