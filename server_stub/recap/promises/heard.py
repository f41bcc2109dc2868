"""What one sentence holds for those who follow a talk: its day, its promises, requests and results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server_stub.recap.beside import find_beside
from server_stub.recap.date_periods import WEEKDAYS
from server_stub.recap.due_dates import Due, find_all, find_anchor, find_due
from server_stub.recap.names import Names
from server_stub.recap.promises.asking import Put, Way, puts
from server_stub.recap.promises.commitments import Commitment, Finder, Kind
from server_stub.recap.promises.deliveries import Delivery, deliveries, is_fragment
from server_stub.recap.promises.speech import Sentence
from server_stub.recap.promises.unmeant import is_meant
from server_stub.recap.words import content, plain

#: Words that stand for something said before.
PRONOUN = re.compile(
    r"\b(?:it|that|this|them|those|these|one|ones|so|mine|there|hers|his|theirs|yours|they|her|him|he|she)\b"
)
#: One of them as the object of a task: nobody knows what is meant without the words before.
OBJECT = re.compile(
    r"\b(?:it|them|hers|theirs|mine|yours|they|ones?|something)\b|"
    r"\b(?:him|her|his|that|this|those|these|both)\b"
    r"(?=$|[,.)]| (?:to|by|on|in|for|and|over|with|back|up|out|off|down|done|ready|one|a|an|the|some|about|today|"
    r"again)\b)"
)
#: Words of assent and manner, which say nothing of a task.
_SMALL = re.compile(
    r"\b(?:aye|fair|grand|smashing|beautiful|wonderful|excellent|easy|promise|i swear|cool|fine|great|good|okay|ok|"
    r"noted|yes|yeah|yep|sure|perfect|lovely|super|say|sometime|latest|then|so|works|"
    r"it is|that's|that'd be|it'd be|it'll be|make it|let's say|plenty|easily|at the|right|deal|brilliant|"
    r"hopefully|ideally|"
    r"maybe|realistically|with a bit of luck|i'd say|i think|done|agreed|got it|for sure|morning|evening|afternoon|"
    r"early|late|enough|noon|wait|sorry|no|next week|friday)\b"
)
#: They go with a verb, and add nothing to what it is about.
_PARTICLES = re.compile(r"\b(?:off|back|round|along|away|through|together|myself|over|up|out)\b")
_SINCE = re.compile(r"\b(?:since|last|as of|from|after)\s*$")
#: What somebody did on a day was on the last such day.
_PAST = re.compile(
    r"\b(?:i|we|he|she|they|you)(?: already| just| only)? (?:(?!need|want|plan|promis|agreed|schedul|hop|book|"
    r"propos|suggest)\w{2,}ed|"
    r"sent|gave|wrote|did|made|took|got|brought|built|bought|saw|met|paid|spoke|went|came|found|ran|sold|drew|drove)\b"
    r"[^,;:]*$"
)
_TURNED_DOWN = re.compile(r"\bnot (?:on |by )?$")


@dataclass(frozen=True)
class Heard:
    """A sentence and what rules find in it.

    Attributes:
        said: the sentence.
        due: the one day that it names, None where it names none; `by then` is the day that was named before.
        dues: every day in it.
        commitments: promises and requests with a verb.
        puts: tasks put in other ways.
        deliveries: promises by result.
        is_meant: it can carry a promise at all.
        rest: its words without days and assent.
    """

    said: Sentence
    due: Due | None
    dues: tuple[Due, ...]
    commitments: tuple[Commitment, ...]
    puts: tuple[Put, ...]
    deliveries: tuple[Delivery, ...]
    is_meant: bool
    rest: str

    @property
    def is_dated(self) -> bool:
        """Whether it names a day of the calendar."""
        return self.due is not None and self.due.day is not None

    @property
    def is_date_only(self) -> bool:
        """Whether it names a day and says next to nothing else."""
        return self.is_dated and len(content(self.rest)) <= 1

    def undated(self, text: str) -> str:
        """Words of the sentence without its days."""
        return _without_days(text, self.dues)

    @property
    def takes(self) -> bool:
        """Whether the speaker takes what is open: `I'm on it`."""
        return not self.said.asks and any(put.way is Way.TAKES for put in self.puts)

    @property
    def promises(self) -> tuple[Commitment, ...]:
        """What the speaker promises in so many words."""
        return tuple(each for each in self.commitments if each.kind is Kind.PROMISE)

    @property
    def acts(self) -> bool:
        """Whether the speaker says what they do themselves."""
        own = (Way.PRESENT, Way.PROMISE, Way.PLANNED)
        return bool(self.promises or self.deliveries) or any(put.way in own for put in self.puts)

    @property
    def is_fragment(self) -> bool:
        """Whether it has no verb of its own."""
        return is_fragment(self.said.low)


def _without_days(text: str, dues: Iterable[Due]) -> str:
    for due in dues:
        text = text.replace(due.words, " ")
    return " ".join(text.split())


def small_words_off(text: str) -> str:
    """A text in small letters without words of assent and manner."""
    return " ".join(_SMALL.sub(" ", plain(text)).split())


def is_vague(task: str) -> bool:
    """Whether a task says nothing without what was said before: `do that`, `send it`."""
    task = _PARTICLES.sub(" ", plain(task))
    return not content(task) or (len(content(task)) <= 1 and PRONOUN.search(plain(task)) is not None)


def hear(said: Sequence[Sentence], names: tuple[str, ...], today: date) -> Iterator[Heard]:
    """Reads every sentence of a talk, in order."""
    finder, called = Finder(names), Names(names)
    last: date | None = None
    for place, sentence in enumerate(said):
        due = _due(sentence, today, last)
        dues = tuple(find_all(sentence.text, today))
        rest = small_words_off(_without_days(sentence.text, dues))
        yield Heard(
            sentence, due, dues, tuple(finder.find(sentence.text)), tuple(puts(sentence.text, called.pattern)),
            () if sentence.asks else tuple(deliveries(sentence.text)), is_meant(said, place), rest,
        )  # fmt: skip
        last = due.day if due and due.day else last


def _due(said: Sentence, today: date, last: date | None) -> Due | None:
    due = find_due(said.text, today)
    if (
        due
        and plain(due.words) == "this morning"
        and not re.search(r"\b(?:i'll|i will|going to|can you|could you)\b", said.low)
    ):
        due = None
    if due and not due.is_deadline and _PAST.search(said.low[: due.start]):
        due = None
    if due and _SINCE.search(said.low[: due.start]):
        due = None
    if due and due.day and re.search(r"\bweek\b", plain(due.words)):
        due = _narrowed(due, said, today)
    beside = _beside(said, today, last)
    # `The same day` is no other day than the one named with it.
    return beside if beside and (beside.day != last or due is None or due.day is None) else due


def _beside(said: Sentence, today: date, last: date | None) -> Due | None:
    """The day that it names beside one before, in the sentence or, last, in those before it."""
    spot = find_beside(said.text, today)
    if spot is None or _PAST.search(said.low[: spot.start]) or _TURNED_DOWN.search(said.low[: spot.start]):
        return None
    named = find_anchor(said.text[: spot.start], today)
    anchor = named.day if named else last
    beside = find_beside(said.text, anchor) if anchor else None
    return beside if beside and beside.day and beside.day >= today else None


def _narrowed(due: Due, said: Sentence, today: date) -> Due:
    """`Early next week, Tuesday hopefully` is the Tuesday of that week."""
    for later in find_all(said.text, today):
        if later.start >= due.end and later.day and plain(later.words).split()[-1] in WEEKDAYS and due.day:
            monday = due.day - timedelta(days=due.day.weekday())
            ahead = (later.day - monday).days % 7
            return Due(later.words, monday + timedelta(days=ahead), later.start, later.end, later.rank, True)
    return due
