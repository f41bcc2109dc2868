"""Pictures by mss, copied from the X server's memory without the interpreter's lock.

A picture of a screen has 8 MB. mss copies it under the lock in 2 ms; where the computer is busy, a thread of pictures
loses its core just then, and the threads of voices stand still until it has one again.

`SEAMS` and `INSTANCE_SEAMS` list what is used of mss beyond its manual, for tests/test_platform.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from mss.linux import xcb
from mss.linux.base import ALL_PLANES
from mss.linux.xshmgetimage import MSSImplXShmGetImage

#: Module, name inside it.
SEAMS: tuple[tuple[str, str], ...] = (
    ("mss.linux.xshmgetimage", "MSSImplXShmGetImage._grab_xshmgetimage"),
    ("mss.linux.base", "ALL_PLANES"),
    ("mss.linux.xcb", "shm_get_image"),
    ("mss.linux.xcb", "ImageFormat.ZPixmap"),
)
INSTANCE_SEAMS = ("conn", "_buf", "_bufsize", "_shmseg")


class Grabber(MSSImplXShmGetImage):  # type: ignore[misc]
    """Stands in where mss would copy; what goes wrong is mss's to say."""

    def _grab_xshmgetimage(self, monitor: dict[str, int]) -> Any:
        width, height = monitor["width"], monitor["height"]
        if self.conn is None or self._buf is None or width * height * 4 > self._bufsize:
            return super()._grab_xshmgetimage(monitor)
        place = (monitor["left"], monitor["top"], width, height)
        told = xcb.shm_get_image(
            self.conn, self.drawable, *place, ALL_PLANES, xcb.ImageFormat.ZPixmap, self._shmseg, 0
        )  # fmt: skip
        if told.depth != self.drawable_depth or told.visual != self.drawable_visual_id:
            return super()._grab_xshmgetimage(monitor)
        return np.frombuffer(self._buf, np.uint8, width * height * 4).copy()
