"""Fuzzes every guarded parser: `python -m tests.fuzz --seconds 60`, the time shared between them.

Prints the seed, which makes the same inputs again. Finds (an exception that may not leave its parser, or an input that
costs more than a second) go into a file, each with the input in hex; the exit code is 1 when there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import sys
import time
import traceback
from pathlib import Path

from app.net import guard
from tests.fuzz.mutate import mutate
from tests.fuzz.target import feed_one
from tests.fuzz.targets import TARGETS

#: CPU seconds for one input.
MOST_S = 1.0


def main(argv):
    """Runs until the time is over; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--target", choices=sorted(TARGETS), action="append", default=None)
    parser.add_argument("--out", type=Path, default=Path("fuzz-finds.json"))
    options = parser.parse_args(argv)
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    names = options.target or list(TARGETS)
    finds = {}
    for name in names:
        count, found = asyncio.run(fuzz(name, seed, seconds=options.seconds / len(names)))
        print(f"{name}: {count} inputs, {len(found)} finds", flush=True)
        finds |= {f"{name}: {what}": data.hex() for what, data in found.items()}
    if finds:
        options.out.write_text(json.dumps({"seed": seed, "finds": finds}, indent=1), encoding="utf-8")
        print(f"{len(finds)} finds: {options.out}", *finds, sep="\n  ")
    return 1 if finds else 0


async def fuzz(name, seed, *, seconds=0.0, inputs=0):
    """Fuzzes one parser, for so long or with so many inputs.

    Returns:
        How many inputs there were, and the finds: where it happened to the first input that did it.
    """
    guard.install()
    target, chance, found, count = await TARGETS[name](), random.Random(f"{seed} {name}"), {}, 0
    until_s = time.monotonic() + seconds
    async with target.end:
        waiting = [*target.seeds, *target.past]
        while waiting or count < inputs or time.monotonic() < until_s:
            data = waiting.pop() if waiting else mutate(chance, target.seeds, is_text=target.is_text)
            count += 1
            began_s = time.process_time()
            try:
                await feed_one(target, data)
            except Exception as error:
                place = traceback.extract_tb(error.__traceback__)[-1]
                found.setdefault(f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}", data)
            if time.process_time() - began_s > MOST_S and not inputs:
                found.setdefault("more than a second", data)
    return count, found


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # here alone: tests call `main` as well
    sys.exit(main(sys.argv[1:]))
