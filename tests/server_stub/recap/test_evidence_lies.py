"""Of true sentences and items that were made false a recap shows none as fact, and of the true ones nearly all."""

from collections import Counter

import pytest

from tests.bench import proof, proof_lies
from tests.bench.proof_cases import kept_cases

KINDS = ("number", "name", "date", "speaker", "owner", "polarity", "certainty")


@pytest.fixture(scope="module")
def judged():
    return proof.judge(kept_cases())


def test_no_lie_is_shown_as_fact(judged):
    lies, shown, _, _ = judged
    assert Counter(lie.kind for lie in lies) == dict.fromkeys(KINDS, proof.EACH)
    assert all(lie.words() != lie.was for lie in lies)
    assert [(lie.kind, lie.call.id, lie.words()) for lie in shown] == []


def test_true_things_are_shown(judged):
    _, _, true, lost = judged
    assert len(true) > 300
    assert len(lost) <= 0.03 * len(true), [(one.kind, one.call.id, one.words(), one.doubt()) for one in lost]


def test_the_same_seed_tells_the_same_lies():
    material = kept_cases()[:40]
    once, again = (proof_lies.tell(material, each=3, seed=5) for _ in range(2))
    assert [lie.words() for lie in once] == [lie.words() for lie in again]
