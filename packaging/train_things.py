"""Learns which of the things named in a talk a pronoun means, from our own dialogues; prints the table of weights.

    .venv/bin/python packaging/train_things.py [--write]

An item that people noted (`tests/data/promises`) says in its words what the pronoun meant: of the things named around
the promise, those are right that hold such a word. What was learned is judged on each file with the weights of the
other four, so with authors that it has not met. `--write` puts the table into
`server_stub/recap/promises/things.py`; the same table comes out of each run.
"""

import argparse
import re
import sys
from datetime import date
from pathlib import Path
from unittest import mock

import numpy as np
from scipy import optimize

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from server_stub.recap.promises import making, things  # noqa: E402
from server_stub.recap.promises.talk import Talk  # noqa: E402
from server_stub.recap.promises.topics import chosen  # noqa: E402
from tests.bench.items import held, read, transcript_of  # noqa: E402

NAMES = ("dialogues", "more", "winding", "terse", "callers")
RIDGE = 1.0
MODULE = ROOT / "server_stub" / "recap" / "promises" / "things.py"


def heard_in(dialogue):
    """(matter, its gaps, the places it was spoken of) of each matter that stands at the end of a dialogue."""
    gaps, seen = [], {}
    real_new = making.Making._new

    def topic_of(gap):
        gaps.append(gap)
        return ""  # so that what is learned does not depend on what was learned before

    def new(self, heard, *args, **options):
        gaps.clear()
        matter = real_new(self, heard, *args, **options)
        known = seen.setdefault(id(matter), (matter, [], []))
        known[1].extend(gaps)
        known[2].extend(heard.said.places)
        return matter

    with mock.patch.object(making.Making, "_new", new), mock.patch.object(making, "topic_of", topic_of):
        talk = Talk(transcript_of(dialogue["lines"]), tuple(dialogue["people"]), date.fromisoformat(dialogue["today"]))
    return [seen[id(matter)] for matter in talk.agreed() if id(matter) in seen]


def matched(dialogue):
    """(noted item, gaps of the matter that it is), each once, the best first."""
    known, scored = heard_in(dialogue), []
    for number, (matter, _, places) in enumerate(known):
        near = sorted({near for place in places for near in (place - 1, place, place + 1)})
        around = " ".join(dialogue["lines"][place][1] for place in near if 0 <= place < len(dialogue["lines"]))
        for other, noted in enumerate(dialogue["items"]):
            words = noted["words"]
            fits = len(held(words, f"{matter.task} {around}")) / len(words)
            if (matter.owner or "") == noted["owner"] and fits >= 0.5:
                day = matter.due.day.isoformat() if matter.due and matter.due.day else ""
                scored.append(
                    (len(held(words, matter.task)) / len(words) + fits + 0.3 * (day == noted["due"]), number, other)
                )
    taken = (set(), set())
    for _, number, other in sorted(scored, key=lambda one: (-one[0], one[1], one[2])):
        if number not in taken[0] and other not in taken[1]:
            taken[0].add(number)
            taken[1].add(other)
            yield dialogue["items"][other], known[number][1]


def cases_of(name):
    """(gap, things, which of them are right, the words that are looked for) wherever the task lacks a noted word."""
    for dialogue in read(name):
        for noted, gaps in matched(dialogue):
            for gap in gaps:
                words = [each for each in noted["words"] if not held([each], gap.task)]
                if words:
                    found = things.things(gap)
                    yield gap, found, [any(held(words, one) for one in each.names) for each in found], words


def learn(cases):
    """{feature: weight} of a logistic choice among the things and none, with a ridge."""
    names = ["none", *sorted({name for _, found, _, _ in cases for each in found for name in each.features})]
    tables = []
    for _, found, right, _ in cases:
        rows = [[each.features.get(name, 0.0) for name in names] for each in found]
        rows.append([1.0, *[0.0] * (len(names) - 1)])
        tables.append((np.array(rows, float), np.array([*right, not any(right)], float)))

    def loss(weights):
        value, slope = RIDGE / 2 * weights @ weights, RIDGE * weights
        for rows, right in tables:
            sums = rows @ weights
            shares = np.exp(sums - sums.max())
            shares /= shares.sum()
            hit = shares @ right
            value -= np.log(hit)
            slope = slope + rows.T @ (shares - shares * right / hit)
        return value, slope

    found = optimize.minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return {name: round(float(weight), 2) for name, weight in zip(names, found, strict=True)}


def judge(cases, weights):
    """(the first is right, one of those that are shown is, how many are shown), each a mean."""
    with mock.patch.dict(things.WEIGHTS, weights, clear=True):
        shown = [(words, chosen(gap)) for gap, _, _, words in cases]
    first = np.mean([any(held(words, each) for each in named[:1]) for words, named in shown])
    some = np.mean([any(held(words, each) for each in named) for words, named in shown])
    return first, some, np.mean([len(named) for _, named in shown])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into the module")
    options = parser.parse_args()
    cases = {name: list(cases_of(name)) for name in NAMES}
    for name in NAMES:
        others = [case for other in NAMES if other != name for case in cases[other]]
        first, some, count = judge(cases[name], learn(others))
        print(f"{name}: {len(cases[name])} cases, the first right {first:.3f}, one of {count:.2f} right {some:.3f}")
    table = learn([case for name in NAMES for case in cases[name]])
    text = "".join(f'    "{name}": {weight},\n' for name, weight in table.items())
    print(text, end="")
    if options.write:
        source = MODULE.read_text(encoding="utf-8")
        MODULE.write_text(re.sub(r"(?s)(?<=\nWEIGHTS = \{\n).*?(?=\})", text, source), encoding="utf-8")


if __name__ == "__main__":
    main()
