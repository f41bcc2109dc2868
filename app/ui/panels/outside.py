"""Ways out of the application: a mail program, the system's settings. Each is opened by a click and by nothing else."""

from __future__ import annotations

import sys
from urllib.parse import quote, urlencode

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app.media.types import DeviceBusy, DeviceDenied, DeviceSilent
from app.state.slices.devices import DeviceKind
from app.wire.text import one_line

#: Source: Apple, "Privacy pane" URLs of System Settings; Microsoft, "Launch the Windows Settings app" (ms-settings:).
_SETTINGS = {
    "darwin": {
        "camera": "x-apple.systempreferences:com.apple.preference.security?Privacy_Camera",
        "microphone": "x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone",
    },
    "win32": {"camera": "ms-settings:privacy-webcam", "microphone": "ms-settings:privacy-microphone"},
}
_LINUX = {
    "camera": "On Linux your account has to be in the group “video” (sudo usermod -aG video NAME, then sign in again); "
    "in a Flatpak or Snap, allow the camera in the settings of the software centre.",
    "microphone": "On Linux look at the privacy page of your desktop's settings; in a Flatpak or Snap, allow the "
    "microphone in the settings of the software centre.",
    "speaker": "",
}
#: Longer titles are cut: a mailto: address is passed on a command line.
_TITLE_MOST = 100


def mail_url(title: str, link: str) -> str:
    """A mailto: address with an invitation, text only, and nobody's name or address in it.

    Args:
        title: Of the meeting.
        link: Of the meeting.
    """
    title = one_line(title)[:_TITLE_MOST] or "a meeting"
    body = (
        f"You are invited to the video meeting “{title}” in Parley.\r\n\r\nOpen this link to join:\r\n{link}\r\n\r\n"
        "You need the Parley application, but no account. If the link does not open it, copy the link and paste it in "
        "Parley under “Join with a link”. The host lets you in."
    )
    return "mailto:?" + urlencode({"subject": f"Invitation: {title}", "body": body}, quote_via=quote, safe="")


def settings_url(kind: DeviceKind, platform: str) -> str:
    """The address of the system's privacy page for a kind of device; empty where there is none to open.

    Args:
        kind: Which device.
        platform: As `sys.platform`.
    """
    return _SETTINGS.get(platform, {}).get(kind, "")


def is_denied(kind: DeviceKind, words: str) -> bool:
    """Whether the words about a device say that the system does not allow it."""
    return words == DeviceDenied.sentence.format(kind=kind)


def can_open_settings(kind: DeviceKind, words: str, platform: str = sys.platform) -> bool:
    """Whether the system's privacy page may help against what is said of a device, and there is one to open.

    Args:
        kind: Which device.
        words: What is said of it.
        platform: As `sys.platform`.
    """
    # Windows says of a camera that it does not allow no more than of one that is in use; macOS gives silence in place
    # of a microphone.
    is_silent = words == DeviceSilent.sentence.format(kind=kind)
    is_busy = platform == "win32" and words == DeviceBusy.sentence.format(kind=kind)
    may_help = is_denied(kind, words) or is_silent or is_busy
    return may_help and bool(settings_url(kind, platform))


def how_to_allow(kind: DeviceKind, words: str, platform: str = sys.platform) -> str:
    """What to do where the system does not allow a device and no page of it can be opened; empty otherwise."""
    if not is_denied(kind, words) or settings_url(kind, platform):
        return ""
    return _LINUX[kind] if platform.startswith("linux") else ""


def open_outside(url: str) -> bool:
    """Hands an address to the system; says whether something took it."""
    return QDesktopServices.openUrl(QUrl(url))
