"""How much memory a model may still take on this computer."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

#: Of a container: its limit and what it takes (https://docs.kernel.org/admin-guide/cgroup-v2.html).
_LIMIT, _TAKEN = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")


def free_bytes() -> int:
    """What can be had without taking it from other programs, in a container of what that may have."""
    import psutil  # type: ignore[import-untyped]

    free = int(psutil.virtual_memory().available)
    with suppress(OSError, ValueError):  # no container, or none with a limit
        free = min(free, int(_LIMIT.read_text()) - int(_TAKEN.read_text()))
    return max(0, free)
