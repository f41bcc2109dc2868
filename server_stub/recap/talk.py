"""A transcript as its lines: each sentence tidied, weighed, and with who says it to whom."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

from app.wire.recap import Utterance
from server_stub.recap.persons import Speakers
from server_stub.recap.questions import asks_by_form
from server_stub.recap.salience import score_texts, whole_sentences
from server_stub.recap.tidy_speech import tidy, unroll

#: An answer begins within so many seconds.
ANSWER_S = 30.0

#: `Leila, you ...`, `it's good, Leila, ...`, `..., Leila.`; not one of several in a list.
_VOCATIVE = re.compile(r"(?:^|, )(?P<name>[A-Z][\w'-]*)(?:, (?!and\b|or\b|[A-Z]\w+,)|(?=[.?!]?$))")


@dataclass(frozen=True)
class Line:
    """One sentence of an utterance: as it was said, and tidied; `called` is who is called by name in it."""

    utterance: int
    number: int
    raw: str
    text: str
    called: str | None = None

    @property
    def is_question(self) -> bool:
        """Whether it asks something."""
        return self.text.endswith("?") or asks_by_form(self.text)


class Talk:
    """A transcript as lines with their weights, and what its people are called in a summary."""

    def __init__(self, transcript: tuple[Utterance, ...], names: tuple[str, ...]) -> None:
        """Reads it.

        Args:
            transcript: in order of time.
            names: of everyone in the meeting.
        """
        self.transcript = transcript
        self.lines = [
            Line(place, number, raw, tidy(raw))
            for place, said in enumerate(transcript)
            for number, raw in enumerate(part for whole in whole_sentences(said.text) for part in unroll(whole))
        ]
        self._names = names
        low = Counter(word for said in transcript for word in re.findall(r"[\w']+", said.text) if word.islower())
        self._common = frozenset(low)
        self._called = {name: _called(name, names, low) for name in {*names, *(said.speaker for said in transcript)}}
        self.lines = [
            replace(line, text=text, called=name) for line in self.lines for text, name in [self.addressed(line)]
        ]
        self.weights = score_texts([line.text for line in self.lines])

    def who(self, line: Line) -> Speakers:
        """Who says a line to whom."""
        speaker = self.transcript[line.utterance].speaker
        others = [name for name in self._names if name != speaker]
        other = self._called[others[0]] if len(others) == 1 else line.called
        return Speakers(self._called[speaker], other, self._common)

    def addressed(self, line: Line) -> tuple[str, str | None]:
        """A line without the name that it calls, and that name as a summary has it."""
        speaker = self.transcript[line.utterance].speaker
        for found in _VOCATIVE.finditer(line.text):
            for name in self._names:
                if found["name"] in (name, name.split()[0]) and name != speaker:
                    behind = line.text[found.end() :]
                    gap = ", " if found.start() and behind[:1].isalnum() else ""
                    return f"{line.text[: found.start()]}{gap}{behind}", self._called[name]
        return line.text, None

    def called(self, name: str) -> str:
        """What somebody is called in the summary."""
        return self._called[name]

    @cached_property
    def _first(self) -> dict[int, int]:
        return {line.utterance: place for place, line in reversed(list(enumerate(self.lines)))}

    def reply(self, place: int) -> list[int]:
        """The places of the lines of the utterance that follows a line at once, if somebody else speaks there."""
        line = self.lines[place]
        after = line.utterance + 1
        if after >= len(self.transcript) or after not in self._first:
            return []
        if self.transcript[after].speaker == self.transcript[line.utterance].speaker:
            return []
        if self.transcript[after].start_s - self.transcript[line.utterance].end_s > ANSWER_S:
            return []
        start = self._first[after]
        return [at for at in range(start, len(self.lines)) if self.lines[at].utterance == after]

    def following(self, place: int) -> int | None:
        """The place of the next line of the same utterance, or of the same speaker's next one where nobody spoke."""
        after = place + 1
        if after >= len(self.lines):
            return None
        here, there = self.lines[place].utterance, self.lines[after].utterance
        same = self.transcript[here].speaker == self.transcript[there].speaker
        return after if here == there or (there == here + 1 and same) else None


def _called(name: str, names: tuple[str, ...], low: Counter[str]) -> str:
    """The first name where it is nobody else's and no word of this talk; else the whole name."""
    parts = name.split()
    first = parts[0] if parts else name
    alone = sum(other.split()[:1] == [first] for other in names) <= 1
    usual = len(parts) > 1 and first[:1].isupper() and parts[-1][:1].isupper() and len(parts[-1]) > 1 < len(first) - 1
    return (
        first
        if alone and usual and first.replace("-", "").isalpha() and not low[first.lower()] and first != "The"
        else name
    )
