"""Every request of the protocol has a rule, and a stranger gets nowhere with any of them."""

import typing

import pytest

from app.wire.codec import ASKS
from app.wire.errors import Refused
from server_stub import requests
from tests.fakes.server_client import story
from tests.people import in_a_meeting

#: What anybody may ask who has said Hello.
OPEN = {"Hello", "SignUp", "SignIn", "SignInOwner", "Resume", "LookAtLink", "Knock", "RejoinAsGuest"}


def test_the_table_is_complete():
    assert set(requests.table()) == set(ASKS)


def test_what_anyone_may_ask_is_a_short_list():
    assert {kind.__name__ for kind, rule in requests.table().items() if rule.needs == "anyone"} == OPEN


def example(kind, meeting, room):
    """A well-formed request of this kind."""
    known = {"meeting": meeting, "room": room, "version": 1, "sources": {}, "email": "a@b.c", "password": "12345678"}
    plain = {str: "x", int: 0, bool: True}
    fields = {}
    for name, hint in typing.get_type_hints(kind).items():
        if name != "request":
            fields[name] = known.get(name, plain.get(hint, "x"))
    return kind(**fields)


@pytest.mark.parametrize("kind", [kind for kind in ASKS if kind.__name__ not in OPEN], ids=lambda kind: kind.__name__)
def test_a_stranger_is_refused_and_nothing_changes(tmp_path, kind):
    @story()
    async def tell(server):
        host, _, card = await in_a_meeting(server)
        stranger = await server.connect()
        before = server.backend.calls.find(card.id).meeting
        answer = await stranger.ask(example(kind, card.id, card.room))
        assert isinstance(answer, Refused)
        assert answer.reason in ("not_signed_in", "not_in_meeting")
        assert server.backend.calls.find(card.id).meeting is before
        assert len(stranger.heard) == 2
        assert host.account

    tell(tmp_path)
