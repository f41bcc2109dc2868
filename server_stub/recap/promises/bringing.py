"""Brings up what a sentence adds to a talk: new matters, and days and hedges for those that stand already."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from server_stub.recap.due_dates import Due, find_all, find_due
from server_stub.recap.promises import answers
from server_stub.recap.promises.asking import Put, Way
from server_stub.recap.promises.commitments import Commitment, Kind, base_form
from server_stub.recap.promises.deliveries import Delivery, is_fragment
from server_stub.recap.promises.heard import PRONOUN, Heard, is_vague, small_words_off
from server_stub.recap.promises.making import Making
from server_stub.recap.promises.matters import Matter, State
from server_stub.recap.promises.speech import Sentence
from server_stub.recap.promises.topics import focus_of, phrases, topic_of
from server_stub.recap.promises.verbs import is_idle
from server_stub.recap.words import content, overlap, plain

_AGREES = re.compile(r"^(?:okay|ok|fine|alright|right|deal),? .*|\bthen[.!]?$")
_MAY = re.compile(r"you (?:can|could|might)\b")
_WHO = re.compile(
    r"\bwho(?:'s| is| has|'s got)?(?: got| doing| on| taking| brings| makes| takes| writes)? (?:what|which|"
    r"doing what)\b|\bwho does what\b|^(?:okay,? |right,? |so,? )*(?:actions|action items|to-dos|next steps)\b"
)
#: Says that there is none, or goes on with something else.
_NO_THING = re.compile(r"(?:well,? |but |so |and |okay,? )*(?:no\b|but\b|then\b|not\b|happy\b)")
_DEADLINE = re.compile(r"\b(?:that's|by|no later than|until|before)\b")
_SUITS = re.compile(r"\b(?:early|soon|good) enough\b|\bokay\?|\bfine\?|\bsuit you\b|\bwork for you\b")
_SECOND_TASK = re.compile(r",? and (?:then |also )?(?=\w+ )")
#: Only polite where a day follows.
_WISHES = frozenset({"i'd like to", "would like to", "i would like to", "i want to"})
_AFTERTHOUGHT = re.compile(r"(?:probably|maybe|perhaps|hopefully)\b.*, (?:maybe|perhaps|possibly|or) [^,]*\bif\b")
_BUT = re.compile(r"\bi (?:could|can|would)\b[^.]*\bbut\b|\bi'd\b[^.]*, but\b")
_IF_YOU = re.compile(r"\bif you (?:ever |really )?(?:want|need|like|wish)\b")
#: A task that concerns those who listen.
_FOR_OTHERS = re.compile(
    r"\b(?:you|your|the|that|this|it|them|those|these|him|her|us|our|back|know)\b|"
    r"^(?:send|email|e-mail|mail|call|write|ask|prepare|upload|update|draft|translate|invoice|book|schedule|deliver|"
    r"fix|review|follow|contact|arrange|set up|look into|find out|get back|try)\b"
)
#: A day that is asked for tells of no task.
_OTHER_QUESTION = re.compile(
    r"\bwhen's\b|\bhow long\b|\bwhen (?:did|was|were|is|are|do|does)\b(?!.*\b(?:ready|done|finished|get|have|"
    r"expect|see|send|"
    r"deliver)\b)|\b(?:did|was|were|have you|since)\b|\b(?:come|free|meet)\b|"
    r"(?:isn't|aren't|doesn't|don't|wasn't|won't|right|no) ?(?:it|they|we|you|he|she)?\?$"
)


class Bringing(Making):
    """Adds matters to the list of a talk."""

    def bring_up(self, heard: Heard, accepted: Matter | None, *, refuses: bool = False) -> None:
        """Adds what a sentence holds.

        Args:
            heard: the sentence.
            accepted: the matter that it has just accepted, which it may put into words again.
            refuses: it has just refused one, so that what it could do instead is no offer.
        """
        said = heard.said
        self._focus = focus_of(said) or self._focus
        self._accepted = accepted or self._accepted
        if _WHO.search(said.low):
            self._shared_out, self._shared_due = said.turn, heard.due
        if not heard.is_meant:
            self._before = heard
            return
        count = len(self._matters)
        self._refuses = refuses
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
            if not again and not any(start <= each.start <= end for start, end in spans):
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
            ours = re.match(r"we(?:'ll| will|'re going to| are going to)", heard.said.low[found.start :]) is not None
            weighs = heard.said.low[found.start :].startswith(("we could", "we should"))
            if due and due.day and not weighs:
                state, owner = (State.AGREED, heard.said.speaker) if ours else (State.OPEN, None)
                self._new(heard, found.text, state, owner, certainty=certainty, hedge=hedge)
        elif found.kind is Kind.NAMED:
            self._new(heard, found.text, State.AGREED, found.name, certainty=certainty, hedge=hedge)
        elif found.name is not None or not (
            found.is_weak and (_MAY.match(heard.said.low[found.start :]) or not heard.is_dated)
        ):
            owner = found.name if found.name != heard.said.speaker else None
            asked = owner or self._addressed(heard.said)
            self._new(heard, found.text, State.ASKED, asked, start=found.start, certainty="firm")

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
        if not self._is_for_work(heard, found.text) or self._is_upshot(heard, found):
            return
        if found.is_soft and self._refuses and is_vague(found.text):
            return
        if found.is_soft and not heard.is_dated and _BUT.search(heard.said.whole):
            return
        offers = (found.is_soft and hedge not in ("might", "may")) or _IF_YOU.search(heard.said.low) is not None
        wanted = heard.is_dated or (self._was_asked(heard.said) and answers.fits_well(heard.said.low))
        state = State.OFFERED if offers and not wanted else State.AGREED
        matter = self._new(
            heard, found.text, state, heard.said.speaker, start=found.start, certainty=certainty, hedge=hedge
        )
        matter.is_soft = offers

    def _is_for_work(self, heard: Heard, task: str) -> bool:
        """Whether a promise without a day is for the others: it answers them, or its object is known to them."""
        before = self._before
        answers_them = before is not None and before.said.speaker != heard.said.speaker
        first = re.search(r"\bfirst$", plain(self._clean(task)))
        if first and self._accepted is not None and self._accepted.turn == heard.said.turn:
            return False
        return heard.is_dated or answers_them or _FOR_OTHERS.search(plain(task)) is not None

    @staticmethod
    def _is_upshot(heard: Heard, found: Commitment) -> bool:
        """`If you can send it by Tuesday I can plan`: what follows from a request is no promise."""
        return found.is_soft and any(put.way is Way.REQUEST and put.start < found.start for put in heard.puts)

    # ---- in other ways

    def _put(self, heard: Heard, put: Put) -> None:
        said = heard.said
        task = base_form(f"{put.verb} {put.task}".strip())
        if not put.verb and put.way is not Way.TASK and is_idle(task):
            return
        if put.way is Way.RECALLED:
            self._new(heard, task, State.OPEN, None).is_recall = True
        elif put.way is Way.PLANNED and not said.asks:
            dated = find_due(task, self._today)
            state = State.AGREED if dated and dated.day else State.OPEN
            self._new(heard, task, state, said.speaker).is_recall = True
        elif put.way is Way.BIDDEN:
            if not heard.commitments:
                self._new(heard, task, State.ASKED, self._addressed(said)).is_recall = True
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
        elif put.way is Way.HOLDS:
            if not said.asks and (said.turn - self._shared_out <= 4 or (heard.is_dated and _DEADLINE.search(said.low))):
                due = heard.due or self._shared_due
                self._new(heard, task, State.AGREED, said.speaker, start=put.start, due=due)
        elif (
            put.way is Way.PRESENT
            and (heard.is_dated or _AGREES.search(said.low) or said.turn - self._shared_out <= 4)
            and not said.asks
        ):
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
        matter.is_explicit = (
            said.asks or re.search(r"(?:body|one|of us|of you)(?:'s got| has| needs| has got)\b", said.low) is not None
        )
        matter.is_question = said.asks

    def _take(self, heard: Heard, task: str) -> None:
        own = self._last(heard.said, 2, State.AGREED)
        if own is None:
            self._new(heard, task or "Do", State.AGREED, heard.said.speaker)
        elif heard.is_dated and (not own.has_day or own.turn == heard.said.turn):
            own.due = heard.due
            own.places.extend(heard.said.places)

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
        lead = said.text[: found.start].strip(" ,")
        if (
            not content(thing)
            and content(small_words_off(lead))
            and "," not in lead
            and len(lead.split()) <= 4
            and not fronted
        ):
            found = replace(found, thing=lead)
            own = None
        if own and own.has_day and self._was_asked(said) and own.due and own.due.day != due.day:
            own = None
        just = own is not None and not own.has_day and (own.turn, own.sentence) == (said.turn, said.sentence)
        if own and just and self._before is not None and self._before.promises:
            own.due = due
            return
        answers_own = own is not None and not own.has_day and said.turn - own.turn <= 2 and not fronted
        if own and (answers_own or not content(thing) or PRONOUN.fullmatch(plain(thing))):
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
        if matter is None:
            return False
        near = 4 if self._was_asked(said) or matter.owner == said.speaker else 2
        if said.turn - matter.turn > near:
            return False
        own = said.speaker == matter.owner and said.turn == matter.turn
        planned = matter.is_recall and said.speaker == matter.owner
        if matter.state is not State.AGREED and not own and not planned:
            return False
        missing = matter.due is None or (own and heard.is_fragment)
        asks_only = said.asks and said.words > 3 and _SUITS.search(said.low) is None
        dates = heard.is_date_only and missing and not asks_only
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
        if due is None or due.day is None or said.asks or said.words > 12:
            return
        if not heard.is_fragment and (content(heard.rest) or "i" in said.low.split()):
            return
        if not content(heard.rest):
            self._day_alone(heard, due)
        elif self._is_listed(said) and not any(
            each.due and each.due.day == due.day and said.turn - each.turn <= 3 for each in self._matters
        ):
            name = self._called.find(said.text)
            rest = said.text.replace(due.words, " ").strip(" ,.?!")
            self._new(heard, rest, State.ASKED if name else State.AGREED, name or said.speaker, due=due)

    def _is_listed(self, said: Sentence) -> bool:
        """Whether a bare thing with its day tells of work: it answers, is handed out, or goes on with a list."""
        if _NO_THING.match(said.low):
            return False
        near = self._said[max(0, said.number - 8) : said.number]
        asked = any(each.asks and each.speaker != said.speaker and said.turn - each.turn <= 3 for each in near)
        listed = said.number > 0 and is_fragment(self._said[said.number - 1].low)
        return asked or listed or self._called.find(said.text) is not None or said.turn - self._shared_out <= 6

    def _day_alone(self, heard: Heard, due: Due) -> None:
        """`Three layouts. Tuesday.` and `Will we see chapter nine?` - `By Friday, yes.`: a day and nothing else."""
        said = heard.said
        before = self._said[said.number - 1] if said.number else None
        if before is None or any(said.turn - each.turn <= 1 for each in self._matters):
            return
        if (
            before.turn == said.turn
            and is_fragment(before.low)
            and 1 <= len(content(before.text)) <= 4
            and before.words <= 6
        ):
            self._new(heard, before.text.strip(" .,"), State.AGREED, said.speaker, due=due)
        elif (
            find_due(before.text, self._today) is None
            and before.turn == said.turn - 1
            and before.asks
            and before.speaker != said.speaker
        ):
            topic = topic_of(self._said, said.number, "", self._focus)
            if topic and not _OTHER_QUESTION.search(before.low):
                self._new(heard, f"Do {topic}", State.AGREED, said.speaker, due=due)
