"""Messages that were missed, found again or fetched."""

from app.state import events
from app.wire import rooms
from tests.fakes.story import lost_and_signed_in, signed_in


def one(name, at, **more):
    return rooms.Message(
        id=name, room="r1", author=more.pop("author", "b"), author_name="B", at=at, kind="text", text=name, **more
    )


def listed(*messages, has_more):
    return rooms.MessagesListed(room="r1", messages=messages, has_more=has_more)


def test_a_gap_after_a_long_absence_is_not_hidden():
    story = lost_and_signed_in(signed_in().hear(listed(one("a", 1.0), has_more=False)))
    story.hear(listed(one("x", 8.0), one("y", 9.0), has_more=True))
    view = story.state.view("r1")
    assert ([message.id for message in view.messages], view.has_more) == (["x", "y"], True)
    story.do(events.ShowEarlier(room="r1"))
    assert story.sent[0].before == "x"


def test_earlier_ends_when_nothing_is_left():
    story = signed_in().hear(listed(one("a", 1.0), has_more=True), listed(has_more=False))
    assert not story.state.view("r1").has_more


def test_a_retry_that_is_answered_with_a_known_message_takes_the_draft_away():
    known = one("a", 1.0, author="ada", key="k1")
    story = signed_in().hear(listed(known, has_more=False)).do(events.SayInRoom(room="r1", text="a", key="k1"))
    story.hear(rooms.MessagePosted(message=known))
    assert (story.state.view("r1").drafts, len(story.state.view("r1").messages)) == ((), 1)
