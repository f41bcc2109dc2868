"""What carries out effects works with: the client's parts, the way back to the state, and the table of effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.media.worker import PatientWorker
from app.parts import Audience, Parts
from app.state.app_state import AppState
from app.state.effects import Effect
from app.state.events import Announced, Event

Kind = TypeVar("Kind", bound=Effect)


class Carriers:
    """Who carries out which effect: exactly one for each kind."""

    def __init__(self) -> None:
        """Knows none yet."""
        self._by_kind: dict[type[Effect], Callable[[Any], object]] = {}

    def add(self, kind: type[Kind], carry: Callable[[Kind], object]) -> None:
        """Registers who carries out effects of a kind.

        Args:
            kind: of effect.
            carry: called on the loop with each one, in order; must return at once.

        Raises:
            ValueError: somebody does that already.
        """
        if kind in self._by_kind:
            raise ValueError(f"{kind.__name__} has two carriers")
        self._by_kind[kind] = carry

    def carry_out(self, effect: Effect) -> None:
        """Does what an effect asks for.

        Raises:
            KeyError: nobody does; a fault of ours.
        """
        self._by_kind[type(effect)](effect)

    @property
    def kinds(self) -> frozenset[type[Effect]]:
        """The effects that somebody carries out."""
        return frozenset(self._by_kind)


@dataclass(frozen=True, slots=True)
class Context:
    """Given to each carrier when it is made.

    Attributes:
        parts: what the client is made of.
        audience: who is told.
        state: the present state; on the loop.
        happen: lets the state take an event; on the loop.
        do: the same from any thread.
        chores: runs what may take long, in order.
        writer: writes settings; apart from the chores, so that a choice is on the disk at once.
    """

    parts: Parts
    audience: Audience
    state: Callable[[], AppState]
    happen: Callable[[Event], None]
    do: Callable[[Event], None]
    carriers: Carriers = field(default_factory=Carriers)
    chores: PatientWorker = field(default_factory=lambda: PatientWorker("chores"))
    writer: PatientWorker = field(default_factory=lambda: PatientWorker("settings"))

    def save(self, changes: dict[str, Any], words: str) -> None:
        """Writes settings down, later and in order.

        Args:
            changes: fields of `app.settings.Settings`.
            words: told to the user if they cannot be written.
        """
        self.writer.submit(self._write, changes, words)

    def _write(self, changes: dict[str, Any], words: str) -> None:
        if not self.parts.settings.change(**changes):
            self.do(Announced(words=words, is_bad=True))
