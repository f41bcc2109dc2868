"""The dialog that plans a meeting, and calendar files."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.schedule import Plan


@dataclass(frozen=True, slots=True)
class PlanView:
    """The dialog that plans a meeting."""

    room: str
    #: The meeting that is edited; empty: a new one.
    meeting: str = ""
    #: What is being edited, once the server has shown it.
    plan: Plan | None = None
    is_sending: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A text that the user asked for, to be saved where they say."""

    number: int
    name: str
    text: str
