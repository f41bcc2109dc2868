"""Proves what a language model says of a meeting by the words that it cites; whatever is not proved is dropped.

`evidence` proves figures, days and names of any text. A model may lie in more ways than rules do, so its text has to
stand the following as well: each of its meaningful words was said in what it cites; who is said to have said or
promised something did; and no `not`, `maybe`, `if` or question mark was lost or added. It drops much that is true:
what is kept can be believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple, TypeVar

from app.wire.recap import ActionItem, Certainty, SummarySentence, Utterance
from server_stub.recap.due_dates import Due, find_all, find_due
from server_stub.recap.evidence import Evidence
from server_stub.recap.suggested import SaidItem, SaidSentence, Suggested
from server_stub.recap.verbs import BASES, past
from server_stub.recap.words import STOP_WORDS, capital, overlap, plain, sentence_ends, split_words, stem, word_set

#: Statements that share so much of the shorter one's meaning are one.
SAME = 0.6
#: The sentences that a text rests on have at least so much of what the best of them has of it.
NEARLY = 0.5
#: Of the words of a sentence that names who spoke, so many are that person's own.
OWN = 0.5

#: Words of telling itself: they need not have been said.
_SAYING = word_set(
    "said says say saying asked asks ask asking told tells tell answered answers replied agreed agrees promised "
    "promises proposed proposes suggested suggests mentioned mentions explained explains confirmed confirms announced "
    "stated states noted notes added adds wanted wants wondered wonders thinks thought believes reported reports "
    "decided offered offers requested requests discussed discusses spoke talked reminded whether"
)
_TOLD = frozenset(stem(word) for word in _SAYING)
#: Where `no` and `not` deny nothing; taken out before they are looked for.
_NO_DENIAL = re.compile(
    r"\b(?:no (?:problem|worries|rush|doubt)|why (?:don't|not)|(?:don't|do not) worry|(?:can't|cannot) wait|not only|"
    r"don't you(?: think)?|(?:isn't|aren't|won't|doesn't|don't|didn't) (?:it|we|you|they|he|she)(?=\?))"
)
_NOT = re.compile(r"\b(?:not|no|never|nobody|nothing|none|neither|nor|without|cannot|\w+n't|refused?|declined?)\b")
_DOUBT = (
    r"might|maybe|perhaps|possibly|probably|not sure|i think|thinks|hope|hopes|hopefully|likely|unsure|try|tries|"
    r"consider(?:s|ing)?|depends|wonder(?:s|ed)?"
)
_DOUBTS = re.compile(rf"\b(?:{_DOUBT})\b")
#: `Could` and `would` weaken what somebody says; in what is told of it they may be nothing but the past.
_MAYBE = re.compile(rf"\b(?:{_DOUBT}|could|would)\b")
_IF = re.compile(r"\b(?:if|unless|provided|in case|assuming|as long as)\b")
_ASKS = re.compile(r"\b(?:ask(?:s|ed|ing)?|wonder(?:s|ed)?|question(?:s|ed)?|whether|wants? to know|request\w*)\b|\?")
_ME = re.compile(r"\b(?:i|i'll|i'm|i've|i'd|me|my|mine|we|we'll|we're|we've|our|us|let me)\b")
_YOU = re.compile(r"\b(?:you|your|yours|you'll|you're|you've|you'd)\b")
_THEY = re.compile(r"\b(?:he|she|they|him|her|his|their)\b")
_PROMISES = re.compile(
    r"\b(?:i'll|i will|i'm going to|i am going to|i'm gonna|i can|i shall|let me|we'll|we will|i promise|i'd better|"
    r"i need to|i have to|i've got to|my plan is to)\b"
)
#: A promise of what was just asked for: `I can do that`.
_TAKES_IT = re.compile(
    r"\b(?:i'll|i will|i can|i'm going to|let me)\b(?:\W+\w+){1,3}?\W+(?:it|that|this|those|them|one)\b"
)
_ACCEPTS = re.compile(
    r"^(?:(?:oh|well|um|uh|and|so|okay|ok)[,.]? )*(?:yes|yeah|yep|sure|of course|will do|absolutely|no problem|"
    r"certainly|definitely|gladly|yup|fine|agreed|consider it done|got it|okay|ok|alright|all right)\b"
)
_LEADS = re.compile(r"^(?:will|to|should|must|shall|has to|needs to|is going to|promised to|agreed to)\s+")
#: `send` of `sent`: only forms that a crude stem does not bring together.
_BASE_OF = {changed: base for base in BASES if (changed := past(base))}


_Statement = TypeVar("_Statement", SummarySentence, ActionItem)


@dataclass(frozen=True)
class Kept:
    """What of a model's statements is proved."""

    sentences: tuple[SummarySentence, ...]
    items: tuple[ActionItem, ...]


class _Piece(NamedTuple):
    """A sentence of an utterance; `low` is the same in small letters."""

    said: Utterance
    text: str
    low: str

    @property
    def asks(self) -> bool:
        return self.text.endswith("?")

    @property
    def words(self) -> set[str]:
        return {_base(word) for word in split_words(self.text)}


