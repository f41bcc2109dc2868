"""The language model over the real server: named before anybody agrees, asked only then, and never believed."""

import asyncio
import json
import logging
import re
import time
from dataclasses import replace

import pytest

from app.wire.accounts import Greeting, Hello
from app.wire.codec import PROTOCOL
from app.wire.language_model import LanguageModel, model_words
from app.wire.people import EndMeeting
from app.wire.privacy import ReceiptGiven
from app.wire.recap import OpenRecap
from app.wire.recording import AcceptRecording, StartRecording
from app.wire.rooms import MeetingChanged
from server_stub.call.media import VoiceHeard
from server_stub.kernel.config import NOTICE_VERSION, ServerSettings
from server_stub.recap.model_server import read_server
from server_stub.serving import RecapMaker
from tests.fakes.model_server import ModelServer, chat, http, minutes
from tests.fakes.recap_maker import FakeMaker
from tests.fakes.server_client import running_server, story
from tests.patience import PATIENCE_S
from tests.people import ada_and_grace, alan, in_a_meeting, join, joining, recap_fails, start
from tests.server_stub.recap.conftest import DATA, read_packets

ENDS = ("ready", "failed")
KEY = "sk-very-secret-0123"
HERE = read_server("http://127.0.0.1:9", "tiny")
TOLD = (
    "The recap is written with a language model at 127.0.0.1:9 (tiny): what is said, and who says it, is sent there as "
    "text."
)
_LINE = re.compile(r"\[(u\d+)\] ([^:]+): (.*)")


async def greeting(client):
    told = await client.ask(Hello(version="1", protocol=PROTOCOL))
    assert isinstance(told, Greeting)
    return told


@story(language_model=HERE)
async def test_the_notice_that_names_it_is_another_one_and_receipts_repeat_its_words(server):
    host, member, room = await ada_and_grace(server)
    told = await greeting(host)
    assert told.language_model == LanguageModel(host="127.0.0.1:9", model="tiny")
    assert told.notice_version != NOTICE_VERSION
    card = await start(host, room)
    await join(host, card.id, record=True)
    # Who has read another notice has not agreed to this one.
    assert await member.refused(joining(card.id, notice_version=NOTICE_VERSION)) == "notice_needed"
    guest = await alan(server, card, notice_version=told.notice_version)
    assert guest
    await join(member, card.id, notice_version=told.notice_version)
    for one in (host, member):
        receipt = json.loads((await one.expect(ReceiptGiven)).receipt.body)
        assert (receipt["language_model"], receipt["notice_version"]) == (TOLD, told.notice_version)


@story(language_model=HERE)
async def test_who_is_in_the_meeting_agrees_to_the_notice_that_names_it(server):
    host, member, card = await in_a_meeting(server)
    await host.ask(StartRecording(meeting=card.id))
    assert await member.refused(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION)) == "notice_needed"
    version = (await greeting(member)).notice_version
    await member.ask(AcceptRecording(meeting=card.id, notice_version=version))
    assert json.loads((await member.expect(ReceiptGiven)).receipt.body)["language_model"] == TOLD


@story()
async def test_without_one_nothing_is_said_of_it(server):
    host, member, card = await in_a_meeting(server, record=True)
    told = await greeting(host)
    assert (told.language_model, told.notice_version) == (None, NOTICE_VERSION)
    for one in (host, member):
        assert "language_model" not in json.loads((await one.expect(ReceiptGiven)).receipt.body)
    assert card


@pytest.mark.parametrize(
    ("after", "is_asked"),
    [
        (HERE, True),
        (replace(HERE, key=KEY), True),
        (replace(HERE, model="other"), False),
        (read_server("http://127.0.0.1:10", "tiny"), False),
        (None, False),
    ],
)
def test_another_model_is_not_asked_about_what_was_agreed_to_before(tmp_path, after, is_asked):
    async def work():
        maker = FakeMaker()
        maker.next_fails = True
        async with running_server(tmp_path, maker=maker, language_model=HERE) as server:
            host, member, room = await ada_and_grace(server)
            card = await start(host, room)
            await join(host, card.id, record=True)
            await join(member, card.id, notice_version=(await greeting(member)).notice_version)
            await recap_fails(host, card)
        again = FakeMaker()
        again.may_remake.set()
        async with running_server(tmp_path, maker=again, language_model=after) as server, asyncio.timeout(PATIENCE_S):
            while not again.remade:  # noqa: ASYNC110 - the server makes it by itself
                await asyncio.sleep(0.01)
        assert again.asked == [is_asked]

    asyncio.run(work())


