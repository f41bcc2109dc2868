"""Finds due dates as people say them and works out the day they mean.

Works on clean text and on the unpunctuated lower-case words of a recogniser. Every way of naming a day is a rule of
`date_rules`; here their findings become one due date. A day that does not exist (`31 April`) or lies in the past is no
due date, and its words are kept as they were said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from server_stub.recap.date_phrases import WHOLE
from server_stub.recap.date_relative import RELATIVE
from server_stub.recap.date_rules import (
    CALENDAR,
    DAY,
    EVENT,
    RULES,
    SOON,
    TIME,
    NotADate,
)
from server_stub.recap.hours import TIME_BEFORE, TIME_BEHIND
from server_stub.recap.number_words import COUNT
from server_stub.recap.words import plain

_RULES = (*RULES, *RELATIVE)
_DEADLINE = re.compile(r"\b(?:by|before|until|till|due|later than)\b")
#: What follows is the first day, not the last.
NOT_BEFORE = re.compile(r"\bnot (?:before|until|till) ")
_LED = len("not before the ") + 1
#: A time of day is no longer.
_TIME = 80
NOT_LED = re.compile(r"\bnot (?:(?:before|until|till) (?:the )?)?$")
#: `Thursday's fine` names a day, `Thursday's version` a thing.
_SUITS = re.compile(
    r"(?<=\w)'s(?= (?:(?:fine|good|great|perfect|ok|okay|better|best|easier|safer|safest|ideal|lovely|grand|cool|soon|"
    r"early|plenty|doable|possible|realistic|all right|alright)(?=$|[.,;:?!]|"
    r" (?:for|with|by|if|then|too|enough|though|to|when|because|and|but|or|we|i|thanks|please)\b)|"
    r"(?:what|when) i\b|(?:the|our) deadline\b|the latest\b))"
)
_TAKEN_BACK = r"(?:no|sorry|i mean|rather|actually|make that|make it|better)"
_CLAUSE = re.compile(r"[,;:]| (?:and|but|so) ")
#: In a clause whose day is not the one that was named.
_BESIDES = re.compile(
    r"\b(?:not|instead|rather than|unlike|since|until|till|was|were|came|heard|told|moved|had|rang|called|sent|met|"
    r"saw|went)\b|n't\b"
)
CORRECTED = re.compile(rf"\b{_TAKEN_BACK}\b")
#: The day before is taken back, whatever else is said between.
_UNDONE = re.compile(
    r"\b(?:no,? wait|no,? hang on|no,? hold on|no,? sorry)\b.*\b(?:so|make (?:that|it)|say)\b|\bmake that\b"
)
#: Behind these another day is meant than the one before.
_GOES_ON = re.compile(
    r"\b(?:of|after|before|from|minus|plus|or|and|in|not|except|this|next|last|but|every|later|following|past|weeks?|"
    rf"fortnight|months?|days|draft)\b|\d|\b(?:{COUNT})\b(?! o'clock)"
)
_SEVERAL = re.compile(r"(?:,|\.)? (?:or|and|to|till|until) |, |\. ", re.IGNORECASE)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)\b")
_LEADS = re.compile(r"^(?:for|from) ")
#: Nothing but the correction itself stands between the two days.
_REPLACED = re.compile(rf"[ ,.-]*(?:(?:or|oh|well|{_TAKEN_BACK})[ ,.-]+)+")


@dataclass(frozen=True)
class Due:
    """A due date found in a text.

    Attributes:
        words: as said, with the time of day: `by next Tuesday at noon`.
        day: what that means, None for `before the next call`, `31 April` and their like.
        start: place of the first character in the text.
        end: place behind the last.
        rank: the higher, the more exact; see `date_rules`.
        is_deadline: said with `by`, `before`, `until` or `due`.
    """

    words: str
    day: date | None
    start: int
    end: int
    rank: int
    is_deadline: bool


def read_due(words: str, today: date) -> Due | None:
    """What someone marked as the day of a task means, or None; here `two weeks` is a day, which among words is none."""
    low = plain(words)
    for rank, pattern, resolve in WHOLE:
        found = pattern.match(low)
        try:
            day = resolve(found, today) if found else None
        except (ValueError, OverflowError):  # a million years
            continue
        if day and day >= today:
            return Due(words, day, 0, len(words), rank, _DEADLINE.search(low) is not None)
    return _last_of(words, today) or find_due(words, today) or _begun_with(words, today) or _led(words, today)


def _last_of(words: str, today: date) -> Due | None:
    """The last of several days that are left open: `Monday or Tuesday`, `Sunday, Monday at the latest`."""
    cut = [part for part in _SEVERAL.split(words) if part]
    found = [find_due(part, today) for part in cut] if len(cut) > 1 else []
    days = [due.day for due in found if due and due.day and due.rank >= DAY]
    if not days or len(days) < len(found) or any(_GOES_ON.search(_ORDINAL.sub("", plain(part))) for part in cut[1:]):
        return None
    day = days[0]
    for later, due in zip(days[1:], found[1:], strict=True):
        # `Tuesday or Wednesday` on a Wednesday, `the fourteenth, Monday`.
        if due and due.rank == DAY and later <= day:
            later += timedelta(days=-(-(day - later).days // 7) * 7)
        day = max(day, later)
    return Due(words, day, 0, len(words), DAY, _DEADLINE.search(plain(words)) is not None)


def _led(words: str, today: date) -> Due | None:
    """Behind words that say nothing of when: `for the fourth`."""
    rest = _LEADS.sub("", plain(words))
    found = find_due(rest, today) if rest != plain(words) else None
    return replace(found, words=words) if found else None


def _begun_with(words: str, today: date) -> Due | None:
    """The day with which words begin that say more of it: `Wednesday worst case`, `Monday six o'clock`."""
    cut = words.split()
    for count in range(len(cut) - 1, 0, -1):
        rest = plain(" ".join(cut[count:]))
        found = None if _GOES_ON.search(rest) else find_due(" ".join(cut[:count]), today)
        if found is not None:
            return replace(found, words=words)
    return None


def find_due(text: str, today: date) -> Due | None:
    """The one due date that a promise names, or None.

    A deadline beats a mere date; of several the first counts, unless a word such as `sorry` or `rather` corrects it. A
    time of day means today only where no other day is named.

    Args:
        text: the promise in any case, punctuated or not.
        today: the meeting's own day; dates without a year lie on or after it.
    """
    found = find_all(text, today)
    found = [due for due in found if due.rank not in (TIME, SOON)] or [due for due in found if due.day] or found
    dated = [due for due in found if due.is_deadline and (due.day or due.rank == CALENDAR)]
    dated = dated or [due for due in found if due.day] or found
    if not dated:
        return None
    chosen, low = dated[0], plain(text)
    for later in found:
        if later.start < chosen.end:
            continue
        if is_corrected(chosen, later, low, is_dated=later in dated):
            chosen = later
    return chosen


def find_anchor(text: str, today: date) -> Due | None:
    """The day that a text names last, beside which `the same day` is meant; None where it names none.

    What is not so, until when something lasts, and when it was heard of are not meant; today only where it is alone.

    Args:
        text: a sentence, or the beginning of one.
        today: the meeting's own day.
    """
    low = plain(text)
    named = [due for due in find_all(text, today) if due.day and due.rank not in (TIME, SOON)]
    meant = [due for due in named if not _BESIDES.search(_CLAUSE.split(low[: due.end])[-1])]
    meant = [due for due in meant if due.day != today] or meant
    return meant[-1] if meant else None


def is_corrected(due: Due, later: Due, low: str, *, is_dated: bool = True) -> bool:
    """Whether a day is taken back for a later one: `Thursday, no, make that Friday`.

    Args:
        due: found in a text.
        later: found behind it.
        low: the text in small letters.
        is_dated: the later one is a day, or a deadline.
    """
    between = low[due.end : later.start]
    return (
        _REPLACED.fullmatch(between) is not None
        or (is_dated and CORRECTED.search(between) is not None)
        or (later.day is not None and _UNDONE.search(between) is not None)
    )


def find_all(text: str, today: date) -> list[Due]:
    """Every date and deadline in a text, in its order; where two rules match, the more exact one counts."""
    low = _SUITS.sub(", ", plain(text))
    candidates = []
    for rank, pattern, resolve in _RULES:
        for match in pattern.finditer(low):
            try:
                day = resolve(match, today)
            except NotADate:
                continue
            except (ValueError, OverflowError):  # the thirty-first of a short month, a million years
                day = None
            deadline = _DEADLINE.search(match[0]) is not None
            candidates.append(Due(text[match.start() : match.end()], day, *match.span(), rank, deadline))
    joined = [_with_not(_with_time(due, text, low), text, low) for due in _join(candidates, text, low)]
    return [_not_past(due, today) for due in joined if due.is_deadline or due.day is None or due.day >= today]


def _with_not(due: Due, text: str, low: str) -> Due:
    """`Not before Friday` is Friday at the earliest, and is told so."""
    led = NOT_LED.search(low, max(0, due.start - _LED), due.start)
    if not led or not NOT_BEFORE.match(low, led.start()):
        return due
    return replace(due, words=text[led.start() : due.end], start=led.start(), is_deadline=False)


def _not_past(due: Due, today: date) -> Due:
    return replace(due, day=None) if due.day and due.day < today else due


def _join(candidates: list[Due], text: str, low: str) -> list[Due]:
    """Overlapping and neighbouring findings become one: `by noon` + `on Friday`."""
    joined: list[Due] = []
    for due in sorted(candidates, key=lambda due: (due.start, -due.end)):
        last = joined[-1] if joined else None
        if last is None or not _belong(last, due, low[last.end : due.start]):
            joined.append(due)
            continue
        best = max(last, due, key=lambda each: (each.rank, each.end - each.start))
        end = max(last.end, due.end)
        words = text[last.start : end]
        joined[-1] = Due(words, best.day, last.start, end, best.rank, last.is_deadline or due.is_deadline)
    return joined


def _belong(left: Due, right: Due, between: str) -> bool:
    """`Friday` and `the fourth of December` are one date, `Thursday` and `Tuesday` are two."""
    if right.start < left.end:
        return True
    if right.is_deadline and not left.is_deadline and left.day and right.day and TIME not in (left.rank, right.rank):
        return False  # `the bill of 3 May by Friday`
    alike = left.rank == right.rank and left.day != right.day
    return not alike and re.fullmatch(r",? ?(?:the |in the |on )?", between) is not None


def _with_time(due: Due, text: str, low: str) -> Due:
    """A day takes the time of day beside it into its words."""
    if due.rank < EVENT:
        return due
    start, end, deadline = due.start, due.end, due.is_deadline
    behind = TIME_BEHIND.match(low, end)
    if behind:
        end = behind.end()
        deadline = deadline or _DEADLINE.search(behind[0]) is not None
    before = TIME_BEFORE.search(low, max(0, start - _TIME), start)
    if before:
        start = before.start()
        deadline = deadline or _DEADLINE.search(before[0]) is not None
    return replace(due, words=text[start:end], start=start, end=end, is_deadline=deadline)
