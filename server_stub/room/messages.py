"""The messages of rooms: posted, edited, deleted, read and found."""

from __future__ import annotations

from app.wire.fields import Tell
from app.wire.rooms import (
    DeleteMessage,
    EditMessage,
    Found,
    ListMessages,
    MarkRead,
    Message,
    MessageChanged,
    MessagePosted,
    MessagesListed,
    PostExternalMeeting,
    PostMessage,
    RoomRead,
    Search,
)
from app.wire.text import one_line
from server_stub.errors import Refusal
from server_stub.kernel import links, said
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.room import cards, gate
from server_stub.room.cards import Subject
from server_stub.room.rooms import do_as_member, tell_others
from server_stub.storage import Connection
from server_stub.storage import messages as messages_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.messages import MessageRow
from server_stub.storage.search import PAGE, Hits, find_words
from server_stub.storage.store import Work

#: Messages with what they show, and whether there are more.
_Page = tuple[tuple[MessageRow, ...], bool, dict[str, Subject]]
NO_MESSAGE = "There is no such message."
EXTERNAL = "Meeting with another provider, outside Parley (no lobby, no recording and no recap here): {url}"


async def list_messages(context: Context, session: Session, ask: ListMessages) -> Tell:
    """Lists a page of messages."""

    def work(connection: Connection) -> _Page:
        rows, has_more = messages_table.list_messages(connection, ask.room, ask.before)
        return rows, has_more, cards.find_subjects(connection, rows)

    rows, has_more, subjects = await do_as_member(context, session.signed_in, ask.room, work)
    shown = tuple(cards.with_card(context, row, subjects) for row in rows)
    return MessagesListed(room=ask.room, messages=shown, has_more=has_more)


async def post_message(context: Context, session: Session, ask: PostMessage) -> Tell:
    """Posts a text; a retry is answered with the message that stands already."""
    return await _post(context, session, ask, said.clean(ask.text))


async def post_external_meeting(context: Context, session: Session, ask: PostExternalMeeting) -> Tell:
    """Posts the address of another provider's meeting as a text like any other."""
    await gate.check_external(context)
    if one_line(ask.url) != ask.url:
        raise Refusal("malformed", "This address contains invisible characters.")
    return await _post(context, session, ask, EXTERNAL.format(url=ask.url))


async def _post(context: Context, session: Session, ask: PostMessage | PostExternalMeeting, text: str) -> Tell:
    account = session.signed_in
    message = Message(
        id=links.new_id("m"),
        room=ask.room,
        author=account.id,
        author_name=account.name,
        at=context.now(),
        kind="text",
        text=text,
        key=ask.key,
    )
    row, is_new = await do_as_member(context, account, ask.room, lambda c: messages_table.post(c, message))
    tell = MessagePosted(message=row.message)
    if not is_new:
        return tell
    await context.members.of(ask.room)
    return tell_others(context, session, ask.room, tell)


async def edit_message(context: Context, session: Session, ask: EditMessage) -> Tell:
    """Changes a text of the asker's own."""
    return await _change(context, session, ask.message, said.clean(ask.text))


async def delete_message(context: Context, session: Session, ask: DeleteMessage) -> Tell:
    """Takes a text of the asker's own back."""
    return await _change(context, session, ask.message, None)


async def _change(context: Context, session: Session, message: str, text: str | None) -> Tell:
    """Sets another text, or removes it; doing it twice changes nothing."""
    account, now = session.signed_in, context.now()

    def work(connection: Connection) -> tuple[Message, bool]:
        found = messages_table.find(connection, message)
        if found is None or not rooms_table.is_member(connection, found.message.room, account.id):
            raise Refusal("not_found", NO_MESSAGE)
        old = found.message
        if old.author != account.id or old.kind != "text":
            raise Refusal("not_allowed", "You can change only what you wrote yourself.")
        if old.is_deleted and text is not None:
            raise Refusal("not_found", "This message has been deleted.")
        if old.is_deleted or old.text == text:
            return old, False
        if text is None:
            messages_table.take_back(connection, message, now)
        else:
            messages_table.edit(connection, message, text, now)
        new = messages_table.find(connection, message)
        return (new or found).message, True

    changed, is_news = await context.store.do(work)
    tell = MessageChanged(message=changed)
    if not is_news:
        return tell
    await context.members.of(changed.room)
    return tell_others(context, session, changed.room, tell)


async def mark_read(context: Context, session: Session, ask: MarkRead) -> Tell | None:
    """All that stands in the room has been seen: told to every device of the account."""
    account = session.signed_in
    await do_as_member(context, account, ask.room, lambda c: messages_table.mark_read(c, account.id, ask.room))
    context.hub.tell_accounts((account.id,), RoomRead(room=ask.room), Asker(session, ask.request))
    return None


async def search(context: Context, session: Session, ask: Search) -> Tell:
    """Finds messages of the rooms to which the asker belongs now."""
    account, hits = session.signed_in, Hits()
    while not hits.is_done:
        # Piece by piece: others' messages are kept in between.
        hits = await context.store.do(_searching(account.id, ask.words, hits))
    rows = hits.rows[:PAGE]
    subjects = await context.store.do(lambda connection: cards.find_subjects(connection, rows))
    shown = tuple(cards.with_card(context, row, subjects) for row in rows)
    return Found(words=ask.words, messages=shown, has_more=len(hits.rows) > PAGE)


def _searching(account: str, words: str, hits: Hits) -> Work[Hits]:
    return lambda connection: find_words(connection, account, words, hits)


RULES = (
    Rule(ListMessages, list_messages, needs="account"),
    Rule(PostMessage, post_message, needs="account"),
    Rule(PostExternalMeeting, post_external_meeting, needs="account"),
    Rule(EditMessage, edit_message, needs="account"),
    Rule(DeleteMessage, delete_message, needs="account"),
    Rule(MarkRead, mark_read, needs="account"),
    Rule(Search, search, needs="account", is_heavy=True),
)
