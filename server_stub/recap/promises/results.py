"""Adds what is promised by its result, and days and hedges that come later."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from server_stub.recap.due_dates import Due, find_all, find_due
from server_stub.recap.promises import answers
from server_stub.recap.promises.deliveries import Delivery
from server_stub.recap.promises.fragments import Fragments
from server_stub.recap.promises.heard import PRONOUN, Heard, small_words_off
from server_stub.recap.promises.matters import Matter, State
from server_stub.recap.promises.nounphrases import is_interjection, phrases
from server_stub.recap.words import content, overlap, plain

_SUITS = re.compile(r"\b(?:early|soon|good) enough\b|\bokay\?|\bfine\?|\bsuit you\b|\bwork for you\b")
_SECOND_TASK = re.compile(r",? and (?:then |also )?(?=\w+ )")
#: `And the thumbnails by Wednesday`: the verb was said before.
_THING = re.compile(r"(?:the|a|an|your|my|our|those|these|that|this|both|all|some)\b")
_ONLY_IF = re.compile(r"(?:but |and )?(?:only|that's(?: only)?|it's) if\b")


class Results(Fragments):
    """Makes matters of results, and completes those that stand already."""

    def _parts(self, text: str) -> list[str]:
        """`Send the draft by Monday and update the invoice by Friday` is two tasks."""
        dues = [due for due in find_all(text, self._today) if due.day]
        for first, second in pairwise(dues):
            joint = _SECOND_TASK.search(plain(text), first.end, second.start)
            said = text[joint.end() : second.start] if joint else ""
            if joint and len(content(said)) >= (1 if _THING.match(plain(said)) else 2):
                verb = f"{text.split()[0]} " if _THING.match(plain(said)) else ""
                return [text[: joint.start()], *self._parts(verb + text[joint.end() :])]
        return [text]

    def _deliver(self, heard: Heard, found: Delivery) -> None:
        parts = self._parts(found.thing)
        for part in parts:
            due = find_due(part, self._today) if len(parts) > 1 else heard.due
            if due and due.day:
                self._deliver_one(heard, replace(found, thing=part), due)

    def _deliver_one(self, heard: Heard, found: Delivery, due: Due) -> None:
        said = heard.said
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
            and not is_interjection(plain(lead))
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
        told = own or self._was_asked(said) or said.turn - matter.turn <= 2
        there = told and said.speaker == matter.owner and self._occasion == (said.turn, heard.due)
        if matter.state is not State.AGREED and not own and not planned and not there:
            return False
        missing = matter.due is None or (own and heard.is_fragment)
        asks_only = said.asks and said.words > 3 and _SUITS.search(said.low) is None
        dates = (heard.is_date_only or there) and missing and not asks_only
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
