"""The hostile tests for as long as one likes: `python -m tests.hostile --minutes 10`.

Made-up messages with another seed in each round, then each flood and each kind of half-open socket for itself. The last
line is one JSON object; the exit code is 1 when something was found.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
import traceback
from pathlib import Path

from hypothesis import HealthCheck, settings

from tests.hostile import test_messages
from tests.hostile.cast import GUEST, HOST, OUTSIDER
from tests.hostile.floods import (
    BARE,
    FLOODS,
    GOOD_MS,
    HALF_OPEN,
    best_p99_ms,
    flooded,
    flooded_below,
    half_open,
    knocks,
    pinned,
)

#: Made-up messages of one round, for each role.
_CASES = 1000


class Errors(logging.Handler):
    """Counts what the server logs as an error."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def main(argv):
    """Runs until the time is over; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args(argv)
    errors, until, found = Errors(), time.monotonic() + 60 * options.minutes, []
    logging.getLogger("server_stub").addHandler(errors)
    figures, cases = asyncio.run(_floods()), 0
    while not found and (not cases or time.monotonic() < until):
        found, cases = _messages(), cases + 4 * _CASES
    found += errors.lines + [name for name, figure in figures.items() if name.startswith("p99") and figure >= GOOD_MS]
    print(json.dumps({"messages": cases, "found": found, **figures}))
    return 1 if found else 0


def _messages():
    """One story and some thousand messages; returns what was wrong."""
    how = settings(max_examples=_CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    with tempfile.TemporaryDirectory(prefix="parley-hostile-") as folder:
        campaign = test_messages.Campaign(Path(folder) / "data")
        try:
            for role in (HOST, GUEST, OUTSIDER):
                test_messages.try_well_formed(campaign, role, how)
            test_messages.try_broken(campaign, how)
        except Exception as error:
            traceback.print_exc()
            return [repr(error)[:500]]
        finally:
            campaign.close()
    return []


async def _floods():
    figures = {}
    with tempfile.TemporaryDirectory(prefix="parley-hostile-") as folder:
        async with pinned(Path(folder) / "data") as server:
            before_kb = server.rss_kb()
            figures["p99_ms alone"] = await best_p99_ms(server, count=300)
            figures["knocks heard"], figures["knocks refused"] = await knocks(server)
            for kind in FLOODS:
                async with flooded(server, kind) as flood:
                    figures[f"p99_ms {kind}"] = await best_p99_ms(server, count=300)
                figures[f"closed {kind}"], figures[f"refused {kind}"] = flood.closed, flood.refused
            for kind in BARE:
                async with flooded_below(server, kind) as said:
                    figures[f"p99_ms {kind}"] = await best_p99_ms(server, count=300)
                figures[f"said {kind}"] = said()
            for kind in HALF_OPEN:
                async with half_open(server.port, (kind,)):
                    figures[f"p99_ms 500 x {kind}"] = await best_p99_ms(server, count=300)
            figures["left_kb"] = server.rss_kb() - before_kb
    return {name: round(figure, 1) for name, figure in figures.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
