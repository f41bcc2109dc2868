"""A recap is made again by a better engine; what it was stays readable, and goes with it."""

import asyncio

import pytest

from app.wire.people import EndMeeting
from app.wire.privacy import AskDeletion
from app.wire.recap import OpenRecap, RecapReady
from app.wire.rooms import MeetingChanged
from app.wire.versions import RemakeRecap, RemakeTold
from server_stub.admin import deletions as admin
from server_stub.after import deletions, remaking, versions
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.storage import recaps
from tests.fakes.server_client import story
from tests.people import alan_inside, in_a_meeting, sign_up
from tests.server_stub.after.test_deletions import decide

SIMPLE, BASE, SMALL = "pocketsphinx", "faster-whisper base", "faster-whisper small"


#: What the server could hear with now.
best = [SIMPLE]


@pytest.fixture(autouse=True)
def nothing_better_yet(monkeypatch):
    best[0] = SIMPLE
    monkeypatch.setattr(versions, "best_engine", lambda model, folder: best[0])


async def recorded(server):
    """Ada, Grace and the card of a meeting whose recap was written by the small recogniser."""
    server.maker.engine = SIMPLE
    server.maker.better_engine = SIMPLE if server.maker.stays_simple else BASE
    host, member, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    for one in (host, member):
        await one.expect(RecapReady)
        await one.expect(MeetingChanged, lambda tell: tell.meeting.film == "ready")
    return host, member, card


def over(tell):
    return not tell.is_on


@story()
async def test_a_member_has_it_made_again_and_both_versions_can_be_read(server):
    host, member, card = await recorded(server)
    opened = await member.ask(OpenRecap(meeting=card.id))
    assert (opened.recap.engine, opened.better, opened.earlier) == (SIMPLE, None, ())
    best[0] = BASE
    opened = await member.ask(OpenRecap(meeting=card.id))
    assert (opened.better.engine, opened.better.about_s) == (BASE, 15.0)

    begun = await member.ask(RemakeRecap(meeting=card.id))
    assert (begun.meeting, begun.is_on, begun.words) == (card.id, True, "")
    assert (await host.expect(RemakeTold)).is_on
    during = await host.ask(OpenRecap(meeting=card.id))
    assert (during.recap.engine, during.is_remade, during.meeting.recap) == (SIMPLE, True, "ready")
    server.maker.may_remake.set()
    for one in (host, member):
        assert (await one.expect(RemakeTold, over)).words == ""
    after = await host.ask(OpenRecap(meeting=card.id))
    assert (after.recap.engine, after.better, after.is_remade, after.version) == (BASE, None, False, 0)
    (earlier,) = after.earlier
    assert (earlier.number, earlier.engine) == (1, SIMPLE)
    await host.expect(MeetingChanged, lambda tell: tell.meeting.film == "ready")
    old = await host.ask(OpenRecap(meeting=card.id, version=1))
    assert (old.recap.engine, old.version, old.recap.reel, old.recap.video) == (SIMPLE, 1, None, "meeting.webm")
    assert old.recap.people == opened.recap.people
    # One that is not there is the present one.
    assert (await host.ask(OpenRecap(meeting=card.id, version=9))).recap.engine == BASE
    assert server.maker.filmed == [card.id, card.id]
    await member.settle()
    # Nobody is told twice that there is a recap.
    for one in (host, member):
        assert len([tell for tell in one.heard if isinstance(tell, RecapReady)]) == 1
    # And once more, by a still better one.
    best[0] = server.maker.better_engine = SMALL
    await host.ask(RemakeRecap(meeting=card.id))
    await host.expect(RemakeTold, over)
    again = await host.ask(OpenRecap(meeting=card.id))
    assert [(one.number, one.engine) for one in again.earlier] == [(2, BASE), (1, SIMPLE)]


@story()
async def test_only_members_and_only_where_something_hears_better(server):
    host, _, card = await in_a_meeting(server, record=True)
    guest = await alan_inside(server, host, card, notice_version=NOTICE_VERSION)
    assert await host.refused(RemakeRecap(meeting=card.id)) == "not_ready"
    server.maker.jobs[0].engine = SIMPLE
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady)
    await host.expect(MeetingChanged, lambda tell: tell.meeting.film == "ready")
    assert await host.refused(RemakeRecap(meeting=card.id)) == "not_allowed"
    best[0] = BASE
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    assert await stranger.refused(RemakeRecap(meeting=card.id)) == "not_found"
    assert await guest.refused(RemakeRecap(meeting=card.id)) == "not_signed_in"
    assert server.maker.remade == []


