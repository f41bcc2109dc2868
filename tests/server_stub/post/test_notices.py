"""What a person should know, once."""

import asyncio
from email import message_from_bytes
from email.policy import default

from app.wire.accounts import Resume, SignedIn
from app.wire.notices import NoticesSeen, NoticeTold, SeeNotices
from app.wire.people import EndMeeting, LeaveMeeting
from app.wire.recap import OpenRecap, RecapReady
from app.wire.rooms import LeaveRoom, MeetingChanged, MessagePosted
from server_stub.post import notices
from server_stub.post.mail import Outbox
from server_stub.storage import mails as mails_table
from server_stub.storage import notices as notices_table
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import running_server, story
from tests.patience import PATIENCE_S
from tests.people import ada, ada_and_grace, in_a_meeting


async def second_device(server, client):
    other = await server.connect()
    assert isinstance(await other.ask(Resume(token=client.token)), SignedIn)
    return other


async def add(server, account, subject="m1", room="", kind="recap_ready"):
    await notices.add(server.backend, [account.account.id], kind, room=room, subject=subject, words="“Logo” is ready.")


async def told(*clients):
    """All notices that these have been told, each with whether it rang."""
    await settle(*clients)
    return [
        (notice.subject, tell.rings)
        for client in clients
        for tell in client.heard
        if isinstance(tell, NoticeTold)
        for notice in tell.notices
    ]


async def settle(*clients):
    for client in clients:
        await client.settle()


async def is_told(client):
    """Waits for what follows a sign-in, and returns the notices that came with it: (subject, rings)."""
    tell = await client.expect(NoticeTold)
    return [(notice.subject, tell.rings) for notice in tell.notices]


@story()
async def test_r56_one_device_rings_and_the_others_show_the_badge(server):
    host = await ada(server)
    other, third = await second_device(server, host), await second_device(server, host)
    await add(server, host)
    await add(server, host)  # the same once more
    assert sorted(await told(host, other, third)) == [("m1", False), ("m1", False), ("m1", True)]


@story()
async def test_r56_who_was_away_is_told_at_the_next_sign_in_and_it_rings_once(server):
    host = await ada(server)
    await host.close()
    await host.closed.wait()
    while server.backend.hub.is_online(host.account.id):
        await server.backend.store.do(lambda connection: None)
    await add(server, host, "m1")
    await add(server, host, "m2")
    first = await second_device(server, host)
    assert await is_told(first) == [("m1", True), ("m2", True)]
    second = await second_device(server, host)
    assert await is_told(second) == [("m1", False), ("m2", False)]
    assert len(await told(first)) == 2


@story()
async def test_what_was_seen_is_gone_from_every_device(server):
    host = await ada(server)
    other = await second_device(server, host)
    await add(server, host)
    notice = (await host.expect(NoticeTold)).notices[0]
    seen = await other.ask(SeeNotices(ids=(notice.id, "unknown")))
    assert seen.ids == (notice.id,)
    assert (await host.expect(NoticesSeen)).ids == (notice.id,)
    later = await second_device(server, host)
    await add(server, host)  # seen once, it is not news again
    await later.settle()
    assert await told(later) == []


@story()
async def test_nobody_sees_the_notices_of_another(server):
    host, member, room = await ada_and_grace(server)
    await add(server, host, room=room)
    notice = (await host.expect(NoticeTold)).notices[0]
    assert (await member.ask(SeeNotices(ids=(notice.id,)))).ids == ()
    assert await is_told(await second_device(server, host)) == [("m1", False)]
    assert await told(member) == []


@story()
async def test_who_left_the_room_is_not_told_of_it_any_more(server):
    _, member, room = await ada_and_grace(server)
    await add(server, member, "before", room=room)
    await member.expect(NoticeTold)
    await member.ask(LeaveRoom(room=room))
    await add(server, member, "after", room=room)
    await add(server, member, "out", room=room, kind="removed")
    assert await is_told(member) == [("out", True)]
    assert await is_told(await second_device(server, member)) == [("out", False)]


async def kept(server):
    """Subjects of all notices in the database, oldest first."""
    query = "SELECT subject FROM notices ORDER BY at"
    return await server.backend.store.do(lambda connection: list(connection.exec_driver_sql(query).scalars()))


@story(clock=FakeClock())
async def test_after_sixty_days_it_is_not_told_any_more(server):
    host = await ada(server)
    await add(server, host, "old")
    await host.expect(NoticeTold)
    server.backend.clock.jump(60 * 86_400 + 1)
    await add(server, host, "new")
    await host.expect(NoticeTold)
    assert await is_told(await second_device(server, host)) == [("new", False)]
    # A clock that was set deletes nothing; one that has run on for a day is believed.
    assert await kept(server) == ["old", "new"]
    await server.backend.clock.pass_time(25 * 3600)
    await server.backend.keeper.look()
    await add(server, host, "newest")
    assert await kept(server) == ["new", "newest"]


