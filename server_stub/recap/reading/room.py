"""How much memory a model may still take on this computer."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

#: More than the model itself takes: what it works with, and the recap's other parts.
_SHARE = 1.25
#: Which groups of processes this one is in, and where each has its limit, what it takes, and what of that is only kept
#: of files, by version (https://docs.kernel.org/admin-guide/cgroup-v2.html, and -v1/memory.html).
_MINE = Path("/proc/self/cgroup")
_GROUPS = {
    "": (
        Path("/sys/fs/cgroup"),
        "memory.max",
        "memory.current",
        re.compile(r"^(?:in)?active_file (\d+)", re.MULTILINE),
    ),
    "memory": (
        Path("/sys/fs/cgroup/memory"),
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        re.compile(r"^total_(?:in)?active_file (\d+)", re.MULTILINE),
    ),
}


def needed_bytes(made_bytes: int) -> int:
    """What has to be free for a model of that size."""
    return int(_SHARE * made_bytes)


def words(needed: int, free: int) -> str:
    """That it is not, for people."""
    return f"it needs {needed / 1e9:.1f} GB of memory, and {int(free / 1e8) / 10:.1f} GB were free"


def free_bytes() -> int:
    """What can be had without taking it from other programs, in a container of what that may have."""
    import psutil  # type: ignore[import-untyped]

    return max(0, min([int(psutil.virtual_memory().available), *_left_in_groups()]))


def _left_in_groups() -> list[int]:
    """What the limits of this process's groups leave; none where there is no limit."""
    left: list[int] = []
    with suppress(OSError):
        for line in _MINE.read_text().splitlines():
            _, kinds, path = line.split(":", 2)
            if kinds in _GROUPS:
                root, limit, taken, kept = _GROUPS[kinds]
                folder = root / path.strip("/")
                # In a container its own group is the root there.
                for group in (folder, *folder.parents):
                    if group.is_relative_to(root):
                        with suppress(OSError, ValueError):
                            files = sum(map(int, kept.findall((group / "memory.stat").read_text())))
                            used = int((group / taken).read_text()) - files
                            left.append(int((group / limit).read_text()) - used)
    return left
