"""What the server knows of a kind of request: its handler, and what the asker must be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from app.wire.fields import Ask, Tell
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.session import Session

#: "anyone": said Hello; "account": signed in; "seat": has a seat in the meeting that the request names.
Needs = Literal["anyone", "account", "seat"]
A = TypeVar("A", bound=Ask)


@dataclass(frozen=True, slots=True)
class Rule(Generic[A]):
    """How one kind of request is answered. `handle` returns the answer, or None when it has told it itself."""

    kind: type[A]
    handle: Callable[[Context, Session, A], Awaitable[Tell | None]]
    needs: Needs
    #: Costs the server much: a connection may ask few of these.
    is_heavy: bool = False
    #: Only a fault of it is told.
    is_silent: bool = False


def check_needs(rule: Rule[Any], session: Session, ask: Ask) -> None:
    """Raises `Refusal` when the asker is not what the rule needs."""
    if rule.needs == "account" and session.account is None:
        raise Refusal("not_signed_in", "Please sign in first.")
    if rule.needs == "seat":
        session.check_seat(getattr(ask, "meeting", ""))
    if rule.is_heavy and not session.may_ask_much():
        raise Refusal("too_much", "That was too much at once. Please wait a moment and try again.")
