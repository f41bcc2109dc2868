"""Reported speech: what somebody said, as a note of the meeting says it.

Only what can be turned with certainty is: a sentence keeps its verbs and their tense, its hedges, conditions, negations
and numbers, and changes who speaks. `I think we should go with the second draft` is `Clara proposed to go with the
second draft`.
"""

from __future__ import annotations

import re
from itertools import pairwise

from server_stub.recap.number_words import NUMBER_WORDS
from server_stub.recap.persons import SPOKEN_OF, Speakers, Unclear, name_people
from server_stub.recap.tidy_speech import TAKES_BACK
from server_stub.recap.verbs import ADVERBS, BASES, FINITE, is_third
from server_stub.recap.words import STOP_WORDS, plain, split_words, word_set

#: Longer sentences are heaps of clauses; shorter ones say too little alone.
MOST_WORDS, LEAST_WORDS = 34, 4

_PROPOSES = re.compile(
    r"(?:i (?:really )?(?:think|guess|say|suggest|propose|recommend|would say|would suggest|would propose)|"
    r"i'd (?:say|suggest|propose)|my (?:suggestion|proposal) (?:is|would be))?,? ?(?:that )?"
    r"(?:we (?:should|could) (?P<not>not )?(?:just |rather |probably )?(?P<bare>go with|use|take|choose|start|keep|"
    r"make|"
    r"move|drop|skip|add|do|try|wait|stick|leave|put|switch|change|remove|cut|open|launch|print|replace|focus|"
    r"set|have|get|include|split|meet|stay|send|ask|test|show|build|hire|buy|look)\b)"
)
_LETS = re.compile(r"(?:let's|let us) (?P<not>not )?(?:just )?(?P<bare>[a-z]+)\b")
_DECIDED = re.compile(r"(?:we|we've|we have) (?:just |already |now |finally )?decided (?=(?:not )?to [a-z])")
#: Says nothing before a decision: `We agree, we decided to wait`.
_BEFORE_DECISION = re.compile(
    r"(?:(?:so|okay|ok|right|good|great|yes|yeah|then|well|and|we(?:'re| are)? (?:all )?agreed?)[,;]? )+(?=we\b)"
)
_REASON = re.compile(r",? (?:because )?(?=(?:it's|it is|that's|they're) (?:\w+er|more \w+|less \w+)\b)")
_SUBORDINATE = re.compile(
    r"(?:if|when|once|unless|because|since|while|as soon as|as long as|after|before|until|in case)\b"
)
_SPLICE = re.compile(
    r", (?=(?:i|it|they|we|he|she|there|you|that|this|nobody|everybody|everyone)(?:'(?:s|m|re|ve|ll|d)\b|"
    rf"(?: (?:{'|'.join(sorted(ADVERBS))}))* (?:{'|'.join(sorted(FINITE | {'am'} | (BASES - {'like'})))})\b))"
)
_PRONOUN = re.compile(
    r"(?:it|he|she|they|there|we|you|everyone|everybody|nobody|nothing|everything|somebody|someone|something|this|that|"
    r"these|those|one|both|neither|most|all|some)(?:'(?:s|re|ve|ll|d)|n't)?\b"
)
_POINTS = re.compile(
    r"\b(?:it|its|it's|them|him|her|his|he|she|he's|she's|they|they're|they've|they'll|their|that's|those|these|both|"
    r"neither|(?:a|the|another|some|this|that) (?:\w+ )?ones?|the (?:other|rest|same|latter)|"
    r"(?:that|this)(?=$|[,.;!?]| (?:is|was|will|would|one|way|goes|gets|works|gives|means|and|but|by|on|in|at|for|to|"
    r"from|too|again|"
    r"as)\b))"
)
_NAMED = re.compile(
    r"\b(?:the|a|an|my|your|our|his|her|their|this|that|these|those|two|three|four|five|some|any|no|all|"
    r"most)\s+(?!one\b|of\b)\w|\d"
)
_UNSAFE = re.compile(
    r"[\"“”]|\b(?:haha|ha|lol|just kidding|kidding|joking|joke|whatever|blah|wow|ugh)\b|\b(?:isn't|aren't|doesn't|"
    r"don't|wasn't|"
    r"won't|can't) (?:it|they|you|he|she|we|i)[?.!]?$|\bme too\b|^(?:no|nope|nah)\b|\bi mean\b|, i don't know,|"
    r"what's it called|"
    r"^(?:what|how) about\b|(?:'(?:m|s|re)|\b(?:is|was|were)) like,|, me$|\bdunno\b|\bgod\b"
)
_DANGLING = word_set(
    "and but so or because the a an to of with for in on at like that's is are it's my your i we you they if when "
    "which um uh just very really about from as than"
)
_IDLE = re.compile(
    r"(?:i (?:know|see|hear|agree|understand|mean|guess|got it|get it|think so(?: too)?|hope so|thought so|saw|"
    r"love it|like it|"
    r"promise|don't (?:know|mind|care)|do(?:n't)? too)|i'm (?:good|fine|ready|here|back|listening|sorry)|"
    r"it'?s (?:fine|ok|"
    r"okay|good|great|all good)|that'?s (?:fine|ok|okay|good|great|it|all|right|true|perfect|everything))\b[.!,]?$"
)
_IDIOM = re.compile(r"i (?:know|think|guess|mean|see|hope|suppose|believe|say),")
_ING_NOUN = re.compile(r"\b(?:a|an|the|to|of|with|for|my|your|our|their|his|her|and|or|very|really|not)$")