def test_what_was_agreed_to_without_a_model_is_sent_to_none(tmp_path):
    async def work():
        maker = FakeMaker()
        maker.next_fails = True
        async with running_server(tmp_path, maker=maker) as server:
            host, _, card = await in_a_meeting(server, record=True)
            await recap_fails(host, card)
        again = FakeMaker()
        again.may_remake.set()
        async with running_server(tmp_path, maker=again, language_model=HERE), asyncio.timeout(PATIENCE_S):
            while not again.remade:  # noqa: ASYNC110 - the server makes it by itself
                await asyncio.sleep(0.01)
        assert again.asked == [False]

    asyncio.run(work())


async def _echoes(writer, body):
    """Tells every line again as a sentence, and one lie."""
    lines = [_LINE.match(line).groups() for line in body["messages"][1]["content"].splitlines()]
    told = [(f"{who} said {text[:1].lower()}{text[1:]}", id) for id, who, text in lines]
    writer.write(http(chat(minutes([*told, ("Ada said she pays 9000 euros.", lines[0][0])]))))


def write_index(folder, meeting, *people):
    """What a relay notes of a recording."""
    named = [{"id": one.account.id, "name": one.account.name, "file": f"{one.account.id}.mkv"} for one in people]
    index = {"meeting": meeting, "started_at": time.time(), "people": named}
    (folder / "recording.json").write_text(json.dumps(index))


async def meeting_with(tmp_path, model):
    """(the recap, who was asked) of a meeting of Ada and Grace on a server with or without a language model."""
    async with ModelServer(_echoes) as asked:
        chosen = read_server(asked.url, "tiny", key=KEY) if model else None
        settings = ServerSettings(data=tmp_path, language_model=chosen)
        async with running_server(tmp_path, maker=RecapMaker(settings), language_model=chosen) as server:
            host, member, room = await ada_and_grace(server)
            card = await start(host, room)
            version = (await greeting(member)).notice_version
            await join(host, card.id, record=True)
            await join(member, card.id, notice_version=version)
            await member.settle()
            for name, one in (("ada", host), ("grace", member)):
                for at_s, opus in read_packets(DATA / f"{name}.opus"):
                    server.backend.events.say(VoiceHeard(card.id, one.account.id, at_s, opus))
            write_index(server.relay.folders[0], card.id, host, member)
            assert asked.asked == []
            await host.ask(EndMeeting(meeting=card.id))
            done = await host.expect(
                MeetingChanged, lambda tell: tell.meeting.recap in ("ready", "failed"), within_s=100
            )
            assert done.meeting.recap == "ready", done
            recap = (await host.ask(OpenRecap(meeting=card.id))).recap
            await host.expect(MeetingChanged, lambda tell: tell.meeting.film in ("none", "ready", "failed"))
        return recap, asked


@pytest.mark.parametrize("model", [True, False])
def test_a_recap_is_written_with_it_where_it_was_set_up_and_only_there(tmp_path, caplog, model):
    caplog.set_level(logging.DEBUG)
    recap, server = asyncio.run(asyncio.wait_for(meeting_with(tmp_path, model), 180))
    assert len(recap.transcript) == 5
    said = [f"[{one.id}] {one.speaker}: {one.text}" for one in recap.transcript]
    if not model:
        assert not server.connected.is_set()
        assert "language model" not in f"{recap.trust} {' '.join(recap.notes)}"
        return
    ((_, headers, body),) = server.asked
    assert headers["authorization"] == f"bearer {KEY}"
    assert body["messages"][1]["content"].splitlines() == said
    assert any("of the language model" in note for note in recap.notes)
    assert not any("9000" in each.text for each in recap.summary)
    ours = [one.getMessage() for one in caplog.records if one.name.split(".")[0] in ("app", "server_stub", "httpx")]
    assert not [line for line in ours if KEY in line or any(one.text in line for one in recap.transcript)]
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_words_and_version_follow_the_model(tmp_path):
    made = [ServerSettings(data=tmp_path, language_model=each) for each in (None, HERE, replace(HERE, model="other"))]
    assert len({one.notice_version for one in made}) == 3
    assert all(one.model_words == model_words(one.model_told) for one in made)
    assert all(one.notice_version < 2**31 for one in made)
