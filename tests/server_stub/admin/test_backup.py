import asyncio
import os
import shutil
import sqlite3
import tarfile

import httpx
import pytest

from app.wire.accounts import AcceptTerms, Resume, SignInOwner
from app.wire.people import EndMeeting
from app.wire.privacy import AskReceipt
from app.wire.recap import ListRecaps, OpenRecap
from app.wire.recording import RecordingStarted
from app.wire.rooms import InviteMember, JoinRoom, ListMessages, PostMessage, RemoveMember, RoomChanged
from server_stub.admin import backup as files
from server_stub.admin.backup import BackupError
from server_stub.after.recap_form import to_rows
from server_stub.errors import FolderInUse
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.storage import audit, purge, recaps
from server_stub.storage.store import transaction
from tests.fakes.server_client import running_server
from tests.people import film_ready, in_a_meeting, join, make_room, sign_up, start

SECRET = "0123456789abcdef0123"


def run(story):
    async def tell():
        async with asyncio.timeout(60):
            return await story()

    return asyncio.run(tell())


async def get_video(server, token, recording):
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as web:
        return (await web.get(f"/recap/{recording}/meeting.webm", headers=headers)).content


async def seen(server, token, room):
    """What a member sees of a room: names, messages, recaps, bytes of the video, and their receipt."""
    client = await server.connect()
    signed_in = await client.ask(Resume(token=token))
    names = [(info.name, [member.name for member in info.members]) for info in signed_in.rooms]
    texts = [(one.id, one.kind, one.text) for one in (await client.ask(ListMessages(room=room))).messages]
    recaps = [one.id for one in (await client.ask(ListRecaps(room=room))).meetings]
    opened = [(await client.ask(OpenRecap(meeting=one))).recap for one in recaps]
    videos = [await get_video(server, token, one) for one in recaps]
    receipts = [(await client.ask(AskReceipt(recording=one, kind="consent"))).receipt for one in recaps]
    return names, texts, opened, videos, receipts


async def made_again(server, recap, at):
    """The recap was another one at a moment, and was made again as it is now."""
    present = to_rows(recap, server.backend.now())

    def work(connection):
        recaps.drop(connection, (recap.meeting,))
        recaps.keep(connection, to_rows(recap, at))
        recaps.keep(connection, present)

    await server.backend.store.do(work)


async def keep_writing(host, room, file, *, is_busy, is_over):
    """Messages into a room and bytes into a file until it is over; busy after the second."""
    number = 0
    while not is_over.is_set():
        number += 1
        await host.ask(PostMessage(room=room, text=f"number {number}", key=f"w{number}"))
        with file.open("ab") as growing:
            growing.write(b"more ")
        if number > 1:
            is_busy.set()


