"""Messages that nobody should send: the socket is closed or the request refused, and nobody else notices."""

import asyncio
import contextlib
import unicodedata

import msgspec
import pytest
import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import __version__
from app.wire.accounts import Hello, Resume, SignUp
from app.wire.chat import PostChat
from app.wire.codec import PROTOCOL
from app.wire.errors import Refused
from app.wire.lobby import KnockHeard
from app.wire.rooms import CreateRoom, EditMessage, ListMessages, PostMessage, RenameRoom
from app.wire.schedule import ScheduleMeeting
from tests.fakes.server_client import TestServer, story
from tests.hostile import fuzz
from tests.hostile.cast import GUEST, HOST, OUTSIDER, PLAN, Cast, Told, ask, everything, quiet, server_of_the_cast
from tests.patience import PATIENCE_S
from tests.people import PASSWORD, ada, alan, in_a_meeting, knocking, make_room, sign_up

MIB = 1024 * 1024
HELLO = '{"ask": "Hello", "version": "1", "protocol": %s}'
POST = '{"ask": "PostMessage", "room": "r", "key": "k", "text": "%s"}'
SEE = '{"ask": "SeeNotices", "ids": [%s]}'
FULL = Hello(version=__version__, protocol=PROTOCOL)
CLOSES = {
    "1 MiB of text": "x" * MIB,
    "1 MiB of bytes": b"\x00" * MIB,
    "1 MiB in a field": HELLO % f'"{"x" * MIB}"',
    "a million deep": "[" * 1_000_000,
    "a million deep in a field": '{"ask":' * 140_000,
    "as deep as a message may be": HELLO % ("[" * 60_000),
    "no UTF-8": b'{"ask": "Hello", "version": "\xc3\x28", "protocol": 2}',
    "bytes of another order": HELLO.encode("utf-16"),
    "NaN": HELLO % "NaN",
    "Infinity": HELLO % "Infinity",
    "-Infinity": HELLO % "-Infinity",
    "1e999": HELLO % "1e999",
    "an integer of 100,000 digits": HELLO % ("9" * 100_000),
    "a lone surrogate": '{"ask": "Hello", "version": "\\ud800", "protocol": 2}',
    "a field twice, of two types": '{"ask": "Hello", "version": "1", "protocol": 2, "protocol": "2"}',
    "a tag twice": '{"ask": "Hello", "ask": "SignOut", "version": "1", "protocol": 2}',
    "a field too many": '{"ask": "Hello", "version": "1", "protocol": 2, "is_admin": true}',
    "a list": "[1]",
    "a string": '"Hello"',
    "nothing": "",
    "white space": " \n\t ",
    "two at once": (HELLO % 2) * 2,
    "a request number below zero": '{"ask": "Hello", "version": "1", "protocol": 2, "request": -1}',
    "a request number too large": '{"ask": "Hello", "version": "1", "protocol": 2, "request": 1e300}',
    "what the server tells": '{"told": "Refused", "reason": "failed", "words": ""}',
    "4,001 characters": POST % ("x" * 4001),
    "no characters": POST % "",
    "an id that is a path": '{"ask": "OpenRecap", "meeting": "../../x"}',
    "an id with a line break": '{"ask": "OpenRecap", "meeting": "v0\\n"}',
    "101 ids": SEE % ", ".join(['"n"'] * 101),
    "no ids": SEE % "",
}


def test_whoever_says_what_is_none_of_ours_is_closed_and_nobody_else_notices(tmp_path, monkeypatch):
    async def tell():
        async with asyncio.timeout(60), server_of_the_cast(tmp_path / "data") as server:
            cast = await Cast.gather(server)
            before, told = await everything(server), Told(monkeypatch)
            for name, said in CLOSES.items():
                bad = await server.connect()
                theirs = len(told.take())
                assert theirs == 1, name
                with contextlib.suppress(websockets.ConnectionClosed):
                    await bad.socket.send(said)
                async with asyncio.timeout(PATIENCE_S):
                    await bad.closed.wait()
                assert bad.socket.close_code in (1007, 1008, 1009), name
                assert len(told.take()) <= 1, name
                answers = [tell for tell in bad.heard if isinstance(tell, Refused)]
                assert all(one.reason in ("malformed", "too_large") for one in answers), name
            await quiet(server)
            assert await everything(server) == before
            await cast.ada.settle()

    asyncio.run(tell())


