"""A large picture goes out in pieces, and what comes in between is not held back by it."""

import asyncio

from app.net.pacing import pace


class Transport:
    """Counts what is sent, and notes who."""

    def __init__(self):
        self.sent = []

    async def _send_rtp(self, data):
        self.sent.append(data)


async def send(transport, data, count):
    for _ in range(count):
        await transport._send_rtp(data)


def test_a_voice_goes_out_in_the_midst_of_a_large_picture():
    async def story():
        transport = Transport()
        pace(transport)
        pace(transport)
        picture = asyncio.create_task(send(transport, b"picture", 200))
        voice = asyncio.create_task(send(transport, b"voice", 1))
        await asyncio.gather(picture, voice)
        return transport.sent

    sent = asyncio.run(story())
    assert len(sent) == 201
    assert sent.index(b"voice") <= 16


def test_a_small_picture_goes_out_at_once():
    async def story():
        transport = Transport()
        pace(transport)
        sending = send(transport, b"picture", 15)
        # It never waits.
        try:
            sending.send(None)
        except StopIteration:
            return transport.sent
        raise AssertionError("it waited")

    assert len(asyncio.run(story())) == 15
