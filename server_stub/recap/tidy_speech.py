"""Speech without what nobody means to say: fillers, words said twice, what the speaker took back at once."""

from __future__ import annotations

import re

from server_stub.recap.date_periods import MONTHS, WEEKDAYS
from server_stub.recap.number_words import NUMBER_WORDS, any_of
from server_stub.recap.verbs import FINITE, is_third
from server_stub.recap.words import plain, without

_FILLER = re.compile(
    r"(?:(?<=^)|(?<=[\s,]))(?:um+|uh+|erm?|hm+|mm+|(?<!let )(?<!do )(?<!did )(?<!as )(?<!if )you know(?=,)|"
    r"i mean(?=,)|basically(?=,)|(?<=, )(?:like|right)(?=,))\b,? ?"
)
_BEGINNING = (
    r"(?:(?:i|we|you|it|he|she|they|that|there|this|the|so|and|but|then|let|what|how|when|can|could|do|is|thank)\b|"
    r"(?:on|in|at|by|for) (?:what|which|how)(?: \w+){0,3}? (?:do|does|did|can|could|will|would|should) "
    r"(?:i|you|we|they)\b)"
)
_ASKS_NEXT = (
    r"(?:(?:on|in|at|by|for) )?(?:what|when|where|who|how|why|which)"
    r"(?: (?!(?:i|you|we|they|he|she|it|the|a|an|that|your|our|my)\b)\w+){0,2}? "
    r"(?:do|does|did|can|could|will|would|should) (?:the|i|you|we|they|it|he|she|your|our|my)\b"
)
#: What opens a sentence and says nothing; `good` and its like only where they do not belong to what follows.
_OPENERS = re.compile(
    r"^(?:(?:so|and|but|well|okay|ok|yeah|yep|yes|now|then|alright|all right|um+|uh+|ah|oh|hey|of course|anyway|"
    r"anyways|"
    r"plus|by the way|also|honestly|mm-hm|(?:as )?i was saying|coming back to the \w+|just to recap|just to sum up|"
    r"to recap|to sum up|speaking of (?:the |that |my |your )?\w+|to be honest|just so you know|you know|i mean|"
    r"no problem|let's say|the thing with the \w+ is|"
    r"(?:the thing|the point|thing) is(?:,| that)?(?= (?:i|we|it|they|you|there|the|my|our)\b))\b[\s,.!]+|"
    r"(?:right|great|(?:very )?good|sure|perfect|fine|cool|lovely|awesome|thanks|thank you|look|listen|exactly|see|"
    r"wait)"
    rf"(?:[,.!]+\s*| (?={_BEGINNING}))|(?:that's|it's|it is|this is),\s*|"
    r"(?:that is|that's|this is) (?:very |really |so )?(?:good|great|nice|lovely|wonderful)(?: to hear)?,? "
    rf"(?={_ASKS_NEXT}))+"
)
#: Grouped, so that `1,000` is one figure; a currency's sign and word belong to it.
_AMOUNT = (
    rf"(?:[€$£] ?)?(?:\d+(?:[.,]\d+)*|(?:{any_of(NUMBER_WORDS)})(?:[ -](?:and )?(?:{any_of(NUMBER_WORDS)}))*)"
    r"(?: ?(?:%|percent|euros?|dollars?|pounds|k)\b)?"
)
_DAY = rf"(?:(?:next |this )?(?:{any_of([*WEEKDAYS, *MONTHS])})(?: \d+(?:st|nd|rd|th)?)?(?!'))"
_TAKEN_BACK = (
    r",? (?:no|wait|sorry|i mean|or rather|rather|make that)(?:,? (?:no|wait|sorry|i mean|make that|it's))*,? "
)
_REPAIR = re.compile(
    rf"(?<!\w)(?:(?P<day>{_DAY}){_TAKEN_BACK}(?=(?:on |by |until )?(?!(?P=day)){_DAY})|"
    rf"{_AMOUNT}{_TAKEN_BACK}(?={_AMOUNT}))"
)
#: Says that something before it is to be forgotten; where `_REPAIR` knows no way, nothing is rewritten.
TAKES_BACK = re.compile(
    r"(?:^|[,.] )(?:no|wait|sorry|or rather|scratch that|make that)\b(?:,| wait| sorry)|\bi meant?\b|\bcorrection\b|"
    r"\bi misspoke\b|\bscratch that\b|^(?:no|sorry|wait)\b,"
)
_TWICE = re.compile(r"\b(?P<said>[a-z']+(?: [a-z']+){0,2})(?:,? (?P=said)\b)+")
#: `That's a, that's the font`: the same beginning once more.
_LIKE = re.compile(
    r"(?<=\w), (?:what, (?=\w)|(?:like|you know|right), (?=(?:a|an|the|to|in|on|half|about|\d|i|it's|he|she|they|"
    r"we)\b))"
)
#: `The lamp, is late`: what is left of a filler between somebody and what they do.
_PARTED = re.compile(
    r"^(?P<who>(?:the|my|our|your|this|that)(?: [^\W\d_][\w-]*){1,3}), (?=(?:is|are|was|were|will|has|have|can)\b)"
)
_HALTS = re.compile(r"(?<=\b)(?P<word>a|an|the|of|my|your|our), (?=[a-z])")
#: `The show, it opens on Friday`: named first, then pointed at.
_NAMED_FIRST = re.compile(
    r"^(?:the|my|our|your|this|that|these|those)(?: (?!of\b|for\b|with\b|from\b|in\b|on\b|at\b|"
    r"by\b)[^\W\d_][\w-]*){1,4}"
    r"(?P<point>, (?:it|they|that)(?P<short>'s|'re|'ll|'ve|'d)?) (?!is it\b)"
)
_IN_FULL = {"'s": "is", "'re": "are", "'ll": "will", "'ve": "have"}
_AGAIN = re.compile(
    r"\b(?P<start>[a-z']+)(?: (?:a|an|the|to|of|just|like|for|is|in|on|my|your|really|so)){1,2}, (?=(?P=start)\b)"
)
_NOT_TWICE = re.compile(r"^(?:had|that that|bye|no|long|" + any_of(NUMBER_WORDS) + r")\b")
_TAIL = re.compile(
    r"(?:,? (?:i mean|and so on|and stuff|and stuff like that|and all that|or something|by the way|basically|"
    r"um|uh|wow|"
    r"if (?:that's|that is|it's) (?:okay|ok|all right|alright|fine)(?: with you| for you)?|if you don't mind)|"
    r", (?:you know|right|okay|ok|yeah|yes|honestly|though|ha|so|and|but|typical|sorry|basically|actually|really|"
    r"please|thanks|"
    r"thank you))+$"
)


