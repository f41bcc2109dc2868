"""What holds a server's state in memory: what each port promises, whatever engine carries it."""

import asyncio

import pytest

from app.wire.rooms import RoomLeft
from server_stub.kernel.clock import SystemClock
from server_stub.kernel.hub import Asker, MemoryHub
from server_stub.kernel.limiter import LIMITS, Limit, MemoryLimiter
from server_stub.kernel.locks import MemoryLocks
from server_stub.kernel.members import MemoryMembers
from tests.fakes.clock import FakeClock
from tests.patience import PATIENCE_S

#: Each engine by the port that it carries; another one comes here and has to pass the same.
LIMITERS = {"memory": MemoryLimiter}
LOCKS = {"memory": MemoryLocks}
MEMBERS = {"memory": MemoryMembers}
HUBS = {"memory": MemoryHub}
CLOCKS = {"system": SystemClock, "fake": FakeClock}


def by_engine(engines):
    return pytest.mark.parametrize("engine", engines.values(), ids=engines)


def patiently(story):
    asyncio.run(asyncio.wait_for(story, PATIENCE_S))


# --- how often something may be tried
@by_engine(LIMITERS)
def test_so_many_tries_at_once_and_then_as_time_goes_on(engine):
    clock = FakeClock()
    limiter = engine(clock.tick, {**LIMITS, "code": Limit(1 / 10, 2)})

    async def story():
        assert [await limiter.take("code", "a") for _ in range(3)] == [True, True, False]
        await clock.pass_time(9)
        assert not await limiter.take("code", "a")
        await clock.pass_time(2)
        assert await limiter.take("code", "a")

    patiently(story())


@by_engine(LIMITERS)
def test_another_key_and_another_thing_are_counted_apart(engine):
    limiter = engine(FakeClock().tick, {**LIMITS, "code": Limit(0.001, 1), "knock": Limit(0.001, 1)})

    async def story():
        assert await limiter.take("code", "a")
        assert not await limiter.take("code", "a")
        assert await limiter.take("code", "b")
        assert await limiter.take("knock", "a")

    patiently(story())


@by_engine(LIMITERS)
def test_a_wall_clock_that_is_set_gives_no_tries(engine):
    clock = FakeClock()
    limiter = engine(clock.tick, {**LIMITS, "code": Limit(1.0, 1)})

    async def story():
        assert await limiter.take("code", "a")
        clock.jump(1e6)
        assert not await limiter.take("code", "a")

    patiently(story())


# --- one after the other
@by_engine(LOCKS)
def test_who_holds_a_lock_is_alone_and_the_next_comes_in_order(engine):
    locks, done = engine(), []

    async def one(name, begun, go_on):
        async with locks.hold("room"):
            done.append(f"{name} in")
            begun.set()
            await go_on.wait()
            done.append(f"{name} out")

    async def story():
        begun, go_on = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(one("first", begun, go_on))
        await begun.wait()
        others = [asyncio.create_task(one(name, asyncio.Event(), go_on)) for name in ("second", "third")]
        async with locks.hold("another"):  # nobody waits for another name
            assert done == ["first in"]
        go_on.set()
        await asyncio.gather(first, *others)
        assert done == ["first in", "first out", "second in", "second out", "third in", "third out"]

    patiently(story())


@by_engine(LOCKS)
def test_a_lock_is_free_again_after_a_failure_and_after_one_who_gave_up_waiting(engine):
    locks = engine()

    async def wait_in_vain():
        async with locks.hold("room"):
            raise AssertionError("it is held")

    async def fail(waiting):
        async with locks.hold("room"):
            waiting.append(asyncio.create_task(wait_in_vain()))
            await asyncio.sleep(0)
            waiting[0].cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            raise ValueError("on purpose")

    async def story():
        waiting = []
        with pytest.raises(ValueError, match="on purpose"):
            await fail(waiting)
        assert waiting[0].cancelled()
        async with locks.hold("room"):
            pass

    patiently(story())


def test_a_lock_that_nobody_wants_takes_no_memory():
    locks = MemoryLocks()

    async def story():
        for number in range(100):
            async with locks.hold(f"room {number}"):
                pass

    patiently(story())
    assert not locks._locks


# --- who belongs to which room
class Table:
    """The table of members: how often it was read, and a read that can be held back."""

    def __init__(self, **rooms):
        self.rooms = {room: frozenset(accounts) for room, accounts in rooms.items()}
        self.reads = 0
        self.is_reading, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    async def load(self, room):
        self.reads += 1
        found = self.rooms.get(room)
        self.is_reading.set()
        await self.go_on.wait()
        return found


