"""Messages: fetched, missed, found again, edited, taken back, searched."""

import pytest

from app.state import events, intents
from app.state.asking import NO_CONNECTION
from app.state.messages import TOO_SHORT
from app.wire import rooms
from app.wire.errors import Refused
from tests.fakes.story import ROOM, account_of, asked, change, found, greeted, lost_and_signed_in, signed_in


def one(name, at, **more):
    return rooms.Message(
        id=name, room="r1", author=more.pop("author", "b"), author_name="B", at=at, kind="text", text=name, **more
    )


def listed(*messages, has_more):
    return rooms.MessagesListed(room="r1", messages=messages, has_more=has_more)


def ids(story):
    return [message.id for message in story.state.view("r1").messages]


def test_a_gap_after_a_long_absence_is_not_hidden():
    story = lost_and_signed_in(signed_in().hear(listed(one("a", 1.0), has_more=False)))
    story.hear(listed(one("x", 8.0), one("y", 9.0), has_more=True))
    assert (ids(story), story.state.view("r1").has_more) == (["x", "y"], True)
    story.do(intents.ShowEarlier(room="r1"))
    assert story.sent[0].before == "x"


def test_what_was_missed_comes_once_and_what_was_known_stays():
    story = signed_in().hear(listed(one("a", 1.0), has_more=False), rooms.MessagePosted(message=one("b", 2.0)))
    lost_and_signed_in(story)
    assert [ask.room for ask in asked(story, rooms.ListMessages)] == ["r1"]
    assert ids(story) == ["a", "b"], "what was there is shown meanwhile"
    # One that was missed, one that is posted while the list is on its way.
    story.hear(rooms.MessagePosted(message=one("d", 4.0)))
    story.hear(listed(one("a", 1.0), one("b", 2.0), one("c", 3.0), one("d", 4.0), has_more=False))
    story.hear(rooms.MessagePosted(message=one("c", 3.0)))
    assert ids(story) == ["a", "b", "c", "d"]


def test_another_account_sees_nothing_of_the_one_before():
    story = signed_in().hear(listed(one("a", 1.0), has_more=False)).do(intents.LeaveAccount())
    story.do(intents.EnterAccount(email="a@b", password="correct horse"))
    story.answer(account_of("grace", room=change(ROOM, id="r5")))
    assert list(story.state.rooms.views) == []


def test_earlier_ends_when_nothing_is_left():
    story = signed_in().hear(listed(one("a", 1.0), has_more=True), listed(has_more=False))
    assert not story.state.view("r1").has_more
    assert story.do(intents.ShowEarlier(room="r1")).sent == []


def test_a_retry_that_is_answered_with_a_known_message_takes_the_draft_away():
    known = one("a", 1.0, author="ada", key="k1")
    story = signed_in().hear(listed(known, has_more=False)).do(intents.SayInRoom(room="r1", text="a", key="k1"))
    story.hear(rooms.MessagePosted(message=known))
    assert (story.state.view("r1").drafts, len(story.state.view("r1").messages)) == ((), 1)


def test_nothing_is_said_with_nothing_and_what_is_not_there_is_not_sent_again():
    story = signed_in().do(intents.SayInRoom(room="r1", text="  ", key="k"))
    assert story.state.view("r1").drafts == ()
    assert story.do(intents.RetryMessage(room="r1", key="k")).sent == []


def test_a_failed_message_can_be_thrown_away():
    story = signed_in().do(events.ConnectionChanged(phase="offline"), intents.SayInRoom(room="r1", text="x", key="k"))
    assert story.do(intents.DropMessage(room="r1", key="k")).state.view("r1").drafts == ()


