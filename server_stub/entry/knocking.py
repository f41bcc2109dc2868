"""A guest looks at a link, knocks and waits; who lets them in is in `call.lobby`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace as with_

from app.wire.accounts import Account
from app.wire.fields import Tell
from app.wire.links import is_loopback
from app.wire.lobby import (
    Knock,
    KnockHeard,
    KnockWithdrawn,
    LinkShown,
    LookAtLink,
    WithdrawKnock,
)
from app.wire.people import Person
from server_stub.call import lobby_rules
from server_stub.call.calls import Calls
from server_stub.call.drawing import state
from server_stub.call.meeting import Origin
from server_stub.call.ongoing import Ongoing
from server_stub.call.places import waiting_in_lobby
from server_stub.errors import Refusal
from server_stub.kernel import links, names
from server_stub.kernel.config import TERMS_VERSION
from server_stub.kernel.context import Context
from server_stub.kernel.keeping import is_expired
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.room import plans
from server_stub.storage import Connection, facts
from server_stub.storage import accounts as accounts_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.meetings import MeetingRow

#: What programs that name no installation say.
_NO_INSTALLATION = "none"
IN_ROOM = "You belong to this room: join the meeting directly."
NO_LINK = "This link does not lead to a meeting on this server."


async def find_by_code(context: Context, session: Session, code: str) -> Ongoing | MeetingRow:
    """The running meeting that a link leads to, or the planned one that has not opened.

    Raises:
        Refusal: the code is unknown, its meeting has ended or was cancelled, or too many were tried.
    """
    if not await context.limiter.take("code", session.network):
        raise Refusal("too_much", "Too many tries. Please wait a minute.")
    ongoing = context.part(Calls).of_code(code)
    if ongoing is not None:
        return ongoing
    row = await plans.find_by_code(context, code)
    ongoing = context.part(Calls).of_code(code)
    if ongoing is not None:  # its doors have opened meanwhile
        return ongoing
    # A meeting that runs is found by its present link alone.
    if row is None or context.part(Calls).find(row.id) is not None:
        raise Refusal("not_found", NO_LINK)
    if row.state == "scheduled":
        return row
    if row.state == "cancelled":
        raise Refusal("meeting_ended", "This meeting has been cancelled.")
    raise Refusal("meeting_ended", "This meeting has ended.")


async def look_at_link(context: Context, session: Session, ask: LookAtLink) -> Tell:
    """Shows where a link leads, and nothing of who is there; after the end only to the members of its room."""
    try:
        found = await find_by_code(context, session, ask.code)
    except Refusal as refusal:
        over = await plans.find_by_code(context, ask.code) if refusal.reason == "meeting_ended" else None
        if over is None or is_expired(over.ended_at, context.now()) or not await _is_member(context, session, over):
            raise
        found = over
    ongoing, row = (found, found.row) if isinstance(found, Ongoing) else (None, found)
    return LinkShown(
        host=await _host_name(context, row, ongoing),
        server=await _server_name(context),
        title=row.title,
        is_recording=ongoing is not None and ongoing.meeting.recording_since is not None,
        state=state(row, ongoing),
        starts_at=row.starts_at,
        meeting=row.id if await _is_member(context, session, row) else "",
    )


async def _host_name(context: Context, row: MeetingRow, ongoing: Ongoing | None) -> str:
    host = ongoing.meeting.host if ongoing is not None else row.starter
    seat = ongoing.meeting.seats.get(host) if ongoing is not None else None
    if seat is not None:
        return seat.person.name
    account = await context.store.do(lambda connection: accounts_table.find(connection, host))
    return account.name if account is not None else ""


async def _server_name(context: Context) -> str:
    """What this server calls itself: as it was told, or after whose computer it runs on."""
    if context.settings.name or not context.settings.is_embedded:
        return context.settings.name

    def find_owner(connection: Connection) -> Account | None:
        owner = facts.read(connection, "owner")
        return accounts_table.find(connection, owner) if owner else None

    owner = await context.store.do(find_owner)
    return f"{owner.name}'s computer" if owner is not None else ""


async def knock(context: Context, session: Session, ask: Knock) -> Tell:
    """Asks to be let in; a waiting guest may knock again, having read the notice meanwhile."""
    found = await find_by_code(context, session, ask.code)
    row = found.row if isinstance(found, Ongoing) else found
    if await _is_member(context, session, row):
        raise Refusal("not_allowed", IN_ROOM)
    if not isinstance(found, Ongoing):
        raise Refusal("not_open", plans.not_open_words(found))
    ongoing = found
    if not _waits_in(session, ongoing):
        await _check_knocks(context, session)
    members = await ongoing.recordings.settled(lambda: _names_of_members(context, session, ongoing, ask.code))
    # From here on nothing is awaited: who has just become a member, or whose link has just ended, does not knock.
    place = waiting_in_lobby(session)
    if ask.terms_version != TERMS_VERSION:
        raise Refusal("terms_needed", "Please accept the terms first.")
    origin = _origin(context, session, ask)
    before = lobby_rules.waited_before(ongoing.meeting, origin)
    is_recording = ongoing.meeting.recording_since is not None
    # Whoever waited before is asked inside, as they would have been had the server not stopped.
    if is_recording and before is None and not _has_read(context, ask):
        raise Refusal("notice_needed", "This meeting is recorded. Please read the notice about the recording first.")
    if session.place is not None and not _waits_in(session, ongoing):
        raise Refusal("already_in", "This connection is in a meeting already.")
    guest = place.person if place is not None else before.id if before is not None else links.new_id("g")
    person = _guest(session, ask, guest, ongoing, members)
    person = with_(person, consents=is_recording and _has_read(context, ask))
    outcome = lobby_rules.knock(ongoing.meeting, person, context.now(), origin=origin)
    ongoing.wait_session(guest, session)
    ongoing.apply(outcome)
    return KnockHeard(guest=guest, title=ongoing.row.title, is_recording=is_recording)


async def _names_of_members(context: Context, session: Session, ongoing: Ongoing, code: str) -> tuple[str, ...]:
    """The names in the room of a meeting, for somebody from outside it whose link leads there.

    Raises:
        Refusal: they belong to the room, or the link leads there no longer.
    """
    room = await context.store.do(lambda connection: rooms_table.find(connection, ongoing.row.room))
    if await _is_member(context, session, ongoing.row):
        raise Refusal("not_allowed", IN_ROOM)
    if not links.same(code, ongoing.row.link_code):
        raise Refusal("not_found", NO_LINK)
    return tuple(member.name for member in room.members) if room is not None else ()


def _has_read(context: Context, ask: Knock) -> bool:
    return ask.notice_version == context.settings.notice_version


def _waits_in(session: Session, ongoing: Ongoing) -> bool:
    place = waiting_in_lobby(session)
    return place is not None and place.ongoing is ongoing


async def _check_knocks(context: Context, session: Session) -> None:
    address = _counted_address(context, session)
    if address and not await context.limiter.take("knock", address):
        raise Refusal("too_much", "Too many requests to join from your network. Please wait a minute.")


def _counted_address(context: Context, session: Session) -> str:
    """The address for limits; empty for this computer's own, behind which a proxy may have everyone."""
    is_own = is_loopback(session.address) or is_loopback(session.network)
    return "" if is_own and not context.settings.limits.own_address_counts else session.network


