"""The things that a sentence names: its noun phrases, as far as rules can see them, and what kind of thing each is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server_stub.recap.date_periods import MONTHS, WEEKDAYS
from server_stub.recap.verbs import BASES
from server_stub.recap.words import STOP_WORDS, WEEKDAY, content, plain, word_set

_DETERMINED = re.compile(
    r"(?<![\w'])(?:the|a|an|my|your|our|his|her|their|this|that|these|those|some|another|both|all(?: the| your| our)?|"
    r"(?:client|customer|mother|father|sister|brother|agency|company|boss)'s|two|three|four|five|six|seven|"
    r"eight|nine|ten|twelve|\d+)(?= )",
)
_A_DAY = re.compile(
    r"(?:the|a|this|that) (?:\d+(?:st|nd|rd|th)\b|\w+(?:teenth|ieth)\b|(?:twenty|thirty)[ -]\w+|(?:fifth|"
    rf"sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)\b|{WEEKDAY})"
)
#: `I've got curtains`: several things without an article.
_BARE_PLURAL = re.compile(
    r"\b(?:got|have|need|want|about|any|bring|for) (?P<thing>(?:(?!the|a|my|your|some)[\w-]+ )?[\w-]{3,}[^s\W]s)\b"
)
_INTERJECTION = re.compile(
    r"^(?:no (?:bother|problem|worries|trouble|rush|hurry|stress|idea)|not (?:yet|quite|really)|almost|nearly|"
    r"soon|exactly|same|both|neither|either|far|enough|quite|very|too|just|"
    r"only|everywhere|anywhere|wonderful|beautiful|excellent|certainly|no promises?|final offer)\b|"
    r"\b(?:ha|haha|wow|oh|ah|hm|okay|ok|yeah|yep|sure|right|great|lovely|brilliant|perfect|thanks|cheers|sorry)\b"
)
DATED = re.compile(rf"\b(?:{'|'.join((*WEEKDAYS, *MONTHS))}|today|tomorrow|tonight|week|weekend)\b")
_IDIOM = re.compile(
    r"my (?:bad|fault|god|word|mistake|pleasure|side|end|own|turn|goodness|part)|the (?:same|way|"
    r"deal|earliest|latest|soonest)|"
    r"an? (?:\w+ )?(?:fan|must|mess|joy|disaster|nightmare|shame|pity|pain|fortune|pleasure|heart attack|relief|"
    r"surprise|good (?:point|question|idea|thing|job|one|dozen))|"
    r"(?:a|the) (?:(?:little|wee|tiny) )?bit(?! of)\b.*|\w+ (?:other )?way|that (?:much|far|long|late|early)\b.*"
)
_NUMBERED = re.compile(
    r"\b(?:chapter|part|page|slide|episode|section|phase|version|round|question|level|unit|lesson|module|"
    r"clause|option)s? "
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
)
_WORD = re.compile(r"[\w'-]+")
#: Ends a noun phrase, where nothing can know the parts of speech.
_ENDS = word_set(
    "is are was were be been am has have had do does did can could will would should may might must goes go went comes "
    "come came gets get got in on at by for from with to into over under about before after until till since and or "
    "but so because if when while that which who whom whose what where why how than then as it its i you we they he "
    "she me him us them not no yes just only too also again already still now here there today tomorrow tonight monday "
    "tuesday wednesday thursday friday saturday sunday isn't aren't wasn't don't doesn't didn't said gave sent wrote "
    "called made took put asked wanted came found left kept lost bought thought nobody everybody somebody everyone "
    "anybody quite soon anyway though either maybe probably really never ever even okay himself herself itself "
    "themselves "
    "myself yourself altogether says say told needs need wants want looks look sounds seems please up out off down back"
)
#: The same once a noun stands before them: `the written part`, but `the email written by Ida`.
_ENDS_LATER = word_set(
    "the a an my your our his her their this those these some another all both anymore somewhere anywhere everywhere "
    "anything everything something nothing always yesterday twice later ago together perhaps late first straight "
    "written taken given missing doing going coming being having getting running waiting included outstanding complete "
    "ready without along like half all per around through across against between insisted keeps insists thinks lets "
    "sees puts picks closes renews turns pulls rings happens happened starts plays stays goes "
    "expects hates means makes takes gives tells asks"
)
#: After a verb, they open what it is done to.
_DETERMINERS = word_set("the a an my your our his her their this those these some another one you me us")
_LOOSE = _DETERMINERS - {"one"} | {"of"}
_ADVERB = re.compile(r"(?!family|supply|reply|assembly|daily|weekly|monthly|quarterly|yearly|jelly|belly|trolley)\w+ly")
EMPTY = word_set(
    "thing things way one ones minute minutes second seconds moment week weeks day days time times hour hours month "
    "months year years bit lot couple kind sort stuff rest half same other others end weekend morning afternoon "
    "evening night guy people person problem idea point question sense phone call luck word note next last first side "
    "while matter hand hands favor favour chance everything something anything nothing whatever good nice great right "
    "left small big little like hundred thousand percent"
)
NUMBERS = word_set("two three four five six seven eight nine ten eleven twelve twenty thirty hundred")
#: Who they are, not what is done.
_PEOPLE = word_set(
    "husband wife mum mom dad mother father sister brother son daughter cousin nephew niece uncle aunt friend "
    "friends guy "
    "guys man woman lady gentleman boy girl kid kids child children people client clients customer customers boss ceo "
    "doctor lawyer solicitor accountant landlord neighbour neighbours neighbor neighbors caretaker plumber painter "
    "photographer board council guest guests bride groom singer composer teacher tuner manager secretary agent builder "
    "builders volunteer volunteers team parents lads girls boys somebody mayor judge owner chairman god baby khala"
)
_NO_NOUN = word_set("great grand awesome nice fine early late exists now they i you we it is are yes no okay sure")
#: A noun phrase is at most so many words long.
_LONGEST = 5


def numbered_in(text: str) -> list[str]:
    """`Chapter ten`, `slide 12`: what is called by a number."""
    return [found[0] for found in _NUMBERED.finditer(plain(text))]


def phrases(text: str) -> Iterator[str]:
    """The noun phrases of a sentence, from the word that opens each, as far as rules can see them."""
    low = plain(text)
    last = 0
    numbered = [found.span() for found in _NUMBERED.finditer(low)]
    yield from (text[start:end] for start, end in numbered)
    for bare in _BARE_PLURAL.finditer(low):
        if bare["thing"].split()[-1] not in _ENDS | EMPTY:
            yield text[bare.start("thing") : bare.end("thing")]
    for found in _DETERMINED.finditer(low):
        if found.start() < last or any(start <= found.start() < end for start, end in numbered):
            continue
        end = _end_of(low, found.end())
        said = text[found.start() : end].removesuffix(" of")
        if _IDIOM.fullmatch(plain(said)) or _A_DAY.match(plain(said)) or DATED.search(plain(said)):
            continue
        heads = [word for word in _WORD.findall(plain(said)) if word not in STOP_WORDS | EMPTY | NUMBERS]
        if end > found.end() and heads and not all(word.isdigit() for word in heads):
            last = end
            yield said


def _end_of(low: str, start: int) -> int:
    """Where a noun phrase ends whose first word ends at a place; the same place where there is none."""
    kept: list[re.Match[str]] = []
    of, after = False, ""
    for word in _WORD.finditer(low, start):
        after = word[0]
        if low[kept[-1].end() if kept else start : word.start()].strip() or len(kept) == _LONGEST:
            after = ""
            break
        if word[0] == "of" and kept and not of:
            of = True
        elif word[0].split("'")[0] in _ENDS or (
            kept and kept[-1][0] != "of" and (word[0] in _ENDS_LATER or _acts(kept[-1][0], word[0]))
        ):
            break
        kept.append(word)
        if word[0].endswith(("'s", "'re", "'ll", "'d", "'ve")):
            return word.start() + word[0].rindex("'")
    while len(kept) > 1 and (kept[-1][0] in _LOOSE or _says_how(kept[-1][0], after)):
        after = kept.pop()[0]
    return kept[-1].end() if kept else start


def _acts(thing: str, word: str) -> bool:
    """`The ads start`: a verb behind several things."""
    return thing.endswith("s") and not thing.endswith("ss") and word in BASES


def _says_how(word: str, after: str) -> bool:
    """Whether the last word of a phrase is none of it: `the wording changed`, `the boss okays the bus`."""
    verb = word.endswith("s") and not word.endswith("ss") and after in _DETERMINERS
    return verb or (word.endswith("ed") and len(word) > 4) or _ADVERB.fullmatch(word) is not None


def is_interjection(low: str) -> bool:
    """Whether a few words name no thing, but only cheer or doubt."""
    return _INTERJECTION.search(low) is not None


def noun_of(thing: str) -> str:
    """The word that a phrase is built on, in small letters; empty where there is none."""
    return next(iter(plain(thing).split(" of ")[0].split(" for ")[0].split()[-1:]), "")


def is_person(thing: str) -> bool:
    """Whether its noun says who somebody is."""
    return noun_of(thing) in _PEOPLE


def is_hollow(thing: str) -> bool:
    """`The whole thing`, `a good one`: its noun says nothing."""
    head = plain(thing).split(" of ")[0].split()[-1:]
    return bool(head) and head[0] in EMPTY


def is_plural(thing: str) -> bool:
    """Whether its noun means several, as far as its ending shows."""
    noun = noun_of(thing)
    return (noun.endswith("s") and not noun.endswith("ss")) or noun in ("people", "texts")


def bare_thing(before: str) -> str:
    """`Endpapers, I'd hope by Friday`: what stands first without an article."""
    said = before.strip(" .?!,")
    if DATED.search(plain(said)):
        return ""
    words = [word for word in content(said) if word not in EMPTY]
    return said if 1 <= len(words) <= 3 and len(said.split()) <= 4 and _is_noun(plain(said)) else ""


def _is_noun(low: str) -> bool:
    """Whether a few words may name a thing: none of them is a subject, an answer or an opinion."""
    return "'" not in low and not _NO_NOUN.intersection(_WORD.findall(low))
