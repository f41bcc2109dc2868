"""Everything that can happen. Intents come from the user (`intents`, `call_intents`); the rest from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.slices.connection import ConnectionPhase
from app.state.slices.devices import Choices, DeviceItem, DeviceKind
from app.wire.fields import Tell
from app.wire.links import ServerAddress


class Event:
    """Something that happened or that the user wants."""

    __slots__ = ()


class Intent(Event):
    """Something the user wants; made by the interface."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Event):
    """The server told something; `at` is this computer's clock at that moment, seconds since 1970."""

    message: Tell
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionChanged(Event):
    """The socket opened, closed or is being tried; `offline` says in words why.

    `server` is how links name it, where that is known; `address` is what is shown.
    """

    phase: ConnectionPhase
    words: str = ""
    address: str = ""
    server: ServerAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFound(Event):
    """What the keychain holds for a server; empty when nothing. `words` where there is no keyring."""

    server_id: str
    token: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesLoaded(Event):
    """What was chosen last time."""

    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesListed(Event):
    """The devices that there are now."""

    devices: tuple[DeviceItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTold(Event):
    """A device could not be used (`words`), or can again (empty)."""

    kind: DeviceKind
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeersLost(Event):
    """The peer connections failed; new ones are being made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeersFound(Event):
    """Media flows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachTold(Event):
    """How others reach the server of this computer: at its start, after `LetOthersReach`, in another network.

    `addresses` are where they find it, or would if it were open; none: this computer is in no network. `words` say why
    it is not as it was wished.
    """

    is_on: bool
    addresses: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnServerTold(Event):
    """Who meets on the server of this computer now: (meeting's id, people in it)."""

    meetings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTold(Event):
    """Bytes of media that were sent and received in the present call, headers included; every few seconds."""

    used_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced(Event):
    """Something to tell the user, from outside the state."""

    words: str
    is_bad: bool = False
    #: See `app.state.toasts.toast`.
    about: tuple[str, ...] = ()
