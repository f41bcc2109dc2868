"""Days: what a text names has to be a day that our own reading finds in what was said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from server_stub.recap.date_periods import MONTHS, WEEKDAYS
from server_stub.recap.due_dates import Due, find_all, find_due, read_due
from server_stub.recap.promises.heard import Heard
from server_stub.recap.proof.pieces import Piece, heavy
from server_stub.recap.proof.whose_day import days_of
from server_stub.recap.words import plain, split_words, word_set

_TIMES = "today tomorrow tonight yesterday noon midnight week month year weekend"
#: Words of days: they have to be said, unless the day that they name was said otherwise.
_WHEN = frozenset([*WEEKDAYS, *MONTHS, *_TIMES.split()])
#: A day that is only named to turn it down.
_REFUSED = re.compile(
    r"(?:'s| is|,)? (?:\w+ )?(?:rough|no good|too (?:early|soon|tight)|tight|gone|bad|tricky|difficult|can't do)\b"
)
_NOT_ON = re.compile(r"\bnot (?:on |by |the |this )*$")
_AROUND = re.compile(r"\b(?:not|after|every|from|since)\b")
#: Say nothing of a day by themselves.
_SMALL = word_set("a an the on in by at of for to till until before or so like um uh")
#: Days that mean nothing without what was said before.
_AFTER = re.compile(r"\b(?:after(?: that| next)?|then|same day)$")
_CONDITION = re.compile(r"\((?:if|unless|provided|depend)")
_CALENDAR = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b|\d{{4}}-\d\d")
_HOUR = re.compile(r"\bat \w+(?::\d+)?")
#: Without one of these `six` is a number and `two weeks` a time that something takes.
_LED = re.compile(r"(?:by|at|before|until|till|in|within|after) ")


def doubts(text: str, said: Sequence[Piece], today: date | None) -> bool:
    """Whether a day that a text names was not said.

    Args:
        text: the claim.
        said: the cited sentences.
        today: the meeting's own day; where it is not known only the words are compared.
    """
    words = {word for piece in said for word in split_words(piece.text)}
    if today is not None:
        proved = _proved(text, said, today)
        others = [due for due in find_all(text, today) if due.day is not None and due not in proved]
        if any(not set(split_words(due.words)) <= words for due in others):
            return True
        text = _blanked(text, proved)
    return any(word in _WHEN and word not in words for word in split_words(text))


def is_said(day: str | None, due_words: str, said: Sequence[Piece], today: date | None) -> bool:
    """Whether the words of a day were said in one sentence, or another one in which it is named and not turned down.

    Args:
        day: ISO date; None where the words mean none.
        due_words: `by Friday`; not empty.
        said: the cited sentences.
        today: the meeting's own day, if it is known.
    """
    wanted = [word for word in split_words(due_words) if word not in _SMALL]
    meant = find_due(due_words, today) if today is not None and day is not None else None
    # `After Friday` is not said where only `Friday` is.
    is_bare = (
        meant is not None
        and plain(meant.words) == plain(due_words).strip(" .,!?")
        and not _AROUND.search(plain(due_words))
    )
    for piece in said:
        spoken = [word.removesuffix("'s") for word in split_words(piece.raw)]
        dues = find_all(piece.text, today) if today is not None and day is not None else []
        named = [due for due in dues if due.day is not None and due.day.isoformat() == day]
        if (named and all(_is_refused(piece, due) for due in named)) or _is_turned_down(piece.low, due_words):
            continue
        if (wanted and all(word.removesuffix("'s") in spoken for word in wanted)) or (named and is_bare):
            return True
    return False


def _is_turned_down(low: str, due_words: str) -> bool:
    words = plain(due_words).strip(" .,!?")
    spots = [found.span() for found in re.finditer(rf"\b{re.escape(words)}\b", low)] if words else []
    return bool(spots) and all(_REFUSED.match(low, end) or _NOT_ON.search(low, 0, start) for start, end in spots)


def _is_refused(piece: Piece, due: Due) -> bool:
    low = plain(piece.text)
    return bool(_REFUSED.match(low, due.end) or _NOT_ON.search(low, 0, due.start))


def without_days(text: str, said: Sequence[Piece], today: date | None) -> str:
    """A text without the days of the calendar that were said in other words: `1 December` of `next Tuesday`."""
    if today is None:
        return text
    words = {word for piece in said for word in split_words(piece.text)}
    dues = [due for due in _proved(text, said, today) if _CALENDAR.search(plain(due.words))]
    return _blanked(text, [due for due in dues if not set(split_words(due.words)) <= words])


def without_due(task: str, due_words: str) -> str:
    """A task without the words of its day."""
    at = plain(task).find(plain(due_words)) if due_words else -1
    return task if at < 0 else task[:at] + task[at + len(due_words) :]


def _proved(text: str, said: Sequence[Piece], today: date) -> list[Due]:
    days = {due.day for piece in said for due in find_all(piece.text, today)} - {None}
    return [due for due in find_all(text, today) if due.day in days]


def _blanked(text: str, dues: Sequence[Due]) -> str:
    for due in dues:
        text = text[: due.start] + " " * (due.end - due.start) + text[due.end :]
    return text


def doubts_due(
    day: str | None, due_words: str, text: str, owner: str | None, heard: Sequence[Heard], today: date
) -> bool:
    """Whether an action item's day is another one than what was said for it.

    Args:
        day: ISO date of the item, None where it has none.
        due_words: as the item has them.
        text: what is to be done.
        owner: who is to do it.
        heard: the cited sentences as our rules read them.
        today: the meeting's own day.
    """
    if day is None:
        return False
    stated = find_due(due_words, today)
    if stated is None and _is_said_as(due_words, day, heard, today):
        return False
    task = frozenset(heavy(plain(_blanked(text, find_all(text, today)))))
    given = _given(heard, task, owner)
    if not due_words or day not in given:
        return True
    weekdays = {name for name in WEEKDAYS if name in plain(due_words)}
    if len(weekdays) == 1 and WEEKDAYS[date.fromisoformat(day).weekday()] not in weekdays:
        return True
    hours = [found[0] for each in (due_words, text) if (found := _HOUR.search(plain(each)))]
    if len(set(hours)) > 1:
        return True
    if _AFTER.search(plain(due_words)):
        return False
    named = {due.day.isoformat() for due in find_all(text, today) if due.day}
    if named and day not in named and not _CONDITION.search(plain(text)):
        return True
    return stated is not None and stated.day is not None and stated.day.isoformat() != day


def _is_said_as(due_words: str, day: str, heard: Sequence[Heard], today: date) -> bool:
    """Whether these very words were said, with no other day and not turned down, and mean that day: `by six`."""
    meant, words = read_due(due_words, today), plain(due_words).strip(" .,!?")
    if meant is None or meant.day is None or meant.day.isoformat() != day or not _LED.match(words):
        return False
    alone = [one for one in heard if {due.day for due in one.dues} <= {None, meant.day}]
    found = [(one, spot) for one in alone for spot in re.finditer(rf"\b{re.escape(words)}(?!\w)", one.said.low)]
    return any(not _REFUSED.match(one.said.low, spot.end()) for one, spot in found)


def _given(heard: Sequence[Heard], task: frozenset[str], owner: str | None) -> dict[str, str]:
    """The days that the sentences give a task, as ISO dates, with their words; without those that were turned down."""
    given: dict[str, str] = {}
    for one in heard:
        named = days_of(one, task, owner)
        for due in one.dues:
            if due.day and _REFUSED.match(one.said.low, due.end):
                given.pop(due.day.isoformat(), None)
                named = [other for other in named if other.day != due.day]
        for due in named:
            if due.day is not None:
                given[due.day.isoformat()] = plain(due.words)
    return given
