"""What the user wants of accounts, rooms, plans, recaps and the window; made by the interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.state.events import Intent
from app.state.slices.reach import GiveWay
from app.wire.accounts import AccountKind
from app.wire.privacy import ReceiptKind
from app.wire.rooms import ContractKind
from app.wire.schedule import Plan


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
    """Create an account and sign in."""

    email: str
    name: str
    kind: AccountKind
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveAccount(Intent):
    """Sign out on this computer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAccount(Intent):
    """The account dialog: password and sign-ins; `is_open` False closes it."""

    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOwnPassword(Intent):
    """Another password."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOwnSignIn(Intent):
    """End one of the account's sign-ins."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForReset(Intent):
    """The password is forgotten: a code by mail."""

    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetOwnPassword(Intent):
    """A new password by a one-use code."""

    email: str
    code: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UseServer(Intent):
    """Go to another server for good (empty: the one of this computer)."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoHome(Intent):
    """Back from another server, where a link led."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetOthersReach(Intent):
    """Whether other computers may reach the server of this one."""

    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveLink(Intent):
    """Give a link away that leads to this computer alone, as far as the interface can see."""

    way: GiveWay
    link: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiving(Intent):
    """Let others in first ("open"), take the link for this computer ("here"), or leave it ("no")."""

    answer: Literal["open", "here", "no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeHandout(Intent):
    """The link was copied, or given to the mail program."""

    number: int


# --- rooms --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRoom(Intent):
    """Create a room of that name."""

    name: str
    contract: ContractKind = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetNow(Intent):
    """A meeting at once, in a room of one's own, which is created if there is none; `key` is fresh and random."""

    key: str


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
    """Make a one-use code for a room; with an address it is mailed as well."""

    room: str
    email: str = ""


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
    """Discard a failed message."""

    room: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRoom(Intent):
    """Another name for a room."""

    room: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuitRoom(Intent):
    """Leave a room."""

    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFromRoom(Intent):
    """The owner takes a member out."""

    room: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMessage(Intent):
    """Another text for a message of one's own."""

    message: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackMessage(Intent):
    """Delete a message of one's own."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFor(Intent):
    """Words to look for in all messages; empty closes the search."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOtherMeeting(Intent):
    """Post the link of another provider's meeting; `key` is fresh and random."""

    room: str
    url: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNews(Intent):
    """A notice was clicked: go where it leads; it is seen."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeAllNews(Intent):
    """All notices have been seen."""


# --- scheduling ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlan(Intent):
    """The calendar button of a room, or with `meeting` the edit entry of a card."""

    room: str
    meeting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePlan(Intent):
    """Put the dialog away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPlan(Intent):
    """Schedule, or keep the changes; `key` is fresh and random."""

    plan: Plan
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPlanned(Intent):
    """Cancel a scheduled meeting, or its whole series."""

    meeting: str
    whole_series: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCalendarFile(Intent):
    """The .ics of a scheduled meeting; it comes as `AppState.file`."""

    meeting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PutFileAway(Intent):
    """The offered file was saved, or not wanted."""

    number: int


# --- recap, window ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecapPage(Intent):
    """Show a meeting's recap."""

    meeting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRecapPage(Intent):
    """Back to the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForDeletion(Intent):
    """Ask for a recording to be deleted before its time."""

    recording: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetReceipt(Intent):
    """One's consent receipt of a recording, or the receipt of its deletion; it comes into `RecapView`."""

    recording: str
    kind: ReceiptKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAway(Intent):
    """A notice was read."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain(Intent):
    """Connect again now."""
