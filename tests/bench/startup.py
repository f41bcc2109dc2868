"""How soon the window is painted: from the start of the process to the end of its first paint, heavy packages later."""

import statistics
import tempfile
from pathlib import Path

from tests.steering import Client

RUNS = 10


def first_paint_s(folder):
    """Seconds from the process's start to the first paint. Both clocks are the machine's monotonic one."""
    # A server that is not there: the window must not wait for it.
    client = Client(folder, "--server", "http://127.0.0.1:9")
    try:
        client.wait(first_paint=True)
        report = client.report()
    finally:
        client.quit()
    return report["first_paint_s"] - client.started_at


def main(argv):
    """Figures: `first_paint_s` (median of 10 warm starts), all runs, and the cold first one."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [first_paint_s(Path(folder) / "profile") for _ in range(RUNS + 1)]
    warm = runs[1:]
    return {
        "first_paint_s": round(statistics.median(warm), 3),
        "slowest_s": round(max(warm), 3),
        "first_run_s": round(runs[0], 3),
        "runs": [round(one, 3) for one in warm],
    }