@story()
async def test_a_message_that_never_ends_is_cut_off(server):
    """In pieces, each of which is small enough."""
    good, bad = await server.connect(), await server.connect()

    async def pieces():
        while True:
            yield "x" * 65_536

    with pytest.raises(websockets.ConnectionClosed):
        await bad.socket.send(pieces())
    await bad.closed.wait()
    await good.settle()


@story()
async def test_pieces_are_put_together_and_empty_ones_do_no_harm(server):
    client = await server.connect()
    text = HELLO % PROTOCOL
    await client.socket.send([text[:5], "", "", text[5:]])
    await client.settle()
    assert len(client.heard) == 3


def unseen(text):
    return [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]


NAMES = (
    "\u202egnp.exe", "Ada\u2066\u202e\u2069",
    "A\x00d\x07a", "\x1b[31mAda\x1b[0m", "Ada\u200b\u200d\ufeff", "Ad\u2028a\u2029",
    "Ada\r\nBcc: x@y.z", "\U000e0041\U000e0042Ada", "A" + "\u00ad" * 20,
)  # fmt: skip


@story()
async def test_names_and_titles_hold_nothing_that_cannot_be_seen(server):
    for number, name in enumerate(NAMES):
        client = await server.connect()
        kept = await client.ask(SignUp(email=f"{number}@example.org", name=name, kind="client", password=PASSWORD))
        assert not unseen(kept.account.name), name
        room = (await client.ask(CreateRoom(name=name))).room
        renamed = (await client.ask(RenameRoom(room=room.id, name=name + "!"))).room
        assert not unseen(room.name + renamed.name), name
        planned = await client.ask(ScheduleMeeting(room=room.id, plan=titled(name), key="k"))
        shown = planned.words if isinstance(planned, Refused) else planned.meeting.title
        assert not unseen(shown), name


def titled(name):
    return msgspec.structs.replace(PLAN, title=name, starts="2027-06-01T10:00")


@story()
async def test_a_name_of_nothing_that_can_be_seen_is_none(server):
    host, _, card = await in_a_meeting(server)
    for name in ("\u202e", "\x00\x01", " \t ", "\u200b\u200b", "\ufeff", "\u2028"):
        client = await server.connect()
        assert await client.refused(knocking(card, name=name)) == "bad_name", name
        assert await host.refused(CreateRoom(name=name)) == "bad_name", name
    guest = await alan(server, card, name="\u202eAlan\u2066")
    await guest.settle()
    waiting = next(iter(server.backend.calls.find(card.id).meeting.waiting.values()))
    assert waiting.guest.name == "Alan"


@story()
async def test_texts_of_the_longest_kind_come_back_as_they_were(server):
    client = await ada(server)
    room = await make_room(client)
    for text in ("x" * 4000, "\U0001f600" * 4000, "\u00e9" * 4000):
        posted = await client.ask(PostMessage(room=room, text=text, key=f"k{ord(text[0])}"))
        assert posted.message.text == text
    decomposed = await client.ask(PostMessage(room=room, text="e\u0301" * 2000, key="d"))
    assert decomposed.message.text == "\u00e9" * 2000
    covered = await client.ask(PostMessage(room=room, text="a" + "\u0323" * 3999, key="m"))
    assert len(covered.message.text) <= 9


@story()
async def test_a_text_of_which_nothing_is_seen_is_no_message_and_changes_none(server):
    client = await ada(server)
    room = await make_room(client)
    posted = await client.ask(PostMessage(room=room, text="seen", key="s"))
    # The last one is of the wire's length, and three times as long as it is kept.
    for number, text in enumerate(("\x00", "\u202e" * 4000, "\ufeff", "\ufffc", "\U0001d160" * 4000)):
        assert await client.refused(PostMessage(room=room, text=text, key=f"k{number}")) == "malformed"
        assert await client.refused(EditMessage(message=posted.message.id, text=text)) == "malformed"
    assert [one.text for one in (await client.ask(ListMessages(room=room))).messages] == ["seen"]


