"""What a language model says of a meeting: nothing of it is believed before `model_proof` has found it in the words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from app.wire.text import one_line

#: Letters of a statement, statements of one answer, and utterances that one rests on, at most.
LONGEST, MOST, MOST_CITED = 400, 60, 6
_FLAT = re.compile(r"\{[^{}]*\}")
_ID = re.compile(r"\[?\s*u?(\d{1,7})\s*\]?\Z")


class SaidSentence(Struct, frozen=True, kw_only=True):
    """A sentence for the summary, and the ids it claims to rest on."""

    text: str
    evidence: tuple[str, ...]


class SaidItem(Struct, frozen=True, kw_only=True):
    """An action item as the model gives it; owner and due are empty where it names none."""

    text: str
    owner: str
    due: str
    evidence: tuple[str, ...]


class Suggested(Struct, frozen=True, kw_only=True):
    """All that a language model gave for one meeting.

    Attributes:
        model: its name.
        host: where it is.
        sentences: for the summary.
        items: action items.
        unread: statements that were none.
        is_whole: every part of the transcript was answered.
        fault: why it is not whole, as the end of `The language model ...`; empty where it is.
    """

    model: str
    host: str
    sentences: tuple[SaidSentence, ...] = ()
    items: tuple[SaidItem, ...] = ()
    unread: int = 0
    is_whole: bool = True
    fault: str = ""


class Unreadable(Exception):
    """An answer holds no statement at all."""


def read_answer(text: str) -> tuple[list[SaidSentence], list[SaidItem], int]:
    """The statements of an answer, and how many of them cannot be read.

    The answer should be JSON; words around it, a fence, a train of thought before it, and an end that was cut off are
    forgiven.

    Raises:
        Unreadable: there is no JSON of the kind that was asked for.
    """
    text = text.rpartition("</think>")[2]
    found = _decode(text[text.find("{") : text.rfind("}") + 1])
    sentences: list[SaidSentence] = []
    items: list[SaidItem] = []
    unread = 0
    for is_item, each in _statements(found, text):
        said = _read_item(each) if is_item else _read_sentence(each)
        if said is None or len(sentences) + len(items) >= MOST:
            unread += 1
        elif isinstance(said, SaidItem):
            items.append(said)
        else:
            sentences.append(said)
    return sentences, items, unread


def _decode(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None


def _statements(found: object, text: str) -> Iterator[tuple[bool, object]]:
    """(whether it is an action item, the statement) of each."""
    if isinstance(found, dict) and ("summary" in found or "action_items" in found):
        for name in ("summary", "action_items"):
            given = found.get(name)
            for each in given if isinstance(given, list) else [] if given is None else [given]:
                yield name == "action_items", each
        return
    loose = [each for match in _FLAT.finditer(text) if isinstance(each := _decode(match[0]), dict)]
    if not any("text" in each for each in loose):
        raise Unreadable
    for each in loose:
        yield "owner" in each or "due" in each, each


def _read_sentence(given: object) -> SaidSentence | None:
    text, evidence = _read_both(given)
    return SaidSentence(text=text, evidence=evidence) if text else None


def _read_item(given: object) -> SaidItem | None:
    text, evidence = _read_both(given)
    if not text or not isinstance(given, dict):
        return None
    owner, due = given.get("owner"), given.get("due")
    if not isinstance(owner, str | None) or not isinstance(due, str | None):
        return None
    return SaidItem(text=text, owner=_line(owner or ""), due=_line(due or ""), evidence=evidence)


def _read_both(given: object) -> tuple[str, tuple[str, ...]]:
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        return "", ()
    text, cited = given["text"], given.get("evidence")
    if len(text) > LONGEST or not isinstance(cited, list) or not 0 < len(cited) <= MOST_CITED:
        return "", ()
    ids = [_ID.match(str(each).strip()) for each in cited if isinstance(each, str | int)]
    return _line(text), tuple(dict.fromkeys(f"u{int(each[1])}" for each in ids if each))


def _line(text: str) -> str:
    return one_line(text[:LONGEST])
