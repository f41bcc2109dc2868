"""What cameras, microphones and speakers there are, and what was plugged in or pulled out."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.media import device_names, portaudio
from app.media.types import Device, DeviceKind

ASK_LIMIT_S = 6.0
V4L2 = Path("/sys/class/video4linux")
V4L2_BY_ID = Path("/dev/v4l/by-id")


@dataclass(frozen=True, slots=True)
class DeviceChanges:
    """What has changed since an earlier list.

    Attributes:
        present: All devices now; give it to the next call.
        added: What was plugged in.
        removed: What was pulled out.
    """

    present: tuple[Device, ...]
    added: tuple[Device, ...]
    removed: tuple[Device, ...]


def list_devices(*, refresh: bool = False) -> tuple[Device, ...]:
    """Lists everything; may take a second, so call it from a worker.

    Args:
        refresh: Let PortAudio look again; without it, sound devices are those of the first call.

    Returns:
        Cameras, microphones, speakers; empty on a computer without devices or without PortAudio.
    """
    rows = portaudio.list_raw(refresh=refresh)
    return (*list_cameras(), *_of_kind(rows, "microphone"), *_of_kind(rows, "speaker"))


def list_cameras() -> tuple[Device, ...]:
    """Lists cameras without opening any: no lamp goes on.

    Returns:
        In the system's order; empty where there is none.
    """
    # A variable, as type checkers take the other systems' lines for dead code otherwise.
    platform: str = sys.platform
    if platform == "linux":
        return list_v4l2(V4L2, V4L2_BY_ID)
    names = _mac_cameras() if platform == "darwin" else _windows_cameras()
    return tuple(Device(str(number), name, "camera") for number, name in enumerate(names))


def list_microphones() -> tuple[Device, ...]:
    """Lists microphones; empty without PortAudio or without any."""
    return _of_kind(portaudio.list_raw(), "microphone")


def list_speakers() -> tuple[Device, ...]:
    """Lists speakers; empty without PortAudio or without any."""
    return _of_kind(portaudio.list_raw(), "speaker")


def changes(before: tuple[Device, ...]) -> DeviceChanges:
    """Looks what was plugged in or pulled out; for a call every two seconds or so, from a worker.

    Args:
        before: `present` of the call before, or of `list_devices`.

    Returns:
        The difference. While a sound stream is open, sound devices count as unchanged, as PortAudio cannot look
        again; an unplugged one is then noticed by its `on_lost`.
    """
    present = list_devices(refresh=True)
    return DeviceChanges(
        present,
        added=tuple(device for device in present if device not in before),
        removed=tuple(device for device in before if device not in present),
    )


def list_v4l2(folder: Path, by_id: Path) -> tuple[Device, ...]:
    """Reads Linux's list of video devices.

    Args:
        folder: Where the kernel tells of them: one folder each with `name` and `index`.
        by_id: Links with lasting names to the device files.

    Returns:
        One device per camera; its other nodes (pictures' data, `index` above 0) are left out.
    """
    lasting = {link.resolve().name: str(link) for link in sorted(by_id.glob("*"))} if by_id.is_dir() else {}
    found = []
    for entry in sorted(folder.glob("video*"), key=lambda path: (len(path.name), path.name)):
        try:
            if (entry / "index").read_bytes().strip() != b"0":
                continue
            name = device_names.read((entry / "name").read_bytes())
        except OSError:
            continue
        found.append(Device(lasting.get(entry.name, f"/dev/{entry.name}"), name or entry.name, "camera"))
    return tuple(found)


def _of_kind(rows: list[dict[str, Any]], kind: DeviceKind) -> tuple[Device, ...]:
    channels = "max_input_channels" if kind == "microphone" else "max_output_channels"
    return tuple(Device(row["id"], device_names.clean(row["name"]), kind) for row in rows if row[channels] > 0)


def _mac_cameras() -> list[str]:
    told = _ask("system_profiler", "SPCameraDataType", "-json")
    try:
        rows = json.loads(told)["SPCameraDataType"]
        return [device_names.clean(str(row.get("_name", ""))) or "Camera" for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _windows_cameras() -> list[str]:
    # PowerShell writes in the console's code page unless it is told otherwise.
    script = "[Console]::OutputEncoding = [Text.Encoding]::UTF8; "
    script += "Get-PnpDevice -Class Camera,Image -Status OK | ForEach-Object { $_.FriendlyName }"
    told = _ask("powershell", "-NoProfile", "-NonInteractive", "-Command", script)
    # One line for each: a camera without a name keeps its place, by which it is opened.
    return [device_names.clean(line) or "Camera" for line in told.strip("\r\n\ufeff ").splitlines()]


def _ask(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=ASK_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return device_names.decode(done.stdout)
