import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server_stub.recap.words import capital, overlap, plain, sentence_ends, split_words, without

#: Letters whose small or capital form has another length, or that come in two forms.
ODD = st.text(st.sampled_from("İIıißẞﬁŉǰΐΣςÅA\u030ae\u0301’'\u00a0\u2009 \u200b\ufeffab.,?1"), max_size=40)


@settings(deadline=None)
@given(st.text() | ODD)
def test_plain_letters_lie_where_they_lay(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert plain(plain(text)) == plain(text)


@settings(deadline=None)
@given(ODD)
def test_what_is_left_out_of_a_text_leaves_the_rest_as_it_was(text: str) -> None:
    assert without(re.compile("i"), text) == "".join(letter for letter in text if plain(letter) != "i")


def test_words_of_every_spelling() -> None:
    assert plain("İZMİR’S\u00a0ﬁ") == "izmir's ﬁ"
    assert split_words("José’s İzmir don't, 12/15") == ["josé's", "izmir", "don't", "12", "15"]
    assert split_words("Jose\u0301") == split_words("José")
    assert overlap("Call Şule in İstanbul", "call S\u0327ule, istanbul") == 1.0
    assert [capital(text) for text in ("", "send", "ßx", "ﬁx", "İx", "école")] == [
        "",
        "Send",
        "ßx",
        "ﬁx",
        "İx",
        "École",
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("I will go. You stay.", 2),
        ("Send it by Dec. 15 at 5 p.m. on Friday. Thanks.", 2),
        ("Send it by 15.12. at noon. Good.", 2),
        ("It ends at 5 p.m. We start now.", 2),
        ("Is it no. 5?", 1),
        ("yes. i will do it", 1),
        ("I will call Mr. Miller and Dr. Brown by Tuesday.", 1),
        ("I will ask St. John's office vs. Rome. Good.", 2),
        ("I will ship it at 10 a.m. Friday. Good.", 2),
        ("We talk at 3 p.m. CET.", 1),
    ],
)
def test_a_stop_after_a_shortened_word_ends_no_sentence(text: str, sentences: int) -> None:
    assert len(sentence_ends(text)) == sentences
