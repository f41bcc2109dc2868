"""One's own share of a screen, and the dialog in which it is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ShareMode = Literal["automatic", "text", "motion"]
SourceKind = Literal["screen", "window", "system"]


@dataclass(frozen=True, slots=True)
class ShareSource:
    """A screen or window that can be shared; "system" is what the system's own picker is going to ask for."""

    id: str
    name: str
    kind: SourceKind
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True, slots=True)
class Picker:
    """The open dialog."""

    #: None until they have been listed.
    sources: tuple[ShareSource, ...] | None = None
    #: Why nothing can be shared.
    words: str = ""
    #: Parley's own windows would be seen on a shared screen.
    shows_own_windows: bool = False


@dataclass(frozen=True, slots=True)
class OwnShare:
    """What one shares, from the choice on."""

    #: Tells one share from the next one.
    number: int
    source: ShareSource
    mode: ShareMode = "automatic"
    #: Its first picture is there and the others have been told.
    is_on: bool = False
    #: Its window is minimised: the others see its last picture.
    is_paused: bool = False
    #: Which of the two ways it is sent in at the moment; empty before the first picture.
    sent_as: Literal["", "text", "motion"] = ""
    #: Where it lies on the desktop: x, y, width, height in the system's pixels.
    place: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """See the module."""

    own: OwnShare | None = None
    picker: Picker | None = None
    #: Shares begun in this call.
    count: int = 0
    mode: ShareMode = "automatic"
