"""A mute reaches the server after the words that were said before it, in the order of all messages."""

import asyncio

import pytest

from app.effects import last_words
from app.effects.last_words import LastWords
from app.wire.people import LeaveMeeting, ShowState
from tests.patience import PATIENCE_S

MUTED = ShowState(meeting="m", microphone_on=False, camera_on=True)
HEARD = ShowState(meeting="m", microphone_on=True, camera_on=True)
LEAVING = LeaveMeeting(meeting="m")


class Told:
    """What the server is told, and whether words are still on their way."""

    def __init__(self):
        self.sent, self.have_gone, self.arrived = [], False, asyncio.Event()
        self.words = LastWords(self.send, have_gone=lambda: self.have_gone, spawn=asyncio.ensure_future)

    def send(self, message):
        self.sent.append(message)
        self.arrived.set()


def test_a_mute_is_told_once_the_words_before_it_are_out():
    async def story():
        told = Told()
        told.words.say(HEARD)
        told.words.say(MUTED)
        await asyncio.sleep(0)
        assert told.sent == [HEARD]
        told.arrived.clear()
        told.have_gone = True
        await asyncio.wait_for(told.arrived.wait(), PATIENCE_S)
        told.words.say(MUTED)  # nothing is on its way
        assert told.sent == [HEARD, MUTED, MUTED]

    asyncio.run(story())


@pytest.mark.parametrize("then", [HEARD, LEAVING])
def test_what_comes_after_a_mute_does_not_overtake_it(then):
    async def story():
        told = Told()
        told.words.say(MUTED)
        told.words.say(then)
        assert told.sent == [MUTED, then]

    asyncio.run(story())


def test_a_mute_does_not_wait_for_filters_that_never_answer(monkeypatch):
    monkeypatch.setattr(last_words, "LIMIT_S", 0.02)

    async def story():
        told = Told()
        told.words.say(MUTED)
        await asyncio.wait_for(told.arrived.wait(), PATIENCE_S)
        assert told.sent == [MUTED]

    asyncio.run(story())
