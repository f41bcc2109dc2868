"""When a connection is called weak, what is said of it, and what the others are told."""

from dataclasses import replace

import pytest

from app.state import call_intents, events, quality
from app.state.slices.quality import Figures, PersonFigures, Quality, Strain, Way
from app.wire import people
from app.wire import quality as wire
from app.wire.errors import Refused
from app.wire.quality import HeldPicture, PicturesHeld, TellConnection
from tests.fakes.story import asked, change, in_call, lost_and_signed_in, own_person, welcome

FINE = Figures(up=Way(600_000, 0.01, 2_000_000), down=Way(800_000, 0.01), round_trip_s=0.04)
#: Many people are heard well; `HEARD` with other figures of one of them.
ADA, ALAN, KATE = (PersonFigures(id=name, packets=60, voice_ms=60.0) for name in ("ada", "alan", "kate"))
NARROW = Way(90_000, 0.0, 100_000)


def up(**figures):
    return put_all(FINE, "up", figures)


def put_all(figures, name, changes):
    return replace(figures, **{name: replace(getattr(figures, name), **changes)})


@pytest.mark.parametrize(
    ("figures", "second"),
    [
        (Figures(), "good"),
        (FINE, "good"),
        (up(lost=0.10), "good"),
        (up(lost=0.12), "fair"),
        (up(lost=0.15), "bad"),
        (replace(FINE, round_trip_s=0.30), "good"),
        (replace(FINE, round_trip_s=0.50), "fair"),
        (replace(FINE, round_trip_s=0.60), "bad"),
        (replace(FINE, round_trip_s=None), "good"),
        (up(silent_s=1.0), "good"),
        (up(silent_s=2.0), "fair"),
        (up(silent_s=3.0), "bad"),
        (replace(FINE, up=NARROW), "bad"),
        (replace(FINE, up=replace(NARROW, carries_bps=180_000, bps=170_000)), "fair"),
        # A voice alone says nothing of what else its link would carry.
        (replace(FINE, up=replace(NARROW, bps=45_000)), "good"),
        (replace(FINE, up=replace(NARROW, carries_bps=None)), "good"),
        (replace(FINE, up=Way(50_000, 0.0, 55_000)), "bad"),
    ],
)
def test_a_second_of_what_one_sends(figures, second):
    assert quality.judge_up(figures) == second


def test_a_second_that_this_computer_held_up_says_nothing_of_the_link():
    late = replace(FINE, up=NARROW, round_trip_s=2.0, queue_s=2.0, took_s=1.3)
    assert quality.judge_up(late) == quality.judge_down(late, (), is_held=False) == "fair"
    assert quality.judge_down(late, (), is_held=True) == "bad", "that the relay knows"
    assert quality.judge_up(replace(late, took_s=1.1)) == "bad"


def lossy(*people, lost=0.3):
    return [replace(one, lost=lost) for one in people]


@pytest.mark.parametrize(
    ("people", "weak", "second"),
    [
        ((), (), "good"),
        ((ADA, ALAN), (), "good"),
        # Missing of everybody: lost on one's own side.
        (lossy(ADA, ALAN, KATE), (), "bad"),
        (lossy(ADA), (), "bad"),
        (lossy(ADA, ALAN, lost=0.12), (), "fair"),
        # Missing of some: lost on theirs.
        ((*lossy(ADA, ALAN), KATE), (), "good"),
        (lossy(ADA), ("ada",), "good"),
        (lossy(ADA, ALAN), ("ada",), "bad"),
        # Of whom hardly anything comes, nothing follows.
        ([replace(one, packets=3) for one in lossy(ADA)], (), "good"),
        ([replace(ADA, covered=0.2), replace(ALAN, covered=0.06)], (), "bad"),
        ([replace(ADA, covered=0.2), ALAN], (), "good"),
        ([replace(ADA, covered=0.2, voice_ms=None)], (), "good"),
    ],
)
def test_a_second_of_what_one_gets(people, weak, second):
    figures = replace(FINE, people=tuple(people))
    assert quality.judge_down(figures, weak, is_held=False) == second


