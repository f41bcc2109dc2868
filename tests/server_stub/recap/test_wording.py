import pytest

from server_stub.recap.speech.engine import Heard, Word
from server_stub.recap.wording import finish_sentence, set_capitals, write_out

NAMES = ("Ada Lovelace", "Will")


def heard(text: str) -> Heard:
    words = tuple(Word(word, n * 0.4, n * 0.4 + 0.4, 0.9) for n, word in enumerate(text.split()))
    return Heard(text, 0.9, words)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("i think i'll come on friday", "I think I'll come on Friday."),
        ("can you hear me", "Can you hear me?"),
        ("when i was there it rained", "When I was there it rained."),
        ("what do you think", "What do you think?"),
        ("we may start in march or on may", "We may start in March or on may."),
        ("hello ada", "Hello Ada."),
        ("Already written, by Whisper", "Already written, by Whisper."),
        ("", ""),
    ],
)
def test_bare_words_become_a_sentence(words: str, text: str) -> None:
    assert finish_sentence(words, NAMES) == text


def test_no_word_is_changed() -> None:
    said = "yes that is fine with us can you send me the bill by tuesday i will check it"
    written = write_out(heard(said), pauses=((2.3, 2.5),), names=())
    assert written.lower().replace(".", "").replace("?", "") == said


def test_stops_are_set_where_a_sentence_begins() -> None:
    said = "that is fine with us can you send me the bill"
    assert write_out(heard(said), pauses=(), names=()) == "That is fine with us. Can you send me the bill?"
    assert write_out(heard("yes i can hear you"), pauses=(), names=()) == "Yes. I can hear you."
    breath = heard("the second one is better it is easy to read")
    assert write_out(breath, pauses=((1.95, 2.1),), names=()) == "The second one is better. It is easy to read."
    assert write_out(breath, pauses=(), names=()).count(".") == 1


@pytest.mark.parametrize(
    "said",
    ["if there is time i will do it", "on what day do you open", "the things that i will send", "i think i will go"],
)
def test_no_stop_within_a_sentence(said: str) -> None:
    assert write_out(heard(said), pauses=((0.0, 0.9), (1.5, 1.7)), names=()).rstrip(".?").count(".") == 0


def test_names_keep_their_own_capitals() -> None:
    assert set_capitals("ada will call ada", ("Ada",)) == "Ada will call Ada"
