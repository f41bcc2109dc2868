"""What the first call would otherwise wait for, done before it."""

from __future__ import annotations

import gc
import threading

from app.net import guard

_warming, _is_settled = threading.Lock(), threading.Event()


def warm_up() -> None:
    """Imports and sets up what a call needs, about 1 s, in a worker before the first one; later it is quickly done."""
    # Two threads that import a package with circular imports at once can each get half of it.
    with _warming:
        import av
        from aiortc import RTCPeerConnection  # noqa: F401 - the import is what takes time

        from app.net import tracks  # noqa: F401 - as above

        # Within the lock as well: who comes second must not begin before the guards stand.
        guard.install()
        if not _is_settled.is_set():
            # What is loaded by now stays. A full collection that goes through it holds every thread for 30-100 ms.
            _is_settled.set()
            gc.freeze()
    av.CodecContext.create("libvpx", "w")
    av.CodecContext.create("libopus", "r")
