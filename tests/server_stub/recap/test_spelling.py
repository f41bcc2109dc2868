"""Names and products as somebody wrote them reach the recogniser; ordinary words do not."""

from server_stub.recap.spelling import MOST_TERMS, newest, terms_of


def test_words_with_a_spelling_of_their_own() -> None:
    assert terms_of("Please open ComfyUI and GPT-4, then ask Priya. Thanks! Also iPhone15.") == [
        "ComfyUI",
        "GPT-4",
        "Priya",
        "iPhone15",
    ]


def test_ordinary_words_addresses_and_shouting_are_none() -> None:
    assert terms_of("We meet tomorrow at 10. I'll bring the slides.") == []
    assert terms_of("See https://Example.com/Secret or mail Ada@Example.com") == []
    assert terms_of("a" + "B" * 40) == []
    assert terms_of("") == []


def test_the_newest_come_first_and_there_are_never_too_many() -> None:
    assert newest(("Ada", "Bert"), ["Cleo", "Ada"]) == ("Cleo", "Ada", "Bert")
    assert len(newest((), [f"Name{n}" for n in range(100)])) == MOST_TERMS
