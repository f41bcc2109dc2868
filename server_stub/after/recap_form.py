"""A recap as it is kept, and as the wire says it; pure.

On the wire people are names, and what something rests on are the labels of utterances; kept are ids.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.wire.recap import (
    AND,
    ActionItem,
    Check,
    Highlight,
    PersonName,
    Recap,
    Reel,
    SummarySentence,
    Utterance,
    owners_of,
)
from server_stub.storage import recaps
from server_stub.storage.recaps import Films, Item, Person, RecapRows, Said, Sentence, new_id


def to_rows(recap: Recap, made_at: float) -> RecapRows:
    """What is kept of a recap that has just been made; every row gets its id here.

    Args:
        recap: `meeting` is the recording's id.
        made_at: seconds since 1970.
    """
    people = {person.name: person.id for person in recap.people}
    said = tuple(_said(one, people) for one in recap.transcript)
    ids = {one.label: one.id for one in said}

    def rests(labels: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(ids[label] for label in labels if label in ids)

    return RecapRows(
        recording=recap.meeting,
        made_at=made_at,
        engine=recap.engine,
        engine_version=recap.engine_version,
        trust=recap.trust,
        started_at=recap.started_at,
        ended_at=recap.ended_at,
        ready_after_s=recap.ready_after_s,
        people=tuple(Person(person.id, person.name) for person in recap.people),
        said=said,
        sentences=tuple(
            Sentence(id=new_id(), text=one.text, evidence=rests(one.evidence), topic=one.topic) for one in recap.summary
        ),
        items=tuple(
            Item(
                id=new_id(),
                text=one.text,
                owner=_each(one.owner, people),
                due=one.due,
                due_words=one.due_words,
                certainty=one.certainty,
                evidence=rests(one.evidence),
            )
            for one in recap.action_items
        ),
        highlights=tuple(
            recaps.Highlight(
                id=new_id(),
                start_s=one.start_s,
                end_s=one.end_s,
                title=one.title,
                reason=one.reason,
                marked_by=one.marked_by,
                evidence=rests(one.evidence),
            )
            for one in recap.highlights
        ),
        notes=recap.notes,
        checks=tuple(
            recaps.Check(id=new_id(), text=one.text, reason=one.reason, evidence=rests(one.evidence))
            for one in recap.checks
        ),
        films=films_of(recap),
    )


def _said(one: Utterance, people: Mapping[str, str]) -> Said:
    return Said(
        id=new_id(),
        label=one.id,
        person=people.get(one.speaker, one.speaker),
        start_s=one.start_s,
        end_s=one.end_s,
        text=one.text,
        confidence=one.confidence,
    )


def films_of(recap: Recap) -> Films:
    """The films that a recap names."""
    return Films(
        reel=recap.reel.file if recap.reel is not None else None,
        reel_s=recap.reel.duration_s if recap.reel is not None else None,
        video=recap.video,
        films_after_s=recap.films_after_s,
    )


def to_wire(rows: RecapRows) -> Recap:
    """A recap as its readers are told."""
    names = {person.id: person.name for person in rows.people}
    labels = {one.id: one.label for one in rows.said}

    def rests(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(labels[one] for one in ids if one in labels)

    films = rows.films
    return Recap(
        meeting=rows.recording,
        engine=rows.engine,
        engine_version=rows.engine_version,
        trust=rows.trust,
        started_at=rows.started_at,
        ended_at=rows.ended_at,
        ready_after_s=rows.ready_after_s,
        people=tuple(PersonName(id=person.id, name=person.name) for person in rows.people),
        transcript=tuple(
            Utterance(
                id=one.label,
                speaker=names.get(one.person, one.person),
                start_s=one.start_s,
                end_s=one.end_s,
                text=one.text,
                confidence=one.confidence,
            )
            for one in rows.said
        ),
        summary=tuple(
            SummarySentence(text=one.text, evidence=rests(one.evidence), topic=one.topic) for one in rows.sentences
        ),
        action_items=tuple(
            ActionItem(
                text=one.text,
                owner=_each(one.owner, names),
                due=one.due,
                due_words=one.due_words,
                certainty=one.certainty,
                evidence=rests(one.evidence),
            )
            for one in rows.items
        ),
        highlights=tuple(
            Highlight(
                start_s=one.start_s,
                end_s=one.end_s,
                title=one.title,
                reason=one.reason,
                evidence=rests(one.evidence),
                marked_by=one.marked_by,
            )
            for one in rows.highlights
        ),
        reel=Reel(file=films.reel, duration_s=films.reel_s or 0.0) if films.reel is not None else None,
        video=films.video,
        films_after_s=films.films_after_s,
        notes=rows.notes,
        checks=tuple(Check(text=one.text, reason=one.reason, evidence=rests(one.evidence)) for one in rows.checks),
    )


def _each(owner: str | None, known: Mapping[str, str]) -> str | None:
    """Whose an item is, in other words: a name for an id, an id for a name; of several each."""
    return AND.join(known.get(one, one) for one in owners_of(owner, known)) or None
