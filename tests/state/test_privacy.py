"""Receipts, deletion before its time, and recaps that are gone."""

import pytest

from app.state import call_intents, effects, events, intents
from app.state.asking import NO_CONNECTION
from app.state.recap import DELETED
from app.wire import lobby, people, privacy, recap, rooms
from app.wire.errors import Refused
from tests.fakes.story import ADA, CARD, asked, change, found, greeted, in_call, signed_in, welcome

READY = change(CARD, state="ended", recap="ready")
RECAP = recap.Recap(
    meeting="m1", engine="e", engine_version="1", started_at=1.0, ended_at=2.0, ready_after_s=1.0, people=(),
    transcript=(), summary=(), action_items=(), highlights=(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "meeting"),
    [
        (rooms.MeetingChanged(meeting=change(READY, recap="deleted")), "m1"),
        (recap.RecapsListed(room="r1", meetings=(change(READY, recap="deleted"), change(READY, id="m2"))), "m1"),
        (rooms.RoomLeft(room="r1"), ""),
    ],
)
def test_of_a_recording_that_is_gone_no_copy_stays_on_this_computer(told, meeting):
    story = signed_in().hear(rooms.MeetingChanged(meeting=READY))
    assert not story.has(effects.ForgetFiles)
    assert story.hear(told).has(effects.ForgetFiles) == [effects.ForgetFiles(meeting)]


def test_of_a_recap_that_is_refused_no_copy_stays_on_this_computer():
    story = signed_in().hear(rooms.MeetingChanged(meeting=READY)).do(intents.OpenRecapPage(meeting="m1"))
    story.answer(Refused(reason="not_found", words="It has expired."))
    assert story.has(effects.ForgetFiles) == [effects.ForgetFiles("m1")]


def receipt(kind="consent"):
    return privacy.Receipt(kind=kind, body="{}", signature="s", key="k")


def given(kind="consent", meeting="m1"):
    return privacy.ReceiptGiven(meeting=meeting, receipt=receipt(kind))


def page():
    story = signed_in().hear(rooms.MeetingChanged(meeting=READY)).do(intents.OpenRecapPage(meeting="m1"))
    return story.answer(recap.RecapOpened(meeting=READY, recap=RECAP))


def as_guest():
    story = greeted().do(found(""), call_intents.FollowLink(link=CARD.link))
    story.answer(lobby.LinkShown(title="Logo", is_recording=True))
    steps = (call_intents.ContinueTerms(), call_intents.NameGuest(name="Alan"), call_intents.ReadNotice(is_read=True))
    return story.do(*steps, call_intents.Join())


class TestReceipts:
    def test_r31_it_is_kept_over_a_reconnect_and_on_the_page_after_the_call(self):
        story = in_call(recording_since=1.0).hear(given())
        assert story.state.call.recording.receipt == receipt()
        story.hear(people.MeetingEnded(meeting="m1", at=2.0))
        assert story.state.call.recording.receipt == receipt()
        assert story.hear(given(meeting="m2")).state.recap.consent_receipt is None

    def test_a_guest_keeps_the_one_that_came_before_the_welcome(self):
        story = as_guest().hear(given(), lobby.KnockHeard(guest="g", title="Logo", is_recording=True))
        story.hear(welcome(me="g", guest_token="T", recording_since=1.0))
        assert story.state.call.recording.receipt == receipt()
        story.hear(people.PersonLeft(meeting="m1", person="g", reason="removed"))
        assert (story.state.call.recording.receipt, story.state.call.chat.lines) == (receipt(), ())

    def test_one_that_nobody_waits_for_changes_nothing(self):
        story = signed_in()
        before = story.state
        assert story.hear(given()).state == before

    @pytest.mark.parametrize("kind", ["consent", "deletion"])
    def test_the_recap_page_asks_for_each(self, kind):
        story = page().do(intents.GetReceipt(recording="m1", kind=kind))
        assert (story.sent[0].recording, story.sent[0].kind) == ("m1", kind)
        story.answer(given(kind))
        shown = story.state.recap
        assert (shown.consent_receipt or shown.deletion_receipt) == receipt(kind)
        story.hear(recap.RecapOpened(meeting=READY, recap=RECAP))
        assert story.state.recap == shown, "it stays when the page is filled in anew"

    def test_a_refusal_is_said_on_the_page(self):
        story = page().do(intents.GetReceipt(recording="m1", kind="deletion"))
        number = story.sent[0].request
        assert story.answer(Refused(reason="not_found", words="None.")).state.recap.words == "None."
        story = page().do(intents.GetReceipt(recording="m1", kind="deletion"), intents.CloseRecapPage())
        story.hear(Refused(re=number, reason="not_found", words="None."))
        assert story.state.toasts.shown[0].words == "None."


