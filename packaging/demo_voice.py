"""The voices of a scripted call: flite speaks each line, PyAV writes one Ogg Opus file per person."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

VOICE_RATE_HZ = 16_000
OPUS_RATE_HZ = 48_000
OPUS_BITS_PER_S = 32_000
# As loud as a person at a well set microphone; flite alone differs by 6 dB between its voices.
SPEECH_LEVEL_DB = -21.0
PEAK_LIMIT = 0.9
# Below this share of its peak, the edge of an utterance is silence.
EDGE_SHARE = 0.01
EDGE_KEPT_S = 0.03


class VoiceMissing(Exception):
    """flite is not installed, or lacks the voice that was asked for."""


def find_flite() -> str:
    """Finds the synthesiser.

    Raises:
        VoiceMissing: with words that say how to get it.
    """
    found = shutil.which("flite")
    if found is None:
        raise VoiceMissing("flite, the speech synthesiser, is not installed. On Debian: apt-get install flite")
    return found


def speak(voice: str, text: str) -> Samples:
    """Says a text and cuts the silence round it.

    Returns:
        int16, shape (n,), 16 kHz mono, at the common speech level.

    Raises:
        VoiceMissing: no flite, or flite does not know the voice.
    """
    flite = find_flite()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        done = subprocess.run(
            [flite, "-voice", voice, "-t", text, "-o", str(path)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0 or not path.exists():
            raise VoiceMissing(f"flite could not speak with the voice {voice!r}: {done.stderr.strip()}")
        with wave.open(str(path)) as file:
            if file.getframerate() != VOICE_RATE_HZ:
                raise VoiceMissing(f"the voice {voice!r} speaks at {file.getframerate()} Hz, not {VOICE_RATE_HZ}")
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    return level_speech(trim_silence(samples))


def trim_silence(samples: Samples) -> Samples:
    """Cuts the quiet edges, so that a line's start and end are when it is heard."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > EDGE_SHARE * np.abs(samples.astype(np.int32)).max())
    kept = int(EDGE_KEPT_S * VOICE_RATE_HZ)
    return samples[max(0, loud[0] - kept) : loud[-1] + kept]


def level_speech(samples: Samples) -> Samples:
    """Brings speech to one loudness, without ever clipping, and fades the cut edges."""
    voice = samples.astype(np.float64) / 32768
    gain = 10 ** (SPEECH_LEVEL_DB / 20) / np.sqrt(np.mean(voice**2))
    voice *= min(gain, PEAK_LIMIT / np.abs(voice).max())
    fade = np.linspace(0, 1, int(0.005 * VOICE_RATE_HZ))
    voice[: len(fade)] *= fade
    voice[-len(fade) :] *= fade[::-1]
    return np.round(voice * 32767).astype(np.int16)


def write_opus(path: Path, samples: Samples) -> None:
    """Writes speech as mono Ogg Opus at 48 kHz, about 32 kbit/s; equal samples give equal bytes.

    Args:
        path: the file to make.
        samples: int16, shape (n,), 16 kHz mono.
    """
    # bitexact keeps the muxer from drawing a random stream number.
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=OPUS_RATE_HZ, layout="mono", options={"application": "voip"})
        stream.bit_rate = OPUS_BITS_PER_S
        to_opus = av.AudioResampler(format="s16", layout="mono", rate=OPUS_RATE_HZ, frame_size=OPUS_RATE_HZ // 50)
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.rate = VOICE_RATE_HZ
        frame.pts = 0
        for whole in [*to_opus.resample(frame), *to_opus.resample(None)]:
            container.mux(stream.encode(whole))
        container.mux(stream.encode(None))
