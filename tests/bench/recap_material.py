"""A long call to measure the recap with: real voices and faces, said again and again in another order.

Nothing is encoded but each clip once; packets repeat, so an hour of four people is made in seconds.
"""

import itertools
import json
import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from server_stub.recap.sound import read_sound
from server_stub.relay.matroska import MatroskaFile, Sample

ROOT = Path(__file__).resolve().parents[2]
DEMO, CLIPS = ROOT / "resources" / "demo", ROOT / "tests" / "data" / "speech"
NAMES = ("Clara", "Felix", "Mira", "Noor", "Jonas", "Lena", "Tomas", "Ines", "Paul", "Vera")
STARTED_AT = 1795176000.0
RATE_HZ, PACKET = 48_000, 960
PACKET_S = PACKET / RATE_HZ
#: Between two turns, in seconds: talk is dense in a call that is at work.
PAUSE_S = (0.3, 1.0)
#: What a camera sends: pictures a second.
FPS = 30


@dataclass(frozen=True)
class Turn:
    """What one person says at a stretch, in seconds of the call."""

    person: str
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Call:
    """One call: its seconds, each person's packets (start in seconds, bytes), and what is said in it."""

    length_s: float
    voices: dict[str, list[tuple[float, bytes]]]
    turns: list[Turn]

    @property
    def packets(self):
        """Everyone's packets in order of time: (start in seconds, id, bytes)."""
        return sorted((at, name.lower(), opus) for name, stream in self.voices.items() for at, opus in stream)


def make_call(minutes, people, *, speakers=None, seed=1):
    """Makes a call in which the first `speakers` of `people` talk in turn and everybody's microphone is open."""
    chance, length_s = random.Random(seed), minutes * 60.0
    said, still = [(encode(sound), text) for sound, text in read_clips()], encode(faint_noise())
    names, slots = NAMES[:people], round(length_s / PACKET_S)
    voices = {name: [still[n % len(still)] for n in range(slots)] for name in names}
    order, at, turns = [], round(1.0 / PACKET_S), []
    while at < slots:
        if not order:
            order = chance.sample(said, len(said))
        (packets, text), name = order.pop(), names[chance.randrange(speakers or people)]
        if at + len(packets) >= slots:
            break
        voices[name][at : at + len(packets)] = packets
        turns.append(Turn(name.lower(), at * PACKET_S, (at + len(packets)) * PACKET_S, text))
        at += len(packets) + round(chance.uniform(*PAUSE_S) / PACKET_S)
    timed = {name: [(n * PACKET_S, one) for n, one in enumerate(packets)] for name, packets in voices.items()}
    return Call(length_s, timed, turns)


def read_clips():
    """Each English clip and each line of the demo with its words: float32 mono at 48 kHz."""
    paths = [path for path in sorted(CLIPS.glob("*.flac")) if not path.name.startswith("foreign")]
    clips = [(whole(path), path.with_suffix(".txt").read_text(encoding="utf-8").strip()) for path in paths]
    script = json.loads((DEMO / "script.json").read_text(encoding="utf-8"))
    tracks = {one["name"]: whole(DEMO / one["microphone"]) for one in script["people"]}
    for line in script["lines"]:
        start, end = (round(line[key] * RATE_HZ) for key in ("start_s", "end_s"))
        clips.append((tracks[line["speaker"]][start:end], line["text"]))
    return clips


def whole(path):
    return np.concatenate([samples for _, samples in read_sound(path, RATE_HZ)])


def faint_noise():
    """What a quiet room leaves of itself in a microphone."""
    return np.random.default_rng(5).normal(0, 0.0003, 4 * RATE_HZ).astype(np.float32)


def encode(sound):
    """Opus packets of 20 ms, as the client sends them."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = RATE_HZ, "mono", "s16", 32_000
    encoder.options = {"frame_duration": "20", "application": "voip"}
    encoder.open()
    samples = (np.clip(sound, -1, 1) * 32767).astype(np.int16)
    packets = []
    for start in range(0, len(samples) // PACKET * PACKET, PACKET):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + PACKET], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, start, Fraction(1, RATE_HZ)
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


def record(call, folder):
    """Writes the call as the relay does: a file for each person, voice and camera, and `recording.json`."""
    faces = [read_pictures(DEMO / name) for name in ("clara.webm", "felix.webm")]
    people = []
    for number, (name, packets) in enumerate(call.voices.items()):
        path = folder / f"{name.lower()}.mkv"
        file = MatroskaFile(path)
        pictures = enumerate(itertools.cycle(faces[number % len(faces)]))
        at_picture, (is_key, data) = next(pictures)
        for start_s, opus in packets:
            while at_picture / FPS <= start_s:
                file.write(Sample("video", round(at_picture / FPS * 1000), data, is_key))
                at_picture, (is_key, data) = next(pictures)
            file.write(Sample("audio", round(start_s * 1000), opus, True))
        file.close()
        people.append({"id": name.lower(), "name": name, "file": path.name})
    index = {"meeting": "m1", "started_at": STARTED_AT, "people": people}
    (folder / "recording.json").write_text(json.dumps(index), encoding="utf-8")


def read_pictures(path):
    with av.open(str(path)) as file:
        return [(bool(packet.is_keyframe), bytes(packet)) for packet in file.demux(video=0) if packet.size]
