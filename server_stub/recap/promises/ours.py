"""What `we` have to do: `We need to book the room.` - `I'll do it.` means that it is booked."""

from __future__ import annotations

import re
from typing import NamedTuple

from server_stub.recap.promises.asking import Way
from server_stub.recap.promises.commitments import Kind
from server_stub.recap.promises.heard import Heard
from server_stub.recap.promises.verbs import is_idle
from server_stub.recap.words import content, plain

#: What several will do is theirs, and not for whoever listens to take up.
WE_WILL = re.compile(r"(?:we'll|we will|we're going to|we are going to|you and i|the two of us|we two)\b")
#: What several do by talking, or is nothing to be noted.
_TALKS = re.compile(
    r"(?:decide|discuss|talk|speak|agree|figure|work out|sort out (?:who|what|how)|meet|move on|wait|hurry)\b"
)
_DOES_IT = re.compile(
    r"(?:do|handle|take care of|sort|see to|look after) (?:it|that|this)(?: out)?(?:,? (?:for you|for us|then|myself))?"
    r"[ .!]*"
)


class Ours(NamedTuple):
    """It waits for somebody who does it: the task from its verb on, and the places of its utterances."""

    task: str
    places: tuple[int, ...]


def ours_of(heard: Heard) -> Ours | None:
    """What a sentence says that `we` have to do, if anything and nothing besides."""
    said = heard.said
    shared = [
        each.text
        for each in heard.commitments
        if each.kind is Kind.SHARED and not WE_WILL.match(said.low[each.start :])
    ]
    together = [put.task for put in heard.puts if put.way is Way.TOGETHER]
    is_alone = len(shared) == len(heard.commitments) and len(together) == len(heard.puts)
    tasks = shared or together
    if said.asks or not is_alone or len(tasks) != 1 or is_idle(tasks[0]) or _TALKS.match(plain(tasks[0])):
        return None
    return Ours(tasks[0], tuple(said.places))


def goes_by(heard: Heard) -> bool:
    """Whether after a sentence what was said before it still waits: it only agrees."""
    return not (heard.said.asks or heard.commitments or heard.puts or heard.deliveries or content(heard.rest))


def does_it(task: str) -> bool:
    """Whether a promise, without its day, says no more than that somebody does it."""
    return _DOES_IT.fullmatch(plain(task)) is not None
