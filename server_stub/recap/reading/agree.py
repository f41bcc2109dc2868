"""Joins what the rules found in a talk with what the model read in it.

What both found for the same person is told as the model puts it, which knows more of words and days. What only one of
them found is believed where the model is sure enough that this person has something to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.date_rules import MONTHS, WEEKDAYS
from server_stub.recap.promises.items import is_task
from server_stub.recap.reading.alike import is_alike, is_same, words_of
from server_stub.recap.reading.reader import Page
from server_stub.recap.words import plain

#: From so likely on that a person has nothing to do, what the rules found for them is none.
NOTHING = 0.5
#: Below it they have something to do for sure, and what the rules missed is taken from the model.
SURELY_SOMETHING = 0.2
#: Words of days that keep their capital.
_NAMED = frozenset(name.title() for name in (*WEEKDAYS, *MONTHS))
_ASIDE = re.compile(r" ?\((?P<thing>[^()]*)\)")


def agree(
    own: Sequence[ActionItem],
    pages: Sequence[Page],
    transcript: Sequence[Utterance],
    is_proved: Callable[[ActionItem], bool],
) -> tuple[ActionItem, ...]:
    """The action items of a talk, in order.

    Args:
        own: what the rules heard; what is no task by its words, and gets no better ones, is left out.
        pages: what the model read, of the whole talk.
        transcript: in order of time.
        is_proved: whether the words that an item cites prove it.
    """
    places = {said.id: place for place, said in enumerate(transcript)}
    read = _once(pages)
    found: list[ActionItem] = []
    told: set[int] = set()
    for item in read:
        near = [one for one in own if one.owner == item.owner and _nearest(one, read) is item]
        if near:
            alike = [len(words_of(one.text) & words_of(item.text)) for one in near]
            nearest = near[alike.index(max(alike))]
            found += filter(is_task, [_better(nearest, item, own, is_proved)])
            told.update(map(id, near))  # the rules' other readings of it, by far more often than another thing
    alone = [one for one in own if id(one) not in told and _nothing(one, pages, places) < NOTHING]
    for one in filter(is_task, alone):
        if not _has_it(found, one):
            found.append(one)
    for item in read:
        is_new = not _has_it(found, item) and not any(is_alike(item, one) for one in found)
        if is_new and _nothing(item, pages, places) < SURELY_SOMETHING and is_proved(_with_day(item)):
            found.append(_with_day(item))
    return tuple(sorted(found, key=lambda item: min(places.get(each, 0) for each in item.evidence)))


def _has_it(found: Sequence[ActionItem], item: ActionItem) -> bool:
    """Whether its owner has this matter already; one of the same words that someone else has may be another."""
    return any(one.owner == item.owner and is_same(one, item) for one in found)


def _nearest(item: ActionItem, read: Sequence[ActionItem]) -> ActionItem | None:
    """What the model read of the same matter for the same person; of things that are named alike the most alike."""
    same = [one for one in read if one.owner == item.owner and is_same(one, item)]
    return max(same, key=lambda one: len(words_of(one.text) & words_of(item.text)), default=None)


def _nothing(item: ActionItem, pages: Sequence[Page], places: Mapping[str, int]) -> float:
    """How likely its owner has nothing to do by the pieces that hold what settles it; 0.0 where none was read."""
    last = max((places[each] for each in item.evidence if each in places), default=-1)
    holding = [page.nothing for page in pages if last in page.places]
    owners = [] if item.owner is None else [item.owner]
    if item.owner is not None and not any(item.owner in nothing for nothing in holding):
        owners = item.owner.split(" and ")
    told = [share for nothing in holding for name, share in nothing.items() if name in owners]
    told = told or [share for nothing in holding for share in nothing.values()]
    return min(told, default=0.0)


def _once(pages: Sequence[Page]) -> list[ActionItem]:
    """What stands in two pieces that overlap: as the later one has it, which knows more of how it went on."""
    found: list[ActionItem] = []
    for page in pages:
        found = [one for one in found if not any(new.owner == one.owner and is_same(one, new) for new in page.items)]
        found += page.items
    return found


def _better(
    item: ActionItem, other: ActionItem, own: Sequence[ActionItem], is_proved: Callable[[ActionItem], bool]
) -> ActionItem:
    """The rules' item as the model puts it, as much of it as is proved."""
    if not _is_own_matter(item, other, own):
        return item
    text, aside = other.text, _ASIDE.search(item.text)
    if aside and not words_of(aside["thing"]) & words_of(text):
        text = f"{text} ({aside['thing']})"
    cited = tuple(dict.fromkeys((*item.evidence, *other.evidence)))
    put = replace(other, text=text, evidence=cited)
    if item.due and len(item.evidence) == 1 and not other.due:
        # Said in one breath with the task, and the model left it out.
        put = replace(put, due=item.due, due_words=item.due_words)
    worded = replace(item, text=text, evidence=cited)
    return next((one for one in map(_with_day, (put, worded)) if is_proved(one)), item)


def _is_own_matter(item: ActionItem, other: ActionItem, own: Sequence[ActionItem]) -> bool:
    """Whether the model's words take nothing from what someone else has to do."""
    new = words_of(other.text) - words_of(item.text)
    return not any(new & words_of(one.text) for one in own if one.owner != item.owner)


def _with_day(item: ActionItem) -> ActionItem:
    """The item with the words of its day in its text, as those of the rules are."""
    if not item.due_words or plain(item.due_words) in plain(item.text):
        return item
    words = item.due_words if item.due_words.split()[0] in _NAMED else item.due_words[:1].lower() + item.due_words[1:]
    return replace(item, text=f"{item.text} {words}")
