"""What the built-in recogniser writes for `I will` and `sure`, put right where the sentence shows that it was that.

Its model hears `hi will`, `aye` or `aisle` at the start of a breath, and `cher` for a short `sure`. This is a fault of
that one recogniser, so it ends here: whatever reads its words reads plain English, and the transcript shows the mended
word at the time of the one that was heard. A greeting (`hi will send me the bill`) stays one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from server_stub.recap.speech.engine import Word


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_I = frozenset(["hi", "high", "aye", "eye"])
_SHORT = {"hi'll": "i'll", "high'll": "i'll", "aye'll": "i'll", "eye'll": "i'll", "eye'm": "i'm", "aye'm": "i'm"}
_SURE = frozenset(["cher", "sher", "shore"])
#: What `I` can stand before, and no noun and no greeted person can.
_AUXILIARY = _words(
    "will can could would should might must shall have had am think need want promise agree guess hope know"
)
#: `Hi, can you` and `hi, have we`: the next word is the one who is asked or told.
_ASKED = _words("you we i they he she it someone somebody anyone i'll i'm we'll you'll")
#: Behind `hi will`: the name Will, who is asked or told something else.
_GREETS = _words(
    "how can could would are is was thanks thank good nice please what when where why who welcome here "
    "there my the and yes okay great hello this that's it's let's"
)
#: A thing has these before it, `the eye`, `down the aisle`; and these behind it.
_OF_A_THING = _words("the a an my your his her its our their this that each every one in of down private")
_THING_GOES_ON = _words("is was of seat seats in and or number at with has contact on line for to")
#: What follows a `sure` that answers.
_ANSWER_GOES_ON = _words("i i'll i'm i've i'd no thing we we'll that that's of it it's yes yeah why okay you")
_TO_ME = re.compile(r"^(?:(?:please|also|then|just) )?\w+ (?:me|us)\b|^(?:\S+ ){1,7}(?:to|for) (?:me|us)\b")
_TO_YOU = re.compile(r"\b(?:you|your)\b")
_CLAUSE_WORDS = 9


def mend(words: Sequence[Word], greeted: Sequence[str] = ()) -> tuple[Word, ...]:
    """The words with what was surely said in place of what was written.

    Args:
        words: as heard, in lower case.
        greeted: names of the others in the meeting; with a Will among them `hi will` is a greeting unless the rest
            speaks to somebody else.
    """
    said = [word.text for word in words]
    called = {name.split()[0].lower() for name in greeted if name.split()}
    return tuple(replace(word, text=_mended(said, place, called)) for place, word in enumerate(words))


def _mended(said: Sequence[str], place: int, called: set[str]) -> str:
    word, before = said[place], said[place - 1] if place else ""
    after = said[place + 1] if place + 1 < len(said) else ""
    if word in _SHORT:
        return _SHORT[word]
    if word in _SURE:
        opens = before in ("", "yes", "yeah", "oh", "okay", "well")
        return "sure" if opens and (not after or after in _ANSWER_GOES_ON) else word
    if before in _OF_A_THING:
        return word
    if word == "aisle":
        return "i'll" if after and after not in _THING_GOES_ON else word
    return "i" if word in _I and _is_i(word, said[place + 1 :], called) else word


def _is_i(word: str, rest: Sequence[str], called: set[str]) -> bool:
    """Whether the words after it are those of a speaker about their own deeds."""
    if len(rest) < 2 or rest[0] not in _AUXILIARY or rest[1] in _ASKED:
        return False
    if word not in ("hi", "high"):
        return True
    if rest[1] in ("do", "did") and rest[2:3] and rest[2] in _ASKED:
        return False
    clause = " ".join(rest[1 : 1 + _CLAUSE_WORDS])
    if rest[0] in called and not _TO_YOU.search(clause):
        return False
    return rest[0] != "will" or not (rest[1] in _GREETS or _TO_ME.search(clause))
