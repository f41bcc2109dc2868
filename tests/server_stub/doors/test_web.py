import asyncio
import shutil

import pytest

from app.wire.people import EndMeeting
from app.wire.recap import RecapReady
from server_stub.backend import Backend
from server_stub.doors.outside import PORT_TAKEN
from server_stub.doors.web import Doors
from server_stub.errors import ServerError
from server_stub.kernel.config import NOTICE_VERSION, ServerSettings
from tests.fakes.browser import client_of, get
from tests.fakes.recap_maker import FakeMaker
from tests.fakes.server_client import running_server, story
from tests.people import alan_inside, film_ready, in_a_meeting, sign_up

SECRET = "0123456789abcdef0123"


@story()
async def test_files_of_a_recap_go_to_members_with_ranges(server):
    host, member, card = await in_a_meeting(server, record=True)
    guest = await alan_inside(server, host, card, notice_version=NOTICE_VERSION)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    path = f"/recap/{card.id}/meeting.webm"
    assert (await get(server, path, token=member.token)).status_code == 404
    server.maker.may_film.clear()
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady)
    assert (await get(server, path, token=member.token)).status_code == 404
    server.maker.may_film.set()
    await film_ready(host, card.id)
    whole = await get(server, path, token=member.token)
    assert (whole.status_code, whole.content) == (200, bytes(range(200)))
    part = await get(server, path, token=member.token, Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert (await get(server, f"/recap/{card.id}/recap.md", token=host.token)).text == "# Recap\n"
    for name in (
        "secret.txt",
        "recording.json",
        "..%2frecording.json",
        "../recording.json",
        "%2e%2e/x",
        "transcript.vtt",
    ):
        assert (await get(server, f"/recap/{card.id}/{name}", token=host.token)).status_code == 404, name
    assert (await get(server, path)).status_code == 401
    assert (await get(server, path, token="forged")).status_code == 401
    assert (await get(server, path, token=guest.welcome.guest_token)).status_code == 401
    assert (await get(server, path, token=stranger.token)).status_code == 404
    assert (await get(server, "/recap/v0/meeting.webm", token=host.token)).status_code == 404


@story()
async def test_a_sign_of_life(server):
    assert (await get(server, "/healthz")).text.startswith("ok ")
    assert (await get(server, "/nothing")).status_code == 404


@story()
async def test_a_recap_whose_files_are_gone_is_not_found(server):
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    await film_ready(host, card.id)
    shutil.rmtree(server.backend.settings.meetings_folder / card.id)
    assert (await get(server, f"/recap/{card.id}/meeting.webm", token=host.token)).status_code == 404


@story(public_url="https://meet.example.org")
async def test_behind_a_proxy_a_client_is_where_the_proxy_says(server):
    """What the client itself claims stands before it, and counts for nothing."""
    for named, address in (
        ("203.0.113.9", "203.0.113.9"),
        ("10.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
    ):
        async with client_of(server, {"X-Forwarded-For": named}):
            assert {session.address for session in server.backend.hub.sessions} == {address}


@story()
async def test_without_a_proxy_a_client_is_where_it_is(server):
    async with client_of(server, {"X-Forwarded-For": "203.0.113.9"}):
        assert {session.address for session in server.backend.hub.sessions} == {"127.0.0.1"}


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.0.2.7"])
def test_nobody_elsewhere_is_served_in_the_open(tmp_path, host):
    async def tell():
        backend = Backend(ServerSettings(data=tmp_path, host=host, port=0), maker=FakeMaker())
        with pytest.raises(ServerError, match="needs TLS"):
            await Doors(backend).open()
        backend.passwords.close()

    asyncio.run(tell())


def test_an_embedded_server_keeps_the_port_of_its_links(tmp_path):
    async def tell():
        reach = {"secret": SECRET, "is_reachable": True}
        async with running_server(tmp_path / "one", **reach) as first:
            one = first.running.doors.outside
            port = one.port
            assert (tmp_path / "one" / "port").read_text() == str(port)
            assert not one.now.words
            async with running_server(tmp_path / "two", **reach, outside_port=port) as second:
                two = second.running.doors.outside
                assert two.port not in (0, port)
                assert (two.now.is_open, two.now.words) == (True, PORT_TAKEN.format(port))
        async with running_server(tmp_path / "one", **reach, outside_port=None) as again:
            assert again.running.doors.outside.port == port

    asyncio.run(tell())
