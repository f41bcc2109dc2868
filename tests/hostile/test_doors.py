"""What the web doors give to whom: each path, each method, each role, and nothing changes by any of it."""

import asyncio

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.recap_maker import FakeMaker
from tests.fakes.server_client import running_server, story
from tests.hostile.cast import ROLES, Cast, everything, server_of_the_cast
from tests.hostile.plain_http import http, said
from tests.hostile.rights import ACCOUNTS, MEMBERS
from tests.people import code_of

FILES = ("recap.md", "meeting.webm")
#: What a browser may fetch without being anybody, and what is nowhere.
OPEN, NOWHERE = (
    ("/healthz", "/j/{code}", "/i/{code}"),
    ("/", "/ws/", "/metrics", "/recap", "/j/", "/docs", "/openapi.json"),
)
METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")


def expected_of_files(role):
    """The status of a recap's files: members' alone; whoever has no account is to sign in."""
    if role in MEMBERS:
        return 200
    return 404 if role in ACCOUNTS else 401


def test_each_role_gets_at_the_doors_what_is_its_own(tmp_path):
    async def tell():
        async with asyncio.timeout(60), server_of_the_cast(tmp_path / "data") as server:
            cast = await Cast.gather(server)
            before = await everything(server)
            for role in ROLES:
                me = cast.people[role]
                for token in {me.token, me.guest_token}:
                    expected = expected_of_files(role) if token == me.token else 401
                    for name in FILES:
                        status, answer = await http(server.port, f"/recap/{cast.recording}/{name}", token=token)
                        assert status == expected, (role, name)
                        assert expected == 200 or b"# Recap" not in answer, role
                for path in OPEN:
                    assert (await http(server.port, path.format(code=code_of(cast.card)), token=me.token))[0] == 200
                for path in (*NOWHERE, "/recap/v0/recap.md", f"/recap/{cast.meeting}/recap.md"):
                    assert (await http(server.port, path, token=me.token))[0] in (401, 404), (role, path)
            assert await everything(server) == before

    asyncio.run(tell())


def test_no_other_method_is_served(tmp_path):
    async def tell():
        async with asyncio.timeout(60), server_of_the_cast(tmp_path / "data") as server:
            cast = await Cast.gather(server)
            before, token = await everything(server), cast.people["the host"].token
            paths = (f"/recap/{cast.recording}/recap.md", f"/j/{code_of(cast.card)}", "/healthz", "/ws", "/nothing")
            for method in METHODS:
                for path in paths:
                    status, _ = await http(server.port, path, method=method, token=token, body=b"x" * 100)
                    assert status in (400, 404, 405), (method, path, status)
            assert await everything(server) == before

    asyncio.run(tell())


@story()
async def test_pages_of_links_tell_nothing_whether_there_is_such_a_meeting(server):
    known = await http(server.port, "/j/abcdefghijklmnopqrstuv")
    for code in ("A" * 16, "-" * 64):
        assert (await http(server.port, f"/j/{code}"))[0] == known[0] == 200
    for code in (
        "short",
        "A" * 65,
        "<script>alert(1)</script>",
        "%22%3E%3Cscript%3E",
        "a.b.c.d.e.f.g.h.i.j",
        "%00" * 20,
    ):
        status, answer = await http(server.port, f"/j/{code}")
        assert status in (400, 404), code
        assert b"<script" not in answer


@pytest.mark.parametrize(
    "octets",
    [
        b"\x00" * 4096,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xab" * 300,
        b"GET " + b"/" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"H%d: v\r\n" % n for n in range(20_000)) + b"\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /ws HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /ws HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzz\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\x00c\r\n\r\n",
        "GET /j/\u202eabc HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
        b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\n"
        b"Sec-WebSocket-Key: AAAA\r\n\r\n",
        b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=lambda octets: repr(octets[:24]),
)
def test_what_is_no_request_of_ours_is_turned_away(tmp_path, monkeypatch, octets):
    monkeypatch.setattr("server_stub.doors.listening.HurriedProtocol.patience_s", 0.2)

    async def tell():
        async with asyncio.timeout(30), running_server(tmp_path / "data") as server:
            client = await server.connect()
            status, answer = await said(server.port, octets)
            assert status in (0, 400, 403, 404, 405, 426, 431, 500), (status, answer[:200])
            assert status != 500, answer[:300]
            assert b"Traceback" not in answer
            await client.settle()

    asyncio.run(tell())


ESCAPES = (
    "../recording.json",
    "..%2frecording.json",
    "%2e%2e%2frecording.json",
    "%2e%2e/recording.json",
    "....//recording.json",
    "..%5crecording.json",
    "..\\recording.json",
    "%252e%252e%252frecording.json",
    "..%c0%afrecording.json",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "recap.md%00.txt",
    "%00",
    "recap.md%2f..%2f..%2frecording.json",
    "recap.md/",
    "recap.md%20",
    "RECAP.MD",
    "recap.md::$DATA",
    "secret.txt",
    "C:%5cWindows%5cwin.ini",
    "~root",
    ".",
    "..",
    "",
    "%",
    "%zz",
    "%ff%fe",
    "x" * 5000,
)


def test_no_path_leads_out_of_a_recap(tmp_path):
    """Not for a member either; nor does a link that somebody put into the folder, and other codes are not its."""

    async def tell():
        async with (
            asyncio.timeout(60),
            running_server(tmp_path / "data", clock=FakeClock(), maker=FakeMaker()) as server,
        ):
            cast = await Cast.gather(server)
            (tmp_path / "outside.txt").write_text("outside")
            token, folder = cast.people["the host"].token, tmp_path / "data" / "meetings" / cast.recording / "recap"
            (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
            assert (await http(server.port, f"/recap/{cast.recording}/recap.md", token=token))[0] == 200
            before = await everything(server)
            for name in (*ESCAPES, "link.txt"):
                status, answer = await http(server.port, f"/recap/{cast.recording}/{name}", token=token)
                assert status in (400, 404), (name, status)
                assert b"outside" not in answer
                assert b"root:" not in answer
                assert b"not named" not in answer
            for recording in (
                "..",
                "%2e%2e",
                "%2e%2e%2fmeetings",
                cast.recording.upper(),
                cast.recording + "%00",
                "v0",
            ):
                for name in ("recap.md", "parley.sqlite", f"{cast.recording}%2frecap%2frecap.md"):
                    path = f"/recap/{recording}/{name}"
                    assert (await http(server.port, path, token=token))[0] in (400, 404), path
            assert await everything(server) == before

    asyncio.run(tell())


def test_a_named_file_that_is_a_way_out_is_not_given(tmp_path):
    """Whatever replaced a file of a recap by a link to somewhere else: nobody reads that through the server."""

    async def tell():
        async with asyncio.timeout(60), server_of_the_cast(tmp_path / "data") as server:
            cast = await Cast.gather(server)
            (tmp_path / "outside.txt").write_text("outside")
            named = tmp_path / "data" / "meetings" / cast.recording / "recap" / "recap.md"
            named.unlink()
            named.symlink_to(tmp_path / "outside.txt")
            status, answer = await http(
                server.port, f"/recap/{cast.recording}/recap.md", token=cast.people["the host"].token
            )
            assert status == 404
            assert b"outside" not in answer

    asyncio.run(tell())
