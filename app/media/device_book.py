"""Keeps which device of each kind is open, which has failed, and where the system's default stands in."""

from __future__ import annotations

from app.media.types import Device, DeviceKind

DEFAULT = "default"


class DeviceBook:
    """The bookkeeping of `app.call_media`; each kind is written by the worker of that kind, and `found` by the list's.

    Attributes:
        failed: Words about each kind that does not work.
        lost: Those of them that worked before: a sound server that starts again, or a loose plug.
        devices: Those that there were the last time.
    """

    def __init__(self) -> None:
        """Nothing is open."""
        self.failed: dict[DeviceKind, str] = {}
        self.lost: set[DeviceKind] = set()
        self.devices: tuple[Device, ...] = ()
        self._has_looked = False
        self._names: dict[tuple[DeviceKind, str], str] = {}
        self._open: dict[DeviceKind, tuple[str, str] | None] = {}
        self._absent: dict[DeviceKind, str] = {}

    def wish(self, kind: DeviceKind, chosen: str) -> str:
        """The device to open for a choice (empty: the system's default); the default where it stands in."""
        if self._absent.get(kind) == chosen:
            return DEFAULT
        self._absent.pop(kind, None)
        return chosen or DEFAULT

    def take(self, kind: DeviceKind, wish: str | None, way: str = "") -> bool:
        """Takes a wish for done.

        Args:
            kind: Of device.
            wish: The device that should be open now; None: none.
            way: How it should be open, where that matters.

        Returns:
            Whether something has to be opened, tried again or closed for it.
        """
        wanted = None if wish is None else (wish, way)
        if wanted == self._open.get(kind) and kind not in self.failed:
            return False
        self._open[kind] = wanted
        return True

    def note(self, kind: DeviceKind, words: str, *, was_lost: bool = False) -> None:
        """Keeps what is wrong with a kind; empty: nothing."""
        if was_lost:
            self.lost.add(kind)
        if words:
            self.failed[kind] = words
        else:
            self.failed.pop(kind, None)
            self.lost.discard(kind)

    def is_open(self, kind: DeviceKind, id: str) -> bool:
        """Whether that device is the one that should be open: one that was let go for another may be lost yet."""
        now = self._open.get(kind)
        return now is not None and now[0] == id

    def lose(self, kind: DeviceKind, id: str) -> str:
        """The device of that id, which is open, is not there, or not any more.

        Returns:
            What to tell the user if the system's default stands in for it from now on; empty where nothing can. A
            camera is never replaced: another one may look somewhere else.
        """
        if kind == "camera" or id == DEFAULT:
            return ""
        self._absent[kind] = id
        return f"{self._name(kind, id)} is not plugged in. Your system's default {kind} is used now."

    def found(self, devices: tuple[Device, ...]) -> tuple[list[str], bool]:
        """Takes a new list of what there is.

        Returns:
            What to tell the user of devices that are there again and are used from now on; and whether what failed
            before should be tried once more.
        """
        is_change = self._has_looked and devices != self.devices
        self.devices, self._has_looked = devices, True
        self._names.update({(one.kind, one.id): one.name for one in devices})
        back = [one for one in devices if self._absent.get(one.kind) == one.id]
        for one in back:
            # The worker of its kind may have let it go meanwhile.
            self._absent.pop(one.kind, None)
        told = [f"“{one.name}” is there again, and is your {one.kind} now." for one in back]
        return told, bool(back) or (is_change and bool(self.failed))

    def _name(self, kind: DeviceKind, id: str) -> str:
        # One that is gone is in no list any more, and yet it is that one which is told.
        name = self._names.get((kind, id), "")
        return f"“{name}”" if name else f"The {kind} that you chose"
