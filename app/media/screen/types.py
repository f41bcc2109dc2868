"""What can be shared, and how its pictures are had: one interface for all systems.

Errors of this package::

    ScreenError           a screen or window cannot be shared; the call goes on without it
      ScreenRefused       the system, or its user, does not let this program see it
      ScreenGone          it was closed or unplugged
      ScreenUnsupported   this system has no way that Parley knows
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

from app.media.types import MediaError

if TYPE_CHECKING:
    from app.media.types import Pixels

SourceKind: TypeAlias = Literal["screen", "window", "system"]
"""A whole screen; one window; or whatever the system's own picker is going to ask for."""


class Place(NamedTuple):
    """Where something lies on the desktop, in pixels from its top left."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ScreenSource:
    """A screen or window that can be shared.

    Attributes:
        id: for `Screens.open`; stays the same as long as it exists.
        name: what the system or the window calls it; show it as plain text.
        kind: see `SourceKind`.
        width_px: its width, 0 where that is not known before.
        height_px: its height, likewise.
    """

    id: str
    name: str
    kind: SourceKind
    width_px: int = 0
    height_px: int = 0


class Grab(Protocol):
    """An open screen or window; used by one thread at a time."""

    def picture(self) -> Pixels | None:
        """Looks at it now.

        Returns:
            uint8 [height, width, 4], BGRA in memory order, never written again; None where there is none at the moment:
            nothing has changed since the last one, or the window is minimised.

        Raises:
            ScreenGone: it is not there any more.
            ScreenRefused: the system does not allow it (any more).
        """
        ...

    def place(self) -> Place | None:
        """Where on the desktop it lies; None where that cannot be known."""
        ...

    def own_windows(self) -> tuple[Place, ...]:
        """Where in its picture windows of this program lie; what moves there does not decide how it is sent."""
        ...

    def is_paused(self) -> bool:
        """Whether it shows nothing at the moment because its window is minimised."""
        ...

    def close(self) -> None:
        """Lets it go; harmless when that was done before."""
        ...


class Screens(Protocol):
    """The screens and windows of this computer; safe to use from several threads.

    Attributes:
        shows_own_windows: whether windows of Parley itself are seen in a shared screen.
        is_cheap: whether many sources may be looked at again and again, for small living pictures.
    """

    @property
    def shows_own_windows(self) -> bool: ...  # noqa: D102 - see the class

    @property
    def is_cheap(self) -> bool: ...  # noqa: D102

    def sources(self) -> tuple[ScreenSource, ...]:
        """What can be shared now, screens first, without windows of this program; may take a tenth of a second.

        Raises:
            ScreenError: nothing can be shared here.
        """
        ...

    def open(self, id: str) -> Grab:
        """Begins to look at a source; may take as long as its user needs where the system asks them.

        Args:
            id: of a source.

        Raises:
            ScreenError: it cannot be shared.
        """
        ...


MakeScreens: TypeAlias = Callable[[], Screens]


class ScreenError(MediaError):
    """A screen or window cannot be shared; the call goes on without it."""

    sentence = "This cannot be shared."

    def __init__(self, words: str = "") -> None:
        super().__init__(words or self.sentence)


class ScreenRefused(ScreenError):
    """The system, or its user, does not let this program see it."""

    sentence = "This computer does not let Parley see the screen. Allow it in the system's privacy settings."


class ScreenGone(ScreenError):
    """It was closed or unplugged."""

    sentence = "What you shared was closed, so your share has ended."


class ScreenUnsupported(ScreenError):
    """This system has no way that Parley knows."""

    sentence = "Screens cannot be shared from this session."
