"""What a call of five costs where faces come in one size for all, and in two: all in one process, on the real relay.

Each of the five shows another one's face large and the three others in tiles of 180 pixels. `one` is without small
pictures beside the large ones, `two` with them; then one of the five finds that their link carries `NARROW_BPS`:
`one_narrow`, `two_narrow`. Over `WATCH_S`:

cores               of one core, for all five and the relay; nobody says a word
sent_kbps           kbit/s that one of them sends, the mean
received_kbps       kbit/s of pictures that come to one of them; where it is narrow, to the one whose link it is
seen                faces of the four of which they decode at least two pictures a second
large_ms, small_ms  processor time of encoding one picture
"""

import asyncio
import time

from app.net.layers import SmallFace
from tests.bench.tiles import pictures, play
from tests.net import relayed
from tests.net.relayed import MEETING

PEOPLE, NARROW_BPS = 5, 600_000
SETTLE_S, WATCH_S = 10.0, 8.0
NAMES = [f"p{number}" for number in range(PEOPLE)]


def wants(number):
    """Whom somebody shows, and how high."""
    large = NAMES[(number + 1) % PEOPLE]
    return {(name, "camera"): 720 if name == large else 180 for name in NAMES if name != NAMES[number]}


def listen(track, made):
    """Notes from now on what becomes of each picture of a track."""

    def note(encoded):
        made.append(encoded)
        type(track).told(track, encoded)

    track.told = note


def received(caller):
    return sum(one.size for (_, source), one in caller.receiver.arrivals().items() if source != "microphone")


def sent(caller):
    return sum(made.bytes for made in caller.peers.sending.made.values())


def ms(made):
    return round(1000 * sum(one.cpu_s for one in made) / max(1, len(made)), 2)


async def watch(callers, seeing):
    """Figures of all, received and seen of some."""
    large, small = [], []
    for caller in callers:
        for source, track in caller.peers.sending.tracks.items():
            if track.kind == "video":
                listen(track, small if source == "camera-low" else large)
    others = {one: [name for name in NAMES if name != one.name] for one in seeing}
    decoded = {one: [one.decoded(name, "camera") for name in others[one]] for one in seeing}
    came, went = {one: received(one) for one in seeing}, [sent(one) for one in callers]
    cpu_s, began_s = time.process_time(), time.monotonic()
    await asyncio.sleep(WATCH_S)
    past_s = time.monotonic() - began_s
    fluent = [
        one.decoded(name, "camera") - was >= 2 * past_s
        for one in seeing
        for name, was in zip(others[one], decoded[one], strict=True)
    ]
    sent_bytes = sum(sent(one) - was for one, was in zip(callers, went, strict=True))
    return {
        "cores": round((time.process_time() - cpu_s) / past_s, 2),
        "sent_kbps": round(sent_bytes / past_s / 125 / PEOPLE),
        "received_kbps": round(sum(received(one) - was for one, was in came.items()) / past_s / 125 / len(seeing)),
        "seen": round(sum(fluent) / len(seeing), 1),
        "large_ms": ms(large),
        "small_ms": ms(small),
    }


async def measure(planes):
    async with relayed.house() as house:
        tracks = []
        for number, name in enumerate(NAMES):
            house.relay.want(MEETING, name, wants(number))
            await house.caller(name, lambda source, track: tracks.append(track) if source == "camera" else None)
        callers = list(house.callers.values())
        playing = asyncio.create_task(play(tracks, planes))
        await asyncio.sleep(SETTLE_S)
        wide = await watch(callers, callers)
        link = callers[0].receiver.link
        link.bps, link.note = NARROW_BPS, lambda *packet: True
        await asyncio.sleep(SETTLE_S)
        narrow = await watch(callers, callers[:1])
        playing.cancel()
    return wide, narrow


def main(argv):
    planes, follow = pictures(), SmallFace.follow
    figures = {}
    for way, done in (("one", lambda *_: None), ("two", follow)):
        SmallFace.follow = done
        figures[way], figures[f"{way}_narrow"] = asyncio.run(measure(planes))
    return figures
