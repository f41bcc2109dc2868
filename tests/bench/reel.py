"""What the reel costs: seconds of a clock and of a processor for each second of it, and how large it is.

    python -m tests.bench reel [--seconds 66] [--keep FOLDER]

A call of real faces and voices is cut into clips of eleven seconds. First two people's cameras alone; then the same
with a shared screen of 1920x1080 all the time, which is the dearest there is; then ten people's cameras.
"""

import argparse
import os
import shutil
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from app.wire.recap import Highlight, Utterance
from server_stub.recap.mix import mix_clips
from server_stub.recap.reel import cut_spans, make_reel
from server_stub.recap.shares import Shared
from server_stub.relay.matroska import MatroskaFile, Sample
from tests.bench.recap_material import make_call, record

CLIP_S, GAP_S = 11.0, 9.0
SCREEN_PX = (1920, 1080)


def main(argv):
    parser = argparse.ArgumentParser(prog="tests.bench reel", description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="a folder that the reels are left in")
    parser.add_argument("--seconds", type=float, default=66.0, help="of the reel")
    options = parser.parse_args(argv)
    cases = {"two_faces": (2, False), "screen": (2, True), "ten_faces": (10, False)}
    return {name: measure(name, options, *case) for name, case in cases.items()}


def measure(name, options, people, has_screen):
    """Makes one reel; returns its figures."""
    with tempfile.TemporaryDirectory(prefix="parley-reel-") as place:
        folder, count = Path(place), max(1, round(options.seconds / CLIP_S))
        call = make_call(count * (CLIP_S + GAP_S) / 60 + 0.2, people)
        record(call, folder)
        files = {one: folder / f"{one.lower()}.mkv" for one in call.voices}
        shares = [Shared(path=write_screen(folder / "screen.mkv"), start_s=0.0)] if has_screen else []
        starts = [5.0 + number * (CLIP_S + GAP_S) for number in range(count)]
        clips = [Highlight(start_s=at, end_s=at + CLIP_S, title="", reason="", evidence=()) for at in starts]
        spans, lines = cut_spans(clips), [said_in(call, clip) for clip in clips]
        wall, processor = time.monotonic(), time.process_time()
        length_s = make_reel(files, spans, mix_clips(files.values(), spans), folder / "reel.webm", shares, lines)
        wall, processor = time.monotonic() - wall, time.process_time() - processor
        figures = {
            "reel_s": length_s,
            "wall_s_per_s": round(wall / length_s, 3),
            "cpu_s_per_s": round(processor / length_s, 3),
            "megabytes": round((folder / "reel.webm").stat().st_size / 1e6, 2),
            "load": round(os.getloadavg()[0], 1),
        }
        print(f"{name}: {figures}", flush=True)
        if options.keep:
            shutil.copy(folder / "reel.webm", options.keep / f"{name}.webm")
        return figures


def said_in(call, clip):
    """What is said in a clip, as the transcript has it."""
    return [
        Utterance(
            id="",
            speaker=turn.person.capitalize(),
            start_s=turn.start_s,
            end_s=turn.end_s,
            text=turn.text,
            confidence=1,
        )
        for turn in call.turns
        if turn.start_s < clip.end_s and clip.start_s < turn.end_s
    ]


def write_screen(path):
    """A screen on which a page of noise-like letters moves by a line each second, as the recorder writes it."""
    chance = np.random.default_rng(3)
    page = np.where(chance.random((SCREEN_PX[1] * 2 // 8, SCREEN_PX[0] // 8)) < 0.2, 30, 240).astype(np.uint8)
    page = page.repeat(8, 0).repeat(8, 1)
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = *SCREEN_PX, "yuv420p"
    encoder.time_base, encoder.bit_rate = Fraction(1, 10), 4_000_000
    encoder.options = {"deadline": "realtime", "cpu-used": "-12", "lag-in-frames": "0", "qmax": "40"}
    file = MatroskaFile(path, has_audio=False)
    for second in range(180):
        top = second * 24 % SCREEN_PX[1]
        shown = np.ascontiguousarray(page[top : top + SCREEN_PX[1]])
        frame = av.VideoFrame.from_ndarray(shown, format="gray").reformat(format="yuv420p")
        frame.pts, frame.time_base = second * 10, Fraction(1, 10)
        for packet in encoder.encode(frame):
            file.write(Sample("video", second * 1000, bytes(packet), bool(packet.is_keyframe)))
    file.close()
    return str(path)
