"""What was said in a recording that runs, as far as it is written down; in memory only, and gone with its job."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from app.wire.captions import Line
from app.wire.recap import ActionItem, SummarySentence, Utterance
from app.wire.text import one_line
from server_stub.recap.transcript import Spoken, name_people

#: So many lines are kept, and told at once: ten hours of a lively talk, and ten screens of a panel.
KEPT, TOLD = 5000, 1000
#: So many of the newest are summed up, about an hour: more would take time that the voices of the call need.
SUMMED = 600
#: So far back what is new is compared with what is known: a worker that is started again is not further behind.
COMPARED = 400
#: Of the shorter one: what overlaps so much is the same, heard a second time after the worker was started again.
SAME = 0.5


@dataclass(frozen=True, slots=True)
class _Said:
    number: int
    spoken: Spoken


class SoFar:
    """The lines of one recording. Of whom nothing is recorded nothing is taken."""

    def __init__(self, started_at: float, people: Mapping[str, str]) -> None:
        """Nothing was said yet.

        Args:
            started_at: of the recording, seconds since 1970.
            people: id to display name of those who consent.
        """
        self.started_at = started_at
        self._people = dict(people)
        self._said: deque[_Said] = deque(maxlen=KEPT)
        self._count = 0

    def add_person(self, person: str, name: str) -> None:
        """Somebody more consents."""
        self._people[person] = name

    def take(self, spoken: Spoken) -> Line | None:
        """Keeps what was written down; None where it is no English, known already, or of nobody who consents."""
        text = one_line(spoken.text)
        if spoken.missing or not text or spoken.person not in self._people or self._is_known(spoken):
            return None
        self._count += 1
        said = _Said(self._count, spoken)
        self._said.append(said)
        return self._line(said, self._names())

    def after(self, number: int) -> tuple[tuple[Line, ...], bool]:
        """The newest lines after one, by number, and whether there are some between it and them that are not told."""
        newer = [one for one in self._said if one.number > number]
        told, names = newer[-TOLD:], self._names()
        is_cut = bool(told) and told[0].number > number + 1
        return tuple(self._line(one, names) for one in told), is_cut

    def utterances(self) -> tuple[Utterance, ...]:
        """All lines in order of time, as the parts of a recap take them; an id is the line's number."""
        names = self._names()
        ordered = sorted(self._said, key=lambda one: (one.spoken.start_s, one.spoken.end_s, one.number))
        return tuple(
            Utterance(
                id=str(one.number),
                speaker=names[one.spoken.person],
                start_s=one.spoken.start_s,
                end_s=one.spoken.end_s,
                text=one_line(one.spoken.text),
                confidence=one.spoken.confidence,
            )
            for one in ordered
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Of everyone who consents, each one's own."""
        return tuple(self._names().values())

    def _names(self) -> dict[str, str]:
        return {person.id: person.name for person in name_people(self._people)}

    def _line(self, said: _Said, names: Mapping[str, str]) -> Line:
        spoken = said.spoken
        return Line(
            number=said.number,
            person=spoken.person,
            name=names[spoken.person],
            at=round(self.started_at + spoken.start_s, 2),
            text=one_line(spoken.text),
        )

    def _is_known(self, new: Spoken) -> bool:
        of_person = (one.spoken for one in islice(reversed(self._said), COMPARED) if one.spoken.person == new.person)
        return any(_overlap_s(one, new) > SAME * _shorter_s(one, new) for one in of_person)


def _overlap_s(one: Spoken, other: Spoken) -> float:
    return min(one.end_s, other.end_s) - max(one.start_s, other.start_s)


def _shorter_s(one: Spoken, other: Spoken) -> float:
    return min(one.end_s - one.start_s, other.end_s - other.start_s)


@dataclass(frozen=True, slots=True)
class Gist:
    """What was said since a moment (how many lines, and in short), and the action items; of very much the newest."""

    lines: int
    summary: tuple[SummarySentence, ...]
    items: tuple[ActionItem, ...]
    is_cut: bool


def sum_up(said: Sequence[Utterance], names: tuple[str, ...], *, since_s: float, day: date) -> Gist:
    """The gist, by the rules of the recap: what its own words do not prove is not in it.

    Args:
        said: in order of time.
        names: of everyone who consents.
        since_s: seconds from the recording's start.
        day: of the meeting, where its people are.
    """
    # Of use to few servers' meetings, and large: loaded when somebody asks.
    from server_stub.recap.evidence import Evidence
    from server_stub.recap.promises.items import find_action_items
    from server_stub.recap.summary import summarise

    transcript = tuple(said[-SUMMED:])
    is_cut = len(said) > SUMMED
    since = tuple(one for one in transcript if one.end_s > since_s)
    evidence = Evidence(transcript, names, day)
    items, _ = evidence.keep_items(find_action_items(transcript, names, day))
    firm = tuple(one for one in items if one.certainty == "firm" or one.due is not None)
    summary, _ = evidence.keep_sentences(summarise(since, names, firm))
    lines = sum(one.end_s > since_s for one in said)
    return Gist(lines, summary, firm, is_cut)