def report(text: str, who: Speakers) -> str:
    """One tidied sentence (`tidy_speech.tidy`) in reported speech, without its full stop.

    Raises:
        Unclear: it cannot be turned with certainty; its own words can still be quoted.
    """
    bare, low = _checked(text)
    lead = _BEFORE_DECISION.match(low)
    decided = _DECIDED.match(low, lead.end() if lead else 0)
    if decided:
        return f"{who.speaker} announced the decision {name_people(bare[decided.end() :], who)}"
    for pattern in (_PROPOSES, _LETS):
        found = pattern.match(low)
        if found and ((pattern is _LETS and found["bare"] in BASES | {"go", "do", "make"}) or pattern is _PROPOSES):
            rest = bare[found.start("bare") :]
            return f"{who.speaker} proposed {'not ' if found['not'] else ''}to {_with_reason(rest, who)}"
    parts = _clauses(bare)
    told = [_clause(part, who, is_first=not number) for number, part in enumerate(parts)]
    return "; ".join(told)


def clause(text: str, who: Speakers) -> str:
    """The same for a sentence that follows another one of the same speaker, without a second `said that`."""
    bare, _ = _checked(text)
    told = [_clause(part, who, is_first=False) for part in _clauses(bare)]
    return "; ".join(told)


def refers_back(text: str) -> bool:
    """Whether a word points at what was said or shown before, as in `I posted it` and `that gives us time`."""
    low = plain(text)
    found = _POINTS.search(low)
    if not found:
        return False
    before = text[: found.start()]
    if found[0] in ("them", "they", "they're", "they've", "they'll", "those", "these", "their", "both", "neither"):
        return not re.search(r"(?:[^'s\W]s|people|we|both|and)\b(?<!\bis|as)(?<!\bhas|was)", plain(before))
    # Behind `The logo is ready` and behind a name `it` and `she` may point at these.
    return not _NAMED.search(plain(before)) and not re.search(r"(?<=\s)[A-Z][a-z]", before)


def is_fragment(text: str) -> bool:
    """Whether it is no sentence with a verb of its own."""
    return not _is_finite(text.strip(" .?!…"))


def _checked(text: str) -> tuple[str, str]:
    bare = text.strip(" .!…")
    low = plain(bare)
    words = split_words(bare)
    if bare.endswith("?") or not words or not LEAST_WORDS <= len(words) <= MOST_WORDS or words[-1] in _DANGLING:
        raise Unclear(text)
    if _UNSAFE.search(low) or TAKES_BACK.search(low) or _IDLE.match(low) or _IDIOM.match(low):
        raise Unclear(text)
    return bare, low


def _with_reason(rest: str, who: Speakers) -> str:
    """What is proposed; `it's easier to read` behind a comma is why."""
    found = _REASON.search(plain(rest))
    if not found:
        if _SPLICE.search(plain(rest)):
            raise Unclear(rest)
        return name_people(rest, who)
    what, why = rest[: found.start()].rstrip(" ,"), rest[found.end() :]
    return f"{name_people(what, who)}, because {_expanded(name_people(why, who))}"


def _clauses(bare: str) -> list[str]:
    """The sentences that commas alone part."""
    low = plain(bare)
    if SPOKEN_OF.search(low):
        return [bare]
    cuts = [
        found for found in _SPLICE.finditer(low) if not _SUBORDINATE.match(low[: found.start()].rpartition(", ")[2])
    ]
    bounds = [0, *(found.end() for found in cuts), len(bare)]
    parts = [bare[start:end].rstrip(" ,") for start, end in pairwise(bounds)]
    if any((split_words(part) or [""])[-1] in _DANGLING | {"yes", "no", "has", "have", "which"} for part in parts):
        raise Unclear(bare)
    return parts if all(_is_finite(part) for part in parts) else [bare]


def _clause(part: str, who: Speakers, *, is_first: bool) -> str:
    low = plain(part)
    if not _is_finite(part) or (is_first and re.match(r"(?:that|this is)\b", low)):
        raise Unclear(part)
    told = _expanded(name_people(part, who))
    if re.match(r"(?:i|my)\b", low) and told.startswith(who.speaker):
        return told
    if not is_first:
        return _small(told, who)
    if re.match(r"you\b", low) and who.other:
        return f"{who.speaker} said that {told}"
    return f"{who.speaker} said that {_small(told, who)}"


