"""What nobody said is not written down; what somebody said is, even when it is said twice."""

import numpy as np
import pytest

from server_stub.recap.speech.doubts import (
    begins_with,
    drop_echo,
    first_round,
    is_invented,
    is_loop,
    is_rushed,
    loudest,
    repeats,
    told_once,
)
from server_stub.recap.speech.engine import Word
from server_stub.recap.voice import RATE_HZ

LOUD = np.sin(np.arange(RATE_HZ) / 20).astype(np.float32) / 4


@pytest.mark.parametrize(
    "text",
    [
        "Aaaaaaaaaaaaaaaaa",
        "no no no no no no no no",
        "I don't know. I don't know. I don't know. I don't know.",
        "So we will see the first, the first, the first, the first, the first one.",
    ],
)
def test_what_goes_round_in_circles_is_a_loop(text: str) -> None:
    assert is_loop(text)


@pytest.mark.parametrize(
    "text",
    [
        "No, no, no, no, that is not what I meant.",
        "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness.",
        "Ask not. Ask not.",
        "1,200, 1,300 and 1,400 dollars.",
        "",
    ],
)
def test_people_repeat_themselves_a_little(text: str) -> None:
    assert not is_loop(text)


@pytest.mark.parametrize(
    ("text", "confidence", "silence"),
    [("You.", 0.031, 0.2), ("Thank you.", 0.4, 0.3), ("Thanks for watching!", 0.5, 0.1), ("And then we", 0.4, 0.9)],
)
def test_phrases_that_whisper_writes_on_near_silence(text: str, confidence: float, silence: float) -> None:
    assert is_invented(text, LOUD, confidence, silence)


@pytest.mark.parametrize(
    ("text", "confidence", "silence"),
    [("Thank you.", 0.9, 0.1), ("Okay.", 0.8, 0.1), ("We agreed on Friday.", 0.4, 0.2), ("Yes.", 0.55, 0.7)],
)
def test_what_people_say(text: str, confidence: float, silence: float) -> None:
    assert not is_invented(text, LOUD, confidence, silence)


def test_nothing_is_said_where_nothing_is_to_be_heard() -> None:
    assert is_invented("We agreed on Friday.", LOUD * 0.001, 0.9, 0.1)
    assert loudest(np.zeros(0, np.float32)) == 0.0


def test_names_that_were_shown_are_not_simply_said_back() -> None:
    shown = ("Priya Raman", "Website relaunch")
    assert is_invented("Priya Raman, website relaunch.", LOUD, 0.5, 0.1, shown)
    assert not is_invented("Priya?", LOUD, 0.8, 0.1, shown)
    assert not is_invented("Priya sends it.", LOUD, 0.5, 0.1, shown)


def words(*timed: tuple[str, float, float]) -> list[Word]:
    return [Word(text, start_s, end_s, 0.9) for text, start_s, end_s in timed]


def test_a_sentence_written_again_into_the_silence_is_dropped() -> None:
    heard = words((" Ask", 0, 0.6), (" not.", 0.6, 1.1), (" Ask", 1.1, 1.1), (" not.", 1.1, 1.5), (" Ask", 1.5, 1.5))
    assert [word.text for word in drop_echo(heard[:4])] == [" Ask", " not."]
    assert drop_echo(heard[:2]) == tuple(heard[:2])
    assert drop_echo(()) == ()


def test_a_sentence_said_twice_stays() -> None:
    heard = words((" Ask", 0, 0.6), (" not.", 0.6, 1.1), (" Ask", 1.1, 1.5), (" not.", 1.5, 1.9))
    assert drop_echo(heard) == tuple(heard)


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("So we agree, we decided. So we agree, we decided.", "So we agree, we decided."),
        ("to the south side, to the south side, to the", "to the south side,"),
        (
            "We had everything before us, we had nothing before us.",
            "We had everything before us, we had nothing before us.",
        ),
        ("Yes, yes, of course. Yes, yes.", "Yes, yes, of course. Yes, yes."),
        ("No, no, no, no.", "No, no, no, no."),
        ("Ask not. Ask not.", "Ask not. Ask not."),
    ],
)
def test_a_long_phrase_over_and_over_is_found(heard: str, kept: str) -> None:
    spread = words(*((text, at * 0.3, at * 0.3 + 0.3) for at, text in enumerate(heard.split())))
    assert drop_echo(spread) == tuple(spread)
    size = first_round(spread)
    assert " ".join(word.text for word in spread[: size or len(spread)]) == kept
    assert repeats(heard) or not size


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        (
            "That was all. Thank you for your time. That was all. Thank you for your time. Thank you for your time. "
            "That was all. That.",
            "That was all. Thank you for your time.",
        ),
        ("Yes. No. Yes, please. Why?", "Yes. No. Yes, please. Why?"),
        ("Send it. Send it to Ann", "Send it. Send it to Ann"),
        ("", ""),
    ],
)
def test_of_what_nobody_can_say_so_quickly_each_sentence_stays_once(heard: str, kept: str) -> None:
    spread = words(*((text, at * 0.08, at * 0.08 + 0.08) for at, text in enumerate(heard.split())))
    assert " ".join(word.text for word in told_once(spread)) == kept


def test_nobody_says_more_than_eight_words_a_second() -> None:
    assert is_rushed("That was all. Thank you for your time. " * 3, 2.6)
    assert not is_rushed("That was all. Thank you for your time. " * 3, 6.0)
    assert not is_rushed("That was all. Thank you for your time.", 1.1)


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("Ask not. Ask not.", True),
        ("We agree. Ask not, ask not", True),
        ("yes yes yes yes yes yes, I mean", True),
        ("It was the best of times, it was the worst of times.", False),
        ("No.", False),
        ("", False),
    ],
)
def test_only_what_may_be_an_echo_is_looked_at_twice(text: str, may_be: bool) -> None:
    assert repeats(text) is may_be


@pytest.mark.parametrize(
    ("heard", "is_said"),
    [
        ("Ask what you can do for your country.", True),
        ("Ask what you could do for your country, ask what you can do", True),
        ("And now for the invoice of the last month.", False),
        ("what you can do for your country", False),
        ("", False),
    ],
)
def test_a_phrase_is_said_again_where_another_hearing_begins_with_it(heard: str, is_said: bool) -> None:
    assert begins_with(heard, ["Ask", "what", "you", "can", "do", "for", "your", "country,"]) is is_said