def _origin(context: Context, session: Session, ask: Knock) -> Origin:
    marks = {session.account.id} if session.account is not None else set()
    if ask.installation != _NO_INSTALLATION:
        # As a hash, since marks are kept while the meeting runs.
        marks.add(links.fingerprint(f"installation {ask.installation}"))
    return Origin(frozenset(marks), _counted_address(context, session))


def _guest(session: Session, ask: Knock, guest: str, ongoing: Ongoing, members: Sequence[str]) -> Person:
    now = ongoing.meeting
    # Nobody from outside goes by the name of a member, not even of one who comes later.
    taken = [*members, *(person.name for person in now.people)]
    taken += [entry.guest.name for id, entry in now.waiting.items() if id != guest]
    name = session.account.name if session.account else names.clean(ask.name)
    return Person(
        id=guest,
        name=names.distinct(name, taken),
        is_guest=True,
        microphone_on=ask.microphone_on,
        camera_on=ask.camera_on,
    )


async def withdraw_knock(context: Context, session: Session, ask: WithdrawKnock) -> Tell:
    """The guest waits no longer."""
    if session.place is not None and session.place.is_waiting:
        session.place.lose(session)
    return KnockWithdrawn()


async def _is_member(context: Context, session: Session, row: MeetingRow) -> bool:
    if session.account is None:
        return False
    return session.account.id in await context.members.of(row.room)


RULES = (
    Rule(LookAtLink, look_at_link, needs="anyone"),
    Rule(Knock, knock, needs="anyone"),
    Rule(WithdrawKnock, withdraw_knock, needs="anyone"),
)
