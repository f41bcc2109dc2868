"""Devices of one account, for the tests of sign-ins."""

from app import __version__
from app.wire.accounts import (
    Hello,
    ListSignIns,
    Resume,
    SignedIn,
    SignIn,
)
from app.wire.codec import PROTOCOL
from tests.people import (
    ADA,
    PASSWORD,
)


async def again(server, who=ADA, device=""):
    """One more device of the account, with a sign-in of its own."""
    client = await server.connect()
    await client.ask(Hello(version=__version__, protocol=PROTOCOL, device=device))
    signed_in = await client.ask(SignIn(email=who["email"], password=PASSWORD))
    client.account, client.token = signed_in.account, signed_in.token
    return client


async def twin(server, client):
    """One more connection by the same token."""
    other = await server.connect()
    assert isinstance(await other.ask(Resume(token=client.token)), SignedIn)
    return other


async def listed(client):
    return (await client.ask(ListSignIns())).sign_ins


async def id_of(client):
    return next(one.id for one in await listed(client) if one.is_this)
