"""Action items against what careful people noted, in dialogues as calls sound (`tests/data/promises`).

Those that a recap shows count; what is not proved is for a reader to check, and missed here.

precision, recall, f1   of items: found and noted are one where the noted words are in the found text (half of them at
                        least) and the owner is the same; each counts once
owner                   of those whose words fit, the share with the right owner
due, certainty          of the found items, the share with the right day, and with the right certainty
false_alarms            the share of dialogues without any item in which one was found
f1_low, f1_high         the middle 95 % of f1 over 1,000 draws of dialogues (bootstrap)

`--data apart` is for the final figure alone; of `spare`, `fresh`, `week` and `last`, too, who writes rules sees only
figures. The model that reads has learned from the other files, so its figures on these tell nothing; `--rules` leaves
it out.
`--show` prints what was missed and what was made up.
"""

import argparse
import json
import random
import re
from datetime import date
from functools import cache
from pathlib import Path

from app.paths import default_data
from app.wire.recap import Utterance
from server_stub.recap.evidence import Evidence
from server_stub.recap.promises.items import hear_action_items
from server_stub.recap.reading import keep
from server_stub.recap.reading.agree import agree, once
from server_stub.recap.reading.reader import Reader

FOLDER = Path(__file__).parents[1] / "data" / "promises"
#: Every file of dialogues; the other one holds sentences.
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.jsonl") if path.stem != "claims"))
DRAWS = 1000
SPEECH_WORDS_PER_S = 2.5


def transcript_of(lines):
    """The lines as utterances of a call, one after the other."""
    said, at_s = [], 0.0
    for number, (speaker, text) in enumerate(lines, 1):
        end_s = at_s + len(text.split()) / SPEECH_WORDS_PER_S
        said.append(Utterance(id=f"u{number}", speaker=speaker, start_s=at_s, end_s=end_s, text=text, confidence=0.9))
        at_s = end_s + 0.6
    return tuple(said)


def held(words, text):
    """The noted words that a text holds; `a|b` means either."""
    low = text.lower()
    return [each for each in words if any(re.search(rf"\b{re.escape(one)}", low) for one in each.split("|"))]


def fits(noted, found):
    """How well a found text holds the noted words, 0.0 to 1.0."""
    return len(held(noted["words"], found.text)) / len(noted["words"])


def is_theirs(noted, found):
    """Whether a found item has the noted owner; of several in whatever order."""
    return set((found.owner or "").split(" and ")) == set(noted["owner"].split(" and "))


def pair(noted, found):
    """(noted, found) that belong together, the best first; each once."""
    scored = [
        (fits(one, other), is_theirs(one, other), -abs(i - j), i, j)
        for i, one in enumerate(noted)
        for j, other in enumerate(found)
    ]
    pairs, taken = [], (set(), set())
    for score, _, _, i, j in sorted(scored, reverse=True):
        if score >= 0.5 and i not in taken[0] and j not in taken[1]:
            pairs.append((noted[i], found[j]))
            taken[0].add(i)
            taken[1].add(j)
    return pairs


def judge(dialogue, find):
    """What counts of one dialogue."""
    names = tuple(dialogue["people"])
    found = find(transcript_of(dialogue["lines"]), names, date.fromisoformat(dialogue["today"]))
    pairs = pair(dialogue["items"], found)
    right = [(one, other) for one, other in pairs if is_theirs(one, other)]
    return {
        "noted": len(dialogue["items"]), "found": len(found), "worded": len(pairs), "right": len(right),
        "due": sum((other.due or "") == one["due"] for one, other in right),
        "certainty": sum(other.certainty == one["certainty"] for one, other in right),
        "empty": not dialogue["items"], "alarm": not dialogue["items"] and bool(found),
        "missed": [one for one in dialogue["items"] if all(one is not each for each, _ in pairs)],
        "made_up": [other for other in found if all(other is not each for _, each in pairs)],
    }  # fmt: skip


def share(part, whole):
    return round(part / whole, 3) if whole else 0.0


def f1_of(judged):
    right, all_of_both = sum(one["right"] for one in judged), sum(one["noted"] + one["found"] for one in judged)
    return 2 * right / all_of_both if all_of_both else 0.0


def figures(judged):
    total = {
        name: sum(one[name] for one in judged) for name in ("noted", "found", "worded", "right", "due", "certainty")
    }
    random_ = random.Random(1)
    draws = sorted(f1_of(random_.choices(judged, k=len(judged))) for _ in range(DRAWS))
    return {
        "precision": share(total["right"], total["found"]), "recall": share(total["right"], total["noted"]),
        "f1": round(f1_of(judged), 3), "owner": share(total["right"], total["worded"]),
        "due": share(total["due"], total["right"]), "certainty": share(total["certainty"], total["right"]),
        "false_alarms": share(sum(one["alarm"] for one in judged), sum(one["empty"] for one in judged)),
        "f1_low": round(draws[DRAWS // 40], 3), "f1_high": round(draws[-DRAWS // 40], 3),
        "dialogues": len(judged), "items": total["noted"],
    }  # fmt: skip


def read(name):
    path = FOLDER / f"{name}.jsonl" if name in NAMES else Path(name)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


@cache
def finder(folder):
    """Finds the action items of a talk that a recap shows; without a folder by rules alone."""
    reader = Reader(folder, threads=1) if folder else None

    def find(said, names, today):
        pages = reader.read(said, today) if reader else []
        found = agree(hear_action_items(said, names, today), pages, said)
        return Evidence(said, names, today, once(pages)).keep_items(found)[0]

    return find


def main(argv):
    parser = argparse.ArgumentParser(prog="python -m tests.bench items")
    parser.add_argument("--data", default="dialogues", help=f"{', '.join(NAMES)}, or a file of the same form")
    parser.add_argument("--show", action="store_true", help="what was missed and made up")
    parser.add_argument("--rules", action="store_true", help="without the model that reads")
    options = parser.parse_args(argv)
    dialogues = read(options.data)
    folder = None if options.rules else keep.find(default_data() / "models")
    if folder is None and not options.rules:
        print("The model that reads is not here (make setup): rules alone.")
    judged = [judge(one, finder(folder)) for one in dialogues]
    if options.show:
        for dialogue, one in zip(dialogues, judged, strict=True):
            for item in one["missed"]:
                print(f"{dialogue['id']} missed {item['owner']}: {', '.join(item['words'])} {item['due']}")
            for item in one["made_up"]:
                print(f"{dialogue['id']} made up {item.owner}: {item.text} {item.due}")
    return {**figures(judged), "reader": folder is not None}
