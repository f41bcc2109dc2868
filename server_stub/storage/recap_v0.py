"""Recaps as they were kept before they had tables: the JSON of the wire of that time. Only for moving; never changed.

Source: `app/wire/recap.py` of protocol 4. Read into structs of its own and written as rows of version 5 of the
database, so that nothing that is called otherwise today can make old recaps unreadable.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, column, insert, table

_Row = dict[str, Any]


class _Person(msgspec.Struct):
    id: str
    name: str


class _Utterance(msgspec.Struct):
    id: str
    speaker: str
    start_s: float
    end_s: float
    text: str
    confidence: float


class _Sentence(msgspec.Struct):
    text: str
    evidence: list[str]


class _Item(msgspec.Struct):
    text: str
    owner: str | None
    due: str | None
    evidence: list[str]
    due_words: str = ""
    certainty: str = "firm"


class _Highlight(msgspec.Struct):
    start_s: float
    end_s: float
    title: str
    reason: str
    evidence: list[str]
    marked_by: list[str] = []


class _Reel(msgspec.Struct):
    file: str
    duration_s: float


class Recap(msgspec.Struct):
    """The recap itself, of which a time of day may be a whole number."""

    engine: str
    engine_version: str
    started_at: float
    ended_at: float
    ready_after_s: float
    people: list[_Person]
    transcript: list[_Utterance]
    summary: list[_Sentence]
    action_items: list[_Item]
    highlights: list[_Highlight]
    trust: str = ""
    reel: _Reel | None = None
    video: str | None = None
    films_after_s: float | None = None
    notes: list[str] = []


class _Opened(msgspec.Struct):
    """A row's body: the whole answer to who opened the recap."""

    recap: Recap | None


class _Earlier(msgspec.Struct):
    """A file `earlier-N.json`: what a recap was before it was made again, and when it was made."""

    at: float
    recap: Recap


def read_body(body: bytes) -> Recap:
    """What a recording's row held; raises `ValueError` when it is not that."""
    try:
        recap = msgspec.json.decode(body, type=_Opened).recap
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError("no recap") from error
    if recap is None:
        raise ValueError("no recap")
    return recap


def read_earlier(body: bytes) -> tuple[float, Recap]:
    """What a file of an earlier version holds; raises `ValueError` when it is not that."""
    try:
        found = msgspec.json.decode(body, type=_Earlier)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError("no earlier recap") from error
    return found.at, found.recap


def write(connection: Connection, recording: str, version: int, made_at: float, recap: Recap) -> None:
    """Writes the rows of one recap."""
    for name, rows in _rows(recording, version, made_at, recap):
        if rows:
            connection.execute(insert(table(name, *(column(each) for each in rows[0]))), rows)


def _new_id() -> str:
    return f"k{secrets.token_hex(16)}"


def _rows(recording: str, version: int, made_at: float, recap: Recap) -> Iterator[tuple[str, list[_Row]]]:
    """The rows by table, each with the same columns."""
    id = _new_id()
    people = {person.name: person.id for person in recap.people}
    said = [(one, _new_id()) for one in recap.transcript]
    labels = {one.id: key for one, key in said}
    yield "recaps", [_head(id, recording, version, made_at, recap)]
    yield "recap_people", _placed(id, ({"person": one.id, "name": one.name} for one in recap.people))
    yield (
        "utterances",
        _placed(
            id,
            (
                {
                    "id": key,
                    "label": one.id,
                    "person": people.get(one.speaker, one.speaker),
                    "start_s": one.start_s,
                    "end_s": one.end_s,
                    "text": one.text,
                    "confidence": one.confidence,
                }
                for one, key in said
            ),
        ),
    )
    claims: tuple[tuple[str, list[_Sentence] | list[_Item] | list[_Highlight]], ...] = (
        ("recap_sentences", recap.summary),
        ("action_items", recap.action_items),
        ("highlights", recap.highlights),
    )
    for name, found in claims:
        keyed = [(one, _new_id()) for one in found]
        yield name, _placed(id, ({"id": key, **_claim(one, people)} for one, key in keyed))
        yield "evidence", [row for one, key in keyed for row in _rests(key, one.evidence, labels)]


def _head(id: str, recording: str, version: int, made_at: float, recap: Recap) -> _Row:
    return {
        "id": id,
        "recording": recording,
        "version": version,
        "made_at": made_at,
        "form": 1,
        "engine": recap.engine,
        "engine_version": recap.engine_version,
        "trust": recap.trust,
        "started_at": recap.started_at,
        "ended_at": recap.ended_at,
        "ready_after_s": recap.ready_after_s,
        "notes": msgspec.json.encode(recap.notes),
        "reel": recap.reel.file if recap.reel else None,
        "reel_s": recap.reel.duration_s if recap.reel else None,
        "video": recap.video,
        "films_after_s": recap.films_after_s,
    }


def _claim(one: _Sentence | _Item | _Highlight, people: dict[str, str]) -> _Row:
    if isinstance(one, _Sentence):
        return {"text": one.text}
    if isinstance(one, _Item):
        owner = people.get(one.owner, one.owner) if one.owner is not None else None
        said = {"text": one.text, "due": one.due, "due_words": one.due_words}
        return {**said, "owner": owner, "certainty": one.certainty}
    row: _Row = {"start_s": one.start_s, "end_s": one.end_s, "title": one.title, "reason": one.reason}
    return {**row, "marked_by": msgspec.json.encode(one.marked_by)}


def _rests(claim: str, evidence: list[str], labels: dict[str, str]) -> list[_Row]:
    known = [labels[label] for label in evidence if label in labels]
    return [{"claim": claim, "place": place, "utterance": one} for place, one in enumerate(known)]


def _placed(recap: str, rows: Iterator[_Row]) -> list[_Row]:
    return [{"recap": recap, "place": place, **row} for place, row in enumerate(rows)]
