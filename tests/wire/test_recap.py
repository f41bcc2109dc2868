"""Whose an action item is, told apart."""

import pytest

from app.wire.recap import owners_of

NAMES = frozenset({"Ann", "Rock and Roll", "Ben"})


@pytest.mark.parametrize(
    ("owner", "wanted"),
    [
        (None, ()),
        ("", ()),
        ("Ann", ("Ann",)),
        ("Ann and Ben", ("Ann", "Ben")),
        ("Rock and Roll", ("Rock and Roll",)),
        ("Ann and Rock and Roll", ("Ann", "Rock and Roll")),
        ("Rock and Roll and Ben and Ann", ("Rock and Roll", "Ben", "Ann")),
        ("Ann and Ann", ("Ann",)),
        ("Somebody and Ann", ("Somebody", "Ann")),
    ],
)
def test_each_owner_is_told_once_and_by_their_whole_name(owner, wanted):
    assert owners_of(owner, NAMES) == wanted
