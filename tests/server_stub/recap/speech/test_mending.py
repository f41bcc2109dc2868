"""What pocketsphinx writes for `I will` and `sure` is put right, a greeting and a thing never."""

import pytest

from server_stub.recap.speech.engine import Word
from server_stub.recap.speech.mending import mend


def mended(said: str, greeted: tuple[str, ...] = ()) -> str:
    words = [Word(text, n * 0.4, n * 0.4 + 0.4, 0.5) for n, text in enumerate(said.split())]
    after = mend(words, greeted)
    assert [(word.start_s, word.end_s, word.confidence) for word in after] == [
        (word.start_s, word.end_s, word.confidence) for word in words
    ]
    return " ".join(word.text for word in after)


@pytest.mark.parametrize(
    ("heard", "said"),
    {
        "hi will send you the bill by friday": "i will send you the bill by friday",
        "aye will do it by monday": "i will do it by monday",
        "hi will do that": "i will do that",
        "eye think so too": "i think so too",
        "and hi will check it": "and i will check it",
        "hi'll do that": "i'll do that",
        "hi can send it tomorrow": "i can send it tomorrow",
        "aisle send it by friday": "i'll send it by friday",
        "cher": "sure",
        "shore no problem": "sure no problem",
        "yes sher i will": "yes sure i will",
    }.items(),
)
def test_what_was_said_is_written(heard: str, said: str) -> None:
    assert mended(heard) == said


@pytest.mark.parametrize(
    "said",
    [
        *(
            "hi will",
            "hi will send me the invoice by friday",
            "hi will get back to me by friday",
            "hi will you send it",
        ),
        *(
            "hi will can you send me the bill",
            "hi will good morning",
            "hi will do you have it",
            "hi there will you come",
        ),
        *("hi can you hear me", "hi felix how are you", "hi have you seen it", "aye aye captain", "hello will"),
        *("the eye will heal", "keep an eye on it", "eye on the ball", "the aisle is long", "aisle seat please"),
        *("the shore is near", "shore leave is over", "we walk along the shore"),
    ],
)
def test_greetings_and_things_stay(said: str) -> None:
    assert mended(said) == said


def test_somebody_called_will_is_greeted_unless_another_is_spoken_to() -> None:
    assert mended("hi will prepare the slides by friday", ("Felix",)) == "i will prepare the slides by friday"
    assert mended("hi will prepare the slides by friday", ("Will Smith",)) == "hi will prepare the slides by friday"
    assert mended("hi will send you the slides by friday", ("Will",)) == "i will send you the slides by friday"
