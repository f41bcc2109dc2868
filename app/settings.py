"""What the user chose on this computer: one small JSON file, written whole at each change."""

from __future__ import annotations

import json
import logging
import secrets
import threading
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from app import paths

_log = logging.getLogger(__name__)

FILE_NAME = "settings.json"
Theme = Literal["system", "light", "dark"]
_TEXTS = ("server", "speech_model", "installation")
_THEMES: tuple[Theme, ...] = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices, as they stand in the file.

    Attributes:
        server: the server's address, with its pin, as `app.wire.links.parse_server` reads it; empty: the one that comes
            with the application, on this computer.
        theme: colours of the window.
        speech_model: name of the model that turns speech into text; empty: the best that is there.
        choices: devices and effects by name, as `app.state.app_state.Choices` has them.
        installation: random; from it each server gets a name of this installation, see `SettingsFile.installation`.
        lets_others: other computers may reach the server of this one.
    """

    server: str = ""
    theme: Theme = "system"
    speech_model: str = ""
    choices: dict[str, str | bool] = field(default_factory=dict)
    installation: str = ""
    lets_others: bool = False


class SettingsFile:
    """Keeps the settings; may be used from any thread.

    A change is on the disk when `change` returns, whole: kill -9 leaves the old file or the new one.
    """

    def __init__(self, folder: Path) -> None:
        """Reads the file, if there is one.

        Args:
            folder: the data folder. A file that cannot be read is kept there as settings.json.bad.
        """
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()
        self._settings = self._read()

    @property
    def now(self) -> Settings:
        """The settings as they are."""
        return self._settings

    def change(self, **changes: Any) -> bool:
        """Changes some and writes all down.

        Args:
            changes: by the names of `Settings`.

        Returns:
            Whether they could be written; they hold for this run all the same.
        """
        with self._lock:
            self._settings = replace(self._settings, **changes)
            text = json.dumps(asdict(self._settings), indent=1, sort_keys=True)
            try:
                paths.private_folder(self._path.parent)
                paths.write_private(self._path, text.encode())
            except OSError as error:
                _log.warning("the settings were not written: %s", type(error).__name__)
                return False
            return True

    def installation(self) -> str:
        """The random name of this installation, made when it is first wanted; 32 hexadecimal digits.

        Where it cannot be written it holds for this run.
        """
        if not self._settings.installation:
            self.change(installation=secrets.token_hex(16))
        return self._settings.installation

    def _read(self) -> Settings:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return Settings()
        except OSError:
            _log.warning("the settings cannot be read: the defaults hold")
            return Settings()
        try:
            return _checked(json.loads(data))
        except (ValueError, TypeError, RecursionError):
            _log.warning("the settings are damaged: the defaults hold, the file is kept as .bad")
            self._set_aside()
            return Settings()

    def _set_aside(self) -> None:
        try:
            self._path.replace(self._path.with_name(FILE_NAME + ".bad"))
        except OSError:
            _log.warning("the damaged settings could not be set aside")


def _checked(found: object) -> Settings:
    """Takes what is known and well-formed; what a newer version added is left out."""
    if not isinstance(found, dict):
        raise ValueError("not an object")
    known = {one.name: found[one.name] for one in fields(Settings) if one.name in found}
    texts = {name: known[name] for name in _TEXTS if isinstance(known.get(name), str)}
    theme: Theme = next((one for one in _THEMES if one == known.get("theme")), "system")
    raw = known.get("choices")
    choices = {str(k): v for k, v in raw.items() if isinstance(v, str | bool)} if isinstance(raw, dict) else {}
    lets_others = known.get("lets_others") is True
    return Settings(theme=theme, choices=choices, lets_others=lets_others, **texts)
