"""Everything that `update` may ask the conductor to do."""

from __future__ import annotations

import msgspec

from app.state.slices.devices import Choices
from app.state.slices.sharing import OwnShare
from app.state.slices.speech import ModelWish
from app.wire.fields import Ask
from app.wire.links import ServerAddress
from app.wire.lobby import Knock


class Effect(msgspec.Struct, frozen=True):
    """Something to be done outside the state."""


class Send(Effect, frozen=True):
    """Send a message to the server."""

    message: Ask


class SendOwner(Effect, frozen=True):
    """Send `SignInOwner` with the secret of the embedded server, which the state never sees."""

    name: str
    request: int


class FindToken(Effect, frozen=True):
    """Look in the keychain for a sign-in at this server; answered with `TokenFound`."""

    server_id: str
    is_embedded: bool


class KeepToken(Effect, frozen=True):
    """Keep a sign-in; an empty token forgets it."""

    server_id: str
    token: str


class Reconnect(Effect, frozen=True):
    """Try the server again at once."""


class SaveChoices(Effect, frozen=True):
    """Save the choices, and let the media layer follow them."""

    choices: Choices


class ForgetFiles(Effect, frozen=True):
    """Delete the copies of recordings that were fetched: of one meeting, or of all (empty)."""

    meeting: str = ""


class StartDevices(Effect, frozen=True):
    """Open camera and microphone for the page before the call; nothing leaves the process yet."""


class StopDevices(Effect, frozen=True):
    """Close camera, microphone and speaker."""


class Talk(Effect, frozen=True):
    """Let the others hear one although the microphone is off, or no longer."""

    is_on: bool


class TryVoice(Effect, frozen=True):
    """Keep what is said for some seconds, in memory alone, and play it back; told by `TrialTold`."""

    is_on: bool


class WatchHands(Effect, frozen=True):
    """Watch one's own hands in the camera's picture, or no more; answered with `Gestured` and `PalmGone`."""

    is_on: bool


class OpenPeers(Effect, frozen=True):
    """Make the two peer connections of a meeting."""

    meeting: str
    you: str


class ClosePeers(Effect, frozen=True):
    """Close them; sleep is allowed again."""


class CheckConnection(Effect, frozen=True):
    """Find out whether pictures and sound reach the server; told by `ConnectionChecked` with this number."""

    number: int


class PlaySound(Effect, frozen=True):
    """Play one of resources/sounds by name."""

    name: str


class Notify(Effect, frozen=True):
    """A desktop notification: plain text. A click on it opens the notice of that id, or brings the window up."""

    title: str
    words: str
    news: str = ""


class RepeatKnock(Effect, frozen=True):
    """While somebody waits, the host hears the knock again and again (every 20 s), and once more as a notification."""

    is_on: bool


class SendKnock(Effect, frozen=True):
    """Send a `Knock` with the name of this installation for this server, which the state never sees."""

    message: Knock


class VisitServer(Effect, frozen=True):
    """Connect to the server of a link; with `is_for_good` it is the own server from now on, and at the next start.

    The connection to the present one is closed first; nothing of it (no token, no secret) goes along.
    """

    server: ServerAddress
    is_for_good: bool = False


class GoHome(Effect, frozen=True):
    """Back to the own server; with `is_local` the one of this computer becomes the own one."""

    is_local: bool = False


class SetReach(Effect, frozen=True):
    """Opens the server of this computer to others, or closes it, while it runs; answered with `ReachTold`."""

    is_on: bool


class SteerModel(Effect, frozen=True):
    """Has this computer's server fetch its models for recaps, stop that, or remove them; told by `SpeechModelTold`."""

    wish: ModelWish


class ShowSources(Effect, frozen=True):
    """List what can be shared, with small pictures, as long as this is on; answered with `SourcesListed`."""

    is_on: bool


class FollowShare(Effect, frozen=True):
    """Capture this from now on, and send it once it is on; None: nothing."""

    share: OwnShare | None
