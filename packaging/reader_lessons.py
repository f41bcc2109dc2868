"""The calls from which the model that reads learns, as they are shown to it, and what it should write under each.

In every second case the people of a call get other first names, and some calls are joined with another one, so that it
reads who speaks, and does not learn who.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from app.wire.recap import AND
from server_stub.recap.reading.windows import NOBODY, NONE, calls

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data" / "promises"
#: Those that were learned from first count for more than those that came later.
OLDER = ("dialogues", "more", "winding", "terse", "callers", "learning", "later", "trades")
LATER, LATER_SHARE = ("talks", "everyday"), 0.3
#: So many of the calls without any item are left out, if nothing else is asked: there is little to learn from `none`.
EMPTY_SHARE = 0.5
RENAMED, JOINED, QUOTED = 0.6, 0.25, 5
WORD = re.compile(r"[A-Za-z0-9']+")
DAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|today|weekend|(?:this|next) week|end of the|"
    r"first thing|noon|january|february|march|april|june|july|august|(?:septem|octo|novem|decem)ber|christmas|easter|"
    r"the (?:\d+|[a-z]+)(?:st|nd|rd|th)\b)",
    re.IGNORECASE,
)
Call = dict[str, Any]
# fmt: off
NAMES = (
    "Anna", "Ben", "Carla", "Deepak", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jamal", "Kenji", "Laura", "Marek",
    "Nadia", "Omar", "Priya", "Quinn", "Rosa", "Sven", "Tara", "Umar", "Vera", "Walid", "Xenia", "Yusuf", "Zoe",
    "Aoife", "Bjorn", "Chidi", "Dalia", "Emre", "Fatima", "Goran", "Hanna", "Ivan", "Jana", "Kwame", "Leila", "Mateo",
    "Noor", "Olga", "Pablo", "Rafael", "Sofia", "Tomas", "Uma", "Viktor", "Wendy", "Yara", "Zara", "Alice", "Brian",
    "Chloe", "David", "Emma", "Frank", "Gina", "Henry", "Irene", "Jack", "Kate", "Liam", "Mia", "Noah", "Olivia",
    "Paul", "Rachel", "Sam", "Tina", "Victor", "Adam", "Beth", "Colin", "Diane", "Eric", "Fiona", "George", "Helen",
    "Ian", "Julia", "Karen", "Luke", "Megan", "Neil", "Oscar", "Peter", "Ruth", "Simon", "Tom", "Vince", "Wayne",
)
# fmt: on


# --- one call -------------------------------------------------------------------------------------------------------
def shown_of(call: Call) -> str:
    """The call as it is shown."""
    called = calls(call["people"])
    head = f"Call on {date.fromisoformat(call['today']):%A}. People: {', '.join(called.values())}.\n"
    return head + "".join(f"{called[speaker]}: {text}\n" for speaker, text in call["lines"]) + "###\n"


def wanted_of(call: Call) -> str:
    """What should be written under it."""
    called, lines = calls(call["people"]), []
    for item in sorted(call["items"], key=lambda each: settled_at(call, each)):
        speaker = called[call["lines"][settled_at(call, item)][0]]
        quote = f"{speaker}: {quote_of(call, item).rstrip('.,!?;: ')}"
        owners = AND.join(called[name] for name in owners_of(item)) or NOBODY
        lines.append("|".join([quote, owners, item["text"], item["due_words"], item["certainty"]]))
    return "\n".join(lines or [NONE]) + "\n"


def owners_of(item: dict[str, Any]) -> list[str]:
    """Those whose it is; nobody: none."""
    return item["owner"].split(AND) if item["owner"] else []


def settled_at(call: Call, item: dict[str, Any]) -> int:
    """The line that settles an item: the last cited one of its owner's, else the last cited."""
    own = [line for line in item["lines"] if call["lines"][line - 1][0] in owners_of(item)]
    return max(own or item["lines"]) - 1


