"""Every request of the protocol and its handler: one table, checked for completeness."""

from __future__ import annotations

from typing import Any

from app.wire.fields import Ask
from server_stub.account import accounts, passwords, sign_ins
from server_stub.after import captions, deletions, old_chat, recaps, receipts, remaking
from server_stub.call import (
    chat,
    gestures,
    hands,
    lobby,
    media,
    people,
    pointing,
    quality,
    reactions,
    recording,
    sharing,
)
from server_stub.entry import joining, knocking
from server_stub.kernel.requests import Rule
from server_stub.post import notices
from server_stub.room import messages, rooms, schedule

#: Each has its `RULES`.
FEATURES = (
    accounts,
    sign_ins,
    passwords,
    rooms,
    messages,
    schedule,
    joining,
    knocking,
    people,
    lobby,
    chat,
    old_chat,
    media,
    quality,
    sharing,
    pointing,
    hands,
    reactions,
    gestures,
    recording,
    captions,
    recaps,
    remaking,
    notices,
    receipts,
    deletions,
)


def table() -> dict[type[Ask], Rule[Any]]:
    """All rules by the kind of request."""
    return {rule.kind: rule for feature in FEATURES for rule in feature.RULES}