def test_a_backup_of_a_busy_server_restores_to_the_same_rooms_and_recaps(tmp_path):
    archive = tmp_path / "parley.tar"

    async def before():
        async with running_server(tmp_path / "data") as server:
            host, member, card = await in_a_meeting(server, record=True)
            await host.ask(EndMeeting(meeting=card.id))
            await film_ready(member, card.id)
            recap = (await member.ask(OpenRecap(meeting=card.id))).recap
            await made_again(server, recap, 5.0)
            known = await seen(server, member.token, card.room)
            # A second meeting is being recorded, and messages are written all the time.
            second = await start(host, card.room, key="start-2")
            await join(host, second.id, record=True)
            await host.expect(RecordingStarted, lambda tell: tell.meeting == second.id)
            growing = server.backend.settings.meetings_folder / second.id / "ada.mkv"
            growing.write_bytes(b"first ")
            is_over, is_busy = asyncio.Event(), asyncio.Event()
            writing = asyncio.create_task(keep_writing(host, card.room, growing, is_busy=is_busy, is_over=is_over))
            await is_busy.wait()
            await asyncio.to_thread(files.backup, tmp_path / "data", archive)
            is_over.set()
            await writing
            return known, member.token, card.room

    known, token, room = run(before)
    if os.name == "posix":
        assert archive.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    files.restore(archive, tmp_path / "again")
    if os.name == "posix":
        restored = [tmp_path / "again", *(tmp_path / "again").rglob("*")]
        assert [path for path in restored if path.stat().st_mode & 0o077] == []

    async def after():
        async with running_server(tmp_path / "again") as server:
            names, texts, opened, videos, receipts = await seen_of_first(server, token, room)
            assert (names, opened, videos, receipts) == (known[0], known[2], known[3], known[4])
            assert texts[: len(known[1])] == known[1]

    async def seen_of_first(server, token, room):
        client = await server.connect()
        signed_in = await client.ask(Resume(token=token))
        listed = (await client.ask(ListRecaps(room=room))).meetings
        assert [one.recap for one in listed] == ["generating", "ready"], "what was being recorded is made up for"
        first = listed[1].id
        assert [one.at for one in (await client.ask(OpenRecap(meeting=first))).earlier] == [5.0]
        names = [(info.name, [member.name for member in info.members]) for info in signed_in.rooms]
        texts = [(one.id, one.kind, one.text) for one in (await client.ask(ListMessages(room=room))).messages]
        opened = [(await client.ask(OpenRecap(meeting=first))).recap]
        receipts = [(await client.ask(AskReceipt(recording=first, kind="consent"))).receipt]
        return names, texts, opened, [await get_video(server, token, first)], receipts

    run(after)


