"""All that can happen. Intents come from the user; the rest from the network, the media layer and the clock."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.app_state import Choices, DeviceItem, DeviceKind, Link
from app.wire.accounts import AccountKind
from app.wire.fields import Tell


class Event:
    """Something that happened or that the user wants."""

    __slots__ = ()


class Intent(Event):
    """Something the user wants; made by the interface."""

    __slots__ = ()


# --- signing in ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class NameOwner(Intent):
    """The first start on an embedded server: only a name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterAccount(Intent):
    """Sign in with an account that exists."""

    email: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeAccount(Intent):
    """Make an account and sign in."""

    email: str
    name: str
    kind: AccountKind
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveAccount(Intent):
    """Sign out on this computer."""


# --- rooms --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRoom(Intent):
    """Make a room of that name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoom(Intent):
    """Show a room (empty: none)."""

    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowEarlier(Intent):
    """Older messages of the open room."""

    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Intent):
    """Make a one-use code for a room."""

    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetInvitation(Intent):
    """The dialog with the code was closed."""

    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterRoomByCode(Intent):
    """Become a member by a one-use code."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SayInRoom(Intent):
    """Post a message; `key` is fresh and random."""

    room: str
    text: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryMessage(Intent):
    """Send a failed message again."""

    room: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropMessage(Intent):
    """Throw a failed message away."""

    room: str
    key: str


# --- before the call ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class BeginMeeting(Intent):
    """The camera button of a room; `key` is fresh and random."""

    room: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoToMeeting(Intent):
    """The Join button of a meeting's card."""

    meeting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowLink(Intent):
    """A meeting link was pasted or opened."""

    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueTerms(Intent):
    """Continue in the terms pop-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotice(Intent):
    """The recording notice has been read past."""

    is_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NameGuest(Intent):
    """The guest's display name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Intent):
    """Other devices, noise filter, background or on/off, before or in the call: the whole of the choices."""

    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseRecording(Intent):
    """The AI recording switch of the page before the call."""

    record: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Intent):
    """The Join button (for a guest: ask to join)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelJoin(Intent):
    """Back, before or while waiting."""


# --- in the call --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Intent):
    """Leave the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndForAll(Intent):
    """The host ends the meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejoin(Intent):
    """Back into the call that was left by mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCall(Intent):
    """Put the ended call away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCall(Intent):
    """Bring the call's page to the front, or the room behind it."""

    shows_call: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPanel(Intent):
    """The side panel of the call: "chat", "people" or "" for none."""

    panel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SayInChat(Intent):
    """Say something in the call's chat; `key` is fresh and random."""

    text: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryChat(Intent):
    """Send a failed chat line again."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropChat(Intent):
    """Throw a failed chat line away."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchRecording(Intent):
    """The host's AI recording switch in the call."""

    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerConsent(Intent):
    """Stay and be recorded, or leave."""

    stays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit(Intent):
    """Let a waiting guest in."""

    guest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny(Intent):
    """Do not."""

    guest: str


# --- recap, window ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecapPage(Intent):
    """Show a meeting's recap."""

    meeting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRecapPage(Intent):
    """Back to the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAway(Intent):
    """A notice was read."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain(Intent):
    """Connect again now."""


# --- what happens -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Event):
    """The server told something; `at` is this computer's clock at that moment, seconds since 1970."""

    message: Tell
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChanged(Event):
    """The socket opened, closed or is being tried; `offline` says in words why."""

    link: Link
    words: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFound(Event):
    """What the keychain holds for a server; empty when nothing. `words` where there is no keyring."""

    server_id: str
    token: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesLoaded(Event):
    """What was chosen the last time."""

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
class Told(Event):
    """Something to tell the user, from outside the state."""

    words: str
    is_bad: bool = False
