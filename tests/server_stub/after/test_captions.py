"""Captions, what was said so far, what was missed and marks: who gets them, and that they are kept nowhere."""

from app.wire.captions import AskSoFar, Captioned, SoFarTold, SummedUp, SumUp
from app.wire.chat import ChatPosted, PostChat
from app.wire.people import LeaveMeeting
from app.wire.recording import AcceptRecording, MarkMoment, MomentMarked, StartRecording, StopRecording
from server_stub.kernel.config import NOTICE_VERSION
from tests.fakes.server_client import story
from tests.people import alan, alan_inside, in_a_meeting, join

SAID = "We agreed on the blue logo."


async def recorded(server, *, agrees=True):
    """Ada's meeting with Grace is recorded, and Alan sits in it as a guest: (ada, grace, alan, card, job)."""
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    await host.ask(StartRecording(meeting=card.id))
    if agrees:
        for one in (member, guest):
            await agree(one, card)
    return host, member, guest, card, server.maker.jobs[-1]


async def agree(client, card):
    """Agrees to be recorded; returns once that is stored."""
    await client.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
    await client.settle()


def captions_of(client):
    return [one for one in client.heard if isinstance(one, Captioned)]


@story()
async def test_everyone_inside_gets_a_caption_and_nobody_in_the_lobby(server):
    host, member, guest, card, job = await recorded(server)
    waiting = await alan(server, card, name="Zara", notice_version=NOTICE_VERSION)
    job.write_down(guest.guest, SAID)
    for one in (host, member, guest):
        line = (await one.expect(Captioned)).line
        assert (line.number, line.person, line.name, line.text) == (1, guest.guest, "Alan", SAID)
    await waiting.settle()
    assert not captions_of(waiting)
    assert await waiting.refused(AskSoFar(meeting=card.id)) == "not_in_meeting"


@story()
async def test_nothing_of_who_has_not_agreed_nor_for_who_has_left_nor_after_the_recording(server):
    host, member, guest, card, job = await recorded(server, agrees=False)
    job.write_down(member.account.id, "I never agreed to this.")
    await agree(member, card)
    await guest.ask(LeaveMeeting(meeting=card.id))
    job.write_down(member.account.id, SAID, 5.0)
    assert (await host.expect(Captioned)).line.text == SAID
    await host.ask(StopRecording(meeting=card.id))
    job.write_down(host.account.id, "It was off by then.", 9.0)
    for one in (host, member, guest):
        await one.settle()
    assert [len(captions_of(one)) for one in (host, member, guest)] == [1, 1, 0]
    assert await member.refused(AskSoFar(meeting=card.id)) == "not_ready"
    assert await member.refused(SumUp(meeting=card.id, since=0.0)) == "not_ready"
    assert await member.refused(MarkMoment(meeting=card.id)) == "not_ready"


@story()
async def test_who_reads_too_slowly_misses_captions_and_can_ask_for_them(server):
    host, member, _, card, job = await recorded(server)
    session = server.backend.calls.find(card.id).inside[member.account.id]
    session._queue.extend(["{}"] * 21)
    for number in range(200):
        job.write_down(host.account.id, f"Thought {number}.", 3.0 * number)
    assert len(session._queue) == 21
    session._queue.clear()
    assert not captions_of(member)
    await host.ask(PostChat(meeting=card.id, text="Hi", key="k1"))
    await member.expect(ChatPosted)
    told = await member.ask(AskSoFar(meeting=card.id, after=150))
    assert [one.number for one in told.lines] == list(range(151, 201))


@story()
async def test_members_read_what_was_said_so_far_and_guests_do_not(server):
    host, member, guest, card, job = await recorded(server)
    since = server.backend.now()
    job.write_down(guest.guest, "I will send the draft by Friday.")
    job.write_down(host.account.id, "We decided to go with the second draft.", 30.0)
    told = await member.ask(AskSoFar(meeting=card.id))
    assert isinstance(told, SoFarTold)
    assert [(one.name, one.text) for one in told.lines] == [
        ("Alan", "I will send the draft by Friday."), ("Ada", "We decided to go with the second draft."),
    ]  # fmt: skip
    gist = await member.ask(SumUp(meeting=card.id, since=since + 20.0))
    assert isinstance(gist, SummedUp)
    assert gist.lines == 1
    assert [one.evidence for one in gist.summary] == [("2",)]
    assert [(one.owner, one.evidence) for one in gist.action_items] == [("Alan", ("1",))]
    for ask in (AskSoFar(meeting=card.id), SumUp(meeting=card.id, since=0.0), MarkMoment(meeting=card.id)):
        assert await guest.refused(ask) == "not_allowed"


@story()
async def test_who_left_was_in_it_and_a_second_recording_begins_with_nothing(server):
    host, member, guest, card, job = await recorded(server)
    job.write_down(guest.guest, SAID)
    await guest.ask(LeaveMeeting(meeting=card.id))
    assert [one.name for one in (await member.ask(AskSoFar(meeting=card.id))).lines] == ["Alan"]
    await host.ask(StopRecording(meeting=card.id))
    await host.ask(StartRecording(meeting=card.id))
    assert (await member.ask(AskSoFar(meeting=card.id))).lines == ()
    job.write_down(host.account.id, "The first one's worker was late.", 5.0)
    assert (await member.ask(AskSoFar(meeting=card.id))).lines == ()
    await member.settle()
    assert len(captions_of(member)) == 1


@story()
async def test_floods_are_refused_and_others_are_not(server):
    host, member, _, card, _ = await recorded(server)
    for ask in (AskSoFar(meeting=card.id), SumUp(meeting=card.id, since=0.0), MarkMoment(meeting=card.id)):
        answers = [await member.ask(ask) for _ in range(8)]
        assert {getattr(one, "reason", "") for one in answers} == {"", "too_much"}
        assert not hasattr(await host.ask(ask), "reason")


@story()
async def test_a_mark_is_kept_with_the_recording_and_told_to_nobody_else(server):
    host, member, _, card, job = await recorded(server, agrees=False)
    assert await member.refused(MarkMoment(meeting=card.id)) == "notice_needed"
    await agree(member, card)
    marked = await member.ask(MarkMoment(meeting=card.id))
    assert isinstance(marked, MomentMarked)
    assert [(one.person, one.kind) for one in job.moments] == [(member.account.id, "mark")]
    await host.settle()
    assert not [one for one in host.heard if isinstance(one, MomentMarked)]


@story()
async def test_who_comes_late_or_comes_back_is_told_since_when_they_have_missed_something(server):
    host, member, guest, card, _ = await recorded(server)
    began = server.backend.calls.find(card.id).meeting.recording_since
    assert guest.welcome.missed_since is None
    await member.ask(LeaveMeeting(meeting=card.id))
    left = server.backend.now()
    again = await join(member, card.id, notice_version=NOTICE_VERSION)
    assert began <= again.missed_since <= left
    assert (await host.ask(AskSoFar(meeting=card.id))).lines == ()


@story()
async def test_nothing_that_was_said_is_stored_or_logged(server):
    host, member, guest, card, job = await recorded(server)
    job.write_down(guest.guest, "A very particular secret.")
    await host.expect(Captioned)
    await member.ask(SumUp(meeting=card.id, since=0.0))
    files = [one for one in server.backend.settings.data.rglob("*") if one.is_file()]
    assert files
    assert not [one for one in files if b"particular secret" in one.read_bytes()]