class ModelProof:
    """Checks a language model's statements about one meeting."""

    def __init__(self, transcript: Sequence[Utterance], names: tuple[str, ...], today: date) -> None:
        """Checks nothing yet.

        Args:
            transcript: in order of time.
            names: everyone in the meeting.
            today: the day of the meeting.
        """
        self._evidence = Evidence(transcript, names, today)
        self._by_id: Mapping[str, Utterance] = {said.id: said for said in transcript}
        self._names, self._today = names, today
        self._called = {name: frozenset(split_words(name)) for name in names}

    def keep(self, suggested: Suggested) -> Kept:
        """What is proved, each statement once, in the order of the talk."""
        sentences = [sentence for said in suggested.sentences if (sentence := self._sentence(said))]
        items = [item for given in suggested.items if (item := self._item(given))]
        kept, _ = self._evidence.keep_sentences(sentences)
        kept_items, _ = self._evidence.keep_items(items)
        return Kept(tuple(sorted(_once(kept), key=_place)), tuple(sorted(_once(kept_items), key=_place)))

    def _sentence(self, said: SaidSentence) -> SummarySentence | None:
        cited = self._cited(said.evidence)
        text = capital(said.text)
        if not cited or not self._stands(text, cited) or not self._said_by(text, cited):
            return None
        return SummarySentence(text=text if text[-1] in '.?!”"' else f"{text}.", evidence=said.evidence)

    def _item(self, said: SaidItem) -> ActionItem | None:
        cited, owner = self._cited(said.evidence), self._person(said.owner)
        text = self._task(said.text, owner)
        if not cited or owner is None or not text or text.endswith("?"):
            return None
        pieces = self._supporters(text, cited)
        is_denied = any(_denies(low) for low in (plain(text), *(piece.low for piece in pieces)))
        if is_denied or not self._is_supported(text, cited):
            return None
        taken = self._taken(owner, text, cited, pieces)
        due = self._due(said.due, [*pieces, *taken])
        if not taken or due is None:
            return None
        certainty = _certainty([*taken, *pieces])
        if certainty != "firm" and due.day is None:
            return None  # only weighed
        return ActionItem(
            text=text, owner=owner, due=due.day.isoformat() if due.day else None, due_words=due.words,
            evidence=said.evidence, certainty=certainty,
        )  # fmt: skip

    # --- what a text rests on -----------------------------------------------------------------------------------------
    def _cited(self, ids: tuple[str, ...]) -> list[Utterance]:
        return [self._by_id[each] for each in ids] if all(each in self._by_id for each in ids) else []

    def _meaning(self, text: str) -> set[str]:
        """Meaningful words without the names of those in the meeting and without words of telling."""
        people = {word for called in self._called.values() for word in called}
        people |= {f"{word}'s" for word in people}
        words = [word for word in split_words(text) if word not in STOP_WORDS | people | _SAYING and len(word) > 1]
        return {_base(word) for word in words} - _TOLD

    def _is_supported(self, text: str, cited: Sequence[Utterance]) -> bool:
        """Whether all that a text means was said, and it means something."""
        meant = self._meaning(text)
        return bool(meant) and meant <= {_base(word) for each in cited for word in split_words(each.text)}

    def _supporters(self, text: str, cited: Sequence[Utterance]) -> list[_Piece]:
        """The sentences that a text rests on."""
        meant = self._meaning(text)
        pieces = [piece for said in cited for piece in _pieces(said)]
        shares = [len(meant & piece.words) for piece in pieces]
        best = max(shares, default=0)
        return [piece for piece, share in zip(pieces, shares, strict=True) if share and share >= NEARLY * best]

    def _stands(self, text: str, cited: Sequence[Utterance]) -> bool:
        """Whether a text says what was said, no more and no less surely."""
        if not self._is_supported(text, cited):
            return False
        low, pieces = plain(text), self._supporters(text, cited)
        asks = bool(_ASKS.search(low))
        # `Could you` is asked for, and no doubt.
        stated = [piece.low for piece in pieces if not (asks and piece.asks)]
        checks = ((_denies, _denies), (_DOUBTS.search, _MAYBE.search), (_IF.search, _IF.search))
        for told, said in checks:
            if told(low) and not any(said(each.low) for each in pieces):
                return False
            if any(said(each) for each in stated) and not said(low):
                return False
        return asks or not all(piece.asks for piece in pieces)

    # --- who ----------------------------------------------------------------------------------------------------------
    def _person(self, called: str) -> str | None:
        """The one in the meeting who is called that, by the whole name or a part that is nobody else's."""
        if called in self._names:
            return called
        words = frozenset(split_words(called))
        found = [name for name, own in self._called.items() if words and words <= own]
        return found[0] if len(found) == 1 else None

    def _named(self, text: str) -> list[str]:
        """Those in the meeting whom a text names, in its order."""
        found = (self._person(word.removesuffix("'s")) for word in split_words(text))
        return list(dict.fromkeys(name for name in found if name is not None))

    def _said_by(self, text: str, cited: Sequence[Utterance]) -> bool:
        """Whether the one with whom a sentence begins, or by whom something is done, said so."""
        pieces, named = self._supporters(text, cited), self._named(text)
        about = {name for piece in pieces for name in self._named(piece.text) if name != piece.said.speaker}
        words, speakers = split_words(text), {piece.said.speaker for piece in pieces}
        by = [name for word, after in pairwise(words) if word == "by" and (name := self._person(after))]
        if not about <= set(named) or not speakers.issuperset(by):
            return False  # it leaves out whom it is about, or names who did not speak
        first = self._person(words[0])
        if first is None:
            return not any(_ME.search(piece.low) or _YOU.search(piece.low) for piece in pieces)
        own = [piece for piece in pieces if piece.said.speaker == first]
        meant = self._meaning(text)
        if not own or len(meant & set().union(*(piece.words for piece in own))) < OWN * len(meant):
            return False
        is_to_you = any(_YOU.search(piece.low) for piece in own)
        tells = next((word for word in words if word not in self._called[first]), "") in _SAYING
        if not tells:
            return any(_ME.search(piece.low) for piece in own) and not is_to_you
        return not (is_to_you and len(named) < 2 and _THEY.search(plain(text)))

    def _taken(self, owner: str, text: str, cited: Sequence[Utterance], pieces: Sequence[_Piece]) -> list[_Piece]:
        """The sentences by which somebody takes a task: a promise, or a yes to who asked for it; else none."""
        meant = self._meaning(text)
        own = [piece for piece in pieces if piece.said.speaker == owner and not piece.asks]
        promised = [piece for piece in own if _PROMISES.search(piece.low)]
        if any(len(meant & piece.words) >= OWN * len(meant) for piece in promised):
            return promised
        if own:
            return []
        asked = [piece for piece in pieces if _YOU.search(piece.low) or owner in self._named(piece.text)]
        others = {name for piece in pieces for name in self._named(piece.text) if name != piece.said.speaker} - {owner}
        replies = [
            piece
            for said in cited
            if said.speaker == owner and any(said.start_s >= piece.said.start_s for piece in asked)
            for piece in _pieces(said)
        ]
        if others or any(_denies(piece.low) for piece in replies):
            return []
        return [piece for piece in replies if _ACCEPTS.search(piece.low) or _TAKES_IT.search(piece.low)]

    # --- what and when ------------------------------------------------------------------------------------------------
    def _task(self, text: str, owner: str | None) -> str:
        """A task as our own are: without who does it before it, and without a full stop."""
        words = text.strip().rstrip(".")
        for name in (owner, *(owner or "").split()):
            if name and plain(words).startswith(f"{plain(name)} "):
                words = words[len(name) + 1 :]
        led = _LEADS.match(plain(words))
        return capital(words[led.end() :] if led else words)

    def _due(self, said: str, pieces: Sequence[_Piece]) -> Due | None:
        """The day that our own rules read in the cited words; None where the model's is another one."""
        ours = {due.day: due for piece in pieces for due in reversed(find_all(piece.text, self._today)) if due.day}
        if not said:
            return next(iter(ours.values())) if len(ours) == 1 else _NO_DUE
        try:
            day: date | None = date.fromisoformat(said)
        except ValueError:
            found = find_due(said, self._today)
            day = found.day if found else None
        return ours.get(day) if day else None


