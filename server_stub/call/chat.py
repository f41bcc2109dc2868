"""The chat of a meeting: told to everyone in it, kept for the room's members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.wire.chat import ChatLine, ChatPosted, ChatRead, PostChat, ReadChat
from app.wire.fields import Tell
from server_stub.after import recap_jobs, recaps
from server_stub.call.ongoing import CHAT_SHOWN
from server_stub.kernel import links
from server_stub.kernel.hub import tell_all
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session, seat_in
from server_stub.room import messages
from server_stub.storage import meetings as meetings_table

if TYPE_CHECKING:
    from server_stub.backend import Backend


async def post_chat(backend: Backend, session: Session, ask: PostChat) -> Tell:
    """Says something; a retry is answered with the line that stands already."""
    place = seat_in(session, ask.meeting)
    ongoing = place.ongoing
    author = ongoing.meeting.seats[place.person].person
    line = ChatLine(
        id=links.new_id("c"),
        author=author.id,
        author_name=author.name,
        at=backend.now(),
        text=messages.clean(ask.text),
        key=ask.key,
    )
    kept, is_new = await backend.store.do(lambda connection: meetings_table.add_line(connection, ongoing.id, line))
    tell = ChatPosted(meeting=ongoing.id, line=kept)
    if is_new:
        ongoing.lines.append(kept)
        recap_jobs.note_words(backend, ongoing.id, kept.text)
        tell_all((other for other in ongoing.inside.values() if other is not session), tell)
    return tell


async def read_chat(backend: Backend, session: Session, ask: ReadChat) -> Tell:
    """Shows a member of its room what was written in a meeting; for as long as anything of it is kept."""
    row, _ = await recaps.check_reader(backend, session.signed_in.id, ask.meeting)
    lines = await backend.store.do(lambda connection: meetings_table.newest_lines(connection, row.id, CHAT_SHOWN))
    return ChatRead(meeting=ask.meeting, lines=lines)


RULES = (Rule(PostChat, post_chat, needs="seat"), Rule(ReadChat, read_chat, needs="account"))
