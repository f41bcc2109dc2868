"""What the proof of a recap lets through: true sentences and items of the labelled dialogues, and corrupted ones.

corrupted     by kind of lie (number, name, date, speaker, owner, polarity, certainty): how many different ones eight
              draws of fifty give, and how many of them a recap would have shown as fact
true          how many there are of each kind, and the share that passes: items of our rules that are as labelled,
              sentences of our summaries, and sentences in a language model's way that were made of those items

`--show` prints each corrupted one that was shown, and each true one that was not.
"""

import argparse
from collections import Counter

from tests.bench import proof_lies
from tests.bench.proof_cases import cases, is_shown, write_down

EACH, SEED, DRAWS = 50, 7, 8


def judge(material, *, each=EACH, seed=SEED):
    """(lies by kind, those shown, true ones by kind, those not shown)"""
    lies = proof_lies.tell(material, each=each, seed=seed)
    shown = [lie for lie in lies if is_shown(lie)]
    lost = [case for case in material if not is_shown(case)]
    return lies, shown, material, lost


def judge_all(material):
    """As `judge`, of several draws, each lie once."""
    draws = [judge(material, seed=seed) for seed in range(SEED, SEED + DRAWS)]
    lies, shown = ({(one.kind, one.call.id, one.words()): one for draw in draws for one in draw[at]} for at in (0, 1))
    return list(lies.values()), list(shown.values()), *draws[0][2:]


def main(argv):
    parser = argparse.ArgumentParser(prog="python -m tests.bench proof")
    parser.add_argument("--show", action="store_true", help="the lies that were shown, and the true ones that were not")
    parser.add_argument("--data", default="dialogues", help="dialogues, more, terse, winding, callers, or a file")
    parser.add_argument("--write", action="store_true", help="writes today's true claims down, for the tests")
    options = parser.parse_args(argv)
    material = cases(options.data)
    if options.write:
        write_down(material)
    lies, shown, true, lost = judge_all(material)
    if options.show:
        for one in shown:
            print(f"SHOWN {one.kind} {one.call.id} {one.words()}  (was: {one.was})")
        for one in lost:
            print(f"LOST {one.kind} {one.call.id} {one.words()}: {one.doubt()}")
    told, through = Counter(one.kind for one in lies), Counter(one.kind for one in shown)
    kinds, without = Counter(one.kind for one in true), Counter(one.kind for one in lost)
    return {
        "corrupted": {kind: {"told": count, "shown": through[kind]} for kind, count in told.items()},
        "true": {kind: {"told": count, "passed": round(1 - without[kind] / count, 3)} for kind, count in kinds.items()},
        "told": len(lies), "shown": len(shown), "passed": round(1 - len(lost) / len(true), 3),
    }  # fmt: skip
