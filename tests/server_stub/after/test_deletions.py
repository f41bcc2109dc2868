import argparse
import asyncio
import json

import pytest

from app.wire.accounts import Resume
from app.wire.notices import NoticeTold
from app.wire.people import EndMeeting
from app.wire.privacy import AskDeletion, AskReceipt
from app.wire.recap import ListRecaps, OpenRecap, RecapReady
from app.wire.recording import StopRecording
from app.wire.rooms import ListMessages, MeetingChanged
from server_stub.admin import deletions as admin
from server_stub.after import deletions, recap_jobs, retention
from server_stub.kernel import links
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.storage import audit
from server_stub.storage import deletions as deletions_table
from server_stub.storage import meetings as meetings_table
from server_stub.storage.store import transaction
from tests.fakes.server_client import running_server, story
from tests.people import alan_inside, in_a_meeting, sign_up
from tests.server_stub.after.test_receipts import verify

REASON = "CanaryReason: it names my price."


async def recorded(server):
    """Ada, Grace and the card of a meeting whose recap is ready."""
    host, member, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    for one in (host, member):
        await one.expect(RecapReady)
    return host, member, card


async def decide(server, answer, recording, words=""):
    """What `admin deletions` does, in a process of its own."""

    def work():
        with transaction(server.backend.settings.database_url) as connection:
            options = argparse.Namespace(recording=recording, words=words)
            answer(connection, options, server.backend.now())

    await asyncio.to_thread(work)


def news(client, kind="deletion"):
    notices = [notice for tell in client.heard if isinstance(tell, NoticeTold) for notice in tell.notices]
    return [notice for notice in notices if notice.kind == kind]


async def deletion_is(client, state):
    return (await client.expect(MeetingChanged, lambda tell: tell.meeting.deletion == state)).meeting


@story()
async def test_r70_asked_then_approved_then_deleted_and_both_sides_see_it(server):
    host, member, card = await recorded(server)
    folder = server.backend.settings.meetings_folder / card.id
    answer = await member.ask(AskDeletion(recording=card.id, reason=REASON))
    assert (answer.meeting.id, answer.meeting.deletion) == (card.id, "pending")
    assert (await deletion_is(host, "pending")).recap == "ready"
    assert (await host.ask(OpenRecap(meeting=card.id))).recap is not None, "until then all is as it was"

    await decide(server, admin.approve, card.id)
    for one in (host, member):
        shown = await deletion_is(one, "deleted")
        assert (shown.recap, shown.state) == ("deleted", "ended")
        assert shown.deletion_words == shown.recap_words == deletions.DELETED
        assert shown.ended_at is not None
        opened = await one.ask(OpenRecap(meeting=card.id))
        assert (opened.meeting.recap, opened.recap) == ("deleted", None)
        receipt = (await one.ask(AskReceipt(recording=card.id, kind="deletion"))).receipt
        assert verify.is_genuine({name: getattr(receipt, name) for name in verify.FIELDS})
        assert json.loads(receipt.body)["recording"] == card.id
        await one.expect(NoticeTold, lambda tell: any(notice.kind == "deletion" for notice in tell.notices))
        assert [(notice.subject, "Website" in notice.words) for notice in news(one)] == [(card.id, True)]
    assert not folder.exists()
    (listed,) = (await host.ask(ListRecaps(room=card.room))).meetings
    assert listed.recap == "deleted"
    shown = [one.meeting.recap for one in (await host.ask(ListMessages(room=card.room))).messages if one.meeting]
    assert shown == ["deleted", "deleted"]
    assert await server.backend.store.do(lambda c: meetings_table.consents_of(c, card.id)) == ()
    data = server.backend.settings.data
    left = b"".join(path.read_bytes() for path in data.glob("parley.sqlite*"))
    assert b"CanaryReason" not in left
    assert b'"transcript"' not in left
    noted = [(line.action, line.subject) for line in await server.backend.store.do(audit.lines)]
    assert ("recording.deleted", links.fingerprint(card.id)) in noted
    assert await host.refused(AskDeletion(recording=card.id)) == "not_found"


@story()
async def test_r70_a_refusal_says_why_and_leaves_everything_and_may_be_asked_again(server):
    host, member, card = await recorded(server)
    await member.ask(AskDeletion(recording=card.id, reason=REASON))
    await decide(server, admin.refuse, card.id, "The other side has to agree first.")
    for one in (host, member):
        assert (await deletion_is(one, "refused")).deletion_words == "The other side has to agree first."
        await one.expect(NoticeTold, lambda tell: any(notice.kind == "deletion" for notice in tell.notices))
    assert (await member.ask(OpenRecap(meeting=card.id))).recap is not None
    again = await member.ask(AskDeletion(recording=card.id, reason="They agree now."))
    assert again.meeting.deletion == "pending"
    await decide(server, admin.approve, card.id)
    assert (await deletion_is(host, "deleted")).recap == "deleted"
    await host.expect(NoticeTold, lambda tell: any("deleted on request" in one.words for one in tell.notices))


