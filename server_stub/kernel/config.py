"""What a server is told at its start: addresses, folders and limits."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path

from app.wire.ice import parse_ice_url
from app.wire.language_model import LanguageModel, model_words
from server_stub.recap.model_server import ModelServer
from server_stub.storage import sqlite

#: Raised when the words of the terms change: everyone is asked again.
TERMS_VERSION = 1
#: Raised when the wording of the recording notice changes.
NOTICE_VERSION = 3
#: With a language model the version is this many times higher, and ends with a checksum of what is said of it.
_NOTICE_STEP = 10**8
DEFAULT_PORT = 8440


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLimits:
    """How many may be in a meeting, and how long things are kept; seconds."""

    seats: int = 10
    #: A lost connection keeps its seat, and an absent host the role, for this long.
    keep_seat_s: float = 120.0
    #: A meeting in which nobody is ends after this long.
    empty_s: float = 300.0
    #: Guests who may wait at once, and of them from one address.
    waiting: int = 20
    waiting_per_address: int = 5
    #: These limits hold for this computer's own address, too; a proxy in front of the server makes all guests its own.
    own_address_counts: bool = False
    #: The doors of a scheduled meeting open this long before its start.
    open_early_s: float = 600.0
    #: Who does not answer a recording that begins in mid-call stays unrecorded; the question is repeated after this.
    consent_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mail server to send through. Without one, mail is put into the folder `outbox` of the data folder."""

    host: str
    port: int = 587
    #: "starttls", "tls" or, on this computer only, "plain".
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = "Parley <parley@localhost>"


@dataclass(frozen=True, slots=True)
class IceSettings:
    """The STUN and TURN servers that people in a meeting are told of.

    Attributes:
        urls: as `app.wire.ice` reads them.
        secret: shared with the TURN servers; what people are given is made with it. Empty where all are STUN.
        lifetime_s: for how long that holds.
    """

    urls: tuple[str, ...]
    secret: str = field(default="", repr=False)
    lifetime_s: float = 14_400.0

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where they are, each once."""
        return tuple(dict.fromkeys(parse_ice_url(url).host for url in self.urls))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingLimits:
    """When data is deleted; seconds. A wrong clock must not delete anything."""

    #: How often the server looks for what has expired.
    look_every_s: float = 3600.0
    #: The wall clock counts as right once it has run with the monotonic one for this long ...
    settle_s: float = 3600.0
    #: ... and after a jump, or a gap of more than `gap_s` since the server last ran, for this long.
    settle_after_jump_s: float = 86_400.0
    gap_s: float = 45 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordCost:
    """Work that one password costs. Source: the second recommended option of RFC 9106, section 4."""

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """What one websocket may use."""

    #: Messages a second on average, and at once.
    messages_per_s: float = 64.0
    messages_at_once: int = 128
    #: The same for requests that cost the server much: connections for media, recordings.
    heavy_per_s: float = 1.0
    heavy_at_once: int = 30
    #: Refused messages before the connection is closed.
    patience: int = 64
    #: What may wait for a client that reads slowly.
    queue_messages: int = 512
    queue_bytes: int = 4 * 1024 * 1024
    #: A dead connection is noticed within the sum of the two.
    ping_every_s: float = 5.0
    pong_within_s: float = 10.0
    #: Time to say Hello.
    hello_within_s: float = 10.0
    #: Connections from one address at once; this computer's own are not counted.
    per_address: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """All that a server needs to know before it starts."""

    #: Holds the database, recordings and recaps; 0700.
    data: Path
    host: str = "127.0.0.1"
    #: 0: any free port.
    port: int = DEFAULT_PORT
    #: What it calls itself to who was invited; empty: as an embedded one after its owner, else nothing but its address.
    name: str = ""
    #: Where others reach this server, such as https://meet.example.org; empty: host and port.
    public_url: str = ""
    #: Addresses that the relay offers for media, its own or those of a NAT before it; empty: what `host` says, or all.
    relay_addresses: tuple[str, ...] = ()
    #: UDP ports of the relay; None: any free ones.
    relay_ports: range | None = None
    #: None: media goes straight to the relay, and nobody else is asked.
    ice: IceSettings | None = None
    #: Embedded: what each connection must carry; empty: a server for a team.
    secret: str = ""
    #: Embedded: other computers may reach it too (by TLS, without its secret), from its start on.
    is_reachable: bool = False
    #: Embedded: the port for other computers; None: that of the links that were given away, 0: any free one.
    outside_port: int | None = None
    #: Certificate and key (PEM). Without them a server that others reach makes its own, whose pin goes into links.
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    mail: MailSettings | None = None
    #: Whether gestures work only while AI recording is on.
    gestures_need_recording: bool = True
    #: Name of the speech model; empty: the best that is present.
    speech_model: str = ""
    #: Writes recaps, too; None: nobody is asked.
    language_model: ModelServer | None = None
    limits: MeetingLimits = field(default_factory=MeetingLimits)
    keeping: KeepingLimits = field(default_factory=KeepingLimits)
    connection: ConnectionLimits = field(default_factory=ConnectionLimits)
    password_cost: PasswordCost = field(default_factory=PasswordCost)

    @property
    def is_embedded(self) -> bool:
        """Whether this server belongs to one client that started it."""
        return bool(self.secret)

    @property
    def model_told(self) -> LanguageModel | None:
        """What people are told of the language model."""
        return self.language_model.told if self.language_model else None

    @property
    def model_words(self) -> str:
        """What the recording notice says of the language model; empty without one."""
        return model_words(self.model_told)

    @property
    def notice_version(self) -> int:
        """Version of the recording notice's wording: another one where the words about a language model are others."""
        words = self.model_words
        return NOTICE_VERSION * _NOTICE_STEP + zlib.crc32(words.encode()) % _NOTICE_STEP if words else NOTICE_VERSION

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.data / sqlite.FILE

    @property
    def database_url(self) -> str:
        """Where the database is."""
        return sqlite.url_of(self.database)

    @property
    def meetings_folder(self) -> Path:
        """One folder per recording, named by its id."""
        return self.data / "meetings"

    @property
    def models_folder(self) -> Path:
        """Where `models pull` puts speech models."""
        return self.data / "models"

    @property
    def media_addresses(self) -> tuple[str, ...] | None:
        """Addresses for the relay; None: all of this computer."""
        if self.relay_addresses:
            return self.relay_addresses
        # Behind a proxy the websocket comes from this computer, but the media from elsewhere.
        if self.host in ("", "0.0.0.0", "::") or self.public_url:
            return None
        return ("127.0.0.1",) if self.host == "localhost" else (self.host,)
