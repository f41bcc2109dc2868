"""Writes what was agreed as action items: in the words that were said, with names in place of `me`, `you` and `it`."""

from __future__ import annotations

import re
from datetime import date

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.promises.matters import Matter
from server_stub.recap.promises.talk import Talk
from server_stub.recap.wording import set_capitals
from server_stub.recap.words import capital, content, plain, word_set

_GIVE = (
    r"(?:send|give|show|bring|email|mail|forward|get|write|make|prepare|call|hand|pass|offer|text|draft|deliver|pay|"
    r"ask)"
)
_THINGS = r"(?:the|a|an|my|our|your|some|it|that|this|all|both|two|three|them|those|these)"
#: Read well before a task.
_HEDGES = frozenset(
    {"might", "may", "could", "try to", "try and", "maybe", "perhaps", "possibly", "probably", "hopefully"}
)
#: Verbs that are put to results and bare things.
_MADE = re.compile(
    r"(?P<verb>Deliver|Do|Have|Finish|Give|Get back|have|do|finish)(?: (?P<it>(?:that|this) one|it|that|this|"
    r"those|them|they|these|mine))?"
    r"(?P<rest>(?(it)(?: .*)?))"
)
_MADE_VERB = re.compile(r"(?:Deliver|Do|Have|Finish|Give|Get|Send)\b")
_ARTICLE = re.compile(r"(?:The|A|An|It|They|Those|These|That|This|Our|All|Both|Two|Three|Some|Everything)\b")
#: No task begins so; with a preposition one may: `at least ring Orla`.
_NO_TASK = word_set(
    "well so and but or is are was were isn't aren't it's that's there's the a an i you he she it we they this that "
    "these those who what which where why how nor my your our his her their"
)
_BEFORE = ("by ", "on ", "before ", "until ", "in ", "no later", "for ", "till ", "the ")


def find_action_items(transcript: tuple[Utterance, ...], names: tuple[str, ...], today: date) -> tuple[ActionItem, ...]:
    """The action items of a meeting, in the order in which they came up.

    Args:
        transcript: in order of time.
        names: everyone in the meeting; owners are among them.
        today: the day of the meeting, from which `next Tuesday` counts.
    """
    return tuple(filter(is_task, hear_action_items(transcript, names, today)))


def hear_action_items(transcript: tuple[Utterance, ...], names: tuple[str, ...], today: date) -> tuple[ActionItem, ...]:
    """As `find_action_items`, with those that are no tasks by their words, for who has better words for them."""
    return tuple(_write(transcript, names, matter) for matter in Talk(transcript, names, today).agreed())


def is_task(item: ActionItem) -> bool:
    """Whether its words tell of something to do: not only of a thing, or the rest of a sentence."""
    said = plain(item.text.partition("(")[0]).split()
    return bool(said) and said[0].strip(",") not in _NO_TASK


def _write(transcript: tuple[Utterance, ...], names: tuple[str, ...], matter: Matter) -> ActionItem:
    task = _personal(matter, names)
    verb, _, rest = task.partition(" ")
    task = f"{verb} {_small(rest)}" if rest else verb
    text = _in_words(task, matter.topic, matter.hedge)
    certainty, hedge = matter.certainty, matter.hedge
    if certainty == "tentative" and hedge in _HEDGES and hedge not in plain(text):
        text = f"{hedge} {text[:1].lower()}{text[1:]}" if _MADE_VERB.match(text) else f"{hedge} {text}"
    if certainty == "conditional" and hedge and hedge not in plain(text):
        text = f"{text} ({hedge})"
    words = _tidy(matter.due.words) if matter.due else ""
    if words and matter.is_dated and plain(words) not in plain(text):
        text = f"{text} {words}"
    return ActionItem(
        text=capital(set_capitals(text, names)),
        owner=matter.owner,
        due=matter.due.day.isoformat() if matter.due and matter.due.day else None,
        due_words=words,
        certainty=certainty,
        evidence=tuple(transcript[place].id for place in sorted(set(matter.places))),
    )


def _in_words(task: str, topic: str, hedge: str) -> str:
    """Names the thing where a task has only a pronoun or nothing, and tells behind others what theirs mean."""
    known = set(content(f"{task} {hedge}"))
    things = [each for each in topic.split(", ") if each and not set(content(each)) <= known]
    made = _MADE.fullmatch(task)
    if made and (things or made["it"]):
        thing = _small(things.pop(0)) if things else made["it"]
        task = f"{made['verb']} {thing}{made['rest']}"
    return f"{task} ({', '.join(map(_small, things))})" if things else task


def _small(thing: str) -> str:
    """An article or pronoun without its capital, in the middle of a sentence."""
    return thing[:1].lower() + thing[1:] if _ARTICLE.match(thing) else thing


def _personal(matter: Matter, names: tuple[str, ...]) -> str:
    """Says `me` and `you` so that a reader of the list knows who is meant."""
    text, speaker = matter.task, matter.speaker
    if matter.owner == speaker:
        text = re.sub(rf"(?i)\b({_GIVE}) you (?={_THINGS}\b)", r"\1 ", text)
        text = re.sub(r"(?i) (?:over )?(?:to|with) you(?= |$|,|\.)", "", text)
        others = [name for name in names if name != speaker]
        if len(others) == 1:
            text = re.sub(r"(?i)\byour\b", f"{others[0]}'s", text)
            text = re.sub(
                r"(?i)\byou\b(?! (?:know|are|have|want|need|can|like|said|asked|should|would|will))", others[0], text
            )
        return text
    text = re.sub(r"(?i)\bme\b", speaker, text)
    text = re.sub(r"(?i)\bmy\b", f"{speaker}'s", text)
    return re.sub(r"(?i)\byour\b", "the", text)


def _tidy(words: str) -> str:
    """Due words as said, with the weekday's capital."""
    said = set_capitals(" ".join(words.split())).strip(" ,")
    return said[:1].lower() + said[1:] if plain(said).startswith(_BEFORE) else said
