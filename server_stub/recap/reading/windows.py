"""Cuts a talk into pieces that are as long as the calls from which the model learned to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.wire.recap import Utterance

#: Turns and words of a piece at most. Of the calls to learn from 99 in 100 are shorter.
MOST_TURNS, MOST_WORDS = 14, 220
#: A piece begins again with so many turns of the one before: what is agreed there may have been asked here.
AGAIN = 5


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
    """The utterances of each turn together; a turn that fills a piece is cut."""
    turns: list[Turn] = []
    for place, said in enumerate(transcript):
        text = " ".join(said.text.split())
        if not text:
            continue
        last = turns[-1] if turns else None
        if last and last.speaker == said.speaker and last.words + len(text.split()) <= MOST_WORDS // 2:
            turns[-1] = Turn(said.speaker, (*last.places, place), f"{last.text} {text}")
        else:
            turns.append(Turn(said.speaker, (place,), text))
    return turns


def windows_of(turns: Sequence[Turn]) -> list[tuple[Turn, ...]]:
    """Overlapping pieces of a talk, in order; together they hold all of it."""
    windows: list[tuple[Turn, ...]] = []
    begin = 0
    while begin < len(turns):
        end, words = begin, 0
        while (
            end < len(turns) and end - begin < MOST_TURNS and (end == begin or words + turns[end].words <= MOST_WORDS)
        ):
            words += turns[end].words
            end += 1
        windows.append(tuple(turns[begin:end]))
        if end == len(turns):
            break
        begin = max(end - AGAIN, begin + 1)
    return windows


def calls(names: Sequence[str]) -> dict[str, str]:
    """What each is called: the first name where nobody shares it, else the whole one."""
    firsts = [name.split()[0] if name.split() else name for name in names]
    return {name: first if firsts.count(first) == 1 else name for name, first in zip(names, firsts, strict=True)}
