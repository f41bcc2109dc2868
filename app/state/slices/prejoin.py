"""The page before a call."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.slices.devices import DeviceKind
from app.wire.privacy import Receipt
from app.wire.rooms import MeetingCard


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
    #: Gestures come on with the join.
    gestures: bool = False
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