@pytest.mark.parametrize(
    ("figures", "is_held", "second"),
    [
        (FINE, True, "bad"),
        (replace(FINE, queue_s=0.1), False, "good"),
        (replace(FINE, queue_s=0.2), False, "fair"),
        (replace(FINE, queue_s=0.3), False, "bad"),
        (replace(FINE, down=NARROW), False, "bad"),
        (replace(FINE, down=Way(silent_s=4.0), people=(ADA,)), False, "bad"),
        # Alone in the call nothing comes.
        (replace(FINE, down=Way(silent_s=4.0)), False, "good"),
        # What one sends is judged apart.
        (replace(FINE, up=NARROW, round_trip_s=2.0), False, "good"),
    ],
)
def test_a_second_of_what_comes_to_oneself(figures, is_held, second):
    assert quality.judge_down(figures, (), is_held=is_held) == second


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ("ggggg", "-----"),
        ("bb", "--"),
        ("bbb", "--w"),
        ("bbbgggggg", "--wwwwww-"),
        ("bbbbbbgggggggg", "--wwwwwwwwwww-"),
        # A moment every now and then is none; half of all the time is.
        ("bggbggbggbgg", "-" * 12),
        ("bgbgbgbgbgbg", "--------wwww"),
        # What is in between leaves it as it is.
        ("bbffffff", "--------"),
        ("bbbffffffgggggg", "--wwwwwwwwwwww-"),
    ],
)
def test_words_come_after_three_bad_seconds_and_go_after_good_ones(seconds, said):
    strain, heard = Strain(), ""
    for second in seconds:
        strain = quality.strained(strain, {"g": "good", "f": "fair", "b": "bad"}[second])
        heard += "w" if strain.is_weak else "-"
    assert heard == said


def weak(**sides):
    return Quality(**{side: Strain(8, True) for side in sides if sides[side]})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Quality(), "Your connection is good."),
        (weak(up=True), "Your connection is weak. Others may see and hear you late."),
        (weak(down=True), "Your connection is weak. You may see and hear others late."),
        (weak(up=True, down=True), "Your connection is weak. You and the others may see and hear each other late."),
    ],
)
def test_words_say_what_follows(found, words):
    assert quality.own_words(found) == words


def test_a_name_with_line_breaks_stays_one_line():
    assert quality.words_of("Ada\nLovelace") == "Ada Lovelace’s connection is weak."


# --- in a call ----------------------------------------------------------------------------------------------------
SECOND = events.QualityMeasured(figures=FINE)
BAD_SECOND = events.QualityMeasured(figures=replace(FINE, round_trip_s=1.0))
GRACE = own_person("grace")


def told(person, **more):
    return people.PersonChanged(meeting="m1", person=change(person, **more))


def call_of_two():
    return in_call(others=(GRACE,))


def test_the_others_are_told_once_that_it_is_weak_and_once_that_it_is_good_again():
    story = call_of_two().do(BAD_SECOND, BAD_SECOND)
    assert asked(story, TellConnection) == []
    story.do(BAD_SECOND)
    (ask,) = asked(story, TellConnection)
    assert ask.is_weak
    assert quality.is_weak(story.state.call, "ada")
    assert asked(story.do(BAD_SECOND), TellConnection) == [], "it is being asked"
    story.hear(change(told(own_person("ada"), has_weak_connection=True), re=ask.request))
    for _ in range(8):
        assert asked(story, TellConnection) == []
        story.do(SECOND)
    (ask,) = asked(story, TellConnection)
    assert not ask.is_weak
    assert not quality.is_weak(story.state.call, "ada")


def test_a_refusal_is_shown_to_nobody_and_it_is_told_again_later():
    story = call_of_two().do(*[BAD_SECOND] * 3)
    before = story.state.toasts
    story.answer(Refused(reason="too_much", words="That was too much."))
    assert story.state.toasts == before
    for _ in range(quality.REST_S - 1):
        assert asked(story.do(BAD_SECOND), TellConnection) == []
    assert asked(story.do(BAD_SECOND), TellConnection)


