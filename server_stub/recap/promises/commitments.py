"""Finds promises and requests in what one person said.

The rules know how people talk, not any particular conversation, and need neither capitals nor punctuation: a
recogniser gives neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from app.wire.recap import Certainty
from app.wire.text import one_line
from server_stub.recap.names import GREETING, Names, is_name
from server_stub.recap.promises.fronting import fronted
from server_stub.recap.promises.verbs import (
    BUSY,
    BY,
    JUST_A_DAY,
    LATER,
    LET_ME,
    NEEDS,
    NO_VERB,
    STRONG,
    WEAK,
    YOUR_IDLE,
    is_idle,
)
from server_stub.recap.verbs import BASES
from server_stub.recap.words import plain, sentence_ends, without

#: A hedge or a condition this many words before a promise still belongs to it.
REACH_WORDS = 14


class Kind(Enum):
    """Who is to act, and how it was put."""

    PROMISE = "promise"
    """The speaker takes it."""
    QUESTION = "question"
    """Somebody is asked; it counts only when accepted."""
    ORDER = "order"
    """Somebody is told."""
    NAMED = "named"
    """It is said of somebody by name."""
    SHARED = "shared"
    """All of them; nobody in particular takes it."""


@dataclass(frozen=True)
class Commitment:
    """One promise or request.

    Attributes:
        kind: see `Kind`.
        text: what is to be done, from its verb on, in the words that were said.
        certainty: how firmly it was put.
        hedge: the words that make it less than firm, empty where it is.
        name: the one who is addressed or named, as in the people's list; None where nobody is.
        start: where it begins in the utterance, for telling neighbours apart.
        is_soft: it says what somebody could do.
        is_weak: it says `you can` or its like, which may mean anybody.
    """

    kind: Kind
    text: str
    certainty: Certainty
    hedge: str
    name: str | None
    start: int
    is_soft: bool = False
    is_weak: bool = False


_ADVERB = (
    r"(?:please|also|then|just|definitely|certainly|probably|maybe|perhaps|possibly|hopefully|gladly|kindly|quickly|"
    r"actually|really|still|personally|simply|surely|of course|for sure|in any case|try to|try and|make sure to|"
    r"make sure i|make sure that i|be able to|be sure to|have to|need to|go ahead and|go and|happily|first|both|all)"
)
_ADVERBS = rf"(?P<adverbs>(?:{_ADVERB},? )*)"
_SOFT = r"might|may|could|would|should"
_PROMISE = (
    rf"(?:(?P<will>i will|i'll|i shall|i am going to|i'm going to|i'm gonna|i am gonna|let me|i promise to|"
    rf"(?:i |i've )(?:still |also |just |really |only )?(?:have|need) to|i've (?:still |also )?to|i must|i(?:'ve|"
    rf" still)? got to|i(?:'ve)? gotta|"
    rf"i want to|i'd want to|i plan to|i intend to|"
    r"i'd better|i had better|i'm aiming to|i aim to|i'm set to|i'm committed to|"
    rf"i'd like to|i would like to|i am about to|i'm about to)|(?P<can>i (?:probably |maybe |"
    r"definitely |certainly |still )?can|i'm able to|(?:i'm|i am|i'd be|i would be) (?:happy|glad) to)|"
    rf"(?P<soft>i (?:{_SOFT})|i'd))"
)
_QUESTION = (
    r"(?P<ask>(?:would you |do you |^(?:and |so )?)mind|(?:would|will) you be (?:able|willing|happy|open|free) to|"
    r"would you be (?:(?:up|open) (?:for|to)|(?:okay|ok|fine|good) to)|are you (?:able|willing|happy|free|good|okay|"
    r"ok) to|are you up for|"
    r"would you be so kind(?: as)? to|(?:do you )?(?:think|reckon|suppose) you (?:can|could|might)|"
    r"is it possible for you to|would it be possible for you to|(?:may|can|could) i ask you to|who (?:will|can|could|"
    r"would|is going to|wants to)|(?:(?:when|how soon|by when|until when) )?(?:can|could|would|will) "
    r"(?P<who>you|someone|somebody|anyone|anybody|one of you|NAMES))"
)
_ORDER = (
    r"(?P<order>(?:i|we) (?:need|want|would like) you to|i'd like you to|you will|you'll|you should|you need to|"
    r"you have to|you must|you are going to|you're going to|you can|you could|you might|make sure (?:that )?you|"
    r"(?:please )?(?:don't|do not) forget to|please remember to|your (?:task|job|part|next step|homework) (?:is|"
    r"will be) to|"
    r"please)"
)
_NAMED = (
    r"(?:action item for )?(?P<named>NAMES),?(?:'ll| will| is going to|'s going to|'s gonna|'s got to| has got to|"
    r" has to| needs to| should| is gonna| shall|"
    r" must| "
    r"can| could| might| may| to| takes care of it and| is responsible for| is in charge of)(?! you\b)"
)
#: `Felix, send me the bill`: the one who is called is told.
_TOLD = rf"(?P<told>NAMES)(?=,? (?:{_ADVERB},? )*STRONG)"
_SHARED = (
    r"(?P<shared>(?:you and i|the two of us|we two)(?= go\b| meet\b| do\b| sit\b| look\b| write\b| check\b)|we will|"
    r"we'll|we(?: still)? (?:need to|have to)|we must|we should|we could|we are going to|we're going to|let's|"
    r"let us)"
)

_HEDGE = re.compile(
    r"\b(?:might|maybe|perhaps|possibly|probably|hopefully|i guess|not sure|no promises?|can't promise|cannot promise|"
    r"try to|try and|i think i|i suppose|in theory|ideally|if possible|with (?:a bit of )?luck|could|would like to|"
    r"i'd like to|i want to|should be able|see if i can)\b"
)
_CONDITION = re.compile(r"\b(?:if|unless|provided|assuming|as long as|depending on|in case|depends)\b")
#: Manners, not conditions; left out before anything is judged.
_MANNERS = re.compile(
    r",? if (?:you (?:don't mind|like|want|wish|agree|prefer)|(?:that's|that is|it's|it is) (?:okay|ok|fine|all right|"
    r"alright|good)(?: with you| for you)?|that works(?: for you)?|i may|i'm not mistaken|(?:that's|it's) not "
    r"too \w+(?: for you)?|i remember|you have (?:any )?"
    r"questions?)\b",
    re.IGNORECASE,
)
#: `Check if` asks a question, it sets no condition.
_WHETHER = re.compile(
    r"\b(?:ask|asks|check|checks|see|know|find out|decide|test|verify|confirm|wonder|tell me|tell you|sure|clarify|"
    r"asked|look) (?:\w+ ){0,2}if\b"
)
#: Where a promise ends though no full stop does: somebody goes on to say something else.
_BREAK = re.compile(
    r"(?<!\bif),? (?:because|since|so that|so (?:we|you|i|they|it|that|he|she)|but|which (?:means|is|would)|"
    r"and (?:i|we|you|it|that|they|he|she|there|then (?:i|we|you)|what|how|is|are|do|does|"
    r"the (?:price|budget|cost|deadline|total))\b(?! (?:can|will) be)|"
    r"(?:okay|ok|great|thanks|thank you|alright|all right|yeah|yes|sounds|does that|does this|is that|is this|"
    r"how about|what about|what do|what is|what's|the (?:price|budget|total|cost|deadline) is|do you|are you|have you|"
    r"can we|shall we|we agreed|that (?:is|would be|sounds|should be)|that's|it's|i think|i hope|i mean|good bye|"
    r"goodbye|bye|"
    r"by the way|anything else|one more|any other|in the meantime|right\?|you know)\b)"
)
#: `Sit down tomorrow and write it`: what comes first is not the task.
_THEN = re.compile(rf" and (?:then )?(?={STRONG.pattern}|tell you\b|let you know\b|get back\b)")
_TAIL = re.compile(
    r"(?:[ ,]+(?:please|okay|ok|right|then|so|and|too|as well|for me|for sure|i think|you know|or so|again|thanks|"
    r"now|shall i|will i|shall|"
    r"the|a|an|um|uh|well|also|but|or|i|we|you|to|of|with))+$"
)
_FILLER = re.compile(
    r"(?:\b(?:um+|uh+|erm?|hmm+|(?<!let )(?<!do )(?<!did )(?<!as )(?<!if )you know|i mean|sort of|kind of|"
    r"basically)\b,? ?)",
    re.IGNORECASE,
)
#: What may come before a name that is called, or before an order.
_LEAD = (
    r"(?:(?:so|and|then|okay|ok|great|good|well|now|yes|yeah|sure|right|perfect|alright|fine|also|please|just|maybe|"
    rf"do me a favou?r(?: and)?|{GREETING})\b,? )*"
)
_LED = re.compile(rf"^\W*{_LEAD}$")
#: `He would let me hold it`: nobody offers.
_OTHERS_LET = frozenset(
    {"would", "to", "didn't", "wouldn't", "won't", "never", "they", "he", "she", "they'd", "he'd", "she'd"}
)
#: Asked for oneself, with nothing before it.
_FOR_ME = r"(?:send|e-?mail|mail|forward|write|bring|call|text|invite|pay|book|order|draft|print|prepare) (?:me|us)\b"


class Finder:
    """Finds the commitments in utterances of one meeting."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Learns who may be addressed.

        Args:
            names: of everyone in the meeting; people say the whole name or its first part.
        """
        self._names = Names(names)
        kinds = "|".join((_NAMED, _PROMISE, _QUESTION, _ORDER, _SHARED, _TOLD))
        kinds = kinds.replace("NAMES", self._names.pattern).replace("STRONG", STRONG.pattern)
        opening = rf"(?<![\w'])(?:(?:{kinds})(?![\w']),? {_ADVERBS}|(?P<bid>^\W*{_LEAD}(?=BIDDEN)))"
        self._opening = re.compile(opening.replace("BIDDEN", _FOR_ME))
        #: For a sentence after a name that stands alone, which any order may follow.
        self._ordered = re.compile(opening.replace("BIDDEN", STRONG.pattern))

    def find(self, said: str) -> Iterator[Commitment]:
        """Every commitment in one utterance, in its order."""
        text = without(_MANNERS, without(_FILLER, one_line(said)))
        start = 0
        for stop in [*sentence_ends(text), len(text)]:
            sentence, alone = text[start:stop], self._called_alone(text[:start])
            openings = self._ordered if alone else self._opening
            for found in self._in_sentence(sentence, openings, self._names.find(sentence) or alone):
                yield replace(found, start=found.start + start)
            start = stop

    def _called_alone(self, text: str) -> str | None:
        """The name that stands alone before a sentence: `Felix. Can you ...`, `Hi Felix. Send ...`."""
        before = re.search(r"(?:^|[.?!] )([^.?!,]+)[.?!,] ?$", text)
        words = plain(before[1]).split() if before else []
        called = (self._names.get(" ".join(words[skip:])) for skip in range(min(3, len(words))))
        return next((name for name in called if name), None)

    def _in_sentence(self, sentence: str, opening: re.Pattern[str], addressed: str | None) -> Iterator[Commitment]:
        low = plain(sentence)
        openings = [found for found in opening.finditer(low) if not self._is_else(found, sentence, low)]
        behind = 0
        for number, found in enumerate(openings):
            limit = openings[number + 1].start() if number + 1 < len(openings) else len(sentence)
            if found.start() < behind:
                continue
            body = base_form(trim(sentence[found.end() : limit]))
            before = " ".join(low[behind : found.start()].split()[-REACH_WORDS:])
            thing = fronted(sentence[behind : found.start()], body) if _kind(found) is Kind.PROMISE else ""
            if thing:
                verb, _, rest = body.partition(" ")
                body = f"{verb} {thing} {rest}".strip()
            commitment = self._judge(found, before, body, addressed)
            if commitment:
                behind = found.end() + len(body) - (len(thing) + 1 if thing else 0)
                yield commitment

    def _is_else(self, found: re.Match[str], sentence: str, low: str) -> bool:
        """A name that is only a word here, or somebody told about and not told: `I saw Felix send it`."""
        for group in ("named", "who", "told"):
            if self._names.get(found[group]) and not is_name(sentence, low, *found.span(group)):
                return True
        if found["told"]:
            return _LED.match(low[: found.start()]) is None
        return self._is_told(found, low)

    def _is_told(self, found: re.Match[str], low: str) -> bool:
        """`Thing I will send`, `if I can ...`, `what you should`: told about, not promised."""
        words = low[: found.start()].split()
        last = words[-1].strip(",") if words else ""
        if found[0].startswith("let me") and last in _OTHERS_LET:
            return True
        if words and words[-1] == "do,":  # `what I'll do, I'll send it`
            return False
        if found["order"] and last in {
            "if",
            "when",
            "what",
            "that",
            "once",
            "where",
            "whether",
            "how",
            "because",
            "do",
            "can",
            "something",
            "anything",
            "everything",
            "one",
        }:
            return True
        return last in {
            "if",
            "what",
            "which",
            "how",
            "unless",
            "where",
            "because",
            "whether",
            "should",
            "why",
            "do",
            "did",
        }

    def _judge(self, found: re.Match[str], before: str, body: str, addressed: str | None) -> Commitment | None:
        low, kind = plain(body), _kind(found)
        if not low:
            return None
        verb = low.split()[0].strip(",")
        if is_idle(body):
            then = _THEN.search(low)
            if then is None or is_idle(body[then.end() :]):
                return None
            body = body[then.end() :]
            low = plain(body)
        asked_for = kind is Kind.QUESTION and verb in {"get", "find", "pay", "save", "choose"}
        if kind in (Kind.QUESTION, Kind.ORDER) and not asked_for and YOUR_IDLE.match(low):
            return None
        opening = found[0].strip()
        if kind is Kind.ORDER and (
            _generic_you(before) or (opening.startswith("please") and "you" in before.split()[-1:])
        ):
            return None
        if opening == "i'd" and re.match(r"\w+ed\b|(?:been|gone|done|had|sent|told|said|made|got|put)\b", low):
            return None
        if JUST_A_DAY.fullmatch(low) or (opening.endswith("going to") and body[:1].isupper()):
            return None
        if opening.startswith("let me") and LET_ME.match(low) and not LATER.search(low):
            return None
        if opening.startswith(("let's", "let us")) and not STRONG.match(low) and not BUSY.match(low):
            return None
        if opening.startswith("please") and NO_VERB.match(low):
            return None
        if low.startswith("if ") or (opening.startswith(NEEDS) and verb == "have" and not BY.search(low)):
            return None
        name = self._names.get(found["named"] or found["who"] or found["told"])
        certainty, hedge = _weigh(found, before, low, kind)
        if kind in (Kind.QUESTION, Kind.ORDER) and name is None:
            name = addressed
        return Commitment(
            kind,
            body,
            certainty,
            hedge,
            name,
            found.start(),
            bool(found["can"] or found["soft"]) and re.search(r"\b(?:have|need) to\b", found["adverbs"] or "") is None,
            opening.startswith(WEAK),
        )


def _kind(found: re.Match[str]) -> Kind:
    if found["named"]:
        return Kind.NAMED
    if found["ask"]:
        return Kind.QUESTION
    if found["order"] or found["told"] or found["bid"] is not None:
        return Kind.ORDER
    return Kind.SHARED if found["shared"] else Kind.PROMISE


def _generic_you(before: str) -> bool:
    return (
        re.search(r"\b(?:if|when|once|where|then|what|how) (?:\w+ ){0,8}$", f"{before} ") is not None
        and " you " in f" {before} "
    )


def _weigh(found: re.Match[str], before: str, body: str, kind: Kind) -> tuple[Certainty, str]:
    """How firmly something was put, from the words round it."""
    near, whole = f"{before} {found[0]}", f"{before} {found[0]} {body}"
    plain = _WHETHER.sub(" ", whole)
    condition = _CONDITION.search(plain)
    if condition:
        clause = plain[condition.start() :]
        stop = re.search(rf",| then |(?<!^){_PROMISE}", clause)
        return "conditional", (clause[: stop.start()] if stop and stop.start() > 3 else clause).strip(" ,.")
    if kind is Kind.QUESTION:
        return "firm", ""
    hedge = _HEDGE.search(near) or _HEDGE.search(body)
    if hedge:
        return "tentative", hedge[0]
    if re.search(r"\b(?:have|need) to\b", found["adverbs"] or ""):
        return "firm", ""
    if found["soft"] or re.search(r"(?:might|may|could)$", found[0].strip()):
        return "tentative", found[0].split()[-1]
    return "firm", ""


def base_form(body: str) -> str:
    """`Would you mind sending` asks to send."""
    verb, _, rest = body.partition(" ")
    if not verb.endswith("ing") or len(verb) < 5:
        return body
    stem = verb[:-3]
    for base in (stem, f"{stem}e", stem[:-1] if stem[-1:] == stem[-2:-1] else stem):
        if STRONG.fullmatch(plain(base)) or plain(base) in BASES:
            return f"{base} {rest}".strip()
    return body


def trim(body: str) -> str:
    """A task without what follows it and without the politeness at its end."""
    words = body.strip(" .?!;,")
    cut = _BREAK.search(plain(words), 4)
    if cut:
        words = words[: cut.start()]
    while True:
        tail = _TAIL.search(plain(words))
        if not tail:
            return words.strip(" ,")
        words = words[: tail.start()]
