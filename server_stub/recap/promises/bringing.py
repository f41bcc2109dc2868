"""Brings up what a sentence adds to a talk: new matters, and days and hedges for those that stand already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from app.wire.recap import Certainty
from server_stub.recap.due_dates import Due, find_all, find_due
from server_stub.recap.names import Names
from server_stub.recap.promises import answers
from server_stub.recap.promises.asking import Put, Way
from server_stub.recap.promises.commitments import Commitment, Kind, base_form, trim
from server_stub.recap.promises.deliveries import Delivery
from server_stub.recap.promises.heard import OBJECT, PRONOUN, Heard, small_words_off
from server_stub.recap.promises.matters import Matter, State
from server_stub.recap.promises.speech import Sentence
from server_stub.recap.promises.topics import focus_of, phrases, topic_of
from server_stub.recap.words import content, overlap, plain

_SECOND_TASK = re.compile(r",? and (?:then |also )?(?=\w+ )")
#: A task ends here: what follows gives reasons, manners or doubts.
_CUT = re.compile(
    r"[ ,]+(?:,|which|because|so|but|or (?:they|we|it|you|whatever|so)|otherwise|maybe|perhaps|possibly|hopefully|"
    r"ideally|i'd say|i think|i guess|at the latest|latest|no later|if (?:that|you)|could that be|would you|by whoever|"
    r"that'd be|give me|once|when|before|whenever|as soon as)\b(?! (?:my|our) call)|\s,"
)
#: Only polite where a day follows.
_WISHES = frozenset({"i'd like to", "would like to", "i would like to", "i want to"})
_AFTERTHOUGHT = re.compile(r"(?:probably|maybe|perhaps|hopefully)\b.*, (?:maybe|perhaps|possibly|or) [^,]*\bif\b")
_BUT = re.compile(r"\bi (?:could|can|would)\b[^.]*\bbut\b|\bi'd\b[^.]*, but\b")
_IF = re.compile(r"\b(?:if|unless|provided|depends|as long as)\b[^,]*")
_POLITE_IF = re.compile(r"\bif (?:you (?:could|want|like|can|don't)|i could have|possible|that's okay)")
#: A day that is asked for tells of no task.
_OTHER_QUESTION = re.compile(
    r"\bwhen (?:did|was|were|is|are|do|does)\b|\b(?:did|was|were|have you|since)\b|\b(?:come|free|meet)\b|"
    r"(?:isn't|aren't|doesn't|don't|wasn't|won't|right|no) ?(?:it|they|we|you|he|she)?\?$"
)


class Bringing:
    """Adds matters to the list of a talk."""

    def __init__(self, said: Sequence[Sentence], names: tuple[str, ...], today: date, matters: list[Matter]) -> None:
        self._said, self._names, self._today, self._matters = said, names, today, matters
        self._called = Names(names)
        #: Somebody called in the middle of a task.
        called = "|".join(re.escape(part) for name in names for part in (name, *name.split()[:1]))
        self._calls = re.compile(rf"^(?:{called}),|, (?:{called})(?=,|$)")
        self._focus = ""
        self._accepted: Matter | None = None
        self._before: Heard | None = None

    def bring_up(self, heard: Heard, accepted: Matter | None) -> None:
        """Adds what a sentence holds.

        Args:
            heard: the sentence.
            accepted: the matter that it has just accepted, which it may put into words again.
        """
        said = heard.said
        self._focus = focus_of(said) or self._focus
        self._accepted = accepted or self._accepted
        if not heard.is_meant:
            self._before = heard
            return
        count = len(self._matters)
        for act in self._acts(heard, accepted):
            if isinstance(act, Put):
                self._put(heard, act)
            elif isinstance(act, Delivery):
                self._deliver(heard, act)
            else:
                self._commit(heard, act)
        self._before = heard
        if accepted:
            self._hedge(heard, accepted)
        elif len(self._matters) == count and not self._complete(heard):
            self._fragment(heard)

    @staticmethod
    def _acts(heard: Heard, accepted: Matter | None) -> list[Put | Delivery | Commitment]:
        """What a sentence does, in its order; what an answer says again is left out."""
        others: list[Put | Delivery] = [*heard.puts, *heard.deliveries]
        spans = [(each.start, each.end) for each in others]
        acts: list[Put | Delivery | Commitment] = [] if accepted else [*others]
        for each in heard.commitments:
            again = accepted is not None and (
                overlap(accepted.task, each.text) > 0.3
                or len(content(each.text)) <= (2 if PRONOUN.search(plain(each.text)) else 1)
            )
            if not again and not any(start <= each.start < end + 3 for start, end in spans):
                acts.append(each)
        return sorted(acts, key=lambda act: act.start)

    # ---- in so many words

    def _commit(self, heard: Heard, found: Commitment) -> None:
        certainty, hedge = found.certainty, found.hedge
        if found.kind is Kind.PROMISE:
            for part in self._parts(found):
                self._promise(heard, part)
        elif found.kind is Kind.SHARED:
            due = find_due(found.text, self._today)
            if due and due.day:
                self._new(heard, found.text, State.OPEN, None, certainty=certainty, hedge=hedge)
        elif found.kind is Kind.NAMED:
            self._new(heard, found.text, State.AGREED, found.name, certainty=certainty, hedge=hedge)
        else:
            owner = found.name if found.name != heard.said.speaker else None
            self._new(
                heard,
                found.text,
                State.ASKED,
                owner or self._addressed(heard.said),
                start=found.start,
                certainty="firm",
            )

    def _parts(self, found: Commitment) -> list[Commitment]:
        """`Send the draft by Monday and update the invoice by Friday` is two tasks."""
        dues = [due for due in find_all(found.text, self._today) if due.day]
        for first, second in pairwise(dues):
            joint = _SECOND_TASK.search(plain(found.text), first.end, second.start)
            if joint and len(content(found.text[joint.end() : second.start])) >= 2:
                rest = replace(found, text=found.text[joint.end() :])
                return [replace(found, text=found.text[: joint.start()]), *self._parts(rest)]
        return [found]

    def _promise(self, heard: Heard, found: Commitment) -> None:
        certainty, hedge = found.certainty, found.hedge
        if (hedge in _WISHES and heard.is_dated) or (found.is_soft and hedge in ("i'd", "would", "'d")):
            hedge = answers.hedge_of(heard.said.low)
            certainty = "tentative" if hedge else "firm"
        if certainty == "conditional" and _AFTERTHOUGHT.search(heard.said.low):
            hedge = answers.hedge_of(heard.said.low)
            certainty = "tentative"
        if found.is_soft and not heard.is_dated and _BUT.search(heard.said.whole):
            return
        offers = (found.is_soft and hedge not in ("might", "may")) or "if you want" in heard.said.low
        answer = self._before is not None and self._before.said.asks and self._before.said.speaker != heard.said.speaker
        wanted = heard.is_dated or (answer and answers.fits_well(heard.said.low))
        state = State.OFFERED if offers and not wanted else State.AGREED
        matter = self._new(
            heard, found.text, state, heard.said.speaker, start=found.start, certainty=certainty, hedge=hedge
        )
        matter.is_soft = offers

    # ---- in other ways

    def _put(self, heard: Heard, put: Put) -> None:
        said = heard.said
        task = base_form(f"{put.verb} {put.task}".strip())
        if put.way is Way.RECALLED:
            self._new(heard, task, State.OPEN, None).is_recall = True
        elif put.way is Way.PLANNED and not said.asks:
            dated = find_due(task, self._today)
            state = State.AGREED if dated and dated.day else State.OPEN
            self._new(heard, task, state, said.speaker).is_recall = True
        elif put.way is Way.REQUEST:
            self._request(heard, task, put.start)
        elif put.way is Way.OFFER:
            self._new(heard, task, State.OFFERED, said.speaker, start=put.start)
        elif put.way is Way.TASK:
            self._task(heard, task)
        elif put.way is Way.TAKES:
            self._take(heard, task)
        elif put.way is Way.TOGETHER and heard.is_dated:
            self._new(heard, task, State.AGREED, said.speaker).is_soft = True
        elif put.way is Way.NAMED:
            self._new(heard, task, State.AGREED if heard.is_dated else State.ASKED, self._called.get(put.who))
        elif put.way is Way.PRESENT and heard.is_dated and not said.asks:
            self._new(heard, task, State.AGREED, said.speaker, start=put.start)
        elif put.way is Way.PROMISE:
            state = State.AGREED if heard.is_dated or put.verb == "Send" else State.OFFERED
            self._new(heard, task, state, said.speaker, start=put.start)

    def _request(self, heard: Heard, task: str, start: int) -> None:
        said, owner = heard.said, self._addressed(heard.said)
        for matter in reversed(self._matters):
            if said.turn - matter.turn > 2:
                break
            is_open = matter.state is State.OPEN and not (matter.is_recall and matter.owner)
            if is_open and len(content(task)) <= 1:
                matter.state, matter.owner, matter.turn, matter.asker = State.ASKED, owner, said.turn, said.speaker
                return
        self._new(heard, task, State.ASKED, owner, start=start)

    def _task(self, heard: Heard, task: str) -> None:
        said = heard.said
        if re.search(r"\bwhich i(?:'m|'ll| will| can)\b", said.low):
            self._new(heard, task, State.AGREED, said.speaker)
            return
        name = self._called.find(said.text)
        if name and name != said.speaker and re.search(r"\byou\b", said.low):
            self._new(heard, task, State.ASKED, name)
            return
        matter = self._new(heard, task, State.OPEN, None)
        matter.is_explicit = said.asks or re.search(r"some(?:body|one)|one of", said.low) is not None
        matter.is_question = said.asks

    def _take(self, heard: Heard, task: str) -> None:
        own = self._last(heard.said, 2, State.AGREED)
        if own is None:
            self._new(heard, task or "Do", State.AGREED, heard.said.speaker)
        elif heard.is_dated and (not own.has_day or own.turn == heard.said.turn):
            own.due = heard.due
            own.places.extend(heard.said.places)

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

    def _deliver(self, heard: Heard, found: Delivery) -> None:
        said, due = heard.said, heard.due
        if due is None or due.day is None:
            return
        own = self._last(said, 2, State.AGREED, State.OFFERED)
        front = said.text[: found.start].rstrip(" ,")
        fronted = [each for each in phrases(front) if front.endswith(each)]
        if own and fronted and overlap(f"{own.task} {own.topic}", fronted[-1]) == 0:
            own = None
        thing = small_words_off(heard.undated(found.thing))
        if own and (not content(thing) or PRONOUN.fullmatch(plain(thing))):
            own.due, own.state, own.turn, own.sentence = due, State.AGREED, said.turn, said.sentence
            own.places.extend(said.places)
            self._hedge(heard, own)
            return
        planned = plain(said.low).startswith("let's say")
        state, owner = (State.OPEN, None) if planned else (State.AGREED, said.speaker)
        task = f"{found.verb} {found.thing}"
        self._new(heard, task, state, owner, due=due, start=found.start, thing=found.thing)

    # ---- days and hedges that come later

    def _complete(self, heard: Heard) -> bool:
        """Whether a sentence gives the matter before it its day; a hedge in it is kept as well."""
        said = heard.said
        states = (State.AGREED, State.OFFERED, State.OPEN) if heard.is_dated else (State.AGREED,)
        matter = next((each for each in reversed(self._matters) if each.state in states), None)
        if matter is None or said.turn - matter.turn > 2:
            return False
        own = said.speaker == matter.owner and said.turn == matter.turn
        if matter.state is not State.AGREED and not own:
            return False
        missing = matter.due is None or (own and heard.is_fragment)
        dates = heard.is_date_only and missing and (not said.asks or said.words <= 3)
        if dates:
            matter.state, matter.due = State.AGREED, heard.due
            matter.places.extend(said.places)
        if said.words <= 12:
            self._hedge(heard, matter)
        return dates

    @staticmethod
    def _hedge(heard: Heard, matter: Matter) -> None:
        hedge = answers.hedge_of(heard.said.low)
        if hedge and heard.said.speaker == matter.owner and matter.certainty == "firm":
            matter.certainty, matter.hedge = "tentative", hedge

    def _fragment(self, heard: Heard) -> None:
        """`Captions by Friday.`: a thing and its day."""
        said, due = heard.said, heard.due
        if due is None or due.day is None or said.asks or said.words > 12 or not heard.is_fragment:
            return
        if not content(heard.rest):
            self._day_alone(heard, due)
        elif not any(each.due and each.due.day == due.day and said.turn - each.turn <= 3 for each in self._matters):
            name = self._called.find(said.text)
            rest = said.text.replace(due.words, " ").strip(" ,.?!")
            self._new(heard, rest, State.ASKED if name else State.AGREED, name or said.speaker, due=due)

    def _day_alone(self, heard: Heard, due: Due) -> None:
        """`Three layouts. Tuesday.` and `Will we see chapter nine?` - `By Friday, yes.`: a day and nothing else."""
        said = heard.said
        before = self._said[said.number - 1] if said.number else None
        if before is None or any(said.turn - each.turn <= 1 for each in self._matters):
            return
        if before.turn == said.turn and 1 <= len(content(before.text)) <= 4 and before.words <= 6:
            self._new(heard, before.text.strip(" .,"), State.AGREED, said.speaker, due=due)
        elif before.turn == said.turn - 1 and before.asks and before.speaker != said.speaker:
            topic = topic_of(self._said, said.number, "", self._focus)
            if topic and not _OTHER_QUESTION.search(before.low):
                self._new(heard, f"Do {topic}", State.AGREED, said.speaker, due=due)

    # ---- making one

    def _new(
        self, heard: Heard, task: str, state: State, owner: str | None, *,
        start: int = 0, due: Due | None = None, thing: str | None = None,
        certainty: Certainty | None = None, hedge: str = "",
    ) -> Matter:  # fmt: skip
        said = heard.said
        own = find_due(task, self._today)
        if own and heard.due and "week" in plain(own.words) and heard.due.start > 0:
            own = heard.due
        clean = self._clean(task)
        topic = ""
        if len(content(clean if thing is None else thing)) <= 1 or OBJECT.search(plain(clean)):
            topic = topic_of(self._said, said.number, said.text[:start], self._focus)
            topic = topic or ", ".join(list(phrases(said.text))[-1:])
        if certainty is None:
            certainty, hedge = ("firm", "") if state in (State.ASKED, State.OPEN) else _weigh(said.low)
        matter = Matter(
            task=clean, topic=topic, owner=owner, speaker=said.speaker, asker=said.speaker,
            due=due or own or heard.due or self._lent(said), certainty=certainty, hedge=hedge, state=state,
            turn=said.turn, sentence=said.sentence, places=[*said.places, *self._told_in(topic, said)],
            is_dated=own is not None,
        )  # fmt: skip
        for old in reversed(self._matters):
            restated = old is self._accepted and (old.turn, old.sentence) == (said.turn, said.sentence)
            if old.absorb(matter, restated=restated):
                return old
        self._matters.append(matter)
        return matter

    def _told_in(self, topic: str, said: Sentence) -> list[int]:
        """The utterances that name the things of a topic."""
        found: list[int] = []
        for thing in topic.split(", "):
            before = (each for each in reversed(self._said[: said.number + 1]) if thing and plain(thing) in each.low)
            found.extend(next((each.places for each in before), ()))
        return found

    def _lent(self, said: Sentence) -> Due | None:
        """`I see him tonight, so I'll ask him`: the day of the clause before, which says nothing else."""
        before = self._before
        if before is None or (before.said.turn, before.said.sentence) != (said.turn, said.sentence):
            return None
        return before.due if before.is_dated and not (before.commitments or before.puts or before.deliveries) else None

    def _clean(self, task: str) -> str:
        """A task without its days and what follows it."""
        for due in find_all(task, self._today):
            if due.day:
                task = task.replace(due.words, " ")
        task = " ".join(self._calls.sub(" ", " ".join(task.split())).split())
        cut = _CUT.search(plain(task), 4)
        return trim(task[: cut.start()] if cut else task).strip(" ,.?!")

    def _addressed(self, said: Sentence) -> str | None:
        """Whom a sentence speaks to: by name in it or before it in the turn, or the one other person."""
        for each in reversed(self._said[: said.number + 1]):
            if each.turn != said.turn:
                break
            name = self._called.find(each.text)
            if name and name != said.speaker:
                return name
        others = [name for name in self._names if name != said.speaker]
        return others[0] if len(others) == 1 else None


def _weigh(low: str) -> tuple[Certainty, str]:
    """How firmly a sentence puts something, and the words that say so."""
    condition = _IF.search(low)
    if condition and not _POLITE_IF.search(low):
        return "conditional", condition[0].strip(" ,.")
    hedge = answers.hedge_of(low)
    return ("tentative", hedge) if hedge else ("firm", "")
