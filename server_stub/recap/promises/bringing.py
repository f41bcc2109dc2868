"""Brings up what a sentence adds to a talk: new matters, and days and hedges for those that stand already."""

from __future__ import annotations

import re
from dataclasses import replace

from app.wire.recap import Certainty
from server_stub.recap.due_dates import find_due
from server_stub.recap.promises import answers
from server_stub.recap.promises.asking import Put, Way
from server_stub.recap.promises.commitments import Commitment, Kind, base_form
from server_stub.recap.promises.deliveries import Delivery
from server_stub.recap.promises.heard import PRONOUN, Heard, is_vague
from server_stub.recap.promises.matters import WAITING, Matter, State
from server_stub.recap.promises.occasions import is_occasion, takes_place
from server_stub.recap.promises.ours import does_it, goes_by, ours_of
from server_stub.recap.promises.results import Results
from server_stub.recap.promises.topics import focus_of
from server_stub.recap.promises.verbs import is_idle
from server_stub.recap.words import content, overlap, plain

_AGREES = re.compile(r"^(?:okay|ok|fine|alright|right|deal),? .*|\bthen[.!]?$")
_MAY = re.compile(r"you (?:can|could|might)\b")
_WHO = re.compile(
    r"\bsum (?:it |this |that )?up\b|\bwho(?:'s| is| has|'s got)?(?: got| doing| on| taking| brings| makes| takes|"
    r" writes)? (?:what|which|"
    r"doing what)\b|\bwho does what\b|\bwho's got\b|"
    r"\bwho(?:'s| is) (?:on )?what\b|\bwho(?:'s| is|'ll| will| does| do| wants| writes| takes| brings| makes|"
    r" calls| picks| gets| tells|"
    r" has)(?: got| to)? (?:\w+ing )?(?:the|what|this|that|those|these|it|them|\w+ing)\b[^.]*\?|\bgoing round\b|"
    r"\bround the table\b|\b(?:quick |to )(?:recap|"
    r"run-through)\b|\bso,? recap\b|^(?:okay,? |right,? |so,? )*(?:actions|action items|to-dos|next steps)\b"
)
#: So many turns after somebody asked who does what, tasks are still being shared out.
_SHARED_TURNS = 4
_DEADLINE = re.compile(r"\b(?:that's|by|no later than|until|before)\b")
#: How long somebody is kept from it.
_BUSY_UNTIL = re.compile(r"\buntil (?:late|then|the (?:evening|night))\b|\ball (?:week|day)\b")
#: Not now, but soon.
_LATER = re.compile(
    r"\b(?:as soon as|when|once) (?:i'm|i am|i get|we're|we) (?:back|home|done|there|in|off|hang)|\bin a (?:minute|"
    r"second|moment|bit)\b|"
    r"\bafter (?:this|work|lunch|the call)\b|\b(?:right|straight) away\b"
)
#: Takes what somebody has asked for, and nothing without it.
_BARELY = re.compile(r"\bi (?:am|can|will|could)(?=$|[.,!])")
#: `That needs to happen by Monday`: the day of what was said just before.
_THAT = re.compile(r"have (?:that|it|this|they|those) (?:happen|go out|done|be (?:in|there|out))\b")
#: `Want me to do cutouts?`
_SOME = re.compile(r"do (?!(?:morning|afternoon|evening|night|\w+day|weekend)s\b)\w{3,}(?<!s)s\b")
#: It is still spoken of so many turns after somebody took it.
_THAT_TURNS = 4
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


