"""Makes the bare words of a recogniser readable, without changing one of them."""

from __future__ import annotations

import re
from functools import partial

from server_stub.recap.date_periods import WEEKDAYS
from server_stub.recap.names import is_name
from server_stub.recap.speech.engine import Heard, Word
from server_stub.recap.words import capital, plain, word_set

#: A silence this long between two words is written as a full stop, whatever the words.
STOP_PAUSE_S = 0.35
#: On both sides of a full stop.
LEAST_WORDS = 3

_CAPITALS = (
    *("i", "i'll", "i'm", "i've", "i'd"),
    *WEEKDAYS,
    *("january", "february", "april", "june", "july", "august", "september", "october", "november", "december"),
    *("english", "german", "french", "spanish", "portuguese", "italian", "europe", "european"),
)
_CAPITAL = re.compile(rf"\b(?:{'|'.join(_CAPITALS)})\b(?!')")
#: May and March are words of their own: only after a day's number or `in`.
_MONTH = re.compile(r"\b(?P<before>of|in|by|until|since|next|last) (?P<month>may|march)\b")
#: After these a sentence goes on.
_GLUE = word_set(
    "and or but that if when because so as what how where which who why think know hope say sure than until before "
    "after since while maybe the believe guess suppose see tell ask a an to of for with in on by is are not i we you "
    "they me wonder then whether well about at"
)
_BEGINS = re.compile(
    r"(?:i|we|you|it|that|this|they|he|she|there|everyone|nobody) (?:will|am|is|are|was|were|can|could|would|should|"
    r"have|has|had|want|think|need|might|must|decided|agreed?|like|hope|do|did|does|just|also|really)\b|"
    r"(?:i'll|i'm|i've|i'd|we'll|we're|we've|you'll|you're|it's|that's|there's|they're|let's|thank you|thanks|please)\b"
)
_WH = frozenset(["what", "which", "how", "who", "whose"])
_INTERJECTION = re.compile(
    r"(?:(?:very|that is|that's|all|oh|no) )?(?:yes|yeah|okay|ok|sure|great|good|fine|perfect|alright|right|exactly|"
    r"absolutely|of course|thanks|thank you|hello|hi|agreed|problem|certainly|definitely|sounds good)(?: \w+)?"
)
_SUBORDINATE = re.compile(r"(?:and |but |so )?(?:if|when|once|as soon as|unless|because|while|although|after|before)\b")
_ASKS = re.compile(
    r"(?:(?:and|so|but|okay|well) )?(?:who|what|when|where|why|how|which|can you|could you|would you|will you|do you|"
    r"did you|are you|is it|is there|does|do we|can we|shall we|should we|have you)\b"
)
_NOT_ASKED = re.compile(
    r"(?:when|where|what|how|which|who) (?:i|we|you|he|she|they|it) (?!(?:do|can|could|will|would)\b)"
)


def write_out(heard: Heard, *, pauses: tuple[tuple[float, float], ...], names: tuple[str, ...]) -> str:
    """Bare lower-case words as sentences.

    A full stop is set where somebody breathed and the next words begin a sentence, and where a question begins.

    Args:
        heard: what the engine said; its words carry times.
        pauses: silences (start_s, end_s) inside the utterance.
        names: of the people in the meeting, for their capitals.
    """
    sentences: list[list[str]] = [[]]
    for index, word in enumerate(heard.words):
        after = heard.words[index + 1 :]
        sentences[-1].append(word.text)
        if after and _ends_here(sentences[-1], [each.text for each in after], _pause_s(word, after[0], pauses)):
            sentences.append([])
    return " ".join(finish_sentence(" ".join(words), names) for words in sentences if words)


def _pause_s(word: Word, after: Word, pauses: tuple[tuple[float, float], ...]) -> float:
    # Recognisers let a word reach to the end of the silence after it, so the words' middles decide.
    low, high = (word.start_s + word.end_s) / 2, (after.start_s + after.end_s) / 2
    return sum(end - start for start, end in pauses if low < (start + end) / 2 < high)


def _ends_here(said: list[str], after: list[str], pause_s: float) -> bool:
    text, rest = " ".join(said), " ".join(after[:4])
    if said[-1] in _GLUE:
        return False
    # `On what day do you ...` is one question, not two.
    asks = _ASKS.match(rest) is not None and not _WH.intersection(said[-3:])
    begins = _BEGINS.match(rest) is not None
    if _INTERJECTION.fullmatch(text):
        return asks or begins or pause_s > 0
    if min(len(said), len(after)) < LEAST_WORDS:
        return False
    return pause_s >= STOP_PAUSE_S or asks or (begins and pause_s > 0 and _SUBORDINATE.match(text) is None)


def finish_sentence(words: str, names: tuple[str, ...] = ()) -> str:
    """One sentence with its capitals and its full stop or question mark; text that has them is left as it is."""
    text = " ".join(words.split())
    if not text:
        return ""
    bare = text.lower() == text
    if bare:
        asks = _ASKS.match(text) is not None and _NOT_ASKED.match(text) is None
        text = set_capitals(text, names)
    else:
        asks = False
    if text[-1] not in ".?!…":
        text += "?" if asks else "."
    return capital(text)


def set_capitals(text: str, names: tuple[str, ...] = ()) -> str:
    """Weekdays, months, languages, people and `I` with their capitals; nothing else changes."""
    text = _CAPITAL.sub(lambda found: found[0].capitalize(), text)
    text = _MONTH.sub(lambda found: f"{found['before']} {found['month'].capitalize()}", text)
    for part in sorted({part for name in names for part in name.split() if len(part) > 2}):
        text = re.sub(rf"(?<!\w){re.escape(plain(part))}(?!\w)", partial(_named, part), text)
    return text


def _named(part: str, found: re.Match[str]) -> str:
    """A name with its capital, where it is not a word that is written alike."""
    return part if is_name(found.string, plain(found.string), *found.span()) else found[0]
