import asyncio
import contextlib
import shutil

import httpx
import pytest
import websockets
from websockets.asyncio.client import connect

from app.wire.people import EndMeeting
from app.wire.recap import RecapReady
from server_stub import web
from tests.fakes.server_client import running_server, story
from tests.people import alan_inside, in_a_meeting, sign_up

SECRET = "0123456789abcdef0123"


async def get(server, path, *, token="", **headers):
    if token:
        headers["Authorization"] = f"Bearer {token}"
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as client:
        return await client.get(path, headers=headers)


@story()
async def test_files_of_a_recap_go_to_members_with_ranges(server):
    host, member, card = await in_a_meeting(server, record=True)
    guest = await alan_inside(server, host, card, notice_version=1)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    path = f"/recap/{card.id}/meeting.webm"
    assert (await get(server, path, token=member.token)).status_code == 404
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady)
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
async def test_the_page_of_an_invitation_says_how_and_nothing_more(server):
    _, _, card = await in_a_meeting(server)
    page = await get(server, card.link.removeprefix(f"http://127.0.0.1:{server.port}"))
    assert card.link in page.text
    assert "Website" not in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    odd = await get(server, "/j/%3Cscript%3Ealert(1)%3C%2fscript%3E")
    assert "<script" not in odd.text


@story()
async def test_a_sign_of_life(server):
    assert (await get(server, "/healthz")).text.startswith("ok ")
    assert (await get(server, "/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Host": "evil.example"}, False),
        ({"Host": "127.0.0.1:1"}, False),
        ({"X-Parley-Secret": "wrong"}, False),
        ({"X-Parley-Secret": ""}, False),
    ],
    ids=str,
)
def test_an_embedded_server_lets_only_its_client_in(tmp_path, headers, passes):
    async def tell():
        async with running_server(tmp_path, secret=SECRET) as server:
            sent = {"X-Parley-Secret": SECRET, **headers}
            for path in ("/healthz", "/j/code", "/recap/a/b"):
                status = (await get(server, path, **sent)).status_code
                assert (status != 403) is passes, path
            assert await opens(server, sent) is passes

    asyncio.run(tell())


async def opens(server, headers):
    """Whether a websocket with these headers is accepted."""
    kwargs = {}
    if host := headers.get("Host"):
        name, _, port = host.partition(":")
        kwargs = {"host": "127.0.0.1", "port": server.port}
        url = f"ws://{name}:{port or 80}/ws"
    else:
        url = f"ws://127.0.0.1:{server.port}/ws"
    others = {name: value for name, value in headers.items() if name != "Host"}
    try:
        async with connect(url, proxy=None, additional_headers=others, **kwargs):
            return True
    except websockets.InvalidStatus as error:
        return error.response.status_code != 403


@pytest.mark.parametrize(
    ("headers", "passes"), [({}, True), ({"Origin": "https://evil.example"}, False), ({"Host": "evil.example"}, False)]
)
def test_a_server_on_this_computer_is_not_reached_by_pages_of_others(tmp_path, headers, passes):
    async def tell():
        async with running_server(tmp_path) as server:
            assert await opens(server, headers) is passes

    asyncio.run(tell())


def test_a_client_that_takes_nothing_is_cut_off(tmp_path, monkeypatch):
    @story()
    async def tell(server):
        lost = asyncio.Event()
        real = web.ImpatientProtocol.connection_lost

        def note(protocol, error):
            real(protocol, error)
            lost.set()

        monkeypatch.setattr(web.ImpatientProtocol, "patience_s", 0.05)
        monkeypatch.setattr(web.ImpatientProtocol, "connection_lost", note)
        deaf = await server.connect()
        deaf.socket.transport.pause_reading()
        (session,) = server.backend.hub.sessions
        for _ in range(100):
            session.tell_text("x" * 200_000)
            await asyncio.sleep(0)
        await lost.wait()
        deaf.socket.transport.abort()
        await (await server.connect()).settle()

    tell(tmp_path)


def test_pings_of_a_client_that_takes_no_answer_do_not_fill_the_memory(tmp_path, monkeypatch):
    @story()
    async def tell(server):
        full = asyncio.Event()
        real = web.ImpatientProtocol.pause_writing

        def note(protocol):
            real(protocol)
            full.set()

        monkeypatch.setattr(web.ImpatientProtocol, "pause_writing", note)
        deaf = await server.connect()
        (protocol,) = server.running.doors.connections
        other = await server.connect()
        deaf.socket.transport.pause_reading()
        ping = b"\x89\xfd\x00\x00\x00\x00" + bytes(125)
        deaf.socket.transport.write(ping * (32 * 2**20 // len(ping)))
        await full.wait()
        for _ in range(100):
            await other.settle()
        assert protocol.transport.get_write_buffer_size() < 2**20
        deaf.socket.transport.abort()

    tell(tmp_path)


def test_who_connects_and_asks_for_nothing_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(web.HurriedProtocol, "patience_s", 0.05)

    @story()
    async def tell(server):
        talks = await server.connect()
        for said in (b"", b"GET / HTTP/1.1\r\nHost: "):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(said)
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
        await talks.settle()

    tell(tmp_path)


@story()
async def test_a_recap_whose_files_are_gone_is_not_found(server):
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady)
    shutil.rmtree(server.backend.settings.meetings_folder / card.id)
    assert (await get(server, f"/recap/{card.id}/meeting.webm", token=host.token)).status_code == 404
