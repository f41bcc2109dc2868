"""Which handler handles what: each feature fills a table by decorators on its handlers, and `update` joins them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.state.app_state import AppState
from app.state.effects import Effect
from app.state.events import Event
from app.wire.errors import Refused
from app.wire.fields import Ask, Tell

#: The state after something happened, and what is to be done about it.
Step = tuple[AppState, tuple[Effect, ...]]

Happening = TypeVar("Happening", bound=Event)
Message = TypeVar("Message", bound=Tell)
Asked = TypeVar("Asked", bound=Ask)
Value = TypeVar("Value")

OnEvent = Callable[[AppState, Happening], Step]
OnTold = Callable[[AppState, Message], Step]
OnRefusal = Callable[[AppState, Asked, Refused], Step]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message of the server comes with.

    Attributes:
        asked: the request that it answers; None: the server's own idea, or the request is not waited for any more.
        at: this computer's clock at its arrival, seconds since 1970.
    """

    asked: Ask | None
    at: float


OnAnswer = Callable[[AppState, Message, Reply], Step]


class Table:
    """The handlers of events, messages and refusals, one for each kind: a second one is a `ValueError`.

    Attributes:
        events: by kind of event, intents among them.
        told: by kind of message.
        refusals: by kind of the request that was refused.
        for_members: messages that count only while somebody is signed in.
        ignored: messages that change nothing here.
    """

    def __init__(self) -> None:
        """Nothing is handled yet."""
        self.events: dict[type[Event], OnEvent[Any]] = {}
        self.told: dict[type[Tell], OnAnswer[Any]] = {}
        self.refusals: dict[type[Ask], OnRefusal[Any]] = {}
        self.for_members: set[type[Tell]] = set()
        self.ignored: set[type[Tell]] = set()

    @classmethod
    def joined(cls, tables: Iterable[Table]) -> Table:
        """All that the tables of several features hold."""
        whole = cls()
        for table in tables:
            for kind, handler in table.events.items():
                _put(whole.events, kind, handler)
            for told, answer in table.told.items():
                whole._tell(told, answer, for_members=told in table.for_members)
            for asked, refusal in table.refusals.items():
                _put(whole.refusals, asked, refusal)
            whole.ignore(*table.ignored)
        return whole

    def on(self, kind: type[Happening]) -> Callable[[OnEvent[Happening]], OnEvent[Happening]]:
        """Decorates the handler of an event or intent."""

        def register(handler: OnEvent[Happening]) -> OnEvent[Happening]:
            _put(self.events, kind, handler)
            return handler

        return register

    def hears(self, kind: type[Message], *, for_members: bool = False) -> Callable[[OnTold[Message]], OnTold[Message]]:
        """Decorates the handler of a message, whatever it answers; see `answers`."""

        def register(handler: OnTold[Message]) -> OnTold[Message]:
            self._tell(kind, lambda state, message, reply: handler(state, message), for_members=for_members)
            return handler

        return register

    def answers(
        self, kind: type[Message], *, for_members: bool = False
    ) -> Callable[[OnAnswer[Message]], OnAnswer[Message]]:
        """Decorates the handler of a message that is taken together with the request that it answers.

        Args:
            kind: of message.
            for_members: it is about an account: one that was on its way when one signed out brings nothing back.
        """

        def register(handler: OnAnswer[Message]) -> OnAnswer[Message]:
            self._tell(kind, handler, for_members=for_members)
            return handler

        return register

    def refused(self, *kinds: type[Asked]) -> Callable[[OnRefusal[Asked]], OnRefusal[Asked]]:
        """Decorates what shows a refusal where its request was made, and not at the top of the window."""

        def register(handler: OnRefusal[Asked]) -> OnRefusal[Asked]:
            for kind in kinds:
                _put(self.refusals, kind, handler)
            return handler

        return register

    def ignore(self, *kinds: type[Tell]) -> None:
        """Lists messages that change nothing here."""
        for kind in kinds:
            _check_free(kind, self.told, self.ignored)
            self.ignored.add(kind)

    def _tell(self, kind: type[Message], handler: OnAnswer[Message], *, for_members: bool) -> None:
        _check_free(kind, self.ignored)
        _put(self.told, kind, handler)
        if for_members:
            self.for_members.add(kind)


def _put(handlers: dict[type[Any], Value], kind: type[Any], handler: Value) -> None:
    _check_free(kind, handlers)
    handlers[kind] = handler


def _check_free(kind: type[object], *taken: Iterable[type[object]]) -> None:
    if any(kind in one for one in taken):
        raise ValueError(f"{kind.__name__} is handled twice")
