"""Codes and tokens: made here, and kept only as hashes where they grant lasting access."""

from __future__ import annotations

import hashlib
import secrets

from app.wire.links import Link, ServerAddress


def new_id(prefix: str = "") -> str:
    """An unguessable identifier (128 bit), safe in a URL and a file name."""
    # A leading sign of the alphabet could be read as an option in a shell; hex cannot.
    return prefix + secrets.token_hex(16)


def new_code() -> str:
    """What an invitation link carries: 128 bit, 22 characters."""
    return secrets.token_urlsafe(16)


def new_token(server_id: str) -> str:
    """A sign-in of 256 bit that names the server it is good for."""
    return f"{server_id}.{secrets.token_urlsafe(32)}"


def is_for(token: str, server_id: str) -> bool:
    """Whether a token names this server."""
    return token.partition(".")[0] == server_id


def fingerprint(secret: str) -> str:
    """What is stored of a token or code. A plain hash is enough: the secrets are random and long."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same(left: str, right: str) -> bool:
    """Compares secrets in constant time."""
    return secrets.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def address(server: ServerAddress, code: str) -> str:
    """The link that opens a meeting."""
    return Link(server, code).text


def invitation(server: ServerAddress, code: str) -> str:
    """The link that lets one person into a room, once."""
    return Link(server, code, "room").text
