"""Days that are no task's own: when somebody is where it can be done, and what it is to be done at.

`I see her on Friday` is no promise, but it dates the one beside it: `I'll ask her`.
"""

from __future__ import annotations

import re

#: Where the speaker is or whom they meet.
_THERE = re.compile(
    r"\b(?:i|we)(?:(?:'m| am|'re| are|'ll be| will be) (?:(?:only |just |also |back )?(?:in|at|on|home|there|free|"
    r"back|over|"
    r"round|passing|seeing|meeting|speaking to|talking to)\b)|(?:'ll| will)? (?:see|meet|pass|speak (?:to|with)|"
    r"talk to|go (?:to|past|by|there|in)|drive (?:to|past|by))\b|(?:'ve got| have|'ve) (?:(?:him|her|them|you) |"
    r"(?:a|an|the) (?:\w+ )?(?:slot|gap|hour|session|call|meeting|appointment|free|day|morning|afternoon|evening|"
    r"lesson|"
    r"rehearsal)\b|(?:some |a bit of )?time\b|nothing\b))|\bthat's my \w+ day\b"
)
_NOT = re.compile(
    r"\b(?:not|never|no|can't|cannot|until|till|away|off|on holiday|last|busy|already)\b|n't\b|"
    r"\b(?:said|told|was|were|had|did|if)\b"
)

_TAKES_PLACE = re.compile(
    r"(?:'s|\bis|\bare|'re|\bstarts|\bbegins|\bopens|\bhappens|\btakes place|\b(?:we|"
    r"then) (?:do|have|keep))(?: only| now| on| at)?\s*$"
)
#: Done where others are too.
AT_AN_EVENT = re.compile(
    r"(?:bring|come|join|attend|be there|take (?:the|my|some|a) \w+ along|hang (?:the|them|it|up)|pick (?:her|him|"
    r"them|you) up|"
    r"pick up (?:her|him|them)|fetch (?:her|him|them)|meet (?:her|him|them)|let (?:him|her|them) in|wear|get "
    r"(?:her|him|them)$)\b"
)


def takes_place(low: str, day: int) -> bool:
    """Whether a sentence says of something that it is on the day that it names.

    Args:
        low: the sentence, as `words.plain` gives it.
        day: where the day begins.
    """
    return _TAKES_PLACE.search(low[:day]) is not None or not low[:day].strip(" ,.")


def is_occasion(low: str) -> bool:
    """Whether a sentence with a day tells when the speaker can do something, and nothing that is done."""
    return _THERE.search(low) is not None and _NOT.search(low) is None
