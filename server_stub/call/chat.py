"""The chat of a meeting: told to everyone in it, kept for the room's members, who read it later (`after.old_chat`)."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.chat import ChatLine, ChatPosted, PostChat
from app.wire.fields import Tell
from server_stub.call.places import seat_in
from server_stub.kernel import links, said
from server_stub.kernel.context import Context
from server_stub.kernel.hub import tell_all
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.storage import meetings as meetings_table


@dataclass(frozen=True, slots=True)
class ChatSaid:
    """Something was written in the chat of a meeting."""

    meeting: str
    text: str


async def post_chat(context: Context, session: Session, ask: PostChat) -> Tell:
    """Says something; a retry is answered with the line that stands already."""
    place = seat_in(session, ask.meeting)
    ongoing = place.ongoing
    author = ongoing.meeting.seats[place.person].person
    line = ChatLine(
        id=links.new_id("c"),
        author=author.id,
        author_name=author.name,
        at=context.now(),
        text=said.clean(ask.text),
        key=ask.key,
    )
    kept, is_new = await context.store.do(lambda connection: meetings_table.add_line(connection, ongoing.id, line))
    tell = ChatPosted(meeting=ongoing.id, line=kept)
    if is_new:
        ongoing.lines.append(kept)
        context.events.say(ChatSaid(ongoing.id, kept.text))
        tell_all((other for other in ongoing.inside.values() if other is not session), tell)
    return tell


RULES = (Rule(PostChat, post_chat, needs="seat"),)
