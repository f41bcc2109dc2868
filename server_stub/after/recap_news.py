"""What the members of a room are told of a recap: how far it is, and once, in four ways, that it is ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from app.wire.notices import NoticeInfo
from app.wire.recap import Recap, RecapReady
from app.wire.rooms import FilmState, MeetingCard, MeetingChanged, Message, MessagePosted
from server_stub.after.recap_form import films_of, to_rows
from server_stub.call.calls import Calls
from server_stub.kernel import links
from server_stub.kernel.context import Context
from server_stub.kernel.keeping import expiry
from server_stub.post import mail, notices
from server_stub.room import cards, rooms
from server_stub.storage import Connection
from server_stub.storage import accounts as accounts_table
from server_stub.storage import meetings as meetings_table
from server_stub.storage import messages as messages_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.meetings import MeetingRow, RecordingRow
from server_stub.storage.messages import MessageRow

#: The mail that says that a recap is ready; it leads to a page that needs a sign-in, and holds nothing that was said.
MAIL = """The recap of “{title}” is ready.

Open Parley, sign in, choose the room “{room}”, and open “Meeting recap”, or open this link in Parley:
{link}

It can be read until {until}; only members of the room can see it.
"""


def tell_recording(context: Context, row: MeetingRow, recording: RecordingRow) -> None:
    """Tells the room's members how far a recap is."""
    ongoing = context.part(Calls).find(row.id)
    shown = ongoing.card() if ongoing else cards.card(context, row, recording)
    rooms.tell_room(context, row.room, MeetingChanged(meeting=shown))


async def keep(context: Context, row: MeetingRow, recording: RecordingRow, recap: Recap) -> tuple[RecordingRow, Recap]:
    """Keeps a recap that can be read, posts the message about it, and tells the members.

    Returns:
        The recording and the recap as they are kept now, for its films.
    """
    now = context.now()
    done = replace(
        recording, recap="ready", recap_words="", film="making", film_words="", expires_at=expiry(row.ended_at or now)
    )
    shown = cards.card(context, row, done)
    # The relay knows one meeting, however often it was recorded; here each recording has its own id.
    recap = msgspec.structs.replace(recap, meeting=recording.id)
    rows = to_rows(recap, now)
    message = Message(
        id=links.new_id("m"),
        room=row.room,
        author="",
        author_name="Parley",
        at=now,
        kind="recap",
        text=f"The recap of “{shown.title}” is ready.",
        key=f"recap-{recording.id}",
    )

    def work(connection: Connection) -> tuple[MessageRow, list[str] | None]:
        meetings_table.keep_recap(connection, rows, done.expires_at or 0.0)
        posted, is_new = messages_table.post(connection, message, recording.id)
        # In one transaction: a crash right after it loses neither the notice nor the mail.
        named = msgspec.structs.replace(shown, id=recording.id)
        return posted, _notify(connection, context, row, named) if is_new else None

    posted, told = await context.store.do(work)
    rooms.tell_room(context, row.room, MeetingChanged(meeting=shown))
    if told is None:
        return done, recap
    subjects: dict[str, cards.Subject] = {recording.id: (row, done)}
    rooms.tell_room(context, row.room, MessagePosted(message=cards.with_card(context, posted, subjects)))
    rooms.tell_room(context, row.room, RecapReady(meeting=shown))
    mail.wake(context)
    # The job is done; who waits for its end does not wait for this.
    context.chores.start(notices.tell_all_news(context, told), "telling the members of a recap")
    return done, recap


async def keep_film(
    context: Context,
    row: MeetingRow,
    recording: RecordingRow,
    state: FilmState,
    words: str,
    *,
    recap: Recap | None = None,
) -> None:
    """Keeps how far the films of a recap are and tells the room's members; nothing where it was deleted meanwhile.

    Args:
        context: keeps and tells.
        row: the meeting.
        recording: whose recap it is.
        state: of its films.
        words: about them.
        recap: with its films, once they are there.
    """
    done = replace(recording, film=state, film_words=words)
    shown = cards.card(context, row, done)
    films = films_of(recap) if recap is not None else None
    if await context.store.do(lambda c: meetings_table.set_film(c, recording.id, state, words, films=films)):
        rooms.tell_room(context, row.room, MeetingChanged(meeting=shown))


def _notify(connection: Connection, context: Context, row: MeetingRow, shown: MeetingCard) -> list[str]:
    """Keeps a notice for each member of the room and a mail to those who have an address; returns who got a notice."""
    room = rooms_table.find(connection, row.room)
    if room is None:
        return []
    words = f"The recap of “{shown.title}” is ready."
    until = f"{datetime.fromtimestamp(shown.expires_at or 0.0, UTC):%d %B %Y}"
    # Of this very meeting: that of a series leads to the next one.
    link = links.address(context.address, row.code)
    text = MAIL.format(title=shown.title, room=room.name, until=until, link=link)
    for member in sorted(room.accounts):
        account = accounts_table.find(connection, member)
        if account is not None and account.email:
            mail.written(context, to=account.email, subject=words, text=text, about=shown.id)(connection)
    notice = NoticeInfo(id="", kind="recap_ready", room=row.room, subject=shown.id, words=words, at=context.now())
    return notices.keep(connection, sorted(room.accounts), notice)
