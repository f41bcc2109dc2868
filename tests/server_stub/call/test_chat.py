import asyncio

import pytest

from app.wire.accounts import Resume
from app.wire.chat import ChatLine, ChatPosted, PostChat, ReadChat
from app.wire.people import EndMeeting
from server_stub.call.ongoing import CHAT_SHOWN
from tests.fakes.server_client import story
from tests.people import alan_inside, in_a_meeting, join, sign_up


@story()
async def test_a_line_is_with_everyone_in_the_meeting_the_author_included(server):
    host, member, card = await in_a_meeting(server)
    posted = await host.ask(PostChat(meeting=card.id, text="Hi", key="k1"))
    assert isinstance(posted, ChatPosted)
    assert posted.line.author_name == "Ada"
    assert (await member.expect(ChatPosted)).line == posted.line


@story()
async def test_a_retry_says_it_once(server):
    host, member, card = await in_a_meeting(server)
    first = await host.ask(PostChat(meeting=card.id, text="Hi", key="k1"))
    again = await host.ask(PostChat(meeting=card.id, text="Hi", key="k1"))
    assert again.line == first.line
    await member.settle()
    assert len([tell for tell in member.heard if isinstance(tell, ChatPosted)]) == 1


@story()
async def test_who_comes_back_finds_the_chat_and_everyone_hears_one_order(server):
    host, member, card = await in_a_meeting(server)
    asks = [one.ask(PostChat(meeting=card.id, text=f"{n}", key=f"k{n}")) for n in range(20) for one in (host, member)]
    await asyncio.gather(*asks)
    kept = server.backend.calls.find(card.id).lines
    again = await server.connect()
    await again.ask(Resume(token=member.token))
    assert list((await join(again, card.id, moves=True)).chat) == list(kept)
    for one in (host, member):
        heard = [tell.line.id for tell in one.heard if isinstance(tell, ChatPosted)]
        assert heard == [line.id for line in kept]


@story()
async def test_r50_title_and_chat_of_a_recorded_meeting_help_to_spell(server):
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(PostChat(meeting=card.id, text="It runs in ComfyUI.", key="k1"))
    assert server.maker.jobs[0].texts == [f"in {card.title}", "It runs in ComfyUI."]


@story()
async def test_the_chat_in_memory_is_bounded(server):
    host, _, card = await in_a_meeting(server)
    ongoing = server.backend.calls.find(card.id)
    for n in range(CHAT_SHOWN + 10):
        ongoing.lines.append(ChatLine(id=f"c{n}", author="a", author_name="A", at=0.0, text="x"))
    assert len(ongoing.lines) == CHAT_SHOWN
    assert ongoing.welcome(host.account.id).chat[-1].id == f"c{CHAT_SHOWN + 9}"


@story()
async def test_r42_ten_people_write_at_once_and_all_read_one_order(server):
    host, member, card = await in_a_meeting(server)
    guests = [await alan_inside(server, host, card, name=f"Guest {n}") for n in range(8)]
    everyone = (host, member, *guests)
    asks = [one.ask(PostChat(meeting=card.id, text=f"{n}", key=f"k{n}")) for n in range(5) for one in everyone]
    answers = await asyncio.gather(*asks)
    kept = [line.id for line in server.backend.calls.find(card.id).lines]
    assert len(kept) == 50
    assert {one.line.id for one in answers} == set(kept)
    for one in everyone:
        await one.settle()
        told = [tell.line for tell in one.heard if isinstance(tell, ChatPosted)]
        assert [line.id for line in told] == kept
        # Nobody's own lines change places.
        for author in {line.author for line in told}:
            own = [line.text for line in told if line.author == author]
            assert own == sorted(own)


@story()
async def test_r42_members_read_the_chat_afterwards_in_its_order_and_guests_do_not(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    for number, one in enumerate((host, guest, member)):
        await one.ask(PostChat(meeting=card.id, text=f"line {number}", key=f"k{number}"))
    assert await guest.refused(ReadChat(meeting=card.id)) == "not_signed_in"
    await host.ask(EndMeeting(meeting=card.id))
    for one in (host, member):
        read = await one.ask(ReadChat(meeting=card.id))
        assert [line.text for line in read.lines] == ["line 0", "line 1", "line 2"]
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    assert await stranger.refused(ReadChat(meeting=card.id)) == "not_found"
    assert await host.refused(ReadChat(meeting="nothing")) == "not_found"


@story()
async def test_the_chat_that_is_read_afterwards_is_the_newest_part_of_a_long_one(server):
    host, _, card = await in_a_meeting(server)
    for number in range(5):
        await host.ask(PostChat(meeting=card.id, text=f"{number}", key=f"k{number}"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server_stub.after.old_chat.CHAT_SHOWN", 3)
        assert [line.text for line in (await host.ask(ReadChat(meeting=card.id))).lines] == ["2", "3", "4"]


@story()
async def test_the_chat_cannot_be_read_once_the_meeting_has_expired(server):
    host, _, card = await in_a_meeting(server)
    await host.ask(PostChat(meeting=card.id, text="gone soon", key="k"))
    await host.ask(EndMeeting(meeting=card.id))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server_stub.after.recaps.is_expired", lambda ended_at, now: ended_at is not None)
        assert await host.refused(ReadChat(meeting=card.id)) == "not_found"
