"""Brings up what a sentence adds to a talk: new matters, and days and hedges for those that stand already."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from app.wire.recap import Certainty
from server_stub.recap.due_dates import find_all, find_due
from server_stub.recap.promises import answers
from server_stub.recap.promises.asking import Put, Way
from server_stub.recap.promises.commitments import Commitment, Kind, base_form
from server_stub.recap.promises.deliveries import Delivery
from server_stub.recap.promises.fragments import Fragments
from server_stub.recap.promises.heard import PRONOUN, Heard, is_vague, small_words_off
from server_stub.recap.promises.matters import Matter, State
from server_stub.recap.promises.topics import focus_of, phrases
from server_stub.recap.promises.verbs import is_idle
from server_stub.recap.words import content, overlap, plain

_AGREES = re.compile(r"^(?:okay|ok|fine|alright|right|deal),? .*|\bthen[.!]?$")
_MAY = re.compile(r"you (?:can|could|might)\b")
_WHO = re.compile(
    r"\bwho(?:'s| is| has|'s got)?(?: got| doing| on| taking| brings| makes| takes| writes)? (?:what|which|"
    r"doing what)\b|\bwho does what\b|\bwho's got\b|\bgoing round\b|\bround the table\b|\b(?:quick |to )(?:recap|"
    r"run-through)\b|\bso,? recap\b|^(?:okay,? |right,? |so,? )*(?:actions|action items|to-dos|next steps)\b"
)
_DEADLINE = re.compile(r"\b(?:that's|by|no later than|until|before)\b")
#: How long somebody is kept from it.
_BUSY_UNTIL = re.compile(r"\buntil (?:late|then|the (?:evening|night))\b|\ball (?:week|day)\b")
_SUITS = re.compile(r"\b(?:early|soon|good) enough\b|\bokay\?|\bfine\?|\bsuit you\b|\bwork for you\b")
_SECOND_TASK = re.compile(r",? and (?:then |also )?(?=\w+ )")
#: `And the thumbnails by Wednesday`: the verb was said before.
_THING = re.compile(r"(?:the|a|an|your|my|our|those|these|that|this|both|all|some)\b")
#: `That needs to happen by Monday`: the day of what was said just before.
_THAT = re.compile(r"have (?:that|it|this|they|those) (?:happen|go out|done|be (?:in|there|out))\b")
_ONLY_IF = re.compile(r"(?:but |and )?(?:only|that's(?: only)?|it's) if\b")
_IF_SO = re.compile(r"\bif (?!i\b|that helps\b)")
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


class Bringing(Fragments):
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
        asked = [(each.start, each.end) for each in heard.puts if each.way is Way.REQUEST]
        results = (each for each in heard.deliveries if not any(start <= each.start <= end for start, end in asked))
        others: list[Put | Delivery] = [*heard.puts, *results]
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
            ours = (
                re.match(
                    r"we(?:'ll| will|'re going to| are going to)|you and i\b|the two of us",
                    heard.said.low[found.start :],
                )
                is not None
            )
            weighs = heard.said.low[found.start :].startswith(("we could", "we should"))
            if due and due.day and not weighs:
                state, owner = (State.AGREED, heard.said.speaker) if ours else (State.OPEN, None)
                self._new(heard, found.text, state, owner, certainty=certainty, hedge=hedge)
        elif found.kind is Kind.NAMED:
            self._new(heard, found.text, State.AGREED, found.name, certainty=certainty, hedge=hedge)
        elif found.is_weak and heard.said.asks and found.name is None and not heard.is_dated:
            self._new(heard, found.text, State.ASKED, self._addressed(heard.said)).is_recall = True
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
            said = found.text[joint.end() : second.start] if joint else ""
            if joint and len(content(said)) >= (1 if _THING.match(plain(said)) else 2):
                verb = f"{found.text.split()[0]} " if _THING.match(plain(said)) else ""
                rest = replace(found, text=verb + found.text[joint.end() :])
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
            polite: Certainty | None = None if _IF_SO.search(said.low) else "firm"
            self._new(heard, task, State.OFFERED, said.speaker, start=put.start, certainty=polite)
        elif put.way is Way.TASK:
            self._task(heard, task)
        elif put.way is Way.TAKES and not said.asks:
            self._take(heard, task, put.start)
        elif put.way is Way.TOGETHER and heard.is_dated:
            self._new(heard, task, State.AGREED, said.speaker).is_soft = True
        elif put.way is Way.NAMED:
            self._new(heard, task, State.AGREED if heard.is_dated else State.ASKED, self._called.get(put.who))
        elif put.way is Way.HOLDS:
            if not said.asks and (
                said.turn - self._shared_out <= 4
                or (heard.is_dated and _DEADLINE.search(said.low) and not _BUSY_UNTIL.search(said.low))
            ):
                due = heard.due or self._shared_due
                self._new(heard, task, State.AGREED, said.speaker, start=put.start, due=due)
        elif (
            put.way is Way.PRESENT
            and (heard.is_dated or _AGREES.search(said.low) or said.turn - self._shared_out <= 4)
            and not said.asks
        ):
            self._new(heard, task, State.AGREED, said.speaker, start=put.start)
        elif put.way is Way.PROMISE:
            state = State.AGREED if heard.is_dated or put.verb in ("Send", "Handle") else State.OFFERED
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
        last = self._matters[-1] if self._matters else None
        if _THAT.match(task) and heard.is_dated and last and last.turn == said.turn and not last.has_day:
            last.due = heard.due
            last.places.extend(said.places)
            return
        matter = self._new(heard, task, State.OPEN, None)
        matter.is_explicit = (
            said.asks or re.search(r"(?:body|one|of us|of you)(?:'s got| has| needs| has got)\b", said.low) is not None
        )
        matter.is_question = said.asks

    def _take(self, heard: Heard, task: str, start: int) -> None:
        own = self._last(heard.said, 2, State.AGREED)
        if own is None:
            self._new(heard, task or "Do", State.AGREED, heard.said.speaker, start=start)
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
        if _ONLY_IF.match(heard.said.low) and heard.said.speaker == matter.owner:
            matter.certainty, matter.hedge = "conditional", heard.said.low.strip(" ,.")
        elif hedge and heard.said.speaker == matter.owner and matter.certainty == "firm":
            matter.certainty, matter.hedge = "tentative", hedge
