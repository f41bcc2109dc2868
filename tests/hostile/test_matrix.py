"""Each role asks for everything: what is granted happens, and all the rest is refused and changes nothing."""

import asyncio

import pytest

from app.wire.codec import ASKS, decode_tell
from app.wire.errors import Refused
from app.wire.fields import Ask
from app.wire.lobby import LookAtLink
from server_stub.after import recaps
from server_stub.call import lobby_rules, meeting
from server_stub.kernel.config import TERMS_VERSION
from server_stub.room import cards
from server_stub.storage import rooms as rooms_table
from tests.hostile.cast import (
    CANARY,
    FORMER_GUEST,
    FORMER_MEMBER,
    GUEST,
    MEMBER_IN,
    OUTSIDER,
    ROLES,
    Cast,
    Told,
    ask,
    differences,
    everything,
    server_of_the_cast,
)
from tests.hostile.rights import MEMBERS, TABLE

#: To whom nothing may be told of who is in the room and what is said there.
OUTSIDE = frozenset(ROLES) - MEMBERS - {GUEST}
#: Who holds a link is told who invites, and no other name.
INVITER = f'"host":"Ada {CANARY}"'
#: By these one comes in, and may read from then on.
WAYS_IN = {"JoinRoom", "RejoinAsGuest", "Resume", "SignIn", "ResetPassword"}


def names(rows):
    return [f"{row.kind.__name__} {row.about}".strip() for row in rows]


def test_every_request_has_its_row():
    assert {row.kind for row in TABLE} == set(ASKS)
    assert all(issubclass(row.kind, Ask) for row in TABLE)
    assert len(set(names(TABLE))) == len(TABLE)


def test_every_role_is_granted_something_and_refused_something():
    assert TERMS_VERSION == 1  # the table says so
    for role in ROLES:
        granted = sum(role in row.to for row in TABLE)
        assert 3 < granted < len(TABLE) - 3, role


def of_this(session, client):
    """Whether a session of the server is the other end of a client."""
    return session._pipe._websocket.client.port == client.socket.local_address[1]


@pytest.mark.parametrize("role", ROLES)
def test_what_is_not_granted_is_refused_and_changes_nothing(tmp_path, monkeypatch, role):
    assert ask_for_the_rest(tmp_path, monkeypatch, role) == []


def ask_for_the_rest(tmp_path, monkeypatch, role, fault=None):
    """Asks for everything that is not granted to a role; returns the requests that did more than be refused.

    `fault` is what to patch in once the story has come so far: where, name, and what stands there then.
    """
    rows = [row for row in TABLE if role not in row.to]
    faults = []

    async def tell():
        async with asyncio.timeout(60), server_of_the_cast(tmp_path / "data") as server:
            cast, told = await Cast.gather(server), Told(monkeypatch)
            for first in {row.first for row in rows if row.first and not row.to}:
                await first(cast)
            await cast.people[role].client.settle()
            if fault:
                monkeypatch.setattr(*fault)
            told.take()
            before = await everything(server)
            for row, name in zip(rows, names(rows), strict=True):
                if found := await refused(cast, told, row=row, role=role, before=before):
                    faults.append(f"{name}: {found}")

    asyncio.run(tell())
    return faults


async def refused(cast, told, *, row, role, before):
    """Asks for what is not granted; returns what is wrong with what comes of it."""
    me = cast.people[role]
    answer = await ask(me.client, row.make(cast, me))
    heard = [(session, text) for session, text in told.take() if '"told":"Greeting"' not in text]
    if not isinstance(answer, Refused):
        return f"granted {answer}"
    if answer.reason in ("failed", "too_much", "malformed") or not answer.words:
        return f"refused as {answer}"
    if changed := differences(before, await everything(cast.server)):
        return f"changes {changed}"
    if len(heard) != 1 or not of_this(heard[0][0], me.client) or decode_tell(heard[0][1]) != answer:
        return f"tells {heard}"
    return ""


async def recording_of_anybody(backend, account, recording):
    return await backend.store.do(lambda connection: cards.find_subject(connection, recording))


def _no_check(*args, **kwargs):
    return None


def _yes(*args):
    return True


FAULTS = {
    "the host is not checked": (meeting, "check_host", _no_check, MEMBER_IN, {"EndMeeting", "MutePerson"}),
    "members are not checked": (rooms_table, "is_member", _yes, FORMER_MEMBER, {"ListMessages", "PostMessage"}),
    "the removed may knock": (lobby_rules, "check_not_barred", _no_check, FORMER_GUEST, {"Knock"}),
    "a recap needs no room": (
        recaps, "check_reader", recording_of_anybody, OUTSIDER, {"OpenRecap", "AskDeletion", "ReadChat"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_table_finds_what_a_fault_grants(tmp_path, monkeypatch, fault):
    *patch, role, expected = FAULTS[fault]
    found = {one.partition(":")[0].split()[0] for one in ask_for_the_rest(tmp_path, monkeypatch, role, patch)}
    assert expected <= found


@pytest.mark.parametrize("role", ROLES)
def test_what_is_granted_happens(tmp_path, monkeypatch, role):
    """Whoever could be changed by what they asked for has a story of their own."""
    rows = sorted((row for row in TABLE if role in row.to), key=lambda row: row.spoils)
    faults = []

    async def tell():
        async with asyncio.timeout(60), server_of_the_cast(tmp_path / "data") as server:
            cast, told = await Cast.gather(server), Told(monkeypatch)
            for row, name in zip(rows, names(rows), strict=True):
                cast = cast or await Cast.gather(server)
                if row.first:
                    await row.first(cast)
                faults.extend(f"{name}: {fault}" for fault in await granted(cast, told, row=row, role=role))
                if row.spoils and role not in row.still:
                    cast = None

    asyncio.run(tell())
    assert not faults


async def granted(cast, told, *, row, role):
    """Asks for what should be granted; returns what is wrong with what comes of it."""
    server, me = cast.server, cast.people[role]
    await me.client.settle()
    before = await everything(server)
    told.take()
    answer = await ask(me.client, row.make(cast, me))
    if isinstance(answer, Refused):
        return [f"refused ({answer.reason})"]
    changes = differences(before, await everything(server))
    heard = told.take()
    mine = "".join(text for session, text in heard if of_this(session, me.client))
    others = [text for session, text in heard if not of_this(session, me.client)]
    if row.kind is LookAtLink:
        mine = mine.replace(INVITER, "")
    faults = []
    if role in row.still and (changes or others):
        faults.append(f"changes {changes}, tells {others}")
    if role not in row.still and not (changes or others):
        faults.append("changes nothing")
    # A link says who invites, and nothing else of anybody.
    said = mine.replace(f"{CANARY} {OUTSIDER}", "")
    if role in OUTSIDE and row.kind.__name__ not in WAYS_IN and CANARY in said:
        faults.append(f"tells what is said inside: {mine}")
    return faults
