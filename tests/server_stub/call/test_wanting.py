"""Which pictures somebody shows: told to the relay, checked before, and over with the seat."""

import pytest

from app.wire.accounts import SignIn
from app.wire.codec import decode_ask, encode
from app.wire.errors import Refused, WireError
from app.wire.media import MOST_HEIGHT_PX, MOST_WISHES, PictureWanted, PictureWish, WantPictures
from app.wire.people import LeaveMeeting
from tests.fakes.server_client import story
from tests.people import ADA, PASSWORD, in_a_meeting, joining

ONE = '{"person":"a","source":"camera","height_px":1}'


def wish(person, height=180, source="camera"):
    return PictureWish(person=person, source=source, height_px=height)


@story()
async def test_what_is_shown_goes_to_the_relay_as_far_as_it_is_in_the_meeting(server):
    host, member, card = await in_a_meeting(server)
    me, other = host.account.id, member.account.id
    assert server.relay.wants[card.id, me] is None
    shown = (wish(other), wish(other, 720, "screen"), wish(me), wish("stranger"))
    await host.socket.send(encode(WantPictures(meeting=card.id, pictures=shown)))
    await host.settle()
    assert server.relay.wants[card.id, me] == {(other, "camera"): 180, (other, "screen"): 720}
    await member.ask(LeaveMeeting(meeting=card.id))
    await host.socket.send(encode(WantPictures(meeting=card.id, pictures=shown)))
    await host.settle()
    assert server.relay.wants[card.id, me] == {}
    assert await member.refused(WantPictures(meeting=card.id, pictures=())) == "not_in_meeting"


@story()
async def test_another_connection_of_the_same_person_has_said_nothing(server):
    host, _, card = await in_a_meeting(server)
    await host.socket.send(encode(WantPictures(meeting=card.id, pictures=())))
    await host.settle()
    assert server.relay.wants[card.id, host.account.id] == {}
    other = await server.connect()
    await other.ask(SignIn(email=ADA["email"], password=PASSWORD))
    await other.ask(joining(card.id, moves=True))
    assert server.relay.wants[card.id, host.account.id] is None


@story()
async def test_too_many_at_once_are_refused_and_the_last_that_was_taken_holds(server):
    host, member, card = await in_a_meeting(server)
    for number in range(40):
        asked = WantPictures(meeting=card.id, pictures=(wish(member.account.id, number + 1),))
        await host.socket.send(encode(asked))
    refused = await host.expect(Refused)
    assert (refused.re, refused.reason) == (0, "too_much")
    await host.settle()
    ((key, height),) = server.relay.wants[card.id, host.account.id].items()
    assert key == (member.account.id, "camera")
    assert 15 < height < 40


@story()
async def test_who_sends_is_told_how_high_they_are_wanted(server):
    host, member, card = await in_a_meeting(server)
    for height in (0, 180, None):
        server.relay.events.picture_wanted(card.id, host.account.id, "camera", height)
        told = await host.expect(PictureWanted)
        assert (told.meeting, told.source, told.height_px) == (card.id, "camera", height)
    server.relay.events.picture_wanted(card.id, "nobody", "camera", 1)
    server.relay.events.picture_wanted("no meeting", host.account.id, "camera", 1)
    await member.settle()


@pytest.mark.parametrize(
    "pictures",
    [
        '[{"person":"a","source":"camera","height_px":0}]',
        f'[{{"person":"a","source":"camera","height_px":{MOST_HEIGHT_PX + 1}}}]',
        '[{"person":"a","source":"camera","height_px":1.5}]',
        '[{"person":"a","source":"microphone","height_px":180}]',
        '[{"person":"../a","source":"camera","height_px":180}]',
        '[{"person":"a","source":"camera"}]',
        f"[{','.join([ONE] * (MOST_WISHES + 1))}]",
        "{}",
        "null",
    ],
)
def test_what_is_no_such_message_is_not_understood(pictures):
    with pytest.raises(WireError):
        decode_ask(f'{{"ask":"WantPictures","meeting":"m","pictures":{pictures}}}')