@story()
async def test_one_at_a_time_and_not_ever_again(server):
    host, member, card = await recorded(server)
    best[0] = BASE
    answers = await asyncio.gather(*(one.ask(RemakeRecap(meeting=card.id)) for one in (host, member)))
    kinds = sorted(type(one).__name__ for one in answers)
    assert kinds == ["Refused", "RemakeTold"]
    (refused,) = [one for one in answers if not isinstance(one, RemakeTold)]
    assert refused.reason == "busy"
    server.backend.jobs.remade.add("another")
    server.maker.may_remake.set()
    await host.expect(RemakeTold, over)
    best[0] = server.maker.better_engine = SMALL
    await host.expect(MeetingChanged, lambda tell: tell.meeting.film == "ready")
    assert (await host.ask(RemakeRecap(meeting=card.id))).words == remaking.ANOTHER
    server.backend.jobs.remade.clear()
    for _ in range(3):
        await server.backend.limiter.take("recap made again", host.account.id)
    assert await host.refused(RemakeRecap(meeting=card.id)) == "too_much"
    # Who is refused is in nobody's way.
    assert isinstance(await member.ask(RemakeRecap(meeting=card.id)), RemakeTold)


@pytest.mark.logs_warnings
@pytest.mark.parametrize(("fails", "told"), [(True, "failed"), (False, "busy")])
def test_a_try_that_is_being_counted_is_in_nobodys_way(tmp_path, fails, told):
    story()(lambda server: counted_late(server, fails, told))(tmp_path)


async def counted_late(server, fails, told):
    host, member, card = await recorded(server)
    best[0] = BASE
    real, limiter = server.backend.limiter.take, server.backend.limiter
    counting, may_go_on = asyncio.Event(), asyncio.Event()

    async def take(thing, key):
        if key != host.account.id:
            return await real(thing, key)
        counting.set()
        await may_go_on.wait()
        if fails:
            raise OSError(28, "No space left on device")
        return True

    limiter.take = take
    asked = asyncio.create_task(host.ask(RemakeRecap(meeting=card.id)))
    await counting.wait()
    assert isinstance(await member.ask(RemakeRecap(meeting=card.id)), RemakeTold)
    may_go_on.set()
    assert (await asked).reason == told
    server.maker.may_remake.set()
    await member.expect(RemakeTold, over)
    assert server.backend.jobs.remade == set()


async def made_again_in_vain(server, words):
    host, _, card = await recorded(server)
    best[0] = BASE
    server.maker.may_remake.set()
    await host.ask(RemakeRecap(meeting=card.id))
    assert words in (await host.expect(RemakeTold, over)).words
    opened = await host.ask(OpenRecap(meeting=card.id))
    assert (opened.recap.engine, opened.earlier, opened.is_remade) == (SIMPLE, (), False)
    assert opened.better is not None


@story()
async def test_what_fails_leaves_the_recap_as_it_was_and_says_so(server):
    server.maker.remake_fails = "The disk refused: No space left on device."
    await made_again_in_vain(server, "No space left on device. The recap stays as it was.")


@story()
async def test_an_engine_that_cannot_be_loaded_after_all_changes_nothing(server):
    server.maker.stays_simple = True
    await made_again_in_vain(server, "Nothing on this server hears better")


@story()
async def test_an_earlier_version_goes_with_the_recording(server):
    host, member, card = await recorded(server)
    best[0] = BASE
    server.maker.may_remake.set()
    await host.ask(RemakeRecap(meeting=card.id))
    await host.expect(RemakeTold, over)
    assert [one.number for one in (await host.ask(OpenRecap(meeting=card.id))).earlier] == [1]
    await host.expect(MeetingChanged, lambda tell: tell.meeting.film == "ready")
    await member.ask(AskDeletion(recording=card.id, reason=""))
    await decide(server, admin.approve, card.id)
    await deletions.carry_out(server.backend)
    await host.expect(MeetingChanged, lambda tell: tell.meeting.deletion == "deleted")
    assert await server.backend.store.do(lambda c: recaps.versions(c, card.id)) == ()
    assert (await host.ask(OpenRecap(meeting=card.id, version=1))).recap is None
