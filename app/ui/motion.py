"""Whether the system asks for less motion."""

from __future__ import annotations

import configparser
import shutil
import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QSettings
from PySide6.QtGui import QGuiApplication

#: Source: winuser.h; whether windows may animate what is in them.
_SPI_GETCLIENTAREAANIMATION = 0x1042


class Motion:
    """What the system's settings say; asked once, when something first wants to move.

    Attributes:
        is_less: Nothing may move; it may appear and fade.
    """

    def __init__(self) -> None:
        self.is_less = False
        self._has_looked = False
        self._asking: QProcess | None = None

    def look(self) -> None:
        """Asks the system. GNOME is asked by another program, whose answer comes a moment later."""
        if self._has_looked or QGuiApplication.platformName() == "offscreen":
            return
        self._has_looked = True
        if sys.platform == "win32":
            self.is_less = not _windows_animates()
        elif sys.platform == "darwin":
            file = Path.home() / "Library/Preferences/com.apple.universalaccess.plist"
            self.is_less = bool(QSettings(str(file), QSettings.Format.NativeFormat).value("reduceMotion", False, bool))
        else:
            self.is_less = is_still_in_kde(Path.home() / ".config/kdeglobals")
            self._ask_gnome()

    def _ask_gnome(self) -> None:
        program = shutil.which("gsettings")
        if program is None or self.is_less:
            return
        self._asking = QProcess()
        self._asking.finished.connect(self._told)
        self._asking.start(program, ["get", "org.gnome.desktop.interface", "enable-animations"])

    def _told(self) -> None:
        if self._asking is not None:
            self.is_less = bytes(self._asking.readAllStandardOutput().data()).strip() == b"false"
            self._asking.deleteLater()
            self._asking = None


def is_still_in_kde(file: Path) -> bool:
    """Whether KDE's settings say that animations take no time."""
    settings = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        settings.read(file, encoding="utf-8")
        return settings.getfloat("KDE", "AnimationDurationFactor", fallback=1.0) == 0
    except (configparser.Error, ValueError, OSError):
        return False


def _windows_animates() -> bool:
    import ctypes

    value = ctypes.c_int(1)
    if (windows := getattr(ctypes, "windll", None)) is not None:
        windows.user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(value), 0)
    return bool(value.value)


#: The one of the process.
motion = Motion()
