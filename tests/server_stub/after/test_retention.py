import asyncio
import dataclasses
import datetime
import functools
import logging
import sqlite3

import httpx
import msgspec
import pytest

from app.wire.accounts import SignIn
from app.wire.chat import PostChat
from app.wire.people import EndMeeting
from app.wire.privacy import AskDeletion, AskReceipt
from app.wire.recap import ListRecaps, OpenRecap, RecapReady, SummarySentence
from app.wire.recording import StartRecording, StopRecording
from app.wire.rooms import DeleteMessage, LeaveRoom, ListMessages, MeetingChanged, PostMessage, RenameRoom
from server_stub.after import retention
from server_stub.errors import StoreError
from server_stub.kernel import keeping, links
from server_stub.kernel.config import NOTICE_VERSION, KeepingLimits
from server_stub.post import mail
from server_stub.storage import audit, purge, sqlite
from tests.fakes.clock import START, FakeClock
from tests.fakes.recap_maker import FakeJob, FakeMaker
from tests.fakes.server_client import running_server
from tests.people import PASSWORD, ada_and_grace, alan_inside, film_ready, in_a_meeting, join, start
from tests.planning import DAY


def seconds(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp()


@pytest.mark.parametrize(
    ("ended", "expires"),
    [
        ("2026-01-15T10:00:00", "2026-07-15T10:00:00"),
        ("2026-08-31T23:59:59", "2027-02-28T23:59:59"),
        ("2027-08-31T00:00:00", "2028-02-29T00:00:00"),
        ("2026-12-31T12:00:00", "2027-06-30T12:00:00"),
    ],
)
def test_r57_r74_six_months_are_calendar_months_from_the_meetings_end(ended, expires):
    assert keeping.expiry(seconds(ended)) == seconds(expires)
    assert not keeping.is_expired(seconds(ended), seconds(expires) - 1)
    assert keeping.is_expired(seconds(ended), seconds(expires))
    assert not keeping.is_expired(None, seconds(expires))


def test_no_six_months_are_shorter_than_what_the_database_is_asked_for():
    days = [datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(days=n) for n in range(1500)]
    assert min(keeping.expiry(day.timestamp()) - day.timestamp() for day in days) >= keeping.AT_LEAST_S


CANARIES = ("CanaryTitle", "CanaryGuest", "CanaryChat", "CanarySummary", "CanaryFile", "CanaryReason")
#: The wall clock is believed some days after the first meeting has expired, so that both can be seen apart.
SLOW = KeepingLimits(settle_s=190 * DAY)
UNTIL_DAY_BEFORE = seconds("2027-05-22T09:00:00") - START


class CanaryJob(FakeJob):
    """Its recap says the words that nobody may find later."""

    async def finish(self, **times):
        recap = await super().finish(**times)
        (self.folder / "recap" / "transcript.vtt").write_text("CanaryFile")
        (self.folder / "recap" / "thumbnail.png").write_text("CanaryFile")
        sentence = SummarySentence(text="CanarySummary", evidence=())
        return msgspec.structs.replace(recap, summary=(sentence,))


class CanaryMaker(FakeMaker):
    def open(self, folder, people):
        self.jobs.append(CanaryJob(folder, people))
        return self.jobs[-1]


def timed(test):
    """A story of `test(server, clock)` with a clock that stands still."""

    def run(tmp_path):
        async def tell():
            clock = FakeClock()
            maker = CanaryMaker()
            async with (
                asyncio.timeout(60),
                running_server(tmp_path / "data", clock=clock, maker=maker, keeping=SLOW) as server,
            ):
                await test(server, clock)

        asyncio.run(tell())

    functools.update_wrapper(run, test)
    del run.__wrapped__
    return run


async def tell_all_canaries(server):
    """A recorded meeting with a guest that is over, and its recap: (ada, grace, card, every id of it)."""
    host, member, room = await ada_and_grace(server)
    await host.ask(RenameRoom(room=room, name="CanaryTitle"))
    card = await start(host, room)
    await host.ask(RenameRoom(room=room, name="Website"))
    await join(host, card.id, record=True)
    await join(member, card.id, notice_version=NOTICE_VERSION)
    guest = await alan_inside(server, host, card, name="CanaryGuest", notice_version=NOTICE_VERSION)
    await guest.ask(PostChat(meeting=card.id, text="CanaryChat", key="k1"))
    await host.ask(StopRecording(meeting=card.id))
    await host.ask(StartRecording(meeting=card.id))
    second = server.maker.jobs[1].folder.name
    await host.ask(EndMeeting(meeting=card.id))
    for recording in (card.id, second):
        await film_ready(member, recording)
    await host.ask(AskDeletion(recording=second, reason="CanaryReason"))
    await member.ask(PostMessage(room=room, text="This stays.", key="k2"))
    await server.backend.store.do(lambda c: audit.note(c, 0.0, "admin", "looked", card.id))
    return host, member, card, (card.id, second, guest.guest, *CANARIES)


def where(data, words):
    """Every place below a folder that holds one of the words, in a name or in the bytes."""
    found = set()
    for path in data.rglob("*"):
        text = path.read_bytes() if path.is_file() else b""
        found |= {f"{word} in {path.relative_to(data)}" for word in words if word.encode() in text or word in path.name}
    return found


async def get_file(server, client, recording):
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as web:
        path = f"/recap/{recording}/meeting.webm"
        return (await web.get(path, headers={"Authorization": f"Bearer {client.token}"})).status_code


async def settle(server):
    """Whatever the passing of time began is done."""
    await server.backend.store.do(lambda connection: None)
    await server.backend.keeper.look()


@timed
async def test_r57_r69_after_six_months_nothing_of_a_meeting_is_left_on_disk(server, clock):
    log_file = logging.FileHandler(server.backend.settings.data / "server.log")
    logging.getLogger("server_stub").addHandler(log_file)
    logging.getLogger("server_stub").setLevel(logging.INFO)
    try:
        _, member, card, words = await tell_all_canaries(server)
        data = server.backend.settings.data
        await mail_is_out(server, card.id)
        logging.getLogger("server_stub").info("a fault in %s, and again in %s", card.id, card.id)
        found = {one.split(" in ")[0] for one in where(data, words)}
        assert found == set(words), "the test must be able to find what it looks for"

        await clock.pass_time(UNTIL_DAY_BEFORE)
        await settle(server)
        assert (await member.ask(OpenRecap(meeting=card.id))).recap.summary[0].text == "CanarySummary"
        assert await get_file(server, member, card.id) == 200
        assert len((await member.ask(ListRecaps(room=card.room))).meetings) == 2

        await clock.pass_time(2 * DAY)
        await settle(server)
        assert await member.refused(OpenRecap(meeting=card.id)) == "not_found"
        assert await member.refused(OpenRecap(meeting=words[1])) == "not_found"
        assert await member.refused(AskReceipt(recording=card.id, kind="consent")) == "not_found"
        assert await member.refused(AskDeletion(recording=card.id)) == "not_found"
        assert await get_file(server, member, card.id) == 404
        assert (await member.ask(ListRecaps(room=card.room))).meetings == ()
        listed = (await member.ask(ListMessages(room=card.room))).messages
        assert not any(one.meeting for one in listed)
        assert not any("Canary" in one.text for one in listed)
        assert (data / "meetings" / card.id).exists(), "the clock is not believed yet"

        await clock.pass_time(10 * DAY)
        await settle(server)
        listed = (await member.ask(ListMessages(room=card.room))).messages
        assert [one.text for one in listed] == ["This stays."]
        assert where(data, words) == set()
        noted = await server.backend.store.do(audit.lines)
        lines = {(line.action, line.subject) for line in noted}
        assert {("meeting.expired", links.fingerprint(card.id)), ("looked", links.fingerprint(card.id))} <= lines
    finally:
        logging.getLogger("server_stub").removeHandler(log_file)
        logging.getLogger("server_stub").setLevel(logging.NOTSET)
        log_file.close()


@timed
async def test_a_message_that_is_taken_back_is_not_in_the_file_any_more(server, clock):
    host, _, room = await ada_and_grace(server)
    posted = (await host.ask(PostMessage(room=room, text="CanaryText " * 50, key="k1"))).message
    await host.ask(DeleteMessage(message=posted.id))
    database = server.backend.settings.data / "parley.sqlite"
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert b"CanaryText" not in database.read_bytes()


async def mail_is_out(server, about):
    """Waits until the recap's mails lie in the outbox; a task of the server carries them and tells nobody."""
    for _ in range(500):
        if len(mail.outbox_files(server.backend.settings, about)) >= 2:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("no mail came")


@timed
async def test_r69_a_meeting_without_recording_goes_too_and_so_does_a_room_of_nobody(server, clock):
    host, member, card = await in_a_meeting(server)
    await host.ask(PostChat(meeting=card.id, text="CanaryChat", key="k1"))
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
    await host.ask(PostMessage(room=card.room, text="CanaryText", key="k2"))
    for one in (member, host):
        await one.ask(LeaveRoom(room=card.room))
    await clock.pass_time(195 * DAY)
    await settle(server)
    await settle(server)
    assert where(server.backend.settings.data, (card.id, card.room, "CanaryChat", "CanaryText")) == set()


@timed
async def test_a_running_meeting_and_one_that_is_planned_are_never_touched(server, clock):
    _, _, card = await in_a_meeting(server, record=True)
    await clock.pass_time(195 * DAY)
    server.backend.keeper.watch = dataclasses.replace(server.backend.keeper.watch, due=0.0)
    assert await server.backend.keeper.look() == 0
    assert (server.backend.settings.meetings_folder / card.id).exists()


@timed
async def test_a_file_that_somebody_is_reading_goes_all_the_same(server, clock):
    _, member, card, _ = await tell_all_canaries(server)
    video = server.backend.settings.meetings_folder / card.id / "recap" / "meeting.webm"
    video.write_bytes(b"x" * 8_000_000)
    url = f"http://127.0.0.1:{server.port}/recap/{card.id}/meeting.webm"
    async with (
        httpx.AsyncClient(trust_env=False) as web,
        web.stream("GET", url, headers={"Authorization": f"Bearer {member.token}"}) as response,
    ):
        pieces = response.aiter_bytes(1000)
        assert len(await anext(pieces)) == 1000
        await clock.pass_time(195 * DAY)
        await settle(server)
        assert not video.exists()


def test_r69_a_clock_that_jumps_a_year_ahead_and_back_deletes_nothing(tmp_path):
    async def tell():
        clock = FakeClock()
        async with asyncio.timeout(60), running_server(tmp_path / "data", clock=clock) as server:
            host, member, card = await in_a_meeting(server, record=True)
            await host.ask(EndMeeting(meeting=card.id))
            await member.expect(RecapReady)
            for _ in range(30):
                await clock.pass_time(3600)
                await settle(server)
            assert server.backend.keeper.watch.wait_s == 0
            clock.jump(366 * DAY)
            for _ in range(23):
                await clock.pass_time(3600)
                await settle(server)
            assert await member.refused(OpenRecap(meeting=card.id)) == "not_found"
            clock.jump(-366 * DAY)
            for _ in range(30):
                await clock.pass_time(3600)
                await settle(server)
            opened = await member.ask(OpenRecap(meeting=card.id))
            assert opened.recap is not None
            assert (server.backend.settings.meetings_folder / card.id / "recap" / "meeting.webm").exists()

    asyncio.run(tell())


def test_r69_after_seven_months_off_reading_is_refused_at_once_and_all_is_gone_a_day_later(tmp_path):
    async def tell():
        async with asyncio.timeout(60), running_server(tmp_path / "data", clock=FakeClock()) as server:
            host, member, card = await in_a_meeting(server, record=True)
            await host.ask(EndMeeting(meeting=card.id))
            await member.expect(RecapReady)
        clock = FakeClock(START + 213 * DAY)
        async with asyncio.timeout(60), running_server(tmp_path / "data", clock=clock) as server:
            folder = server.backend.settings.meetings_folder / card.id
            client = await server.connect()
            await client.ask(SignIn(email="ada@example.org", password=PASSWORD))
            assert await client.refused(OpenRecap(meeting=card.id)) == "not_found"
            for _ in range(23):
                await clock.pass_time(3600)
                await settle(server)
            assert folder.exists()
            for _ in range(2):
                await clock.pass_time(3600)
                await settle(server)
            assert not folder.exists()
            assert where(tmp_path / "data", (card.id,)) == set()

    asyncio.run(tell())


@pytest.mark.logs_warnings
@timed
async def test_files_that_cannot_be_deleted_now_are_deleted_at_the_next_look(server, clock):
    _, member, card, _ = await tell_all_canaries(server)
    real = retention._remove

    def refuse(folder):
        raise PermissionError(13, "in use")

    retention._remove = refuse
    try:
        await clock.pass_time(195 * DAY)
        await settle(server)
        assert await member.refused(OpenRecap(meeting=card.id)) == "not_found"
        assert await server.backend.store.do(purge.known_recordings) >= {card.id}
    finally:
        retention._remove = real
    await settle(server)
    assert not (server.backend.settings.meetings_folder / card.id).exists()
    assert card.id not in await server.backend.store.do(purge.known_recordings)


@timed
async def test_a_crash_before_the_database_was_rewritten_is_made_up_for(server, clock):
    words = (await tell_all_canaries(server))[3]
    real = sqlite.wipe

    def crash(database):
        raise StoreError("The database could not be rewritten: database is locked.")

    sqlite.wipe = crash
    try:
        await clock.pass_time(195 * DAY)
        await settle(server)
    finally:
        sqlite.wipe = real
    assert await server.backend.store.do(purge.is_wipe_due)
    await settle(server)
    assert not await server.backend.store.do(purge.is_wipe_due)
    assert where(server.backend.settings.data, words) == set()


@timed
async def test_r69_a_mail_that_could_not_be_deleted_is_deleted_by_the_next_look(server, clock):
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady)
    await mail_is_out(server, card.id)
    clock.jump(200 * DAY)
    keeper = server.backend.keeper
    keeper.watch = dataclasses.replace(keeper.watch, now=clock.now(), due=clock.tick())
    real, tries = retention._drop_mails, []

    def drop(backend, ids):
        tries.append(ids)
        if len(tries) == 1:
            raise PermissionError("somebody reads it")
        real(backend, ids)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "_drop_mails", drop)
        with pytest.raises(PermissionError):
            await keeper.look()
    assert mail.outbox_files(server.backend.settings, card.id)
    await keeper.look()
    assert not mail.outbox_files(server.backend.settings, card.id)
