"""Pieces of a talk: together all of it, each no longer than the model has learned to read."""

from itertools import pairwise

import pytest

from app.wire.recap import Utterance
from server_stub.recap.reading.windows import AGAIN, MOST_TURNS, MOST_WORDS, calls, turns_of, windows_of


def talk(*said):
    """Utterances (speaker, text), a second each."""
    return [
        Utterance(id=f"u{place + 1}", speaker=who, start_s=place, end_s=place + 1, text=text, confidence=0.9)
        for place, (who, text) in enumerate(said)
    ]


def test_what_one_says_in_a_row_is_one_turn():
    turns = turns_of(talk(("Ann", "So,"), ("Ann", " the logo. "), ("Ben", "  "), ("Ben", "Yes?"), ("Ann", "Red.")))
    assert [(turn.speaker, turn.places, turn.text) for turn in turns] == [
        ("Ann", (0, 1), "So, the logo."),
        ("Ben", (3,), "Yes?"),
        ("Ann", (4,), "Red."),
    ]


def test_a_monologue_is_cut():
    turns = turns_of(talk(*[("Ann", "word " * 30)] * 20))
    assert len(turns) > 1
    assert max(turn.words for turn in turns) <= MOST_WORDS // 2


def test_a_short_call_is_one_piece():
    (window,) = windows_of(turns_of(talk(*[("Ann", "Hello."), ("Ben", "Hi.")] * (MOST_TURNS // 2))))
    assert len(window) == MOST_TURNS


def test_nobody_said_anything():
    assert windows_of(turns_of([])) == []


def test_pieces_overlap_and_hold_everything():
    windows = windows_of(turns_of(talk(*[("Ann", "Hello."), ("Ben", "Hi there.")] * 40)))
    assert len(windows) > 2
    assert {place for window in windows for turn in window for place in turn.places} == set(range(80))
    for one, other in pairwise(windows):
        assert one[-AGAIN:] == other[:AGAIN]
        assert len(one) == MOST_TURNS


def test_a_piece_has_no_more_words_than_was_learned():
    windows = windows_of(turns_of(talk(*[("Ann", "word " * 90), ("Ben", "word " * 90)] * 9)))
    assert all(sum(turn.words for turn in window) <= MOST_WORDS for window in windows)
    assert {turn.places[0] for window in windows for turn in window} == set(range(18))


def test_one_turn_longer_than_a_piece_is_a_piece():
    windows = windows_of(turns_of(talk(("Ben", "Well?"), ("Ann", "word " * 500), ("Ben", "Okay."))))
    assert {turn.places[0] for window in windows for turn in window} == {0, 1, 2}


def test_a_long_speech_is_cut_so_that_what_is_beside_it_is_read_with_it():
    turns = turns_of(talk(("Ben", "Well?"), ("Ann", " ".join(map(str, range(250)))), ("Ben", "Okay.")))
    assert [turn.places for turn in turns] == [(0,), (1,), (1,), (1,), (2,)]
    assert " ".join(turn.text for turn in turns[1:4]).split() == list(map(str, range(250)))


def test_no_piece_is_the_end_of_another():
    lines = [("Ann", "word " * 30), ("Ben", "word " * 28)] * 3 + [("Ann", "word " * 100)] + [("Ben", "Okay.")] * 9
    windows = windows_of(turns_of(talk(*lines)))
    ends = [window[-1].places[-1] for window in windows]
    assert ends == sorted(set(ends))


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (["Ann Lee", "Ben Ort"], ["Ann", "Ben"]),
        (["Ann Lee", "Ann Ort"], ["Ann Lee", "Ann Ort"]),
        (["Dr. Weiss", "Ben"], ["Weiss", "Ben"]),
        (["nobody", "None"], ["nobody 2", "None 2"]),
        (["A|B", "Ann: me"], ["A", "Ann"]),
        (["Ann Lee", "Ann | Lee"], ["Ann Lee", "Ann Lee 2"]),
        ([""], [" 2"]),
    ],
)
def test_what_people_are_called_can_be_told_from_all_else(names, called):
    assert list(calls(names).values()) == called
