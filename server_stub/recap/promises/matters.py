"""One matter of a talk on its way to becoming an action item."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from app.wire.recap import Certainty
from server_stub.recap.date_rules import TIME
from server_stub.recap.due_dates import Due
from server_stub.recap.promises.heard import OBJECT, PRONOUN, is_vague
from server_stub.recap.words import content, overlap, plain

#: Of the shorter task's words: from here on two tasks of one person are the same.
SAME = 0.6
#: They say no more than that somebody gets it.
_LIGHT = re.compile(r"(?:send|deliver|do|have|get|give|finish|bring|handle)(?: you)? ")
#: The same in the next turn.
SAME_AT_ONCE = 0.5
#: The same task said again so many turns later is another one.
MEMORY_TURNS = 12


class State(Enum):
    """How far a matter is."""

    ASKED = "asked"
    """Somebody was asked and has not answered."""
    OFFERED = "offered"
    """Somebody would do it if another wanted it."""
    OPEN = "open"
    """It has to be done; nobody has taken it."""
    AGREED = "agreed"
    """Somebody has taken it."""
    DROPPED = "dropped"
    """Refused, cancelled or done."""


WAITING = (State.ASKED, State.OFFERED, State.OPEN)


def _of_same_thing(one: str, other: str) -> bool:
    """`Send a contract` and `deliver the contract`: the same thing behind verbs that say little."""
    low = (plain(one), plain(other))
    if not all(_LIGHT.match(each) for each in low):
        return False
    left, right = (set(content(_LIGHT.sub("", each, count=1))) for each in low)
    return bool(left) and left == right


def _says_again(one: str, other: str) -> bool:
    """`Ask Anton` and `ask him`: the same verb, and a pronoun for the rest."""
    return plain(one).split()[:1] == plain(other).split()[:1] and OBJECT.search(plain(other)) is not None


@dataclass
class Matter:
    """Something to be done.

    Attributes:
        task: from its verb on, in the words that were said, without its date.
        topic: noun phrases that tell what a pronoun in the task means; empty where it has none.
        owner: who is to do it; None: nobody in particular.
        speaker: whose words the task is in.
        asker: who waits for an answer.
        due: until when, as far as it was said.
        certainty: how firmly it was put.
        hedge: the words that make it less than firm.
        state: how far it is.
        turn: number of the turn in which it came up or was last spoken of.
        sentence: number of the sentence in that turn.
        places: of the utterances that it rests on.
        is_explicit: somebody was looked for, so it counts without a day too.
        is_question: it was put as a question to all.
        is_soft: only an offer, which a late `no` takes back.
        is_recall: somebody's task from before, a wish or a bidding; it counts only when taken up.
        is_dated: its day stood in the task's own words.
        is_lost: the one who was asked did not hear it.
    """

    task: str
    topic: str
    owner: str | None
    speaker: str
    asker: str
    due: Due | None
    certainty: Certainty
    hedge: str
    state: State
    turn: int
    sentence: int
    places: list[int] = field(default_factory=list)
    is_explicit: bool = False
    is_question: bool = False
    is_soft: bool = False
    is_recall: bool = False
    is_dated: bool = False
    is_lost: bool = False

    @property
    def has_day(self) -> bool:
        """Whether its day is known."""
        return self.due is not None and self.due.day is not None

    @property
    def is_at_a_time(self) -> bool:
        """Whether only a time of day is known."""
        return self.due is not None and self.due.rank == TIME

    @property
    def told(self) -> str:
        """The task, with what it is about where it says nothing alone."""
        return f"{self.task} {self.topic}" if is_vague(self.task) else self.task

    def absorb(self, new: Matter, *, restated: bool = False) -> bool:
        """Takes a matter in that says the same; False where it is another one.

        Args:
            new: what was said later.
            restated: it comes in the very sentence that accepted this one.
        """
        if self.state is State.DROPPED or new.turn - self.turn > MEMORY_TURNS:
            return False
        if self.owner != new.owner and None not in (self.owner, new.owner):
            return False
        if self._is_offer_of(new):
            self.state, self.certainty, self.hedge = new.state, new.certainty, new.hedge
        elif not self._is_same(new) and not self._is_taken_up_by(new, restated):
            return False
        if new.state is State.AGREED and self.state is not State.AGREED:
            self.state, self.owner = State.AGREED, new.owner
        if new.has_day:
            self.due = new.due
        fuller = not is_vague(new.task) and len(content(new.task)) > len(content(self.task))
        fuller = fuller and (is_vague(self.task) or not self._goes_on(new))
        if fuller or not self.task or (not content(self.task) and content(new.task)):
            self.task, self.speaker, self.is_dated = new.task, new.speaker, new.is_dated
            self.topic = new.topic or ("" if fuller else self.topic)
        self.places.extend(new.places)
        self.turn, self.sentence = new.turn, new.sentence
        return True

    def _is_offer_of(self, new: Matter) -> bool:
        """`Shall I send the footage?` - `I'd put it on a drive, Friday`."""
        return (
            self.state is State.OFFERED
            and new.state in (State.AGREED, State.OFFERED)
            and self.speaker == new.speaker
            and new.turn - self.turn <= 2
            and PRONOUN.search(plain(new.task)) is not None
        )

    def _is_same(self, new: Matter) -> bool:
        if self._is_handed_over_by(new):
            return True
        if self.has_day and new.has_day and self.due and new.due and self.due.day != new.due.day:
            if (
                not self.is_dated
                and new.turn - self.turn <= 2
                and new.speaker == new.owner
                and _says_again(self.task, new.task)
                and self._speaks_of(new)
            ):
                return True  # whoever does it knows the day better
            return not is_vague(new.task) and overlap(self.task, new.task) >= SAME
        close = new.turn - self.turn <= 1 and self.owner == new.owner
        least = SAME_AT_ONCE if close else SAME
        if is_vague(new.task) and content(new.task) and new.turn - self.turn <= 4 and self.owner == new.owner:
            return overlap(self.task, new.task) >= SAME_AT_ONCE
        return overlap(self.told, new.told) >= least or _of_same_thing(self.task, new.task)

    def _is_handed_over_by(self, new: Matter) -> bool:
        """`I'll cut it by Thursday` - `Can I have it tomorrow?`: who gets a thing and when, of what is being done."""
        if not (self.owner == new.owner and new.turn - self.turn <= 3 and _LIGHT.match(f"{plain(new.task)} ")):
            return False
        if self.has_day and new.has_day and new.speaker == new.owner and ", " in new.topic:
            return False  # what is meant is not sure enough to give it another day
        thing, says = new.topic.split(", ")[0], content(_LIGHT.sub("", f"{plain(new.task)} ", count=1))
        return bool(thing) and not says and overlap(thing, self.told) > 0

    def _speaks_of(self, new: Matter) -> bool:
        """Whether the pronouns of both may mean the same thing: the likeliest one of each."""
        here, there = (each.topic.split(", ")[0] for each in (self, new))
        return not here or not there or overlap(here, there) > 0

    def _goes_on(self, new: Matter) -> bool:
        """`I'll scan the plan, and I'll bring it to the site`: a step more with the same thing."""
        same = new.turn == self.turn and new.state is self.state and new.certainty == self.certainty
        known = not new.topic or overlap(f"{self.task} {self.topic}", new.topic) > 0
        return same and known and OBJECT.search(plain(new.task)) is not None

    def _is_taken_up_by(self, new: Matter, restated: bool) -> bool:
        """Whether a vague promise, or one in the answer itself, is about this matter."""
        again = new.state is State.AGREED or (new.speaker == self.speaker and new.turn == self.turn)
        near = restated or self._goes_on(new) or (again and new.turn - self.turn <= 1 and is_vague(new.task))
        same_day = self.due is not None and new.due is not None and self.due.day == new.due.day
        return near and self.owner == new.owner and (not self.has_day or not new.has_day or same_day)