@by_engine(MEMBERS)
def test_members_are_read_once_and_then_known(engine):
    async def story():
        table = Table(website={"ada"})
        members = engine(table.load)
        assert members.known("website") is None
        assert [await members.of("website") for _ in range(2)] == [{"ada"}, {"ada"}]
        assert members.known("website") == {"ada"}
        assert table.reads == 1
        assert await members.of("nowhere") == frozenset()
        assert members.known("nowhere") is None

    patiently(story())


@by_engine(MEMBERS)
def test_a_change_that_overtakes_a_read_stays(engine):
    async def story():
        table = Table(website={"ada", "grace"})
        members = engine(table.load)
        table.go_on.clear()
        reading = asyncio.create_task(members.of("website"))
        await table.is_reading.wait()
        members.changed("website", frozenset({"ada"}))
        table.go_on.set()
        assert await reading == {"ada"}
        members.fill("website", frozenset({"ada", "grace"}))
        assert members.known("website") == {"ada"}

    patiently(story())


@by_engine(MEMBERS)
def test_what_is_forgotten_is_read_again(engine):
    async def story():
        table = Table(website={"ada"})
        members = engine(table.load)
        members.fill("website", frozenset({"grace"}))
        members.forget("website")
        members.forget("nowhere")
        assert await members.of("website") == {"ada"}

    patiently(story())


# --- who is connected
class Device:
    """A session, as far as a hub knows one."""

    def __init__(self):
        self.heard = []

    def tell(self, tell):
        self.heard.append((tell.re, type(tell)))

    def tell_text(self, text):
        self.heard.append((0, "RoomLeft" if "RoomLeft" in text else text))


@by_engine(HUBS)
def test_an_account_is_online_from_its_first_device_to_its_last(engine):
    hub, phone, laptop = engine(), Device(), Device()
    hub.add(phone)
    hub.add(laptop)
    assert not hub.is_online("ada")
    assert [hub.sign_in(phone, "ada"), hub.sign_in(laptop, "ada")] == [True, False]
    assert hub.of_account("ada") == {phone, laptop}
    assert [hub.sign_out(phone, "ada"), hub.sign_out(phone, "ada"), hub.is_online("ada")] == [False, False, True]
    assert [hub.sign_out(laptop, "ada"), hub.is_online("ada")] == [True, False]
    hub.remove(phone)
    hub.remove(phone)
    assert hub.sessions == {laptop}


@by_engine(HUBS)
def test_each_device_of_the_named_accounts_is_told_and_who_asked_is_answered(engine):
    hub, devices = engine(), {name: Device() for name in ("ada's phone", "ada's laptop", "grace's", "alan's")}
    for name, device in devices.items():
        hub.add(device)
        hub.sign_in(device, name.split("'")[0])
    hub.tell_accounts(("ada", "grace", "nobody"), RoomLeft(room="r"), Asker(devices["grace's"], 7))
    assert devices["grace's"].heard == [(7, RoomLeft)]
    assert devices["ada's phone"].heard == devices["ada's laptop"].heard == [(0, "RoomLeft")]
    assert devices["alan's"].heard == []


# --- clocks and timers
async def let_pass(clock, by_s):
    await (clock.pass_time(by_s) if isinstance(clock, FakeClock) else asyncio.sleep(by_s))


@by_engine(CLOCKS)
def test_timers_happen_in_the_order_of_their_times_unless_cancelled(engine):
    clock, done = engine(), []

    async def story():
        happened = asyncio.Event()
        clock.call_later(0.02, happened.set)
        clock.call_later(0.01, lambda: done.append("second"))
        clock.call_later(-1.0, lambda: done.append("first"))
        clock.call_later(0.0, lambda: done.append("never")).cancel()
        while not happened.is_set():
            await let_pass(clock, 0.03)
        assert done == ["first", "second"]

    patiently(story())


@by_engine(CLOCKS)
def test_the_clock_that_is_never_set_goes_on_with_a_sleep(engine):
    clock = engine()

    async def story():
        before = clock.tick()
        sleeping = asyncio.create_task(clock.sleep(0.01))
        while not sleeping.done():
            await let_pass(clock, 0.01)
        assert clock.tick() > before

    patiently(story())
