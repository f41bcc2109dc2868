"""What the recap's tests share: a short talk of Ada and Grace, and recordings made of it."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from app.wire.recap import Utterance

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def talk() -> dict[str, Path]:
    """Name to sound file, both beginning together."""
    return {"Ada": DATA / "ada.opus", "Grace": DATA / "grace.opus"}


@pytest.fixture(scope="session")
def script() -> list[dict]:
    return json.loads((DATA / "script.json").read_text())


@pytest.fixture
def utter() -> Callable[..., tuple[Utterance, ...]]:
    """Makes a transcript of `Name: words` lines, four seconds each."""

    def make(*lines: str) -> tuple[Utterance, ...]:
        said = [line.partition(": ") for line in lines]
        return tuple(
            Utterance(id=f"u{n + 1}", speaker=who, start_s=4.0 * n, end_s=4.0 * n + 3.5, text=text, confidence=0.9)
            for n, (who, _, text) in enumerate(said)
        )

    return make


def read_packets(path: Path) -> list[tuple[float, bytes]]:
    with av.open(str(path)) as file:
        return [(float(p.pts * p.time_base), bytes(p)) for p in file.demux(audio=0) if p.pts is not None]


@pytest.fixture(scope="session")
def packets(talk: dict[str, Path]) -> dict[str, list[tuple[float, bytes]]]:
    """Name to (start_s, Opus packet), as they come from the network."""
    return {name: read_packets(path) for name, path in talk.items()}


def record(out: Path, sound: Path | None, *, seconds: float = 15.0, shade: int = 90, from_s: float = 0.0) -> Path:
    """A person's Matroska file as the relay writes it: VP8 copied, Opus copied, a key frame each second."""
    with av.open(str(out), "w", format="matroska") as file:
        video = file.add_stream("libvpx", rate=10, options={"deadline": "realtime", "cpu-used": "-12", "threads": "1"})
        video.width, video.height, video.pix_fmt, video.gop_size = 320, 180, "yuv420p", 10
        audio = file.add_stream("libopus", rate=48000)
        audio.layout = "mono"
        source = av.open(str(sound)) if sound else None
        if source:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=48000)
            for frame in source.decode(audio=0):
                for piece in resampler.resample(frame):
                    file.mux(audio.encode(piece))
            source.close()
        for number in range(round(seconds * 10)):
            if number / 10 < from_s:
                continue
            picture = np.full((180, 320, 3), shade, np.uint8)
            picture[60:120, number % 200 : number % 200 + 60] = 255 - shade
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
        if source:
            file.mux(audio.encode(None))
    return out


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory, talk: dict[str, Path]) -> dict[str, Path]:
    """Name to Matroska file with picture and sound: Ada's picture dark, Grace's bright."""
    folder = tmp_path_factory.mktemp("recordings")
    shades = {"Ada": 40, "Grace": 200}
    return {name: record(folder / f"{name.lower()}.mkv", path, shade=shades[name]) for name, path in talk.items()}


@pytest.fixture
def meeting_folder(tmp_path: Path, recordings: dict[str, Path]) -> Path:
    """The folder of a recorded meeting, as the server leaves it."""
    people = []
    for name, path in recordings.items():
        (tmp_path / path.name).write_bytes(path.read_bytes())
        people.append({"id": name.lower(), "name": name, "file": path.name})
    recording = {"meeting": "m1", "started_at": 1795176000.0, "people": people}
    (tmp_path / "recording.json").write_text(json.dumps(recording))
    return tmp_path


@pytest.fixture(scope="session")
def decode() -> Callable[[Path], tuple[float, float, list]]:
    """Decodes a film: seconds of picture, seconds of sound, the frames."""

    def read(path: Path) -> tuple[float, float, list]:
        frames, sound_s = [], 0.0
        with av.open(str(path)) as file:
            for frame in file.decode():
                if isinstance(frame, av.VideoFrame):
                    frames.append((frame.time, frame.to_ndarray(format="gray"), frame.width))
                else:
                    sound_s += frame.samples / frame.sample_rate
        return (frames[-1][0] if frames else 0.0), sound_s, frames

    return read
