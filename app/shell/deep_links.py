"""Registers this program for parley:// links, for this user.

Linux: a desktop entry and a default in mimeapps.list, in the user's own XDG folders. Windows: the user's part of the
registry. macOS: an application bundle says it in its Info.plist; a checkout cannot.
Source: Desktop Entry Specification 1.5, Association between MIME types and applications 1.0.1, Microsoft's "Registering
an Application to a URI Scheme".
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from app import paths

_log = logging.getLogger(__name__)

SCHEME = "parley"
_MIME = f"x-scheme-handler/{SCHEME}"
_ENTRY = "parley.desktop"


def own_command() -> list[str]:
    """How to start this program so that it takes a link: the link follows as the last argument."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--link"]
    return [sys.executable, str(paths.home() / "main.py"), "--link"]


def register_this() -> None:
    """Makes parley:// links of this user open this program; a desktop that cannot be written to is only logged."""
    try:
        register(own_command())
    except OSError as error:
        _log.warning("parley:// links are not registered: %s", type(error).__name__)


def register(command: Sequence[str], environment: Mapping[str, str] | None = None) -> bool:
    """Makes parley:// links start `command`; True when something was changed.

    Args:
        command: program and arguments; the link follows.
        environment: instead of the process's own, for tests.

    Raises:
        OSError: the folders or the registry cannot be written.
    """
    if sys.platform == "win32":
        return _register_windows(command)
    is_linux = sys.platform.startswith("linux")
    return is_linux and register_linux(command, os.environ if environment is None else environment)


def register_linux(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Writes the desktop entry and makes it the default, where that is not so already."""
    home = Path(environment.get("HOME") or Path.home())
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    has_entry = _write(data / "applications" / _ENTRY, entry_text(command))
    defaults = config / "mimeapps.list"
    try:
        known = defaults.read_text(encoding="utf-8")
    except FileNotFoundError:
        known = ""
    except UnicodeDecodeError:
        _log.warning("mimeapps.list is not text: parley:// links are not registered")
        return has_entry
    return _write(defaults, with_default(known)) or has_entry


def entry_text(command: Sequence[str]) -> str:
    """The desktop entry."""
    exec_line = " ".join(_quoted(word) for word in command)
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=Parley\n"
        "Comment=Video meetings with a recap\n"
        f"Exec={exec_line} %u\n"
        "Terminal=false\n"
        "Categories=Network;VideoConference;\n"
        f"MimeType={_MIME};\n"
        "StartupNotify=true\n"
    )


def with_default(text: str) -> str:
    """The text of a mimeapps.list in which our entry opens our links; everything else stays as it is."""
    line = f"{_MIME}={_ENTRY}"
    lines, done, group = [], False, ""
    for one in text.splitlines():
        if one.startswith("["):
            group = one.strip()
        is_ours = one.partition("=")[0].strip() == _MIME and group == "[Default Applications]"
        if is_ours and done:
            continue
        lines.append(line if is_ours else one)
        done = done or is_ours
    if not done:
        if "[Default Applications]" not in (one.strip() for one in lines):
            lines.append("[Default Applications]")
        at = next(number for number, one in enumerate(lines) if one.strip() == "[Default Applications]")
        lines.insert(at + 1, line)
    return "\n".join(lines) + "\n"


def windows_entries(command: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    """Key below HKEY_CURRENT_USER, name and text of what the registry has to hold."""
    import subprocess

    root = rf"Software\Classes\{SCHEME}"
    return (
        (root, "", "URL:Parley"),
        (root, "URL Protocol", ""),
        (rf"{root}\shell\open\command", "", f'{subprocess.list2cmdline(command)} "%1"'),
    )


def _register_windows(command: Sequence[str]) -> bool:
    has_changed = False
    if sys.platform == "win32":
        import winreg

        for key, name, text in windows_entries(command):
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                try:
                    known = winreg.QueryValueEx(opened, name)[0]
                except FileNotFoundError:
                    known = None
                if known != text:
                    winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, text)
                    has_changed = True
    return has_changed


def _quoted(word: str) -> str:
    """An argument of an Exec line. Source: Desktop Entry Specification, "The Exec key"."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`").replace("$", "\\$")
    # The value is unescaped as a string first: a backslash of the argument needs another one.
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'


def _write(path: Path, text: str) -> bool:
    """Writes a file whole; True when it was not so already."""
    try:
        if path.read_text(encoding="utf-8") == text:
            return False
    except (FileNotFoundError, UnicodeDecodeError):
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path.resolve() if path.is_symlink() else path)
    return True