@story()
async def test_a_key_is_good_for_its_author_and_place_alone(server):
    """A retry answers with what stands; nobody gets at another one's line by guessing its key."""
    host, member, card = await in_a_meeting(server)
    mine = (await host.ask(PostChat(meeting=card.id, text="mine", key="same"))).line
    other = (await member.ask(PostChat(meeting=card.id, text="other", key="same"))).line
    again = (await host.ask(PostChat(meeting=card.id, text="changed", key="same"))).line
    assert again == mine
    assert (other.text, other.author) == ("other", member.account.id)
    eve = await sign_up(server, email="eve@example.org", name="Eve")
    room = await make_room(eve, name="Another")
    theirs = (await host.ask(PostMessage(room=card.room, text="theirs", key="k"))).message
    hers = (await eve.ask(PostMessage(room=room, text="hers", key="k"))).message
    assert (hers.text, theirs.text) == ("hers", "theirs")


class Campaign:
    """One story for many made-up messages, on a loop of its own; `close` ends it."""

    def __init__(self, folder):
        self._runner = asyncio.Runner()
        self._stack = contextlib.AsyncExitStack()
        self._folder = folder
        self.cast = self.run(self._open())

    def run(self, coroutine):
        return self._runner.run(coroutine)

    async def _open(self):
        self.server: TestServer = await self._stack.enter_async_context(server_of_the_cast(self._folder))
        return await Cast.gather(self.server)

    async def well_formed(self, role, request):
        """Asks, and returns the answer; a connection that a request ended is made anew."""
        actor = self.cast.people[role]
        async with asyncio.timeout(20):
            answer = await ask(actor.client, request)
            await quiet(self.server)
        assert not (isinstance(answer, Refused) and answer.reason == "failed"), (role, request)
        assert not actor.client.closed.is_set(), (role, request)

    async def broken(self, text):
        """Says it on a connection of its own, which is closed, or answers as to any other request."""
        client = await self.server.connect()
        await client.ask(Resume(token=self.cast.people[OUTSIDER].token))
        with contextlib.suppress(websockets.ConnectionClosed, TimeoutError, KeyError):
            await client.socket.send(text)
            await client.settle()
        refusals = [tell for tell in client.heard if isinstance(tell, Refused)]
        assert all(one.reason != "failed" for one in refusals), text
        if client.closed.is_set():
            assert client.socket.close_code in (1007, 1008, 1009), text
            assert refusals, text
            assert refusals[-1].reason in ("malformed", "too_large"), text
        await client.close()
        await self.cast.ada.settle()

    def close(self):
        self.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture
def campaign(tmp_path):
    made = Campaign(tmp_path / "data")
    yield made
    made.close()


def campaigns(cases):
    return settings(
        max_examples=cases, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )


@pytest.mark.parametrize("role", [HOST, GUEST, OUTSIDER])
def test_no_well_formed_nonsense_breaks_the_server(campaign, role):
    try_well_formed(campaign, role, campaigns(100))


def try_well_formed(campaign, role, how):
    @how
    @given(fuzz.well_formed(campaign.cast))
    def run(request):
        campaign.run(campaign.well_formed(role, request))

    run()


def test_no_broken_message_breaks_the_server(campaign):
    try_broken(campaign, campaigns(200))


def try_broken(campaign, how):
    @how
    @given(fuzz.well_formed(campaign.cast), st.sampled_from(fuzz.WAYS), st.data())
    def run(request, way, data):
        campaign.run(campaign.broken(fuzz.broken(request, way, data)))

    run()


@story()
async def test_a_knock_with_the_longest_of_everything_is_heard(server):
    _, _, card = await in_a_meeting(server)
    client = await server.connect()
    heard = await client.ask(knocking(card, name="N" * 50, installation="i" * 64))
    assert isinstance(heard, KnockHeard)
    assert await client.refused(FULL.__class__(version="v" * 10_000, protocol=PROTOCOL + 1)) == "other_version"
