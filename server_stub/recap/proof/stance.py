"""How something was said: denied, hedged, on a condition, or asked; a claim has to keep it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from server_stub.recap.promises import answers
from server_stub.recap.proof.pieces import LIGHT, WORD, Fragment, Piece, base, cut
from server_stub.recap.verbs import BASES
from server_stub.recap.words import plain, split_words


class Stance(Enum):
    """What a claim loses or adds."""

    DENIAL = "denial"
    HEDGE = "hedge"
    CONDITION = "condition"
    QUESTION = "question"


#: Say no to nothing.
_NO_DENIAL = re.compile(
    r"\b(?:not at all|why not|no (?:problem|problems|worries|bother|rush|hurry|stress|trouble|doubt)|"
    r"don't (?:worry|forget|mind)|do not (?:worry|forget)|can't wait|why don't (?:i|we|"
    r"you)|couldn't agree more|sooner or later or not|or not|if not|(?:is|are|was|were|do|does|did|has|have|will|"
    r"would|could|should)n't (?:it|they|we|you|he|she|i|that|there))\b"
)
#: What was not done may be a task all the same.
_NOT_YET = re.compile(
    r"\b(?:have|has|had|did)(?:n't| not)\b|\b(?:was|were|is|are)(?:n't| not)\b(?! going\b| \w+ing\b| to\b)|\bnot yet\b",
    re.IGNORECASE,
)
#: It is not denied for good: `I can't today`, `I won't send it until Friday`, `I won't forget to call`.
_MORE = re.compile(r"\b(?:until|till|before|today|tonight|now|yet|forget|fail|could you|without|why)\b")
_HOLDS = re.compile(r"\b(?:leave|leaving|hold|holding|stop|skip|avoid|keep|without|instead|off)\b")
_DENIES = re.compile(
    r"(?:not|no|never|nobody|nothing|none|neither|nor|without|cannot|hardly|barely|\w+n't|refus\w+|declin\w+|"
    r"reject\w+|unable|nope|nah)"
)
#: Of the words behind a denial so many are denied.
_REACH = 2
#: With so many words of a claim in one part that does not ask, it was not only asked.
_TOLD_TOO = 2
_WOULD = rf"i'd(?= (?:\w+ly )?(?:{'|'.join(sorted(BASES))})\b)"
HEDGES = re.compile(
    r"\b(?:might|maybe|perhaps|possibl[ey]|probably|hopefully|not sure|unsure|i think|thinks?|thought|guess(?:es)?|"
    r"suppos(?:e|es)|hop(?:e|es|ed|ing)|tr(?:y|ies|ied|ying) (?:to|and)|no promises?|no guarantees?|can't promise|"
    r"cannot promise|(?:can't|cannot) (?:really )?swear|fingers crossed|hold me|with (?:a bit of )?luck|all being well|"
    r"in theory|ideally|able to|aiming|aims?|consider\w*|toying|could|would|may|presumably|most likely|likely|"
    r"at some point|we'll see|if possible|thinking (?:about|of)|wants? to|like to|seems?|planning|plan(?:s|ned)? to|"
    r"offered|suggest\w*|propos\w*|tentative\w*|unclear|uncertain|considering|wonder\w*|not (?:a )?hundred percent|"
    rf"should be|count on|count me|{_WOULD})\b"
)
CONDITIONS = re.compile(r"\b(?:if|unless|provided|assuming|as long as|in case|depend(?:s|ing)|on condition)\b")
#: `Check if it fits` sets no condition.
WHETHER = re.compile(
    r"\b(?:ask|asks|asked|check|checks|see|know|knows|find out|decide|test|verify|confirm|wonder|tell \w+|sure|clarify|"
    r"look|curious) (?:\w+ ){0,2}if\b|\b(?:as|what|even|shout|matter) if\b|\b(?:call|ping|text|ring) (?:me|us) if\b|"
    r"\bif (?:you (?:like|want|don't mind|wish)|"
    r"that's (?:okay|ok|fine)|anything)\b"
)
_ASKS = re.compile(
    r"\?|^[^,]{0,40}?\b(?:ask(?:s|ed)|wonder(?:s|ed)|want(?:s|ed) to know|request(?:s|ed)|"
    r"hop(?:es|ed|ing))\b"
)
#: Who tells it, before what is told.
LEAD = re.compile(
    r"^[^,“]{0,40}?\b(?:said|says|asked|asks|answered|answers|thinks|announced|proposed|mentioned|explained|confirmed)\b"
    r"(?: that| whether| to| about)?(?=[ :,“])"
)
_SAID = re.compile(r"[^,“]{0,40}?\b(?:said|says) that\b")
#: So a task begins that is to leave something undone.
_NOT_TO = re.compile(r"(?:never|not|do not|don't)\b")
_TOPIC = re.compile(r"[^,“]{0,60}?\b(?:spoke|talked|discussed)(?: about| of)?\b")


@dataclass(frozen=True)
class Word:
    """A word as it was said: what it is a form of, and whether its fragment denies, hedges or conditions it."""

    stem: str
    is_denied: bool
    #: It is the first word that a denial reaches.
    is_head: bool
    is_hedged: bool
    is_conditional: bool
    is_asked: bool


def words_of(fragments: Sequence[Fragment], asked: frozenset[int], skips: frozenset[str]) -> list[Word]:
    """The words of one sentence that carry meaning, each with how it was said.

    Args:
        fragments: of the sentence.
        asked: the places of those that ask.
        skips: stems that are left out.
    """
    hedged, conditional = set(), set()
    for place, fragment in enumerate(fragments):
        rest = WHETHER.sub(" ", fragment.low)
        condition = CONDITIONS.search(rest)
        if condition:
            conditional.add(place)
            is_first = not rest[: condition.start()].split() and place + 1 < len(fragments)
            near = place + 1 if is_first and not any(each.words for each in fragments[:place]) else place - 1
            if not rest[: condition.start()].split():
                conditional.add(near)
        hedge = HEDGES.search(fragment.low)
        if hedge and place not in asked:
            hedged.add(place)
            if not [word for word in fragment.words if word not in _hedge_words(fragment.low)]:
                hedged.add(place - 1 if place else place + 1)
    return [
        Word(stem, is_denied, is_head, place in hedged, place in conditional, place in asked)
        for place, fragment in enumerate(fragments)
        for stem, is_denied, is_head in _denied(fragment.low, skips)
    ]


def _hedge_words(low: str) -> set[str]:
    return {base(word) for found in HEDGES.finditer(low) for word in WORD.findall(found[0])}


def _denied(low: str, skips: frozenset[str]) -> Iterator[tuple[str, bool, bool]]:
    """The words of a fragment, whether they are denied, and whether first; a denial is none of them."""
    left = 0
    for found in WORD.findall(_NO_DENIAL.sub(" ", low)):
        if _DENIES.fullmatch(found):
            left = _REACH
            continue
        for word in found.split("-"):
            if word not in LIGHT and base(word) not in skips:
                yield base(word), left > 0, left == _REACH
                left -= 1


def doubt(text: str, said: Sequence[Piece], skips: frozenset[str], teller: str = "") -> Stance | None:
    """What of how it was said a claim has lost or added, None where nothing.

    Args:
        text: one clause of a claim.
        said: the cited sentences.
        skips: stems that say nothing of it: names.
        teller: who is said to say it.
    """
    low = plain(text)
    if _TOPIC.match(low) and not _SAID.match(low):
        return None
    heard: dict[str, list[Word]] = defaultdict(list)
    for piece in said:
        for word in words_of(piece.fragments, piece.asked, skips):
            heard[word.stem].append(word)
    fragments = list(cut(LEAD.sub(" ", text)))
    unheard = {word for fragment in fragments for word in fragment.words if word not in heard}
    claimed = words_of(fragments, frozenset(), skips | unheard)
    if (
        _is_turned(claimed, heard)
        or _is_turned_by_part(fragments, said, skips)
        or any(_denies_nothing(each, said, skips, unheard) for each in fragments)
    ):
        return Stance.DENIAL
    own = [piece for piece in said if piece.speaker == teller] if _SAID.match(low) else []
    only_asked = _only_asked_it(claimed, low, own) if own else _is_only_asked(claimed, said, skips)
    if only_asked and not _ASKS.search(low):
        return Stance.QUESTION
    has_condition, has_hedge = CONDITIONS.search(low), HEDGES.search(low)
    for fragment in fragments:
        words = [heard[word] for word in fragment.words if word in heard and word not in skips]
        if not has_condition and _most(words, "is_conditional"):
            return Stance.CONDITION
        if not has_condition and not has_hedge and _most(words, "is_hedged"):
            return Stance.HEDGE
    return None


def is_turned(task: str, owner: str | None, said: Sequence[Piece], skips: frozenset[str]) -> bool:
    """Whether a task denies what its owner said of it, or the other way round, where that is said without more.

    Args:
        task: what is to be done.
        owner: whose it is, by whose words alone it is judged; None: by all.
        said: the cited sentences.
        skips: stems that say nothing of it: names.
    """
    own = [piece for piece in said if (owner is None or piece.speaker == owner) and not _MORE.search(piece.low)]
    told = [replace(piece, text=_NOT_YET.sub(" ", piece.text)) for piece in own]
    return _is_turned_by_part(list(cut(_NOT_YET.sub(" ", task))), told, skips)


def bids_what_nobody_denied(task: str, said: Sequence[Piece]) -> bool:
    """Whether a task is not to do something, and nobody said so, in whatever words."""
    return bids_not(task, said) and not any(_HOLDS.search(piece.low) for piece in said)


def bids_not(task: str, said: Sequence[Piece]) -> bool:
    """Whether a task is not to do something, and nobody said so with its words."""
    if not _NOT_TO.match(plain(task)):
        return False
    meant = {word for fragment in cut(task) for word in fragment.words}
    spoken = [each for piece in said for each in piece.fragments]
    shares = [len(meant & set(each.words)) for each in spoken]
    best = max(shares, default=0)
    return not best or not any(
        share == best and _has_denial(each.low) for each, share in zip(spoken, shares, strict=True)
    )


def _is_turned(claimed: Sequence[Word], heard: Mapping[str, Sequence[Word]]) -> bool:
    """Whether a word is denied that never was, or was denied wherever it was said and is not."""
    return any(
        (mine.is_head and not any(word.is_denied for word in heard[mine.stem]))
        or (not mine.is_denied and all(word.is_head for word in heard[mine.stem]))
        for mine in claimed
    )


def _is_turned_by_part(fragments: Sequence[Fragment], said: Sequence[Piece], skips: frozenset[str]) -> bool:
    """Whether a fragment denies what all those that are nearest to it do not, or the other way round."""
    spoken = [each for piece in said for each in piece.fragments]
    for fragment in fragments:
        meant = set(fragment.words) - skips
        shares = [(len(meant & set(each.words)), -len(set(each.words) - meant)) for each in spoken]
        best = max(shares, default=(0, 0))
        if best[0] and 2 * best[0] > len(meant):
            near = [each for each, share in zip(spoken, shares, strict=True) if share == best]
            if all(_denies(each, meant) != _denies(fragment, meant) for each in near):
                return True
    return False


def _denies(fragment: Fragment, meant: set[str]) -> bool:
    """Whether a fragment denies one of some words, or all that it says."""
    reached = {stem for stem, is_denied, _ in _denied(fragment.low, frozenset()) if is_denied}
    return _has_denial(fragment.low) and (not reached or bool(reached & meant))


def _has_denial(low: str) -> bool:
    return any(_DENIES.fullmatch(word) for word in WORD.findall(_NO_DENIAL.sub(" ", low)))


def _denies_nothing(fragment: Fragment, said: Sequence[Piece], skips: frozenset[str], unheard: set[str]) -> bool:
    """Whether a denial stands alone in a fragment of a claim, and in none that was said with the same words."""
    meant = set(fragment.words) - skips - unheard
    if not _is_bare(fragment, skips | unheard):
        return False
    if not meant:
        return bool(set(fragment.words) - skips)
    near = [each for piece in said for each in piece.fragments if meant & set(each.words)]
    return not any(_has_denial(each.low) for each in near)


def _is_bare(fragment: Fragment, skips: frozenset[str]) -> bool:
    return _has_denial(fragment.low) and not any(is_head for _, _, is_head in _denied(fragment.low, skips))


def _all(words: Sequence[Word], name: str) -> bool:
    return all(getattr(word, name) for word in words)


def _most(told: Sequence[Sequence[Word]], name: str) -> bool:
    """Whether something holds of more than half of the words wherever they were said."""
    return 2 * sum(_all(words, name) for words in told) > len(told)


def _is_only_asked(claimed: Sequence[Word], said: Sequence[Piece], skips: frozenset[str]) -> bool:
    """Whether every word of a claim stands in questions alone, and nobody said yes to them."""
    words = [word for piece in said for word in words_of(piece.fragments, piece.asked, skips)]
    stems = {word.stem for word in claimed} & {word.stem for word in words}
    if not stems or _is_answered(said):
        return False
    return all(word.is_asked for word in words if word.stem in stems)


def _only_asked_it(claimed: Sequence[Word], low: str, own: Sequence[Piece]) -> bool:
    """Whether who is said to have said it only asked, whatever the answer was: what comes nearest asks."""
    stems, claim = {word.stem for word in claimed}, set(split_words(low))
    shares = [(len(stems & piece.words), len(claim & set(split_words(piece.low)))) for piece in own]
    best = max(shares, default=(0, 0))
    near = [
        _told(piece, stems) if piece.asked else 1 for piece, share in zip(own, shares, strict=True) if share == best
    ]
    return best[0] > 0 and not any(near) and all(_told(piece, stems) < _TOLD_TOO for piece in own)


def _told(piece: Piece, stems: set[str]) -> int:
    """How many of some words stand in one part of a sentence that does not ask."""
    parts = (part for place, part in enumerate(piece.fragments) if place not in piece.asked)
    return max((len(stems & set(part.words)) for part in parts), default=0)


def _is_answered(said: Sequence[Piece]) -> bool:
    """Whether somebody else says yes to a question, and nobody no."""
    for number, piece in enumerate(said):
        later = [other for other in said[number + 1 :] if other.speaker != piece.speaker]
        if piece.is_asked and later:
            return any(answers.says_yes(each.low) for each in later) and not any(
                answers.says_no(each.low) for each in later
            )
    return False