@story()
async def test_asking_twice_changes_nothing_and_only_members_may(server):
    host, member, card = await in_a_meeting(server, record=True)
    guest = await alan_inside(server, host, card, notice_version=NOTICE_VERSION)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    assert await member.refused(AskDeletion(recording=card.id)) == "not_ready"
    await host.ask(StopRecording(meeting=card.id))
    assert await member.refused(AskDeletion(recording=card.id)) == "not_ready", "the meeting goes on"
    assert await guest.refused(AskDeletion(recording=card.id)) == "not_signed_in"
    await host.ask(EndMeeting(meeting=card.id))
    await member.expect(RecapReady)
    assert await stranger.refused(AskDeletion(recording=card.id)) == "not_found"
    assert await guest.refused(AskDeletion(recording=card.id)) == "not_signed_in"
    assert await member.refused(AskDeletion(recording="v" + "0" * 32)) == "not_found"
    await member.ask(AskDeletion(recording=card.id, reason="first"))
    await host.ask(AskDeletion(recording=card.id, reason="second"))
    (row,) = await server.backend.store.do(deletions_table.every)
    assert (row.reason, row.by, row.state) == ("first", member.account.id, "pending")


@story()
async def test_a_meeting_that_was_not_recorded_has_nothing_to_delete(server):
    host, _, card = await in_a_meeting(server)
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
    assert await host.refused(AskDeletion(recording=card.id)) == "not_found"


def test_r70_a_crash_in_the_middle_is_taken_up_at_the_next_start(tmp_path):
    async def tell():
        async with running_server(tmp_path) as server:
            host, _, card = await recorded(server)
            await host.ask(AskDeletion(recording=card.id, reason=REASON))
        # The files were gone, the rows were not, when the power went; and it was decided while nothing ran.
        await retention.drop_folder(server.backend, card.id)
        await decide(server, admin.approve, card.id)
        async with running_server(tmp_path) as server:
            client = await server.connect()
            await client.ask(Resume(token=host.token))
            await client.expect(NoticeTold, lambda tell: any(one.kind == "deletion" for one in tell.notices))
            opened = await client.ask(OpenRecap(meeting=card.id))
            assert (opened.meeting.deletion, opened.meeting.recap) == ("deleted", "deleted")
        async with running_server(tmp_path) as server:
            client = await server.connect()
            await client.ask(Resume(token=host.token))
            await deletions.carry_out(server.backend)
            await client.settle()
            opened = await client.ask(OpenRecap(meeting=card.id))
            assert opened.meeting.deletion == "deleted"
            assert server.maker.remade == []

    asyncio.run(tell())


@pytest.mark.logs_warnings
@story()
async def test_files_in_use_keep_the_request_approved_until_they_can_go(server):
    host, _, card = await recorded(server)
    await host.ask(AskDeletion(recording=card.id))
    server.backend.jobs.busy.add(card.id)
    await decide(server, admin.approve, card.id)
    await deletions.carry_out(server.backend)
    assert (await host.ask(OpenRecap(meeting=card.id))).meeting.deletion == "pending"
    assert (server.backend.settings.meetings_folder / card.id).exists()
    server.backend.jobs.busy.clear()
    await deletions.carry_out(server.backend)
    assert (await host.ask(OpenRecap(meeting=card.id))).meeting.deletion == "deleted"


@story()
async def test_r70_nobody_makes_a_recap_again_while_its_recording_is_deleted(server):
    host, _, card = await recorded(server)
    backend = server.backend
    await host.ask(AskDeletion(recording=card.id))
    await backend.store.do(lambda c: meetings_table.set_recap(c, card.id, "failed", ""))
    real = retention.drop_folder

    async def drop(of, recording):
        # As after a start of the server, which does both at the same time.
        await recap_jobs.remake_all(backend)
        return await real(of, recording)

    server.maker.may_remake.set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "drop_folder", drop)
        await decide(server, admin.approve, card.id)
        assert (await deletion_is(host, "deleted")).recap == "deleted"
    assert server.maker.remade == []
    assert (await host.ask(OpenRecap(meeting=card.id))).meeting.recap == "deleted"


@story()
async def test_r70_after_a_deletion_nobody_is_told_that_he_did_not_agree(server):
    host, _, card = await recorded(server)
    await host.ask(AskDeletion(recording=card.id))
    await decide(server, admin.approve, card.id)
    await deletion_is(host, "deleted")
    refused = await host.ask(AskReceipt(recording=card.id, kind="consent"))
    assert refused.reason == "not_found"
    assert "deleted" in refused.words
