"""What is promised for right after the call: due on its day, though the words name none."""

from __future__ import annotations

import re
from datetime import date

from server_stub.recap.due_dates import find_all
from server_stub.recap.proof.pieces import sentences
from server_stub.recap.reading.quoted import QUOTED, longest_run, words_of
from server_stub.recap.words import plain

#: Of promises with such words nearly all are noted for the day of the call.
_AFTER = re.compile(
    r"\b(?:(?:right |straight |just )?after (?:"
    r"(?:this|the) call(?!'s| (?:with|on|tomorrow|next|(?:we|you)(?:'ve| have))\b)|this meeting|(?:we|i) hang up|"
    r"this(?=[.,;!?…\"”]|$| (?:[-–—]|(?:and|so|because|then|but|too|yeah)\b)))|"
    r"(?:(?:as )?soon as|when|once|the (?:minute|moment|second)) (?:we|i) hang up(?! (?:the|a|your|our)\b)|"
    r"when we're (?:done|off)(?: here)?(?=[.,;!?]|$)|"
    r"(?:as )?soon as (?:i'm|we're) off (?:the|this) (?:phone|call))(?!\w)"
)
_SOON = re.compile(
    r"\bin (?:(?:a|one|two|five|ten|fifteen|[1-9]\d?) minutes?|(?:half )?an hour)(?!\w|['’-]| (?:of|walk)\b)"
)
#: What begins a part of a sentence that stands for itself.
_PART = re.compile(r"[,;:]| (?:but|and|so|because|cause) ")
_NOT = re.compile(r"\b(?:not|never|nobody|hardly|cannot)\b|n't\b")
#: In five minutes somebody has to leave, a thing is done, or the talk comes to it.
_OTHERWISE = re.compile(
    r"\b(?:(?:have|has|need|got) to|let you go|gotta|must|leave|run|jump|gone|(?:next|another) (?:call|meeting)|can|"
    r"could|done|finished|talk|discuss|(?:get|come) (?:back )?to|fits?|takes?|set)\b|'ve got\b|"
    r"(?:\b(?:am|is|be)|'m|'s) (?:in|on|at|off)\b"
)


def at_once(quote: str, said: str, today: date) -> str:
    """The words of the quoted sentence that it is done right after the call; none, or another day in it: empty.

    Args:
        quote: its first words.
        said: the utterance in which it begins.
        today: the day of the call.
    """
    wanted = words_of(quote)
    runs = [(longest_run(wanted, words_of(part))[0], place, part) for place, part in enumerate(sentences(said))]
    longest, _, part = max(runs, default=(0, 0, ""))
    if not longest or longest < QUOTED * len(wanted):
        return ""
    low = plain(part)
    found = next((each for each in (*_AFTER.finditer(low), *_SOON.finditer(low)) if _is_meant(low, each)), None)
    if not found or any(due.day and due.day != today for due in find_all(part, today)):
        return ""
    return part[found.start() : found.end()]


def _is_meant(low: str, found: re.Match[str]) -> bool:
    """By what stands before it in its part of the sentence."""
    led = _PART.split(low[: found.start()])[-1]
    return not _NOT.search(led) and not (found.re is _SOON and _OTHERWISE.search(led))
