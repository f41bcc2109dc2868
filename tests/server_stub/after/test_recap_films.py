"""A recap can be read before its films are there; they follow, and only they are made again."""

import asyncio

import pytest

from app.wire.accounts import Resume
from app.wire.people import EndMeeting
from app.wire.privacy import AskDeletion
from app.wire.recap import ListRecaps, OpenRecap, RecapReady
from app.wire.recording import StartRecording, StopRecording
from app.wire.rooms import ListMessages, MeetingChanged, MessagePosted
from server_stub.after import deletions, recap_jobs
from server_stub.storage import deletions as deletions_table
from server_stub.storage import meetings as meetings_table
from tests.fakes.recap_maker import FakeMaker
from tests.fakes.server_client import running_server, story
from tests.people import in_a_meeting


def film_is(state):
    return lambda tell: tell.meeting.film == state


@story()
async def test_texts_can_be_read_while_the_films_are_made_and_the_room_is_told_once_they_are_there(server):
    server.maker.may_film.clear()
    host, member, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    ready = await member.expect(RecapReady)
    assert (ready.meeting.recap, ready.meeting.film) == ("ready", "making")
    opened = await member.ask(OpenRecap(meeting=card.id))
    assert (opened.recap.video, opened.recap.films_after_s, opened.meeting.film) == (None, None, "making")
    assert recap_jobs.is_in_use(server.backend, card.id)
    server.maker.may_film.set()
    changed = await member.expect(MeetingChanged, film_is("ready"))
    assert changed.meeting.recap == "ready"
    opened = await member.ask(OpenRecap(meeting=card.id))
    assert (opened.recap.video, opened.recap.films_after_s, opened.meeting.film) == ("meeting.webm", 3.0, "ready")
    await member.settle()
    for one in (host, member):
        assert len([tell for tell in one.heard if isinstance(tell, RecapReady)]) == 1
        posted = [tell for tell in one.heard if isinstance(tell, MessagePosted) and tell.message.kind == "recap"]
        assert len(posted) == 1


@story()
async def test_where_there_is_nothing_to_play_it_says_so(server):
    server.maker.films = None
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    told = await host.expect(MeetingChanged, lambda tell: tell.meeting.film_words != "")
    assert (told.meeting.recap, told.meeting.film, told.meeting.film_words) == ("ready", "none", recap_jobs.NO_SOUND)
    assert (await host.ask(ListRecaps(room=card.room))).meetings[0].film == "none"
    assert await server.backend.store.do(meetings_table.filmless_recordings) == ()


@story()
async def test_films_that_fail_leave_the_texts_and_say_why(server):
    server.maker.films_fail = True
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    told = await host.expect(MeetingChanged, film_is("failed"))
    assert told.meeting.recap == "ready"
    assert told.meeting.film_words.startswith("The film could not be written: No space left on device.")
    assert (await host.ask(OpenRecap(meeting=card.id))).recap.engine == "fake"


@story()
async def test_the_texts_of_each_recording_come_before_all_films(server):
    server.maker.may_film.clear()
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(StopRecording(meeting=card.id))
    await host.ask(StartRecording(meeting=card.id))
    await host.ask(EndMeeting(meeting=card.id))
    second = server.maker.jobs[1].folder.name
    await host.expect(RecapReady, lambda tell: tell.meeting.id == second)
    assert server.maker.filmed == [card.id]
    server.maker.may_film.set()
    await host.expect(MeetingChanged, lambda tell: tell.meeting.id == second and tell.meeting.film == "ready")
    assert server.maker.filmed == [card.id, second]


@pytest.mark.parametrize("fails", [False, True])
def test_after_a_restart_only_the_films_are_made_and_nobody_is_told_twice(tmp_path, fails):
    async def tell():
        maker = FakeMaker()
        maker.films_fail = fails
        if not fails:
            maker.may_film.clear()
        async with running_server(tmp_path, maker=maker) as server:
            host, _, card = await in_a_meeting(server, record=True)
            await host.ask(EndMeeting(meeting=card.id))
            await host.expect(RecapReady)
            if fails:
                await host.expect(MeetingChanged, film_is("failed"))
        again = FakeMaker()
        again.may_film.clear()
        async with running_server(tmp_path, maker=again) as server:
            client = await server.connect()
            await client.ask(Resume(token=host.token))
            assert (await client.ask(OpenRecap(meeting=card.id))).recap.video is None
            again.may_film.set()
            await client.expect(MeetingChanged, film_is("ready"))
            assert (await client.ask(OpenRecap(meeting=card.id))).recap.video == "meeting.webm"
            assert again.remade == []
            assert again.filmed == [card.id]
            assert not [tell for tell in client.heard if isinstance(tell, RecapReady | MessagePosted)]
            kinds = [message.kind for message in (await client.ask(ListMessages(room=card.room))).messages]
            assert kinds == ["meeting", "recap"]
        last = FakeMaker()
        async with running_server(tmp_path, maker=last) as server:
            await (await server.connect()).ask(Resume(token=host.token))
            assert await server.backend.store.do(meetings_table.filmless_recordings) == ()
        assert last.filmed == []

    asyncio.run(tell())


@story()
async def test_a_recording_is_deleted_on_request_only_once_nobody_works_on_its_films(server):
    server.maker.may_film.clear()
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady)
    await host.ask(AskDeletion(recording=card.id))
    await server.backend.store.do(lambda c: deletions_table.answer(c, card.id, "approved", "", 1.0))
    await deletions.carry_out(server.backend)
    assert (await host.ask(OpenRecap(meeting=card.id))).meeting.recap == "ready"
    server.maker.may_film.set()
    await host.expect(MeetingChanged, film_is("ready"))
    while recap_jobs.is_in_use(server.backend, card.id):
        await host.settle()
    await deletions.carry_out(server.backend)
    gone = (await host.ask(OpenRecap(meeting=card.id))).meeting
    assert (gone.recap, gone.film) == ("deleted", "none")
    assert not recap_jobs.folder_of(server.backend, card.id).exists()
