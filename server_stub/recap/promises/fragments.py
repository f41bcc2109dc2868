"""Adds what is said without a verb: bare things with their days, lists of them, and days alone."""

from __future__ import annotations

import re

from server_stub.recap.date_rules import TIME
from server_stub.recap.due_dates import Due, find_due
from server_stub.recap.promises import answers
from server_stub.recap.promises.deliveries import is_fragment
from server_stub.recap.promises.heard import Heard, small_words_off
from server_stub.recap.promises.making import Making
from server_stub.recap.promises.matters import State
from server_stub.recap.promises.nounphrases import is_interjection
from server_stub.recap.promises.speech import Sentence
from server_stub.recap.promises.things import Gap
from server_stub.recap.promises.topics import topic_of
from server_stub.recap.words import content, overlap, split_words

#: Says that there is none, or goes on with something else.
_NO_THING = re.compile(
    r"(?:well,? |but |so |and |okay,? )*(?:no\b|for\b|with\b|like\b|from\b|including\b|but\b|then\b|not\b|happy\b)"
)
#: A day that is asked for tells of no task.
_OTHER_QUESTION = re.compile(
    r"\bwhen's\b|\b(?:is there a|what's the|what) (?:date|deadline)\b|^(?:which|what) \w+\?|\bhow long\b|\bwhen "
    r"(?:did|was|were|is|are|do|does)\b(?!.*\b(?:ready|done|finished|get|have|"
    r"expect|see|send|"
    r"deliver)\b)|\b(?:did|was|were|have you|since)\b|\b(?:come|free|meet)\b|"
    r"\bthey (?:want|need|expect|get) (?:it|that|them|this)\b|"
    r"(?:isn't|aren't|doesn't|don't|wasn't|won't|right|no) ?(?:it|they|we|you|he|she)?\?$"
)
#: One day for all that was listed.
_ALL_BY = re.compile(r"\b(?:all|both)(?: of (?:it|them))? (?:by|on|before|for)\b")
#: Of the words of a bare thing: from here on it was spoken of just before.
_NAMED = 0.5


class Fragments(Making):
    """Makes matters of sentences that have no verb."""

    def _fragment(self, heard: Heard) -> None:
        """`Captions by Friday.`: a thing and its day; asked, it counts when it is accepted."""
        said, due = heard.said, heard.due
        if due is None and self._claims(heard):
            self._new(heard, f"Do {said.text.strip(' .,')}", State.AGREED, said.speaker, due=self._shared_due)
        if due is None or due.day is None or said.words > 12:
            return
        if said.asks:
            if heard.is_fragment and due.is_deadline and content(heard.rest) and said.words <= 8:
                name = self._called.find(said.text)
                rest = said.text.replace(due.words, " ").strip(" ,.?!")
                self._new(heard, f"Do {rest}", State.ASKED, name or self._addressed(said), due=due).is_recall = True
            return
        if '"' in said.text or (due.rank == TIME and not due.is_deadline):
            return
        if not heard.is_fragment and (content(heard.rest) or "i" in said.low.split()):
            return
        if not content(heard.rest):
            self._day_alone(heard, due)
        elif self._list(heard, due):
            return
        elif self._is_listed(said) and not any(
            each.due and each.due.day == due.day and said.turn - each.turn <= 3 for each in self._matters
        ):
            name = self._called.find(said.text)
            rest = said.text.replace(due.words, " ").strip(" ,.?!")
            self._new(heard, rest, State.ASKED if name else State.AGREED, name or said.speaker, due=due)

    def _list(self, heard: Heard, due: Due) -> bool:
        """`Stage plan by Thursday, hotel list by Friday`; `banners, texts and icons, all by Friday`."""
        said = heard.said
        parts = [part for part in re.split(r",(?: and)? | and ", said.text.strip(" .!")) if part]
        dues = [find_due(part, self._today) for part in parts]
        each_dated = len(parts) > 1 and all(one and one.day for one in dues)
        if not each_dated and not _ALL_BY.search(said.low):
            return False
        things = [
            (small_words_off(part.replace(one.words, " ") if one else part), one or due)
            for part, one in zip(parts, dues, strict=True)
        ]
        named = [(thing, one) for thing, one in things if content(thing) and not re.match(r"(?:all|both)\b", thing)]
        for thing, one in named if len(named) > 1 else ():
            self._new(heard, f"Do {thing}", State.AGREED, said.speaker, due=one)
        return len(named) > 1

    def _is_listed(self, said: Sentence) -> bool:
        """Whether a bare thing with its day tells of work: it answers, is handed out, or goes on with a list."""
        if _NO_THING.match(said.low) or "no" in split_words(said.low):
            return False
        near = self._said[max(0, said.number - 8) : said.number]
        asked = any(
            each.asks
            and each.speaker != said.speaker
            and said.turn - each.turn <= 3
            and not _OTHER_QUESTION.search(each.low)
            for each in near
        )
        named = any(
            each.speaker != said.speaker and overlap(each.text, small_words_off(said.text)) >= _NAMED
            for each in near[-4:]
        )
        listed = said.number > 0 and is_fragment(self._said[said.number - 1].low)
        return asked or listed or named or self._called.find(said.text) is not None or said.turn - self._shared_out <= 6

    def _claims(self, heard: Heard) -> bool:
        """`Chairs, cake, choir, who's what?` - `Cake.`: who names one of them takes it."""
        said = heard.said
        if said.asks or said.words > 2 or not 0 < said.turn - self._shared_out <= 3 or not heard.is_fragment:
            return False
        listed = (each for each in self._said[: said.number] if each.turn == self._shared_out)
        return bool(content(said.text)) and any(overlap(each.text, said.text) == 1 for each in listed)

    def _asked_last(self, said: Sentence) -> str:
        """What somebody else asked in the turn before; empty where nothing was asked."""
        before = (each for each in reversed(self._said[: said.number]) if each.turn < said.turn)
        last = next(before, None)
        return last.low if last and last.asks and last.speaker != said.speaker else ""

    def _day_alone(self, heard: Heard, due: Due) -> None:
        """`Three layouts. Tuesday.` and `Will we see chapter nine?` - `By Friday, yes.`: a day and nothing else."""
        said = heard.said
        before = self._said[said.number - 1] if said.number else None
        if before is None or any(said.turn - each.turn <= 1 for each in self._matters):
            return
        if (
            before.turn == said.turn
            and is_fragment(before.low)
            and find_due(before.text, self._today) is None
            and 1 <= len(content(before.text)) <= 4
            and not _NO_THING.match(before.low)
            and before.words <= 6
            and not answers.says_yes(before.low)
            and not is_interjection(before.low)
            and not (self._asked_last(said) and _OTHER_QUESTION.search(self._asked_last(said)))
        ):
            self._new(heard, before.text.strip(" .,"), State.AGREED, said.speaker, due=due)
        elif (
            find_due(before.text, self._today) is None
            and before.turn == said.turn - 1
            and before.asks
            and before.speaker != said.speaker
        ):
            topic = topic_of(Gap(self._said, said.number, "", self._focus))
            if topic and not _OTHER_QUESTION.search(before.low):
                self._new(heard, f"Do {topic}", State.AGREED, said.speaker, due=due)
