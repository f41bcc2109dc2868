"""Camera, microphone, speaker, noise filter and background: the same before the call and in it, kept at once."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import lru_cache

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImageReader, QPixmap, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLayout, QWidget

from app import paths
from app.media.types import Levels
from app.state.app_state import AppState
from app.state.call_intents import Choose
from app.state.slices.devices import Choices, DeviceKind
from app.ui.bridge import Bridge
from app.ui.panels import outside
from app.ui.qt import override
from app.ui.text import Words, bytes_words
from app.ui.widgets.buttons import Button, Choice, IconButton, Switch
from app.ui.widgets.cards import Glyph, column, row
from app.ui.widgets.level_meter import LevelMeter

_THUMB = QSize(72, 46)
_SAVER_WORDS = (
    "Sends a smaller, slower picture. Video and voice use data: your internet or phone provider may charge for it."
)


class DevicePanel(QWidget):
    """Shows `AppState.choices` and devices; each change is a `Choose` at once.

    Args:
        bridge: Takes the intents and plays the test sound.
        prefix: Put before object names, as the panel is there twice: before and in the call.
    """

    def __init__(self, bridge: Bridge, prefix: str) -> None:
        super().__init__()
        self._bridge = bridge
        self._prefix = prefix
        self._choices = Choices()
        self._lists: dict[DeviceKind, Choice] = {}
        self._words: dict[DeviceKind, Words] = {}
        self._allow: dict[DeviceKind, Button] = {}
        self._meter = LevelMeter()
        test = IconButton("play", "Play a test sound", f"{prefix}-test-sound")
        test.clicked.connect(lambda: bridge.play_test_sound())
        self._noise = Switch("Filter out background noise", f"{prefix}-noise-filter")
        self._noise.toggled.connect(lambda is_on: self._choose(replace(self._choices, noise_filter=is_on)))
        self._thumbs: dict[str, IconButton] = {}
        box = column(
            self._device("camera", "Camera", "video"),
            self._device("microphone", "Microphone", "mic", below=self._meter),
            self._noise,
            self._device("speaker", "Speaker", "volume-2", beside=test),
            column(Words("Background", look="label"), self._make_backgrounds(), gap=6),
            self._make_saver(),
            gap=14,
        )
        self.setLayout(box)

    def _make_saver(self) -> QLayout:
        self._saver = Switch("Data saver", f"{self._prefix}-data-saver")
        self._saver.setAccessibleDescription(_SAVER_WORDS)
        self._saver.toggled.connect(lambda is_on: self._choose(replace(self._choices, data_saver=is_on)))
        self._used = Words("", look="label")
        self._used.setObjectName(f"{self._prefix}-used-data")
        self._used.hide()
        return column(self._saver, Words(_SAVER_WORDS, look="small", wraps=True), self._used, gap=4)

    def _device(
        self, kind: DeviceKind, words: str, glyph: str, *, beside: QWidget | None = None, below: QWidget | None = None
    ) -> QLayout:
        choice = Choice(words, f"{self._prefix}-{kind}")
        choice.activated.connect(lambda _: self._choose_device(kind, choice.currentData() or ""))
        told = Words("", look="bad", wraps=True)
        told.setObjectName(f"{self._prefix}-{kind}-words")
        told.hide()
        # Only where the system says no, and where it has a page to say yes on.
        allow = Button("Open the system's privacy settings", f"{self._prefix}-{kind}-allow", kind="link")
        allow.clicked.connect(lambda: outside.open_outside(outside.settings_url(kind, sys.platform)))
        allow.hide()
        self._lists[kind], self._words[kind], self._allow[kind] = choice, told, allow
        line = row(choice)
        if beside is not None:
            line.addWidget(beside)
        parts = [row(Glyph(glyph, size_px=16), Words(words, look="label"), None, gap=7), line]
        return column(*parts, *([below] if below else []), told, row(allow, None), gap=6)

    def _make_backgrounds(self) -> QLayout:
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        group = QButtonGroup(self)
        folder = paths.resource("backgrounds")
        files = sorted(file.name for file in folder.glob("*.jpg")) if folder.is_dir() else []
        choices = [("none", "None"), ("blur", "Blur")]
        choices += [
            (f"image:{file}", file.removesuffix(".jpg").replace("_", " ").replace("-", " ").capitalize())
            for file in files
        ]
        for value, words in choices:
            name = value.removeprefix("image:").removesuffix(".jpg")
            thumb = IconButton("", f"Background: {words}", f"{self._prefix}-background-{name}", kind="thumb")
            thumb.setCheckable(True)
            if value.startswith("image:"):
                thumb.setIcon(_thumbnail(value.removeprefix("image:")))
                thumb.setIconSize(_THUMB)
            else:
                thumb.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
                thumb.setText(words)
            thumb.clicked.connect(lambda _=False, value=value: self._choose(replace(self._choices, background=value)))
            group.addButton(thumb)
            self._thumbs[value] = thumb
        self._place_thumbs()
        return self._grid

    def _place_thumbs(self) -> None:
        columns = max(2, min(5, (self.width() + 8) // 88))
        for place, thumb in enumerate(self._thumbs.values()):
            self._grid.addWidget(thumb, place // columns, place % columns)
        for column_place in range(7):
            self._grid.setColumnStretch(column_place, 1 if column_place == columns else 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts as many backgrounds beside each other as there is room for."""
        super().resizeEvent(event)
        self._place_thumbs()

    def show_state(self, state: AppState) -> None:
        """What is chosen, what there is to choose, and what does not work."""
        self._choices = state.devices.chosen
        told = dict(state.call.media.words if state.call and not state.prejoin else ())
        told.update(state.prejoin.device_words if state.prejoin else ())
        chosen = {
            "camera": self._choices.camera,
            "microphone": self._choices.microphone,
            "speaker": self._choices.speaker,
        }
        for kind, choice in self._lists.items():
            there = [
                (one.name, one.id) for one in state.devices.found if one.kind == kind and one.id not in ("", "default")
            ]
            choice.show_items([("System default", ""), *there], chosen[kind])
            words = told.get(kind, "")
            how = outside.how_to_allow(kind, words, sys.platform)
            self._words[kind].show_text(f"{words} {how}".strip())
            self._allow[kind].setVisible(outside.can_open_settings(kind, words, sys.platform))
        self._noise.show_checked(self._choices.noise_filter)
        self._saver.show_checked(self._choices.data_saver)
        used = state.call.media.used_bytes if state.call and not state.prejoin else 0
        self._used.show_text(f"Used in this call: {bytes_words(used)}" if used else "")
        thumb = self._thumbs.get(self._choices.background) or self._thumbs["none"]
        thumb.setChecked(True)

    def show_levels(self, levels: Levels) -> None:
        """One's own voice."""
        own = levels.get("")
        self._meter.show_level(own.level_db if own is not None and self._choices.microphone_on else -100.0)

    def _choose_device(self, kind: DeviceKind, device: str) -> None:
        if kind == "camera":
            self._choose(replace(self._choices, camera=device))
        elif kind == "microphone":
            self._choose(replace(self._choices, microphone=device))
        else:
            self._choose(replace(self._choices, speaker=device))

    def _choose(self, choices: Choices) -> None:
        # Shown at once, although the state only follows: a second change must not undo this one.
        self._choices = choices
        self._bridge.do(Choose(choices=choices))


