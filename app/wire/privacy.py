"""Receipts that a person keeps, and asking for a recording to be deleted before its time."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.wire.fields import Ask, Id, Plain, Tell

ReceiptKind = Literal["consent", "deletion"]


class Receipt(Plain, frozen=True, kw_only=True):
    """A signed statement of this server, which verifies without it.

    `body` is JSON text, exactly as it was signed; `signature` (Ed25519 over its UTF-8 bytes) and `key` are base64.
    """

    kind: ReceiptKind
    body: str
    signature: str
    key: str


class ReceiptGiven(Tell, frozen=True, kw_only=True):
    """A receipt: told to whoever consents, as soon as it is stored (guests included), and in answer to `AskReceipt`."""

    meeting: str
    receipt: Receipt


class AskReceipt(Ask, frozen=True, kw_only=True):
    """Asks for one's own consent receipt of a recording, or for the receipt of its deletion; members of the room."""

    recording: Id
    kind: ReceiptKind


class AskDeletion(Ask, frozen=True, kw_only=True):
    """A member asks for a recording and its recap to be deleted now; an administrator decides.

    Answered with `MeetingChanged`, whose card says "pending", later "deleted" or "refused".
    """

    recording: Id
    reason: Annotated[str, Meta(max_length=500)] = ""
