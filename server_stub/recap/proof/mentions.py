"""Who is meant where in what was said, and in what is claimed of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server_stub.recap.names import Names, is_name
from server_stub.recap.proof.pieces import LIGHT, Piece, base
from server_stub.recap.words import plain, split_words

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_TASK = re.compile(r" (?:the|a|an|my|your|our|his|her|their|all|this|that|these|those|it|them|do|you)\b")
_I = re.compile(r"(?:i|me|my|mine|myself)(?:'(?:m|ll|ve|d))?")
_WE = re.compile(r"(?:we|us|our|ours|ourselves|let's)(?:'(?:re|ll|ve|d))?")
_YOU = re.compile(r"(?:you|your|yours|yourself|yourselves)(?:'(?:re|ll|ve|d))?")


@dataclass(frozen=True)
class Mention:
    """A person in a sentence.

    Attributes:
        people: who may be meant.
        before: the stem of the last word before that carries meaning; empty at the start and behind somebody else.
        after: the stem of the next one; empty at the end and before somebody else.
    """

    people: frozenset[str]
    before: str
    after: str

    def fits(self, other: Mention) -> bool:
        """Whether the other one may be the same person in the same place of the same sentence."""
        if not self.people & other.people:
            return False
        if not self.before and not self.after:
            return True
        return self.after == other.after != "" or self.before == other.before != ""


class Reader:
    """Reads the mentions of one meeting's people."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Learns who may be meant.

        Args:
            names: of everyone in the meeting.
        """
        self.names = names
        self.words = frozenset(word for name in names for word in split_words(name))
        self.stems = frozenset(map(base, self.words))
        self._called = Names(names)
        self._name = re.compile(rf"(?<![\w'])(?:{self._called.pattern})(?!\w)")

    def named(self, text: str, *, is_written: bool = False) -> list[tuple[str, int, int]]:
        """Everyone in the meeting whom a text names, with the places of the name.

        Args:
            text: what was said, or what is claimed of it.
            is_written: it is a sentence of a recap, where only names have capitals in the middle.
        """
        low = plain(text)
        return [
            (self._called[found[0]], found.start(), found.end())
            for found in self._name.finditer(low)
            if is_name(text, low, found.start(), found.end())
            or (is_written and text[found.start()].isupper() and not _is_verb(low, found.start(), found.end()))
        ]

    def claimed(self, text: str, skips: frozenset[str], *, is_written: bool = False) -> list[Mention]:
        """Whom a claim names, and where."""
        return list(self._mentions(text, self.named(text, is_written=is_written), None, None, skips))

    def said(self, piece: Piece, others: frozenset[str], skips: frozenset[str]) -> list[Mention]:
        """Whom a sentence means, with or without a name.

        Args:
            piece: the sentence.
            others: who may be its `you` where it names nobody.
            skips: stems that say nothing of where somebody is named.
        """
        return list(self._mentions(piece.text, self.named(piece.text), piece.speaker, others, skips))

    def _mentions(
        self,
        text: str,
        named: Sequence[tuple[str, int, int]],
        speaker: str | None,
        others: frozenset[str] | None,
        skips: frozenset[str],
    ) -> Iterator[Mention]:
        spans = {start: (name, end) for name, start, end in named}
        called = frozenset(name for name, _, _ in named if name != speaker)
        parts: list[tuple[frozenset[str] | None, str]] = []
        at = 0
        for match in _WORD.finditer(plain(text)):
            if match.start() < at:
                continue
            if match.start() in spans:
                name, at = spans[match.start()]
                parts.append((frozenset([name]), ""))
                continue
            people = self._meant(match[0], speaker, called or others or frozenset()) if speaker else None
            is_heavy = not people and match[0] not in LIGHT and base(match[0]) not in skips
            parts.append((people, base(match[0]) if is_heavy else ""))
        for place, (people, _) in enumerate(parts):
            if people:
                yield Mention(people, _nearest(parts[:place][::-1]), _nearest(parts[place + 1 :]))

    def _meant(self, word: str, speaker: str, others: frozenset[str]) -> frozenset[str] | None:
        if _I.fullmatch(word) or _WE.fullmatch(word):
            return frozenset([speaker])  # who else `we` are is not said
        return others if _YOU.fullmatch(word) else None


def _nearest(parts: Sequence[tuple[frozenset[str] | None, str]]) -> str:
    """The first stem on a way on which nobody else is met."""
    for people, stem in parts:
        if people or stem:
            return stem
    return ""


def _is_verb(low: str, start: int, end: int) -> bool:
    """Whether a word that is a name too is one of those that a task begins with: `Mark the pages`."""
    return not low[:start].strip() and _TASK.match(low, end) is not None


def addressed(said: Sequence[Piece], number: int, names: tuple[str, ...]) -> frozenset[str]:
    """Who may be the `you` of a cited sentence that names nobody: the others of those cited, or of all."""
    speaker = said[number].speaker
    others = frozenset(names) - {speaker}
    near = [piece.speaker for piece in said[number + 1 :] if piece.speaker != speaker][:1]
    near += [piece.speaker for piece in reversed(said[:number]) if piece.speaker != speaker][:1]
    return frozenset(near) & others or others
