"""Whose task it is: its owner takes it in the cited words, or is asked for it there and does not refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from server_stub.recap.promises import answers
from server_stub.recap.promises.asking import Way
from server_stub.recap.promises.commitments import Kind
from server_stub.recap.promises.heard import OBJECT, Heard
from server_stub.recap.promises.ours import WE_WILL
from server_stub.recap.proof.mentions import Reader
from server_stub.recap.proof.pieces import heavy
from server_stub.recap.words import plain

_TAKES = (Way.TAKES, Way.PROMISE, Way.PLANNED, Way.PRESENT, Way.OFFER)
_I = re.compile(r"\b(?:i|i'll|i'm|i'd|i've|me|mine)\b")
_DOES = re.compile(r"\b(?:i'll|i will|i'm \w+ing)\b")
_YOU = re.compile(r"\byou\b")
#: Says what is wanted of others, or that a day of theirs suits.
_WANTS = re.compile(
    r"\bi(?:'d| would)? (?:want|need|like|love|prefer)\b|"
    r"(?:'s| is| would be|'d be) (?:fine|good|great|perfect|ok|okay|all right|alright|lovely|grand)\b"
)
#: Only shows that somebody listens.
_LISTENS = re.compile(r"(?:mm+|mm-hm+|mhm|uh-huh)[ ,.!]*")
_IF = re.compile(r"\bif i\b")
#: `The widget's me` takes it.
_MINE = re.compile(r"(?:'s|'re| is| are|'ll be| will be) (?:me|mine)\b")
_WHOEVER = r"(?:some(?:body|one)|any(?:body|one)|(?:one|either) of (?:you|us))"
#: Whoever it may be: nobody is asked by that.
_SOMEBODY = re.compile(
    rf"\b{_WHOEVER}(?:'s|'ll| should| has| needs?| must| could| can| will| ought)\b|"
    rf"\b(?:can|could|would|will|should) {_WHOEVER}\b"
)
#: `Let's do that on Friday` and `I'd do it, but` take nothing over.
_NOT_ALONE = re.compile(r"\b(?:we|we'll|let's|let us|i'd|would|but|if|unless)\b")
_YOU_DO = re.compile(r",? (?:and |but )?you(?:'ll)? (?:do|take|can|could)\b.*")
_ASKS_YOU = re.compile(r"\b(?:can|could|would|will) you\b")


class _Part(NamedTuple):
    """What a sentence does with a task: who takes it, or who is asked; nobody: whoever takes it up."""

    people: frozenset[str]
    is_taken: bool
    text: str
    is_taking: bool = False
    """It takes what somebody else has named: `give it here`."""
    is_shared: bool = False
    """It says `we`: any of them may take it up."""


class Grade(Enum):
    """How far somebody has a task."""

    TAKEN = "taken"
    """They take it, or say yes to who asks."""
    TOLD = "told"
    """Somebody tells them to, and they do not refuse."""
    ASKED = "asked"
    """Somebody asks them, and they do not answer."""
    NOT = "not"


def grade(task: str, owner: str, heard: Sequence[Heard], reader: Reader, due: str | None = None) -> Grade:
    """How far somebody has a task, by the cited words alone.

    Args:
        task: what is to be done.
        owner: who is said to have it.
        heard: the cited sentences as our rules read them.
        reader: of the meeting's people.
        due: the day on which it is due, as an ISO date.
    """
    meant = set(heavy(plain(task))) - reader.stems
    is_asked = is_open = takes = speaks_of = has_day = is_question = hands_on = False
    rivals: set[str] = set()
    ours = _Ours(reader)
    for one in heard:
        parts = list(_parts(one, reader))
        ours.follow(one, parts, meant)
        for part in parts:
            if ours.is_asked_in(part):
                is_asked, is_question = is_asked or owner in part.people, one.said.asks
                continue
            if meant and not meant & set(heavy(plain(part.text))):
                if part.is_taking and owner not in part.people and not ours.people:
                    rivals |= part.people
                continue
            if part.is_shared:
                continue
            if part.is_taken and owner in part.people:
                return Grade.TAKEN
            rivals |= part.people if part.is_taken else frozenset()
            if not (is_asked or is_open) and part.people != {owner} and one.said.speaker != owner:
                takes = False  # `I'll do that` was of what came before
            if owner in part.people:
                is_asked, is_question = True, one.said.asks
            is_open |= not part.people and one.said.speaker != owner
            hands_on |= bool(part.people) and not part.is_taken and one.said.speaker == owner
        if one.said.speaker != owner or one.said.asks:
            continue
        names_day = due is not None and any(each.day and each.day.isoformat() == due for each in one.dues)
        on_day = names_day and not _WANTS.search(one.said.low)
        vague = _is_vague(one, parts)
        is_else = any(_is_of_another_thing(task, meant, one.undated(part.text), reader) for part in parts)
        takes |= vague or (on_day and not is_else and _DOES.search(one.said.low) is not None)
        if all(part.is_taken for part in parts) and not is_else:
            takes |= on_day and _I.search(one.said.low) is not None
            speaks_of |= bool(meant & set(heavy(one.said.low)))
            has_day |= on_day
        if (is_asked or is_open) and not rivals and (takes or on_day or _says_yes(one.said.low)):
            return Grade.TAKEN
        if answers.says_no(one.said.low) or answers.is_done(one.said.low):
            is_asked = False
    is_dated = speaks_of and has_day and not hands_on
    if ours.people:
        return Grade.TAKEN if owner in ours.people and not rivals else Grade.NOT
    if rivals or not (is_asked or takes or is_dated):
        return Grade.NOT
    if takes or is_dated:
        return Grade.TAKEN
    return Grade.ASKED if is_question else Grade.TOLD


class _Ours:
    """Whose it is what `we` have to do, while nothing else comes between.

    Attributes:
        people: who said `we`, or else the last one who takes it: `I'll do it`.
    """

    def __init__(self, reader: Reader) -> None:
        self._names = reader.stems
        self.people: frozenset[str] = frozenset()
        self._asked: frozenset[str] = frozenset()
        self._is_near = False

    def follow(self, one: Heard, parts: Sequence[_Part], meant: set[str]) -> None:
        """Hears the next sentence."""
        shared = [part for part in parts if part.is_shared and (not meant or meant & set(heavy(plain(part.text))))]
        low, speaker = one.said.low, frozenset([one.said.speaker])
        if shared:
            self.people, self._is_near = speaker, all(part.is_shared for part in parts)
            return
        if not self._is_near:
            return
        said_yes = speaker <= self._asked and _says_yes(low)
        self._asked = frozenset().union(*(part.people for part in parts if self.is_asked_in(part)))
        takes_it = answers.takes_it(low) or (_is_vague(one, parts) and not _NOT_ALONE.search(low))
        if not one.said.asks and (said_yes or takes_it):
            self.people = speaker
        elif one.said.asks or any(self._says(part) for part in parts):
            self._is_near = all(self.is_asked_in(part) for part in parts)

    def is_asked_in(self, part: _Part) -> bool:
        """Whether a request is for it: `Could you do it?`."""
        return self._is_near and not part.is_taken and not part.is_shared and not self._says(part)

    def _says(self, part: _Part) -> bool:
        return not set(heavy(plain(part.text))) <= set(self._names)


def _is_vague(one: Heard, parts: Sequence[_Part]) -> bool:
    """Whether a sentence takes something that it does not name: `I'll do that`."""
    return any(part.is_taken and not heavy(plain(one.undated(part.text))) for part in parts)


def _is_of_another_thing(task: str, meant: set[str], said: str, reader: Reader) -> bool:
    """Whether words do the same with another thing: `send the text` and `send the bill`."""
    low = plain(said)
    words = set(heavy(low)) - reader.stems
    verb = set(heavy(plain(task))[:1])
    return bool(words - verb) and bool(meant - verb) and not meant & (words - verb) and not OBJECT.search(low)


def _says_yes(low: str) -> bool:
    return answers.says_yes(low) and not _LISTENS.fullmatch(low) and not _SOMEBODY.search(low)


def _parts(one: Heard, reader: Reader) -> Iterator[_Part]:
    speaker, nobody = frozenset([one.said.speaker]), frozenset[str]()
    others = frozenset(reader.names) - speaker
    you = others if len(others) == 1 and not _SOMEBODY.search(one.said.low) else nobody
    if _MINE.search(one.said.low) and not _ASKS_YOU.search(one.said.low):
        yield _Part(speaker, True, one.said.text)
        return
    promises = [each for each in one.commitments if each.kind in (Kind.PROMISE, Kind.SHARED)]
    for each in one.commitments:
        if each.kind is Kind.PROMISE or each.kind is Kind.SHARED:
            ours = each.kind is Kind.SHARED and not WE_WILL.match(one.said.low[each.start :])
            yield _Part(speaker, True, _YOU_DO.sub("", each.text), is_shared=ours)
        elif not one.deliveries:
            yield _Part(frozenset([each.name]) if each.name else you, False, each.text)
    asked = any(put.way in (Way.REQUEST, Way.BIDDEN) for put in one.puts)
    for put in one.puts:
        if put.way is Way.PLANNED and asked:
            continue  # `bring the shoes, would you`
        if put.way is Way.TAKES and _IF.search(one.said.low):
            continue  # `if I could have that` asks
        if put.way is Way.TOGETHER:
            yield _Part(speaker, True, put.task, is_shared=True)
        elif put.way in _TAKES:
            yield _Part(speaker, True, put.task, put.way is Way.TAKES)
        else:
            yield _Part(nobody if put.way is Way.TASK else you, False, put.task)
    for delivery in one.deliveries:
        yield _Part(speaker, True, delivery.thing)
    if promises or one.deliveries or any(put.way in _TAKES for put in one.puts):
        return
    called = frozenset(name for name, _, _ in reader.named(one.said.text)) - speaker
    if one.said.asks or (called and not (_I.search(one.said.low) and not _YOU.search(one.said.low))):
        yield _Part(called or you, False, one.said.text)
