"""Colours, type and space: one set of tokens for dark and one for light, and the style sheet made of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app import paths
from app.ui.style import SHEET

ThemeChoice = Literal["system", "light", "dark"]
FAMILY = "Inter"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of a theme, each "#rrggbb".

    `bg`, `surface`, `raised`, `hover`, `soft` (the soft accent) and `alarm` (the soft danger) are grounds; `line` parts
    them. `text`, `muted`, `accent`, `danger`, `warning` are inks on any of these grounds; `on_accent` and `on_danger`
    are inks on `accent_fill` and `danger_fill`. `tile` is the ground of a face that is not shown, `stage` of the call.
    """

    bg: str
    surface: str
    raised: str
    hover: str
    line: str
    edge: str
    text: str
    muted: str
    accent: str
    accent_fill: str
    accent_over: str
    on_accent: str
    soft: str
    danger: str
    danger_fill: str
    danger_over: str
    on_danger: str
    alarm: str
    warning: str
    tile: str
    stage: str


DARK = Tokens(
    bg="#101413", surface="#181d1b", raised="#212825", hover="#2b3430", line="#2c3431", edge="#77847d",
    text="#eef2ef", muted="#a3aea8",
    accent="#2fbf86", accent_fill="#2fbf86", accent_over="#47d39a", on_accent="#06150e", soft="#17352a",
    danger="#ff878b", danger_fill="#cf3a40", danger_over="#bd3036", on_danger="#ffffff", alarm="#3a1f20",
    warning="#f0b429", tile="#1f2624", stage="#0b0e0d",
)  # fmt: skip
LIGHT = Tokens(
    bg="#f5f4f0", surface="#ffffff", raised="#eeece6", hover="#e4e2da", line="#e2e0d8", edge="#7a847f",
    text="#17201c", muted="#55615b",
    accent="#086543", accent_fill="#0b7550", accent_over="#096243", on_accent="#ffffff", soft="#dff1e8",
    danger="#b0222a", danger_fill="#c9333a", danger_over="#b0222a", on_danger="#ffffff", alarm="#fbe4e3",
    warning="#855300", tile="#dcdad0", stage="#eae8e1",
)  # fmt: skip

SPACES_PX = (4, 8, 12, 16, 20, 32)


class Theme(QObject):
    """The theme that the application shows now; `changed` tells painted widgets to draw again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice: ThemeChoice = "system"
        self.tokens = LIGHT
        self._has_fonts = False
        self._follows = False

    def apply(self, choice: ThemeChoice) -> None:
        """Dresses the whole application; "system" follows the desktop, now and when it changes."""
        self.choice = choice
        hints = QGuiApplication.styleHints()
        if not self._follows:
            hints.colorSchemeChanged.connect(self._follow)
            self._follows = True
        is_dark = choice == "dark" or (choice == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
        wanted = DARK if is_dark else LIGHT
        if self._has_fonts and wanted is self.tokens:
            return  # dressing every widget again costs
        self.tokens = wanted
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("a theme needs the application to exist")
        if not self._has_fonts:
            self._load_fonts()
        font = QFont(FAMILY)
        font.setPixelSize(14)
        app.setFont(font)
        app.setPalette(_palette(self.tokens))
        app.setStyleSheet(Template(SHEET).substitute(asdict(self.tokens), family=FAMILY))
        self.changed.emit()

    def _load_fonts(self) -> None:
        for weight in ("Regular", "Medium", "SemiBold"):
            QFontDatabase.addApplicationFont(str(paths.resource("fonts", f"Inter-{weight}.woff2")))
        self._has_fonts = True

    def _follow(self) -> None:
        if self.choice == "system":
            self.apply("system")


def _palette(tokens: Tokens) -> QPalette:
    """What the style sheet does not reach: selections, placeholders, and the system's own small parts."""
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, tokens.bg), (roles.Base, tokens.surface), (roles.AlternateBase, tokens.raised),
        (roles.Button, tokens.raised), (roles.WindowText, tokens.text), (roles.Text, tokens.text),
        (roles.ButtonText, tokens.text), (roles.PlaceholderText, tokens.muted), (roles.ToolTipBase, tokens.surface),
        (roles.ToolTipText, tokens.text), (roles.Highlight, tokens.accent_fill),
        (roles.HighlightedText, tokens.on_accent), (roles.Link, tokens.accent),
    ):  # fmt: skip
        palette.setColor(role, QColor(colour))
    return palette


#: The one theme of the process.
theme = Theme()


def tokens() -> Tokens:
    """The colours to paint with now."""
    return theme.tokens


def colour(name: str) -> QColor:
    """A token as a colour: `colour("accent")`."""
    return QColor(getattr(theme.tokens, name))


def face(size_px: int, weight: QFont.Weight = QFont.Weight.Medium) -> QFont:
    """The type for painted words."""
    font = QFont(FAMILY)
    font.setPixelSize(size_px)
    font.setWeight(weight)
    return font
