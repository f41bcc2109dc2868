"""`AppState`: everything that is true in the client, frozen.

`place` (which page is open) is apart from `call_phase`: a room can be read during a call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app.wire.accounts import Access, Account, SignInInfo
from app.wire.chat import ChatLine
from app.wire.fields import Ask
from app.wire.links import Link as MeetingLink
from app.wire.links import ServerAddress
from app.wire.lobby import Guest
from app.wire.notices import NoticeInfo
from app.wire.people import Person
from app.wire.privacy import Receipt
from app.wire.recap import Recap
from app.wire.rooms import MeetingCard, Message, RoomInfo
from app.wire.schedule import Plan

#: Which page is open.
Place = Literal["starting", "sign_in", "rooms", "recap"]
#: How far a call is. `update.PHASES` holds the table of what may follow what.
CallPhase = Literal["none", "prejoin", "joining", "waiting", "in", "reconnecting", "ended"]
Link = Literal["starting", "connecting", "online", "offline", "refused"]
DeviceKind = Literal["camera", "microphone", "speaker"]
GiveWay = Literal["copy", "mail", "calendar", "invitation"]


@dataclass(frozen=True, slots=True)
class Connection:
    """The way to the server."""

    link: Link = "starting"
    #: A sentence for the user where something is wrong.
    words: str = ""
    #: host:port, as shown.
    address: str = ""
    #: On the socket that is open now: the server has said who it is; it knows who we are.
    has_greeted: bool = False
    is_signed_in: bool = False
    server_id: str = ""
    is_embedded: bool = False
    needs_owner: bool = False
    terms_version: int = 0
    notice_version: int = 0
    #: Others may reach this embedded server.
    is_reachable: bool = False
    #: Hosts that the server itself may talk to; the privacy page lists them.
    hosts: tuple[str, ...] = ()
    #: Public key of the server's receipts, base64.
    receipt_key: str = ""
    #: False while one is at another server for the sake of a link; `effects.GoHome` leads back.
    is_home: bool = True
    #: The server of this connection as links name it; None before it is known.
    server: ServerAddress | None = None
    #: The own server, while one is at another one; a link that leads there leads home.
    home: ServerAddress | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Own text that the server has not told back yet. It stays, marked, until it is sent or thrown away."""

    key: str
    text: str
    has_failed: bool = False
    words: str = ""
    #: The request that carries it; 0: none yet, it goes out with the next sign-in.
    request: int = 0


