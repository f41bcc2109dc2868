"""What names a day where it is known that a day is meant: `by six`, `two weeks`, `in a bit`."""

from __future__ import annotations

import re
from datetime import date

from server_stub.recap.date_rules import DAY, TIME, Resolver
from server_stub.recap.date_steps import step
from server_stub.recap.hours import HOUR
from server_stub.recap.number_words import COUNT, read_count

_END = r"(?=[.!?]*$)"


def _today(_match: re.Match[str], today: date) -> date | None:
    return today


def _tomorrow(_match: re.Match[str], today: date) -> date | None:
    return step(today, 1, "day")


def _after(match: re.Match[str], today: date) -> date | None:
    return step(today, read_count(match["count"]), match["unit"])


def _rule(rank: int, pattern: str, resolve: Resolver) -> tuple[int, re.Pattern[str], Resolver]:
    return (
        rank,
        re.compile(rf"^(?P<before>(?:(?:by|before|in|within|after|at|until|till) )?)(?:{pattern}){_END}"),
        resolve,
    )


#: Each with its rank, as in `date_rules.RULES`.
WHOLE = (
    _rule(TIME, rf"{HOUR}(?: o'clock)?(?: (?:today|tonight))?", _today),
    _rule(
        TIME, r"(?:right )?now|a bit|a (?:minute|moment|second)|half an hour|an hour|(?:my |your |our )?lunch", _today
    ),
    _rule(TIME, r"(?:the |this )?(?:evening|night|arvo)|supper|dinner|bedtime|the (?:next )?hour", _today),
    _rule(
        TIME,
        r"(?:now )?(?:(?:as )?soon as|the (?:second|moment|minute)|when|once|after) (?:we|i)(?:'re|'m| are| am|'ve)? "
        r"(?:hang(?:ing)? up|hung up|finish(?:ed)?|(?:done|finished|through)(?: (?:here|with (?:this|you)))?|"
        r"off (?:this|here|with you|the (?:phone|call)))",
        _today,
    ),
    _rule(DAY, r"the morn(?:'s (?:morning|night))?", _tomorrow),
    _rule(TIME, rf"(?P<count>{COUNT}) (?P<unit>minutes?|hours?)", _after),
    _rule(DAY, rf"(?P<count>{COUNT}) (?P<unit>days?|weeks?|fortnights?|months?)", _after),
)
