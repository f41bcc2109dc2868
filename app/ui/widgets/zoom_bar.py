"""The buttons at the bottom of a shared screen: smaller, larger, how far, all of it, and a still."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.ui.keys import with_hint
from app.ui.text import set_tip
from app.ui.widgets.picture_buttons import PictureButton, PicturePill
from app.ui.widgets.zoom import LEAST, MOST, Zoom


class ZoomBar(PicturePill):
    """Says how far a screen is zoomed, and lets one change it.

    Signals:
        stepped(bool): Larger, or smaller.
        toggled(): Twice as large, or all of it.
        fitted(): All of it.
        still_wanted(): Copy what is shown.
        tool_chosen(str): Point by the pointer ("pointer"), draw ("pen"), or neither ("").
    """

    stepped = Signal(bool)
    toggled = Signal()
    fitted = Signal()
    still_wanted = Signal()
    tool_chosen = Signal(str)

    def __init__(self) -> None:
        self._less = PictureButton("Zoom out", "zoom-out", glyph="minus")
        self._more = PictureButton("Zoom in", "zoom-in", glyph="plus")
        self._percent = PictureButton("", "zoom-percent", label="100 %")
        self._fit = PictureButton("Show all of it", "zoom-fit", glyph="scan")
        self._still = PictureButton("Copy a still of it", "copy-still", glyph="clipboard-copy")
        for button, key in ((self._less, "zoom-out"), (self._more, "zoom-in"), (self._fit, "zoom-fit"),
                            (self._still, "copy-still")):  # fmt: skip
            set_tip(button, with_hint(button.accessibleName(), key))
        self._tools = {
            "pointer": PictureButton("Point at something", "point-pointer", glyph="mouse-pointer-2"),
            "pen": PictureButton("Draw something that fades", "point-pen", glyph="pencil-line"),
        }
        super().__init__(
            "zoom-bar", self._less, self._percent, self._more, self._fit, self._still, *self._tools.values()
        )
        for tool, button in self._tools.items():
            button.setCheckable(True)
            button.hide()
            button.clicked.connect(lambda is_on, tool=tool: self.tool_chosen.emit(tool if is_on else ""))
        # As wide as it will ever be: nothing moves under the pointer.
        self._percent.setFixedWidth(self._percent.sizeHint().width() + 4)
        self._less.clicked.connect(lambda: self.stepped.emit(False))
        self._more.clicked.connect(lambda: self.stepped.emit(True))
        self._percent.clicked.connect(self.toggled)
        self._fit.clicked.connect(self.fitted)
        self._still.clicked.connect(self.still_wanted)
        self.show_zoom(Zoom())

    def show_tools(self, may_point: bool | None, tool: str) -> None:
        """Which tool is chosen, and whether one may point at all (None: as before)."""
        for name, button in self._tools.items():
            button.setChecked(name == tool)
            if may_point is not None:
                button.setVisible(may_point)

    def show_zoom(self, zoom: Zoom) -> None:
        """How far."""
        percent = round(zoom.scale * 100)
        self._percent.label(f"{percent} %")
        self._percent.say(f"Zoom is {percent} %; {'show all of it' if zoom.scale > LEAST else 'twice as large'}")
        self._less.setEnabled(zoom.scale > LEAST)
        self._more.setEnabled(zoom.scale < MOST)
        self._fit.setEnabled(zoom.scale > LEAST)
