"""Reactions: a small picture over somebody's tile for about two seconds, told to everyone in the meeting."""

from __future__ import annotations

from typing import Literal

from app.wire.fields import Ask, Id, Tell

Reaction = Literal["thumbs_up", "heart", "laugh", "party", "clap", "think", "thumbs_down", "victory", "ok"]


class React(Ask, frozen=True, kw_only=True):
    """Shows a reaction to everyone in the meeting; answered with `Reacted`. Refused: too_much."""

    meeting: Id
    reaction: Reaction


class Reacted(Tell, frozen=True, kw_only=True):
    """Someone reacts; who reads too slowly is not told of each."""

    meeting: str
    person: str
    reaction: Reaction
