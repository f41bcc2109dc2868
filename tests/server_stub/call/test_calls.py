"""Who meets, as an embedded server tells its client."""

import contextlib
import json
from types import SimpleNamespace

from app.wire.people import EndMeeting, LeaveMeeting
from server_stub.embedded import meetings_teller, say
from tests.fakes.server_client import story
from tests.people import ada_and_grace, join, start


@story()
async def test_an_embedded_server_says_who_meets_whenever_that_changes_and_nothing_else(server):
    host, member, room = await ada_and_grace(server)
    said = []
    tell = meetings_teller(SimpleNamespace(backend=server.backend), said.append)
    server.backend.calls.changed = tell
    card = await start(host, room)
    await join(host, card.id)
    await join(member, card.id)
    await member.ask(LeaveMeeting(meeting=card.id))
    await host.ask(EndMeeting(meeting=card.id))
    counts = [one["meetings"] for one in said]
    assert counts == [{card.id: 0}, {card.id: 1}, {card.id: 2}, {card.id: 1}, {}]
    # Ids and numbers: no title, no name.
    assert all("Website" not in json.dumps(one) and "Ada" not in json.dumps(one) for one in said)


@story()
async def test_a_client_that_listens_no_more_harms_no_meeting(server):
    host, member, room = await ada_and_grace(server)

    class Deaf:
        def write(self, line):
            raise BrokenPipeError

    server.backend.calls.changed = meetings_teller(SimpleNamespace(backend=server.backend), say)
    with contextlib.redirect_stdout(Deaf()):
        card = await start(host, room)
        await join(host, card.id)
        welcome = await join(member, card.id)
        assert len(welcome.people) == 2
