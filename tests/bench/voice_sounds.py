"""Sounds to measure a voice's filters with, and the measures; 48 kHz mono throughout."""

import numpy as np
from pystoi import stoi

from app.media.types import BLOCK, RATE_HZ
from server_stub.recap.sound import read_sound

SOUNDS = {".flac", ".wav", ".opus", ".ogg", ".mp3", ".m4a", ".webm"}
SPEECH_LEVEL = 0.08


def read_folder(folder):
    """All sound files of a folder one after the other: float32 [n]."""
    files = sorted(path for path in folder.iterdir() if path.suffix in SOUNDS)
    if not files:
        raise SystemExit(f"There are no sound files in {folder}.")
    return {path.stem: np.concatenate([part for _, part in read_sound(path, RATE_HZ)]) for path in files}


def normal(sound):
    return sound / np.sqrt(np.mean(np.square(sound, dtype=np.float64)))


def white(count, random):
    return random.standard_normal(count)


def pink(count, random):
    spectrum = np.fft.rfft(random.standard_normal(count))
    steps = np.arange(len(spectrum))
    steps[0] = 1
    return np.fft.irfft(spectrum / np.sqrt(steps), count)


def clicks(count, random):
    """Seven keys a second, 3 ms each."""
    out = np.zeros(count)
    for at in random.integers(0, count - 1_200, count // RATE_HZ * 7):
        out[at : at + 1_200] += random.standard_normal(1_200) * np.exp(-np.arange(1_200) / 150)
    return out


def hum(count, random):
    times = np.arange(count) / RATE_HZ
    harmonics = sum(np.sin(2 * np.pi * 50 * each * times + each) / each for each in (1, 2, 3, 4, 5, 7))
    return harmonics + 0.02 * random.standard_normal(count)


def babble(count, others):
    """Six people at once, each at another place of what they say."""
    whole = np.concatenate([normal(one) for one in others])
    starts = np.linspace(0, len(whole), 6, endpoint=False).astype(int)
    return sum(np.resize(np.roll(whole, -start), count) for start in starts)


def at_snr(speech, noise, snr_db):
    """The two together, softer than full scale."""
    scale = np.sqrt(np.mean(speech**2) / np.mean(noise**2) / 10 ** (snr_db / 10))
    return ((speech + noise * scale) * 0.4).astype(np.float32)


def si_sdr_db(clean, heard):
    """How much of what is heard is the clean sound, whatever its level."""
    share = clean * (np.dot(clean, heard) / np.dot(clean, clean))
    return float(10 * np.log10(np.sum(share**2) / np.sum((heard - share) ** 2)))


def intelligibility(clean, heard):
    """STOI, up to 8 kHz: 0 to 1."""
    return float(stoi(clean[::3], heard[::3], RATE_HZ // 3))


def delay_samples(clean, heard):
    """By how much what is heard is late: where the two are most alike, above what filters turn in phase."""
    count = 2 * len(clean)
    both = np.fft.rfft(heard, count) * np.conj(np.fft.rfft(clean, count))
    both[: round(1_000 * count / RATE_HZ)] = 0
    return int(np.argmax(np.fft.irfft(both)[: RATE_HZ // 10]))


def level_db(sound):
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-12))


def blocks_of(sound):
    return np.asarray(sound, np.float32)[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK)
