"""What a hostile or a broken client sends closes that client, and nobody else notices."""

import asyncio
import contextlib

import pytest
import websockets

from app.wire.accounts import SignIn
from app.wire.codec import MAX_ASK_BYTES, PROTOCOL, decode_tell
from app.wire.errors import Refused
from app.wire.lobby import KnockWithdrawn
from app.wire.recording import RecordingStarted, StartRecording
from app.wire.rooms import MessagePosted, PostMessage, RoomChanged
from server_stub.errors import Refusal
from server_stub.kernel.config import ConnectionLimits
from server_stub.kernel.session import POLICY, Gone, Session, answered
from tests.fakes.server_client import story
from tests.patience import PATIENCE_S
from tests.people import ADA, PASSWORD, ada, ada_and_grace, in_a_meeting, join, make_room

HELLO = f'{{"ask": "Hello", "version": "1", "protocol": {PROTOCOL}, "request": %s}}'


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "malformed"),
        ("{", "malformed"),
        ("[]", "malformed"),
        ("null", "malformed"),
        ("NaN", "malformed"),
        ('{"ask": "Nothing"}', "malformed"),
        ('{"ask": "Hello", "version": "1", "protocol": NaN}', "malformed"),
        ('{"ask": "Hello", "version": "1", "protocol": 1e999}', "malformed"),
        ('{"ask": "Hello", "version": "1", "protocol": 1, "more": 1}', "malformed"),
        ('{"ask": "Hello", "version": "\\ud800", "protocol": 1}', "malformed"),
        (HELLO % "-1", "malformed"),
        ("[" * 60_000, "malformed"),
        ('{"ask":' * 10_000, "malformed"),
        (b"\xff\xfe\x00", "malformed"),
        ("x" * (MAX_ASK_BYTES + 1), "too_large"),
    ],
    ids=lambda said: repr(said)[:40],
)
def test_what_is_not_our_protocol_closes_the_offender_only(tmp_path, said, reason):
    @story()
    async def tell(server):
        good, bad = await server.connect(), await server.connect()
        await bad.socket.send(said)
        refused = await bad.expect(Refused)
        assert refused.reason == reason
        assert refused.words
        await bad.closed.wait()
        assert bad.socket.close_code == POLICY
        await good.settle()

    tell(tmp_path)


@story()
async def test_a_message_far_too_large_closes_the_offender_only(server):
    good, bad = await server.connect(), await server.connect()
    with contextlib.suppress(websockets.ConnectionClosed):
        await bad.socket.send("x" * 4 * MAX_ASK_BYTES)
    await bad.closed.wait()
    assert bad.socket.close_code == 1009
    await good.settle()


@story(connection=ConnectionLimits(messages_per_s=1, messages_at_once=5, patience=3))
async def test_a_flood_is_refused_and_then_closed(server):
    good, bad = await server.connect(), await server.connect()
    with contextlib.suppress(websockets.ConnectionClosed):
        for number in range(2, 30):
            await bad.socket.send(HELLO % number)
    await bad.closed.wait()
    reasons = [tell.reason for tell in bad.heard if isinstance(tell, Refused)]
    assert reasons == ["too_much"] * 3
    assert bad.socket.close_code == POLICY
    await good.settle()


@story(connection=ConnectionLimits(hello_within_s=0.1))
async def test_who_says_nothing_is_closed(server):
    silent = await server.connect(hello=False)
    await silent.closed.wait()
    assert silent.socket.close_code == POLICY


@story(connection=ConnectionLimits(ping_every_s=0.3, pong_within_s=1.5))
async def test_a_dead_connection_is_noticed(server):
    host, dead, _ = await ada_and_grace(server)
    dead.socket.transport.pause_reading()
    told = await host.expect(RoomChanged, lambda tell: not tell.room.members[-1].is_online)
    assert told.room.members[0].is_online
    dead.vanish()


class DeafPipe:
    """A client that says nothing and reads nothing."""

    def __init__(self):
        self.closed = None
        self.sending = asyncio.Event()

    async def receive(self):
        await asyncio.Event().wait()

    async def send(self, text):
        self.sending.set()
        await asyncio.Event().wait()

    async def close(self, code, words):
        self.closed = code


