"""Answers that stand without their question: with the thing that it names in place of their `it`.

`When is the opening?` - `It's on Friday` tells that the opening is on Friday. Only where the answer goes on as one to
such a question does: with a day or place, an amount, or the verb that was asked with.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from server_stub.recap.date_periods import MONTHS, WEEKDAYS
from server_stub.recap.number_words import COUNT
from server_stub.recap.proof.pieces import base
from server_stub.recap.words import content, plain, split_words

_NOUN = (
    r"(?!(?:and|or|who|that|which|if|when|because|but|so|from|to|at|by|with|about|coming|going|happening|starting|"
    r"leaving|being|doing)\b)[\w'-]+"
)
_THE = rf"the (?:{_NOUN} ){{0,4}}?{_NOUN}"
_ENDS = (
    r"(?=[?.,!]*$|,| (?:on|in|at|by|to|with|from|until|before|after|today|tomorrow|next|this|then|or|and|if|when)\b)"
)
_LEAD = r"(?:(?:and|so|but|okay|well|then),? )*"
_VERB_THE = re.compile(rf"\b(?P<verb>[a-z]+) (?P<thing>{_THE}){_ENDS}")
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
_AMOUNT = (
    r"(?:(?:about|around|roughly|at most|under|over|between|less than|more than) )?"
    rf"(?:[€$£]|(?!(?:an?|one)\b(?! (?:hundred|thousand|million|euro|dollar|pound)))(?:{COUNT})\b)"
)
_IT_COSTS = re.compile(
    rf"(?P<it>it|that)(?P<verb>'ll (?:cost|come to)| (?:will |would )(?:cost|come to)| costs| comes to) {_AMOUNT}"
)
_BEING = r"(?P<it>it|that)(?:'s|'ll be| is| was| will be| would be)"
_IT_IS_WORTH = re.compile(rf"{_BEING} {_AMOUNT}")
_DAYS = rf"{'|'.join((*WEEKDAYS, *MONTHS))}|today|tomorrow|tonight|noon|midnight"
_IT_IS_AT = re.compile(
    rf"{_BEING} (?:"
    rf"(?:on|at|in|by|from|until|before|after) (?:(?:next|this|the|about|around) )?(?:{_DAYS}|\d|{COUNT}\b)|"
    rf"(?:on|at|in) the (?!(?:same|other|way|mood|air|end)\b)\w|(?:next|this) (?:week|month|year|{_DAYS})\b|"
    rf"(?:{_DAYS})\b)"
)
_VERB_IT = re.compile(
    r"\b(?!(?:make|get|leave|call|keep|have|do|like|love|take|put)\b)(?P<verb>[a-z]+) (?P<it>it|them)"
    rf"(?=[.,!?]|$| (?:on|at|in|by|until|before|after|next|this|to|as|because|{_DAYS})\b)"
)
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
    costs, worth = _IT_COSTS.match(low), _IT_IS_WORTH.match(low)
    if price and costs and price["of"]:
        is_one = costs["verb"] in (" costs", " comes to")
        return None if is_one and _is_plural(price["of"]) else (price["of"], *costs.span("it"))
    return (price["whole"].strip(), *worth.span("it")) if price and worth else None


def _of_being(asked: str, low: str) -> _Found | None:
    named, being = _IS.match(asked), _IT_IS_AT.match(low)
    return (named["whole"].strip(), *being.span("it")) if named and being else None


def _of_doing(asked: str, low: str) -> _Found | None:
    """`On what day do you want to open the website?` - `We want to open it on the third`."""
    done = list(_VERB_IT.finditer(low))
    for word in _VERB_THE.finditer(asked) if done else ():
        for found in done:
            if base(word["verb"]) == base(found["verb"]) and _is_plural(word["thing"]) == (found["it"] == "them"):
                return word["thing"], *found.span("it")
    return None


def _is_plural(thing: str) -> bool:
    last = split_words(thing.partition(" of ")[0].partition(" for ")[0])[-1]
    return last.endswith("s") and not last.endswith("ss")


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
    return f"the{question[at + len('the') : at + len(thing)]}"