@dataclass(frozen=True, slots=True)
class RoomView:
    """What is known of one room's conversation."""

    messages: tuple[Message, ...] = ()
    has_more: bool = False
    is_loaded: bool = False
    drafts: tuple[Draft, ...] = ()
    unread: int = 0
    recaps: tuple[MeetingCard, ...] = ()
    #: A one-use code just made, shown until the dialog closes; where it was mailed; its link.
    invitation: str = ""
    invitation_email: str = ""
    invitation_link: str = ""
    #: Why there is no code, or why it was not mailed.
    invitation_words: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose of devices; kept at once by `effects.SaveChoices`."""

    #: Device ids; empty: the system's default.
    camera: str = ""
    microphone: str = ""
    speaker: str = ""
    noise_filter: bool = True
    #: "none", "blur" or "image:<file name in resources/backgrounds>".
    background: str = "none"
    microphone_on: bool = True
    camera_on: bool = True
    #: Sends a small, slow picture: for connections that are paid by the megabyte.
    data_saver: bool = False


@dataclass(frozen=True, slots=True)
class DeviceItem:
    """A device that can be chosen."""

    id: str
    name: str
    kind: DeviceKind


@dataclass(frozen=True, slots=True)
class PreJoin:
    """The page before a call."""

    meeting: MeetingCard | None = None
    #: For a guest: the link's code and the meeting's title.
    code: str = ""
    title: str = ""
    #: Who invites, and what that server calls itself.
    host: str = ""
    server: str = ""
    guest_name: str = ""
    #: The first-time pop-up is open; nothing opens a camera before it is accepted.
    asks_terms: bool = False
    #: The AI recording switch: only shown to who may.
    may_record: bool = False
    record: bool = False
    #: The meeting is recorded: the notice has to be read past before Join.
    is_recording: bool = False
    notice_read: bool = False
    #: Planned start of a scheduled meeting whose doors are not open yet.
    opens_at: float | None = None
    #: One sits in this meeting on another device: asks whether to move the seat here.
    asks_move: bool = False
    #: One's own consent receipt, where it comes before the welcome.
    receipt: Receipt | None = None
    #: A plain sentence per device that could not be opened.
    device_words: tuple[tuple[DeviceKind, str], ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """The meeting one is in, or was in last."""

    meeting: MeetingCard
    you: str
    host: str
    people: tuple[Person, ...] = ()
    #: False from the loss of the connection to the next welcome: the server does not take this one for ours.
    has_seat: bool = True
    recording_since: float | None = None
    #: Server's clock minus ours at the welcome, seconds: for the timer.
    clock_ahead_s: float = 0.0
    guest_token: str = ""
    #: AI recording began while one was in: asks to stay (and be recorded) or leave.
    asks_consent: bool = False
    chat: tuple[ChatLine, ...] = ()
    chat_drafts: tuple[Draft, ...] = ()
    unread_chat: int = 0
    waiting: tuple[Guest, ...] = ()
    #: Seats taken and seats in all, as the lobby panel shows them.
    taken: int = 0
    seats: int = 10
    is_locked: bool = False
    #: One's own signed consent receipt, once there is one; kept on the page after the call.
    receipt: Receipt | None = None
    #: Which side panel is open: "", "chat" or "people".
    panel: str = ""
    #: Bytes of media sent and received in this call, as often as `events.UsageTold` says so.
    used_bytes: int = 0
    #: Why the call ended, in words; and whether one can go back in.
    ended_words: str = ""
    can_rejoin: bool = False
    #: Sentences about media, newest last: "Your camera is in use by another program."
    media_words: tuple[tuple[DeviceKind, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RecapView:
    """The recap page."""

    meeting: MeetingCard
    recap: Recap | None = None
    words: str = ""
    consent_receipt: Receipt | None = None
    deletion_receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class PlanView:
    """The dialog that plans a meeting."""

    room: str
    #: The meeting that is edited; empty: a new one.
    meeting: str = ""
    #: What is being edited, once the server has shown it.
    plan: Plan | None = None
    is_sending: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class SearchView:
    """What was searched for in the messages, and what was found."""

    words: str
    messages: tuple[Message, ...] = ()
    has_more: bool = False
    is_asking: bool = True
    #: Why it was not looked for; empty: what was found is all there is.
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account dialog: the password and where one is signed in."""

    sign_ins: tuple[SignInInfo, ...] = ()
    words: str = ""
    is_good: bool = False


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A text that the user asked for, to be saved where they say."""

    number: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether others may reach the server of this computer, and where."""

    is_on: bool = False
    addresses: tuple[str, ...] = ()
    is_changing: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Giving:
    """A link that others are to get and that leads to this computer alone: a question is open.

    `way` says what is done with it once others can follow it: "copy", "mail" it by the mail program, the "calendar"
    file of `meeting`, an "invitation" to `room` that the server mails to `email`.
    """

    way: GiveWay
    link: str = ""
    title: str = ""
    meeting: str = ""
    room: str = ""
    email: str = ""
    #: The server of this computer can be opened to others by a yes; False: it is not ours to open.
    can_open: bool = True
    is_opening: bool = False
    #: Why it could not be opened.
    words: str = ""


