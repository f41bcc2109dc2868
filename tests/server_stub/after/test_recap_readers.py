"""Who may read what of a recap, and who is told of it."""

import asyncio
import contextlib
import email
import json
import os
import re

import httpx
import msgspec
import pytest

from app.wire.accounts import AcceptTerms, SignOut, SignUp
from app.wire.notices import NoticeTold
from app.wire.people import EndMeeting, LeaveMeeting, MeetingEnded
from app.wire.privacy import AskReceipt
from app.wire.recap import ListRecaps, OpenRecap, RecapReady, SummarySentence
from app.wire.recording import StartRecording
from app.wire.rooms import (
    CreateRoom,
    InviteMember,
    JoinRoom,
    LeaveRoom,
    ListMessages,
    MeetingChanged,
    MessagePosted,
    RemoveMember,
)
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.post import mail
from server_stub.recap.compose import Material, compose
from server_stub.recap.filmed import Films
from server_stub.recap.store import Heard, Person, Recording
from server_stub.recap.transcript import Spoken
from tests.fakes.recap_maker import FakeJob, FakeMaker
from tests.fakes.server_client import child_server, client_of, story
from tests.people import PASSWORD, alan_inside, film_ready, in_a_meeting, join, sign_up, start

FILES = ("meeting.webm", "reel.webm", "recap.md", "transcript.vtt")
SAID = "SecretWords"


class TellingJob(FakeJob):
    """Its recap has everything that a recap can have."""

    async def finish(self, **times):
        recap = await super().finish(**times)
        for name in FILES[1:]:
            (self.folder / "recap" / name).write_text(SAID)
        summary = (SummarySentence(text=SAID, evidence=()),)
        return msgspec.structs.replace(recap, summary=summary)


class TellingMaker(FakeMaker):
    films = Films(reel_s=1.0, after_s=3.0)

    def open(self, folder, people):
        self.jobs.append(TellingJob(folder, people))
        return self.jobs[-1]


async def get(server, recording, name, token):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as web:
        return await web.get(f"/recap/{recording}/{name}", headers=headers)


async def recap_ready(server):
    """(ada, grace, a guest who was inside, card) of a recorded meeting that is over."""
    host, member, card = await in_a_meeting(server, record=True)
    guest = await alan_inside(server, host, card, notice_version=NOTICE_VERSION)
    await host.ask(EndMeeting(meeting=card.id))
    for one in (host, member):
        await one.expect(RecapReady)
        await film_ready(one, card.id)
    return host, member, guest, card


def reading(card, recording=None):
    """Every request that gives something of a recap."""
    recording = recording or card.id
    asks = (OpenRecap(meeting=recording), AskReceipt(recording=recording, kind="consent"))
    return (*asks, AskReceipt(recording=recording, kind="deletion"))


async def is_kept_out(server, client, token, card, recording=None):
    """Whether every way to a recap is closed, and not a byte of it was told."""
    for ask in reading(card, recording):
        assert await client.refused(ask) in ("not_found", "not_signed_in"), ask
    if recording is None:
        assert await client.refused(ListRecaps(room=card.room)) in ("not_found", "not_signed_in")
        assert await client.refused(ListMessages(room=card.room)) in ("not_found", "not_signed_in")
    for name in (*FILES, "recap.json"):
        answer = await get(server, recording or card.id, name, token)
        assert answer.status_code in (401, 404), name
        assert SAID not in answer.text
    return not [tell for tell in client.heard if SAID in repr(tell)]


