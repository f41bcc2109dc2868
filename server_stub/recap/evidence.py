"""Cite or drop: what the recap says must stand in the words that it cites, and plain code checks that."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TypeVar

import msgspec

from app.wire.recap import ActionItem, Check, Highlight, SummarySentence, Utterance
from server_stub.recap.promises.heard import Heard, hear
from server_stub.recap.promises.speech import sentences
from server_stub.recap.proof import days, firmness, mirror, quantities, roles, stance, strangers
from server_stub.recap.proof.mentions import Reader
from server_stub.recap.proof.owners import Grade, grade
from server_stub.recap.proof.pieces import Piece, pieces
from server_stub.recap.proof.stance import Stance
from server_stub.recap.words import plain, sentence_ends

_QUOTED = re.compile(r"“[^”]*”")
#: Read for its words alone, any day will do.
_SOME_DAY = date(2001, 1, 1)
NOTHING_CITED = "Nothing that was said is cited for it."
NO_NUMBER = "A number or price is not in the words cited."
NO_DATE = "The date is not in the words cited."
NO_NAME = "A name is not in the words cited."
NO_ROLE = "The words cited do not show that this person said or did it."
NO_PROMISE = "The words cited do not show that {} took this on."
STANCES = {
    Stance.DENIAL: "The words cited say no where this says yes, or the other way round.",
    Stance.HEDGE: "The words cited are less sure.",
    Stance.CONDITION: "The words cited set a condition.",
    Stance.QUESTION: "The words cited only ask it.",
}

_Claim = TypeVar("_Claim", SummarySentence, ActionItem, Highlight)


class Evidence:
    """Checks what is said of one meeting against its transcript."""

    def __init__(
        self,
        transcript: Iterable[Utterance],
        names: tuple[str, ...],
        today: date | None = None,
        read: Collection[ActionItem] = (),
    ) -> None:
        """Checks nothing yet.

        Args:
            transcript: in order of time.
            names: of everyone in the meeting.
            today: the day of the meeting; where it is not known, days are compared by their words alone.
            read: the items that the model that reads took from this talk by itself, see `_doubt_read`.
        """
        self._transcript = tuple(transcript)
        self._by_id: Mapping[str, Utterance] = {utterance.id: utterance for utterance in self._transcript}
        self._names, self._today, self._read = names, today, read
        self._reader = Reader(names)
        self._pieces: dict[tuple[str, ...], list[Piece]] = {}
        self._heard: dict[str, list[Heard]] | None = None

    def proves(self, text: str, ids: tuple[str, ...]) -> bool:
        """Whether nothing speaks against a text; see `doubt`."""
        return not self.doubt(text, ids)

    def doubt(self, text: str, ids: tuple[str, ...]) -> str:
        """Why the words that a text cites do not prove it, as a plain sentence; empty where they do.

        Each number with what it counts, each date, price and name of a text has to be in the words it cites. The names
        of those who speak in them may be used where a pronoun means them; who is said to have said, chosen or promised
        something has to have done so there. What was denied, hedged, only asked or set under a condition stays so.

        Args:
            text: what the recap wants to say.
            ids: of the utterances it cites; none, or one that does not exist, proves nothing.
        """
        return self._doubt_facts(text, ids) or self._doubt_saying(text, ids)

    def _doubt_facts(self, text: str, ids: tuple[str, ...]) -> str:
        """Numbers, days and names."""
        if not ids or any(each not in self._by_id for each in ids):
            return NOTHING_CITED
        cited, said = [self._by_id[each] for each in ids], self._said(ids)
        if days.doubts(text, said, self._today):
            return NO_DATE
        rest = days.without_days(text, said, self._today)
        if quantities.doubts(rest, said):
            return NO_NUMBER
        return NO_NAME if strangers.doubts(rest, cited, self._names) else ""

    def _doubt_saying(self, text: str, ids: tuple[str, ...]) -> str:
        """Who said it, and how."""
        said = self._said(ids)
        teller = ""
        for clause in _clauses(text):
            if roles.doubts(clause, said, self._reader, lambda: self._heard_in(ids), self._today, teller):
                return NO_ROLE
            told = roles.teller_of(clause, self._reader)
            teller = told or teller
            bare = roles.without_exact_quotes(clause, said)
            own = [piece for piece in said if piece.speaker == told] or said
            if mirror.is_turned(stance.LEAD.sub(" ", bare), own, self._reader.words):
                return STANCES[Stance.DENIAL]
            turned = stance.doubt(bare, said, self._reader.stems, told)
            if turned is not None:
                return STANCES[turned]
        return ""

    def _said(self, ids: tuple[str, ...]) -> list[Piece]:
        if ids not in self._pieces:
            cited = set(ids)
            self._pieces[ids] = pieces([said for said in self._transcript if said.id in cited])
        return self._pieces[ids]

    def _heard_in(self, ids: tuple[str, ...]) -> list[Heard]:
        """The cited sentences as the rules for action items read them."""
        if self._heard is None:
            self._heard = {}
            for one in hear(sentences(self._transcript), self._names, self._today or _SOME_DAY):
                for place in one.said.places:
                    self._heard.setdefault(self._transcript[place].id, []).append(one)
        found = {id(one): one for each in ids for one in self._heard.get(each, ())}
        return sorted(found.values(), key=lambda one: one.said.number)

    def keep_sentences(
        self, sentences: Iterable[SummarySentence]
    ) -> tuple[tuple[SummarySentence, ...], tuple[Check, ...]]:
        """The sentences that are proved, and the others for a reader to check."""
        return _sort((each, each.text, self.doubt(each.text, each.evidence)) for each in sentences)

    def keep_items(self, items: Iterable[ActionItem]) -> tuple[tuple[ActionItem, ...], tuple[Check, ...]]:
        """The items whose task, due words and owner are proved, and the others for a reader to check.

        One that is said to be firm, and was hedged or set under a condition, is kept as what it is, with the condition.
        """
        judged = ((self._as_firm_as_said(each), self._doubt_item(each)) for each in items)
        return _sort((self._with_condition(each), _item_words(each), doubt) for each, doubt in judged)

    def proves_item(self, item: ActionItem) -> bool:
        """Whether nothing speaks against an item; see `keep_items`."""
        return not self._doubt_item(item)

    def keep_highlights(
        self, highlights: Iterable[Highlight], known: Collection[str] = ()
    ) -> tuple[tuple[Highlight, ...], tuple[Check, ...]]:
        """The highlights whose title and reason are proved, and the others for a reader to check.

        Who marked one is known by the server itself, not by what was said; so are the titles and reasons in `known`.
        """
        return _sort((each, each.title, self._doubt_highlight(each, known)) for each in highlights)

    def _doubt_read(self, item: ActionItem) -> str:
        """Why what the model read is not proved; see `_doubt_item`.

        Who takes a task, and for when, is often not in words that plain code can read: `Me.` - `When?` - `Tonight.` So
        the model is believed in that, and right more often than what is proved of the rules. All that an item names
        has to have been said all the same, and a no, too.
        """
        if not item.evidence or any(each not in self._by_id for each in item.evidence):
            return NOTHING_CITED
        said, task = self._said(item.evidence), days.without_due(item.text, item.due_words)
        if item.due_words and not days.is_said(item.due, item.due_words, said, self._today):
            return NO_DATE
        if days.doubts(task, said, self._today):
            return NO_DATE
        if not quantities.are_said(days.without_days(task, said, self._today), said):
            return NO_NUMBER
        if strangers.are_unsaid(task, [self._by_id[each] for each in item.evidence], self._names):
            return NO_NAME
        is_turned = stance.is_turned(task, item.owner, said, self._reader.stems)
        if is_turned or stance.bids_what_nobody_denied(task, said):
            return STANCES[Stance.DENIAL]
        return ""

    def _doubt_item(self, item: ActionItem) -> str:
        if item in self._read:
            return self._doubt_read(item)
        if item.owner is not None and item.owner not in self._names:
            return NO_NAME
        if item.due is not None and not item.due_words:
            return NO_DATE
        facts = self._doubt_facts(f"{item.text}. {item.due_words}", item.evidence)
        if facts:
            return facts
        heard, said, task = self._heard_in(item.evidence), self._said(item.evidence), _without_asides(item.text)
        if self._today is not None and days.doubts_due(item.due, item.due_words, task, item.owner, heard, self._today):
            return NO_DATE
        if quantities.stray(days.without_due(task, item.due_words), said):
            return NO_NUMBER
        if stance.doubt(task, said, self._reader.stems) is Stance.DENIAL or stance.bids_not(task, said):
            return STANCES[Stance.DENIAL]
        is_taken = item.owner is None or grade(task, item.owner, heard, self._reader, item.due) is not Grade.NOT
        if not is_taken or firmness.is_unreal(task, item.owner, said):
            return NO_PROMISE.format(item.owner or "anyone")
        return NO_ROLE if roles.doubts_names(item.text, said, self._reader) else ""

    def _as_firm_as_said(self, item: ActionItem) -> ActionItem:
        task, ids = _without_asides(item.text), item.evidence
        if any(each not in self._by_id for each in ids):
            return item
        if item in self._read:
            # Whoever sets a condition has answered.
            is_set = item.certainty == "question" and firmness.is_set(task, item.owner, self._said(ids))
            return msgspec.structs.replace(item, certainty="conditional") if is_set else item
        if item.certainty != "firm":
            return item
        turned = firmness.doubt(f"{task} {item.due_words}", item.owner, self._said(ids))
        if turned is not None:
            return msgspec.structs.replace(item, certainty="conditional" if turned is Stance.CONDITION else "tentative")
        if item.owner is None and firmness.is_only_asked(task, self._said(ids)):
            return msgspec.structs.replace(item, certainty="question")
        if item.owner and grade(task, item.owner, self._heard_in(ids), self._reader, item.due) is Grade.ASKED:
            return msgspec.structs.replace(item, certainty="question")
        return item

    def _with_condition(self, item: ActionItem) -> ActionItem:
        """The item with the words of its condition, where it has one that its text does not tell."""
        is_told = item.certainty not in _HANGING or stance.CONDITIONS.search(plain(item.text))
        if is_told or any(each not in self._by_id for each in item.evidence):
            return item
        find = _HANGING[item.certainty]
        condition = find(_without_asides(item.text), item.owner, self._said(item.evidence))
        return msgspec.structs.replace(item, text=f"{item.text.rstrip(' .')} ({condition})") if condition else item

    def _doubt_highlight(self, highlight: Highlight, known: Collection[str]) -> str:
        is_known = bool(highlight.marked_by) or highlight.reason in known
        of_reason = "" if is_known else self._doubt_facts(highlight.reason, highlight.evidence)
        of_title = "" if highlight.title in known else self._doubt_facts(highlight.title, highlight.evidence)
        return of_title or of_reason


#: What finds the words of a condition; a hedge has one only where its sentence ends with it.
_HANGING = {"conditional": firmness.condition_of, "tentative": firmness.last_condition_of}


def _clauses(text: str) -> list[str]:
    """The sentences of a text and what semicolons part in them; what is quoted stays whole."""
    bare = _QUOTED.sub(lambda found: "“" + "x" * (len(found[0]) - 2) + "”", text)
    ends = sorted(
        [*(found.span() for found in re.finditer("; ", bare)), *((at, at) for at in sentence_ends(bare, ".?!"))]
    )
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(text)]
    return [text[start:stop] for start, stop in zip(starts, stops, strict=True)]


def _without_asides(task: str) -> str:
    """A task without what our rules tell in brackets of its pronouns; conditions stay."""
    return re.sub(r" \((?!if |unless |provided |depend)[^()]*\)", "", task)


def _item_words(item: ActionItem) -> str:
    """An item as one line: `Felix: Send the draft by Friday`."""
    due = "" if not item.due_words or plain(item.due_words) in plain(item.text) else f" {item.due_words}"
    return f"{item.owner}: {item.text}{due}" if item.owner else f"{item.text}{due}"


def _sort(claims: Iterable[tuple[_Claim, str, str]]) -> tuple[tuple[_Claim, ...], tuple[Check, ...]]:
    """Claims with their words and the doubt about them: those without, and checks of the others."""
    kept, checks = [], []
    for claim, words, doubt in claims:
        if doubt:
            checks.append(Check(text=words, reason=doubt, evidence=claim.evidence))
        else:
            kept.append(claim)
    return tuple(kept), tuple(checks)
