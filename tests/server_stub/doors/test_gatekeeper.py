"""Who is let in at all: by the name that was asked for, the page that asks, and the secret."""

import asyncio
import functools

import httpx
import pytest

from app.wire.accounts import Hello, SignInOwner
from app.wire.codec import PROTOCOL
from tests.fakes.browser import client_of, get, here, opens
from tests.fakes.server_client import running_server

SECRET = "0123456789abcdef0123"
CODE = "abcdefghijklmnopqrstuv"


def with_port(headers, server):
    return {name: value.replace("PORT", str(server.port)) for name, value in headers.items()}


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"Host": "localhost:PORT"}, True),
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
            sent = {"X-Parley-Secret": SECRET, **with_port(headers, server)}
            for path in ("/healthz", f"/j/{CODE}", "/recap/a/b"):
                status = (await get(server, path, **sent)).status_code
                assert (status != 403) is passes, path
            assert await opens(server, sent) is passes

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("headers", "passes"), [({}, True), ({"Origin": "https://evil.example"}, False), ({"Host": "evil.example"}, False)]
)
def test_a_server_on_this_computer_is_not_reached_by_pages_of_others(tmp_path, headers, passes):
    async def tell():
        async with running_server(tmp_path) as server:
            assert await opens(server, headers) is passes

    asyncio.run(tell())


def test_pages_for_browsers_need_no_secret_and_nothing_else_goes_without(tmp_path):
    async def tell():
        async with running_server(tmp_path, secret=SECRET) as server:
            for path in ("/healthz", f"/j/{CODE}", f"/i/{CODE}"):
                assert (await get(server, path)).status_code == 200, path
                assert (await get(server, path, Host="evil.example")).status_code == 403, path
                assert (await get(server, path, Origin="http://evil.example")).status_code == 403, path
                for method in ("HEAD", "POST", "OPTIONS", "PUT"):
                    assert (await get(server, path, method=method)).status_code == 403, (method, path)
            for path in (
                "/",
                "/ws",
                "/recap/a/b",
                "/j/short",
                f"/j/{CODE}/",
                f"/j/{CODE}/x",
                f"/J/{CODE}",
                "/healthz/",
            ):
                assert (await get(server, path)).status_code == 403, path
            assert not await opens(server, {})

    asyncio.run(tell())


REACHED = {"secret": SECRET, "is_reachable": True}


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"X-Parley-Secret": SECRET}, True),
        ({"X-Parley-Secret": "wrong"}, False),
        ({"Host": "192.168.7.9:PORT"}, True),
        # A router may hand another port on.
        ({"Host": "203.0.113.7:443"}, True),
        ({"Host": "evil.example"}, False),
        ({"Host": "evil.example:PORT"}, False),
        ({"Host": "192.168.7.9.evil.example:PORT"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
    ],
    ids=str,
)
def test_a_reachable_embedded_server_lets_others_in_by_its_addresses(tmp_path, headers, passes):
    async def tell():
        async with running_server(tmp_path, **REACHED) as server:
            sent = {name: value.replace("PORT", str(here(server).port)) for name, value in headers.items()}
            assert (await get(server, "/healthz", **sent)).is_success is passes
            assert await opens(server, sent) is passes

    asyncio.run(tell())


def test_who_comes_from_this_computer_needs_the_secret_as_before_while_others_are_let_in(tmp_path):
    async def tell():
        async with running_server(tmp_path, **REACHED) as server, httpx.AsyncClient(trust_env=False) as client:
            ask = functools.partial(client.get, f"http://127.0.0.1:{server.port}/recap/a/b")
            assert (await ask()).status_code == 403
            assert (await ask(headers={"X-Parley-Secret": SECRET})).status_code == 401
            # The address that others use is no name of the way in for this computer.
            host = here(server).address
            assert (await ask(headers={"X-Parley-Secret": SECRET, "Host": host})).status_code == 403

    asyncio.run(tell())


def test_only_the_secret_makes_somebody_the_owner_of_a_reachable_server(tmp_path):
    async def tell():
        async with running_server(tmp_path, **REACHED) as server, client_of(server) as stranger:
            await stranger.ask(Hello(version="1", protocol=PROTOCOL))
            assert await stranger.refused(SignInOwner(secret="0123456789abcdef9999", name="Eve"))
            signed_in = await stranger.ask(SignInOwner(secret=SECRET, name="Ada"))
            assert signed_in.account.name == "Ada"

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("host", "passes"),
    [("meet.example.org", True), ("meet.example.org:443", True), ("127.0.0.1:PORT", True), ("evil.example", False),
     ("[::1", False), ("", False)],
    ids=str,
)  # fmt: skip
def test_behind_a_proxy_the_public_name_is_known(tmp_path, host, passes):
    async def tell():
        async with running_server(tmp_path, public_url="https://meet.example.org") as server:
            sent = with_port({"Host": host}, server)
            assert (await get(server, "/healthz", **sent)).is_success is passes

    asyncio.run(tell())
