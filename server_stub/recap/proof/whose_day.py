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

_PAST = re.compile(r"\b(?:last|since|ago|yesterday)\b")
_DENIES = re.compile(r"n't\b|\b(?:not|no|never|cannot)\b")
#: What a question for a day says besides: `Would Friday be early enough?`
_SUITS = frozenset(
    heavy(
        "agree annoying chance convenient correct deadline do early enough expect fine good great help how late latest "
        "like long manage need ok okay perfect possible ready realistic right safe say settle soon start suit sure "
        "think time too want work yes"
    )
)
#: It asks somebody for something, or for a last day: `Could I have the file on Friday?`, `Done by Friday?`
_ASKS_FOR = re.compile(r"\b(?:can|could|would|will|shall|should|may|might|by|before|until|till)\b|'ll\b")
#: It asks about what was spoken of: `Is it there on Friday?`
_POINTS = re.compile(r"\b(?:it|those|these|them|'em|ones?|(?:that|this)(?! (?:all|it|everything)\b))\b")
#: It asks what people do, or whether there is more to talk about.
_IDLE = re.compile(
    r"\b(?:anything|everything|who|what) else\b|\b(?:everything|all) for\b|^(?:do|are|did|were|have) you\b"
)
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
    beside = [due for due in named if _is_beside(due, named, one.said.low, task)]
    last = [due for due in named if due.start >= one.due.end]
    rest = [due for due in [one.due, *last] if not beside or _is_open(due, named, one.said.low, task)]
    return [*beside, *(due for due in rest if due not in beside)]


def _before(due: Due, named: Sequence[Due], low: str) -> str:
    """The words between the day before and this one."""
    return low[max((other.end for other in named if other.end <= due.start), default=0) : due.start]


def _is_beside(due: Due, named: Sequence[Due], low: str, task: frozenset[str]) -> bool:
    """Whether a day stands beside the task's words and nothing else: `The form is Thursday, the mail next Monday`."""
    before = _before(due, named, low)
    words = set(heavy(before))
    is_told = not _DENIES.search(before) and not CONDITIONS.search(before)
    is_kept = not any(other.start >= due.end and is_corrected(due, other, low) for other in named)
    return bool(words) and words <= task and is_told and is_kept


def _is_open(due: Due, named: Sequence[Due], low: str, task: frozenset[str]) -> bool:
    """Whether the words before a day name no other thing."""
    words = set(heavy(_before(due, named, low)))
    return not words or bool(words & task)


def _asks_something_else(one: Heard, task: frozenset[str]) -> bool:
    """Whether a sentence names the day only in asking for another thing, as `Is there anything else for today?`."""
    low = one.said.low
    if not one.said.asks or set(heavy(plain(one.undated(one.said.text)))) & task:
        return False
    if _IDLE.search(low):
        return True
    own = set(heavy(plain(one.undated(one.said.text))))
    return not (own <= _SUITS or _ASKS_FOR.search(low) or _POINTS.search(low))


def _is_of_another(one: Heard, owner: str | None) -> bool:
    """Whether by a sentence its speaker says what they do themselves that day, and the task is somebody else's."""
    if owner is None or one.said.speaker in (owner, *owner.split(" and ")) or one.said.asks or not one.acts:
        return False
    if _GETS.search(one.said.low):
        return False
    return all(each.kind is Kind.PROMISE for each in one.commitments) and not any(
        put.way in (Way.REQUEST, Way.BIDDEN, Way.TASK, Way.TAKES, Way.TOGETHER) for put in one.puts
    )