@story(maker=TellingMaker())
async def test_r48_r66_only_who_belongs_to_the_room_now_reads_anything_of_a_recap(server):
    host, member, guest, card = await recap_ready(server)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    nobody = await server.connect()
    for one in (host, member):
        opened = await one.ask(OpenRecap(meeting=card.id))
        assert opened.recap.summary[0].text == SAID
        for name in FILES:
            assert (await get(server, card.id, name, one.token)).status_code == 200, name
    assert await is_kept_out(server, guest, guest.welcome.guest_token, card)
    assert await is_kept_out(server, stranger, stranger.token, card)
    assert await is_kept_out(server, nobody, "", card)
    assert await is_kept_out(server, nobody, "forged", card)
    host.heard.clear()
    assert await is_kept_out(server, host, host.token, card, recording="v" + "0" * 32)

    code = (await host.ask(InviteMember(room=card.room))).code
    await stranger.ask(JoinRoom(code=code))
    assert (await stranger.ask(OpenRecap(meeting=card.id))).recap.summary[0].text == SAID
    assert (await get(server, card.id, "transcript.vtt", stranger.token)).text == SAID
    assert await stranger.refused(AskReceipt(recording=card.id, kind="consent")) == "not_found", "she was not there"


@story(maker=TellingMaker())
async def test_r48_r66_who_left_or_was_removed_reads_nothing_any_more(server):
    host, member, _, card = await recap_ready(server)
    await host.ask(RemoveMember(room=card.room, account=member.account.id))
    member.heard.clear()
    assert await is_kept_out(server, member, member.token, card)
    await host.ask(LeaveRoom(room=card.room))
    host.heard.clear()
    assert await is_kept_out(server, host, host.token, card)


@story(maker=TellingMaker())
async def test_r48_a_token_that_was_signed_out_opens_no_file(server):
    _, member, _, card = await recap_ready(server)
    await member.ask(SignOut())
    assert (await get(server, card.id, "meeting.webm", member.token)).status_code == 401


async def mails_about(server, about, count):
    """What lies in the outbox, once there are so many; carried by a task of the server that tells nobody."""
    found = []
    for _ in range(500):
        if len(found := mail.outbox_files(server.backend.settings, about)) >= count:
            break
        await asyncio.sleep(0.01)
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


@story(maker=TellingMaker())
async def test_r56_r59_ready_then_message_then_one_notice_and_one_mail_for_each_member(server):
    host, member, guest, card = await recap_ready(server)
    for one in (host, member):
        told = (await one.expect(NoticeTold)).notices
        assert [(notice.kind, notice.subject, notice.room) for notice in told] == [("recap_ready", card.id, card.room)]
        at = [
            next(n for n, tell in enumerate(one.heard) if kind(tell))
            for kind in (
                lambda tell: isinstance(tell, MeetingChanged) and tell.meeting.recap == "ready",
                lambda tell: isinstance(tell, MessagePosted) and tell.message.kind == "recap",
                lambda tell: isinstance(tell, RecapReady),
                lambda tell: isinstance(tell, NoticeTold),
            )
        ]
        assert at == sorted(at)
    mails = await mails_about(server, card.id, 2)
    assert sorted(one["To"] for one in mails) == ["ada@example.org", "grace@example.org"]
    for one in mails:
        text = one.get_content()
        assert "Website" in one["Subject"]
        assert "sign in" in text
        assert SAID not in text
        assert host.token not in text
        assert not re.search(r"https?://\S*recap", text), "what is in a mail opens nothing by itself"
    assert not [tell for tell in guest.heard if isinstance(tell, NoticeTold | RecapReady)]


@pytest.mark.logs_warnings
@story(maker=TellingMaker())
async def test_a_fault_of_notices_costs_no_recap(server):
    real = mail.send

    async def fail(backend, **fields):
        raise OSError("no")

    mail.send = fail
    try:
        host, _, _, card = await recap_ready(server)
        assert (await host.ask(OpenRecap(meeting=card.id))).meeting.recap == "ready"
    finally:
        mail.send = real


@story(maker=TellingMaker())
async def test_r58_members_hear_of_the_recap_that_guests_never_hear_of(server):
    host, member, card = await in_a_meeting(server, record=True)
    guest = await alan_inside(server, host, card, notice_version=NOTICE_VERSION)
    await member.ask(LeaveMeeting(meeting=card.id))
    assert (await member.ask(OpenRecap(meeting=card.id))).recap is None
    progress = await member.expect(MeetingChanged, lambda tell: tell.meeting.recap == "generating")
    assert progress.meeting.recap_words
    await host.ask(EndMeeting(meeting=card.id))
    await guest.expect(MeetingEnded)
    for one in (host, member):
        await one.expect(RecapReady)
    await guest.settle()
    told = [tell for tell in guest.heard if isinstance(tell, RecapReady | MeetingChanged | MessagePosted)]
    assert told == []
    assert await guest.refused(OpenRecap(meeting=card.id)) == "not_signed_in"