_NO_DUE = Due("", None, 0, 0, 0, False)


def _denies(low: str) -> bool:
    """Whether there is a `no` in words in small letters that denies something."""
    return _NOT.search(_NO_DENIAL.sub(" ", low)) is not None


def _base(word: str) -> str:
    word = word.removesuffix("'s")
    return stem(_BASE_OF.get(word, word))


def _pieces(said: Utterance) -> list[_Piece]:
    ends = sentence_ends(said.text)
    parts = [said.text[start:end].strip() for start, end in pairwise([0, *ends, len(said.text)])]
    return [_Piece(said, part, plain(part)) for part in parts if part]


def _certainty(pieces: Iterable[_Piece]) -> Certainty:
    said = " ".join(piece.low for piece in pieces if not piece.asks)
    if _IF.search(said):
        return "conditional"
    return "tentative" if _MAYBE.search(said) else "firm"


def _place(said: SummarySentence | ActionItem) -> int:
    return min(int(each[1:]) for each in said.evidence)


def _once(statements: Sequence[_Statement]) -> list[_Statement]:
    kept: list[_Statement] = []
    for each in statements:
        if not any(is_same(each, other) for other in kept):
            kept.append(each)
    return kept


def is_same(one: SummarySentence | ActionItem, other: SummarySentence | ActionItem) -> bool:
    """Whether two statements say the same: of tasks, that one person has them or one utterance tells them."""
    is_near = bool(set(one.evidence) & set(other.evidence))
    if isinstance(one, ActionItem) and isinstance(other, ActionItem):
        is_near = is_near or one.owner == other.owner
    return is_near and overlap(one.text, other.text) >= SAME
