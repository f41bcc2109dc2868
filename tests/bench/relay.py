"""CPU per forwarded packet and added latency: our relay and Debian's Janus under the same load in the same run.

Each relay runs in a process of its own, the load generator in another; the runs alternate and medians are taken. All
media uses one of the machine's own addresses (through lo), because Janus refuses 127.0.0.1. The latency holds the
generator's own share too, which is the same for both.

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
from pathlib import Path
from typing import Any

from tests.bench import relay_janus

_ROOT = Path(__file__).parents[2]
_LOOPBACK = "127.0.0.1"
_LIMIT_S = 180.0


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measures and returns the figures.

    Args:
        argv: `--people 10 --seconds 6 --rounds 3 --install` (the last asks apt for Janus where it is missing).

    Returns:
        us_per_packet, janus_us_per_packet (CPU microseconds), ratio, p99_ms, janus_p99_ms (send to receive), people,
        packets_per_s, delivered, janus_delivered (shares of what was sent, 0-1).
    """
    options = _options(argv)
    if options.install and not relay_janus.is_installed():
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "janus"], check=False)
    address = _own_address()
    with_janus = relay_janus.is_installed() and address != _LOOPBACK
    ours, theirs = [], []
    for number in range(options.rounds):
        ours.append(_measure_ours(options, address))
        print(f"round {number + 1}: relay {_line(ours[-1])}", flush=True)
        if with_janus:
            theirs.append(_measure_janus(options, address))
            print(f"round {number + 1}: Janus {_line(theirs[-1])}", flush=True)
    if not with_janus:
        print("Janus is not installed here (apt-get install janus): no ratio.", flush=True)
    return _figures(options.people, ours, theirs)


def _figures(people: int, ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> dict[str, Any]:
    def median(runs: list[dict[str, float]], key: str, digits: int = 2) -> float | None:
        return round(statistics.median(run[key] for run in runs), digits) if runs else None

    own, other = median(ours, "us_per_packet"), median(theirs, "us_per_packet")
    return {
        "us_per_packet": own,
        "janus_us_per_packet": other,
        "ratio": round(own / other, 3) if own and other else None,
        "p99_ms": median(ours, "p99_ms"),
        "janus_p99_ms": median(theirs, "p99_ms"),
        "p50_ms": median(ours, "p50_ms"),
        "janus_p50_ms": median(theirs, "p50_ms"),
        "people": people,
        "packets_per_s": median(ours, "packets_per_s", 0),
        "delivered": median(ours, "delivered", 4),
        "janus_delivered": median(theirs, "delivered", 4),
    }


def _line(run: dict[str, float]) -> str:
    return (
        f"{run['us_per_packet']:.2f} us per packet, p50 {run['p50_ms']:.2f} ms, p99 {run['p99_ms']:.2f} ms, "
        f"{run['packets_per_s']:.0f} packets/s, {100 * run['delivered']:.2f} % delivered"
    )


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench relay", description=__doc__)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--install", action="store_true")
    return parser.parse_args(list(argv))


def _own_address() -> str:
    """An IPv4 address of this machine that is not loopback; 127.0.0.1 where there is none."""
    from app.net.guard import machine_addresses

    return next((one for one in machine_addresses() if ":" not in one and one != _LOOPBACK), _LOOPBACK)


def _measure_ours(options: argparse.Namespace, address: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.relay_server", address]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as relay, _ending(relay):
        assert relay.stdout
        return _load(options, address, ["--port", relay.stdout.readline().strip(), "--pid", str(relay.pid)])


def _measure_janus(options: argparse.Namespace, address: str) -> dict[str, float]:
    folder = Path(tempfile.mkdtemp(prefix="parley-janus-"))
    try:
        relay, port = relay_janus.start(folder, address)
        with _ending(relay):
            return _load(options, address, ["--janus", "--port", str(port), "--pid", str(relay.pid)])
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


def _load(options: argparse.Namespace, address: str, more: list[str]) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.relay_load", "--address", address]
    command += ["--people", str(options.people), "--seconds", str(options.seconds), *more]
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, timeout=_LIMIT_S, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
