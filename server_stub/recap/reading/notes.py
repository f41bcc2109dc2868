"""What the model writes of a piece of a talk, read back: each note with the utterances that it rests on, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast, get_args
from unicodedata import normalize

from app.wire.recap import AND, ActionItem, Certainty, Utterance
from server_stub.recap.beside import find_beside, is_beside, read_beside
from server_stub.recap.due_dates import NOT_BEFORE, NOT_LED, Due, find_anchor, read_due
from server_stub.recap.proof.pieces import sentences
from server_stub.recap.reading.at_once import at_once
from server_stub.recap.reading.quoted import QUOTED, longest_run, words_of
from server_stub.recap.reading.windows import NOBODY, Turn, calls
from server_stub.recap.words import capital, plain

_FIELDS = 5
#: Before the words of a quote stands who said them.
_SAYS = ": "
_MOST_CITED = 5
_NO_DAY = frozenset({"-", "none", "nobody", "no day"})
#: So far before it, in utterances, stands what a short quote answers.
_NEAR = 3
_PLAIN = frozenset(
    {
        "the",
        "a",
        "an",
        "to",
        "of",
        "and",
        "or",
        "in",
        "on",
        "for",
        "with",
        "it",
        "that",
        "this",
        "i",
        "you",
        "we",
        "they",
        "he",
        "she",
        "is",
        "are",
        "be",
        "was",
        "will",
        "would",
        "can",
        "could",
        "do",
        "does",
        "did",
        "so",
        "um",
        "uh",
        "yeah",
        "okay",
        "just",
        "like",
        "know",
        "mean",
        "well",
        "my",
        "your",
        "our",
        "their",
        "his",
        "her",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Note:
    """A line of the model: words that settle the item and who says them, whose it is, the task, its day, how sure."""

    quote: str
    owner: str
    text: str
    due_words: str
    certainty: str


def read_notes(written: str) -> list[Note]:
    """The lines that have the form; others are passed over."""
    found = []
    for line in written.splitlines():
        fields = [field.strip() for field in line.split("|")]
        if len(fields) == _FIELDS and fields[2] and fields[4] in get_args(Certainty):
            fields[3] = "" if fields[3].lower() in _NO_DAY else fields[3]
            found.append(Note(*fields))
    return found


def to_item(note: Note, window: Sequence[Turn], transcript: Sequence[Utterance], today: date) -> ActionItem | None:
    """The note as an action item; None where its quote stands nowhere in the piece, or its owner is none of them.

    Args:
        note: of this piece.
        window: the piece.
        transcript: of the whole meeting.
        today: the day of the meeting.
    """
    names = {call: name for name, call in calls(list(dict.fromkeys(turn.speaker for turn in window))).items()}
    owners = _owners(note.owner, names)
    speaker, is_named, quote = note.quote.partition(_SAYS)
    quote = quote if is_named else note.quote
    own = [turn for turn in window if turn.speaker == names.get(speaker)] if is_named else []
    settled = _place_of(quote, own or window, note, transcript)
    if settled is None or owners is None:
        return None
    places = [place for turn in window for place in turn.places]
    text = normalize("NFC", note.text)
    cited = {settled, *_cited(f"{text} {note.due_words}", settled, places, transcript)}
    words = _in_full(note.due_words, sorted(cited), transcript) or at_once(quote, transcript[settled].text, today)
    due, anchor = _due(words, sorted(cited), places, transcript, today)
    cited |= anchor
    return ActionItem(
        text=capital(text),
        owner=AND.join(owners) or None,
        due=due.day.isoformat() if due and due.day else None,
        due_words=words,
        certainty=cast("Certainty", note.certainty),
        evidence=tuple(transcript[place].id for place in sorted(cited)),
    )


def _due(
    words: str, cited: Sequence[int], places: Sequence[int], transcript: Sequence[Utterance], today: date
) -> tuple[Due | None, set[int]]:
    """The day that the words mean, and where the day was named beside which they mean it: `the morning after`."""
    if not words:
        return None, set()
    alone = read_due(words, today)
    holding = next((place for place in reversed(cited) if plain(words) in plain(transcript[place].text)), None)
    if holding is None:
        return alone, set()
    text = transcript[holding].text
    at = plain(text).find(plain(words))
    spot = find_beside(text[at:], today)
    is_counted = spot is not None and spot.start == 0
    if not is_counted and not is_beside(words):
        return alone, set()
    for place in reversed([each for each in places if each <= holding]):
        said = transcript[place].text[: at if place == holding else None]
        named = [due for part in sentences(said) if (due := find_anchor(part, today))]
        if named:
            last = named[-1]
            found = find_beside(text[at:], last.day or today) if is_counted else read_beside(words, last, today)
            is_other = found and not (alone and alone.day == found.day)
            return (replace(found, words=words), {place}) if found and is_other else (alone, set())
    return alone, set()


def _in_full(words: str, cited: Iterable[int], transcript: Sequence[Utterance]) -> str:
    """The words of a day with `not before` where they were said so each time."""
    full = words
    for place in cited if words else ():
        said = transcript[place].text
        for found in re.finditer(re.escape(plain(words)), plain(said)):
            led = NOT_LED.search(plain(said), 0, found.start())
            if not led or not NOT_BEFORE.match(plain(said), led.start()):
                return words
            full = said[led.start() : found.end()]
    return full


def _owners(said: str, names: Mapping[str, str]) -> list[str] | None:
    """Whose it is, by what they are called; nobody's: none; None where one of them is not there."""
    if said.lower() == NOBODY and said not in names:
        return []
    known = {**{name: name for name in names.values()}, **names}
    called = [said] if said in known else said.split(AND)
    return list(dict.fromkeys(known[each] for each in called)) if all(each in known for each in called) else None


def _place_of(quote: str, turns: Sequence[Turn], note: Note, transcript: Sequence[Utterance]) -> int | None:
    """The utterance in which a quote begins; of several the one with the most of the note before it, then the last."""
    wanted, about = words_of(quote), set(words_of(note.text)) - _PLAIN
    best: tuple[float, int, int] | None = None
    for turn in turns:
        said = [(word, place) for place in turn.places for word in words_of(transcript[place].text)]
        length, at = longest_run(wanted, [word for word, _ in said])
        share = length / len(wanted) if wanted else 0.0
        if share >= QUOTED:
            place = said[at][1]
            near = {word for one in transcript[max(0, place - _NEAR) : place + 1] for word in words_of(one.text)}
            best = max(best or (0.0, 0, 0), (share, len(about & near), place))
    return best[2] if best else None


def _cited(text: str, settled: int, places: Sequence[int], transcript: Sequence[Utterance]) -> list[int]:
    """The utterances, the nearest first, that hold words of the text which are in none before."""
    missing = {word[:5] for word in words_of(text) if word not in _PLAIN}
    cited: list[int] = []
    for place in sorted(places, key=lambda each: (abs(each - settled), each > settled)):
        held = {word[:5] for word in words_of(transcript[place].text)} & missing
        if held:
            missing -= held
            cited.append(place)
        if len(cited) == _MOST_CITED:
            break
    return cited
