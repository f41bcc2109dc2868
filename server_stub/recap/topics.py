"""What a talk is about, part by part: where one topic ends and another begins, and a title for each.

A topic ends where the words before and after have little in common (Hearst 1997, TextTiling), the sooner where somebody
says so (`and what about the pictures?`) or everybody is silent. Titles are words that were said.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.wire.recap import Utterance
from server_stub.recap.date_periods import MONTHS
from server_stub.recap.number_words import NUMBER_WORDS
from server_stub.recap.verbs import ADVERBS, BASES, FINITE, is_third
from server_stub.recap.words import STOP_WORDS, capital, content, plain, split_words, stem, word_set

#: So many utterances on each side of a place are compared.
WINDOW = 4
#: Words of a topic: fewer are no topic, and so many topics a talk has at most for its words.
LEAST_WORDS = 30
MOST_TOPICS = 12
#: A silence as long as this speaks for a new topic.
LONG_PAUSE_S = 4.0
#: How deep a valley between two topics has to be.
DEPTH = 0.35
TITLE_WORDS = 5

_OPENS = re.compile(
    r"\b(?:what about|how about the|another thing|next (?:point|topic|thing|item|question)|one more (?:thing|question)|"
    r"by the way|speaking of|moving on|let's (?:talk about|move on|go to)|second thing|other thing|as for|last thing|"
    r"the next|finally)\b|^(?:(?:okay|ok|right|good|great|so|and|now|then|well|alright|very good)[,.]? )*"
    r"(?:what(?:'s| is| are)|how(?:'s| is| are| much| long)|when(?:'s| is)|on what|and (?:the|for the|who|what))\b"
)
_NOUN_PHRASE = re.compile(
    r"\b(?:the|a|an|my|your|our|his|her|their|this|that|these|those|of|for|about|on|with|new|no)\s+"
    r"(?=(?P<what>[^\W\d_][\w'-]*(?: [^\W_][\w'-]*){0,3}(?<!')))"
)
_LINK = re.compile(r" (?:of|for) (?:the|a|an|our|my|your|this|that)? ?$")
_NO_NOUN = (
    STOP_WORDS
    | FINITE
    | ADVERBS
    | NUMBER_WORDS
    | {*MONTHS}
    | word_set(
        "ones though anyhow say quote end new whole better best worse easy easier good great same next last other "
        "another first second third few little less least enough sure able ready done finished open bad big small long "
        "short high low old early late nice fine full half much many every everything something nothing anything "
        "someone everyone anyone nobody somebody people guys one's today tomorrow yesterday tonight week weeks day "
        "days month months year years hour hours minute minutes moment time times way ways case point part side idea "
        "question answer reason fact while couple thing's that's it's there's i'm i'd i've you've we've they're "
        "they've haven't hasn't isn't aren't doesn't didn't won't can't going gonna sending getting having making "
        "doing being taking used said says told come comes came went goes take takes took send sends sent give gives "
        "gave make makes made put puts look looks looking see sees work works working already until till since during "
        "before after around between without within against through onto off monday tuesday wednesday thursday friday "
        "saturday sunday afternoon morning evening weekend start beginning yet anyway yourself myself himself herself "
        "itself themselves favor favour kind sort lot type ever never back ago please hopefully problem problems rest "
        "room call meeting mind stuff place front top bottom name euros dollars pounds percent euro dollar don't "
        "rather quite almost maybe either neither whatever whoever else hey"
    )
)
_DESCRIBES = word_set(
    "new whole first second third fourth last next final old main short long big small other full english french "
    "german spanish easy"
)


def find_bounds(transcript: Sequence[Utterance], most: int) -> list[int]:
    """The places of the utterances that begin a topic; the first is 0.

    Args:
        transcript: in order of time.
        most: topics at most.
    """
    if not transcript or most < 2:
        return [0]
    bags = [Counter(content(said.text)) for said in transcript]
    spread = Counter(word for bag in bags for word in bag)
    worth = {word: math.log(1 + len(bags) / spread[word]) for word in spread}
    alike = [_likeness(bags, place, worth) for place in range(1, len(bags))]
    depths = sorted(((_depth(alike, n) + _told(transcript, n + 1), n + 1) for n in range(len(alike))), reverse=True)
    lengths = [len(split_words(said.text)) for said in transcript]
    bounds = [0, len(transcript)]
    for depth, place in depths:
        if depth < DEPTH or len(bounds) > most:
            break
        tried = sorted([*bounds, place])
        if all(sum(lengths[start:end]) >= LEAST_WORDS for start, end in pairwise(tried)):
            bounds = tried
    return bounds[:-1]


def _likeness(bags: Sequence[Counter[str]], place: int, worth: dict[str, float]) -> float:
    """Cosine of what is said in the windows before and after a place."""
    left, right = Counter[str](), Counter[str]()
    for bag in bags[max(0, place - WINDOW) : place]:
        left.update(bag)
    for bag in bags[place : place + WINDOW]:
        right.update(bag)
    dot = sum(left[word] * right[word] * worth[word] ** 2 for word in left)
    size = math.sqrt(_square(left, worth) * _square(right, worth))
    return dot / size if size else 0.0


def _square(bag: Counter[str], worth: dict[str, float]) -> float:
    return sum((count * worth[word]) ** 2 for word, count in bag.items())


def _depth(alike: Sequence[float], place: int) -> float:
    """How far the likeness falls to a place from the peaks on both sides of it."""
    left = right = place
    while left and alike[left - 1] >= alike[left]:
        left -= 1
    while right + 1 < len(alike) and alike[right + 1] >= alike[right]:
        right += 1
    return (alike[left] - alike[place]) + (alike[right] - alike[place])


def _told(transcript: Sequence[Utterance], place: int) -> float:
    pause_s = transcript[place].start_s - transcript[place - 1].end_s
    return (0.4 if _OPENS.search(plain(transcript[place].text)) else 0.0) + (0.15 if pause_s >= LONG_PAUSE_S else 0.0)


def find_title(told: Sequence[str], around: Sequence[str], elsewhere: Sequence[str]) -> str:
    """A few words that were said and name what a part of a talk is about; empty where none do.

    Args:
        told: what was said in the utterances that the summary of this part rests on.
        around: all that was said in this part.
        elsewhere: what was said in the other parts.
    """
    here = Counter(word for text in around for word in content(text))
    near = Counter(word for text in told for word in content(text))
    there = Counter(word for text in elsewhere for word in content(text))
    best, best_worth = "", float("-inf")
    phrases = [(phrase, "?" in text) for text in told for phrase in _noun_phrases(text)]
    for place, (phrase, is_asked) in enumerate(phrases):
        stems = [stem(word) for word in split_words(phrase) if word not in STOP_WORDS]
        known = [word for word in stems if word not in _DESCRIBED]
        if not known:
            continue
        worth = sum((here[word] + near[word] / 4) / (1 + there[word]) for word in known) / len(known)
        worth += 0.5 * min(2, len(stems) - 1) - 0.15 * place
        worth += 0.3 if is_asked else 0.0  # questions open a topic
        if worth > best_worth:
            best, best_worth = phrase, worth
    return capital(best)


_DESCRIBED = frozenset(stem(word) for word in _DESCRIBES)


def _noun_phrases(text: str) -> Iterator[str]:
    """Words behind an article or the like, as far as they may name something."""
    low = plain(text)
    last_end, last_start = -1, -1
    for found in _NOUN_PHRASE.finditer(low):
        start, end = found.start("what"), _end_of(low, found.start("what"), found.end("what"))
        if end <= start:
            continue
        linked = _LINK.search(low, max(0, last_end), start) if last_end >= 0 else None
        if linked and linked.start() == last_end and len(text[last_start:end].split()) <= TITLE_WORDS:
            yield text[last_start:end]
        yield text[start:end]
        last_start, last_end = start, end


#: Of the verbs that people say of themselves, those that are nouns too.
_NOUNS_TOO = word_set(
    "bill book call care change charge check cover deal deposit design draft draw edit email export fix help import "
    "invoice look love list mail measure move need notice offer order paint pay pick plan play print promise record "
    "release rent reply report review run search share shoot show sign sleep sound stand start stop store study "
    "support talk test trade train treat trust turn update upgrade upload use visit vote wait walk watch wish work "
    "worry"
)


def _may_be_noun(word: str) -> bool:
    """Whether a word may be a thing: `bother` and `answers` are what somebody does."""
    bases = {word, word[:-1], word[:-2]} if word.endswith("s") else {word}
    verbs = bases & BASES
    return not verbs or bool(verbs & _NOUNS_TOO)


def _end_of(low: str, start: int, end: int) -> int:
    """Where the noun phrase ends that begins at a place."""
    reached = start
    for word in re.finditer(r"[\w'-]+", low[start:end]):
        gap = low[reached : start + word.start()] if reached > start else ""
        bare = word[0].removesuffix("'s")
        is_noun = word[0] not in _NO_NOUN and bare not in _NO_NOUN
        if "'" in bare or bare.endswith("ed") or (not _may_be_noun(bare) and word.start()):
            break
        if (gap and gap != " ") or not (is_noun or word[0] in _DESCRIBES) or word[0].endswith("ly"):
            break
        reached = start + word.end() - (len(word[0]) - len(bare))
        if bare != word[0]:
            break
    if re.match(r" ones?\b", low[reached:]):
        return start
    if low[:start].endswith(("a ", "an ")) and " " in low[start:reached] and is_third(low[start:reached].split()[-1]):
        reached = start + low[start:reached].rindex(" ")  # `if a client calls`
    last = low[start:reached].split()[-1:] if reached > start else []
    return reached if last and last[0] not in _DESCRIBES and len(last[0]) > 2 else start
