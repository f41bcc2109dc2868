"""The meeting one is in, or was in last."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.state.slices.captions import Captions, SoFar
from app.state.slices.chat import Chat
from app.state.slices.gestures import Gestures
from app.state.slices.lobby import Lobby
from app.state.slices.media import Media
from app.state.slices.pip import Pip
from app.state.slices.quality import Quality
from app.state.slices.reactions import Reactions
from app.state.slices.recording import Recording
from app.state.slices.sharing import Sharing
from app.state.stage import Stage
from app.wire.people import Person
from app.wire.rooms import MeetingCard


@dataclass(frozen=True, slots=True)
class Call:
    """The meeting one is in, or was in last."""

    meeting: MeetingCard
    you: str
    host: str
    people: tuple[Person, ...] = ()
    #: False from the loss of the connection to the next welcome: the server does not take this one for ours.
    has_seat: bool = True
    #: Server's clock minus ours at the welcome, seconds: for the timer.
    clock_ahead_s: float = 0.0
    guest_token: str = ""
    is_locked: bool = False
    #: Which side panel is open: "", "chat", "people" or "so-far".
    panel: str = ""
    #: Why the call ended, in words; and whether one can go back in.
    ended_words: str = ""
    can_rejoin: bool = False
    #: By feature.
    chat: Chat = field(default_factory=Chat)
    lobby: Lobby = field(default_factory=Lobby)
    recording: Recording = field(default_factory=Recording)
    media: Media = field(default_factory=Media)
    quality: Quality = field(default_factory=Quality)
    stage: Stage = field(default_factory=Stage)
    pip: Pip = field(default_factory=Pip)
    reactions: Reactions = field(default_factory=Reactions)
    gestures: Gestures = field(default_factory=Gestures)
    sharing: Sharing = field(default_factory=Sharing)
    captions: Captions = field(default_factory=Captions)
    so_far: SoFar = field(default_factory=SoFar)

    def person(self, id: str) -> Person | None:
        """Somebody who has a seat; None for anybody else."""
        return next((one for one in self.people if one.id == id), None)

    @property
    def own(self) -> Person | None:
        """Oneself as the server sees one; None without a seat."""
        return self.person(self.you)
