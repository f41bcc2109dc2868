"""Times of day as people say them; all patterns read text as `words.plain` gives it."""

from __future__ import annotations

import re

_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_MINUTES = r"(?: (?:thirty|fifteen|forty[ -]five))?"
_CLOCK = (
    rf"(?:\d{{1,2}}(?:[:.]\d\d)?|(?:half|(?:a )?quarter|five|ten|twenty)(?: past| to) (?:\d{{1,2}}|{_HOURS})|"
    rf"(?:{_HOURS}){_MINUTES})"
)
_PLACE = (
    r"(?: (?:utc|gmt|cet|cest|eet|eest|wet|west|bst|ist|est|edt|cst|cdt|mst|mdt|pst|pdt|"
    r"(?:eastern|pacific|central|mountain|local|your|my|our|london|lisbon|berlin|paris|new york) time))?"
)
#: A time of day that cannot be anything else.
CLEAR_TIME = (
    r"(?:(?:the )?(?:very )?end of (?:the |this )?(?:business )?day|(?:end|close) of business|eod|cob|"
    r"noon|midday|midnight|lunch(?:time)?|"
    rf"(?:\d{{1,2}}:\d\d|(?:half|(?:a )?quarter) (?:past|to) (?:\d{{1,2}}|{_HOURS})|"
    rf"{_CLOCK} ?(?:o'clock|hours|[ap]\.? ?m\b\.?|in the (?:morning|afternoon|evening)|at night|sharp))"
    rf"(?: ?[ap]\.? ?m\b\.?)?){_PLACE}(?!\w)"
)
#: An hour by its number alone.
HOUR = rf"(?:{_HOURS}|[1-9]|1\d|2[0-3]){_MINUTES}"
#: A bare hour, which says when only beside a day: `December 15th at 5`.
_BARE_TIME = (
    rf"{_CLOCK}{_PLACE}(?=$|[.,;:?!)]| (?:and|so|then|or|please|at the latest|latest|because|but|if|on|okay|ok)\b)"
)
#: Behind a day and before it.
TIME_BEHIND = re.compile(
    rf",? ?(?:(?:at|by|before|until|till|around|about|not later than|no later than) (?:{CLEAR_TIME}|{_BARE_TIME})|"
    rf"{CLEAR_TIME}|(?:first thing )?in the (?:morning|afternoon|evening)\b|at night\b|first thing\b)"
)
TIME_BEFORE = re.compile(
    rf"\b(?:(?:by|before|until|till|at|around) (?:{CLEAR_TIME}|{_CLOCK})|{CLEAR_TIME}|first thing),? $"
)
