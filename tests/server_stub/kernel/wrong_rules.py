"""Rules of the wrong type, for mypy alone: it has to refuse each, else the ignore is unused and itself an error."""

from __future__ import annotations

from app.wire.chat import PostChat
from app.wire.fields import Tell
from app.wire.rooms import PostMessage
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session


async def post(context: Context, session: Session, ask: PostMessage) -> Tell | None:
    """Answers one kind of request."""


async def answer_nothing_of_ours(context: Context, session: Session, ask: PostMessage) -> str:
    """Gives no message."""
    return ask.text


OF_ANOTHER_REQUEST = Rule(PostChat, post, needs="account")  # type: ignore[arg-type]
OF_ANOTHER_ANSWER = Rule(PostMessage, answer_nothing_of_ours, needs="account")  # type: ignore[arg-type]
OF_ANOTHER_NEED = Rule(PostMessage, post, needs="luck")  # type: ignore[arg-type]
