"""Joins what the model read in a talk with what the rules found: where it read, it alone counts.

On calls that it has not learned from one in twelve of its items is wrong, of those that the rules add to them three in
four; its days and how sure somebody is are right more often, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from app.wire.recap import AND, ActionItem, Utterance
from server_stub.recap.date_periods import MONTHS, WEEKDAYS
from server_stub.recap.promises.items import is_task
from server_stub.recap.reading.alike import is_alike, is_same, likeness
from server_stub.recap.reading.reader import Page
from server_stub.recap.words import plain

#: Words of days that keep their capital.
_NAMED = frozenset(name.title() for name in (*WEEKDAYS, *MONTHS))


def agree(own: Sequence[ActionItem], pages: Sequence[Page], transcript: Sequence[Utterance]) -> tuple[ActionItem, ...]:
    """The action items of a talk, in order.

    Args:
        own: what the rules heard; what is no task by its words is left out.
        pages: what the model read, of the whole talk or of as much of it as there was time for.
        transcript: in order of time.
    """
    places = {said.id: place for place, said in enumerate(transcript)}
    read = {place for page in pages for place in page.places}
    found = once(pages)
    for one in filter(is_task, own):
        settled = max((places[each] for each in one.evidence if each in places), default=-1)
        is_known = any(
            (other.owner == one.owner or one.owner in owners_of(other)) and is_same(other, one) for other in found
        )
        if settled not in read and not is_known:
            found.append(one)
    return tuple(sorted(found, key=lambda item: min((places.get(each, 0) for each in item.evidence), default=0)))


def once(pages: Sequence[Page]) -> list[ActionItem]:
    """What the model read, with the words of each day in the text, as those of the rules are.

    Of what stands in two pieces that overlap it is as the later one has it, which knows more of how it went on; what
    that one passes by stays, for it has seen less of how it began.
    """
    found: list[ActionItem] = []
    for page in pages:
        new = list(dict.fromkeys(page.items))
        for item in new:
            found = [one for one in found if not _is_told_by(one, item, new)]
        found += new
    return [_with_day(item) for item in dict.fromkeys(found)]


def _is_told_by(one: ActionItem, new: ActionItem, beside: Sequence[ActionItem]) -> bool:
    """Whether a new item is what an old one was, of the same person, of one of them, or of nobody until then."""
    has_owner = one.owner is None or new.owner is None or bool(owners_of(one) & owners_of(new))
    if not has_owner or plain(one.text) != plain(new.text):
        return has_owner and is_alike(one, new) and new == max(beside, key=lambda each: likeness(one, each))
    return True


def owners_of(item: ActionItem) -> set[str]:
    """Whose an item is; nobody's: none."""
    return set(item.owner.split(AND)) if item.owner else set()


def _with_day(item: ActionItem) -> ActionItem:
    if not item.due_words or plain(item.due_words) in plain(item.text):
        return item
    first = item.due_words.split()[0]
    is_name = first in _NAMED or not first[1:].islower() or first.startswith("I'")
    words = item.due_words if is_name else item.due_words[:1].lower() + item.due_words[1:]
    return replace(item, text=f"{item.text} {words}")