class TestDeletion:
    def test_r70_it_is_asked_for_and_the_card_tells_how_far_it_is(self):
        story = page().do(intents.AskForDeletion(recording="m1", reason=" x" * 400))
        assert (story.sent[0].recording, len(story.sent[0].reason)) == ("m1", 500)
        story.answer(rooms.MeetingChanged(meeting=change(READY, deletion="pending")))
        assert (story.state.recap.meeting.deletion, story.state.recap.recap) == ("pending", RECAP)
        story.hear(rooms.MeetingChanged(meeting=change(READY, deletion="deleted", recap="deleted")))
        assert (story.state.recap.recap, story.state.recap.words) == (None, DELETED)

    def test_without_a_connection_it_says_so(self):
        story = page().do(events.ConnectionChanged(phase="offline"), intents.AskForDeletion(recording="m1"))
        assert (story.sent, story.state.recap.words) == ([], NO_CONNECTION)

    def test_r57_r48_what_has_expired_or_is_not_for_one_any_more_leaves_the_page(self):
        story = page().hear(rooms.MeetingChanged(meeting=READY))
        story.do(intents.OpenRecapPage(meeting="m1"))
        story.answer(Refused(reason="not_found", words="This recap has expired."))
        assert (story.state.recap.recap, story.state.recap.words) == (None, "This recap has expired.")
        story.do(intents.OpenRecapPage(meeting="m1"))
        late = story.sent[0].request
        story.do(intents.CloseRecapPage()).hear(Refused(re=late, reason="not_found", words="x"))
        assert story.state.recap is None

    def test_a_recap_that_was_deleted_opens_with_words(self):
        story = signed_in().hear(rooms.MeetingChanged(meeting=READY)).do(intents.OpenRecapPage(meeting="m1"))
        story.answer(recap.RecapOpened(meeting=change(READY, recap="deleted"), recap=None))
        assert story.state.recap.words == DELETED


class TestWhoLandsWhere:
    def test_r58_a_member_lands_on_the_recap_page_which_fills_itself_in(self):
        story = in_call(recording_since=1.0).hear(people.MeetingEnded(meeting="m1", at=2.0))
        assert (story.state.page, story.state.recap.meeting.id) == ("recap", "m1")
        story.hear(rooms.MeetingChanged(meeting=READY))
        story.answer(recap.RecapOpened(meeting=READY, recap=RECAP))
        assert story.state.recap.recap == RECAP

    def test_the_films_are_fetched_for_the_page_once_they_follow_the_texts(self):
        making = change(READY, film="making")
        story = signed_in().hear(rooms.MeetingChanged(meeting=making)).do(intents.OpenRecapPage(meeting="m1"))
        story.answer(recap.RecapOpened(meeting=making, recap=RECAP))
        with_film = change(READY, film="ready")
        assert not asked(story.hear(rooms.MeetingChanged(meeting=change(making, deletion="pending"))), recap.OpenRecap)
        assert asked(story.hear(rooms.MeetingChanged(meeting=with_film)), recap.OpenRecap)
        assert story.state.recap.recap == RECAP
        filmed = change(RECAP, video="meeting.webm")
        story.answer(recap.RecapOpened(meeting=with_film, recap=filmed))
        assert story.state.recap.recap == filmed
        assert not asked(
            story.hear(rooms.MeetingChanged(meeting=change(with_film, deletion="pending"))), recap.OpenRecap
        )

    def test_r58_r32_a_guest_does_not_and_keeps_nothing_that_was_said(self):
        from app.wire import chat

        line = chat.ChatLine(id="c1", author="ada", author_name="Ada", at=1.0, text="the secret price")
        story = as_guest().answer(lobby.KnockHeard(guest="g", title="Logo", is_recording=True))
        story.hear(welcome(me="g", guest_token="T", others=(ADA,), chat=(line,), recording_since=1.0))
        story.do(call_intents.SayInChat(text="another secret", key="k"))
        assert "secret" in repr(story.state)
        for end in (people.MeetingEnded(meeting="m1", at=2.0), recap.RecapReady(meeting=READY)):
            story.hear(end)
        assert (story.state.page, story.state.recap, story.state.call.people) == ("sign_in", None, ())
        pending = {number: one for number, one in story.state.requests.pending.items() if "secret" in repr(one)}
        assert "the secret price" not in repr(story.state)
        assert "secret" not in repr(story.state.call)
        assert not asked(story, recap.OpenRecap)
        assert pending == {}
