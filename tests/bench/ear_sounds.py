"""What nobody says: ten minutes of the sounds of an office and of music, and sentences in two languages."""

import numpy as np

RATE_HZ = 16_000
EACH_S = 75.0
BREATH_S = 0.3


def ten_minutes():
    """Name to float32 mono at 16 kHz; eight sounds of 75 s in which nobody speaks."""
    random = np.random.default_rng(7)
    count = round(EACH_S * RATE_HZ)
    at = np.arange(count) / RATE_HZ
    sounds = {
        "music": _melody(random, at),
        "song": _melody(random, at, vibrato=0.03),
        "keyboard": 0.005 * random.normal(0, 1, count) + _strokes(random, count, 7.0, 120),
        "fan": 0.05 * _low(random, count, 0.97) * (1 + 0.2 * np.sin(2 * np.pi * 23 * at)),
        "room": 0.004 * _low(random, count, 0.9) + 0.01 * np.sin(2 * np.pi * 50 * at),
        "steps and doors": _strokes(random, count, 1.5, 900, loud=0.6),
        "breath": 0.05 * random.normal(0, 1, count) * np.clip(np.sin(2 * np.pi * 0.3 * at), 0, 1),
        "telephone": 0.2 * (np.sin(2 * np.pi * 440 * at) + np.sin(2 * np.pi * 480 * at)) * (at % 6 < 2),
    }
    return {name: np.clip(sound, -1, 1).astype(np.float32) for name, sound in sounds.items()}


def _melody(random, at, vibrato=0.0):
    """Notes with overtones over a bass, a new one twice a second."""
    notes = 220 * 2 ** (random.choice([0, 2, 4, 5, 7, 9, 11, 12], round(EACH_S * 2)) / 12)
    pitch = np.repeat(notes, RATE_HZ // 2)[: len(at)] * (1 + vibrato * np.sin(2 * np.pi * 5.5 * at))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    tone = sum(np.sin(number * phase) / number for number in range(1, 8))
    return 0.1 * tone * np.exp(-(at % 0.5) * 3) + 0.08 * np.sin(phase / 4)


def _strokes(random, count, a_second, decay, loud=0.2):
    sound = np.zeros(count + 8 * decay)
    for start in random.integers(0, count, round(EACH_S * a_second)):
        sound[start : start + 8 * decay] += random.normal(0, loud, 8 * decay) * np.exp(-np.arange(8 * decay) / decay)
    return sound[:count]


def _low(random, count, keep):
    """Noise with less of the high."""
    noise = random.normal(0, 1, count)
    length = round(10 / (1 - keep))
    return np.convolve(noise, keep ** np.arange(length), mode="same") * (1 - keep) * 4


def mixed_languages(english, foreign):
    """(sound, text): each English clip with 1.2 to 3.2 s of another language behind or before it, in one breath."""
    breath = np.zeros(round(BREATH_S * RATE_HZ), np.float32)
    others = list(foreign.values())
    for number, (sound, text) in enumerate(english.values()):
        other, length_s = others[number % len(others)], (1.2, 2.0, 3.2)[number % 3]
        at = round(1.3 * (number % 4) * RATE_HZ)
        other = other[at : at + round(length_s * RATE_HZ)]
        yield np.concatenate([sound, breath, other] if number % 2 else [other, breath, sound]), text
