"""What was written in the chat of a meeting, for the members of its room."""

from __future__ import annotations

from app.wire.chat import ChatRead, ReadChat
from app.wire.fields import Tell
from server_stub.after import recaps
from server_stub.call.ongoing import CHAT_SHOWN
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.storage import meetings as meetings_table


async def read_chat(context: Context, session: Session, ask: ReadChat) -> Tell:
    """Shows a member of its room what was written in a meeting; for as long as anything of it is kept."""
    row, _ = await recaps.check_reader(context, session.signed_in.id, ask.meeting)
    lines = await context.store.do(lambda connection: meetings_table.newest_lines(connection, row.id, CHAT_SHOWN))
    return ChatRead(meeting=ask.meeting, lines=lines)


RULES = (Rule(ReadChat, read_chat, needs="account"),)
