"""A piece of a talk, read as each of those who speak in it: whose is what they claim."""

import pytest

from app.wire.recap import ActionItem
from server_stub.recap.reading.claims import Claims, settle


def item(text, *evidence, owner="Ann"):
    return ActionItem(text=text, owner=owner, due=None, evidence=evidence)


PROOF = item("Send the proof", "u1", "u2")
OF_BEN = item("Send Ann the proof", "u2", owner="Ben")


def of(reader, nothing, *items, whose="me"):
    return Claims(reader, nothing, tuple((whose, each) for each in items))


def test_nobody_claims_anything():
    assert settle([of("Ann", 0.99), of("Ben", 0.98)]) == ()


@pytest.mark.parametrize(("ann", "ben", "wanted"), [(0.1, 0.3, PROOF), (0.3, 0.1, OF_BEN)])
def test_of_two_who_claim_one_thing_the_surer_has_it(ann, ben, wanted):
    assert settle([of("Ann", ann, PROOF), of("Ben", ben, OF_BEN)]) == (wanted,)


def test_two_things_of_two():
    other = item("Pay the printer", "u3", owner="Ben")
    assert set(settle([of("Ann", 0.1, PROOF), of("Ben", 0.3, other)])) == {PROOF, other}


def test_two_like_things_of_one_are_two():
    again = item("Send the second proof", "u2", "u4")
    assert settle([of("Ann", 0.1, PROOF, again)]) == (PROOF, again)


def test_what_both_say_is_theirs_is_of_both():
    (found,) = settle([of("Ann", 0.1, PROOF, whose="we"), of("Ben", 0.3, OF_BEN, whose="we")])
    assert (found.text, found.owner) == ("Send the proof", "Ann and Ben")


def test_what_one_says_is_of_both_and_the_other_not_is_of_the_surer():
    assert settle([of("Ann", 0.1, PROOF), of("Ben", 0.3, OF_BEN, whose="we")]) == (PROOF,)


def test_what_is_of_nobody_is_of_who_claims_it():
    nobodys = item("Send the proof", "u1", "u2", owner=None)
    assert settle([of("Ann", 0.1, nobodys, whose="nobody"), of("Ben", 0.3, OF_BEN)]) == (OF_BEN,)
    assert settle([of("Ann", 0.1, nobodys, whose="nobody"), of("Ben", 0.3, nobodys, whose="nobody")]) == (nobodys,)
