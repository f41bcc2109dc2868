"""`python -m tests.network.run --scen loss10,burst5 --seed 1 --out rows.jsonl`: calls over bad links, measured.

Each scenario, seed and direction ("up": what the client behind the link sends) gives a row of JSON in the file, as soon
as it is measured. The last line that is printed is JSON: the medians over the seeds. Needs Linux, root, iproute2 and
/dev/net/tun; without them it says so and measures nothing.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from tests.bench.share_chromium import program
from tests.network.link import ScenarioError
from tests.network.measuring import measure
from tests.network.rows import medians, missed, table
from tests.network.scenarios import BUILT_IN, read_file, read_scenarios
from tests.network.stage import ChromiumStage, Stage, why_not

#: What the process returns: something was not measured; the command line makes no sense, or nothing can be measured.
FAILED, CANNOT = 1, 2


def _parser():
    parser = argparse.ArgumentParser(prog="python -m tests.network.run")
    parser.add_argument("--scen", default="", help=f"names, by commas (default: all of {', '.join(BUILT_IN)})")
    parser.add_argument("--scen-file", type=Path, help="JSON with more scenarios: {name: [[at_s, action], ...]}")
    parser.add_argument("--secs", type=float, help="how long each is measured (default: as it needs)")
    parser.add_argument("--seed", type=int, default=1, help="of the dice that lose packets")
    parser.add_argument("--seeds", help="several, by commas; the figures at the end are their medians")
    parser.add_argument("--repeat", type=int, default=1, help="so many runs of each seed")
    parser.add_argument("--record", action="store_true", help="the call is recorded")
    parser.add_argument("--vs", choices=["chrome"], help="measure two Chromiums over the same link as well")
    parser.add_argument("--table", action="store_true", help="print a table with the goals before the last line")
    parser.add_argument("--out", type=Path, default=Path("network-rows.jsonl"), help="rows are added to this file")
    names = os.environ.get("NS", "plnA,plnB")
    parser.add_argument("--names", default=names, help="of the two network namespaces, by a comma")
    parser.add_argument("--net", default=os.environ.get("NET", "10.114.8"), help="first three numbers of its addresses")
    return parser


def _chosen(given):
    known = read_scenarios(BUILT_IN)
    added = read_file(given.scen_file) if given.scen_file else {}
    known |= added
    names = given.scen.split(",") if given.scen else list(added or known)
    if missing := [name for name in names if name not in known]:
        raise ScenarioError(f"there is no scenario “{missing[0]}”; there are {', '.join(known)}")
    return [known[name] for name in names]


async def _measure_all(given, scenarios, seeds):
    rows = []
    for number in (signal.SIGINT, signal.SIGTERM):
        # A limit from outside ends the server and the clients as well, and the namespaces.
        asyncio.get_running_loop().add_signal_handler(number, asyncio.current_task().cancel)
    for seed in seeds:
        for scenario in scenarios:
            for _ in range(given.repeat):
                secs = given.secs or scenario.secs
                names = given.names.split(",")
                stages = [Stage(names, given.net, seed, records=given.record)]
                # Two browsers have no server, and nobody who would lead them to another address.
                if given.vs == "chrome" and not scenario.has:
                    stages.append(ChromiumStage(names, given.net, seed))
                for stage in stages:
                    rows += _told(await measure(scenario, seed, secs, stage), given.out)
    return rows


def _told(rows, out):
    with out.open("a", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
            print(json.dumps(row), flush=True)
    return rows


def main(argv=None):
    given = _parser().parse_args(argv)
    try:
        seeds = [int(seed) for seed in given.seeds.split(",")] if given.seeds else [given.seed]
        scenarios = _chosen(given)
    except ScenarioError as error:
        print(f"{error}.", file=sys.stderr)
        return CANNOT
    except ValueError:
        print(f"Seeds are whole numbers, by commas, not “{given.seeds}”.", file=sys.stderr)
        return CANNOT
    if words := why_not(given.names.split(",")):
        print(f"Nothing can be measured: {words}.", file=sys.stderr)
        return CANNOT
    if given.vs and program() is None:
        print("Chromium is not installed: apt-get install chromium.", file=sys.stderr)
        return CANNOT
    try:
        rows = asyncio.run(_measure_all(given, scenarios, seeds))
    except asyncio.CancelledError:
        print("Ended before its time.", file=sys.stderr)
        return FAILED
    if given.table:
        print(table(rows))
    print(json.dumps({"medians": medians(rows), "missed": missed(rows)}), flush=True)
    return FAILED if any("error" in row for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
