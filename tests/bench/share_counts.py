"""What the bench of sharing counts, of Parley and of Chromium alike."""

import contextlib
import os
import time
from pathlib import Path
from typing import NamedTuple


class Counts(NamedTuple):
    """What has come together so far.

    Attributes:
        cpu_s: processor time of who shares.
        encoded: pictures that were encoded.
        encode_s: time that took.
        encode_cpu_s: processor time of it; 0 where that is not told.
        sent_bytes: of these pictures.
        shown: pictures at the far end.
    """

    cpu_s: float
    encoded: float
    encode_s: float
    encode_cpu_s: float
    sent_bytes: float
    shown: float


def cpu_s(root):
    """Processor time so far of a process and all that it has started and that still runs, all threads."""
    found = {}
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):  # no process, or one that ends meanwhile
            parts = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            found[int(folder.name)] = (int(parts[1]), int(parts[11]) + int(parts[12]))
    mine, fresh = set(), {root}
    while fresh:
        mine |= fresh
        fresh = {pid for pid, (parent, _) in found.items() if parent in fresh}
    return sum(found[pid][1] for pid in mine if pid in found) / os.sysconf("SC_CLK_TCK")


def cores(spent_s, span_s):
    """How much of a core goes into something while one waits so long.

    Args:
        spent_s: Its processor time so far.
        span_s: How long.
    """
    before = spent_s()
    time.sleep(span_s)
    return (spent_s() - before) / span_s
