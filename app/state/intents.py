"""What the user wants of accounts, rooms, plans, recaps and the window; made by the interface."""

from __future__ import annotations

from typing import Literal

from app.state.events import Intent
from app.state.slices.reach import GiveWay
from app.state.slices.speech import ModelWish
from app.wire.accounts import AccountKind
from app.wire.privacy import ReceiptKind
from app.wire.rooms import ContractKind
from app.wire.schedule import Plan


# --- signing in ---------------------------------------------------------------------------------------------------
class NameOwner(Intent, frozen=True, kw_only=True):
    """The first start on an embedded server: only a name."""

    name: str


class EnterAccount(Intent, frozen=True, kw_only=True):
    """Sign in with an account that exists."""

    email: str
    password: str


class MakeAccount(Intent, frozen=True, kw_only=True):
    """Create an account and sign in."""

    email: str
    name: str
    kind: AccountKind
    password: str


class LeaveAccount(Intent, frozen=True, kw_only=True):
    """Sign out on this computer."""


class OpenAccount(Intent, frozen=True, kw_only=True):
    """The account dialog: password and sign-ins; `is_open` False closes it."""

    is_open: bool


class ChangeOwnPassword(Intent, frozen=True, kw_only=True):
    """Another password."""

    old: str
    new: str


class EndOwnSignIn(Intent, frozen=True, kw_only=True):
    """End one of the account's sign-ins."""

    id: str


class AskForReset(Intent, frozen=True, kw_only=True):
    """The password is forgotten: a code by mail."""

    email: str


class ResetOwnPassword(Intent, frozen=True, kw_only=True):
    """A new password by a one-use code."""

    email: str
    code: str
    password: str


class UseServer(Intent, frozen=True, kw_only=True):
    """Go to another server for good (empty: the one of this computer)."""

    address: str


class GoHome(Intent, frozen=True, kw_only=True):
    """Back from another server, where a link led."""


class LetOthersReach(Intent, frozen=True, kw_only=True):
    """Whether other computers may reach the server of this one."""

    is_on: bool


class CheckWay(Intent, frozen=True, kw_only=True):
    """Find out whether pictures and sound would reach the server from here."""


class WishModel(Intent, frozen=True, kw_only=True):
    """Fetch the models for recaps of this computer's own server ("pull"), stop that ("cancel"), or remove them."""

    wish: ModelWish


class PutModelAway(Intent, frozen=True, kw_only=True):
    """Put the dialog about the models away; what is being fetched goes on."""


class GiveLink(Intent, frozen=True, kw_only=True):
    """Give a link away that leads to this computer alone, as far as the interface can see."""

    way: GiveWay
    link: str
    title: str = ""


class AnswerGiving(Intent, frozen=True, kw_only=True):
    """Let others in first ("open"), take the link for this computer ("here"), or leave it ("no")."""

    answer: Literal["open", "here", "no"]


class TakeHandout(Intent, frozen=True, kw_only=True):
    """The link was copied, or given to the mail program."""

    number: int


# --- rooms --------------------------------------------------------------------------------------------------------
class MakeRoom(Intent, frozen=True, kw_only=True):
    """Create a room of that name."""

    name: str
    contract: ContractKind = "direct"


class MeetNow(Intent, frozen=True, kw_only=True):
    """A meeting at once, in a room of one's own, which is created if there is none; `key` is fresh and random."""

    key: str


class OpenRoom(Intent, frozen=True, kw_only=True):
    """Show a room (empty: none)."""

    room: str


class ShowEarlier(Intent, frozen=True, kw_only=True):
    """Older messages of the open room."""

    room: str


class Invite(Intent, frozen=True, kw_only=True):
    """Make a one-use code for a room; with an address it is mailed as well."""

    room: str
    email: str = ""


class ForgetInvitation(Intent, frozen=True, kw_only=True):
    """The dialog with the code was closed."""

    room: str


class EnterRoomByCode(Intent, frozen=True, kw_only=True):
    """Become a member by a one-use code."""

    code: str


