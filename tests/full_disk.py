"""A disk that is full for a while, as one function that writes to it finds it."""

import threading


class FullDisk:
    """Stands in for that function while it is full.

    Attributes:
        is_full: whether it refuses.
        refused: set with the first time that it did.
        wrote: set with the first write that passed.
        may_refuse: while it is not set, a refusal waits.
    """

    def __init__(self, monkeypatch, place, name, *, is_full=False):
        self.is_full = is_full
        self.refused, self.wrote, self.may_refuse = threading.Event(), threading.Event(), threading.Event()
        self.may_refuse.set()
        self._write = getattr(place, name)
        monkeypatch.setattr(place, name, self)

    def __call__(self, *values, **named):
        if self.is_full:
            self.refused.set()
            self.may_refuse.wait(10)
            raise OSError(28, "No space left on device")
        written = self._write(*values, **named)
        self.wrote.set()
        return written
