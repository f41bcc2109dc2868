"""The recap: what a recorded meeting leaves in its room. `Recap` is also what `recap.json` holds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from msgspec import Meta

from app.wire.fields import Ask, Id, Plain, Tell, Time
from app.wire.rooms import MeetingCard
from app.wire.versions import BetterEngine, EarlierVersion

Certainty = Literal["firm", "tentative", "conditional", "question"]

#: Between the names of those who take one thing on together.
AND = " and "


class PersonName(Plain, frozen=True, kw_only=True):
    """Someone who spoke or was present."""

    id: str
    name: str


class Utterance(Plain, frozen=True, kw_only=True):
    """One person's speech between two silences. Seconds count from the recording's start."""

    id: str
    #: The name in `people`, made unique there.
    speaker: str
    start_s: float
    end_s: float
    text: str
    #: 0-1, the engine's own mean word confidence.
    confidence: float


class SummarySentence(Plain, frozen=True, kw_only=True):
    """A sentence of the summary and the ids of the utterances it rests on."""

    text: str
    evidence: tuple[str, ...]
    #: What this part of the talk was about, in words that were said; sentences of one topic follow each other.
    topic: str = ""


class ActionItem(Plain, frozen=True, kw_only=True):
    """Something that somebody said would be done."""

    text: str
    #: A name in `people`, or several joined by `AND`; None when nobody took it.
    owner: str | None
    #: ISO date (YYYY-MM-DD); None when none was said.
    due: str | None
    evidence: tuple[str, ...]
    #: The due date as it was said, with its time of day; there too where it names no day: `by 31 April`.
    due_words: str = ""
    certainty: Certainty = "firm"


def owners_of(owner: str | None, names: Collection[str]) -> tuple[str, ...]:
    """Each whose an item is, once, in the order of its `owner`; a name that has the word in it is one.

    Args:
        owner: of the item.
        names: of the people.
    """
    found, rest = [], owner.split(AND) if owner else []
    while rest:
        ends = range(len(rest), 0, -1)
        end = next((end for end in ends if AND.join(rest[:end]) in names), 1)
        found.append(AND.join(rest[:end]))
        rest = rest[end:]
    return tuple(dict.fromkeys(found))


class Check(Plain, frozen=True, kw_only=True):
    """What the recap would have said, but the words that it cites do not prove: for a reader to check."""

    text: str
    #: Why, as a plain sentence.
    reason: str
    evidence: tuple[str, ...]


class Highlight(Plain, frozen=True, kw_only=True):
    """A moment worth seeing again, cut on utterance bounds."""

    start_s: float
    end_s: float
    title: str
    reason: str
    evidence: tuple[str, ...]
    #: The names of those who marked this moment during the meeting.
    marked_by: tuple[str, ...] = ()


class Reel(Plain, frozen=True, kw_only=True):
    """The highlights joined into one file."""

    file: str
    duration_s: float


class Recap(Plain, frozen=True, kw_only=True):
    """Everything that a recorded meeting left. Files named here lie beside `recap.json`."""

    meeting: str
    #: Name and version of what turned speech into text.
    engine: str
    engine_version: str
    #: How far to trust it, in a sentence.
    trust: str = ""
    started_at: Time
    ended_at: Time
    #: Seconds from the last leave to all that can be read being ready; the films come after it.
    ready_after_s: float
    people: tuple[PersonName, ...]
    transcript: tuple[Utterance, ...]
    summary: tuple[SummarySentence, ...]
    action_items: tuple[ActionItem, ...]
    highlights: tuple[Highlight, ...]
    reel: Reel | None = None
    #: The whole meeting, for the player; seconds of the transcript are seconds of this file.
    video: str | None = None
    #: Seconds from the last leave to the films being ready; None until they are, and where there are none.
    films_after_s: float | None = None
    #: Plain sentences about what was left out and why.
    notes: tuple[str, ...] = ()
    #: What is not shown as fact, in the order of the talk.
    checks: tuple[Check, ...] = ()


class OpenRecap(Ask, frozen=True, kw_only=True):
    """Asks for a recap; members of the room only. Answered with `RecapOpened`."""

    meeting: Id
    #: An earlier version, by its number; 0: the present one.
    version: Annotated[int, Meta(ge=0, le=1000)] = 0


class RecapOpened(Tell, frozen=True, kw_only=True):
    """The card tells how far it is; `recap` is there when it is ready."""

    meeting: MeetingCard
    recap: Recap | None
    #: Which version `recap` is, as it was asked for.
    version: int = 0
    #: What it was before it was made again, the newest first.
    earlier: tuple[EarlierVersion, ...] = ()
    #: What would write it better; None: nothing.
    better: BetterEngine | None = None
    #: It is being made again.
    is_remade: bool = False


class ListRecaps(Ask, frozen=True, kw_only=True):
    """Asks for all recorded meetings of a room."""

    room: Id


class RecapsListed(Tell, frozen=True, kw_only=True):
    """Newest first."""

    room: str
    meetings: tuple[MeetingCard, ...]


class RecapReady(Tell, frozen=True, kw_only=True):
    """A recap can be read, though its films may still be in the making: told once to each member of the room."""

    meeting: MeetingCard
