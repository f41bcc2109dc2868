"""Cite or drop: what the recap says must stand in the words that it cites, and plain code checks that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from app.wire.recap import ActionItem, Check, Highlight, SummarySentence, Utterance
from server_stub.recap.date_rules import MONTHS, WEEKDAYS
from server_stub.recap.number_words import NUMBER_WORDS
from server_stub.recap.words import plain, split_words

_MONEY = frozenset(["euro", "euros", "dollar", "dollars", "pound", "pounds", "cent", "cents", "eur", "usd", "gbp"])
_TIMES = "today tomorrow tonight yesterday noon midnight week month year weekend"
_WHEN = frozenset([*WEEKDAYS, *MONTHS, *_TIMES.split()])
_HARD = NUMBER_WORDS | _MONEY | _WHEN
#: A name is a word with a capital that does not begin its sentence.
_NAME = re.compile(r"(?<![.?!:]\s)(?<!^)(?<![\"“'(\w])[^\W\d_]{2,}\b")
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?\b")
_SIGN = re.compile(r"[€$£%]")
_NO_NAMES = frozenset({"i", "i'll", "i'm", "i've", "i'd", "ok"})

NOTHING_CITED = "Nothing that was said is cited for it."
NO_NUMBER = "A number or price is not in the words cited."
NO_DATE = "The date is not in the words cited."
NO_NAME = "A name is not in the words cited."

_Claim = TypeVar("_Claim", SummarySentence, ActionItem, Highlight)


class Evidence:
    """Checks sentences of one meeting against its transcript."""

    def __init__(self, transcript: Iterable[Utterance], names: tuple[str, ...]) -> None:
        self._by_id: Mapping[str, Utterance] = {utterance.id: utterance for utterance in transcript}
        self._names = names

    def proves(self, text: str, ids: tuple[str, ...]) -> bool:
        """Whether nothing speaks against a text; see `doubt`."""
        return not self.doubt(text, ids)

    def doubt(self, text: str, ids: tuple[str, ...]) -> str:
        """Why the words that a text cites do not prove it, as a plain sentence; empty where they do.

        Each number, date, price and name of a text has to occur in the words it cites. The names of those who speak in
        the cited words may be used; where only two people meet, `you` and `me` name them both.

        Args:
            text: what the recap wants to say.
            ids: of the utterances it cites; none, or one that does not exist, proves nothing.
        """
        if not ids or any(each not in self._by_id for each in ids):
            return NOTHING_CITED
        cited = [self._by_id[each] for each in ids]
        said = " ".join(utterance.text for utterance in cited)
        words = set(split_words(said))
        if any(sign not in said for sign in _SIGN.findall(text)):
            return NO_NUMBER
        lacking = next((word for word in _hard_words(text) if word not in words), "")
        if lacking:
            return NO_DATE if lacking in _WHEN else NO_NUMBER
        return "" if self._names_proved(text, cited, words) else NO_NAME

    def keep_sentences(
        self, sentences: Iterable[SummarySentence]
    ) -> tuple[tuple[SummarySentence, ...], tuple[Check, ...]]:
        """The sentences that are proved, and the others for a reader to check."""
        return _sort((each, each.text, self.doubt(each.text, each.evidence)) for each in sentences)

    def keep_items(self, items: Iterable[ActionItem]) -> tuple[tuple[ActionItem, ...], tuple[Check, ...]]:
        """The items whose task, due words and owner are proved, and the others for a reader to check."""
        return _sort((each, _item_words(each), self._doubt_item(each)) for each in items)

    def keep_highlights(self, highlights: Iterable[Highlight]) -> tuple[tuple[Highlight, ...], tuple[Check, ...]]:
        """The highlights whose title and reason are proved, and the others for a reader to check.

        Who marked one is known by the server itself, not by what was said.
        """
        return _sort((each, each.title, self._doubt_highlight(each)) for each in highlights)

    def _doubt_item(self, item: ActionItem) -> str:
        if item.owner is not None and item.owner not in self._names:
            return NO_NAME
        if item.due is not None and not item.due_words:
            return NO_DATE
        return self.doubt(f"{item.text}. {item.due_words}", item.evidence)

    def _doubt_highlight(self, highlight: Highlight) -> str:
        of_reason = "" if highlight.marked_by else self.doubt(highlight.reason, highlight.evidence)
        return self.doubt(highlight.title, highlight.evidence) or of_reason

    def _names_proved(self, text: str, cited: list[Utterance], words: set[str]) -> bool:
        allowed = words | {word for utterance in cited for word in split_words(utterance.speaker)}
        if len(self._names) == 2 and words & {"you", "your", "you'll", "me", "my", "us", "we", "i", "i'll"}:
            allowed |= {word for name in self._names for word in split_words(name)}
        known = {word for name in self._names for word in split_words(name) if len(word) > 2}
        capitals = (name for name in _NAME.findall(text) if name[0].isupper())
        claimed = {plain(name) for name in capitals} | (known & set(split_words(text)))
        return all(name in allowed or name in _NO_NAMES or f"{name}'s" in allowed for name in claimed)


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


def _hard_words(text: str) -> list[str]:
    """What must be found again word for word: figures, numbers, money, dates."""
    figures = [part for figure in _FIGURE.findall(text) for part in split_words(figure)]
    return [*figures, *(word for word in split_words(text) if word in _HARD)]
