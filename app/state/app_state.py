"""`AppState`: everything that is true in the client, frozen. What belongs to one feature is in `slices`.

`page` (which page is open) is apart from `call_phase`: a room can be read during a call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app.state.slices.call import Call
from app.state.slices.chat import ChatLog
from app.state.slices.connection import Connection
from app.state.slices.devices import Devices
from app.state.slices.prejoin import PreJoin
from app.state.slices.reach import Giving, Reach
from app.state.slices.recap import RecapView
from app.state.slices.requests import Requests
from app.state.slices.rooms import Rooms, RoomView, SearchView
from app.state.slices.schedule import OfferedFile, PlanView
from app.state.slices.sign_in import AccountView, SignIn
from app.state.slices.speech import SpeechModel
from app.state.slices.toasts import Toasts
from app.state.slices.way import WayCheck
from app.wire.accounts import Access, Account
from app.wire.links import Link
from app.wire.notices import NoticeInfo
from app.wire.rooms import RoomInfo

#: Which page is open.
PageName = Literal["starting", "sign_in", "rooms", "recap"]
#: How far a call is. `update.PHASES` holds the table of what may follow what.
CallPhase = Literal["none", "prejoin", "joining", "waiting", "in", "reconnecting", "ended"]


@dataclass(frozen=True, slots=True)
class Visit:
    """A link has led to another server, or nowhere (`words` says why); `home` is the state at one's own."""

    link: Link
    home: AppState
    words: str = ""
    #: One signs in there and goes home by oneself; else with the end of the meeting.
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Links that are followed."""

    #: One to another server: nothing is sent there before the user has seen its name and agreed.
    question: Link | None = None
    #: One that waits until the server it leads to has been reached.
    waiting: Link | None = None
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class AppState:
    """Everything that is true in the client at one moment."""

    page: PageName = "starting"
    call_phase: CallPhase = "none"
    #: The call's page is in front of `page`; False while one reads a room during a call.
    shows_call: bool = True
    #: The window is minimised, as far as the system tells programs so.
    is_minimised: bool = False
    connection: Connection = field(default_factory=Connection)
    me: Account | None = None
    accepted_terms: int = 0
    sign_in: SignIn = field(default_factory=SignIn)
    rooms: Rooms = field(default_factory=Rooms)
    devices: Devices = field(default_factory=Devices)
    prejoin: PreJoin | None = None
    call: Call | None = None
    recap: RecapView | None = None
    toasts: Toasts = field(default_factory=Toasts)
    #: What the server wants one to know, unseen: the badge counts them.
    news: tuple[NoticeInfo, ...] = ()
    access: Access = field(default_factory=Access)
    plan: PlanView | None = None
    search: SearchView | None = None
    account: AccountView | None = None
    file: OfferedFile | None = None
    chat_log: ChatLog | None = None
    reach: Reach = field(default_factory=Reach)
    #: Meetings on the server of this computer and how many are in each, wherever one is oneself: (id, people).
    own_meetings: tuple[tuple[str, int], ...] = ()
    giving: Giving = field(default_factory=Giving)
    #: Of the server of this computer, wherever one is oneself.
    speech: SpeechModel = field(default_factory=SpeechModel)
    links: Links = field(default_factory=Links)
    way: WayCheck = field(default_factory=WayCheck)
    requests: Requests = field(default_factory=Requests)

    def view(self, room: str) -> RoomView:
        """What is known of a room's conversation."""
        return self.rooms.views.get(room, RoomView())

    def room_info(self, room: str) -> RoomInfo | None:
        """The room of that id, if one is its member."""
        return next((one for one in self.rooms.known if one.id == room), None)

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
        return self.connection.phase == "online" and (self.me is None or self.connection.is_signed_in)

    @property
    def is_busy(self) -> bool:
        """Whether one is in a meeting or on the way into one."""
        return self.call_phase in ("joining", "waiting", "in", "reconnecting")

    @property
    def passing(self) -> Visit | None:
        """The visit of who is at another server for one meeting only, and goes home when that is over."""
        return self.links.visit if self.links.visit and not self.links.visit.stays else None

    @property
    def is_passing(self) -> bool:
        """Whether there is such a visit."""
        return self.passing is not None

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
