"""What a pronoun in a task means is chosen among the things that were named."""

import pytest

from app.wire.recap import Utterance
from server_stub.recap.promises.nounphrases import phrases
from server_stub.recap.promises.speech import Sentence, sentences
from server_stub.recap.promises.things import WEIGHTS, Gap, ranked, things
from server_stub.recap.promises.topics import topic_of


def talk_of(*lines: tuple[str, str]) -> list[Sentence]:
    return sentences(
        Utterance(
            id=f"u{number}", speaker=speaker, start_s=float(number), end_s=number + 0.9, text=text, confidence=0.9
        )
        for number, (speaker, text) in enumerate(lines)
    )


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("The ads start running soon.", ["The ads"]),
        ("He wants the wording changed.", ["the wording"]),
        ("If the headmaster okays the bus, fine.", ["the headmaster", "the bus"]),
        ("I'm a bit behind.", []),
        ("It was a disaster.", []),
        ("Use the written part of the report.", ["the written part of the report"]),
        ("The family wait for us.", ["The family wait"]),
    ],
)
def test_a_noun_phrase_ends_where_its_verb_begins(said: str, named: list[str]) -> None:
    assert list(phrases(said)) == named


def test_what_was_asked_for_is_meant_and_not_where_it_lies() -> None:
    talk = talk_of(("Ida", "Where's the contract? It was in the office."), ("Bo", "I'll send it on Friday."))
    assert topic_of(Gap(talk, len(talk) - 1, task="send it", plural=False)).split(", ")[0] == "the contract"


def test_the_chances_of_all_things_and_of_none_are_one() -> None:
    talk = talk_of(("Ida", "The shelves and my drill are with the neighbour."), ("Bo", "I'll get them."))
    shares = [share for share, _ in ranked(Gap(talk, len(talk) - 1, task="get them", plural=True))]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) < 1


def test_nothing_is_told_where_nothing_was_named() -> None:
    talk = talk_of(("Ida", "Hello."), ("Bo", "I'll do it."))
    assert topic_of(Gap(talk, len(talk) - 1, task="do it", plural=False)) == ""


def test_every_feature_has_a_weight() -> None:
    talk = talk_of(("Ida", "The shelves are here."), ("Bo", "I'll get them."))
    assert set(WEIGHTS) == {"none", *things(Gap(talk, len(talk) - 1))[0].features}
