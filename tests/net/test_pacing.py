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


FACE, SCREEN = 0x0A0A0A0A, 0x0B0B0B0B
VOICE, FEEDBACK = bytes((0x80, 96)) + bytes(10), bytes((0x81, 205)) + bytes(10)


def header(ssrc, seq=0):
    """Of a picture's packet."""
    return bytes((0x80, 97)) + seq.to_bytes(2) + bytes(4) + ssrc.to_bytes(4)


PICTURE = header(FACE)


class Waits:
    """Stands in for the loop's clock and pauses."""

    def __init__(self, monkeypatch):
        self.now_s, self.slept_s = 100.0, 0.0
        monkeypatch.setattr("app.net.pacing.time.monotonic", lambda: self.now_s)
        monkeypatch.setattr("app.net.pacing.asyncio.sleep", self.sleep)

    async def sleep(self, seconds):
        self.now_s += seconds
        self.slept_s += seconds


def paced(bps):
    transport = Transport()
    pacer = pace(transport)
    assert pace(transport) is pacer
    pacer.bps = bps
    pacer.voices.add(96)
    return transport, pacer


def test_a_picture_goes_out_at_its_pace(monkeypatch):
    waits = Waits(monkeypatch)
    transport, _ = paced(100_000)
    asyncio.run(send(transport, PICTURE + bytes(1_238), 10))
    assert abs(waits.slept_s - 10 * 1_250 * 8 / 100_000) < 0.03
    assert len(transport.sent) == 10


def test_voices_and_feedback_neither_wait_nor_make_pictures_wait(monkeypatch):
    waits = Waits(monkeypatch)
    transport, _ = paced(10_000)
    asyncio.run(send(transport, VOICE + bytes(90), 50))
    asyncio.run(send(transport, FEEDBACK + bytes(30), 50))
    asyncio.run(send(transport, PICTURE + bytes(10), 1))
    assert waits.slept_s == 0.0


def test_a_picture_that_was_too_large_is_through_after_a_second(monkeypatch):
    waits = Waits(monkeypatch)
    transport, pacer = paced(10_000)
    pacer.begin_picture(FACE, 20 * 1_000)
    asyncio.run(send(transport, PICTURE + bytes(988), 20))
    assert 0.9 < waits.slept_s < 1.1


def test_what_is_left_of_a_picture_that_is_given_up_is_not_sent_and_the_next_one_is():
    transport, pacer = paced(0)
    asyncio.run(send(transport, PICTURE + b"first", 2))
    pacer.give_picture_up(FACE)
    asyncio.run(send(transport, PICTURE + b"rest", 2))
    asyncio.run(send(transport, VOICE + b"word", 1))
    pacer.begin_picture(FACE, 100)
    asyncio.run(send(transport, PICTURE + b"next", 1))
    assert [data[12:] for data in transport.sent] == [b"first", b"first", b"word", b"next"]


def test_a_screen_is_through_in_time_beside_a_face_that_begins_picture_after_picture(monkeypatch):
    waits = Waits(monkeypatch)
    transport, pacer = paced(10_000)
    pacer.begin_picture(SCREEN, 20 * 1_000)

    async def story():
        for _ in range(20):
            pacer.begin_picture(FACE, 100)
            await transport._send_rtp(header(SCREEN) + bytes(988))

    asyncio.run(story())
    assert 0.9 < waits.slept_s < 1.1


def test_a_picture_that_is_given_up_stays_so_while_another_stream_begins_one_and_nothing_of_it_is_sent_again():
    transport, pacer = paced(0)

    async def story():
        pacer.begin_picture(SCREEN, 3_000)
        await transport._send_rtp(header(SCREEN, 7) + b"first")
        pacer.give_picture_up(SCREEN)
        pacer.begin_picture(FACE, 100)
        await transport._send_rtp(header(SCREEN, 8) + b"rest")
        await transport._send_rtp(header(FACE, 8) + b"face")
        for ssrc, seq in ((SCREEN, 7), (SCREEN, 8), (FACE, 8)):
            await pacer.send_again(ssrc, seq, send(transport, header(ssrc, seq) + b"again", 1))

    asyncio.run(story())
    assert [(data[8] & 15, data[3], data[12:]) for data in transport.sent] == [
        (11, 7, b"first"),
        (10, 8, b"face"),
        (11, 7, b"again"),
        (10, 8, b"again"),
    ]


def test_while_it_is_hushed_only_feedback_goes_out_and_what_was_not_sent_is_not_sent_later():
    transport, pacer = paced(0)

    async def story():
        pacer.is_hushed = True
        for data in (VOICE, PICTURE, FEEDBACK):
            await transport._send_rtp(data)
        pacer.is_hushed = False
        await pacer.send_again(FACE, 0, send(transport, PICTURE, 1))
        await transport._send_rtp(header(FACE, 1))

    asyncio.run(story())
    assert transport.sent == [FEEDBACK, header(FACE, 1)]


def test_what_is_sent_again_does_not_wait_and_has_its_own_measure(monkeypatch):
    waits = Waits(monkeypatch)
    transport, pacer = paced(10_000)
    pacer.again_bps = 100_000.0

    async def again(count):
        for seq in range(count):
            await pacer.send_again(FACE, seq, send(transport, PICTURE + bytes(1_238), 1))

    asyncio.run(again(100))
    assert waits.slept_s == 0.0
    assert len(transport.sent) == 5, "half a second's worth"
    waits.now_s += 0.3
    asyncio.run(again(100))
    assert len(transport.sent) == 8, "and three in as many tenths of a second"


def test_what_is_on_its_way_is_not_sent_again(monkeypatch):
    waits = Waits(monkeypatch)
    transport, pacer = paced(10_000)

    async def story():
        for ssrc in (FACE, FACE, SCREEN, FACE):
            await pacer.send_again(ssrc, 7, send(transport, header(ssrc, 7), 1))
            waits.now_s += 0.01

    asyncio.run(story())
    assert [data[8] & 15 for data in transport.sent] == [10, 11, 10]


def test_what_is_asked_for_before_it_is_sent_is_not_taken_for_answered():
    transport, pacer = paced(0)

    async def story():
        await transport._send_rtp(header(FACE, 7))
        await pacer.send_again(FACE, 8, send(transport, header(FACE, 8), 1))
        await transport._send_rtp(header(FACE, 8))
        await pacer.send_again(FACE, 8, send(transport, header(FACE, 8) + b"again", 1))

    asyncio.run(story())
    assert transport.sent == [header(FACE, 7), header(FACE, 8), header(FACE, 8) + b"again"]
