import asyncio
import itertools

import pytest

from app.wire.people import StartMeeting
from app.wire.rooms import DeleteMessage, EditMessage, LeaveRoom, PostMessage, RemoveMember, Search
from server_stub.kernel.config import ConnectionLimits
from server_stub.storage import search
from tests.fakes.server_client import story
from tests.people import ada, ada_and_grace, grace, make_room, sign_up

KEYS = itertools.count()


async def say(client, room, *texts):
    asks = [PostMessage(room=room, text=text, key=f"k{next(KEYS)}") for text in texts]
    return [(await client.ask(ask)).message for ask in asks]


async def found(client, words):
    return [message.text for message in (await client.ask(Search(words=words))).messages]


@story()
async def test_messages_of_all_ones_rooms_are_found_newest_first(server):
    host, member, room = await ada_and_grace(server)
    other = await make_room(host, name="Other")
    await say(host, room, "The blue logo", "Something else")
    await say(host, other, "A logo in red")
    await say(member, room, "LOGO again")
    assert await found(host, "logo") == ["LOGO again", "A logo in red", "The blue logo"]
    assert await found(member, "logo") == ["LOGO again", "The blue logo"]
    answer = await host.ask(Search(words="blue  LOGO"))
    assert [message.text for message in answer.messages] == ["The blue logo"]
    assert (answer.words, answer.has_more) == ("blue  LOGO", False)
    assert answer.messages[0].room == room


@story()
async def test_strangers_and_former_members_find_nothing(server):
    host, member, room = await ada_and_grace(server)
    stranger, nobody = await sign_up(server, email="eve@example.org", name="Eve"), await server.connect()
    await make_room(stranger)
    await say(host, room, "The blue logo")
    await say(member, room, "My own logo")
    await member.ask(LeaveRoom(room=room))
    for client in (member, stranger):
        assert await found(client, "logo") == []
    assert await nobody.refused(Search(words="logo")) == "not_signed_in"


@story()
async def test_what_is_gone_is_not_found(server):
    host = await ada(server)
    room = await make_room(host)
    deleted, edited = await say(host, room, "The blue logo", "The red logo")
    await host.ask(DeleteMessage(message=deleted.id))
    await host.ask(EditMessage(message=edited.id, text="The red sign"))
    assert await found(host, "logo") == []
    assert await found(host, "sign") == ["The red sign"]


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("100%", ["100% wool"]),
        ("%%", []),
        ("__", []),
        ("a_b", ["a_b"]),
        ("\\\\", []),
        ("c:\\x", ["c:\\x"]),
        ("' OR", []),
        ("/*", []),
        ("  ", []),
        ("ÄPFEL", ["Zwei Äpfel", "drei äpfel"]),
        ("äpfel", ["Zwei Äpfel", "drei äpfel"]),
        ("日本", ["日本語"]),
        ("wool 100", ["100% wool"]),
    ],
)
def test_signs_of_words_are_no_wildcards_and_letters_of_all_languages_count(tmp_path, words, texts):
    @story()
    async def tell(server):
        host = await ada(server)
        room = await make_room(host)
        await say(host, room, "100% wool", "1000 sheep", "a_b", "axb", "c:\\x", "Zwei Äpfel", "drei äpfel", "日本語")
        assert sorted(await found(host, words)) == sorted(texts)

    tell(tmp_path)


@story()
async def test_fifty_are_shown_and_that_there_are_more(server):
    host, member = await ada(server), await grace(server)
    room = await make_room(host, member)
    await say(host, room, *(f"word {number}" for number in range(51)))
    answer = await member.ask(Search(words="word"))
    assert answer.has_more
    assert [answer.messages[0].text, answer.messages[-1].text, len(answer.messages)] == ["word 50", "word 1", 50]


@story()
async def test_what_is_found_of_a_meeting_carries_its_card(server):
    host = await ada(server)
    room = await make_room(host)
    card = (await host.ask(StartMeeting(room=room, key="s"))).meeting
    (message,) = (await host.ask(Search(words="started a video"))).messages
    assert message.meeting.id == card.id


@story(connection=ConnectionLimits(heavy_per_s=0.001, heavy_at_once=3))
async def test_one_cannot_search_without_end(server):
    host = await ada(server)
    for _ in range(3):
        assert await found(host, "logo") == []
    assert await host.refused(Search(words="logo")) == "too_much"


@story()
async def test_a_long_past_is_looked_through_piece_by_piece_and_members_count_at_each(server):
    host, member, room = await ada_and_grace(server)
    await say(host, room, "The oldest word", *(f"Something {number}" for number in range(30)), "The newest word")
    windows, do = [], server.backend.store.do
    window, search._WINDOW = search._WINDOW, 7

    async def counted(work):
        windows.append(work)
        return await do(work)

    server.backend.store.do = counted
    try:
        assert await found(member, "word") == ["The newest word", "The oldest word"]
        assert len(windows) == 7
        asked, answered = hold_piece(server.backend.store, do)
        still = asyncio.create_task(found(member, "word"))
        await asked.wait()
        server.backend.store.do = do
        await host.ask(RemoveMember(room=room, account=member.account.id))
        answered.set()
        assert await still == ["The newest word"]
    finally:
        search._WINDOW = window


@story()
async def test_letters_that_take_long_to_compare_stop_nobody_for_long(server):
    host = await ada(server)
    room = await make_room(host)
    await say(host, room, "The oldest word", *("\ufdfa" * 4000 for _ in range(30)), "The newest word")
    looked, do = [], server.backend.store.do

    async def counted(work):
        looked.append(0)
        return await do(work)

    fold, search.fold = search.fold, lambda text: looked.__setitem__(-1, looked[-1] + len(text)) or fold(text)
    server.backend.store.do = counted
    try:
        assert await found(host, "word") == ["The newest word", "The oldest word"]
    finally:
        search.fold = fold
    assert sum(looked) > 30 * 4000
    assert max(looked) < 60_000


def hold_piece(store, do):
    """The next piece of work is done, and who asked for it waits: (it is done, the asker may go on)."""
    done, go_on = asyncio.Event(), asyncio.Event()

    async def slow(work):
        answer = await do(work)
        done.set()
        await go_on.wait()
        return answer

    store.do = slow
    return done, go_on
