"""Which sentences carry a conversation.

Three things are weighed: what the talk keeps coming back to (tf-idf), small phrases by which people in meetings say
what others later put into their notes (weights trained on the AMI corpus, `resources/models/salience.SOURCE.md`), and
words that announce a decision, a price, a date or a trouble.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from app.paths import resource
from app.wire.recap import Utterance
from server_stub.recap.wording import finish_sentence
from server_stub.recap.words import capital, content, plain, sentence_ends, split_words, without

#: Sentences of fewer words say little, and as few as this weigh what they say in full.
FULL_WORDS = 9
RUN_ON_WORDS = 30

_CUES = (
    (
        1.8,
        re.compile(
            r"\b(?:we (?:agreed?|decided|will go with|settled on|choose|chose)|agreed on|decision|decided|"
            r"let's go with|it's settled|i (?:choose|chose|prefer)|we'll (?:go with|take))\b"
        ),
    ),
    (
        1.4,
        re.compile(
            r"\b(?:price|budget|cost|costs|euros?|dollars?|pounds|percent|discount|invoice|fee|rate)\b|[€$£]\s?\d"
        ),
    ),
    (
        0.5,
        re.compile(
            r"\b(?:deadline|due|launch|deliver\w*|release|until|by (?:the|next|monday|tuesday|wednesday|thursday|"
            r"friday|tomorrow|end)|january|february|march|april|june|july|august|september|october|november|december|"
            r"the \d+(?:st|nd|rd|th))\b"
        ),
    ),
    (
        0.6,
        re.compile(
            r"\b(?:goal|important|problem|issue|risk|main|need to|needs|have to|plan|next step|because|instead|prefer|"
            r"propose|suggest|recommend|should|must|missing|broken|wrong|late|finished|done|ready|approved|cancelled|"
            r"signed|only|too \w+|doesn't work|can't)\b"
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
    r"^(?:thanks?|thank you|happy|congratulations|sorry)\b|\b(?:hear me|hear you|see you|good ?bye|bye|how are you|"
    r"how's it going|thanks for (?:joining|calling)|nice to|hello|"
    r"welcome|good (?:morning|afternoon|evening|weekend)|have a (?:nice|good|great)|anything else|talk soon|"
    r"my pleasure|was a pleasure|give it here|don't worry|no worries|no stress|no rush|take your time|hang up|"
    r"can i jump in|fingers crossed|for your time|that was everything|"
    r"weather|weekend was|share (?:my|your|the) screen|(?:do|can) you see|far away|headset|hang on|hold on|one moment|"
    r"(?:my|the|your) camera|let you go|clicking|my screen|audible|submarine|zoom in|"
    r"i see it|coffee|you froze|can't hear|on mute|muted|my camera|sorry i'm late|one sec)\b"
)


@dataclass(frozen=True)
class Sentence:
    """One sentence somebody said."""

    utterance: Utterance
    text: str


@dataclass(frozen=True)
class Weights:
    """What phrases weigh: `words` are the words that phrases may hold, any other word counts as `*`."""

    words: frozenset[str]
    phrases: Mapping[str, float]
    bias: float


@cache
def _weights() -> Weights:
    kept = json.loads(resource("models", "salience.json").read_text(encoding="utf-8"))
    return Weights(frozenset(kept["words"]), kept["phrases"], kept["bias"])


def phrases(text: str, known: Collection[str]) -> Iterator[str]:
    """The phrases of one to three words of a text, each once; `*` for any word not known, `#` for a figure."""
    words = [word if word in known else "#" if word[0].isdigit() else "*" for word in split_words(text)]
    found = {word for word in words if word != "*"}
    found |= {" ".join(pair) for pair in pairwise(words) if pair != ("*", "*")}
    found |= {" ".join(three) for three in zip(words, words[1:], words[2:], strict=False) if three.count("*") < 2}
    yield from sorted(found)


def split_sentences(utterance: Utterance) -> list[Sentence]:
    """The sentences of an utterance, without the small words that open them."""
    found = []
    for said in whole_sentences(utterance.text):
        text = without(_OPENERS, said).strip(" ,")
        if text:
            found.append(Sentence(utterance, finish_sentence(capital(text))))
    return found


def whole_sentences(said: str) -> list[str]:
    """The sentences of a text, as they stand."""
    parts = (said[start:end].strip() for start, end in pairwise([0, *sentence_ends(said, ".?!…"), len(said)]))
    return [part for part in parts if part]


def score_sentences(sentences: Sequence[Sentence]) -> list[float]:
    """How much each sentence carries of the conversation: about 0-1, more with cues, less where it is small talk."""
    return score_texts([sentence.text for sentence in sentences])


def score_texts(texts: Sequence[str]) -> list[float]:
    """The same for texts that are one conversation in its order."""
    bags = [Counter(content(text)) for text in texts]
    spread = Counter(word for bag in bags for word in bag)
    often = Counter(word for bag in bags for word in bag.elements())
    worth = {word: often[word] * math.log(1 + len(bags) / spread[word]) for word in often}
    central = [sum(worth[word] for word in bag) for bag in bags]
    # A heap of clauses without a stop is no measure.
    whole = [value for value, text in zip(central, texts, strict=True) if len(split_words(text)) <= RUN_ON_WORDS]
    most = max(whole, default=1.0) or 1.0
    return [
        min(1.0, value / most) * _noted(text) * 2 + _cues(text) - _flaws(text)
        for value, text in zip(central, texts, strict=True)
    ]


def _noted(text: str) -> float:
    """How likely a sentence like this is to be in somebody's notes, 0-1."""
    weights = _weights()
    total = weights.bias + sum(weights.phrases.get(phrase, 0.0) for phrase in phrases(text, weights.words))
    return 1 / (1 + math.exp(-total))


def _cues(text: str) -> float:
    low = plain(text)
    return sum(weight for weight, cue in _CUES if cue.search(low)) / 4


def is_small_talk(text: str) -> bool:
    """Whether it is about the call, the weather or each other's health."""
    return _SMALL_TALK.search(plain(text)) is not None


def _flaws(text: str) -> float:
    words = split_words(text)
    short = max(0.0, (FULL_WORDS - len(words)) / 24)
    return short + (0.2 if text.endswith("?") else 0.0) + (1.0 if is_small_talk(text) else 0.0)
