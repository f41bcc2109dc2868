"""The summary: what was said, in the third person, by topic, each sentence with the utterances it rests on.

Sentences are turned by rules, and only where they are certain (`reported.py`, `asked.py`); a sentence that cannot be
turned is quoted, and quotes are a third of a summary at most. What is said twice is told once (Carbonell and Goldstein
1998, maximal marginal relevance), and what an action item says already is not told again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.wire.recap import ActionItem, SummarySentence, Utterance
from server_stub.recap.evidence import Evidence
from server_stub.recap.salience import is_small_talk
from server_stub.recap.talk import Talk
from server_stub.recap.told import Part, tell_all
from server_stub.recap.topics import MOST_TOPICS, find_bounds, find_title
from server_stub.recap.words import content, plain, split_words

#: One summary sentence for so many seconds of speech at first, and for so many later on.
SECONDS_EACH, SECONDS_LATER = 10.0, 120.0
FEWEST, FIRST, MOST = 3, 12, 24
#: What weighs less is not told.
LEAST_WEIGHT, LEAST_OF_ANSWERS, LEAST_OF_QUOTES = 0.0, -0.2, 0.1
#: Relevance against newness, and what two sentences may share at most.
TRADE, REPEATED = 0.6, 0.7
#: A sentence of fewer meaningful words is compared with all of the other one.
PART_WORDS = 4
#: What an action item says of a sentence's meaning, for the sentence to be left out.
IN_ITEM, IN_ANY_ITEM = 0.6, 0.8
#: Of the sentences of a summary, those that are bare quotes: one of so many at most.
QUOTES_OF = 3
#: With a budget in words: so much more than it is still within it.
OVER = 1.15
#: Words of a talk that has a topic even where nothing of it can be told.
LEAST_SAID = 20
#: Sentences of a topic, on average at least.
PER_TOPIC = 1.6


def summarise(
    transcript: tuple[Utterance, ...],
    names: tuple[str, ...] = (),
    items: Sequence[ActionItem] = (),
    *,
    words: int | None = None,
) -> tuple[SummarySentence, ...]:
    """The summary, in the order of the conversation; empty where hardly anything was said.

    Args:
        transcript: in order of time.
        names: everyone in the meeting; where they are two, each is the other's `you`. Those who speak where empty.
        items: what the action items say already.
        words: so long it is to be; None: as long as the conversation asks for.
    """
    everyone = names or tuple(dict.fromkeys(said.speaker for said in transcript))
    talk = Talk(transcript, everyone)
    evidence = Evidence(transcript, everyone)

    def is_told(part: Part) -> bool:
        return not _is_in_items(part, items) and evidence.proves(part.text, tuple(said.id for said in part.said))

    ways = ((part, part.instead) for part in tell_all(talk))
    parts = [part for each in ways for part in list(filter(is_told, filter(None, each)))[:1]]
    spoken_s = sum(said.end_s - said.start_s for said in transcript)
    wanted = max(FEWEST, min(FIRST, round(spoken_s / SECONDS_EACH)))
    wanted = min(MOST, wanted + max(0, round((spoken_s - FIRST * SECONDS_EACH) / SECONDS_LATER)))
    chosen = _within_quotes(_pick(parts, wanted if words is None else None, words))
    told = tuple(_by_topic(talk, sorted(chosen, key=lambda part: part.place)))
    return told or tuple(each for each in _spoken_about(talk) if evidence.proves(each.text, each.evidence))


def _spoken_about(talk: Talk) -> Iterator[SummarySentence]:
    """Where no sentence can be told: who spoke about what, in words that were said by them."""
    said = [each for each in talk.transcript if not is_small_talk(each.text)]
    if sum(len(split_words(each.text)) for each in said) < LEAST_SAID:
        return
    title = find_title([each.text for each in said], [each.text for each in said], [])
    about = [each for each in said if plain(title) in plain(each.text)]
    if sum(plain(each.text).count(plain(title)) for each in about) < 2 and not any("?" in each.text for each in about):
        return  # named once and in passing
    if not title or not about:
        return
    thing = _with_article(title, [each.text for each in about])
    if thing:
        who = listed(list(dict.fromkeys(talk.called(each.speaker) for each in about)))
        yield SummarySentence(
            text=f"{who} spoke about {thing}.", evidence=tuple(each.id for each in about), topic=title
        )


def _with_article(title: str, said: Sequence[str]) -> str:
    """The words of a title with the article that they had, `the` where it was whose it is; empty where none fits."""
    thing = ""
    for text in said:
        low = plain(text)
        at = low.index(plain(title))
        before = (low[:at].split() or [""])[-1]
        words = text[at : at + len(title)]
        if before in ("the", "a", "an"):
            return f"{before} {words}"
        if before in ("this", "that", "my", "our", "your", "his", "her", "their"):
            thing = f"the {words}"
        elif plain(title).endswith("s") and not thing:
            thing = words
    return thing


def listed(names: Sequence[str]) -> str:
    """Names as one says them: "Ada", "Ada and Grace", "Ada, Grace and Alan"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _is_in_items(part: Part, items: Sequence[ActionItem]) -> bool:
    """Whether an action item says it already, or those that cite the same words do together."""
    ids = {said.id for said in part.said}
    for item in items:
        shared = _covered(part, f"{item.text} {item.due_words}")
        if shared >= IN_ANY_ITEM or (ids & set(item.evidence) and shared >= IN_ITEM):
            return True
    near = " ".join(f"{item.text} {item.due_words}" for item in items if ids & set(item.evidence))
    return _covered(part, near) >= IN_ANY_ITEM


