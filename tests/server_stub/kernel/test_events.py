"""What is said is heard at once and in order; what is waited for is done before it goes on."""

import asyncio
from dataclasses import dataclass

import pytest

from server_stub.kernel.events import Events


@dataclass(frozen=True)
class Rang:
    who: str


def test_what_is_said_is_heard_at_once_in_the_order_of_joining():
    events, heard = Events(), []
    events.on(Rang, lambda rang: heard.append(("first", rang.who)))
    events.on(Rang, lambda rang: heard.append(("second", rang.who)))
    events.say(Rang("ada"))
    assert heard == [("first", "ada"), ("second", "ada")]


def test_what_nobody_hears_disturbs_nobody():
    events = Events()
    events.say(Rang("ada"))
    asyncio.run(events.wait(Rang("ada")))


def test_a_step_that_fails_ends_what_was_begun():
    events, done = Events(), []

    async def work(rang):
        done.append(rang.who)

    async def fail(rang):
        raise OSError("full")

    for step in (work, fail, work):
        events.before_going_on(Rang, step)
    with pytest.raises(OSError, match="full"):
        asyncio.run(events.wait(Rang("ada")))
    assert done == ["ada"]
