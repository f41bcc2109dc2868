"""One sample of every kind of thing that is read, clicked or looked at, to lie on any ground; and its pixels."""

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QSlider, QSpinBox

from app.ui.panels.schedule_fields import DateField, TimeField
from app.ui.text import ElidedWords, TextBlock, Words
from app.ui.widgets.buttons import Badged, Button, Choice, IconButton, RowButton, Switch, Tick
from app.ui.widgets.cards import Avatar, Card, Chip, Glyph, Spinner, Tabs, column
from app.ui.widgets.composer import Composer
from app.ui.widgets.level_meter import LevelMeter
from app.ui.widgets.message_text import MessageText
from app.ui.widgets.page import Page
from app.ui.widgets.progress import ProgressBar

#: One ground of each colour; "page" is that of the window.
GROUNDS = ("page", "", "raised", "soft", "alarm")
LOOKS = (
    "", "muted", "small", "strong", "label", "title", "heading", "display", "bad", "accent", "warning", "mono",
)  # fmt: skip
KINDS = ("", "primary", "quiet", "outline", "link", "badlink", "danger", "leave", "record", "recording", "tab")
ICON_KINDS = ("", "round", "filled", "thumb")
TONES = ("", "accent", "danger", "alarm", "warning", "count")


def numbers(image):
    """An image as rows of pixels, each one number 0xrrggbb."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return flat[:, : image.width()] & 0xFFFFFF


def light(colours):
    """Relative luminance of colours 0xrrggbb. Source: WCAG 2.2."""
    colours = np.asarray(colours, np.uint32)
    parts = np.stack([(colours >> shift & 255) / 255 for shift in (16, 8, 0)])
    red, green, blue = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrasts(some, others):
    """Of colours with colours, element by element. Source: WCAG 2.2, contrast ratio."""
    one, other = light(some), light(others)
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def strongest(pixels, least=1):
    """The contrast of the ground, which is most of a part, with the strongest ink that so many pixels have."""
    colours, counts = np.unique(pixels, return_counts=True)
    ground = colours[counts.argmax()]
    return round(float(contrasts(colours[counts >= least], ground).max()), 2)


class Sheet:
    """Samples on one page, grabbed as a whole.

    Args:
        made: name -> widget.
        ground: What they lie on: a card's, or "page".
    """

    def __init__(self, made, ground="page"):
        self.page = Page("samples")
        self.made = made
        grid = QGridLayout()
        grid.setSpacing(10)
        grid.setContentsMargins(12, 12, 12, 12)
        for place, widget in enumerate(made.values()):
            grid.addWidget(widget, place // 12, place % 12, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.page.setLayout(grid if ground == "page" else column(Card(grid, ground=ground), gap=0))
        self.page.show()
        self.page.activateWindow()
        self.page.setFocus()
        self.settle()

    def settle(self):
        for _ in range(3):
            QApplication.processEvents()

    def grab(self):
        self.settle()
        return numbers(self.page.grab().toImage())

    def place(self, name, margin=0):
        widget = self.made[name]
        there = QRect(widget.mapTo(self.page, QPoint(0, 0)), widget.size())
        return there.adjusted(-margin, -margin, margin, margin)

    @staticmethod
    def cut(pixels, there):
        return pixels[max(0, there.top()) : there.bottom() + 1, max(0, there.left()) : there.right() + 1]

    def part(self, pixels, name, inset=0):
        return self.cut(pixels, self.place(name, -inset))

    def close(self):
        self.page.close()
        self.page.deleteLater()


def words():
    made = {f"words {look}": Words("Readable", look=look) for look in LOOKS}
    made["one line"] = ElidedWords("Readable", look="muted")
    made["paragraph"] = TextBlock("Readable")
    made["message"] = MessageText("Readable https://example.com/a", widest_px=300, is_own=True)
    made |= {f"glyph {ink}": Glyph("bell", ink=ink) for ink in ("muted", "text", "accent", "danger", "warning")}
    return made


def chips():
    return {f"chip {tone}": Chip("12 new", tone=tone) for tone in TONES}


def buttons():
    made = {f"button {kind}": Button("Words", f"b-{kind}", kind=kind) for kind in KINDS}
    made |= {f"picture {kind}": Button("", f"p-{kind}", kind=kind, glyph="bell") for kind in KINDS}
    for kind in ICON_KINDS:
        button = IconButton("bell", "Words", f"i-{kind}", kind=kind)
        button.setText("Words" if kind == "thumb" else "")
        made[f"icon {kind}"] = button
    made["icon off"] = IconButton("mic", "Words", "i-off", kind="round")
    made["icon off"].show_off(True, "mic-off")
    made["row"] = RowButton("Words", "row")
    made["row"].fill(column(Words("A row", look="strong"), Words("with more", look="muted"), margins=(12, 9, 12, 9)))
    return made


def marks():
    """What is no words: switches, ticks, meters, faces."""
    made = {}
    for is_on in (False, True):
        made[f"switch {is_on}"], made[f"tick {is_on}"] = Switch("Words", f"s-{is_on}"), Tick("Words", f"t-{is_on}")
        made[f"switch {is_on}"].setChecked(is_on)
        made[f"tick {is_on}"].setChecked(is_on)
    for name in ("switch True", "switch False", "tick True", "tick False"):
        made[name].setFixedWidth(130)
    made["meter"] = LevelMeter()
    made["meter"].setFixedSize(160, 10)
    made["meter"].show_level(-10.0)
    made["progress"] = ProgressBar("progress")
    made["progress"].setFixedSize(160, 8)
    made["progress"].show_share(0.6)
    made["spinner"] = Spinner()
    made["slider"] = QSlider(Qt.Orientation.Horizontal)
    made["slider"].setRange(0, 10)
    made["slider"].setFixedWidth(120)
    made["slider"].setValue(5)
    made["face"] = Avatar("Ann Lee", 36)
    return made


def fields():
    made = {"line": QLineEdit("Words"), "composer": Composer("Write", "composer"), "choice": Choice("Words", "choice")}
    made["choice"].show_items([("Words", "1"), ("More", "2")], "1")
    made["date"], made["time"], made["number"] = DateField("Day", "date"), TimeField("Time", "time"), QSpinBox()
    made["composer"].setMinimumWidth(240)
    for widget in made.values():
        widget.setMinimumWidth(max(150, widget.minimumWidth()))
    return made


def badge():
    made = Badged("bell", "Words", "badged")
    made.show_count(7)
    return {"badge": made}


def tabs():
    made = Tabs((("a", "Words"), ("b", "Other")), "tabs")
    made.choose("a")
    holder = {"tabs": made}
    made.setFixedWidth(220)
    return holder
