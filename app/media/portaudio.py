"""The one place that touches PortAudio's library: loading it, wording its errors, and listing its devices."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from app.media import device_names
from app.media.types import DeviceBusy, DeviceDenied, DeviceError, DeviceKind, DeviceMissing

#: A sound server that does not answer holds its caller for ever; healthy ones open within a second.
OPEN_LIMIT_S = 5.0
_lock = threading.Lock()
_open_streams = 0
_listed: list[dict[str, Any]] = []


def load() -> Any | None:
    """Loads sounddevice.

    Returns:
        The module, or None where the PortAudio library is not installed.
    """
    try:
        import sounddevice
    except (ImportError, OSError):
        return None
    make_tolerant(sounddevice)
    return sounddevice


def make_tolerant(library: Any) -> None:
    """Lets a device be asked for and opened whose name is no UTF-8; harmless when done before.

    sounddevice reads the name of a device when it opens it, and fails for one such name.

    Args:
        library: sounddevice: its functions call each other by their names in the module.
    """
    ask = library.query_devices
    if getattr(ask, "is_tolerant", False):
        return

    def query(*asked: Any) -> Any:
        try:
            return ask(*asked)
        except UnicodeDecodeError as error:
            if not (asked and isinstance(asked[0], int)):
                raise
            return _row(library, asked[0], error.object)

    query.is_tolerant = True  # type: ignore[attr-defined]
    library.query_devices = query


def list_raw(*, refresh: bool = False) -> list[dict[str, Any]]:
    """Lists what PortAudio sees.

    Args:
        refresh: Look again at what is plugged in. PortAudio can only do so while no stream is open; with one open
            the list is the one from before.

    Returns:
        One dictionary per device as sounddevice gives it, with "id" (host and name, numbered when repeated) added;
        empty without PortAudio. The list from before while a device hangs on opening.
    """
    global _listed
    library = load()
    if library is None:
        return []
    if not _lock.acquire(timeout=OPEN_LIMIT_S):
        return _listed
    try:
        if refresh and not _open_streams:
            # Where it did not come up the last time there is nothing to end.
            if library._initialized:
                library._terminate()
            library._initialize()
        hosts = library.query_hostapis()
        rows = _rows(library)
    except library.PortAudioError:
        return []
    finally:
        _lock.release()
    seen: dict[str, int] = {}
    for row in rows:
        key = f"{hosts[row['hostapi']]['name']}: {row['name']}"
        seen[key] = seen.get(key, 0) + 1
        row["id"] = key if seen[key] == 1 else f"{key} #{seen[key]}"
    _listed = rows
    return rows


def _rows(library: Any) -> list[dict[str, Any]]:
    """One dictionary per device, in PortAudio's order; a name that is no UTF-8 hides no device."""
    try:
        return [dict(row) for row in library.query_devices()]
    except UnicodeDecodeError:
        # sounddevice gives the whole list up for one such name: each device for itself, then.
        make_tolerant(library)
        return [dict(library.query_devices(number)) for number in range(library._lib.Pa_GetDeviceCount())]


def _row(library: Any, number: int, name: bytes) -> dict[str, Any]:
    """As `query_devices` gives it, with a name that is no UTF-8."""
    told = library._lib.Pa_GetDeviceInfo(number)
    return {
        "name": device_names.read(name),
        "index": number,
        "hostapi": told.hostApi,
        "max_input_channels": told.maxInputChannels,
        "max_output_channels": told.maxOutputChannels,
        "default_low_input_latency": told.defaultLowInputLatency,
        "default_low_output_latency": told.defaultLowOutputLatency,
        "default_high_input_latency": told.defaultHighInputLatency,
        "default_high_output_latency": told.defaultHighOutputLatency,
        "default_samplerate": told.defaultSampleRate,
    }


def open_stream(kind: DeviceKind, device_id: str, *, library: Any, **settings: Any) -> Any:
    """Opens and starts a stream.

    Args:
        kind: "microphone" or "speaker".
        device_id: As `list_raw` names it, or "default".
        library: sounddevice, or a test's stand-in.
        settings: For the stream's constructor.

    Returns:
        A started stream; end it with `close_stream`.

    Raises:
        DeviceMissing: No such device.
        DeviceDenied: The system does not allow it.
        DeviceBusy: Another program holds it, or it did not open within OPEN_LIMIT_S.
    """
    return _in_time(kind, lambda: _open(kind, device_id, library=library, **settings))


def _in_time(kind: DeviceKind, open_it: Callable[[], Any]) -> Any:
    """Opens in a thread that is left to itself when it takes too long; what it opens after that is closed again."""
    opened: queue.SimpleQueue[Any] = queue.SimpleQueue()
    handing_over = threading.Lock()
    is_late = False

    def run() -> None:
        try:
            found = open_it()
        except Exception as error:
            found = error
        with handing_over:
            if not is_late:
                opened.put(found)
                return
        if not isinstance(found, Exception):
            close_stream(found)

    threading.Thread(target=run, name=f"open {kind}", daemon=True).start()
    try:
        found = opened.get(timeout=OPEN_LIMIT_S)
    except queue.Empty:
        with handing_over:
            is_late = True
            found = opened.get_nowait() if not opened.empty() else DeviceBusy(kind)
    if isinstance(found, Exception):
        raise found
    return found


def _open(kind: DeviceKind, device_id: str, *, library: Any, **settings: Any) -> Any:
    global _open_streams
    make = library.RawInputStream if kind == "microphone" else library.RawOutputStream
    number = None
    if device_id != "default":
        number = next((i for i, row in enumerate(list_raw()) if row["id"] == device_id), None)
        if number is None:
            raise DeviceMissing(kind)
    with _lock:
        stream = None
        try:
            stream = make(device=number, **settings)
            stream.start()
        except (library.PortAudioError, ValueError) as error:
            if stream is not None:  # or it would be held by ourselves at the next try
                stream.close(ignore_errors=True)
            raise explain(kind, error) from error
        _open_streams += 1
    return stream


def close_stream(stream: Any) -> None:
    """Ends a stream of `open_stream`."""
    global _open_streams
    try:
        stream.close(ignore_errors=True)
    finally:
        # Not before: who looks again at what is plugged in would take PortAudio away from under it.
        with _lock:
            _open_streams -= 1


def explain(kind: DeviceKind, error: Exception) -> DeviceError:
    """Turns PortAudio's fault into one of our three.

    Args:
        kind: Which device it was about.
        error: What sounddevice raised; its second argument is PortAudio's error number.

    Returns:
        The error to raise.

    Source: portaudio.h, enum PaErrorCode.
    """
    number = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], int) else 0
    words = " ".join(str(part) for part in error.args).lower()
    if "denied" in words or "permission" in words or "not authorized" in words or "not permitted" in words:
        return DeviceDenied(kind)
    # -9996 no such device, -9985 device unavailable (held by another program), -9999 the host's own error.
    if number == -9996 or "no default" in words or "error querying device" in words or "no such" in words:
        return DeviceMissing(kind)
    return DeviceBusy(kind)
