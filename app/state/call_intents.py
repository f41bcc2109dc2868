"""What the user wants of a call, before it and in it; made by the interface."""

from __future__ import annotations

from app.state.events import Intent
from app.state.slices.devices import Choices
from app.state.slices.pip import PipPlace
from app.state.slices.sharing import ShareMode, ShareSource
from app.state.stage import Anchor, Mode, Tile
from app.wire.reactions import Reaction


# --- before the call ----------------------------------------------------------------------------------------------
class BeginMeeting(Intent, frozen=True, kw_only=True):
    """The camera button of a room; `key` is fresh and random."""

    room: str
    key: str


class GoToMeeting(Intent, frozen=True, kw_only=True):
    """The Join button of a meeting's card."""

    meeting: str


class FollowLink(Intent, frozen=True, kw_only=True):
    """A meeting link was pasted or opened."""

    link: str


class AnswerLink(Intent, frozen=True, kw_only=True):
    """Go to the other server that a link names, or not."""

    goes: bool


class SignInHere(Intent, frozen=True, kw_only=True):
    """An invited person has an account at the other server and signs in there first."""


class AnswerMove(Intent, frozen=True, kw_only=True):
    """Move one's seat here from another device, or not."""

    moves: bool


class ContinueTerms(Intent, frozen=True, kw_only=True):
    """Continue in the terms pop-up."""


class ReadNotice(Intent, frozen=True, kw_only=True):
    """The recording notice was marked as read, or no longer is."""

    is_read: bool


class NameGuest(Intent, frozen=True, kw_only=True):
    """The guest's display name."""

    name: str


class Choose(Intent, frozen=True, kw_only=True):
    """Other devices, noise filter, background or on/off, before or in the call: the whole of the choices.

    `shown` is what was on show when it was chosen: only what differs from it counts, so that nothing comes back that
    has changed since then without being seen, least of all a microphone that the host has muted. None: all counts.
    """

    choices: Choices
    shown: Choices | None = None


class ChooseRecording(Intent, frozen=True, kw_only=True):
    """The AI recording switch of the page before the call."""

    record: bool


class ChooseGestures(Intent, frozen=True, kw_only=True):
    """The gestures switch of the page before the call."""

    is_on: bool


class Join(Intent, frozen=True, kw_only=True):
    """The Join button (for a guest: ask to join)."""


class CancelJoin(Intent, frozen=True, kw_only=True):
    """Back, before or while waiting."""


# --- in the call --------------------------------------------------------------------------------------------------
class Leave(Intent, frozen=True, kw_only=True):
    """Leave the call."""


class EndForAll(Intent, frozen=True, kw_only=True):
    """The host ends the meeting."""


class Rejoin(Intent, frozen=True, kw_only=True):
    """Back into the call that was left by mistake."""


class CloseCall(Intent, frozen=True, kw_only=True):
    """Put the ended call away."""


class ShowCall(Intent, frozen=True, kw_only=True):
    """Bring the call's page to the front, or the room behind it."""

    shows_call: bool


class OpenPanel(Intent, frozen=True, kw_only=True):
    """The side panel of the call: "chat", "people", "so-far" or "" for none."""

    panel: str


class SayInChat(Intent, frozen=True, kw_only=True):
    """Say something in the call's chat; `key` is fresh and random."""

    text: str
    key: str


class LookAtChat(Intent, frozen=True, kw_only=True):
    """The chat was scrolled: `at_end` says whether its newest lines are in sight."""

    at_end: bool


class RetryChat(Intent, frozen=True, kw_only=True):
    """Send a failed chat line again."""

    key: str


class DropChat(Intent, frozen=True, kw_only=True):
    """Discard a failed chat line."""

    key: str


class SwitchRecording(Intent, frozen=True, kw_only=True):
    """The host's AI recording switch in the call."""

    is_on: bool


class AnswerConsent(Intent, frozen=True, kw_only=True):
    """Stay and be recorded, or leave."""

    stays: bool


class Talk(Intent, frozen=True, kw_only=True):
    """The key that lets one be heard while it is held went down, or came up."""

    is_held: bool


class TryVoice(Intent, frozen=True, kw_only=True):
    """Keep some seconds of what one says and play them back, before a call; or stop that."""

    is_on: bool


class SetVolume(Intent, frozen=True, kw_only=True):
    """How loud one hears somebody: 0 to 200 percent of what they send."""

    person: str
    percent: int


class SwitchCaptions(Intent, frozen=True, kw_only=True):
    """Show what is said over the pictures of recorded calls, or no more."""

    is_on: bool


