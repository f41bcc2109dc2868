"""All that `update` may ask the conductor to do."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.app_state import Choices
from app.wire.fields import Ask


class Effect:
    """Something to be done outside the state."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Send(Effect):
    """Send a message to the server."""

    message: Ask


@dataclass(frozen=True, slots=True)
class SendOwner(Effect):
    """Send `SignInOwner` with the secret of the embedded server, which the state never sees."""

    name: str
    request: int


@dataclass(frozen=True, slots=True)
class FindToken(Effect):
    """Look in the keychain for a sign-in at this server; answered with `TokenFound`."""

    server_id: str
    is_embedded: bool


@dataclass(frozen=True, slots=True)
class KeepToken(Effect):
    """Keep a sign-in; an empty token forgets it."""

    server_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Reconnect(Effect):
    """Try the server again at once.

    Attributes:
        is_anew: an open connection is closed first; the server takes a guest who waits on it out of the lobby.
    """

    is_anew: bool = False


@dataclass(frozen=True, slots=True)
class SaveChoices(Effect):
    """Write the choices down, and let the media layer follow them."""

    choices: Choices


@dataclass(frozen=True, slots=True)
class StartDevices(Effect):
    """Open camera and microphone for the page before the call; nothing leaves the process yet."""


@dataclass(frozen=True, slots=True)
class StopDevices(Effect):
    """Close camera, microphone and speaker."""


@dataclass(frozen=True, slots=True)
class OpenPeers(Effect):
    """Make the two peer connections of a meeting."""

    meeting: str
    you: str


@dataclass(frozen=True, slots=True)
class ClosePeers(Effect):
    """Close them; sleep is allowed again."""


@dataclass(frozen=True, slots=True)
class PlaySound(Effect):
    """Play one of resources/sounds by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Notify(Effect):
    """A desktop notification: plain text."""

    title: str
    words: str
