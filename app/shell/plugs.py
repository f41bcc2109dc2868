"""Whether sound devices were plugged in or pulled out, or another one is the system's default, where only Qt can tell.

On Linux `app.media.sound_cards` sees it, and the system's default follows by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaDevices

#: A headset comes as several devices, one after another.
_SETTLES_MS = 700


class Plugs(QObject):
    """Watches from `begin` on; on the UI thread.

    Args:
        tell: Called when something has changed, and has settled.
    """

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self._watched: QMediaDevices | None = None
        self._clock = QTimer(self, interval=_SETTLES_MS, singleShot=True)
        self._clock.timeout.connect(tell)

    def begin(self, platform: str = sys.platform) -> None:
        """Begins where it is needed; loading Qt's part for it takes a moment.

        Args:
            platform: As `sys.platform`.
        """
        if platform.startswith("linux") or self._watched is not None:
            return
        from PySide6.QtMultimedia import QMediaDevices

        self._watched = QMediaDevices(self)
        self._watched.audioInputsChanged.connect(self._clock.start)
        self._watched.audioOutputsChanged.connect(self._clock.start)
