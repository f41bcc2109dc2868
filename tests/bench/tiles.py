"""What faces cost by how they are shown: ten people in one process on the real relay, one of whom looks at the others.

For each way of showing them, over `WATCH_S`:

cores               of one core for all ten and the relay together; nobody says a word
received_kbps       kbit/s that reach the one who looks
shown_fps           pictures a second of one face that they decode, the mean: less than 30 where the computer is busy
encode_ms           processor time of encoding one picture
kbit                of one picture

`full`: who looks says nothing, and gets every face as it is; `small`: tiles of 180 pixels; `hidden`: none is shown.
`back_s`: from the moment at which all are shown again to the last one's first picture.
"""

import asyncio
import itertools
import time

import cv2
import numpy as np

from app.media.types import Frame
from tests.bench import film
from tests.net import relayed
from tests.net.relayed import MEETING

PEOPLE, SIZE_PX, FPS = 10, (640, 360), 30
SETTLE_S, WATCH_S = 12.0, 8.0


def pictures():
    """A second of a talking person, as planes."""
    return [cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420) for _, bgr in itertools.islice(film.talking(SIZE_PX), FPS)]


async def play(tracks, planes):
    """Gives every camera the next picture in its turn."""
    began_s, number = time.monotonic(), 0
    while True:
        for track in tracks:
            track.show(Frame(planes[number % len(planes)], "yuv420p", time.monotonic()))
        number += 1
        await asyncio.sleep(max(0.0, began_s + number / FPS - time.monotonic()))


def decoded(viewer, names):
    return np.array([viewer.decoded(name, "camera") for name in names])


def listen(track, made):
    """Notes what becomes of each picture of a camera."""
    told = track.told

    def note(encoded):
        made.append(encoded)
        told(encoded)

    track.told = note


async def watch(viewer, names, made):
    made.clear()
    before = time.process_time(), time.monotonic(), viewer.received, decoded(viewer, names).sum()
    await asyncio.sleep(WATCH_S)
    past_s = time.monotonic() - before[1]
    count = max(1, len(made))
    return {
        "cores": round((time.process_time() - before[0]) / past_s, 2),
        "received_kbps": round((viewer.received - before[2]) * 8 / 1000 / past_s),
        "shown_fps": round(float(decoded(viewer, names).sum() - before[3]) / past_s / len(names), 1),
        "encode_ms": round(1000 * sum(one.cpu_s for one in made) / count, 2),
        "kbit": round(sum(one.size for one in made) * 8 / 1000 / count, 1),
    }


def count_bytes(viewer):
    """Counts what arrives at a caller's connection."""
    transport = viewer.peers.connections[1].getTransceivers()[0].receiver.transport
    take = transport._handle_rtp_data

    async def counting(data, *rest, **more):
        viewer.received += len(data)
        await take(data, *rest, **more)

    viewer.received, transport._handle_rtp_data = 0, counting


async def measure():
    planes = pictures()
    async with relayed.house() as house:
        tracks, made = [], []

        def keep(source, track):
            if source == "camera":
                tracks.append(track)
                listen(track, made)

        names = [f"p{number}" for number in range(1, PEOPLE)]
        for name in names:
            house.relay.want(MEETING, name, {})
            await house.caller(name, keep)
        viewer = await house.caller("viewer")
        playing = asyncio.create_task(play(tracks, planes))
        await house.until(lambda: (decoded(viewer, names) > 0).all())
        count_bytes(viewer)
        ways = {"full": None, "small": {(name, "camera"): 180 for name in names}, "hidden": {}}
        figures = {}
        for way, wants in ways.items():
            house.relay.want(MEETING, "viewer", wants)
            await asyncio.sleep(SETTLE_S)
            figures[way] = await watch(viewer, names, made)
        before, began_s = decoded(viewer, names), time.monotonic()
        house.relay.want(MEETING, "viewer", ways["small"])
        await house.until(lambda: (decoded(viewer, names) > before).all())
        figures["back_s"] = round(time.monotonic() - began_s, 2)
        playing.cancel()
    return figures


def main(argv):
    return asyncio.run(measure())
