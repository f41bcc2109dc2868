"""Brings what each person said into one order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from app.wire.recap import PersonName, Utterance
from app.wire.text import normal, one_line
from server_stub.recap.export import clock

#: Passages left out with less than this between them are told as one; and how many are told with their times.
JOINED_S = 2.0
MOST_TIMES = 8

Missing = Literal["", "language", "unclear"]


class Spoken(Struct, frozen=True, kw_only=True):
    """One utterance as the worker tells it, before it has a place among the others.

    Attributes:
        person: id of the one who spoke.
        start_s: seconds from the recording's start.
        end_s: the same for its end.
        text: readable English; empty where `missing` says why there is none.
        confidence: 0-1.
        missing: `language` where it was not English, `unclear` where the engine does not stand by its words.
    """

    person: str
    start_s: float
    end_s: float
    text: str
    confidence: float
    missing: Missing = ""


def name_people(people: Mapping[str, str]) -> tuple[PersonName, ...]:
    """Everyone with a name that nobody else has: a second Ada becomes `Ada (2)`.

    Letters with accents are composed, so that one name has one spelling.

    Args:
        people: id to display name, in the order of joining.
    """
    taken: set[str] = set()
    named = []
    for person, given in people.items():
        name = normal(given)
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name} ({count})"
        taken.add(unique)
        named.append(PersonName(id=person, name=unique))
    return tuple(named)


def merge(spoken: Iterable[Spoken], people: tuple[PersonName, ...]) -> tuple[Utterance, ...]:
    """One transcript in order of time; where two spoke at once both lines stay.

    Ids are `u1`, `u2` and so on, the same for the same utterances in whatever order they come. Each line's text is
    tidied by `app.wire.text.one_line`.
    """
    place = {person.id: number for number, person in enumerate(people)}
    known = [piece for piece in spoken if not piece.missing and piece.person in place]
    kept = [replace(piece, text=text) for piece in known if (text := one_line(piece.text))]
    kept.sort(key=lambda piece: (piece.start_s, piece.end_s, place[piece.person], piece.text))
    return tuple(
        Utterance(
            id=f"u{number}",
            speaker=people[place[piece.person]].name,
            start_s=piece.start_s,
            end_s=piece.end_s,
            text=piece.text,
            confidence=piece.confidence,
        )
        for number, piece in enumerate(kept, 1)
    )


def _times(pieces: list[Spoken]) -> str:
    """From when to when, as the player counts; passages that follow each other are one."""
    spans: list[tuple[float, float]] = []
    for piece in sorted(pieces, key=lambda piece: piece.start_s):
        if spans and piece.start_s - spans[-1][1] < JOINED_S:
            spans[-1] = (spans[-1][0], max(spans[-1][1], piece.end_s))
        else:
            spans.append((piece.start_s, piece.end_s))
    shown = [f"{clock(start_s)}-{clock(end_s)}" for start_s, end_s in spans[:MOST_TIMES]]
    more = len(spans) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def tell_missing(spoken: Iterable[Spoken]) -> list[str]:
    """Plain sentences about speech that is not in the transcript."""
    pieces = list(spoken)
    notes = []
    for reason, words in (
        ("language", "in another language than English and left out"),
        ("unclear", "too unclear, or not English, and left out"),
    ):
        left = [piece for piece in pieces if piece.missing == reason]
        if left:
            seconds = sum(piece.end_s - piece.start_s for piece in left)
            count = "One passage was" if len(left) == 1 else f"{len(left)} passages were"
            notes.append(f"{count} {words} ({seconds:.0f} s in all): {_times(left)}.")
    return notes
