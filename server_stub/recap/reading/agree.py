"""Joins what the rules found in a talk with what the model read in it.

The rules know well who took something on, the model whether anything was agreed at all, and how to put it into words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.date_rules import MONTHS, WEEKDAYS
from server_stub.recap.reading.reader import Page
from server_stub.recap.words import plain

#: From so likely on that nothing was agreed, it is believed against the rules, which then found nothing there either.
NOTHING = 0.8
#: Below it something was agreed for sure, and what the rules missed is taken from the model.
SURELY_SOMETHING = 0.05
#: Words of the rules that the model's may be without.
MOST_LEFT_OUT = 2
#: Words of days that keep their capital.
_NAMED = frozenset(name.title() for name in (*WEEKDAYS, *MONTHS))
_WORD = re.compile(r"[^\W_]{3,}")
_COMMON = frozenset({"and", "for", "from", "get", "give", "have", "into", "make", "one", "out", "send", "that", "the"})
_COMMON_TOO = frozenset({"this", "will", "with"})
_ASIDE = re.compile(r" ?\((?P<thing>[^()]*)\)")
#: Who speaks takes it on; the model is not believed about who without such words.
_TAKES_ON = re.compile(
    r"\b(?:i['’]ll|i will|i can|i['’]d|let me|we['’]ll|i['’]m \w+ing|i['’]m gonna|i shall|i could|i might|"
    r"you['’]ll have|you['’]ll get|you get|give me|leave it with me|mine)\b",
    re.IGNORECASE,
)


def agree(
    own: Sequence[ActionItem],
    pages: Sequence[Page],
    transcript: Sequence[Utterance],
    is_proved: Callable[[ActionItem], bool],
) -> tuple[ActionItem, ...]:
    """The action items of a talk, in order.

    Args:
        own: what the rules found.
        pages: what the model read, of the whole talk.
        transcript: in order of time.
        is_proved: whether the words that an item cites prove it.
    """
    places = {said.id: place for place, said in enumerate(transcript)}
    kept = [item for item in own if not _is_passed_over(item, pages, places)]
    read = _once([item for page in pages for item in page.items])
    found = [_better(item, own, read, is_proved) for item in kept]
    by_id = {said.id: said for said in transcript}
    for page in pages:
        if page.nothing < SURELY_SOMETHING:
            new = [
                item for item in page.items if item in read and not any(is_same(item, one) for one in [*own, *found])
            ]
            found += [item for item in map(_with_day, new) if _takes_on(item, by_id) and is_proved(item)]
    return tuple(sorted(found, key=lambda item: min(places.get(each, 0) for each in item.evidence)))


def is_same(one: ActionItem, other: ActionItem) -> bool:
    """Whether two items are of one matter: they cite the same words, and name the same thing."""
    return bool(set(one.evidence) & set(other.evidence)) and bool(_words(one.text) & _words(other.text))


def _words(text: str) -> set[str]:
    """The beginnings of words that tell things apart."""
    found = (word.lower() for word in _WORD.findall(text))
    return {word[:5] for word in found if word not in _COMMON and word not in _COMMON_TOO}


def _is_passed_over(item: ActionItem, pages: Sequence[Page], places: Mapping[str, int]) -> bool:
    """Whether in each piece that holds what settles an item nothing was agreed."""
    last = max((places[each] for each in item.evidence if each in places), default=-1)
    holding = [page for page in pages if last in page.places]
    return bool(holding) and all(page.nothing >= NOTHING for page in holding)


def _once(items: Sequence[ActionItem]) -> list[ActionItem]:
    """What stands in two pieces that overlap: as the later one has it, which knows more of how it went on."""
    found: list[ActionItem] = []
    for item in items:
        found = [one for one in found if not (one.owner == item.owner and is_same(one, item))]
        found.append(item)
    return found


def _better(
    item: ActionItem,
    own: Sequence[ActionItem],
    read: Sequence[ActionItem],
    is_proved: Callable[[ActionItem], bool],
) -> ActionItem:
    """The rules' item in the model's words, with its day where the rules have none; as it is where these prove less."""
    # Of things that are named alike the one that is most like it.
    likely = [one for one in read if is_same(item, one) and one.owner == item.owner]
    other = max(likely, key=lambda one: len(_words(one.text) & _words(item.text)), default=None)
    if other is None or not _tells_the_same(item, other, own):
        return item
    cited = tuple(dict.fromkeys((*item.evidence, *other.evidence)))
    text, aside = other.text, _ASIDE.search(item.text)
    if aside and not _words(aside["thing"]) & _words(text):
        text = f"{text} ({aside['thing']})"
    worded = replace(item, text=text, evidence=cited)
    dated = replace(worded, due=other.due, due_words=other.due_words) if not item.due and other.due else worded
    return next((one for one in map(_with_day, (dated, worded)) if is_proved(one)), item)


def _tells_the_same(item: ActionItem, other: ActionItem, own: Sequence[ActionItem]) -> bool:
    """Whether the model's words leave out little of the rules', and take nothing from what someone else has to do."""
    said, put = _words(item.text), _words(other.text)
    return len(said - put) <= MOST_LEFT_OUT and not any(
        (put - said) & _words(one.text) for one in own if one.owner != item.owner
    )


def _with_day(item: ActionItem) -> ActionItem:
    """The item with the words of its day in its text, as those of the rules are."""
    if not item.due_words or plain(item.due_words) in plain(item.text):
        return item
    words = item.due_words if item.due_words.split()[0] in _NAMED else item.due_words[:1].lower() + item.due_words[1:]
    return replace(item, text=f"{item.text} {words}")


def _takes_on(item: ActionItem, by_id: Mapping[str, Utterance]) -> bool:
    said = [by_id[each] for each in item.evidence if each in by_id]
    return any(one.speaker == item.owner and _TAKES_ON.search(one.text) for one in said)
