"""What a browser, a proxy or a curious program asks of a server."""

import contextlib

import httpx
import websockets
from websockets.asyncio.client import connect

from app.net import pins
from app.wire.links import ServerAddress
from tests.fakes.server_client import ServerClient


def here(server):
    """A server of the tests as it is reached from this computer: by the way for others, where that is open."""
    address, outside = server.backend.address, server.running.doors.outside.port
    return ServerAddress(f"127.0.0.1:{outside or server.port}", bool(address.pin), address.pin)


async def get(server, path, *, token="", method="GET", **headers):
    """The answer to a request over HTTP."""
    if token:
        headers["Authorization"] = f"Bearer {token}"
    address = here(server)
    trust = await pins.context_for(address) or False
    async with httpx.AsyncClient(base_url=address.base_url, trust_env=False, verify=trust) as client:
        return await client.request(method, path, headers=headers)


async def opens(server, headers):
    """Whether a websocket with these headers is accepted."""
    others = {name: value for name, value in headers.items() if name != "Host"}
    try:
        async with socket_of(server, others, host=headers.get("Host", "")):
            return True
    except websockets.InvalidStatus as error:
        return error.response.status_code != 403


@contextlib.asynccontextmanager
async def socket_of(server, headers=None, *, host=""):
    """A websocket to a server on this computer, with or without TLS."""
    address = here(server)
    trust = await pins.context_for(address)
    name, _, port = (host or address.address).partition(":")
    url = f"{'wss' if trust else 'ws'}://{name}:{port or 80}/ws"
    options = {"host": "127.0.0.1", "port": address.port, "ssl": trust, "proxy": None, "max_size": 2**24}
    async with connect(url, additional_headers=headers, **options) as socket:
        yield socket


@contextlib.asynccontextmanager
async def client_of(server, headers=None):
    """A client of a server on this computer, with or without TLS."""
    async with socket_of(server, headers) as socket:
        client = ServerClient(socket)
        try:
            yield client
        finally:
            await client.close()
