"""Which days of a sentence are a task's, and not another thing's or another person's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server_stub.recap.due_dates import Due, is_corrected
from server_stub.recap.promises.asking import Way
from server_stub.recap.promises.commitments import Kind
from server_stub.recap.promises.heard import Heard
from server_stub.recap.proof.pieces import heavy
from server_stub.recap.proof.stance import CONDITIONS
from server_stub.recap.words import plain

#: With more days in one sentence only the one that it is about counts.
MOST_DAYS = 12
_PAST = re.compile(r"\b(?:last|since|ago|yesterday)\b")
_DENIES = re.compile(r"n't\b|\b(?:not|no|never|cannot)\b")
#: What a question for a day says besides: `Would Friday be early enough?`
_SUITS = frozenset(
    heavy(
        "afternoon agree alright annoying chance convenient correct deadline do early enough evening expect fine good "
        "great help how late latest like long look manage morning need ok okay perfect possible ready realistic right "
        "safe say settle soon start suit sure think time too want work yes"
    )
)
#: It asks somebody for something, or for a last day: `Could I have the file on Friday?`, `Done by Friday?`
_ASKS_FOR = re.compile(r"\b(?:can|could|would|will|shall|should|may|might|by|before|until|till)\b|'ll\b")
#: It asks about what was spoken of: `Is it there on Friday?`
_POINTS = re.compile(r"\b(?:it|those|these|them|'em|ones?|(?:that|this)(?! (?:all|it|everything)\b))\b")
#: It asks whether there is more to talk about, or where people are.
_IDLE = re.compile(
    r"\b(?:anything|everything|who|what) else\b|\b(?:everything|all) for\b|"
    r"\b(?:do|does|will) (?:you|they) work\b|\bare (?:you|they|both of you) (?:in|off|away|around|working)\b"
)
_OF_PEOPLE = re.compile(r"(?:do|are|did|were|have) you\b")
#: Another thing hangs on the day: `I present it on Friday, so before that`.
_AHEAD = re.compile(r"\b(?:before (?:that|then)|by then)\b")
#: With these one gets what another does.
_GETS = re.compile(
    r"\b(?:pick|collect|get|fetch|come|stop|drop|wait|waiting|expect|have|need|see|look|read|check|call|ring|put you)\b"
)


def days_of(one: Heard, task: frozenset[str], owner: str | None) -> list[Due]:
    """The days that a sentence gives a task.

    Args:
        one: the sentence.
        task: stems of what is to be done, without its day.
        owner: who is to do it, if anybody.
    """
    if _asks_something_else(one, task) or _is_of_another(one, owner):
        return []
    named = [due for due in one.dues if due.day is not None and not _PAST.search(plain(due.words))]
    if one.due is None or one.due.day is None:
        return named
    if len(named) < 2:
        return [one.due]
    if len(named) > MOST_DAYS:
        return [one.due]
    before = _before(named, one.said.low)
    beside = [
        due
        for number, due in enumerate(named)
        if _is_of(before[number], task)
        and not (number + 1 < len(named) and is_corrected(due, named[number + 1], one.said.low))
    ]
    last = [(due, set(heavy(words))) for due, words in zip(named, before, strict=True) if due.start >= one.due.start]
    open_ = [due for due, words in last if not beside or words <= task]
    kept = [one.due] if not beside and one.due not in open_ else []
    return [*beside, *kept, *(due for due in open_ if due not in beside)]


def _before(named: Sequence[Due], low: str) -> list[str]:
    """For each day the words between the one before and it."""
    starts = [0, *(due.end for due in named[:-1])]
    return [low[start : due.start] for start, due in zip(starts, named, strict=True)]


def _is_of(words: str, task: frozenset[str]) -> bool:
    """Whether words before a day are the task's and nothing else: `The form is` Thursday, `the mail` next Monday."""
    told = set(heavy(words))
    return bool(told) and told <= task and not _DENIES.search(words) and not CONDITIONS.search(words)


def _asks_something_else(one: Heard, task: frozenset[str]) -> bool:
    """Whether a sentence names the day only in asking for another thing, as `Is there anything else for today?`."""
    low, own = one.said.low, set(heavy(plain(one.undated(one.said.text))))
    if not one.said.asks or own & task:
        return False
    if _IDLE.search(low):
        return True
    if own <= _SUITS or _POINTS.search(low):
        return False
    return _OF_PEOPLE.match(low) is not None or not _ASKS_FOR.search(low)


def _is_of_another(one: Heard, owner: str | None) -> bool:
    """Whether by a sentence its speaker says what they do themselves that day, and the task is somebody else's."""
    if owner is None or one.said.speaker in (owner, *owner.split(" and ")) or one.said.asks or not one.acts:
        return False
    if _GETS.search(one.said.low) or _AHEAD.search(one.said.low):
        return False
    return all(each.kind is Kind.PROMISE for each in one.commitments) and not any(
        put.way in (Way.REQUEST, Way.BIDDEN, Way.TASK, Way.TAKES, Way.TOGETHER) for put in one.puts
    )
