"""Makes a matter out of the words of a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.wire.recap import Certainty
from server_stub.recap.due_dates import Due, find_all, find_due
from server_stub.recap.names import Names
from server_stub.recap.promises import answers
from server_stub.recap.promises.commitments import trim
from server_stub.recap.promises.heard import OBJECT, Heard
from server_stub.recap.promises.matters import Matter, State
from server_stub.recap.promises.nounphrases import phrases
from server_stub.recap.promises.occasions import AT_AN_EVENT
from server_stub.recap.promises.ours import Ours
from server_stub.recap.promises.speech import Sentence
from server_stub.recap.promises.things import Gap
from server_stub.recap.promises.topics import topic_of
from server_stub.recap.words import content, plain

_PLURAL = frozenset({"them", "those", "these", "they", "ones", "theirs"})
_PERSON = frozenset({"him", "her", "his", "hers"})
#: A task ends here: what follows gives reasons, manners or doubts.
_CUT = re.compile(
    r"[ ,]+(?:,|which|because|so|but|or (?:they|we|it|you|whatever|so)|otherwise|maybe|perhaps|possibly|hopefully|"
    r"ideally|i'd say|i think|i guess|at the latest|latest|no later|if (?:that|you)|could that be|would you|by whoever|"
    r"that'd be|give me|(?<=, )(?:i'm|i've|we're|it's|they're|he's|she's|that's)|the week after|once|when|"
    r"before|whenever|as soon as)\b(?! (?:my|our) call)|\s,"
)
#: Their day is when it is used.
_BOOKED = re.compile(r"(?:book|reserve|hire|rent|schedule|invite)\b")
_NEWS = re.compile(r"\b(?:tell|let|inform|say)\b.*\b(?:it's|it is|they're|we're)(?: only| now| on)? ?$")
#: An event is still spoken of so many turns later.
_SOON_TURNS = 3
_IF = re.compile(r"\b(?:if|unless|provided|as long as)\b[^,]*")
_POLITE_IF = re.compile(
    r"\bif (?:you (?:could|want|like|can|don't)|i could have|possible|(?:that|it)(?:'s|"
    r" is) (?:okay|ok|fine|all right|not too))"
)


class Making:
    """The list of a talk's matters, and what a new one needs to know of the talk."""

    def __init__(self, said: Sequence[Sentence], names: tuple[str, ...], today: date, matters: list[Matter]) -> None:
        self._said, self._names, self._today, self._matters = said, names, today, matters
        self._called = Names(names)
        #: Somebody called in the middle of a task.
        called = "|".join(re.escape(part) for name in names for part in (name, *name.split()[:1]))
        self._calls = re.compile(rf"^(?:{called}),|, (?:{called})(?=,|$)")
        self._focus = ""
        self._accepted: Matter | None = None
        self._before: Heard | None = None
        self._refuses = False
        #: The turn in which somebody told when something takes place, and the day.
        self._event: tuple[int, Due] | None = None
        #: The turn in which somebody told when they are where it can be done, and the day.
        self._occasion: tuple[int, Due] | None = None
        #: The turn in which somebody asked who does what.
        self._shared_out = -100
        self._shared_due: Due | None = None
        #: What `we` have to do, while nothing else was said.
        self._ours: Ours | None = None

    def _new(
        self, heard: Heard, task: str, state: State, owner: str | None, *,
        start: int = 0, due: Due | None = None, thing: str | None = None,
        certainty: Certainty | None = None, hedge: str = "",
    ) -> Matter:  # fmt: skip
        said = heard.said
        own = find_due(task, self._today)
        if own and heard.due and "week" in plain(own.words) and heard.due.start > 0:
            own = heard.due
        if own and _BOOKED.match(plain(task)) and plain(own.words).startswith("for "):
            own = replace(own, day=None)  # the day that is booked, not the day of booking
        elif heard.due and _NEWS.search(said.low[start : heard.due.start]):
            own = replace(heard.due, day=None)  # the day is what is told
        clean = self._clean(task)
        topic = ""
        pronouns = list(OBJECT.finditer(plain(clean)))
        pronoun = next((each for each in pronouns if each[0] not in _PERSON), next(iter(pronouns), None))
        if len(content(clean if thing is None else thing)) <= 1 or pronoun:
            plural = pronoun[0] in _PLURAL if pronoun else None
            person = pronoun is not None and pronoun[0] in _PERSON
            before = self._calls.sub("", said.text[:start])
            topic = topic_of(Gap(self._said, said.number, before, self._focus, clean, plural, person))
            topic = topic or ", ".join(list(phrases(said.text))[-1:])
        if certainty is None:
            certainty, hedge = ("firm", "") if state in (State.ASKED, State.OPEN) else _weigh(said.low)
        matter = Matter(
            task=clean, topic=topic, owner=owner, speaker=said.speaker, asker=said.speaker,
            due=due or own or heard.due or self._lent(said) or self._day_of_event(said, clean),
            certainty=certainty, hedge=hedge, state=state,
            turn=said.turn, sentence=said.sentence, places=[*said.places, *self._told_in(topic, said)],
            is_dated=own is not None,
        )  # fmt: skip
        for old in reversed(self._matters):
            restated = (
                old is self._accepted
                and old.turn == said.turn
                and (old.sentence == said.sentence or (not old.has_day and _is_pronoun(pronoun) and _is_short(clean)))
            )
            if old.absorb(matter, restated=restated):
                return old
        self._matters.append(matter)
        return matter

    def _clean(self, task: str) -> str:
        """A task without its days and what follows it."""
        if re.match(r"let \w+ know", plain(task)):
            return " ".join(task.split()[:3])
        for due in find_all(task, self._today):
            if due.day and not (_BOOKED.match(plain(task)) and plain(due.words).startswith("for ")):
                task = task.replace(due.words, " ")
        task = " ".join(self._calls.sub(" ", " ".join(task.split())).split())
        cut = _CUT.search(plain(task), 4)
        return trim(task[: cut.start()] if cut else task).strip(" ,.?!")

    def _told_in(self, topic: str, said: Sentence) -> list[int]:
        """The utterances that name the things of a topic."""
        found: list[int] = []
        for thing in topic.split(", "):
            before = (each for each in reversed(self._said[: said.number + 1]) if thing and plain(thing) in each.low)
            found.extend(next((each.places for each in before), ()))
        return found

    def _was_asked(self, said: Sentence) -> bool:
        """Whether somebody else has just asked something."""
        before = self._before
        return before is not None and before.said.asks and before.said.speaker != said.speaker

    def _lent(self, said: Sentence) -> Due | None:
        """`I see him tonight, so I'll ask him`: the day of the clause before, which says nothing else."""
        before = self._before
        if self._occasion and self._occasion[0] == said.turn:
            return self._occasion[1]
        if before is None or (before.said.turn, before.said.sentence) != (said.turn, said.sentence):
            return None
        return before.due if before.is_dated and not (before.commitments or before.puts or before.deliveries) else None

    def _day_of_event(self, said: Sentence, task: str) -> Due | None:
        """`The fitting is on the ninth` - `I'll bring the shoes`: what is done there is done then."""
        if self._event and said.turn - self._event[0] <= _SOON_TURNS and AT_AN_EVENT.match(plain(task)):
            return self._event[1]
        return None

    def _addressed(self, said: Sentence) -> str | None:
        """Whom a sentence speaks to: by name in it or before it in the turn, or the one other person."""
        for each in reversed(self._said[: said.number + 1]):
            if each.turn != said.turn:
                break
            name = self._called.find(each.text)
            if name and name != said.speaker:
                return name
        others = [name for name in self._names if name != said.speaker]
        if len(others) == 1:
            return others[0]
        last = next((each for each in reversed(self._matters) if each.state is State.AGREED), None)
        goes_on = last is not None and said.turn - last.turn <= 1 and re.search(r"\b(?:as well|too|also)\b", said.low)
        return last.owner if last and goes_on and last.owner != said.speaker else None

    def _last(self, said: Sentence, turns: int, *states: State) -> Matter | None:
        """The speaker's own matter that came up last, at most so many turns ago."""
        return next(
            (
                each
                for each in reversed(self._matters)
                if each.owner == said.speaker and each.state in states and said.turn - each.turn <= turns
            ),
            None,
        )


def _is_pronoun(found: re.Match[str] | None) -> bool:
    """Whether a word stands for a thing alone; `the green one` is another thing."""
    return found is not None and found[0] not in ("one", "ones")


def _is_short(task: str) -> bool:
    """Whether a task with a pronoun says little else, so that it may be what was just accepted."""
    return len(content(task)) <= 2


def _weigh(low: str) -> tuple[Certainty, str]:
    """How firmly a sentence puts something, and the words that say so."""
    condition = _IF.search(low)
    if condition and not _POLITE_IF.search(low):
        return "conditional", condition[0].strip(" ,.")
    hedge = answers.hedge_of(low)
    return ("tentative", hedge) if hedge else ("firm", "")
