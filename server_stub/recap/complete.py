"""Answers that stand without their question: with the thing that it names in place of their `it`.

`When is the opening?` - `It's on Friday` tells that the opening is on Friday. Only where the form of both leaves
nothing else that `it` may mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from server_stub.recap.proof.pieces import base
from server_stub.recap.words import content, plain, split_words

_NOUN = r"(?!(?:and|or|who|that|which|if|when|because|but|so)\b)[\w'-]+"
_THE = rf"the (?:{_NOUN} ){{0,4}}?{_NOUN}"
_ENDS = (
    r"(?=[?.,!]*$|,| (?:on|in|at|by|to|with|from|until|before|after|today|tomorrow|next|this|then|or|and|if|when)\b)"
)
_LEAD = r"(?:(?:and|so|but|okay|well|then),? )*"
#: `What is the price for the project?`
_PRICE = re.compile(
    rf"{_LEAD}what(?:'s| is| will be| would be)"
    rf"(?P<whole> the (?:price|cost|fee|rate)(?: (?:for|of) (?P<of>{_THE}))?)[?.]*$"
)
_HOW_MUCH = re.compile(
    rf"{_LEAD}how much (?:is|does|will|would|did)(?P<whole> (?P<of>{_THE}))(?: cost| be| come to)?[?.]*$"
)
#: `When is the opening?`
_IS = re.compile(
    rf"{_LEAD}(?:(?:on|by|at|from|since|until) )?(?:what|when|where|how (?:long|big|far|late)|which)(?: [\w-]+){{0,2}}?"
    rf"(?: (?:is|was|will be)|'s)(?P<whole> {_THE})[?.]*$"
)
_IT_COSTS = re.compile(r"(?P<it>it|that|this)(?='ll (?:cost|come to)| (?:will |would )?(?:costs?|comes? to)\b)")
_IT_IS = re.compile(r"(?P<it>it|that)(?='s|'ll be| is| was| will be| would be)")
_VERB_IT = re.compile(r"\b(?P<verb>[a-z]+) (?P<it>it|them)\b")
#: What is asked for, and not told again by the answer.
_ASKED_FOR = frozenset(content("day days time date month week hour weekday much many long soon way place"))


def complete(question: str, answer: str) -> str | None:
    """The answer with the thing of its question in it; None where it needs the question, or where that is not certain.

    Args:
        question: tidied, as it was asked.
        answer: the first tidied sentence of what was answered.
    """
    asked, low = plain(question), plain(answer)
    for way in (_of_price, _of_being, _of_doing):
        found = way(asked, low)
        if found is None:
            continue
        thing, start, end = found
        told = f"{answer[:start]}{_as_written(thing, question)}{_in_full(answer[end:])}"
        missing = set(content(question)) - set(content(told))
        if missing <= _ASKED_FOR | _said_otherwise(way):
            return told
    return None


_Found = tuple[str, int, int]


def _of_price(asked: str, low: str) -> _Found | None:
    price = _PRICE.match(asked) or _HOW_MUCH.match(asked)
    costs, being = _IT_COSTS.match(low), _IT_IS.match(low)
    if price and costs and price["of"]:
        return price["of"], *costs.span("it")
    return (price["whole"].strip(), *being.span("it")) if price and being else None


def _of_being(asked: str, low: str) -> _Found | None:
    named, being = _IS.match(asked), _IT_IS.match(low)
    return (named["whole"].strip(), *being.span("it")) if named and being else None


def _of_doing(asked: str, low: str) -> _Found | None:
    """`On what day do you want to open the website?` - `We want to open it on the third`."""
    for found in _VERB_IT.finditer(low):
        for word in re.finditer(rf"\b(?P<verb>[a-z]+) (?P<thing>{_THE}){_ENDS}", asked):
            plural = split_words(word["thing"])[-1].endswith("s")
            if base(word["verb"]) == base(found["verb"]) and plural == (found["it"] == "them"):
                return word["thing"], *found.span("it")
    return None


def _said_otherwise(way: Callable[[str, str], _Found | None]) -> frozenset[str]:
    return frozenset(content("price cost fee rate")) if way is _of_price else frozenset()


def _in_full(rest: str) -> str:
    """What followed `it`, as it is written behind a noun."""
    for short, full in (("'s", " is"), ("'ll", " will")):
        if plain(rest).startswith(short):
            return f"{full}{rest[len(short) :]}"
    return rest


def _as_written(thing: str, question: str) -> str:
    """The thing with the capitals that it has in the question, but for its article."""
    at = plain(question).find(thing)
    return question[at : at + 1].lower() + question[at + 1 : at + len(thing)]
