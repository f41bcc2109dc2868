"""A recap is made again, and what it was before is opened."""

from msgspec.structs import replace

from app.state import intents
from app.state.slices.recap import RecapView
from app.wire import recap as wire
from app.wire.errors import Refused
from app.wire.rooms import MeetingCard, MeetingChanged
from app.wire.versions import BetterEngine, EarlierVersion, RemakeRecap, RemakeTold
from tests.fakes.story import asked, signed_in

CARD = MeetingCard(
    id="m1", room="r1", title="Logo", link="", starter="ada", state="ended", started_at=100.0, ended_at=200.0,
    recap="ready", film="ready",
)  # fmt: skip
BETTER = BetterEngine(engine="faster-whisper base", about_s=60.0)
EARLIER = (EarlierVersion(number=1, at=300.0, engine="pocketsphinx"),)
AGAIN = intents.MakeRecapAgain()


def written_by(engine):
    return wire.Recap(
        meeting="m1", engine=engine, engine_version="1", started_at=100.0, ended_at=200.0, ready_after_s=1.0,
        people=(), transcript=(), summary=(), action_items=(), highlights=(),
    )  # fmt: skip


def reading(engine="pocketsphinx", **more):
    story = signed_in().hear(MeetingChanged(meeting=CARD)).do(intents.OpenRecapPage(meeting="m1"))
    more = {"better": BETTER, **more}
    return story.hear(wire.RecapOpened(meeting=CARD, recap=written_by(engine), **more))


def test_it_is_asked_for_where_something_hears_better():
    story = reading().do(AGAIN)
    assert asked(story, RemakeRecap)[0].meeting == "m1"
    assert reading(better=None).do(AGAIN).sent == []
    assert reading(is_remade=True).do(AGAIN).sent == []
    assert signed_in().do(AGAIN).sent == []


def test_while_it_is_made_the_present_one_stays_and_then_the_new_one_is_fetched():
    story = reading().do(AGAIN).answer(RemakeTold(meeting="m1", is_on=True))
    assert (story.state.recap.is_remade, story.state.recap.recap.engine) == (True, "pocketsphinx")
    story.hear(RemakeTold(meeting="m1", is_on=False))
    assert asked(story, wire.OpenRecap)[0].version == 0
    story.answer(wire.RecapOpened(meeting=CARD, recap=written_by("faster-whisper base"), earlier=EARLIER))
    view = story.state.recap
    assert (view.recap.engine, view.better, view.earlier, view.is_remade) == (
        "faster-whisper base", None, EARLIER, False,
    )  # fmt: skip


def test_why_it_stays_as_it_was_is_said_there():
    story = reading().do(AGAIN).answer(Refused(reason="busy", words="Please wait."))
    assert story.state.recap.remake_words == "Please wait."
    story.do(AGAIN)
    assert story.state.recap.remake_words == ""
    story.hear(RemakeTold(meeting="m1", is_on=True), RemakeTold(meeting="m1", is_on=False, words="It failed."))
    assert (story.state.recap.remake_words, story.state.recap.is_remade, story.sent) == ("It failed.", False, [])


def test_what_is_told_of_another_recap_changes_nothing():
    story = reading().do(AGAIN)
    before = story.state.recap
    story.hear(RemakeTold(meeting="m2", is_on=True))
    assert story.state.recap == before
    story.do(intents.CloseRecapPage())
    assert story.hear(RemakeTold(meeting="m1", is_on=True)).state.recap is None


def test_a_refusal_that_comes_when_the_page_is_closed_is_not_shown_on_another():
    story = reading().do(AGAIN)
    number = story.sent[-1].request
    story.do(intents.CloseRecapPage())
    story.hear(Refused(reason="busy", words="Please wait.", re=number))
    assert story.state.recap is None


def test_an_earlier_version_is_opened_and_left_again():
    story = reading("faster-whisper base", better=None, earlier=EARLIER).do(intents.OpenVersion(version=1))
    assert asked(story, wire.OpenRecap)[0].version == 1
    story.answer(wire.RecapOpened(meeting=CARD, recap=written_by("pocketsphinx"), version=1, earlier=EARLIER))
    assert (story.state.recap.version, story.state.recap.recap.engine) == (1, "pocketsphinx")
    # The films of the present one are there meanwhile: the reader stays where they are.
    story.hear(MeetingChanged(meeting=replace(CARD, film="making")), MeetingChanged(meeting=CARD))
    assert asked(story, wire.OpenRecap)[0].version == 1
    story.do(intents.OpenVersion(version=0))
    assert asked(story, wire.OpenRecap)[0].version == 0


def test_there_is_no_version_of_what_is_not_open():
    assert signed_in().do(intents.OpenVersion(version=1)).sent == []
    assert RecapView(meeting=CARD).version == 0


def test_a_recap_that_nobody_knows_opens_nothing():
    story = signed_in().do(intents.OpenRecapPage(meeting="m7"))
    assert (story.state.recap, story.effects) == (None, [])


def test_a_recap_that_comes_late_is_not_shown():
    story = signed_in().hear(wire.RecapOpened(meeting=CARD, recap=None))
    assert story.state.recap is None