def _is_finite(part: str) -> bool:
    """Whether a clause has a subject and a verb, as far as closed classes of words tell."""
    low = re.sub(rf"^(?:(?:{'|'.join(sorted(ADVERBS))})\s+)+", "", plain(part.strip(" ,")))
    while True:
        subordinate = _SUBORDINATE.match(low)
        if not subordinate:
            break
        _, comma, low = low.partition(", ")
        if not comma:
            return False
        low = re.sub(r"^then ", "", low)
    low = re.sub(r"^(?:on|in|at|for|with|by|from|until|this|last|next|today|tomorrow|then)\b[^,]{0,30}, ", "", low)
    marked = low.split()
    words = [word.strip(",;:") for word in marked]
    while words and words[0] in ADVERBS:
        del words[0], marked[0]
    if not words:
        return False
    first, low = words[0], " ".join(words)
    if first in (
        "i",
        "i'm",
        "i've",
        "i'll",
        "i'd",
        "you",
        "you're",
        "you've",
        "you'll",
        "you'd",
        "we're",
        "we've",
        "we'll",
    ):
        return len(words) > 1
    if re.fullmatch(
        r"(?:it|he|she|they|there|that|this|here|who|what|everyone|everybody|nobody)'(?:s|re|ve|ll|d)", first
    ):
        return len(words) > 1
    if first in FINITE or (first in BASES and first not in ("work", "design", "review", "draft", "store")):
        return False
    if _PRONOUN.match(low):
        at = 1
        while at < len(words) and words[at] in ADVERBS | {"of", "them", "us", "the", "people", "else"}:
            at += 1
        return (
            at < len(words) and (words[at] in FINITE | BASES or words[at].endswith("ed") or is_third(words[at]))
        ) or _has_finite(words[1:6])
    # Behind a comma there is another subject: `the page, the kid drew on it`.
    reach = next((number for number, word in enumerate(marked) if word.endswith(",")), len(words))
    if first.endswith("'s") and reach and len(words) > 1 and is_predicate(words[1]):
        return True
    return _has_finite(words[1 : min(9, reach + 1)])


def _has_finite(words: list[str]) -> bool:
    """A finite verb among the first words, before what is said about the subject begins another clause."""
    for place, word in enumerate(words):
        if word in _ENDS_SUBJECT:
            return False
        if word in FINITE:
            return place + 1 < len(words)
        if word.endswith("'s") and place + 1 < len(words) and is_predicate(words[place + 1]):
            return True
        before, after = words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else ""
        if word.endswith("ed") and after in _DETERMINERS:
            return True
        if is_third(word) and (
            before in ADVERBS | {"one"} or after in _AFTER_VERB or after.endswith("ly") or is_figure(after)
        ):
            return True
    return False


def is_figure(word: str) -> bool:
    """Whether a word is a number, or an amount of money."""
    return word[:1].isdigit() or word.startswith(("€", "$", "£")) or word in NUMBER_WORDS


def is_predicate(word: str) -> bool:
    """Whether `'s` before a word is `is`, and no possessive."""
    return word in ADVERBS | _PREDICATES or (word.endswith(("ed", "ing")) and word not in ("wedding", "building"))


_PREDICATES = word_set(
    "been not too final a an the my our your their in on at fine ready late gone off out open broken rough done due so "
    "very okay up down over there here better worse cheaper"
)
_DETERMINERS = word_set("the a an my your our their his her it them this that")
_ENDS_SUBJECT = word_set(
    "that which who if because when where i you we i'm i'll i've i'd you'll you're we're we'll we've he she they it"
)
_AFTER_VERB = word_set(
    "to better worse well a an the my your our it them us me you more less fine great up out off on everything nothing "
    "something this that too"
)


def _small(text: str, who: Speakers) -> str:
    """A sentence's beginning in the middle of another one."""
    first, _, _ = text.partition(" ")
    bare = first.strip(",'").lower().removesuffix("'s")
    if bare in _LOWERED or bare in who.common or bare.endswith("ing"):
        return text[:1].lower() + text[1:]
    return text


_LOWERED = (
    STOP_WORDS - {"i", "i'm", "i'll", "i've", "i'd"}
    | ADVERBS
    | BASES
    | FINITE
    | word_set(
        "today tomorrow yesterday tonight the a an it its it's he she they there there's this that that's these those "
        "if when once unless because since while as most some all both many no not one two three four five six seven "
        "eight nine ten everyone everybody nobody nothing everything somebody someone something people what which who "
        "how why where until after before in on at for with from by our their his her another other others each every "
        "only maybe perhaps probably last next half here they're they've they'll we're"
    )
)
_HOSTS = re.compile(r"\b(?P<host>it|that|there|he|she|what|who|here)'s (?P<next>\w+)", re.IGNORECASE)


def _expanded(text: str) -> str:
    """`It's` as it is written: `it is`, or `it has` before `been` and its like."""

    def write(found: re.Match[str]) -> str:
        after = found["next"]
        is_had = after in ("been", "got", "had", "become", "gone", "taken", "changed")
        return f"{found['host']} {'has' if is_had else 'is'} {after}"

    return _HOSTS.sub(write, text.replace("\u2019", "'"))