def tidy(said: str) -> str:
    """One sentence without its fillers, false starts and what was taken back; its words stay in order.

    Nothing is put in, and nothing that says how sure somebody is goes out.
    """
    text = " ".join(said.split())
    for found in reversed(list(_LIKE.finditer(plain(text)))):
        text = f"{text[: found.start()]} {text[found.end() :]}"
    for _ in range(2):
        text = _trimmed(without(_FILLER, text))
    text = without(_OPENERS, text)
    text = without(_REPAIR, text)
    text = _once(text)
    text = without(_AGAIN, text)
    text = _named_once(re.sub(_HALTS, r"\g<word> ", text))
    parted = _PARTED.match(plain(text))
    if parted:
        text = f"{text[: parted.end('who')]} {text[parted.end() :]}"
    mark = text[-1:] if text[-1:] in ".?!…" else ""
    bare = text.rstrip(" .?!…,")
    tail = _TAIL.search(plain(bare))
    return _trimmed((bare[: tail.start()] if tail else bare) + mark)


def _named_once(text: str) -> str:
    low = plain(text)
    found = _NAMED_FIRST.match(low)
    if not found or found["short"] == "'d" or _has_verb(low[: found.start("point")]):
        return text
    verb = _IN_FULL.get(found["short"] or "", "")
    return f"{text[: found.start('point')]} {verb} {text[found.end('point') :].strip()}".replace("  ", " ")


def _has_verb(words: str) -> bool:
    return bool(FINITE & set(words.split())) or is_third(words.split()[-1])


def _once(text: str) -> str:
    kept, start = [], 0
    for found in _TWICE.finditer(plain(text)):
        if not _NOT_TWICE.match(found["said"]):
            kept.append(text[start : found.end("said")])
            start = found.end()
    return "".join([*kept, text[start:]])


def _trimmed(text: str) -> str:
    text = re.sub(r"(?:,\s*)+,", ",", " ".join(text.split()))
    return re.sub(r"\s+([,.?!;:])", r"\1", text).strip(" ,")


#: A longer sentence is taken apart where a new one begins in it.
LONG_WORDS, LEAST_PART = 20, 4
_BEGINS_ANEW = re.compile(
    r",? (?:and(?: then)?|so|but|then|anyway),? (?:um,? |uh,? |basically,? )*(?=(?:i|it|he|she|they|we|you|there|that|"
    r"the|my|our|this|nobody|everybody|everyone)\b(?:'(?:s|m|re|ve|ll|d)\b| (?!of\b|and\b|or\b)\w+))"
)
#: What depends on these goes on behind `and`.
_HOLDS = re.compile(
    r"\b(?:if|unless|when|once|because|since|until|while|that|whether|said|says?|told|thinks?|thought|asked|like|"
    r"between|"
    r"both|either|neither|not only|instead of|rather than|so that|in case|as long as)\b"
)


def unroll(said: str) -> list[str]:
    """One long spoken sentence as the sentences that `and`, `so` and `but` have chained; each keeps that word.

    It is not cut where what follows may hang on an `if`, a `because` or on somebody else's words.
    """
    if len(said.split()) < LONG_WORDS:
        return [said]
    low = plain(said)
    parts, start = [], 0
    for found in _BEGINS_ANEW.finditer(low):
        before = low[start : found.start()]
        if _HOLDS.search(before) or min(len(before.split()), len(low[found.end() :].split())) < LEAST_PART:
            continue
        parts.append(said[start : found.start()].strip(" ,"))
        start = found.start()
    parts.append(said[start:].strip(" ,"))
    return [part if part[-1:] in ".?!…" else f"{part}." for part in parts]
