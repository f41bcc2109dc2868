"""What the server and its recap worker say to each other, over the worker's standard input and output.

Each message is four bytes of length, most significant first, and that much msgpack.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

from app.wire.recap import Recap
from server_stub.recap.filmed import FilmKind
from server_stub.recap.moments import Mark
from server_stub.recap.shares import NewScreen, Shared
from server_stub.recap.suggested import Suggested
from server_stub.recap.transcript import Spoken

#: Longer than any recap; more is a broken pipe's garbage.
MAX_BYTES = 64 * 1024 * 1024
LENGTH = struct.Struct(">I")


class Begin(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """First of all: which engine, and who is there."""

    model: str
    models_folder: str
    people: dict[str, str]
    #: Where to write what is mixed for the film; empty: nowhere.
    folder: str = ""
    #: Whose calendar is meant, as in `Compose`.
    zone: str = ""


class AddPerson(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Somebody joined."""

    person: str
    name: str


class Spell(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The room's title and words of the chat, the newest first: how they are spelled."""

    terms: list[str]


class Packet(msgspec.Struct, frozen=True, kw_only=True, tag="p"):
    """One Opus packet of one person, and when it was said."""

    person: str
    start_s: float
    opus: bytes


class ReadFile(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Listen to a person's recording, from that second or from where all is told already, and then go on from there."""

    person: str
    path: str
    from_s: float


class Known(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """All that was heard so far, also by workers before this one; what follows is read beside it."""

    spoken: list[Spoken]


class Flush(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The meeting is over: write down what is still open. Answered with `Flushed`."""


class Compose(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Make the texts of the recap. Answered with `Composed` or `Failed`."""

    meeting: str
    folder: str
    people: dict[str, str]
    spoken: list[Spoken]
    started_at: float
    ended_at: float
    last_left_at: float
    zone: str
    notes: list[str]
    reactions_s: list[float] = []
    marks: list[Mark] = []
    screens: list[NewScreen] = []
    suggested: Suggested | None = None


class MakeFilm(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Make one film of a recap whose texts are there; needs no `Begin`. Answered with `Filmed` or `Failed`.

    `files` are by name, in the order of joining.
    """

    kind: FilmKind
    recap: Recap
    folder: str
    files: dict[str, str]
    shares: list[Shared]
    #: Where seconds lie that were mixed during the meeting.
    mixed: str


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The engine is loaded; `note` says so where it is not the one asked for."""

    engine: str
    version: str
    trust: str
    note: str


class Heard(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An utterance ended and was written down; all that the person said before `settled_s` is told."""

    spoken: Spoken
    settled_s: float


class Settled(msgspec.Struct, frozen=True, kw_only=True, tag="s"):
    """All that each person said before that second is told; from time to time, for those who are silent."""

    times_s: dict[str, float]


class Flushed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Everything said is told."""


class Composed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The recap's texts are written."""

    recap: Recap


class Filmed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The film is written and lasts so long; 0: nothing was recorded that could be played."""

    length_s: float


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It could not be done; the reason is for people."""

    reason: str


Asked = Begin | AddPerson | Spell | Packet | Known | ReadFile | Flush | Compose | MakeFilm
Told = Ready | Heard | Settled | Flushed | Composed | Filmed | Failed

_encoder = msgspec.msgpack.Encoder()
_asked: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked)
_told: msgspec.msgpack.Decoder[Told] = msgspec.msgpack.Decoder(Told)


class Broken(Exception):
    """What came is not a message."""


def pack(message: Asked | Told) -> bytes:
    """A message with its length before it."""
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body


def unpack_told(body: bytes) -> Told:
    """What the worker told.

    Raises:
        Broken: it is not a message.
    """
    try:
        return _told.decode(body)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Broken from error


def read_asked(stream: BinaryIO) -> Asked | None:
    """The next message of the server; None when it closed the pipe.

    Raises:
        Broken: it is not a message.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if length > MAX_BYTES:
        raise Broken
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        return _asked.decode(body)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Broken from error
