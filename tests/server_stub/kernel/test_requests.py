"""Every request of the protocol has a rule, and a stranger gets nowhere with any of them."""

import typing

import msgspec

from app.wire.chat import ChatPosted, PostChat
from app.wire.codec import ASKS
from app.wire.errors import Refused
from app.wire.media import PublishAnswer
from app.wire.pointing import PointAt
from app.wire.schedule import Plan
from server_stub import features
from server_stub.kernel.config import ConnectionLimits
from tests.fakes.server_client import story
from tests.people import ada_and_grace, in_a_meeting, join, publishing, start

#: What anybody may ask who has said Hello.
OPEN = {
    "Hello", "SignUp", "SignIn", "SignInOwner", "Resume", "AskPasswordReset", "ResetPassword", "LookAtLink", "Knock",
    "WithdrawKnock", "RejoinAsGuest",
}  # fmt: skip
PLAN = Plan(title="x", starts="2030-01-01T10:00", time_zone="Europe/Lisbon")


def test_the_table_is_complete():
    assert set(features.table()) == set(ASKS)


def test_what_anyone_may_ask_is_a_short_list():
    assert {kind.__name__ for kind, rule in features.table().items() if rule.needs == "anyone"} == OPEN


def example(kind, meeting, room):
    """A well-formed request of this kind."""
    known = {"meeting": meeting, "room": room, "version": 1, "sources": {}, "plan": PLAN, "url": "https://x.example/"}
    known |= {
        "pictures": (),
        "since": 0.0,
        "password": "12345678",
        "new": "12345678",
        "words": "xx",
        "ids": ("x",),
        "reaction": "clap",
    }
    known["kind"] = "pen" if kind is PointAt else "consent"
    plain = {str: "x", int: 0, bool: True}
    hints = typing.get_type_hints(kind)
    needed = [field.name for field in msgspec.structs.fields(kind) if field.required]
    return kind(**{name: known.get(name, plain.get(hints[name], "x")) for name in needed})


@story()
async def test_a_stranger_is_refused_and_nothing_changes(server):
    host, _, card = await in_a_meeting(server)
    before = server.backend.calls.find(card.id).meeting
    closed = [kind for kind in ASKS if kind.__name__ not in OPEN]
    assert len(closed) > 50
    for kind in closed:
        stranger = await server.connect()
        answer = await stranger.ask(example(kind, card.id, card.room))
        assert isinstance(answer, Refused), kind
        assert answer.reason in ("not_signed_in", "not_in_meeting"), kind
        assert server.backend.calls.find(card.id).meeting is before, kind
        assert len(stranger.heard) == 2, kind
        await stranger.close()
    assert host.account


@story(connection=ConnectionLimits(heavy_per_s=0.001, heavy_at_once=5))
async def test_requests_that_cost_the_server_much_are_few(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)
    await join(host, card.id)
    offer = publishing(card.id)
    for _ in range(2):
        assert isinstance(await host.ask(offer), PublishAnswer)
    assert await host.refused(offer) == "too_much"
    assert isinstance(await host.ask(PostChat(meeting=card.id, text="Hi", key="k")), ChatPosted)
