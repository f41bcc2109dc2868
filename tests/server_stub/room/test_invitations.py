"""What an invitation says to who holds it: the meeting, who invites, whose server it is; and nothing else."""

from app.wire.accounts import SignInOwner
from app.wire.lobby import LookAtLink
from app.wire.people import LeaveMeeting
from app.wire.rooms import CreateRoom
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import secret_of, story
from tests.people import ada_and_grace, code_of, in_a_meeting, start
from tests.planning import planned

SECRET = "s" * 32


async def seen_by_a_stranger(server, card):
    return await (await server.connect(headers={})).ask(LookAtLink(code=code_of(card)))


@story(name="Example Ltd")
async def test_a_stranger_reads_title_host_and_server_and_no_more(server):
    _, _, card = await in_a_meeting(server)
    shown = await seen_by_a_stranger(server, card)
    assert (shown.title, shown.host, shown.server) == ("Website", "Ada", "Example Ltd")
    known = {"title", "is_recording", "state", "starts_at", "meeting", "host", "server", "re"}
    assert set(shown.__struct_fields__) == known
    assert shown.meeting == ""


@story()
async def test_the_host_is_who_can_let_one_in(server):
    host, _, card = await in_a_meeting(server)
    await host.ask(LeaveMeeting(meeting=card.id))
    shown = await seen_by_a_stranger(server, card)
    # The one who left keeps the role for a while, and is named though not there.
    assert (shown.host, shown.server) == ("Ada", "")


@story(clock=FakeClock())
async def test_a_role_that_passed_on_is_named(server):
    host, _, card = await in_a_meeting(server)
    await host.ask(LeaveMeeting(meeting=card.id))
    await server.backend.clock.pass_time(121)
    assert (await seen_by_a_stranger(server, card)).host == "Grace"


@story(clock=FakeClock())
async def test_of_a_planned_meeting_who_planned_it(server):
    host, _, room = await ada_and_grace(server)
    assert (await seen_by_a_stranger(server, await planned(host, room))).host == "Ada"


@story(secret=SECRET, is_reachable=True)
async def test_a_server_of_ones_own_is_named_after_its_owner(server):
    host = await server.connect(headers=secret_of(SECRET))
    await host.ask(SignInOwner(secret=SECRET, name="Ada"))
    room = (await host.ask(CreateRoom(name="Logo"))).room.id
    card = await start(host, room)
    shown = await seen_by_a_stranger(server, card)
    assert (shown.host, shown.server) == ("Ada", "Ada's computer")
