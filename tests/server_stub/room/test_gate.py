"""Who may start meetings."""

import asyncio

import pytest

from app.wire.accounts import AccessChanged, Account, SignIn
from app.wire.people import LeaveMeeting, StartMeeting
from app.wire.recap import OpenRecap, RecapOpened, RecapReady
from app.wire.rooms import CreateRoom, MessagePosted, PostExternalMeeting
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.room import gate
from server_stub.storage import gate as gate_table
from server_stub.storage.gate import GateSettings
from server_stub.storage.store import transaction
from tests.fakes.server_client import story
from tests.people import PASSWORD, ada, ada_and_grace, join, make_room, sign_up, start

IDS = [f"a{number:032x}" for number in range(10_000)]


def may(settings, account, kind="freelancer"):
    return gate.decide(settings, account, kind)[0]


def set_gate(server, **fields):
    """As the admin command does it: by a connection of its own, so that the server has to notice."""
    with transaction(server.backend.settings.database_url) as connection:
        gate_table.write(connection, GateSettings(**fields))


def test_r3_ten_percent_are_ten_percent_and_stay_the_same():
    ten = GateSettings(percentage=10)
    inside = [account for account in IDS if may(ten, account)]
    assert 800 <= len(inside) <= 1200
    assert {may(ten, inside[0]) for _ in range(1000)} == {True}
    assert gate.bucket("a" * 33) == 3339  # on every computer, in every run, for ever


def test_r3_raising_the_percentage_takes_nothing_away():
    inside = set()
    for percentage in range(0, 101, 5):
        now = {account for account in IDS[:2000] if may(GateSettings(percentage=percentage), account)}
        assert inside <= now
        inside = now
    assert len(inside) == 2000
    assert not any(may(GateSettings(percentage=0), account) for account in IDS)


@pytest.mark.parametrize(
    ("settings", "is_in"),
    [
        (GateSettings(), True),
        (GateSettings(percentage=0), False),
        (GateSettings(percentage=0, allow=("x",)), True),
        (GateSettings(deny=("x",)), False),
        (GateSettings(allow=("x",), deny=("x",)), False),
        (GateSettings(excluded_kinds=("agency",)), False),
        (GateSettings(excluded_kinds=("agency",), allow=("x",)), True),
        (GateSettings(excluded_kinds=("client",)), True),
    ],
)
def test_r3_r71_lists_and_kinds(settings, is_in):
    decided, words = gate.decide(settings, "x", "agency")
    assert decided is is_in
    assert bool(words) is not is_in


def test_r73_each_reason_has_its_own_words():
    account = Account(id="x", name="X", email="x@example.org", kind="agency")
    closed = [
        gate.access(settings, account).words
        for settings in (
            GateSettings(percentage=0),
            GateSettings(deny=("x",)),
            GateSettings(excluded_kinds=("agency",)),
        )
    ]
    assert len(set(closed)) == 3
    assert all(
        words.endswith("You can join the meetings that others start, and open their recaps.") for words in closed
    )
    assert "agency" in closed[2]
    rooms = gate.access(GateSettings(excluded_contracts=("catalog", "agency")), account)
    assert rooms.may_start
    assert rooms.closed_contracts == ("catalog", "agency")
    assert rooms.contract_words.startswith("Meetings cannot be started in catalog and agency rooms yet.")


@story()
async def test_r3_r73_who_is_left_out_is_told_at_sign_in_and_refused_at_start(server):
    host = await ada(server)
    room = await make_room(host)
    set_gate(server, percentage=0)
    refused = await host.ask(StartMeeting(room=room, key="k"))
    assert (refused.reason, refused.words) == ("gate_closed", gate.NOT_YET)
    again = await server.connect()
    access = (await again.ask(SignIn(email="ada@example.org", password=PASSWORD))).access
    assert not access.may_start
    assert access.words == gate.NOT_YET
    set_gate(server, percentage=0, allow=(host.account.id,))
    assert (await start(host, room)).state == "ongoing"


@story()
async def test_r3_a_change_is_pushed_to_those_whom_it_concerns(server):
    host, member, _ = await ada_and_grace(server)
    stranger = await server.connect()
    set_gate(server, deny=(member.account.id,))
    told = await member.expect(AccessChanged)
    assert (told.access.may_start, told.access.words) == (False, gate.DENIED)
    set_gate(server)
    assert (await member.expect(AccessChanged)).access.may_start
    for other in (host, stranger):
        await other.settle()
        assert not [tell for tell in other.heard if isinstance(tell, AccessChanged)]


@story()
async def test_r71_an_agency_and_a_catalog_room_are_left_out(server):
    set_gate(server, excluded_kinds=("agency",), excluded_contracts=("catalog",))
    agency = await sign_up(server, email="agency@example.org", name="Agency", kind="agency")
    room = await make_room(agency)
    assert "agency accounts" in (await agency.ask(StartMeeting(room=room, key="k"))).words
    host = await ada(server)
    catalog = (await host.ask(CreateRoom(name="Catalog", contract="catalog"))).room.id
    refused = await host.ask(StartMeeting(room=catalog, key="k"))
    assert (refused.reason, "catalog rooms" in refused.words) == ("gate_closed", True)
    assert server.backend.calls.of_room(catalog) is None
    assert (await start(host, await make_room(host))).state == "ongoing"


@story()
async def test_r72_a_member_who_may_not_start_joins_and_opens_the_recap(server):
    host, member, room = await ada_and_grace(server)
    set_gate(server, deny=(member.account.id,))
    card = await start(host, room)
    await join(host, card.id, record=True)
    await join(member, card.id, notice_version=NOTICE_VERSION)
    assert await member.refused(StartMeeting(room=room, key="mine")) == "gate_closed"
    for client in (host, member):
        await client.ask(LeaveMeeting(meeting=card.id))
    await member.expect(RecapReady)
    opened = await member.ask(OpenRecap(meeting=card.id))
    assert isinstance(opened, RecapOpened)
    assert opened.recap is not None


@story()
async def test_r4_another_providers_link_is_posted_with_the_gate_closed(server):
    host, member, room = await ada_and_grace(server)
    set_gate(server, percentage=0)
    url = "https://example.com/other/1"
    posted = await host.ask(PostExternalMeeting(room=room, url=url, key="k"))
    assert isinstance(posted, MessagePosted)
    assert url in posted.message.text
    assert posted.message.kind == "text"
    assert (await member.expect(MessagePosted)).message == posted.message
    set_gate(server, offers_external=False)
    assert await host.refused(PostExternalMeeting(room=room, url=url, key="l")) == "gate_closed"


def test_r4_the_client_is_told_whether_another_provider_is_offered():
    someone = Account(id="a1", name="Ada", email="ada@parley.test", kind="client")
    assert gate.access(GateSettings(), someone).offers_external
    assert not gate.access(GateSettings(offers_external=False), someone).offers_external


@story()
async def test_r3_who_signs_in_while_the_gate_is_set_is_told_what_counts_now(server):
    await ada(server)
    again, real = await server.connect(), server.backend.store.do
    asked = asyncio.Event()

    async def do(work):
        # The last work of a sign-in is the one that reads what is told first.
        if work.__qualname__.endswith("look") and not asked.is_set():
            asked.set()
            await real(lambda connection: gate_table.write(connection, GateSettings(percentage=0)))
        return await real(work)

    server.backend.store.do = do
    signed_in = await again.ask(SignIn(email="ada@example.org", password=PASSWORD))
    assert asked.is_set()
    assert not signed_in.access.may_start
