"""A piece of a talk, read as each of those who speak in it: whose is what they claim."""

import pytest

from app.wire.recap import ActionItem
from server_stub.recap.reading.claims import Claims, settle


def item(text, *evidence, owner="Ann"):
    return ActionItem(text=text, owner=owner, due=None, evidence=evidence)


PROOF = item("Send the proof", "u1", "u2")
PROOF_PAGE = item("Send the proof page", "u1", "u2")
OF_BEN = item("Send Ann the proof", "u2", owner="Ben")


def of(reader, nothing, *items):
    return Claims(reader, nothing, items)


def test_nobody_claims_anything():
    assert settle([of("Ann", 0.99), of("Ben", 0.98)]) == ()


@pytest.mark.parametrize(("ann", "ben", "wanted"), [(0.1, 0.3, PROOF), (0.3, 0.1, OF_BEN)])
def test_of_two_who_claim_one_thing_the_surer_has_it(ann, ben, wanted):
    assert settle([of("Ann", ann, PROOF), of("Ben", ben, OF_BEN)]) == (wanted,)


@pytest.mark.parametrize("text", ["Pay the printer", "Review the proof"])
def test_two_things_of_two(text):
    other = item(text, "u2", "u3", owner="Ben")
    assert set(settle([of("Ann", 0.1, PROOF_PAGE), of("Ben", 0.3, other)])) == {PROOF_PAGE, other}


def test_two_like_things_of_one_are_two():
    again = item("Send the second proof", "u2", "u4")
    assert settle([of("Ann", 0.1, PROOF, again)]) == (PROOF, again)


def test_what_is_of_nobody_is_of_who_claims_it():
    nobodys = item("Send the proof", "u1", "u2", owner=None)
    more = item("Pay for the proof", "u2", owner="Ben")
    assert settle([of("Ann", 0.1, nobodys), of("Ben", 0.3, OF_BEN, more)]) == (OF_BEN, more)
    assert settle([of("Ann", 0.1, nobodys), of("Ben", 0.3, nobodys)]) == (nobodys,)