def test_after_a_lost_connection_the_server_knows_nothing_and_is_told_again():
    story = call_of_two().do(*[BAD_SECOND] * 3)
    story.answer(told(own_person("ada"), has_weak_connection=True))
    story.hear(PicturesHeld(meeting="m1", pictures=(HeldPicture(person="grace", source="camera"),)))
    join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
    story.hear(change(welcome(others=(GRACE,)), re=join.request))
    assert story.state.call_phase == "in"
    assert story.state.call.quality.held == frozenset()
    assert asked(story.do(BAD_SECOND), TellConnection)


def test_of_others_their_own_clients_say_it():
    story = call_of_two().hear(told(GRACE, has_weak_connection=True))
    assert quality.is_weak(story.state.call, "grace")
    assert not quality.is_weak(story.state.call, "ada")
    assert not quality.is_weak(story.state.call, "nobody")
    story.hear(told(GRACE, has_weak_connection=True, is_connected=False))
    assert not quality.is_weak(story.state.call, "grace"), "of who is not there it is said that they are not"


def test_nothing_is_judged_outside_a_call_nor_while_it_is_cut():
    assert lost_and_signed_in(call_of_two()).do(BAD_SECOND).state.call.quality == Quality()
    story = call_of_two().do(events.PeersLost())
    assert story.do(BAD_SECOND).state.call.quality == Quality()
    story = call_of_two().do(*[BAD_SECOND] * 3).do(call_intents.Leave())
    assert story.do(BAD_SECOND).state.call.quality == Quality()


def test_a_good_second_changes_nothing_and_so_draws_nothing():
    story = call_of_two().do(SECOND)
    before = story.state
    assert story.do(SECOND).state is before


HELD = PicturesHeld(meeting="m1", pictures=(HeldPicture(person="grace", source="camera"),))


def paused(story, source="camera"):
    return quality.is_paused(story.state.call, "grace", source)


def test_a_picture_that_is_held_back_is_said_to_be_after_two_seconds_and_until_it_flows():
    story = call_of_two().hear(HELD)
    assert not paused(story.do(SECOND))
    assert paused(story.do(SECOND))
    assert not paused(story, "screen")
    assert asked(story.do(SECOND), TellConnection), "a link that does not carry what there is is weak"
    assert not paused(story.hear(PicturesHeld(meeting="m1", pictures=())))


def test_of_a_camera_that_is_off_nothing_is_held_back():
    story = call_of_two().hear(HELD, told(GRACE, camera_on=False)).do(*[SECOND] * 4)
    assert not paused(story)
    assert not story.state.call.quality.is_weak
    story.hear(PicturesHeld(meeting="m1", pictures=(HeldPicture(person="nobody", source="camera"),)))
    assert not story.do(*[SECOND] * 4).state.call.quality.is_weak


def test_a_long_list_of_strangers_is_not_kept():
    strangers = tuple(HeldPicture(person=f"x{number}", source="screen") for number in range(10_000))
    story = call_of_two().hear(PicturesHeld(meeting="m1", pictures=(*HELD.pictures, *strangers)))
    assert story.state.call.quality.held == {("grace", "camera")}


def test_what_another_meeting_says_does_not_count():
    story = call_of_two().hear(change(HELD, meeting="m2"))
    assert story.state.call.quality.held == frozenset()


def test_figures_are_kept_only_while_they_are_on_show():
    story = call_of_two().do(SECOND)
    assert story.state.call.quality.figures is None
    story.do(call_intents.ShowConnection(is_open=True), SECOND)
    assert story.state.call.quality.figures == FINE
    assert story.do(events.PeersLost()).state.call.quality.figures is None
    story.do(events.PeersFound(), SECOND, call_intents.ShowConnection(is_open=False))
    assert story.state.call.quality == Quality()
    left = call_of_two().do(call_intents.Leave(), call_intents.ShowConnection(is_open=True))
    assert not left.state.call.quality.is_open
    assert wire.TellConnection not in {type(one) for one in left.sent}
