"""Chooses which thing of a talk a pronoun means, by weights that were learned (`packaging/train_things.py`)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server_stub.recap.promises.deliveries import is_fragment
from server_stub.recap.promises.kinds import ABSTRACT, EVENTS, MADE, PLACES
from server_stub.recap.promises.nounphrases import (
    DATED,
    bare_thing,
    is_hollow,
    is_interjection,
    is_person,
    is_plural,
    noun_of,
    phrases,
)
from server_stub.recap.promises.speech import Sentence
from server_stub.recap.words import content, plain

#: Things are looked for in so many sentences before and after; how often a talk names them, in so many more.
_BACK, _AHEAD, _OFTEN_BACK, _OFTEN_AHEAD = 12, 2, 30, 10
_CONDITION = re.compile(r"(?:and |so |but )*(?:if|when|once|unless|before|until|by|as soon as|as long as)\b")
#: What somebody asks for or lacks.
_WANTED = re.compile(
    r"\b(?:about|need|needs|want|wants|missing|asking for|waiting for|where's|where are|how's|how are|without|"
    r"send(?: me| us| you)?|forgot|done|finished|owe (?:me|you))$"
)
_NEEDED = re.compile(
    r"\b(?:needs?|wants?|missing|waiting|must|ha(?:ve|s) to|should|(?:could|can|would|will) you|send|get me|asking|"
    r"asked|due|ready|done|finish|finished)\b"
)
_NEGATED = re.compile(r"\b(?:not|no|never|nothing|nobody|\w+n't)\b")
_BEHIND_VERB = re.compile(
    r"\b(?:send|do|get|have|has|got|needs?|wants?|finish|write|make|bring|see|check|give|fix|change|update|sign|read|"
    r"print|book|find|take|put|call|ask|tell|pay|order|sort|draft|review|look at|with|about|forgot|done|finished|sent|"
    r"made|wrote|lost|cut|move|add|for|missing|where's|where are|how's|how are|and)(?: me| us| you| him| her| them)?$"
)
_POSSESSIVES = frozenset({"my", "your", "our", "his", "her", "their"})
#: So few words name a thing and say nothing of it.
_BARE_WORDS, _SHORT_WORDS = 4, 6
#: Of a thing's features; `none`: that it is nothing of what was named.
WEIGHTS = {
    "none": -0.11,
    "a": 0.33,
    "abstract": -0.42,
    "after": -0.84,
    "agrees": 0.75,
    "aside": -0.82,
    "condition": -0.7,
    "ends": -0.51,
    "event": -0.65,
    "far": -0.36,
    "first": 0.21,
    "focus": 0.83,
    "hollow": -0.51,
    "in_task": -0.91,
    "it_for_person": -1.86,
    "last_turn": 0.37,
    "later": 0.07,
    "made": 1.22,
    "many_words": -0.35,
    "nearest": 0.37,
    "needed": 0.79,
    "negated": -0.17,
    "object": 0.12,
    "often": 1.02,
    "one_back": 0.49,
    "one_for_many": -1.9,
    "one_word": -0.52,
    "own": 1.5,
    "own_last": 1.32,
    "person_for_it": 0.2,
    "place": 0.06,
    "possessive": -1.24,
    "same_speaker": 0.55,
    "short": -0.63,
    "the": 0.81,
    "turns_ago": -0.71,
    "two_back": 1.06,
    "wanted": 0.56,
}


@dataclass(frozen=True)
class Gap:
    """What has to be put into words.

    Attributes:
        talk: every sentence, in order.
        place: of the sentence that has a pronoun or no thing at all.
        before: the part of that sentence which comes before its task.
        focus: the subject that was opened last.
        task: what is to be done, as it was said.
        plural: whether the pronoun means several things; None: it tells nothing.
        person: whether it means somebody.
    """

    talk: Sequence[Sentence]
    place: int
    before: str = ""
    focus: str = ""
    task: str = ""
    plural: bool | None = None
    person: bool = False


@dataclass(frozen=True)
class _Mention:
    text: str
    low: str
    said: Sentence
    rank: int
    is_last: bool

    @property
    def lead(self) -> str:
        """The words of its sentence before it."""
        return self.low[: max(0, self.low.find(plain(self.text)))].rstrip()

    @property
    def is_aside(self) -> bool:
        """Whether its sentence names it behind a preposition only: `the receipts are in the drawer`."""
        thing = re.escape(plain(self.text))
        return (
            re.search(
                rf"\b(?:in|on|at|from|for|with|near|behind|under|into|of|to|during|after|before) {thing}\b", self.low
            )
            is not None
        )


@dataclass(frozen=True)
class Thing:
    """Something that may be meant.

    Attributes:
        text: its fullest name.
        names: every name it was given.
        features: what is known of it, by name.
    """

    text: str
    names: frozenset[str]
    features: dict[str, float]


def head_of(phrase: str) -> str:
    """The stem of the noun that a phrase is built on."""
    words = content(phrase.split(" of ")[0].split(" for ")[0])
    return words[-1] if words else plain(phrase)


def ranked(gap: Gap) -> list[tuple[float, str]]:
    """The things that may be meant, the likeliest first, each with its probability."""
    found = things(gap)
    sums = [sum(WEIGHTS.get(name, 0.0) * value for name, value in each.features.items()) for each in found]
    most = max([*sums, WEIGHTS["none"]])
    total = sum(math.exp(each - most) for each in [*sums, WEIGHTS["none"]])
    shares = ((math.exp(each - most) / total, thing.text) for each, thing in zip(sums, found, strict=True))
    return sorted(shares, key=lambda share: -share[0])


def things(gap: Gap) -> list[Thing]:
    """The things that are named near a place, by the nouns that name them."""
    heads: dict[str, list[_Mention]] = {}
    for mention in _mentions(gap):
        heads.setdefault(head_of(mention.text), []).append(mention)
    nearest = {head: _nearest(named, gap.place) for head, named in heads.items()}
    past = (head for head, near in nearest.items() if near.said.number <= gap.place)
    order = sorted(past, key=lambda head: (-nearest[head].said.number, nearest[head].rank))
    return [
        Thing(
            max(named, key=lambda each: (min(len(content(each.text)), 3), each.said.number <= gap.place)).text,
            frozenset(each.text for each in named),
            {
                **_of_place(gap, nearest[head]),
                **_of_sentence(nearest[head]),
                **_of_talk(gap, head, named),
                **_of_words(gap, nearest[head].text, named),
                "nearest": float(order[:1] == [head]),
                "far": math.log1p(min(order.index(head) if head in order else 12, 12)),
            },
        )
        for head, named in heads.items()
    ]


def _mentions(gap: Gap) -> Iterator[_Mention]:
    for said in gap.talk[max(0, gap.place - _BACK) : gap.place + 1 + _AHEAD]:
        is_here = said.number == gap.place
        text = gap.before if is_here else said.text
        low = plain(text)
        named = list(phrases(text)) or [each for each in (bare_thing(text) if is_here else _bare(said),) if each]
        for rank, each in enumerate(named):
            yield _Mention(each, low, said, rank, rank == len(named) - 1)


def _bare(said: Sentence) -> str:
    """`Backups. Tuesday.`: a few words that are a thing's name alone."""
    short = said.words <= _BARE_WORDS and not said.asks and is_fragment(said.low)
    named = short and content(said.text) and not DATED.search(said.low) and not is_interjection(said.low)
    return said.text.strip(" .?!,") if named else ""