class Bringing(Results):
    """Adds matters to the list of a talk."""

    def bring_up(self, heard: Heard, accepted: Matter | None, *, refuses: bool = False) -> None:
        """Adds what a sentence holds.

        Args:
            heard: the sentence.
            accepted: the matter that it has just accepted, which it may put into words again.
            refuses: it has just refused one, so that what it could do instead is no offer.
        """
        said = heard.said
        if heard.due and heard.is_dated and not said.asks and not heard.acts and takes_place(said.low, heard.due.start):
            self._event = said.turn, heard.due
        self._focus = focus_of(said) or self._focus
        self._accepted = accepted or self._accepted
        if _WHO.search(said.low):
            self._shared_out, self._shared_due = said.turn, heard.due
        if not heard.is_meant:
            if heard.due and heard.is_date_only and not said.asks:
                self._occasion = said.turn, heard.due
            self._before, self._ours = heard, None
            return
        count = len(self._matters)
        self._refuses = refuses
        own = self._last(said, 0, State.AGREED)
        if own and own.is_soft and said.low.startswith("or "):
            own.state = State.OFFERED
        for act in self._acts(heard, accepted):
            if isinstance(act, Put):
                self._put(heard, act)
            elif isinstance(act, Delivery):
                self._deliver(heard, act)
            else:
                self._commit(heard, act)
        if heard.due and heard.is_dated and len(self._matters) == count and not said.asks and is_occasion(said.low):
            self._occasion = said.turn, heard.due
        is_new = not (said.asks or accepted) and len(self._matters) == count
        if self._ours and is_new and answers.takes_it(said.low):
            self._take(heard, "", 0)
        self._ours = ours_of(heard) or (self._ours if goes_by(heard) else None)
        if accepted:
            self._hedge(heard, accepted)
        elif len(self._matters) == count and not self._complete(heard):
            self._fragment(heard)
        self._before = heard

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
            for part in self._parts(found.text):
                self._promise(heard, replace(found, text=part))
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
        if hedge in _WISHES and not heard.is_dated and not self._was_asked(heard.said):
            return
        if found.is_soft and self._refuses and is_vague(found.text):
            return
        if found.is_soft and not heard.is_dated and _BUT.search(heard.said.whole):
            return
        asks = heard.said.asks and heard.said.low.startswith("or ")
        offers = asks or (found.is_soft and hedge not in ("might", "may")) or _IF_YOU.search(heard.said.low) is not None
        shared = heard.said.turn - self._shared_out <= _SHARED_TURNS
        wanted = heard.is_dated or shared or (self._was_asked(heard.said) and answers.fits_well(heard.said.low))
        state = State.OFFERED if offers and not wanted else State.AGREED
        ours = self._ours if does_it(heard.undated(found.text)) else None
        matter = self._new(
            heard, ours.task if ours else found.text, state, heard.said.speaker,
            start=found.start, certainty=certainty, hedge=hedge,
        )  # fmt: skip
        matter.is_soft = offers
        matter.places[:0] = ours.places if ours else ()

    def _is_for_work(self, heard: Heard, task: str) -> bool:
        """Whether a promise without a day is for the others: it answers them, or its object is known to them."""
        before = self._before
        answers_them = (
            self._asked_last(heard.said)
            or (before is not None and before.said.speaker != heard.said.speaker)
            or any(each.state in WAITING and heard.said.turn - each.turn == 1 for each in self._matters)
        )
        first = re.search(r"\bfirst$", plain(self._clean(task)))
        if first and self._accepted is not None and self._accepted.turn == heard.said.turn:
            return False
        return heard.is_dated or bool(answers_them) or _FOR_OTHERS.search(plain(task)) is not None

    @staticmethod
    def _is_upshot(heard: Heard, found: Commitment) -> bool:
        """`If you can send it by Tuesday I can plan`: what follows from a request is no promise."""
        return found.is_soft and any(put.way is Way.REQUEST and put.start < found.start for put in heard.puts)

    # ---- in other ways

    def _put(self, heard: Heard, put: Put) -> None:
        said = heard.said
        task = base_form(f"{put.verb} {put.task}".strip())
        wanted = put.way is Way.OFFER and _SOME.match(plain(task))
        if not put.verb and put.way is not Way.TASK and not wanted and is_idle(task):
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
            self._task(heard, task, put.start)
        elif put.way is Way.TAKES and not said.asks:
            self._take(heard, task, put.start)
        elif put.way is Way.TOGETHER and heard.is_dated:
            self._new(heard, task, State.AGREED, said.speaker).is_soft = True
        elif put.way is Way.NAMED:
            self._new(heard, task, State.AGREED if heard.is_dated else State.ASKED, self._called.get(put.who))
        elif put.way is Way.HOLDS:
            if not said.asks and self._holds(heard):
                due = heard.due or self._shared_due
                self._new(heard, task, State.AGREED, said.speaker, start=put.start, due=due)
        elif (
            put.way is Way.PRESENT
            and (
                heard.is_dated
                or _AGREES.search(said.low)
                or _LATER.search(said.low)
                or said.turn - self._shared_out <= _SHARED_TURNS
            )
            and not said.asks
        ):
            self._new(heard, task, State.AGREED, said.speaker, start=put.start)
        elif put.way is Way.PROMISE:
            state = State.AGREED if heard.is_dated or put.verb in ("Send", "Handle") else State.OFFERED
            self._new(heard, task, state, said.speaker, start=put.start)

    def _holds(self, heard: Heard) -> bool:
        """Whether saying what is theirs is a promise: tasks are being shared out, or there is a deadline."""
        low = heard.said.low
        shared = heard.said.turn - self._shared_out <= _SHARED_TURNS
        until = heard.is_dated and _DEADLINE.search(low) is not None and not _BUSY_UNTIL.search(low)
        return shared or (until and not heard.promises)

    def _request(self, heard: Heard, task: str, start: int) -> None:
        said, owner = heard.said, self._addressed(heard.said)
        for matter in reversed(self._matters):
            if said.turn - matter.turn > 2:
                break
            if (
                not content(task)
                and matter.state is State.AGREED
                and matter.owner == owner
                and matter.turn == said.turn - 1
            ):
                return  # `I'll ask her.` - `Would you?`
            is_open = matter.state is State.OPEN and not (matter.is_recall and matter.owner)
            if is_open and len(content(task)) <= 1:
                matter.state, matter.owner, matter.turn, matter.asker = State.ASKED, owner, said.turn, said.speaker
                return
        self._new(heard, task, State.ASKED, owner, start=start)

    def _task(self, heard: Heard, task: str, start: int) -> None:
        said = heard.said
        if re.search(r"\bwhich i(?:'m|'ll| will| can)\b", said.low):
            self._new(heard, task, State.AGREED, said.speaker)
            return
        name = self._called.find(said.text)
        if name and name != said.speaker and re.search(r"\byou\b", said.low):
            self._new(heard, task, State.ASKED, name)
            return
        last = next((each for each in reversed(self._matters) if each.state is not State.DROPPED), None)
        turns = _THAT_TURNS if last and last.state is State.AGREED else 0
        if _THAT.match(task) and heard.is_dated and last and said.turn - last.turn <= turns and not last.has_day:
            last.due = heard.due
            last.places.extend(said.places)
            return
        matter = self._new(heard, task, State.OPEN, None, start=start)
        matter.is_explicit = (
            said.asks or re.search(r"(?:body|one|of us|of you)(?:'s got| has| needs| has got)\b", said.low) is not None
        )
        matter.is_question = said.asks

    def _take(self, heard: Heard, task: str, start: int) -> None:
        own = self._last(heard.said, 2, State.AGREED)
        if own is None and _BARELY.search(heard.said.low) and heard.said.turn - self._shared_out > 1:
            return
        if own is None:
            ours = self._ours
            matter = self._new(
                heard, task or (ours.task if ours else "Do"), State.AGREED, heard.said.speaker, start=start
            )
            matter.places[:0] = ours.places if ours else ()
        elif heard.is_dated and (not own.has_day or own.turn == heard.said.turn):
            own.due = heard.due
            own.places.extend(heard.said.places)
