"""Cite or drop: what the recap says must stand in the words that it cites, and plain code checks that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.wire.recap import ActionItem, Highlight, SummarySentence, Utterance
from server_stub.recap.date_rules import MONTHS, WEEKDAYS
from server_stub.recap.number_words import NUMBER_WORDS
from server_stub.recap.words import plain, split_words

_MONEY = frozenset(["euro", "euros", "dollar", "dollars", "pound", "pounds", "cent", "cents", "eur", "usd", "gbp"])
_TIMES = "today tomorrow tonight yesterday noon midnight week month year weekend"
_WHEN = frozenset([*WEEKDAYS, *MONTHS, *_TIMES.split()])
_HARD = NUMBER_WORDS | _MONEY | _WHEN
#: A name is a word with a capital that does not begin its sentence.
_NAME = re.compile(r"(?<![.?!:]\s)(?<!^)(?<![\"“'(\w])[^\W\d_]{2,}\b")
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_SIGN = re.compile(r"[€$£%]")
_NO_NAME = frozenset({"i", "i'll", "i'm", "i've", "i'd", "ok"})


class Evidence:
    """Checks sentences of one meeting against its transcript."""

    def __init__(self, transcript: Iterable[Utterance], names: tuple[str, ...]) -> None:
        self._by_id: Mapping[str, Utterance] = {utterance.id: utterance for utterance in transcript}
        self._names = names

    def proves(self, text: str, ids: tuple[str, ...]) -> bool:
        """Whether each number, date, price and name of a text occurs in the words it cites.

        The names of those who speak in the cited words may be used; where only two people meet, `you` and `me` name
        them both.

        Args:
            text: what the recap wants to say.
            ids: of the utterances it cites; none, or one that does not exist, proves nothing.
        """
        if not ids or any(each not in self._by_id for each in ids):
            return False
        cited = [self._by_id[each] for each in ids]
        said = " ".join(utterance.text for utterance in cited)
        words = set(split_words(said))
        if any(sign not in said for sign in _SIGN.findall(text)):
            return False
        return all(word in words for word in _hard_words(text)) and self._names_proved(text, cited, words)

    def keep_sentences(self, sentences: Iterable[SummarySentence]) -> tuple[tuple[SummarySentence, ...], int]:
        """The sentences that are proved, and how many are not."""
        given = list(sentences)
        kept = tuple(sentence for sentence in given if self.proves(sentence.text, sentence.evidence))
        return kept, len(given) - len(kept)

    def keep_items(self, items: Iterable[ActionItem]) -> tuple[tuple[ActionItem, ...], int]:
        """The items whose task, due words and owner are proved, and how many are not."""
        given = list(items)
        kept = tuple(item for item in given if self._item_proved(item))
        return kept, len(given) - len(kept)

    def keep_highlights(self, highlights: Iterable[Highlight]) -> tuple[tuple[Highlight, ...], int]:
        """The highlights whose title and reason are proved, and how many are not.

        Who marked one is known by the server itself, not by what was said.
        """
        given = list(highlights)
        kept = tuple(
            each
            for each in given
            if self.proves(each.title, each.evidence) and (each.marked_by or self.proves(each.reason, each.evidence))
        )
        return kept, len(given) - len(kept)

    def _item_proved(self, item: ActionItem) -> bool:
        owner_known = item.owner is None or item.owner in self._names
        due_said = item.due is None or bool(item.due_words)
        return owner_known and due_said and self.proves(f"{item.text}. {item.due_words}", item.evidence)

    def _names_proved(self, text: str, cited: list[Utterance], words: set[str]) -> bool:
        allowed = words | {word for utterance in cited for word in split_words(utterance.speaker)}
        if len(self._names) == 2 and words & {"you", "your", "you'll", "me", "my", "us", "we", "i", "i'll"}:
            allowed |= {word for name in self._names for word in split_words(name)}
        known = {word for name in self._names for word in split_words(name) if len(word) > 2}
        capitals = (name for name in _NAME.findall(text) if name[0].isupper())
        claimed = {plain(name) for name in capitals} | (known & set(split_words(text)))
        return all(name in allowed or name in _NO_NAME or f"{name}'s" in allowed for name in claimed)


def _hard_words(text: str) -> list[str]:
    """What must be found again word for word: figures, numbers, money, dates."""
    figures = [part for figure in _FIGURE.findall(text) for part in split_words(figure)]
    return [*figures, *(word for word in split_words(text) if word in _HARD)]