class CatchUp(Intent, frozen=True, kw_only=True):
    """Asks what was said since a moment, by the server's clock, seconds since 1970."""

    since: float


class PutGistAway(Intent, frozen=True, kw_only=True):
    """Back from what was said since a moment to all that was said so far."""


class AskAgainSoFar(Intent, frozen=True, kw_only=True):
    """Try again to fetch what was said so far."""


class MarkMoment(Intent, frozen=True, kw_only=True):
    """Mark this moment of the recording."""


class Admit(Intent, frozen=True, kw_only=True):
    """Let a waiting guest in."""

    guest: str


class Deny(Intent, frozen=True, kw_only=True):
    """Do not."""

    guest: str


class AdmitEveryone(Intent, frozen=True, kw_only=True):
    """Let in everyone who is waiting, as long as there are seats."""


class RaiseHand(Intent, frozen=True, kw_only=True):
    """Raise one's hand."""


class LowerHand(Intent, frozen=True, kw_only=True):
    """Lower it again."""


class LowerOthersHand(Intent, frozen=True, kw_only=True):
    """The host lowers someone's hand."""

    person: str


class LowerAllHands(Intent, frozen=True, kw_only=True):
    """The host lowers every hand."""


class React(Intent, frozen=True, kw_only=True):
    """Show a reaction to everyone."""

    reaction: Reaction


class SwitchGestures(Intent, frozen=True, kw_only=True):
    """The host lets everyone use gestures, or not."""

    is_on: bool


class MuteOther(Intent, frozen=True, kw_only=True):
    """The host switches someone's microphone off."""

    person: str


class StopOthersShare(Intent, frozen=True, kw_only=True):
    """The host ends someone's share."""

    person: str


class RemoveOther(Intent, frozen=True, kw_only=True):
    """The host takes someone out of the meeting."""

    person: str


class Lock(Intent, frozen=True, kw_only=True):
    """The host locks the meeting, or opens it again."""

    is_locked: bool


class MakeNewLink(Intent, frozen=True, kw_only=True):
    """The host makes a new link; the old one dies."""


class Pin(Intent, frozen=True, kw_only=True):
    """Look at one picture, with the others beside it; None: at none, so that a share goes back to the others."""

    tile: Tile | None


class ShowConnection(Intent, frozen=True, kw_only=True):
    """Look at the figures of the connections, or no more."""

    is_open: bool


# --- picture-in-picture -------------------------------------------------------------------------------------------
class OpenPip(Intent, frozen=True, kw_only=True):
    """Carry the call on in a small window."""


class ClosePip(Intent, frozen=True, kw_only=True):
    """Put the small window away; `returns`: and show the call's page again."""

    returns: bool = False


class TellMinimised(Intent, frozen=True, kw_only=True):
    """The window was minimised, or is back."""

    is_minimised: bool


class PlacePip(Intent, frozen=True, kw_only=True):
    """The small window was moved or resized."""

    place: PipPlace


class OpenSharePicker(Intent, frozen=True, kw_only=True):
    """Choose a screen or window to share."""


class ClosePicker(Intent, frozen=True, kw_only=True):
    """Share nothing after all."""


class StartShare(Intent, frozen=True, kw_only=True):
    """Share this, in place of what is shared already."""

    source: ShareSource
    mode: ShareMode = "automatic"


class StopOwnShare(Intent, frozen=True, kw_only=True):
    """Share nothing any more."""


class SetShareMode(Intent, frozen=True, kw_only=True):
    """Send one's share sharp, smooth, or as what moves demands."""

    mode: ShareMode


# --- the stage ----------------------------------------------------------------------------------------------------
class ChooseLayout(Intent, frozen=True, kw_only=True):
    """Everybody alike, large who speaks, or what suits the call."""

    mode: Mode


class HideOwnView(Intent, frozen=True, kw_only=True):
    """Take one's own tile off the stage, or put it there again; the others see what they saw."""

    is_hidden: bool


class PlaceOwnView(Intent, frozen=True, kw_only=True):
    """One's own tile was dragged to another place over the stage of two."""

    anchor: Anchor


class LetPoint(Intent, frozen=True, kw_only=True):
    """Members, guests or both may point at one's share, or no more."""

    members: bool
    guests: bool


class StillCopied(Intent, frozen=True, kw_only=True):
    """A still of a shared screen is on the clipboard; or there was no picture to copy."""

    is_copied: bool


class SpeakerChanged(Intent, frozen=True, kw_only=True):
    """Somebody else of the call has been speaking for a while: the window has listened to the levels."""

    person: str
