"""Where resources, data and logs are, in a checkout and in a frozen bundle alike."""

from __future__ import annotations

import os
import sys
from pathlib import Path

APP_NAME = "Parley"


def home() -> Path:
    """The folder that holds `app/`, `server_stub/` and `resources/`: the checkout, or the unpacked bundle."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) if bundle else Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """A file that ships with the application, such as `resource("icons", "mic.svg")`."""
    return home().joinpath("resources", *parts)


def default_data() -> Path:
    """The folder for this user's settings, cache and embedded server, where `--data` names none."""
    from platformdirs import user_data_path  # costs little, but the start needs nothing of it when --data is given

    return user_data_path(APP_NAME, appauthor=False)


def private_folder(path: Path) -> Path:
    """Makes a folder that only this user can look into, and returns it.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        path.chmod(0o700)
    return path


def write_private(path: Path, data: bytes) -> None:
    """Replaces a file whole or not at all, readable by this user only.

    Raises:
        OSError: the disk is full or the folder is missing; the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
