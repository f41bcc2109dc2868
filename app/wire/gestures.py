"""Gesture detection: the host's switch for the meeting. What a hand shows is never sent, only what it led to.

An open palm becomes `RaiseHand`, the other gestures become `React`, as if they had been clicked.
"""

from __future__ import annotations

from app.wire.fields import Ask, Id, Tell


class SwitchGestures(Ask, frozen=True, kw_only=True):
    """The host lets everyone use gestures, or not. Answered with `GesturesSwitched`. Refused: not_host, not_ready."""

    meeting: Id
    is_on: bool


class GesturesSwitched(Tell, frozen=True, kw_only=True):
    """Told to everyone in the meeting; `words` where it was not the host who did it."""

    meeting: str
    is_on: bool
    words: str = ""
