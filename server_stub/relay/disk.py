"""The thread that writes a recording: fed by a bounded queue, so that a slow disk never holds the call up."""

from __future__ import annotations

import asyncio
import errno
import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server_stub.relay.matroska import MatroskaFile, Sample

_log = logging.getLogger(__name__)

#: About ten seconds of two people, five of ten.
MAX_QUEUED = 4_000
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LazyFile:
    """A file that is made on the disk's thread with its first sample, so that the event loop never waits."""

    def __init__(self, path: Path, *, has_audio: bool, open_container: Any) -> None:
        self.path = path
        self._has_audio = has_audio
        self._open_container = open_container
        self._file: MatroskaFile | None = None

    def write(self, sample: Sample) -> None:
        """Writes one sample; see `MatroskaFile`."""
        if self._file is None:
            self._file = MatroskaFile(self.path, has_audio=self._has_audio, open_container=self._open_container)
        self._file.write(sample)

    def close(self) -> None:
        """Completes the file, if there is one."""
        if self._file:
            self._file.close()


class Disk:
    """The thread that writes: a bounded queue of samples and of small jobs, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stopped: Callable[[str], None]) -> None:
        self.files: list[LazyFile] = []
        self.written = 0
        self._loop = loop
        self._stopped = stopped
        self._has_failed = False
        self._jobs: queue.Queue[Callable[[], None] | tuple[LazyFile, Sample] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def put(self, file: LazyFile, sample: Sample) -> bool:
        """Queues a sample; False when too many wait. After a failure it is forgotten."""
        if self._jobs.qsize() >= MAX_QUEUED:
            return False
        if not self._has_failed:
            self._jobs.put_nowait((file, sample))
        return True

    def do(self, job: Callable[[], None]) -> None:
        """Queues a small job."""
        self._jobs.put_nowait(job)

    def finish(self) -> None:
        """Writes what is queued and completes the files; blocks until that is done."""
        self._jobs.put_nowait(None)
        self._thread.join()

    def _run(self) -> None:
        reason = ""
        try:
            while (job := self._jobs.get()) is not None:
                self._do(job)
        except Exception as error:
            self._has_failed = True
            is_full = isinstance(error, OSError) and error.errno in _FULL
            _log.warning("a recording ended early: %s", "the disk is full" if is_full else type(error).__name__)
            reason = "disk_full" if is_full else "failed"
        self._close_all()
        if reason:
            self._tell(reason)

    def _do(self, job: Callable[[], None] | tuple[LazyFile, Sample]) -> None:
        if isinstance(job, tuple):
            file, sample = job
            file.write(sample)
            self.written += 1
        else:
            job()

    def _close_all(self) -> None:
        for file in self.files:
            try:
                file.close()
            except Exception as error:
                # A full disk makes the close fail as well; all but the file's index is there, and players do without.
                _log.warning("a recording's file could not be completed: %s", type(error).__name__)

    def _tell(self, reason: str) -> None:
        try:
            self._loop.call_soon_threadsafe(self._stopped, reason)
        except RuntimeError:
            _log.info("the event loop had closed before the recording ended")
