"""Errors on the wire: `WireError` closes the socket, `Refused` is shown in words.

WireError
├── Malformed      not JSON, not one of our messages, or a field out of its limits
├── TooLarge       longer than a message may be
└── OtherVersion   the two sides speak different protocols
"""

from __future__ import annotations

from typing import Literal

from app.wire.fields import Tell

Reason = Literal[
    "not_signed_in",
    "wrong_password",
    "email_taken",
    "bad_name",
    "bad_token",
    "not_allowed",
    "not_found",
    "not_host",
    "not_in_meeting",
    "already_in",
    "meeting_ended",
    "meeting_full",
    "locked",
    "in_elsewhere",
    "removed",
    "not_open",
    "bad_time",
    "gate_closed",
    "terms_needed",
    "notice_needed",
    "no_space",
    "bad_sdp",
    "not_ready",
    "too_much",
    "too_large",
    "malformed",
    "other_version",
    "busy",
    "denied",
    "failed",
]


class WireError(Exception):
    """Something other than our protocol arrived; the socket is closed. `words` can be shown to the user."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Malformed(WireError):
    """Not JSON, not one of our messages, or a field out of its limits."""


class TooLarge(WireError):
    """Longer than a message may be."""


class OtherVersion(WireError):
    """The two sides speak different versions of the protocol."""


class Refused(Tell, frozen=True, kw_only=True):
    """A request that the server's rules do not allow; nothing changed. `words` can be shown as they are."""

    reason: Reason
    words: str
