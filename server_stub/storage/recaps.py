"""Recaps, as rows: what was said, and what was made of it. Each row has an id that it keeps for good.

This is what a recap is; the files beside a recording (`recap.json`, `recap.md`, ...) are made for other programs. The
wire may call things otherwise: `server_stub.after.recap_form` turns one into the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from server_stub.storage.tables import (
    action_items,
    evidence,
    highlights,
    recap_checks,
    recap_people,
    recap_sentences,
    recaps,
    utterances,
)

#: Of what is written now.
FORM = 1
ItemCertainty = Literal["firm", "tentative", "conditional", "question"]
CERTAINTIES: tuple[str, ...] = get_args(ItemCertainty)
_CLAIMS = (recap_sentences, action_items, highlights, recap_checks)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is named: the id of an account or a guest, and what they are called in this recap."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An utterance; seconds count from the recording's start. `person` is the id of an account or a guest."""

    id: str
    label: str
    person: str
    start_s: float
    end_s: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the summary, the ids of the utterances it rests on, and what it is about; empty: nothing named."""

    id: str
    text: str
    evidence: tuple[str, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An action item; `owner` is the id of a person, several joined by " and ", None when nobody took it."""

    id: str
    text: str
    owner: str | None
    due: str | None
    due_words: str
    certainty: ItemCertainty
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A highlight; `marked_by` are names."""

    id: str
    start_s: float
    end_s: float
    title: str
    reason: str
    marked_by: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is not shown as fact, and why, as a plain sentence."""

    id: str
    text: str
    reason: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Films:
    """The files of a recap's films and their length; empty until they are there."""

    reel: str | None = None
    reel_s: float | None = None
    video: str | None = None
    films_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapRows:
    """One version of the recap of a recording. Times are seconds since 1970."""

    recording: str
    made_at: float
    engine: str
    engine_version: str
    trust: str
    started_at: float
    ended_at: float
    ready_after_s: float
    people: tuple[Person, ...]
    said: tuple[Said, ...]
    sentences: tuple[Sentence, ...]
    items: tuple[Item, ...]
    highlights: tuple[Highlight, ...]
    notes: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    films: Films = Films()


@dataclass(frozen=True, slots=True)
class Version:
    """What a recap was or is: its number, when it was made, and by what."""

    number: int
    made_at: float
    engine: str


def new_id() -> str:
    """An id that no other row has."""
    return f"k{secrets.token_hex(16)}"


def keep(connection: Connection, rows: RecapRows) -> int:
    """Keeps a recap as the newest version of its recording's; returns the version's number."""
    query = select(func.max(recaps.c.version)).where(recaps.c.recording == rows.recording)
    version, recap = (connection.execute(query).scalar() or 0) + 1, new_id()
    connection.execute(
        insert(recaps).values(
            id=recap,
            recording=rows.recording,
            version=version,
            made_at=rows.made_at,
            form=FORM,
            engine=rows.engine,
            engine_version=rows.engine_version,
            trust=rows.trust,
            started_at=rows.started_at,
            ended_at=rows.ended_at,
            ready_after_s=rows.ready_after_s,
            notes=msgspec.json.encode(rows.notes),
            **asdict(rows.films),
        )
    )
    people = ({"person": one.id, "name": one.name} for one in rows.people)
    _add(connection, recap_people, recap, people)
    _add(connection, utterances, recap, map(_values, rows.said))
    for table, claims in (
        (recap_sentences, rows.sentences), (action_items, rows.items), (highlights, rows.highlights),
        (recap_checks, rows.checks),
    ):  # fmt: skip
        _add(connection, table, recap, map(_values, claims))
        rests = [
            {"claim": claim.id, "place": place, "utterance": utterance}
            for claim in claims
            for place, utterance in enumerate(claim.evidence)
        ]
        if rests:
            connection.execute(insert(evidence), rests)
    return version


def set_films(connection: Connection, recording: str, films: Films) -> None:
    """Names the films of the present version."""
    newest = select(func.max(recaps.c.version)).where(recaps.c.recording == recording).scalar_subquery()
    mine = (recaps.c.recording == recording, recaps.c.version == newest)
    connection.execute(update(recaps).where(*mine).values(**asdict(films)))


def versions(connection: Connection, recording: str) -> tuple[Version, ...]:
    """All that the recap of a recording was and is, the present one first."""
    query = select(recaps).where(recaps.c.recording == recording).order_by(recaps.c.version.desc())
    return tuple(Version(row.version, row.made_at, row.engine) for row in connection.execute(query))


