"""Gestures in a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: What a hand may show: an open palm raises the hand, the others are the reactions of the same names.
Gesture = Literal["hand", "thumbs_up", "thumbs_down", "victory", "ok"]


@dataclass(frozen=True, slots=True)
class Gestures:
    """Whether hands are watched for gestures, and what came of it."""

    #: The host's switch, for everyone in the meeting.
    is_on: bool = False
    #: One's own hand is up by a palm: it goes down with it.
    has_raised: bool = False
    #: The palm went while there was no connection.
    is_palm_gone: bool = False
