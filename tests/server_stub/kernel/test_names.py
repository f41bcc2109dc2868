import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.errors import Refusal
from server_stub.kernel import names


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Ada", "Ada"),
        ("  Ada   Lovelace\n", "Ada Lovelace"),
        ("A\x00d\u202ea\u200b", "Ada"),
        ("Zoë 李", "Zoë 李"),
        ("<b>Ada</b>", "<b>Ada</b>"),
    ],
)
def test_names_are_trimmed_and_lose_what_cannot_be_seen(given_name, shown):
    assert names.clean(given_name) == shown


@pytest.mark.parametrize("given_name", ["", "  ", "\u202e", "x" * 51])
def test_a_name_has_1_to_50_characters(given_name):
    with pytest.raises(Refusal) as caught:
        names.clean(given_name)
    assert caught.value.reason == "bad_name"


@given(st.text(max_size=60))
def test_a_clean_name_stays_as_it_is(text):
    try:
        shown = names.clean(text)
    except Refusal:
        return
    assert names.clean(shown) == shown


def test_two_of_one_name_are_told_apart():
    assert names.distinct("Alan", []) == "Alan"
    assert names.distinct("Alan", ["ALAN", "alan (2)"]) == "Alan (3)"
    assert len(names.distinct("x" * 50, ["x" * 50])) == 50
