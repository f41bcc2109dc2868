"""The camera: which one, how large its picture is, and how one sees oneself."""

from __future__ import annotations

from app.state.app_state import AppState
from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.panels.device_line import DeviceLine
from app.ui.text import Words
from app.ui.widgets.cards import column
from app.ui.widgets.fold import Fold

_PICTURES = (("Standard picture (360p)", "standard"), ("HD picture (720p)", "hd"))
_HD_WORDS = "HD needs twice the upload and a faster computer."
_MIRROR_WORDS = "Only you see yourself as in a mirror; the others never do."


class CameraPart(ChoicePart):
    """Which camera, and what is made of its picture.

    Args:
        chosen: Of the panel.
        prefix: As of `ChoicePart`.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__(chosen, prefix)
        self._line = DeviceLine(chosen, prefix, "camera", "video")
        more = column(
            self.make_list("picture", "Size of the picture", "picture", _PICTURES),
            Words(_HD_WORDS, look="small", wraps=True),
            self.make_switch("low_light", "Brighten me in low light", "low-light"),
            self.make_switch("mirror", "Mirror my own view", "mirror", told=_MIRROR_WORDS),
            Words(_MIRROR_WORDS, look="small", wraps=True),
            gap=4,
        )
        self.setLayout(column(self._line, Fold("Picture settings", self.name("camera-more"), more), gap=4))

    def show_state(self, state: AppState) -> None:
        """What is chosen, and what does not work."""
        super().show_state(state)
        self._line.show_state(state)