def read(connection: Connection, recording: str, version: int = 0) -> RecapRows | None:
    """A version of a recap; 0: the present one. None when there is none."""
    query = select(recaps).where(recaps.c.recording == recording).order_by(recaps.c.version.desc()).limit(1)
    head = connection.execute(query.where(recaps.c.version == version) if version else query).first()
    if head is None:
        return None
    rests = _evidence_of(connection, head.id)
    return RecapRows(
        recording=head.recording,
        made_at=head.made_at,
        engine=head.engine,
        engine_version=head.engine_version,
        trust=head.trust,
        started_at=head.started_at,
        ended_at=head.ended_at,
        ready_after_s=head.ready_after_s,
        people=tuple(Person(row.person, row.name) for row in _rows(connection, recap_people, head.id)),
        said=tuple(_said(row) for row in _rows(connection, utterances, head.id)),
        sentences=tuple(
            Sentence(id=row.id, text=row.text, evidence=rests.get(row.id, ()), topic=row.topic)
            for row in _rows(connection, recap_sentences, head.id)
        ),
        items=tuple(_item(row, rests) for row in _rows(connection, action_items, head.id)),
        highlights=tuple(_highlight(row, rests) for row in _rows(connection, highlights, head.id)),
        notes=msgspec.json.decode(bytes(head.notes), type=tuple[str, ...]),
        checks=tuple(
            Check(id=row.id, text=row.text, reason=row.reason, evidence=rests.get(row.id, ()))
            for row in _rows(connection, recap_checks, head.id)
        ),
        films=Films(reel=head.reel, reel_s=head.reel_s, video=head.video, films_after_s=head.films_after_s),
    )


def drop(connection: Connection, recordings: Collection[str]) -> None:
    """Deletes every row of every version of some recordings' recaps."""
    mine = select(recaps.c.id).where(recaps.c.recording.in_(recordings))
    for claims in _CLAIMS:
        of_these = select(claims.c.id).where(claims.c.recap.in_(mine))
        connection.execute(delete(evidence).where(evidence.c.claim.in_(of_these)))
    for table in (recap_people, utterances, *_CLAIMS):
        connection.execute(delete(table).where(table.c.recap.in_(mine)))
    connection.execute(delete(recaps).where(recaps.c.recording.in_(recordings)))


def _values(row: Said | Sentence | Item | Highlight | Check) -> dict[str, object]:
    """The columns of a row; what it rests on has a table of its own, and lists are JSON."""
    values = {name: value for name, value in asdict(row).items() if name != "evidence"}
    return {name: msgspec.json.encode(one) if isinstance(one, tuple) else one for name, one in values.items()}


def _add(connection: Connection, table: Table, recap: str, rows: Iterable[Mapping[str, object]]) -> None:
    values = [{"recap": recap, "place": place, **row} for place, row in enumerate(rows)]
    if values:
        connection.execute(insert(table), values)


def _rows(connection: Connection, table: Table, recap: str) -> Sequence[Row[Any]]:
    return connection.execute(select(table).where(table.c.recap == recap).order_by(table.c.place)).all()


def _evidence_of(connection: Connection, recap: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for claims in _CLAIMS:
        of_these = select(claims.c.id).where(claims.c.recap == recap)
        query = select(evidence).where(evidence.c.claim.in_(of_these)).order_by(evidence.c.claim, evidence.c.place)
        for row in connection.execute(query):
            found[row.claim] = (*found.get(row.claim, ()), row.utterance)
    return found


def _said(row: Row[Any]) -> Said:
    return Said(
        id=row.id,
        label=row.label,
        person=row.person,
        start_s=row.start_s,
        end_s=row.end_s,
        text=row.text,
        confidence=row.confidence,
    )


def _item(row: Row[Any], rests: dict[str, tuple[str, ...]]) -> Item:
    return Item(
        id=row.id,
        text=row.text,
        owner=row.owner,
        due=row.due,
        due_words=row.due_words,
        certainty=row.certainty,
        evidence=rests.get(row.id, ()),
    )


def _highlight(row: Row[Any], rests: dict[str, tuple[str, ...]]) -> Highlight:
    return Highlight(
        id=row.id,
        start_s=row.start_s,
        end_s=row.end_s,
        title=row.title,
        reason=row.reason,
        marked_by=msgspec.json.decode(bytes(row.marked_by), type=tuple[str, ...]),
        evidence=rests.get(row.id, ()),
    )
