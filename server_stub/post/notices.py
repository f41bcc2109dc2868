"""Notices: what a person should know, kept until they have seen it, and shown by one desktop only."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace as with_

from app.wire.fields import Tell
from app.wire.notices import NoticeInfo, NoticeKind, NoticesSeen, NoticeTold, SeeNotices
from server_stub.kernel import links
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker, tell_all
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.storage import Connection
from server_stub.storage import notices as notices_table

#: What nobody has looked at for sixty days is no longer told, and is forgotten.
KEPT_S = 60 * 86_400.0


async def add(
    context: Context, accounts: Iterable[str], kind: NoticeKind, *, room: str, subject: str, words: str
) -> None:
    """Tells some accounts something, those who are offline at their next sign-in.

    Args:
        context: the server.
        accounts: their ids; one that had this kind about this subject before is left out.
        kind: what it is about.
        room: where it belongs; former members of it are not told. Empty: nowhere.
        subject: the meeting or recording; may be empty.
        words: a sentence with no more than a title in it.
    """
    now, asked = context.now(), tuple(dict.fromkeys(accounts))
    notice = NoticeInfo(id="", kind=kind, room=room, subject=subject, words=words, at=now)

    def work(connection: Connection) -> list[str]:
        if context.is_clock_believed():  # a clock that is wrong deletes nothing
            notices_table.drop_old(connection, now - KEPT_S)
        return keep(connection, asked, notice)

    await tell_all_news(context, await context.store.do(work))


async def tell_all_news(context: Context, accounts: Iterable[str]) -> None:
    """Tells each of some accounts what no desktop has shown yet."""
    for account in accounts:
        await tell_news(context, account)


def keep(connection: Connection, accounts: Iterable[str], notice: NoticeInfo) -> list[str]:
    """Keeps a notice (its id is given here) for some accounts; returns those to whom it is news, for `tell_news`."""
    return [
        account for account in accounts if notices_table.add(connection, account, with_(notice, id=links.new_id("n")))
    ]


async def tell_news(context: Context, account: str) -> None:
    """Tells an account that is online what no desktop has shown yet; one of its connections rings."""
    while context.hub.is_online(account):
        unseen = await _claim(context, account)
        if not unseen.fresh:
            return
        if sessions := tuple(context.hub.of_account(account)):
            _ring(context, sessions[0], account, unseen)
            return
        # The last one went in between: the next one to come rings.
        await _release(context, unseen)


async def tell_unseen(context: Context, session: Session) -> None:
    """Tells a connection that has just signed in everything that was not seen."""
    if session.account is None:
        return
    account = session.account.id
    unseen = await _claim(context, account)
    if session.account is None or session.account.id != account:
        await _release(context, unseen)
        await tell_news(context, account)
        return
    if unseen.known:
        session.tell(NoticeTold(notices=unseen.known))
    if unseen.fresh:
        _ring(context, session, account, unseen)


async def see_notices(context: Context, session: Session, ask: SeeNotices) -> Tell | None:
    """Takes notices off every device of the account."""
    account, now = session.signed_in, context.now()
    seen = await context.store.do(lambda connection: notices_table.see(connection, account.id, ask.ids, now))
    context.hub.tell_accounts((account.id,), NoticesSeen(ids=seen), Asker(session, ask.request))
    return None


def _ring(context: Context, session: Session, account: str, unseen: notices_table.Unseen) -> None:
    session.tell(NoticeTold(notices=unseen.fresh, rings=True))
    tell_all(
        (other for other in context.hub.of_account(account) if other is not session), NoticeTold(notices=unseen.fresh)
    )


async def _claim(context: Context, account: str) -> notices_table.Unseen:
    now = context.now()
    return await context.store.do(lambda c: notices_table.claim(c, account, now, since=now - KEPT_S))


async def _release(context: Context, unseen: notices_table.Unseen) -> None:
    ids = [notice.id for notice in unseen.fresh]
    await context.store.do(lambda connection: notices_table.release(connection, ids))


RULES = (Rule(SeeNotices, see_notices, needs="account"),)
