"""The connection to the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.wire.language_model import LanguageModel
from app.wire.links import ServerAddress

ConnectionPhase = Literal["starting", "connecting", "online", "offline", "refused"]


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection to the server."""

    phase: ConnectionPhase = "starting"
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
    #: Other servers that this one may talk to; the privacy page lists them.
    talks_to: tuple[str, ...] = ()
    #: STUN and TURN servers that it leads clients to; the privacy page lists them.
    media_by: tuple[str, ...] = ()
    #: Public key of the server's receipts, base64.
    receipt_key: str = ""
    #: Whether gestures work only while AI recording is on.
    gestures_need_recording: bool = True
    #: What the server's recaps are written with besides rules; None: nothing.
    language_model: LanguageModel | None = None
    #: False while one is at another server for the sake of a link; `effects.GoHome` leads back.
    is_home: bool = True
    #: The server of this connection as links name it; None before it is known.
    server: ServerAddress | None = None
    #: The own server, while one is at another one; a link that leads there leads home.
    home: ServerAddress | None = None
