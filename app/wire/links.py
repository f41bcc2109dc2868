"""Links: what opens a meeting or a room, and nothing else. They carry a server, its pin and a code, never a sign-in.

    https://HOST[:PORT]/j/CODE                a meeting, on a server whose certificate the system trusts
    parley://HOST[:PORT]/j/CODE?pin=PIN       the same on a server with a certificate of its own making
    parley://HOST[:PORT]/j/CODE               as https, but opens the application; on loopback as http
    http://LOOPBACK[:PORT]/j/CODE             a server on this computer; refused for every other host

`/i/` in place of `/j/` is a room's one-use invitation. A pin is the SHA-256 of the certificate (DER), base64url without
padding, 43 characters.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from app.wire.text import one_line

LinkKind = Literal["meeting", "room"]

MAX_LINK = 200
_KINDS: dict[str, LinkKind] = {"j": "meeting", "i": "room"}
_CODE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_PIN = re.compile(r"[A-Za-z0-9_-]{43}")
#: Stricter than `urlsplit`, which drops line breaks and lets brackets stand round any name.
_SHAPE = re.compile(
    r"(?:https?|parley)://(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::[0-9]{1,5})?(?:/[a-z0-9_/-]*)?(?:\?[a-z0-9_=-]+)?",
    re.IGNORECASE,
)
#: What mail programs put into a long line: its end, and > before the rest of it in an answer.
_BROKEN = re.compile(r"[ \t]*\r?\n[ \t]*(?:>[ \t]*)*|[ \t]+")
#: What pages put into a long word to break it there; it is not seen.
_HINTS = str.maketrans("", "", "\u200b\u2060\ufeff\u00ad")
#: What stands before a link in a sentence, and behind it. No part of a link ends so.
_BEFORE = "<([{\"'`“„‟‘‚«‹（［｛「『【〈《…:*|"
_BEHIND = ">)]}\"'`”“‟’‘»›）］｝」』】〉》.,;:!?…。，、；：！？*|"
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
NO_LINK = "This is not a Parley link. It looks like https://server/j/code."
NO_SERVER = "This is not a server address: {}. It looks like https://parley.example.com."
NOT_SAFE = "This link leads to a server over a connection that others could read. Parley does not open it."


class BadLink(ValueError):
    """The text is not a Parley link; its words can be shown to the user."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server is, and how one knows that it is the right one.

    Attributes:
        address: host or host:port, as shown; an IPv6 host in brackets.
        is_secure: by TLS; plain only on loopback.
        pin: of a certificate of its own making; empty: the system has to trust the certificate.
    """

    address: str
    is_secure: bool
    pin: str = ""

    @property
    def host(self) -> str:
        """Without port and brackets: what one connects to."""
        return urlsplit(f"//{self.address}").hostname or ""

    @property
    def port(self) -> int:
        """The one that is named, or that of https and http."""
        return urlsplit(f"//{self.address}").port or (443 if self.is_secure else 80)

    @property
    def base_url(self) -> str:
        """Web address without a path: `https://host:port`."""
        return f"{'https' if self.is_secure else 'http'}://{self.address}"

    @property
    def text(self) -> str:
        """What a person can paste to get here."""
        return f"parley://{self.address}?pin={self.pin}" if self.pin else self.base_url


@dataclass(frozen=True, slots=True)
class Link:
    """A meeting of a server, or an invitation to a room."""

    server: ServerAddress
    code: str
    kind: LinkKind = "meeting"

    @property
    def text(self) -> str:
        """The link as it is copied: https (http on loopback), or parley:// where a pin is needed."""
        path = f"/{'j' if self.kind == 'meeting' else 'i'}/{self.code}"
        if self.server.pin:
            return f"parley://{self.server.address}{path}?pin={self.server.pin}"
        return f"{self.server.base_url}{path}"

    @property
    def deep(self) -> str:
        """The parley:// form, which opens the application."""
        return "parley" + self.text[self.text.index(":") :]


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this computer."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def parse_link(text: str) -> Link:
    """Reads a link.

    Args:
        text: what was pasted; brackets, quotes and marks around it, and line breaks of a mail in it, are forgiven.

    Raises:
        BadLink: it is not one, or its connection would not be encrypted.
    """
    joined = _bare(_BROKEN.sub("", text)) if len(text) <= 4 * MAX_LINK else text
    parts, server = _parse(joined)
    steps = parts.removesuffix("/").split("/")
    if len(joined) > MAX_LINK or len(steps) != 3 or steps[0] or steps[1] not in _KINDS or not _CODE.fullmatch(steps[2]):
        raise BadLink(NO_LINK)
    return Link(server, steps[2], _KINDS[steps[1]])


def parse_server(text: str) -> ServerAddress:
    """Reads a server's address: a URL without a path, or host:port (then https, on loopback http).

    Raises:
        BadLink: it is not one, or its connection would not be encrypted.
    """
    joined = _bare(text, kept="[]") if len(text) <= 4 * MAX_LINK else text
    full = joined if "://" in joined else f"parley://{joined}"
    words = NO_SERVER.format(one_line(joined[:MAX_LINK]))
    path, server = _parse(full, words)
    if path not in ("", "/") or len(joined) > MAX_LINK:
        raise BadLink(words)
    return server


def _bare(text: str, *, kept: str = "") -> str:
    """A pasted address without what stands around it; `kept` are characters that may be its own first or last."""
    text = text.translate(_HINTS)
    start, end = 0, len(text)
    while start < end and _is_around(text[start], _BEFORE, kept):
        start += 1
    if text[start : start + 4].lower() == "url:":
        start += 4
    while end > start and _is_around(text[end - 1], _BEHIND, kept):
        end -= 1
    found = text[start:end]
    # No pin ends so; behind a path it is forgiven later.
    return found.removesuffix("/") if "?" in found else found


def _is_around(char: str, marks: str, kept: str) -> bool:
    return char not in kept and (char in marks or char.isspace() or unicodedata.category(char) == "Cf")


def _parse(text: str, words: str = NO_LINK) -> tuple[str, ServerAddress]:
    """Path and server of a Parley URL; `words` are the error when it is not one."""
    if not text.isascii() or not _SHAPE.fullmatch(text):
        raise BadLink(words)
    try:
        parts = urlsplit(text)
        # The dot of the root zone, or of the sentence: one address, with or without it.
        host, port = (parts.hostname or "").removesuffix("."), parts.port
        is_host = _is_host(host)
    except ValueError as error:
        raise BadLink(words) from error
    if not is_host or port == 0:
        raise BadLink(words)
    pin = ""
    if parts.query:
        pin = parts.query.removeprefix("pin=")
        if parts.scheme != "parley" or not parts.query.startswith("pin=") or not _PIN.fullmatch(pin):
            raise BadLink(words)
    is_secure = parts.scheme == "https" or bool(pin) or (parts.scheme == "parley" and not is_loopback(host))
    if not is_secure and not is_loopback(host):
        raise BadLink(NOT_SAFE)
    shown = f"[{host}]" if ":" in host else host
    return parts.path, ServerAddress(shown if port is None else f"{shown}:{port}", is_secure, pin)


def _is_host(host: str) -> bool:
    """Whether it is a name or an address; `ValueError` for what only looks like an IPv6 address."""
    if ":" in host:
        return ipaddress.ip_address(host).version == 6 and "%" not in host
    return len(host) <= 253 and bool(_HOST.fullmatch(host))
