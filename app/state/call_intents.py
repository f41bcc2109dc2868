"""What the user wants of a call, before it and in it; made by the interface."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.events import Intent
from app.state.slices.devices import Choices
from app.state.stage import Tile


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
class AnswerLink(Intent):
    """Go to the other server that a link names, or not."""

    goes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInHere(Intent):
    """An invited person has an account at the other server and signs in there first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMove(Intent):
    """Move one's seat here from another device, or not."""

    moves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueTerms(Intent):
    """Continue in the terms pop-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotice(Intent):
    """The recording notice was marked as read, or no longer is."""

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
    """Discard a failed chat line."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitEveryone(Intent):
    """Let in everyone who is waiting, as long as there are seats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteOther(Intent):
    """The host switches someone's microphone off."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOthersShare(Intent):
    """The host ends someone's share."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOther(Intent):
    """The host takes someone out of the meeting."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(Intent):
    """The host locks the meeting, or opens it again."""

    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeNewLink(Intent):
    """The host makes a new link; the old one dies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin(Intent):
    """Look at one picture, with the others beside it; None: all alike."""

    tile: Tile | None