@pytest.mark.parametrize("limits", [ConnectionLimits(queue_messages=3), ConnectionLimits(queue_bytes=3000)])
def test_a_client_that_does_not_read_is_given_up_with_bounded_memory(limits):
    async def tell():
        session = Session(DeafPipe(), "", limits)
        task = asyncio.create_task(session.run(None))
        session.tell_text("x")
        await session._pipe.sending.wait()
        for _ in range(100):
            session.tell_text("x" * 1000)
        assert not session._queue
        async with asyncio.timeout(PATIENCE_S):
            await task

    asyncio.run(tell())


class TornPipe(DeafPipe):
    async def send(self, text):
        raise OSError("a fault of the library")


@pytest.mark.logs_warnings
def test_a_session_that_cannot_say_anything_any_more_ends_and_that_is_logged(caplog):
    async def tell():
        session = Session(TornPipe(), "", ConnectionLimits())
        task = asyncio.create_task(session.run(None))
        session.tell_text("x")
        async with asyncio.timeout(PATIENCE_S):
            await task

    asyncio.run(tell())
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == ["a session failed"]


class GonePipe(DeafPipe):
    async def receive(self):
        raise Gone


def test_a_client_that_goes_ends_its_session():
    async def tell():
        async with asyncio.timeout(PATIENCE_S):
            await Session(GonePipe(), "", ConnectionLimits()).run(None)

    asyncio.run(tell())


@pytest.mark.logs_warnings
@story()
async def test_a_fault_of_ours_is_told_in_plain_words_and_the_connection_goes_on(server):
    client = await ada(server)
    room = await make_room(client)

    async def break_down(work):
        raise ZeroDivisionError

    kept, server.backend.store.do = server.backend.store.do, break_down
    refused = await client.ask(PostMessage(room=room, text="x", key="k"))
    server.backend.store.do = kept
    assert refused.reason == "failed"
    assert "Zero" not in refused.words
    assert isinstance(await client.ask(PostMessage(room=room, text="x", key="k")), MessagePosted)


@story()
async def test_a_request_without_a_number_is_carried_out(server):
    host, member, room = await ada_and_grace(server)
    await host.socket.send(f'{{"ask": "PostMessage", "room": "{room}", "text": "x", "key": "k"}}')
    assert (await member.expect(MessagePosted)).message.text == "x"
    assert (await host.expect(MessagePosted)).re == 0


@story()
async def test_a_request_is_answered_also_when_its_news_no_longer_reach_who_asked(server):
    host, _, card = await in_a_meeting(server)
    server.relay.may_start.clear()
    asked = asyncio.create_task(host.refused(StartRecording(meeting=card.id)))
    await server.relay.starts.wait()
    other = await server.connect()
    await other.ask(SignIn(email=ADA["email"], password=PASSWORD))
    await join(other, card.id, moves=True)
    server.relay.may_start.set()
    assert (await other.expect(RecordingStarted)).by == host.account.id
    assert await asked == "not_found"


class OneAsk(DeafPipe):
    """Says Hello once, and keeps what is sent."""

    def __init__(self):
        super().__init__()
        self.said, self.sent = [HELLO % "1"], []

    async def receive(self):
        if not self.said:
            raise Gone
        return self.said.pop()

    async def send(self, text):
        self.sent.append(decode_tell(text))


class FailsAfterAnswering:
    def __init__(self, error):
        self.error = error

    async def handle(self, session, ask):
        session.tell(answered(KnockWithdrawn(), ask.request))
        raise self.error


@pytest.mark.logs_warnings
@pytest.mark.parametrize("error", [ZeroDivisionError(), Refusal("failed", "Too late.")])
def test_what_fails_after_the_answer_is_no_second_answer(error):
    async def tell():
        pipe = OneAsk()
        async with asyncio.timeout(PATIENCE_S):
            await Session(pipe, "", ConnectionLimits()).run(FailsAfterAnswering(error))
        assert pipe.sent == [KnockWithdrawn(re=1)]

    asyncio.run(tell())
