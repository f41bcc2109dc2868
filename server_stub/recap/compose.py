"""Makes the recap out of what was heard, and writes its texts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import msgspec

from app.paths import write_private
from app.wire.recap import Check, Recap, Utterance
from app.wire.zones import find_zone
from server_stub.recap import store
from server_stub.recap.evidence import Evidence
from server_stub.recap.export import to_markdown, to_vtt
from server_stub.recap.filmed import Films, files_by_name
from server_stub.recap.films import write_film
from server_stub.recap.highlights import Marked, Shown, choose_highlights, tell_shown, tell_taken, tell_unplaced
from server_stub.recap.moments import Mark
from server_stub.recap.promises.items import hear_action_items
from server_stub.recap.reading.agree import agree, once
from server_stub.recap.reading.opening import Reading
from server_stub.recap.shares import NewScreen, Shared
from server_stub.recap.suggested import Suggested
from server_stub.recap.summary import summarise
from server_stub.recap.transcript import Spoken, merge, name_people, tell_missing
from server_stub.recap.with_model import weigh
from server_stub.recap.words import plain

MARKDOWN, CAPTIONS = "recap.md", "transcript.vtt"


@dataclass(frozen=True)
class Material:
    """What a recap is made of.

    Attributes:
        meeting: its id.
        people: id to display name, in the order of joining.
        spoken: every utterance, in any order.
        files: id to that person's recording; empty where there is no sound.
        shares: the screens that were shared.
        engine: name of what turned speech into text.
        engine_version: its version.
        trust: how far to trust it.
        started_at: seconds since 1970; zero of all other times.
        ended_at: seconds since 1970.
        last_left_at: from when the wait for the recap counts.
        zone: IANA name of the zone whose calendar `tomorrow` means; the computer's own where empty.
        notes: plain sentences that come before our own.
        reactions_s: when people reacted, in seconds from the start.
        marks: what members marked, in order of time.
        screens: who began to share when, in order of time.
        suggested: what a language model said of it; None where none was asked.
    """

    meeting: str
    people: Mapping[str, str]
    spoken: tuple[Spoken, ...]
    files: Mapping[str, Path]
    engine: str
    engine_version: str
    trust: str
    started_at: float
    ended_at: float
    last_left_at: float
    zone: str = ""
    notes: tuple[str, ...] = field(default=())
    shares: tuple[Shared, ...] = ()
    reactions_s: tuple[float, ...] = ()
    marks: tuple[Mark, ...] = ()
    screens: tuple[NewScreen, ...] = ()
    suggested: Suggested | None = None


#: Reads a talk of that day, what holds the utterances of these ids first.
Read = Callable[[tuple[Utterance, ...], date, set[str]], Reading]


def compose(
    material: Material, folder: Path, *, now: Callable[[], float] = time.time, read: Read | None = None
) -> Recap:
    """Makes a recap with its films, one after the other; see `write_recap`."""
    recap = write_recap(material, folder, now=now, read=read)
    files = files_by_name(recap, material.files)
    if not files or not write_film("meeting", recap, files, folder, material.shares):
        return recap
    reel_s = write_film("reel", recap, files, folder, material.shares) if recap.highlights else 0.0
    recap = Films(reel_s, now() - material.last_left_at).add_to(recap)
    write_json(recap, folder)
    return recap


def write_recap(
    material: Material, folder: Path, *, now: Callable[[], float] = time.time, read: Read | None = None
) -> Recap:
    """Makes all of a recap that can be read; `recap.json` comes last, so where it is, the other texts are too.

    Args:
        material: what was heard and recorded.
        folder: for the files, which only this user may read; older ones are replaced.
        now: the clock.
        read: reads the talk beside the rules; None: they find action items alone.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    recap = write_texts(material, read)
    recap = replace_ready(recap, now() - material.last_left_at)
    zone = find_zone(material.zone)
    write_private(folder / MARKDOWN, to_markdown(recap, zone).encode())
    write_private(folder / CAPTIONS, to_vtt(recap).encode())
    write_json(recap, folder)
    return recap


def write_json(recap: Recap, folder: Path) -> None:
    """Writes `recap.json`.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    write_private(folder / store.JSON, msgspec.json.format(msgspec.json.encode(recap), indent=2))


def write_texts(material: Material, read: Read | None = None) -> Recap:
    """The recap without its films: transcript, summary, action items, highlights, notes; `read` as in `write_recap`."""
    people = name_people(material.people)
    names = tuple(person.name for person in people)
    transcript = merge(material.spoken, people)
    today = meeting_day(material.started_at, material.zone)
    heard = hear_action_items(transcript, names, today)
    cited = {each for item in heard for each in item.evidence}
    reading = read(transcript, today, cited) if read else Reading(None)
    evidence = Evidence(transcript, names, today, once(reading.pages or ()))
    items, unproved_items = evidence.keep_items(agree(heard, reading.pages or (), transcript))
    model = weigh(material.suggested, transcript, names, today)
    items = model.add_to_items(items) if model else items
    summary, unproved = evidence.keep_sentences(summarise(transcript, names, items))
    summary = model.summary_for(summary, items, transcript) if model else summary
    length_s = max(material.ended_at - material.started_at, max((said.end_s for said in transcript), default=0.0))
    named = {person.id: person.name for person in people}
    marks = [Marked(mark.at_s, named[mark.person]) for mark in material.marks if mark.person in named]
    shown = [Shown(one.at_s, named[one.person]) for one in material.screens if one.person in named]
    chosen = choose_highlights(
        transcript,
        items,
        length_s=length_s,
        summary=summary,
        reactions_s=material.reactions_s,
        marks=marks,
        shown=shown,
    )
    known = {tell_shown(one.name) for one in shown} | tell_taken(items)
    highlights, unproved_moments = evidence.keep_highlights(chosen, known)
    notes = [*material.notes, *tell_missing(material.spoken)]
    notes += tell_unplaced(transcript, marks, length_s)
    notes += [reading.note] if reading.note else []
    if not transcript:
        notes.append("Nobody was heard speaking English, so there is nothing to sum up.")
    elif not summary:
        notes.append("Too little was said for a summary.")
    notes += model.notes() if model else []
    trusts = (material.trust, reading.trust if items else "", model.trust(summary, items) if model else "")
    return Recap(
        meeting=material.meeting,
        engine=material.engine,
        engine_version=material.engine_version,
        trust=" ".join(filter(None, trusts)),
        started_at=material.started_at,
        ended_at=material.ended_at,
        ready_after_s=0.0,
        people=people,
        transcript=transcript,
        summary=summary,
        action_items=items,
        highlights=highlights,
        notes=tuple(notes),
        checks=in_order((*unproved, *unproved_items, *unproved_moments), transcript),
    )


def in_order(checks: Iterable[Check], transcript: tuple[Utterance, ...]) -> tuple[Check, ...]:
    """Each text once, in the order in which what it cites was said."""
    places = {said.id: place for place, said in enumerate(transcript)}
    once = {plain(check.text): check for check in checks}.values()
    return tuple(sorted(once, key=lambda check: min((places.get(each, 0) for each in check.evidence), default=0)))


def replace_ready(recap: Recap, seconds: float) -> Recap:
    """The same recap, with the wait for it."""
    return msgspec.structs.replace(recap, ready_after_s=round(max(0.0, seconds), 2))


def meeting_day(started_at: float, zone: str) -> date:
    """The calendar day on which a meeting began, where its people are."""
    return datetime.fromtimestamp(started_at, find_zone(zone)).date()
