"""Everything that can happen. Intents come from the user (`intents`, `call_intents`); the rest from elsewhere."""

from __future__ import annotations

from typing import Literal

import msgspec

from app.state.slices.connection import ConnectionPhase
from app.state.slices.devices import Choices, DeviceItem, DeviceKind, Trial
from app.state.slices.gestures import Gesture
from app.state.slices.quality import Figures
from app.state.slices.sharing import ShareSource
from app.state.slices.speech import ModelPhase
from app.wire.fields import Tell
from app.wire.links import ServerAddress


class Event(msgspec.Struct, frozen=True):
    """Something that happened or that the user wants."""


class Intent(Event, frozen=True):
    """Something the user wants; made by the interface."""


class Heard(Event, frozen=True, kw_only=True):
    """The server told something; `at` is this computer's clock at that moment, seconds since 1970."""

    message: Tell
    at: float = 0.0


class ConnectionChanged(Event, frozen=True, kw_only=True):
    """The socket opened, closed or is being tried; `offline` says in words why.

    `server` is how links name it, where that is known; `address` is what is shown.
    """

    phase: ConnectionPhase
    words: str = ""
    address: str = ""
    server: ServerAddress | None = None


class TokenFound(Event, frozen=True, kw_only=True):
    """What the keychain holds for a server; empty when nothing. `words` where there is no keyring."""

    server_id: str
    token: str
    words: str = ""


class ChoicesLoaded(Event, frozen=True, kw_only=True):
    """What was chosen last time."""

    choices: Choices


class DevicesListed(Event, frozen=True, kw_only=True):
    """The devices that there are now."""

    devices: tuple[DeviceItem, ...]


class DeviceTold(Event, frozen=True, kw_only=True):
    """A device could not be used (`words`), or can again (empty)."""

    kind: DeviceKind
    words: str


class SpokeMuted(Event, frozen=True):
    """One speaks while the microphone is off."""


class TrialTold(Event, frozen=True, kw_only=True):
    """How far the trial of one's voice is."""

    trial: Trial


class Gestured(Event, frozen=True, kw_only=True):
    """One's own hand has shown a gesture for long enough."""

    gesture: Gesture


class PalmGone(Event, frozen=True, kw_only=True):
    """The palm that had raised one's hand is not seen any more."""


class PeersLost(Event, frozen=True, kw_only=True):
    """The peer connections failed; new ones are being made."""


class PeersStalled(Event, frozen=True, kw_only=True):
    """Nothing is heard over the peer connections; they may yet come back by themselves."""


class PeersFound(Event, frozen=True, kw_only=True):
    """Media flows."""


class PeersBlocked(Event, frozen=True, kw_only=True):
    """New peer connections do not come up; `words` say why."""

    words: str


class ConnectionChecked(Event, frozen=True, kw_only=True):
    """What the check of this number, of the way to the server, has found, in words."""

    number: int
    is_good: bool
    words: str


class ReachTold(Event, frozen=True, kw_only=True):
    """How others reach the server of this computer: at its start, after `LetOthersReach`, in another network.

    `addresses` are where they find it, or would if it were open; none: this computer is in no network. `words` say why
    it is not as it was wished.
    """

    is_on: bool
    addresses: tuple[str, ...] = ()
    words: str = ""


class SpeechModelTold(Event, frozen=True, kw_only=True):
    """How it is with the models for recaps of this computer's own server; see `SpeechModel`."""

    phase: ModelPhase
    name: str
    done: int
    whole: int
    words: str
    can_remove: bool


class OwnServerTold(Event, frozen=True, kw_only=True):
    """Who meets on the server of this computer now: (meeting's id, people in it)."""

    meetings: tuple[tuple[str, int], ...]


class SourcesListed(Event, frozen=True, kw_only=True):
    """What can be shared now, or in words why nothing can; and whether Parley's windows show on a shared screen."""

    sources: tuple[ShareSource, ...]
    words: str = ""
    shows_own_windows: bool = False


class ShareBegan(Event, frozen=True, kw_only=True):
    """The first picture of a share is there."""

    number: int


class ShareMoved(Event, frozen=True, kw_only=True):
    """Where what is shared lies on the desktop, and how it goes; see `OwnShare`."""

    number: int
    place: tuple[int, int, int, int] | None
    is_paused: bool
    sent_as: Literal["", "text", "motion"]


class ShareEnded(Event, frozen=True, kw_only=True):
    """A share ended by itself, or could not begin; why, in words (empty: its user changed their mind)."""

    number: int
    words: str


class UsageTold(Event, frozen=True, kw_only=True):
    """Bytes of media that were sent and received in the present call, headers included; every few seconds."""

    used_bytes: int


class QualityMeasured(Event, frozen=True, kw_only=True):
    """One more second of the present call, while media flows."""

    figures: Figures


class Announced(Event, frozen=True, kw_only=True):
    """Something to tell the user, from outside the state."""

    words: str
    is_bad: bool = False
    #: See `app.state.toasts.toast`.
    about: tuple[str, ...] = ()