def test_what_does_not_belong_into_a_backup_is_left_out(tmp_path):
    async def story():
        async with running_server(tmp_path / "data") as server:
            await sign_up(server, email="ada@example.org", name="Ada")

    run(story)
    data = tmp_path / "data"
    for name in ("models/base/model.bin", "server.log.1", "meetings/vunknown/a.mkv", "outbox/r1.e1.eml", ".x.new"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text("x")
    (data / "link").symlink_to("/etc/passwd")
    files.backup(data, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert sorted(tar.getnames()) == ["manifest.json", "outbox/r1.e1.eml", "parley.sqlite", "receipt-key.pem"]


def test_no_backup_without_data_and_none_inside_the_data(tmp_path):
    with pytest.raises(BackupError, match="no Parley server data"):
        files.backup(tmp_path, tmp_path / "b.tar")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "parley.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(BackupError, match="outside"):
        files.backup(tmp_path / "data", tmp_path / "data" / "b.tar")
    with pytest.raises(BackupError, match="could not be made"):
        files.backup(tmp_path / "data", tmp_path / "b.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


async def embedded_story(data):
    """The owner of an embedded server and a guest account of it record a meeting; (room, recording)."""
    async with running_server(data, secret=SECRET) as server:
        owner = await server.connect()
        signed_in = await owner.ask(SignInOwner(secret=SECRET, name="Ada"))
        owner.account, owner.token = signed_in.account, signed_in.token
        await owner.ask(AcceptTerms(version=1))
        member = await sign_up(server, email="grace@example.org", name="Grace")
        other = await sign_up(server, email="linus@example.org", name="Linus")
        room = await make_room(owner, member, other)
        await member.ask(PostMessage(room=room, text="Hello.", key="k1"))
        card = await start(owner, room)
        await join(owner, card.id, record=True)
        await join(member, card.id, notice_version=NOTICE_VERSION)
        await owner.ask(EndMeeting(meeting=card.id))
        await film_ready(member, card.id)
        await other.ask(PostMessage(room=room, text="Nice.", key="k2"))
        return room, card.id


def dump(data):
    """Everything in a database and the files beside it, to compare."""
    connection = sqlite3.connect(data / "parley.sqlite")
    rows = list(connection.iterdump())
    connection.close()
    return rows, sorted(str(path.relative_to(data)) for path in (data / "meetings").rglob("*"))


async def resumed(server, token):
    client = await server.connect()
    client.rooms = (await client.ask(Resume(token=token))).rooms
    return client


async def take_out(owner, room, name):
    """The owner of a room takes somebody out of it."""
    account = next(one.id for info in owner.rooms if info.id == room for one in info.members if one.name == name)
    assert isinstance(await owner.ask(RemoveMember(room=room, account=account)), RoomChanged)


def test_an_embedded_servers_data_moves_into_a_teams_server(tmp_path):
    team, archive = tmp_path / "team", tmp_path / "embedded.tar"

    async def prepare():
        room, recording = await embedded_story(tmp_path / "embedded")
        async with running_server(team) as server:
            ada = await sign_up(server, email="ada@team.example", name="Ada Lovelace")
            grace = await sign_up(server, email="grace@example.org", name="Grace Hopper")
            await make_room(ada, grace, name="Team")
            with pytest.raises(FolderInUse):
                await asyncio.to_thread(files.import_, archive, team, "ada@team.example")
            return room, recording, ada, grace

    room, recording, ada, grace = run(prepare)
    files.backup(tmp_path / "embedded", archive)
    with pytest.raises(BackupError, match="no account with the address"):
        files.import_(archive, team, "nobody@team.example")
    assert not list((team / "meetings").iterdir())
    report = files.import_(archive, team, "Ada@Team.example")
    assert report.merged.matched == 2
    assert {name: report.merged.added[name] for name in ("accounts", "rooms", "members", "recordings", "messages")} == {
        "accounts": 1, "rooms": 1, "members": 3, "recordings": 1, "messages": 4,
    }  # fmt: skip
    assert "1 accounts" in report.words

    async def after():
        async with running_server(team) as server:
            for who in (ada, grace):
                names, texts, opened, videos, _ = await seen(server, who.token, room)
                assert sorted(name for name, _ in names) == ["Team", "Website"]
                assert [text for _, kind, text in texts if kind == "text"] == ["Hello.", "Nice."]
                assert videos == [bytes(range(200))]
                assert ada.account.id in {person.id for person in opened[0].people}
            client = await resumed(server, ada.token)
            newcomer = await sign_up(server, email="eve@example.org", name="Eve")
            await newcomer.ask(JoinRoom(code=(await client.ask(InviteMember(room=room))).code))
            assert (await newcomer.ask(OpenRecap(meeting=recording))).recap.engine == "fake"
            posted = await newcomer.ask(PostMessage(room=room, text="Hello from me.", key="k9"))
            assert posted.message.author == newcomer.account.id
            listed = (await client.ask(ListMessages(room=room))).messages
            assert [one.author_name for one in listed if one.kind == "text"] == ["Grace", "Linus", "Eve"]
            assert [one.author for one in listed if one.text == "Hello."] == [grace.account.id]
            noted = [line.action for line in await server.backend.store.do(audit.lines)]
            assert noted.count("data.imported") == 1

            await take_out(client, room, "Linus")

    run(after)
    before = dump(team)
    again = files.import_(archive, team, "ada@team.example")
    assert "already" in again.words
    assert dump(team) == before
    assert [path.name for path in team.iterdir() if path.name.startswith(".import")] == []

    with transaction(f"sqlite:///{team / 'parley.sqlite'}") as connection:
        purge.empty_recording(connection, recording, "deleted")
    shutil.rmtree(team / "meetings" / recording)
    before = dump(team)
    files.import_(archive, team, "ada@team.example")
    assert dump(team) == before, "what was deleted here does not come back"


def test_an_import_that_breaks_off_leaves_the_team_as_it_was_and_can_be_done_again(tmp_path, monkeypatch):
    team, archive = tmp_path / "team", tmp_path / "embedded.tar"

    async def prepare():
        await embedded_story(tmp_path / "embedded")
        async with running_server(team) as server:
            await sign_up(server, email="ada@team.example", name="Ada")

    run(prepare)
    files.backup(tmp_path / "embedded", archive)
    rows = dump(team)[0]

    def crash(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "note", crash)
        with pytest.raises(BackupError, match="No space left"):
            files.import_(archive, team, "ada@team.example")
    assert dump(team)[0] == rows
    report = files.import_(archive, team, "ada@team.example")
    assert report.merged.added["recordings"] == 1
    assert list((team / "meetings").glob("*/recap/meeting.webm"))