def quote_of(call: Call, item: dict[str, Any]) -> str:
    """The first words of the sentence there that has most in common with the item."""
    wanted = {word.lower()[:5] for word in WORD.findall(f"{item['text']} {item['due_words']}")}
    sentences = [each for each in re.split(r"(?<=[.?!])\s+", call["lines"][settled_at(call, item)][1].strip()) if each]
    held = [len({word.lower()[:5] for word in WORD.findall(each)} & wanted) for each in sentences]
    best = max(range(len(sentences)), key=lambda place: (held[place], place))
    return " ".join(sentences[best].split()[:QUOTED]).replace("|", " ")


def is_hard(call: Call) -> bool:
    """Whether it takes thought by when its items are due: days of other things, items without one, one said apart."""
    seen = sum(len(DAY.findall(text)) for _, text in call["lines"])
    due = [item for item in call["items"] if item["due_words"]]
    apart = any(item["due_words"].lower() not in call["lines"][settled_at(call, item)][1].lower() for item in due)
    return apart or seen > len(due) + 1 or (seen > 0 and len(due) < len(call["items"]))


def renamed(call: Call, firsts: list[str]) -> Call:
    """The call among people of other first names; as it is where two share one, or a new one is a word of it."""
    old = [name.split()[0] for name in call["people"]]
    said = {word for _, text in call["lines"] for word in WORD.findall(text)}
    if len(set(old)) < len(old) or said & (set(firsts) - set(old)):
        return call
    new = dict(zip(old, firsts, strict=True))
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, old))})\b")
    full = {name: new[name.split()[0]] for name in call["people"]}

    def put(text: str) -> str:
        return pattern.sub(lambda found: new[found[1]], text)

    items = [
        {**item, "text": put(item["text"]), "owner": AND.join(full[each] for each in owners_of(item))}
        for item in call["items"]
    ]
    lines = [[full[speaker], put(text)] for speaker, text in call["lines"]]
    return {**call, "people": list(full.values()), "lines": lines, "items": items}


def varied(call: Call, others: list[Call], chance: random.Random) -> Call:
    """A call as it is shown in one round."""
    people = len(call["people"])
    is_new = chance.random() < RENAMED
    call = renamed(call, chance.sample(NAMES, people) if is_new else [name.split()[0] for name in call["people"]])
    other = chance.choice(others)
    if chance.random() >= JOINED or len(other["people"]) != people:
        return call
    other = renamed(other, call["people"])
    if other["people"] != call["people"]:
        return call
    later = [{**item, "lines": [line + len(call["lines"]) for line in item["lines"]]} for item in other["items"]]
    return {**call, "lines": call["lines"] + other["lines"], "items": call["items"] + later}


# --- all of them ----------------------------------------------------------------------------------------------------
def read(name: str) -> list[Call]:
    """The calls of a file."""
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() if line]


def pool(chance: random.Random, empty: float = EMPTY_SHARE) -> list[Call]:
    """The calls in the order in which they are learned from; of those without any item a share is left out."""
    older, later = ([call for name in names for call in read(name)] for names in (OLDER, LATER))
    chance.shuffle(older)
    chance.shuffle(later)
    found = []
    while older or later:
        call = (later if later and (not older or chance.random() < LATER_SHARE) else older).pop()
        if call["items"] or chance.random() >= empty:
            found.append(call)
    return found


def go_on(
    found: list[Call],
    skipped: Sequence[int],
    also: Sequence[str],
    again: Sequence[str],
    chance: random.Random,
    empty: float = EMPTY_SHARE,
) -> list[Call]:
    """What is left to learn from.

    Args:
        found: the pool.
        skipped: so many were learned from before the files were mixed in, and so many after.
        also: files that the pool was without.
        again: files whose calls with items are mixed with what is left, once more.
        chance: as the pool was made with.
        empty: what share of the calls without any item is left out of the files.
    """
    before, after = [*skipped, 0, 0][:2]
    rest = found[before:]
    for name in also:
        rest += [call for call in read(name) if call["items"] or chance.random() >= empty]
    if also:
        chance.shuffle(rest)
    rest = rest[after:]
    for name in again:
        rest += [call for call in read(name) if call["items"]]
    if again:
        chance.shuffle(rest)
    return rest
