"""How soon two people see each other, how smooth it is, how whole the voice: two running clients, a real server.

`median_s`: from the click on Join to the first remote picture painted, at the slower of the two clients, median of 10.
`fps`: pictures of the other painted a second over 20 s at 640x360, at the slower client.
`audio_gap_ms`: the longest run that the far speaker did not get, or got concealed, in 20 s of steady sound.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import av
import numpy as np

from tests.steering import ROOT, Client, Server, share_a_room, sign_up

ROUNDS = 10
WATCH_S = 20.0
RATE_HZ = 48_000
CAMERA = ROOT / "resources" / "demo" / "clara.webm"


def write_tone(path, seconds=120):
    """A voice-like steady sound: a run that is missing or concealed is heard as a change of loudness."""
    times = np.arange(RATE_HZ * seconds) / RATE_HZ
    wave = sum(np.sin(2 * np.pi * 150 * k * times) / k for k in range(1, 12))
    samples = (wave * 0.08 * 32767).astype(np.int16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        for start in range(0, len(samples), RATE_HZ):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + RATE_HZ], format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE_HZ, start
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)


def others_tile(client):
    """The report of the tile that shows the other person."""
    tiles = {key: tile for key, tile in client.report()["tiles"].items() if key}
    return next(iter(tiles.values()), None)


def join_once(staying, coming, *, is_first):
    """Seconds from the click to the first picture at the slower of the two."""
    coming.click("join-newest", *(["terms-continue"] if is_first else []))
    coming.wait(painted="own", enabled="prejoin-join")
    clicked = coming.do("click", name="prejoin-join")["at_s"]
    for client in (coming, staying):
        client.wait(call_phase="in", people=2, painted="*")
    return max(others_tile(client)["first_s"] for client in (coming, staying)) - clicked


def leave(staying, coming):
    coming.click("leave", "close-call")
    # The tile of the one who left has to be gone, or its first picture would count for the next round.
    end = time.monotonic() + 10
    while others_tile(staying) is not None:
        if time.monotonic() > end:
            raise RuntimeError("the person who left is still on show")


def watch(clients):
    """(pictures of the other painted a second over `WATCH_S`, longest gap in the voice in ms), at the worse client."""
    before = [others_tile(client)["frames"] for client in clients]
    began = time.monotonic()
    time.sleep(WATCH_S)
    after = [others_tile(client)["frames"] for client in clients]
    span_s = time.monotonic() - began
    gaps = [client.report()["figures"]["audio_gap_ms"] for client in clients]
    return min(b - a for a, b in zip(before, after, strict=True)) / span_s, max(gaps)


def main(argv):
    argparse.ArgumentParser(prog="python -m tests.bench join").parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tone(folder / "tone.wav")
        files = ("--fake-camera", CAMERA, "--fake-microphone", folder / "tone.wav")
        server = Server(folder / "server")
        clients = []
        try:
            for who in ("ada", "grace"):
                heard = ("--fake-speaker", folder / f"{who}.wav")
                clients.append(Client(folder / who, "--server", server.url, *files, *heard, name=who))
            host, guest = clients
            sign_up(host, "Ada")
            sign_up(guest, "Grace")
            share_a_room(host, guest, "Bench")
            host.click("camera-button", "menu-video-meeting", "terms-continue", "prejoin-join")
            host.wait(call_phase="in")
            times = []
            for number in range(ROUNDS):
                times.append(join_once(host, guest, is_first=number == 0))
                if number < ROUNDS - 1:
                    leave(host, guest)
            fps, gap_ms = watch(clients)
        finally:
            for client in clients:
                client.quit()
            server.stop()
    print(json.dumps({"rounds_s": [round(one, 3) for one in times]}))
    return {
        "median_s": round(statistics.median(times), 3),
        "slowest_s": round(max(times), 3),
        "fps": round(fps, 1),
        "audio_gap_ms": round(gap_ms, 1),
    }
