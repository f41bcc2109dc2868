"""Everything that `update` may ask the conductor to do."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.slices.devices import Choices
from app.wire.fields import Ask
from app.wire.links import ServerAddress
from app.wire.lobby import Knock


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
    """Try the server again at once."""


@dataclass(frozen=True, slots=True)
class SaveChoices(Effect):
    """Save the choices, and let the media layer follow them."""

    choices: Choices


@dataclass(frozen=True, slots=True)
class ForgetFiles(Effect):
    """Delete the copies of recordings that were fetched: of one meeting, or of all (empty)."""

    meeting: str = ""


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
    """A desktop notification: plain text. A click on it opens the notice of that id, or brings the window up."""

    title: str
    words: str
    news: str = ""


@dataclass(frozen=True, slots=True)
class RepeatKnock(Effect):
    """While somebody waits, the host hears the knock again and again (every 20 s), and once more as a notification."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class SendKnock(Effect):
    """Send a `Knock` with the name of this installation for this server, which the state never sees."""

    message: Knock


@dataclass(frozen=True, slots=True)
class VisitServer(Effect):
    """Connect to the server of a link; with `is_for_good` it is the own server from now on, and at the next start.

    The connection to the present one is closed first; nothing of it (no token, no secret) goes along.
    """

    server: ServerAddress
    is_for_good: bool = False


@dataclass(frozen=True, slots=True)
class GoHome(Effect):
    """Back to the own server; with `is_local` the one of this computer becomes the own one."""

    is_local: bool = False


@dataclass(frozen=True, slots=True)
class SetReach(Effect):
    """Opens the server of this computer to others, or closes it, while it runs; answered with `ReachTold`."""

    is_on: bool
