"""Texts cut for a proof: into sentences, and those into fragments that one negation or one hedge can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from app.wire.recap import Utterance
from server_stub.recap.promises.speech import tidy
from server_stub.recap.verbs import BASES, past, third
from server_stub.recap.words import plain, sentence_ends, stem, word_set

#: `send` of `sent`: forms that a crude stem does not bring together.
_BASE_OF = {changed: verb for verb in sorted(BASES) if (changed := past(verb)) and not changed.endswith("ed")}
_BASE_OF |= {third(verb): verb for verb in sorted(BASES)}
#: Words that carry next to nothing, and forms of those that stand before a verb.
LIGHT = word_set(
    "a an the and or but if then so of to in on at by for with from into as is are was were be been being am do does "
    "did doing have has had having i you he she it we they me him her us them my your his its our their this that "
    "these those there here what which who whom whose when where why how can could will would shall should may might "
    "must than too also about up down out over again just really very s t don ll re ve m d um uh well yes yeah yep "
    "okay ok right oh ah because since while both each some any such only own same i'm i'll i've i'd you're you'll "
    "you've you'd we're we'll we've we'd they're they'll they've it's it'll he's she's that's there's what's who's "
    "let's going gonna got get gets let not no never n't don't doesn't didn't isn't aren't wasn't weren't won't can't "
    "cannot couldn't wouldn't shouldn't haven't hasn't hadn't mine yours myself themselves theirs ours even now still "
    "please thanks thank maybe perhaps probably possibly hopefully whether one ones two thing things it'd that'd "
    "that'll they'd he'd she'd he'll she'll another other others all more most much many lot bit been ever nothing "
    "nobody none neither nor nope nah without hardly barely"
)
WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
#: Where a negation or a hedge ends.
_CUTS = re.compile(
    r"[,;:()“”\"–—…]+|(?<=\w) (?=(?:but|because|although|though|whereas)\b)|"
    r"(?<=\w) (?=(?:and|so|or)(?: then| also| now)? (?:i|you|we|he|she|it|they|that|there|what|who)(?:'\w+)?\b)"
)

_QUESTION = re.compile(
    r"(?:(?:and|so|but|or|okay|ok|oh|well|then|um) )*(?:can|could|would|will|do|does|did|is|are|was|were|has|have|had|"
    r"am|what|who|when|where|how|why|which|should|shall|may|might|any|want|need|isn't|aren't|don't|doesn't|didn't|"
    r"what's|who's|where's|how's|when's)\b"
)


@dataclass(frozen=True)
class Fragment:
    """A part of a sentence; `low` in small letters, `words` the stems of what carries meaning, in order."""

    low: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """One sentence that was said.

    Attributes:
        speaker: the name.
        place: of its utterance among those that are cited.
        raw: as said.
        text: the same without fillers and restarts.
        is_asked: it is a question.
    """

    speaker: str
    place: int
    raw: str
    text: str
    is_asked: bool

    @cached_property
    def low(self) -> str:
        """The text in small letters."""
        return plain(self.text)

    @cached_property
    def fragments(self) -> tuple[Fragment, ...]:
        """Its parts, in order."""
        return tuple(cut(self.text))

    @cached_property
    def asked(self) -> frozenset[int]:
        """The places of the fragments that ask: those from the first one that begins as a question does."""
        if not self.is_asked:
            return frozenset()
        places = range(len(self.fragments))
        # Behind `right?` or `isn't it?` what was said before is asked.
        last = next((place for place in reversed(places) if self.fragments[place].words), len(places) - 1)
        first = next((place for place in places if _QUESTION.match(self.fragments[place].low)), last)
        return frozenset(places[min(first, last) :])

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of what carries meaning."""
        return frozenset(word for each in self.fragments for word in each.words)


def base(word: str) -> str:
    """The stem that all forms of a word share."""
    bare = word.removesuffix("'s").removesuffix("'re").removesuffix("'ll")
    bare = _BASE_OF.get(bare, bare)
    return bare if bare.endswith("ss") else stem(bare)


def heavy(low: str) -> list[str]:
    """Stems of the words of a text in small letters that carry meaning, in order; a hyphen parts words."""
    return [base(word) for found in WORD.findall(low) for word in found.split("-") if word not in LIGHT]


def cut(text: str) -> Iterator[Fragment]:
    """The fragments of a sentence that say something."""
    for part in _CUTS.split(plain(text)):
        low = part.strip(" .?!")
        if low:
            yield Fragment(low, tuple(heavy(low)))


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    parts = (text[start:end].strip() for start, end in pairwise([0, *sentence_ends(text), len(text)]))
    return [part for part in parts if part]


def pieces(cited: Sequence[Utterance]) -> list[Piece]:
    """Every sentence of what is cited, in its order."""
    return [
        Piece(said.speaker, place, part, tidy(part), part.rstrip(' "”').endswith("?"))
        for place, said in enumerate(cited)
        for part in sentences(said.text)
    ]