@dataclass(frozen=True, slots=True)
class Handout:
    """A link that is to be copied or mailed now, each number once."""

    number: int
    way: GiveWay
    link: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence over the page, until it is put away or what it is about is over; see `app.state.telling`."""

    number: int
    words: str
    is_bad: bool = False
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """A link has led to another server, or nowhere (why: `words`); `home` was true at the own one and will be again."""

    link: MeetingLink
    home: AppState
    words: str = ""
    #: One signs in there and goes home by oneself; else with the end of the meeting.
    stays: bool = False


@dataclass(frozen=True, slots=True)
class AppState:
    """Everything that is true in the client at one moment."""

    place: Place = "starting"
    call_phase: CallPhase = "none"
    #: The call's page is in front of `place`; False while one reads a room during a call.
    shows_call: bool = True
    connection: Connection = Connection()
    me: Account | None = None
    accepted_terms: int = 0
    #: A sentence under the sign-in form.
    sign_in_words: str = ""
    is_signing_in: bool = False
    #: Where tokens are kept: "" when in the system's keyring, else why they are not.
    keyring_words: str = ""
    rooms: tuple[RoomInfo, ...] = ()
    room: str = ""
    views: dict[str, RoomView] = field(default_factory=dict)
    choices: Choices = Choices()
    devices: tuple[DeviceItem, ...] = ()
    prejoin: PreJoin | None = None
    call: Call | None = None
    recap: RecapView | None = None
    #: Sentences over the page, oldest first, and the number of the next one: none comes twice.
    notices: tuple[Notice, ...] = ()
    next_notice: int = 1
    #: What the server wants one to know, unseen: the badge counts them.
    news: tuple[NoticeInfo, ...] = ()
    access: Access = field(default_factory=Access)
    plan: PlanView | None = None
    search: SearchView | None = None
    account: AccountView | None = None
    reset_words: str = ""
    file: OfferedFile | None = None
    reach: Reach = Reach()
    #: Meetings on the server of this computer and how many are in each, wherever one is oneself: (id, people).
    own_meetings: tuple[tuple[str, int], ...] = ()
    giving: Giving | None = None
    handout: Handout | None = None
    #: "Meet now" waits for its room: the request that makes it, and the key of the meeting to start.
    meets_now: tuple[int, str] = (0, "")
    #: A link to another server: nothing is sent there before the user has seen its name and agreed.
    link_question: MeetingLink | None = None
    #: A link that waits until the server it leads to has been reached.
    link_waiting: MeetingLink | None = None
    visit: Visit | None = None
    #: The next request's number, and what the unanswered ones asked.
    next_request: int = 1
    pending: dict[int, Ask] = field(default_factory=dict)

    def view(self, room: str) -> RoomView:
        """What is known of a room's conversation."""
        return self.views.get(room, RoomView())

    def room_info(self, room: str) -> RoomInfo | None:
        """The room of that id, if one is its member."""
        return next((one for one in self.rooms if one.id == room), None)

    def why_not_start(self, room: str) -> str:
        """Why one may not start or schedule a Parley meeting in a room, in words; empty: one may."""
        info = self.room_info(room)
        if not self.access.may_start:
            return self.access.words or "Parley meetings are not switched on for your account yet."
        if info is not None and info.contract in self.access.closed_contracts:
            return self.access.contract_words or "Parley meetings are not switched on for this kind of room."
        return ""

    @property
    def can_ask(self) -> bool:
        """Whether a request would be heard as ours: right after a reconnect the sign-in is still under way."""
        return self.connection.link == "online" and (self.me is None or self.connection.is_signed_in)

    @property
    def is_busy(self) -> bool:
        """Whether one is in a meeting or on the way into one."""
        return self.call_phase in ("joining", "waiting", "in", "reconnecting")

    @property
    def is_passing(self) -> bool:
        """Whether one is at another server for one meeting only, and goes home when that is over."""
        return self.visit is not None and not self.visit.stays

    @property
    def is_seated(self) -> bool:
        """Whether the server takes requests about the present call; media may be broken meanwhile."""
        return self.call is not None and self.call.has_seat and self.call_phase in ("in", "reconnecting")

    @property
    def is_host(self) -> bool:
        """Whether one holds the host's rights in the present call."""
        return self.call is not None and self.call.host == self.call.you

    @property
    def own_id(self) -> str:
        """Account id, or empty when not signed in."""
        return self.me.id if self.me else ""
