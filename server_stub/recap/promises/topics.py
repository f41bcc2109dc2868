"""What a talk is about at a moment, so that `it` and `by Friday` can be put into words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from server_stub.recap.date_rules import MONTHS, WEEKDAYS
from server_stub.recap.promises.deliveries import is_fragment
from server_stub.recap.promises.speech import Sentence
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
    r"^(?:not (?:yet|quite|really)|almost|nearly|soon|exactly|same|both|neither|either|far|enough|quite|very|too|just|"
    r"only|everywhere|anywhere|wonderful|beautiful|excellent|certainly|no promises?|final offer)\b|"
    r"\b(?:ha|haha|wow|oh|ah|hm|okay|ok|yeah|yep|sure|right|great|lovely|brilliant|perfect|thanks|cheers|sorry)\b"
)
_DATED = re.compile(rf"\b(?:{'|'.join((*WEEKDAYS, *MONTHS))}|today|tomorrow|tonight|week|weekend)\b")
_IDIOM = re.compile(
    r"my (?:bad|fault|god|word|mistake|pleasure|side|end|own|turn|goodness|part)|the (?:same|way|"
    r"deal|earliest|latest|soonest)|a (?:fan|must|mess|joy)"
)
_NUMBERED = re.compile(
    r"\b(?:chapter|part|page|slide|episode|section|phase|version|round|question|level|unit|lesson|module|"
    r"clause|option)s? "
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
)
#: Opens a new subject.
_FOCUS = re.compile(
    r"^(?:(?:and|so|okay|ok|oh|now|then|well|first thing|next|last|lastly|right|um|hey|also|"
    r"item \w+),? )*(?:what about|how about|"
    r"what's left is|tell me about|there's the matter of|on the|for the|how's|how are we for|where are we (?:with|on)|"
    r"the other thing is|coming back to|about)\b"
)
#: `Right, the proofs.`: lead words and one thing.
_ALONE = re.compile(
    r"(?:(?:right|okay|ok|so|and|now|then|item \w+|next|last|first thing|oh),? )+(?:the|a|that|those|your|my|"
    r"our) (?:[\w'-]+ ?){1,3}[.?]?"
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
_EMPTY = word_set(
    "thing things way one ones minute minutes second seconds moment week weeks day days time times hour hours month "
    "months year years bit lot couple kind sort stuff rest half same other others end weekend morning afternoon "
    "evening night guy people person problem idea point question sense phone call luck word note next last first side "
    "while matter hand hands favor favour chance everything something anything nothing whatever good nice great right "
    "left small big little like hundred thousand percent"
)
_NUMBERS = word_set("two three four five six seven eight nine ten eleven twelve twenty thirty hundred")
#: Who they are, not what is done.
_PEOPLE = word_set(
    "husband wife mum mom dad mother father sister brother son daughter cousin nephew niece uncle aunt friend "
    "friends guy "
    "guys man woman lady gentleman boy girl kid kids child children people client clients customer customers boss ceo "
    "doctor lawyer solicitor accountant landlord neighbour neighbours neighbor neighbors caretaker plumber painter "
    "photographer board council guest guests bride groom singer composer teacher tuner manager secretary agent builder "
    "builders volunteer volunteers team parents lads girls boys somebody mayor judge owner chairman god baby khala"
)
#: What somebody asks for or lacks.
_CONDITION = re.compile(r"(?:and |so |but )*(?:if|when|once|unless|before|until|by|as soon as|as long as)\b")
_WANTED = re.compile(
    r"\b(?:about|need|needs|want|wants|missing|asking for|waiting for|where's|where are|how's|how are|without|"
    r"send(?: me| us| you)?|forgot|done|finished|owe (?:me|you))$"
)
_NO_NOUN = word_set("great grand awesome nice fine early late exists now they i you we it is are yes no okay sure")
#: A noun phrase is at most so many words long; a thing is looked for in at most so many sentences before.
_LONGEST, _BACK = 5, 7
_FEW_WORDS = 5
#: Of the things before, so many are near enough for what is asked for to stand first.
_NEAR = 4
#: So far back a thing may lie that a talk comes back to.
_OFTEN_BACK = 30


def _numbered(text: str) -> list[str]:
    """`Chapter ten`, `slide 12`: what is called by a number."""
    return [found[0] for found in _NUMBERED.finditer(plain(text))]


def phrases(text: str) -> Iterator[str]:
    """The noun phrases of a sentence, from the word that opens each, as far as rules can see them."""
    low = plain(text)
    last = 0
    numbered = [found.span() for found in _NUMBERED.finditer(low)]
    yield from (text[start:end] for start, end in numbered)
    for bare in _BARE_PLURAL.finditer(low):
        if bare["thing"].split()[-1] not in _ENDS | _EMPTY:
            yield text[bare.start("thing") : bare.end("thing")]
    for found in _DETERMINED.finditer(low):
        if found.start() < last or any(start <= found.start() < end for start, end in numbered):
            continue
        end, count, of = found.end(), 0, False
        for word in _WORD.finditer(low, found.end()):
            gap = low[end : word.start()]
            if gap.strip() or count == _LONGEST:
                break
            if word[0] == "of" and count and not of:
                of = True
            elif word[0].split("'")[0] in _ENDS:
                break
            end, count = word.end(), count + 1
            if word[0].endswith(("'s", "'re", "'ll", "'d", "'ve")):
                end = word.start() + word[0].rindex("'")
                break
        said = text[found.start() : end].removesuffix(" of")
        if _IDIOM.fullmatch(plain(said)) or _A_DAY.match(plain(said)) or _DATED.search(plain(said)):
            continue
        heads = [word for word in _WORD.findall(plain(said)) if word not in STOP_WORDS | _EMPTY | _NUMBERS]
        if count and heads and not all(word.isdigit() for word in heads):
            last = end
            yield said


def is_interjection(low: str) -> bool:
    """Whether a few words name no thing, but only cheer or doubt."""
    return _INTERJECTION.search(low) is not None


def focus_of(said: Sentence) -> str:
    """The subject that a sentence opens, as `And the parking permits?` does; empty where it opens none."""
    named = list(phrases(said.text))
    if not named:
        return ""
    opens = _FOCUS.search(said.low) is not None or _ALONE.fullmatch(said.low) is not None
    short = said.words <= 9 and said.asks and is_fragment(said.low)
    return named[0] if opens or short else ""


def topic_of(
    talk: Sequence[Sentence], place: int, before: str = "", focus: str = "", *,
    plural: bool | None = None, person: bool = False,
) -> str:  # fmt: skip
    """What the words at a place speak of: one or two noun phrases of the words before; empty where there are none.

    Args:
        talk: every sentence, in order.
        place: of the sentence that has to be put into words.
        before: the part of that sentence which comes before the pronoun.
        focus: the subject that was opened last.
        plural: whether the pronoun means several things; None: it tells nothing.
        person: whether it means somebody.
    """
    own = _named_in(before) or _put_first(talk, place)
    if own:
        return own
    found = _named_before(talk, place)
    fitting = [each for each in found if plural is None or _is_plural(each) == plural] or found
    fitting = sorted(fitting, key=lambda each: 2 * (_is_person(each) != person) + _is_hollow(each))
    chosen = fitting[:1]
    often = _named_often(talk, place, plural)
    if often and plain(often) not in map(plain, chosen):
        chosen.append(often)
    elif len(fitting) > 1:
        chosen.append(fitting[1])
    if focus and plain(focus) not in map(plain, chosen) and (plural is None or _is_plural(focus) == plural):
        chosen = [*chosen[:1], focus]
    return ", ".join(chosen)


def _named_in(before: str) -> str:
    """The thing in the words just before a pronoun: not one that only says where or on what condition."""
    if _CONDITION.match(plain(before)):
        return ""
    numbered = _numbered(before)
    if numbered:
        return numbered[-1]
    own = [each for each in phrases(before) if not _is_aside(each, plain(before))]
    return own[-1] if own else _bare_thing(before)


def _put_first(talk: Sequence[Sentence], place: int) -> str:
    """`And the backups... that I'd do on Tuesday`: what was named just before, with nothing said of it."""
    last = talk[place - 1] if place else None
    if (
        last is None
        or last.turn != talk[place].turn
        or last.words > _FEW_WORDS
        or last.asks
        or not is_fragment(last.low)
    ):
        return ""
    named = [each for each in phrases(last.text) if not _is_aside(each, last.low)]
    return named[0] if len(named) == 1 else ""


def _named_before(talk: Sequence[Sentence], place: int) -> list[str]:
    """The things that were named before a place, the nearest first; those that only say where or for whom, last."""
    found: list[str] = []
    aside: list[str] = []
    wanted: list[str] = []
    here = talk[place]
    for back in range(place - 1, max(-1, place - 1 - _BACK), -1):
        said = talk[back]
        named = list(phrases(said.text))
        bare = said.words <= 4 and not said.asks and is_fragment(said.low) and not _DATED.search(said.low)
        if not named and bare and content(said.text) and not _INTERJECTION.search(said.low):
            named = [said.text.strip(" .?!,")]
        same = (said.turn, said.sentence) == (here.turn, here.sentence)
        for each in named if said.asks or not same else reversed(named):
            if plain(each) not in map(plain, [*found, *aside]):
                if _is_wanted(each, said.low):
                    wanted.append(each)
                (aside if _is_aside(each, said.low) else found).append(each)
    near = found[:_NEAR]
    first = [each for each in wanted if each in near]
    return [*first, *(each for each in found if each not in first), *aside]


def _named_often(talk: Sequence[Sentence], place: int, plural: bool | None) -> str:
    """What the talk comes back to before a place; empty where it comes back to nothing."""
    heads: dict[str, list[str]] = {}
    for said in talk[max(0, place - _OFTEN_BACK) : place]:
        for thing in phrases(said.text):
            words = content(thing.split(" of ")[0])
            if words and (plural is None or _is_plural(thing) == plural):
                heads.setdefault(words[-1], []).append(thing)
    most = max(heads.values(), key=len, default=[])
    return most[0] if len(most) > 1 else ""


def _is_wanted(thing: str, low: str) -> bool:
    """Whether somebody asks for it in a sentence, or lacks it."""
    at = low.find(plain(thing))
    return at > 0 and _WANTED.search(low[:at].rstrip()) is not None


def _is_aside(thing: str, low: str) -> bool:
    """Whether a sentence names a thing behind a preposition only: `the receipts are in the drawer`."""
    return (
        re.search(
            rf"\b(?:in|on|at|from|for|with|near|behind|under|into|of|to|during|after|"
            rf"before) {re.escape(plain(thing))}\b",
            low,
        )
        is not None
    )


def _is_person(thing: str) -> bool:
    head = plain(thing).split(" of ")[0].split(" for ")[0].split()[-1:]
    return bool(head) and head[0] in _PEOPLE


def _is_hollow(thing: str) -> bool:
    """`The whole thing`, `a good one`: its noun says nothing."""
    head = plain(thing).split(" of ")[0].split()[-1:]
    return bool(head) and head[0] in _EMPTY


def _is_plural(thing: str) -> bool:
    head = plain(thing).split(" of ")[0].split(" for ")[0].split()[-1:]
    return bool(head) and ((head[0].endswith("s") and not head[0].endswith("ss")) or head[0] in ("people", "texts"))


def _bare_thing(before: str) -> str:
    """`Endpapers, I'd hope by Friday`: what stands first without an article."""
    said = before.strip(" .?!,")
    if _DATED.search(plain(said)):
        return ""
    words = [word for word in content(said) if word not in _EMPTY]
    return said if 1 <= len(words) <= 3 and len(said.split()) <= 4 and _is_noun(plain(said)) else ""


def _is_noun(low: str) -> bool:
    """Whether a few words may name a thing: none of them is a subject, an answer or an opinion."""
    return "'" not in low and not _NO_NOUN.intersection(_WORD.findall(low))
