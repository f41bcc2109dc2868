"""How firm a task is: a hedge or a condition in the words by which somebody takes it stays one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server_stub.recap.date_periods import WEEKDAYS
from server_stub.recap.promises import answers
from server_stub.recap.proof.pieces import Fragment, Piece, heavy
from server_stub.recap.proof.stance import CONDITIONS, WHETHER, Stance
from server_stub.recap.questions import asks_by_form
from server_stub.recap.verbs import BASES, FINITE, is_third
from server_stub.recap.words import plain, split_words

#: Makes a promise less than firm, besides what `answers.hedge_of` finds.
_SOFT = re.compile(
    r"\b(?:i (?:could|might|may)|i think i|not sure|no idea|we'll see|(?:can't|cannot) (?:\w+ )?swear|i'd guess|"
    r"i'd count on)\b"
)
#: A promise without a hedge of its own.
_WILL = re.compile(
    r"\b(?:i'll|i will|i'm|you'll|you will|you'd have|you can (?:have|pick|get|collect)|is with you|will be)\b"
)
#: A condition that is not so: what hangs on it is nobody's task.
_UNREAL = re.compile(
    r"\bif (?:(?:i|we|you|they|he|she|it)(?: only)?(?:'d| had| were)\b"
    r"(?! (?:like|rather|prefer|want|be|to|a chance)\b)|i could\b|there (?:were|was)\b)|\bi wish\b"
)
#: Taken on all the same, whatever is wished, asked or set under a condition beside it.
_TAKES_ON = re.compile(r"\b(?:i'll|i will|i shall|let me|i'm (?:going to|gonna))\b")
_WILLING = re.compile(r"\b(?:i|we)(?:'ll|'d| (?:will|would|might|may|could|can))\b")
_LINKED = re.compile(r"\b(?:and|but|so|or),? $")
_NO_FIRST = re.compile(r"(?:(?:well|oh|ah|um|uh),? )*no\b")
#: What follows from a promise, or is only better so.
_NO_CONDITION = re.compile(
    r"^(?:so|because|otherwise) (?!if\b).+\bif\b|\b(?:easier|better|nicer|best|great|good|nice|fine|faster) if\b"
)
#: Say what a hedge is about, and nothing of their own.
_OF_HEDGES = frozenset(heavy("swear squeeze manage guess say promise hold sure honestly though really guarantee"))
_DAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)}|\d+(?:st|nd|rd|th))\b")
#: A part begins with its condition; behind a link it is of what follows: `I'll ask, and if they can, we go`.
_LED_IF = re.compile(
    r"(?P<link>(?:and|so|or|because) )?(?:(?:but|well|then|only|even) )*(?:if|unless|provided|in case)\b"
)
_SUBJECT = r"(?:i|you|we|they|he|she|it)(?:'\w+)?"
#: It has what follows from it in itself: `if they say no I scream`.
_ITS_OWN = re.compile(
    rf"\b(?:if|unless) .*\w(?<!thinks)(?<!think)(?<!says)(?<!say)(?<!hopes)(?<!that)(?<!and)(?<!or) (?:then )?"
    rf"{_SUBJECT} \w+"
)
#: Where a condition ends and what hangs on it begins.
_CLAUSE_END = re.compile(
    r"[,;:](?=\s)|[.?!…]+$| [–—-](?=\s)|(?<=\w) (?:then )?(?=(?:i|we|you)(?:'ll|'m|'d| will| can| could| would)\b)|"
    r" then(?= (?:he|she|it|they|the)\b)"
)
#: Says nothing alone.
_POINTS_ONLY = re.compile(r"\w+ (?:so$|not\b|(?:i|we|you) (?:can|could|may)$)")
#: What may follow its comma; else something was only put in: `if the team lead, Anna, agrees`.
_BEHIND = re.compile(
    r" (?:i|we|you|they|he|she|it|that|this|there|then|and|but|or|so|because|okay|ok|please|of course)\b"
)
#: Cut behind a letter of an abbreviation.
_INITIAL = re.compile(r"\b[A-Z]$")
_PERSON = re.compile(r"\b(?:i|me|my|mine|you|your|yours|we|us|our|ours)\b")
#: A sentence of so few words behind a promise is about it.
_AFTERTHOUGHT_WORDS = 6
#: A condition has so many words at least: `if it rains`.
_CONDITION_WORDS = 3
#: At most, where it ends a sentence that is hedged.
_LAST_WORDS = 7


def doubt(task: str, owner: str | None, said: Sequence[Piece]) -> Stance | None:
    """What makes a task less than firm; None where nothing does.

    Args:
        task: what is to be done and when.
        owner: who is to do it; None: whoever speaks of it.
        said: the cited sentences.
    """
    about = plain(task)
    meant = set(heavy(about))
    carrying = _carrying(meant, owner, said)
    fragments = [fragment for piece in carrying for fragment in _judged(piece, about, meant)]
    if any(_is_conditional(piece, fragments, meant) for piece in carrying):
        return Stance.CONDITION
    hedged = [fragment for fragment in fragments if _hedge(fragment)]
    is_promised = any(
        _WILL.search(fragment.low) and not _hedge(fragment) and meant & set(fragment.words) for fragment in fragments
    )
    weighs = any(
        not is_promised or _says_no_more(fragment) or _DAY.search(fragment.low) for fragment in hedged
    )  # fmt: skip
    return Stance.HEDGE if weighs else None


def _is_conditional(piece: Piece, judged: Sequence[Fragment], meant: set[str]) -> bool:
    """Whether a sentence sets a condition for its task; one that comes behind it may be of what is said next."""
    parts = piece.fragments
    about = [bool(meant & set(part.words)) for part in parts]
    if not any(about):
        about = [_WILL.search(part.low) is not None for part in parts]
    for place, part in enumerate(parts):
        if part not in judged or not _sets_condition(part):
            continue
        led = _LED_IF.match(part.low)
        if led is None or about[place] or not any(about) or any(about[place + 1 :]):
            return True
        if not led["link"] and not _ITS_OWN.search(part.low):
            return True
    return False


def _sets_condition(fragment: Fragment) -> bool:
    if _NO_CONDITION.search(fragment.low) and not _WILL.search(fragment.low):
        return False
    return CONDITIONS.search(WHETHER.sub(" ", fragment.low)) is not None


def condition_of(task: str, owner: str | None, said: Sequence[Piece]) -> str:
    """The condition that is set for a task, in the words it was said in: `if there is time`; empty where none is found.

    Between quotation marks where it says `I` or `you`.

    Args:
        task: what is to be done and when.
        owner: who is to do it; None: whoever speaks of it.
        said: the cited sentences.
    """
    meant = set(heavy(plain(task)))
    for piece in said:
        if owner not in (None, piece.speaker) or not meant & piece.words or asks_by_form(piece.text):
            continue
        found = CONDITIONS.search(WHETHER.sub(lambda each: " " * len(each[0]), piece.low))
        if found:
            end = _CLAUSE_END.search(piece.low, found.end())
            words = piece.text[found.start() : end.start() if end else None]
            low = plain(words)
            if end and end[0] == "," and not _BEHIND.match(piece.low, end.end()):
                return ""
            if not _is_whole(words) or meant <= set(heavy(low)):
                return ""
            small = words[:1].lower() + words[1:]
            return f"“{small}”" if _PERSON.search(low) else small
    return ""


def last_condition_of(task: str, owner: str | None, said: Sequence[Piece]) -> str:
    """As `condition_of`, where a sentence ends with it: `I might do it if there is time`, not `and if it rains`."""
    found = condition_of(task, owner, said)
    words = plain(found).strip("“”")
    if not words or len(words.split()) > _LAST_WORDS:
        return ""
    lows = [piece.low.rstrip(" .,!?…") for piece in said]
    ends = [low for low in lows if low.endswith(words) and not _LINKED.search(low.removesuffix(words))]
    return found if ends else ""


def is_set(task: str, owner: str | None, said: Sequence[Piece]) -> bool:
    """Whether its owner says that they would do a task under a condition, one that may come true.

    Args:
        task: what is to be done and when.
        owner: who is to do it.
        said: the cited sentences.
    """
    willing = [piece for piece in said if _WILLING.search(piece.low) and not _NO_FIRST.match(piece.low)]
    return owner is not None and not is_unreal(task, owner, said) and bool(condition_of(task, owner, willing))


def _is_whole(condition: str) -> bool:
    """Whether a condition has a subject and a verb, and says what it is about."""
    words = split_words(condition)
    has_verb = any(
        word in FINITE | BASES or is_third(word) or word.endswith(("ed", "s"))
        for word in words[2:]
        if word[-2:] != "ss"
    )
    has_verb |= any("'" in word for word in words[1:])
    return (
        len(words) >= _CONDITION_WORDS
        and has_verb
        and not (_POINTS_ONLY.match(plain(condition)) or _INITIAL.search(condition))
    )


def is_unreal(task: str, owner: str | None, said: Sequence[Piece]) -> bool:
    """Whether all that its owner says of a task is what they would do if things were otherwise."""
    meant = set(heavy(plain(task)))
    about = [piece for piece in said if owner in (None, piece.speaker) and not piece.is_asked and meant & piece.words]
    texts = [plain(piece.text) for piece in about]
    return bool(texts) and all(_UNREAL.search(text) and not _TAKES_ON.search(text) for text in texts)


def is_only_asked(task: str, said: Sequence[Piece]) -> bool:
    """Whether what comes nearest to a task in the cited words only asks for it."""
    meant = set(heavy(plain(task)))
    parts = [(place in piece.asked, part) for piece in said for place, part in enumerate(piece.fragments)]
    shares = [len(meant & set(part.words)) for _, part in parts]
    best = max(shares, default=0)
    return bool(best) and all(asks for (asks, _), share in zip(parts, shares, strict=True) if share == best)


def _hedge(fragment: Fragment) -> str:
    soft = _SOFT.search(fragment.low)
    return answers.hedge_of(fragment.low) or (soft[0] if soft else "")


def _says_no_more(fragment: Fragment) -> bool:
    """Whether a fragment is a hedge alone, of what stands beside it: `no promises`."""
    return not set(fragment.words) - set(heavy(_hedge(fragment))) - _OF_HEDGES


def _carrying(meant: set[str], owner: str | None, said: Sequence[Piece]) -> list[Piece]:
    """The owner's sentences about a task, with what they add in a few words; all of theirs where none is."""
    own = [piece for piece in said if owner in (None, piece.speaker) and not piece.is_asked]
    about = [piece for piece in own if meant & piece.words] or own
    places = [said.index(piece) for piece in about]
    behind = [said[place + 1] for place in places if place + 1 < len(said)]
    added = [
        piece for piece in behind if piece in own and len(split_words(piece.text)) <= _AFTERTHOUGHT_WORDS
    ]  # fmt: skip
    return [*about, *added]


def _judged(piece: Piece, task: str, meant: set[str]) -> list[Fragment]:
    """The fragments of a sentence, but for those that say nothing of the task and name another day."""
    days = [_DAY.findall(fragment.low) for fragment in piece.fragments]
    named = zip(piece.fragments, days, strict=True)
    return [
        fragment
        for fragment, found in named
        if not found or any(day in task for day in found) or meant & set(fragment.words)
    ]