class SayInRoom(Intent, frozen=True, kw_only=True):
    """Post a message; `key` is fresh and random."""

    room: str
    text: str
    key: str


class RetryMessage(Intent, frozen=True, kw_only=True):
    """Send a failed message again."""

    room: str
    key: str


class DropMessage(Intent, frozen=True, kw_only=True):
    """Discard a failed message."""

    room: str
    key: str


class NameRoom(Intent, frozen=True, kw_only=True):
    """Another name for a room."""

    room: str
    name: str


class QuitRoom(Intent, frozen=True, kw_only=True):
    """Leave a room."""

    room: str


class RemoveFromRoom(Intent, frozen=True, kw_only=True):
    """The owner takes a member out."""

    room: str
    account: str


class ChangeMessage(Intent, frozen=True, kw_only=True):
    """Another text for a message of one's own."""

    message: str
    text: str


class TakeBackMessage(Intent, frozen=True, kw_only=True):
    """Delete a message of one's own."""

    message: str


class SearchFor(Intent, frozen=True, kw_only=True):
    """Words to look for in all messages; empty closes the search."""

    words: str


class PostOtherMeeting(Intent, frozen=True, kw_only=True):
    """Post the link of another provider's meeting; `key` is fresh and random."""

    room: str
    url: str
    key: str


class OpenNews(Intent, frozen=True, kw_only=True):
    """A notice was clicked: go where it leads; it is seen."""

    id: str


class SeeAllNews(Intent, frozen=True, kw_only=True):
    """All notices have been seen."""


# --- scheduling ---------------------------------------------------------------------------------------------------
class OpenPlan(Intent, frozen=True, kw_only=True):
    """The calendar button of a room, or with `meeting` the edit entry of a card."""

    room: str
    meeting: str = ""


class ClosePlan(Intent, frozen=True, kw_only=True):
    """Put the dialog away."""


class SendPlan(Intent, frozen=True, kw_only=True):
    """Schedule, or keep the changes; `key` is fresh and random."""

    plan: Plan
    key: str


class CancelPlanned(Intent, frozen=True, kw_only=True):
    """Cancel a scheduled meeting, or its whole series."""

    meeting: str
    whole_series: bool = False


class GetCalendarFile(Intent, frozen=True, kw_only=True):
    """The .ics of a scheduled meeting; it comes as `AppState.file`."""

    meeting: str


class PutFileAway(Intent, frozen=True, kw_only=True):
    """The offered file was saved, or not wanted."""

    number: int


# --- recap, window ------------------------------------------------------------------------------------------------
class OpenRecapPage(Intent, frozen=True, kw_only=True):
    """Show a meeting's recap."""

    meeting: str


class OpenVersion(Intent, frozen=True, kw_only=True):
    """Show an earlier version of the recap that is open; 0: the present one."""

    version: int


class MakeRecapAgain(Intent, frozen=True, kw_only=True):
    """Have the recap that is open made again by the better engine that the server has now."""


class CloseRecapPage(Intent, frozen=True, kw_only=True):
    """Back to the room."""


class AskForDeletion(Intent, frozen=True, kw_only=True):
    """Ask for a recording to be deleted before its time."""

    recording: str
    reason: str = ""


class GetReceipt(Intent, frozen=True, kw_only=True):
    """One's consent receipt of a recording, or the receipt of its deletion; it comes into `RecapView`."""

    recording: str
    kind: ReceiptKind


class OpenChatLog(Intent, frozen=True, kw_only=True):
    """Read what was written in a meeting of one's room."""

    meeting: str


class CloseChatLog(Intent, frozen=True, kw_only=True):
    """Put it away."""


class PutAway(Intent, frozen=True, kw_only=True):
    """A notice was read."""

    number: int


class Explain(Intent, frozen=True, kw_only=True):
    """The user wanted something that this computer cannot do, or not quite; `words` say so."""

    words: str


class TryAgain(Intent, frozen=True, kw_only=True):
    """Connect again now."""