@story()
async def test_a_device_that_goes_while_it_is_told_leaves_the_ring_to_the_next(server):
    host = await ada(server)
    store, real = server.backend.store, server.backend.store.do

    async def do(work):
        found = await real(work)
        if isinstance(found, notices_table.Unseen):
            store.do = real
            server.backend.hub.sign_out(next(iter(server.backend.hub.of_account(host.account.id))), host.account.id)
        return found

    store.do = do
    await add(server, host)
    assert await told(host) == []
    assert await is_told(await second_device(server, host)) == [("m1", True)]


@story()
async def test_who_signs_out_while_he_is_told_leaves_the_ring_to_his_next_device(server):
    host = await ada(server)
    store, real = server.backend.store, server.backend.store.do
    (session,) = server.backend.hub.of_account(host.account.id)
    server.backend.hub.sign_out(session, host.account.id)
    await add(server, host)  # while nobody is there
    server.backend.hub.sign_in(session, host.account.id)

    async def do(work):
        found = await real(work)
        if isinstance(found, notices_table.Unseen):
            store.do = real
            server.backend.hub.sign_out(session, host.account.id)
            session.account = None
        return found

    store.do = do
    await notices.tell_unseen(server.backend, session)
    await notices.tell_unseen(server.backend, session)
    assert await told(host) == []
    assert await is_told(await second_device(server, host)) == [("m1", True)]


@story()
async def test_r56_however_devices_come_and_go_a_notice_rings_once_at_most_and_reaches_who_stays(server):
    host = await ada(server)

    async def visit():
        device = await second_device(server, host)
        await asyncio.sleep(0)
        await device.close()
        return device

    async def news():
        for number in range(30):
            await add(server, host, f"m{number}")

    *devices, _ = await asyncio.gather(*(visit() for _ in range(20)), news())
    heard = await told(host)
    assert {subject for subject, _ in heard} == {f"m{number}" for number in range(30)}
    rang = [subject for subject, rings in heard if rings]
    for device in devices:
        rang += [
            n.subject for tell in device.heard if isinstance(tell, NoticeTold) and tell.rings for n in tell.notices
        ]
    assert len(rang) == len(set(rang))


@story()
async def test_r56_r59_each_member_gets_one_notice_and_one_mail_once_the_recap_is_ready(server):
    host, member, card = await in_a_meeting(server, record=True)
    server.relay.events.voice_heard(card.id, host.account.id, 3.0, b"a secret")
    await member.ask(LeaveMeeting(meeting=card.id))
    assert await carried_out(server, 0) == []
    await host.ask(LeaveMeeting(meeting=card.id))
    for client in (host, member):
        notice = await client.expect(NoticeTold)
        assert (notice.rings, [one.kind for one in notice.notices]) == (True, ["recap_ready"])
        assert notice.notices[0].subject == card.id
    sent = await carried_out(server, 2)
    assert sorted(mail["To"] for mail in sent) == ["ada@example.org", "grace@example.org"]

    def place(kind, where=lambda tell: True):
        return next(n for n, tell in enumerate(member.heard) if isinstance(tell, kind) and where(tell))

    ready = place(MeetingChanged, lambda tell: tell.meeting.recap == "ready")
    assert ready < place(MessagePosted, lambda tell: tell.message.kind == "recap") < place(NoticeTold)
    # Nothing of what was said goes out; reading it takes a sign-in.
    (said,) = (await member.ask(OpenRecap(meeting=card.id))).recap.transcript
    for text in (*(mail.get_content() for mail in sent), notice.notices[0].words):
        assert said.text not in text
        assert card.title in text
    stranger = await server.connect()
    assert await stranger.refused(OpenRecap(meeting=card.id)) == "not_signed_in"
    assert len(await told(host)) == len(await told(member)) == 1


def test_r56_r59_a_crash_right_after_the_recap_is_ready_loses_neither_notice_nor_mail(tmp_path, monkeypatch):
    async def lost(backend, accounts):
        """The server was killed here."""

    async def tell():
        async with running_server(tmp_path / "data") as server:
            monkeypatch.setattr(notices, "tell_all_news", lost)
            monkeypatch.setattr(server.backend.part(Outbox).waits, "set", lambda: None)
            host, _, card = await in_a_meeting(server, record=True)
            await host.ask(EndMeeting(meeting=card.id))
            await host.expect(RecapReady)
            assert mails(tmp_path / "data" / "outbox") == []
        monkeypatch.undo()
        async with running_server(tmp_path / "data") as server:
            client = await server.connect()
            await client.ask(Resume(token=host.token))
            told = await client.expect(NoticeTold)
            assert [(one.kind, one.subject) for one in told.notices] == [("recap_ready", card.id)]
            assert len(await carried_out(server, 2)) == 2

    asyncio.run(tell())


async def carried_out(server, count):
    """The mails in the outbox, once there are as many and none waits."""
    folder = server.backend.settings.data / "outbox"
    async with asyncio.timeout(PATIENCE_S):
        while await server.backend.store.do(mails_table.next_try) is not None or len(files := mails(folder)) < count:
            pass
    return [message_from_bytes(path.read_bytes(), policy=default) for path in files]


def mails(folder):
    return sorted(folder.glob("*.eml"))
