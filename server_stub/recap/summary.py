"""The first summary: the sentences that carry the conversation, in the words in which they were said.

Nothing is rephrased, so nothing can be invented: each sentence is somebody's own, with the speaker's name before it.
Central sentences are found by tf-idf, words that announce a decision, a price or a date weigh more, and a sentence that
repeats one already chosen weighs less (Carbonell and Goldstein 1998, maximal marginal relevance).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.wire.recap import SummarySentence, Utterance
from server_stub.recap.wording import finish_sentence
from server_stub.recap.words import capital, content, plain, sentence_ends, split_words, without

LEAST_WORDS = 5
MOST_WORDS = 34
#: One summary sentence for so many seconds of speech, within these bounds.
SECONDS_EACH = 15.0
FEWEST, MOST = 3, 12
#: Relevance against newness.
TRADE = 0.7

_CUES = (
    (
        1.8,
        re.compile(
            r"\b(?:we (?:agreed?|decided|will go with|settled on|choose|chose)|agreed on|decision|decided|"
            r"let's go with|it's settled)\b"
        ),
    ),
    (
        1.4,
        re.compile(r"\b(?:price|budget|cost|costs|euros?|dollars?|pounds|percent|discount|invoice|fee|rate)\b|[€$£]"),
    ),
    (
        0.5,
        re.compile(
            r"\b(?:deadline|due|launch|deliver\w*|release|until|by (?:the|next|monday|tuesday|wednesday|thursday|"
            r"friday|tomorrow|end)|january|february|march|april|june|july|august|september|october|november|december)\b"
        ),
    ),
    (
        0.6,
        re.compile(
            r"\b(?:goal|important|problem|issue|risk|main|need to|have to|plan|next step|because|instead|prefer|"
            r"propose|suggest|recommend|should|must)\b"
        ),
    ),
    (0.2, re.compile(r"\b(?:i'll|i will|you will|we will|we'll|going to)\b")),
)
_OPENERS = re.compile(
    r"^(?:(?:so|and|but|well|okay|ok|yeah|yes|right|now|then|alright|all right|um+|uh+|great|good|sure|oh|perfect|fine|"
    r"thanks|thank you|of course)\b[\s,.!]*)+",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"\b(?:hear me|hear you|see you|good ?bye|bye|how are you|thanks for joining|nice to|hello|welcome|good morning|"
    r"good afternoon|have a (?:nice|good))\b"
)


@dataclass(frozen=True)
class Sentence:
    """One sentence somebody said."""

    utterance: Utterance
    text: str


def split_sentences(utterance: Utterance) -> list[Sentence]:
    """The sentences of an utterance, without the small words that open them."""
    found = []
    said = utterance.text
    for start, end in pairwise([0, *sentence_ends(said, ".?!…"), len(said)]):
        text = without(_OPENERS, said[start:end].strip()).strip(" ,")
        if text:
            found.append(Sentence(utterance, finish_sentence(capital(text))))
    return found


def score_sentences(sentences: Sequence[Sentence]) -> list[float]:
    """How much each sentence carries of the conversation: about 0-1 for its centrality, more with cues."""
    bags = [Counter(content(sentence.text)) for sentence in sentences]
    spread = Counter(word for bag in bags for word in bag)
    weights = [{w: n * math.log(1 + len(bags) / spread[w]) for w, n in bag.items()} for bag in bags]
    centre: Counter[str] = Counter()
    for weight in weights:
        centre.update(weight)
    return [
        _likeness(weight, centre) + _cues(sentence.text) - _flaws(sentence.text)
        for weight, sentence in zip(weights, sentences, strict=True)
    ]


def summarise(transcript: tuple[Utterance, ...]) -> tuple[SummarySentence, ...]:
    """The summary, in the order of the conversation; empty where hardly anything was said."""
    sentences = [
        sentence
        for utterance in transcript
        for sentence in split_sentences(utterance)
        if LEAST_WORDS <= len(split_words(sentence.text)) <= MOST_WORDS and len(content(sentence.text)) >= 2
    ]
    spoken_s = sum(utterance.end_s - utterance.start_s for utterance in transcript)
    wanted = max(FEWEST, min(MOST, round(spoken_s / SECONDS_EACH)))
    chosen = sorted(_pick(sentences, score_sentences(sentences), wanted))
    return tuple(
        SummarySentence(text=f"{each.utterance.speaker}: {each.text}", evidence=(each.utterance.id,))
        for each in (sentences[place] for place in chosen)
    )


def _pick(sentences: Sequence[Sentence], scores: Sequence[float], wanted: int) -> list[int]:
    bags = [set(content(sentence.text)) for sentence in sentences]
    top = max(scores, default=1.0) or 1.0
    chosen: list[int] = []
    left = [place for place, score in enumerate(scores) if score > 0]
    while left and len(chosen) < wanted:

        def worth(place: int) -> tuple[float, int]:
            repeats = max((_shared(bags[place], bags[other]) for other in chosen), default=0.0)
            return TRADE * scores[place] / top - (1 - TRADE) * repeats, -place

        best = max(left, key=worth)
        left.remove(best)
        if all(_shared(bags[best], bags[other]) < 0.7 for other in chosen):
            chosen.append(best)
    return chosen


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _likeness(weight: dict[str, float], centre: Counter[str]) -> float:
    """Cosine of a sentence and the whole conversation."""
    dot = sum(value * centre[word] for word, value in weight.items())
    size = math.sqrt(sum(v * v for v in weight.values())) * math.sqrt(sum(v * v for v in centre.values()))
    return dot / size if size else 0.0


def _cues(text: str) -> float:
    low = plain(text)
    return sum(weight for weight, cue in _CUES if cue.search(low)) / 2


def _flaws(text: str) -> float:
    low, words = plain(text), split_words(text)
    short = max(0.0, (9 - len(words)) / 12)
    return short + (0.5 if text.endswith("?") else 0.0) + (1.0 if _SMALL_TALK.search(low) else 0.0)
