"""One's own picture on the page before a call, with the switches of microphone and camera on it."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.state.slices.devices import Choices
from app.state.stage import OWN
from app.ui.bridge import Bridge
from app.ui.panels.device_panel import ToggleButton
from app.ui.qt import override
from app.ui.widgets.cards import row
from app.ui.widgets.video_tile import VideoTile

_LEAST_WIDTH_PX, _LEAST_HEIGHT_PX = 240, 135
_ROOM_FOR_SWITCHES_PX = 68
_GAP_PX = 10


class Preview(VideoTile):
    """One's own picture, 16:9 whatever the width, and not higher than `limit` says.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(foot_px=_ROOM_FOR_SWITCHES_PX, stage=bridge.stage, key=OWN)
        self.setObjectName("preview")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._microphone = ToggleButton(bridge, "microphone", "prejoin-toggle-microphone")
        self._camera = ToggleButton(bridge, "camera", "prejoin-toggle-camera")
        # Placed by hand: a layout's height would count in place of that which follows from the width.
        self._switches = QWidget(self)
        self._switches.setLayout(row(self._microphone, self._camera, gap=12))
        self.setMinimumSize(_LEAST_WIDTH_PX, _LEAST_HEIGHT_PX)

    def show_choices(self, choices: Choices) -> None:
        """What is on."""
        self._microphone.show_choices(choices)
        self._camera.show_choices(choices)

    def limit(self, width_px: int, height_px: int) -> None:
        """No larger than this, and not too small to see oneself in.

        Args:
            width_px: The most, in logical pixels.
            height_px: The most; the width follows from it.
        """
        self.setMaximumWidth(max(_LEAST_WIDTH_PX, min(width_px, height_px * 16 // 9)))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The switches stand in the middle of its foot."""
        super().resizeEvent(event)
        size = self._switches.sizeHint()
        self._switches.setGeometry(
            (self.width() - size.width()) // 2, self.height() - size.height() - _GAP_PX, size.width(), size.height()
        )

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """The camera is closed with the page: the next time it is not to look as if it were open already."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.forget_picture()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return max(_LEAST_HEIGHT_PX, round(min(width, self.maximumWidth()) * 9 / 16))
