"""CPU per forwarded packet and added latency: our relay and Debian's Janus under the same load in the same run.

Each relay runs in a process of its own, the load generator in another; the runs alternate and medians are taken. All
media uses one of the machine's own addresses (through lo), because Janus refuses 127.0.0.1. The ratio is the median of
those of the rounds, whose two runs lie seconds apart: from minute to minute the machine changes by more. To Linux the
load generator is batch work, since the viewers of a relay sit at other computers: a common process is woken by the
first packet for its viewers and takes the core from the relay that is sending the next (1,000 times a second with ten
people, else 20). The latency is until the kernel has the packet for its viewer. Until the load generator has read it
takes longer, and longest where the packets of all viewers come at once, as it reads one by one; that is printed beside
it (`read_p99_ms`). What the generator takes to encrypt and send is in both, and the same for both relays.

The Janus side needs `apt-get install janus`; without it (or with loopback as the only address) its figures are null.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import relay_janus

_ROOT = Path(__file__).parents[2]
_LOOPBACK = "127.0.0.1"
_LIMIT_S = 240.0


@dataclass(frozen=True, slots=True)
class Case:
    """So many meetings at once, with so many people in each."""

    meetings: int
    people: int


#: People in each of several meetings.
SMALL_MEETING = 3
CASES = (
    *(Case(1, people) for people in (2, 5, 10)),
    *(Case(meetings, SMALL_MEETING) for meetings in (1, 5, 20)),
)


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measures and returns the figures.

    Args:
        argv: `--seconds 5 --rounds 3 --install` (the last asks apt for Janus where it is missing). `--people 5` and
            `--meetings 20` measure one case alone: so many people in each of so many meetings.

    Returns:
        us_per_packet, janus_us_per_packet (CPU microseconds), ratio, p99_ms, janus_p99_ms (send to arrival),
        read_p99_ms, janus_read_p99_ms (send to read), people, packets_per_s, delivered, janus_delivered (shares of
        what was sent, 0-1) of ten people in one meeting, or else of the last case; `table` has the same of each case.
    """
    options = _options(argv)
    if options.install and not relay_janus.is_installed():
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "janus"], check=False)
    address = _own_address()
    with_janus = relay_janus.is_installed() and address != _LOOPBACK
    if not with_janus:
        print("Janus is not installed here (apt-get install janus): no ratio.", flush=True)
    table = [_measure(case, options, address, with_janus=with_janus) for case in _cases(options)]
    return {**next((row for row in table if (row["meetings"], row["people"]) == (1, 10)), table[-1]), "table": table}


def _cases(options: argparse.Namespace) -> Sequence[Case]:
    if options.people is None and options.meetings is None:
        return CASES
    return [Case(options.meetings or 1, options.people or (10 if options.meetings is None else SMALL_MEETING))]


def _measure(case: Case, options: argparse.Namespace, address: str, *, with_janus: bool) -> dict[str, Any]:
    ours, theirs = [], []
    for number in range(options.rounds):
        head = f"{case.meetings} x {case.people} people, round {number + 1}"
        ours.append(_measure_ours(case, options, address))
        print(f"{head}: relay {_line(ours[-1])}", flush=True)
        if with_janus:
            theirs.append(_measure_janus(case, options, address))
            print(f"{head}: Janus {_line(theirs[-1])}", flush=True)
    return _figures(case, ours, theirs)


def _figures(case: Case, ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> dict[str, Any]:
    def median(runs: list[dict[str, float]], key: str, digits: int = 2) -> float | None:
        return round(statistics.median(run[key] for run in runs), digits) if runs else None

    own, other = median(ours, "us_per_packet"), median(theirs, "us_per_packet")
    return {
        "us_per_packet": own,
        "janus_us_per_packet": other,
        "ratio": _ratio(ours, theirs),
        "p99_ms": median(ours, "p99_ms"),
        "janus_p99_ms": median(theirs, "p99_ms"),
        "read_p99_ms": median(ours, "read_p99_ms"),
        "janus_read_p99_ms": median(theirs, "read_p99_ms"),
        "p50_ms": median(ours, "p50_ms"),
        "janus_p50_ms": median(theirs, "p50_ms"),
        "meetings": case.meetings,
        "people": case.people,
        "packets_per_s": median(ours, "packets_per_s", 0),
        "delivered": median(ours, "delivered", 4),
        "janus_delivered": median(theirs, "delivered", 4),
    }


def _ratio(ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> float | None:
    """Of the cost of a packet, the median of the rounds."""
    pairs = [own["us_per_packet"] / other["us_per_packet"] for own, other in zip(ours, theirs, strict=False)]
    return round(statistics.median(pairs), 3) if pairs else None


def _line(run: dict[str, float]) -> str:
    return (
        f"{run['us_per_packet']:.2f} us per packet, p50 {run['p50_ms']:.2f} ms, p99 {run['p99_ms']:.2f} ms, "
        f"{run['packets_per_s']:.0f} packets/s, {100 * run['delivered']:.2f} % delivered"
    )


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench relay", description=__doc__)
    parser.add_argument("--people", type=int, help="in each meeting")
    parser.add_argument("--meetings", type=int)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--install", action="store_true")
    return parser.parse_args(list(argv))


def _own_address() -> str:
    """An IPv4 address of this machine that is not loopback; 127.0.0.1 where there is none."""
    from app.net.guard import machine_addresses

    return next((one for one in machine_addresses() if ":" not in one and one != _LOOPBACK), _LOOPBACK)


def _measure_ours(case: Case, options: argparse.Namespace, address: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.relay_server", address]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as relay, _ending(relay):
        assert relay.stdout
        return _load(case, options, address, ["--port", relay.stdout.readline().strip(), "--pid", str(relay.pid)])


def _measure_janus(case: Case, options: argparse.Namespace, address: str) -> dict[str, float]:
    folder = Path(tempfile.mkdtemp(prefix="parley-janus-"))
    try:
        relay, port = relay_janus.start(folder, address)
        with _ending(relay):
            return _load(case, options, address, ["--janus", "--port", str(port), "--pid", str(relay.pid)])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _ending(process: subprocess.Popen[Any]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _load(case: Case, options: argparse.Namespace, address: str, more: list[str]) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.relay_load", "--address", address]
    command += [
        "--meetings",
        str(case.meetings),
        "--people",
        str(case.people),
        "--seconds",
        str(options.seconds),
        *more,
    ]
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, timeout=_LIMIT_S, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