def _covered(part: Part, text: str) -> float:
    mine = _meaning(part)
    return len(mine & set(content(text))) / len(mine) if mine else 0.0


def _meaning(part: Part) -> set[str]:
    """Stems of what is told, without who tells it."""
    return set(content(part.text)) - {word for said in part.said for word in content(said.speaker)} - _TELLING


#: Words of telling itself.
_TELLING = frozenset(content("said asked answered proposed announced decision whether thinks"))


def _pick(parts: Sequence[Part], wanted: int | None, words: int | None) -> list[Part]:
    """The best parts that tell different things: so many sentences, or so many words."""
    bags = {id(part): _meaning(part) for part in parts}
    top = max((part.weight for part in parts), default=1.0) or 1.0
    chosen: list[Part] = []
    left = [part for part in parts if part.weight > _least(part)]
    length = 0

    def worth(part: Part) -> tuple[float, int]:
        repeats = max((_shared(bags[id(part)], bags[id(other)]) for other in chosen), default=0.0)
        return TRADE * part.weight / top - (1 - TRADE) * repeats, -part.place

    while left and (len(chosen) < wanted if wanted is not None else length < (words or 0)):
        best = max(left, key=worth)
        left.remove(best)
        size = len(best.text.split())
        if words is not None and length + size > words * OVER:
            continue
        is_new = all(
            not best.uses & other.uses and _shared(bags[id(best)], bags[id(other)]) < REPEATED for other in chosen
        )
        quotes = sum(part.is_quote for part in chosen)
        if is_new and (not best.is_quote or (quotes + 1) * QUOTES_OF <= len(chosen) + 1 or words is None):
            chosen.append(best)
            length += size
    return chosen


def _least(part: Part) -> float:
    if part.is_quote:
        return LEAST_OF_QUOTES
    return LEAST_OF_ANSWERS if part.is_answer else LEAST_WEIGHT


def _shared(one: set[str], other: set[str]) -> float:
    """How much of two sentences' meaning is one, 0-1; a short one is no part of a long one that has its words."""
    least = min(len(one), len(other))
    return len(one & other) / max(1, least if least >= PART_WORDS else len(one | other))


def _within_quotes(chosen: list[Part]) -> list[Part]:
    """Without the quotes of least weight that are more than one in three."""
    quotes = sorted((part for part in chosen if part.is_quote), key=lambda part: -part.weight)
    turned = [part for part in chosen if not part.is_quote]
    return [*turned, *quotes[: len(turned) // (QUOTES_OF - 1)]]


def _by_topic(talk: Talk, chosen: Sequence[Part]) -> Iterator[SummarySentence]:
    most = min(MOST_TOPICS, max(1, int(len(chosen) / PER_TOPIC)))
    bounds = [*find_bounds(talk.transcript, most), len(talk.transcript)]
    for start, end in pairwise(bounds):
        mine = [part for part in chosen if start <= talk.lines[part.place].utterance < end]
        if not mine:
            continue
        said = [each.text for place, each in enumerate(talk.transcript) if start <= place < end]
        others = [each.text for place, each in enumerate(talk.transcript) if not start <= place < end]
        title = find_title([each.text for part in mine for each in part.said], said, others)
        for part in mine:
            yield SummarySentence(text=part.text, evidence=tuple(each.id for each in part.said), topic=title)
