"""Cuts a talk into pieces that are as long as the calls from which the model learned to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.wire.recap import AND, Utterance

#: Turns and words of a piece at most. Few of the calls to learn from are longer; some were joined with another one, so
#: that in a piece with many items each has its own words.
MOST_TURNS, MOST_WORDS = 14, 220
#: What the model writes where nothing is agreed, and whose a thing is that is nobody's.
NONE, NOBODY = "none", "nobody"
NO_NAMES = frozenset({"", NONE, NOBODY})
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sir|Dame)\.?")
#: A piece begins again with so many turns of the one before: what is agreed there may have been asked here.
AGAIN = 4


@dataclass(frozen=True)
class Turn:
    """What one person said without being interrupted: the places of its utterances, and their words."""

    speaker: str
    places: tuple[int, ...]
    text: str

    @property
    def words(self) -> int:
        """How many there are."""
        return len(self.text.split())


def turns_of(transcript: Sequence[Utterance]) -> list[Turn]:
    """The utterances of each turn together; a turn that fills half a piece is cut, and a long utterance."""
    turns: list[Turn] = []
    most = MOST_WORDS // 2
    for place, said in enumerate(transcript):
        words = said.text.split()
        for begin in range(0, len(words), most):
            text = " ".join(words[begin : begin + most])
            last = turns[-1] if turns and not begin else None
            if last and last.speaker == said.speaker and last.words + len(words) <= most:
                turns[-1] = Turn(said.speaker, (*last.places, place), f"{last.text} {text}")
            else:
                turns.append(Turn(said.speaker, (place,), text))
    return turns


def windows_of(turns: Sequence[Turn]) -> list[tuple[Turn, ...]]:
    """Overlapping pieces of a talk, in order; together they hold all of it."""
    windows: list[tuple[Turn, ...]] = []
    begin = last = 0
    while last < len(turns):
        end, words = begin, 0
        while (
            end < len(turns) and end - begin < MOST_TURNS and (end == begin or words + turns[end].words <= MOST_WORDS)
        ):
            words += turns[end].words
            end += 1
        if end > last:
            windows.append(tuple(turns[begin:end]))
            last, begin = end, max(end - AGAIN, begin + 1)
        else:
            begin += 1  # the turns of before leave no room for the next one
    return windows


def calls(names: Sequence[str]) -> dict[str, str]:
    """What each is called in a piece: the first name where it is one and nobody shares it, else the whole one."""
    firsts = [_first(name) for name in names]
    called: dict[str, str] = {}
    for name, first in zip(names, firsts, strict=True):
        call = first if firsts.count(first) == 1 else _one_field(name)
        # Nobody is called as somebody else is, or by a word that means something in a note.
        while call in called.values() or call.lower() in NO_NAMES:
            call += " 2"
        called[name] = call
    return called


def _first(name: str) -> str:
    words = [word for word in _one_field(name).split() if not _TITLE.fullmatch(word)]
    return words[0] if words and words[0] != AND.strip() else _one_field(name)


def _one_field(name: str) -> str:
    return " ".join(name.replace("|", " ").replace(":", " ").split())