class TestOnesOwn:
    def test_a_text_is_changed_when_the_server_says_so(self):
        story = signed_in().hear(rooms.MessagePosted(message=one("g", 1.0, author="ada")))
        story.do(intents.ChangeMessage(message="g", text=" better "))
        assert (story.sent[0].text, story.state.view("r1").messages[0].text) == ("better", "g")
        edited = one("g", 1.0, author="ada", edited_at=2.0)
        story.answer(rooms.MessageChanged(message=edited))
        assert (story.state.view("r1").messages, story.state.room_info("r1").last_message) == ((edited,), edited)

    def test_an_empty_text_is_said(self):
        story = signed_in().do(intents.ChangeMessage(message="g", text="  "))
        assert (story.sent, len(story.state.toasts.shown)) == ([], 1)

    def test_taken_back_it_is_found_no_more(self):
        told = one("g", 1.0, author="ada")
        story = signed_in().hear(rooms.MessagePosted(message=told)).do(intents.SearchFor(words="logo"))
        story.answer(rooms.Found(words="logo", messages=(told,), has_more=True))
        assert (story.state.search.has_more, story.state.search.is_asking) == (True, False)
        story.hear(rooms.MessageChanged(message=change(told, edited_at=1.5)))
        assert len(story.state.search.messages) == 1
        story.do(intents.TakeBackMessage(message="g")).answer(
            rooms.MessageChanged(message=change(told, text="", is_deleted=True))
        )
        assert (story.state.search.messages, story.state.view("r1").messages[0].is_deleted) == ((), True)

    def test_a_refusal_is_said(self):
        story = signed_in().do(intents.TakeBackMessage(message="g"))
        story.answer(Refused(reason="not_allowed", words="This is not yours."))
        assert story.state.toasts.shown[0].words == "This is not yours."

    def test_a_message_of_a_room_that_is_not_shown_is_changed_all_the_same(self):
        story = signed_in().hear(rooms.MessageChanged(message=one("g", 1.0)))
        assert story.state.room_info("r1").last_message is None


class TestSearch:
    def test_only_the_last_search_is_shown(self):
        story = signed_in().do(intents.SearchFor(words="logo"))
        first = story.sent[0]
        story.do(intents.SearchFor(words="  price   list "))
        assert (story.sent[0].words, story.state.search.is_asking) == ("price list", True)
        story.hear(rooms.Found(re=first.request, words="logo", messages=(one("g", 1.0),)))
        assert story.state.search.messages == ()

    @pytest.mark.parametrize("words", ["x", "xy"])
    def test_too_little_is_not_asked_nor_is_anything_while_offline(self, words):
        story = signed_in()
        if len(words) > 1:
            story.do(events.ConnectionChanged(phase="offline"))
        story.do(intents.SearchFor(words=words))
        assert (story.sent, story.state.search.is_asking, story.state.search.words) == ([], False, words)
        assert story.state.search.trouble == (NO_CONNECTION if len(words) > 1 else TOO_SHORT)

    def test_it_is_closed(self):
        story = signed_in().do(intents.SearchFor(words="logo"), intents.SearchFor(words=" "))
        assert story.state.search is None
        assert story.hear(rooms.Found(words="logo", messages=())).state.search is None

    def test_it_ends_with_a_refusal_or_the_connection(self):
        story = signed_in().do(intents.SearchFor(words="logo"))
        story.answer(Refused(reason="too_much", words="Slow down."))
        assert (story.state.search.is_asking, story.state.search.trouble) == (False, "Slow down.")
        assert not asked(signed_in(story.do(events.ConnectionChanged(phase="offline"))), rooms.Search)
        story = signed_in().do(intents.SearchFor(words="logo"), events.ConnectionChanged(phase="offline"))
        assert (story.state.search.is_asking, story.state.search.trouble) == (False, NO_CONNECTION)
        assert [one.words for one in asked(signed_in(story), rooms.Search)] == ["logo"], "looked for when it is back"
        story = signed_in().do(intents.SearchFor(words="logo"))
        late = story.sent[0]
        story.do(intents.SearchFor(words="")).hear(Refused(re=late.request, reason="failed", words="No."))
        assert (story.state.search, story.state.toasts.shown) == (None, ())


def test_a_room_is_not_fetched_before_the_sign_in():
    assert greeted().do(found("")).do(intents.OpenRoom(room="")).sent == []