@lru_cache
def _thumbnail(file: str) -> QIcon:
    """Read once: the page before the call and the dialog in it show the same."""
    reader = QImageReader(str(paths.resource("backgrounds", file)))
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(_THUMB * 2, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    pixels = QPixmap.fromImageReader(reader)
    if not pixels.isNull():
        pixels = pixels.copy(
            (pixels.width() - _THUMB.width() * 2) // 2, (pixels.height() - _THUMB.height() * 2) // 2,
            _THUMB.width() * 2, _THUMB.height() * 2,
        )  # fmt: skip
        pixels.setDevicePixelRatio(2)
    return QIcon(pixels)


def toggle(bridge: Bridge, choices: Choices, kind: DeviceKind) -> None:
    """Switches one's microphone or camera."""
    if kind == "microphone":
        bridge.do(Choose(choices=replace(choices, microphone_on=not choices.microphone_on)))
    elif kind == "camera":
        bridge.do(Choose(choices=replace(choices, camera_on=not choices.camera_on)))


class ToggleButton(IconButton):
    """The microphone's or the camera's button, showing its state."""

    def __init__(self, bridge: Bridge, kind: DeviceKind, name: str, *, look: str = "round") -> None:
        self._kind = kind
        self._choices = Choices()
        self._glyph_on = "mic" if kind == "microphone" else "video"
        super().__init__(self._glyph_on, kind.capitalize(), name, kind=look)
        self.clicked.connect(lambda: toggle(bridge, self._choices, kind))

    def show_choices(self, choices: Choices) -> None:
        """On or off."""
        self._choices = choices
        is_on = choices.microphone_on if self._kind == "microphone" else choices.camera_on
        key = "M" if self._kind == "microphone" else "V"
        self.show_off(not is_on, self._glyph_on if is_on else f"{self._glyph_on}-off")
        self.say(f"Turn the {self._kind} {'off' if is_on else 'on'} ({key})", state="On" if is_on else "Off")