@story(maker=TellingMaker())
async def test_r02_a_recap_names_the_engine_that_made_it_and_its_version(server):
    host, _, _, card = await recap_ready(server)
    recap = (await host.ask(OpenRecap(meeting=card.id))).recap
    assert (recap.engine, recap.engine_version) == ("fake", "1")


#: Every key that `recap.json` may hold, and no other: nothing that describes a face, a hand or a voice.
RECAP_KEYS = {
    "meeting", "engine", "engine_version", "trust", "started_at", "ended_at", "ready_after_s", "people", "transcript",
    "summary", "action_items", "highlights", "reel", "video", "notes",
    "id", "name", "speaker", "start_s", "end_s", "text", "confidence", "evidence", "owner", "due", "due_words",
    "certainty", "title", "reason", "marked_by", "file", "duration_s", "films_after_s", "topic", "checks",
}  # fmt: skip


def keys_of(value):
    if isinstance(value, dict):
        return set(value).union(*(keys_of(one) for one in value.values()))
    return set().union(*(keys_of(one) for one in value)) if isinstance(value, list) else set()


def test_r67_no_voice_print_and_no_measure_of_a_face_is_in_any_file_of_a_recap(tmp_path):
    spoken = Spoken(person="a", start_s=0.5, end_s=4.0, text="I will send the plan by Friday.", confidence=0.8)
    material = Material(
        meeting="m1", people={"a": "Ada"}, spoken=(spoken,), files={}, engine="e", engine_version="1", trust="",
        started_at=0.0, ended_at=15.0, last_left_at=20.0, zone="UTC", notes=(),
    )  # fmt: skip
    compose(material, tmp_path)
    written = json.loads((tmp_path / "recap.json").read_text())
    assert written["transcript"]
    assert keys_of(written) <= RECAP_KEYS
    assert {path.name for path in tmp_path.iterdir()} <= {"recap.json", *FILES}
    heard = Heard(engine="e", settled_s=4.0, spoken=spoken)
    assert keys_of(msgspec.to_builtins(heard)) == {
        "engine", "settled_s", "spoken", "person", "start_s", "end_s", "text", "confidence", "missing",
    }  # fmt: skip
    recording = Recording(meeting="m1", started_at=0.0, people=[Person(id="a", name="Ada", file="a.mkv")])
    known = {"meeting", "started_at", "people", "ended_at", "id", "name", "file", "screen", "shares"}
    assert keys_of(msgspec.to_builtins(recording)) == known


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_r65_everything_is_for_the_servers_user_only_and_lies_in_its_folder(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("TMPDIR", "HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(elsewhere))

    async def tell():
        data = tmp_path / "data"
        async with (
            asyncio.timeout(60),
            child_server(data) as child,
            contextlib.AsyncExitStack() as stack,
        ):
            client = await client_of(stack, child.port)
            await client.ask(SignUp(email="ada@example.org", name="Ada", kind="client", password=PASSWORD))
            await client.ask(AcceptTerms(version=1))
            room = (await client.ask(CreateRoom(name="Website"))).room.id
            card = await start(client, room)
            await join(client, card.id)
            assert (await client.ask(StartRecording(meeting=card.id))).meeting == card.id
            await client.ask(EndMeeting(meeting=card.id))
            await client.expect(MeetingChanged, lambda tell: tell.meeting.recap in ("ready", "failed"), within_s=40)
            assert await child.stop() == 0
        found = [data, *data.rglob("*")]
        assert {"parley.sqlite", "receipt-key.pem", "recording.json"} <= {path.name for path in found}
        for path in found:
            assert path.stat().st_mode & 0o077 == 0, path
        assert list(elsewhere.rglob("*")) == []

    asyncio.run(tell())