def _nearest(named: Sequence[_Mention], place: int) -> _Mention:
    past = [each for each in named if each.said.number <= place]
    return past[-1] if past else named[0]


def _of_place(gap: Gap, near: _Mention) -> dict[str, float]:
    """Where it was named last."""
    here = gap.talk[gap.place]
    back, turns = here.number - near.said.number, here.turn - near.said.turn
    return {
        "own": back == 0,
        "own_last": back == 0 and near.is_last,
        "one_back": back == 1,
        "two_back": back == 2,
        "after": back < 0,
        "last_turn": turns == 1,
        "turns_ago": turns > 2,
        "same_speaker": back > 0 and near.said.speaker == here.speaker,
    }


def _of_sentence(near: _Mention) -> dict[str, float]:
    """What is said of it there."""
    return {
        "condition": _CONDITION.match(near.low) is not None,
        "negated": _NEGATED.search(near.low) is not None,
        "short": near.said.words <= _SHORT_WORDS,
        "ends": near.low.rstrip(" .?!,").endswith(plain(near.text)),
        "object": _BEHIND_VERB.search(near.lead) is not None,
    }


def _of_talk(gap: Gap, head: str, named: Sequence[_Mention]) -> dict[str, float]:
    """How the talk treats it."""
    past = [each for each in named if each.said.number <= gap.place]
    said = re.compile(rf"\b{re.escape(head)}")
    often = sum(said.search(each.low) is not None for each in gap.talk[max(0, gap.place - _OFTEN_BACK) : gap.place])
    later = sum(said.search(each.low) is not None for each in gap.talk[gap.place + 1 : gap.place + 1 + _OFTEN_AHEAD])
    opening = gap.talk[: named[0].said.number]
    return {
        "focus": bool(gap.focus) and head_of(gap.focus) == head,
        "wanted": any(_WANTED.search(each.lead) for each in past),
        "needed": any(_NEEDED.search(each.low) for each in past),
        "aside": all(each.is_aside for each in named),
        "often": math.log(max(1, often)),
        "later": math.log1p(later),
        "first": not any(said.search(each.low) for each in opening),
    }


def _of_words(gap: Gap, name: str, named: Sequence[_Mention]) -> dict[str, float]:
    """What its name tells."""
    first = plain(name).split()[0]
    noun, nouns = noun_of(name), [noun_of(each.text) for each in named]
    several, somebody = is_plural(name), any(is_person(each.text) for each in named)
    length = max(len(content(each.text)) for each in named)
    return {
        "the": first in ("the", "that", "those", "these", "this"),
        "possessive": first in _POSSESSIVES or first.endswith("'s"),
        "a": first in ("a", "an", "some", "another"),
        "made": any(each in MADE for each in nouns),
        "place": noun in PLACES,
        "event": noun in EVENTS,
        "abstract": noun in ABSTRACT,
        "hollow": is_hollow(name),
        "one_word": length == 1,
        "many_words": length > 2,
        "agrees": gap.plural is not None and several == gap.plural,
        "one_for_many": gap.plural is True and not several,
        "person_for_it": somebody and not gap.person,
        "it_for_person": gap.person and not somebody,
        "in_task": bool(set(content(name)) & set(content(gap.task))),
    }
