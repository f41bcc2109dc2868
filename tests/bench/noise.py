"""What the filters do to a voice: noise by mode, echo, level, and what each costs.

    python -m tests.bench noise [--speech DIR] [--noise DIR] [--seconds 20]

SPEECH holds sound files of people who speak; without it the clips that come with the tests. NOISE holds recorded
noises, each a kind of its own beside the made ones. Gains are of what comes out over what went in, at 0, 5 and 10 dB.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from app.media.gain import Gain
from app.media.noise import NoiseFilter
from app.media.types import RATE_HZ
from server_stub.recap.steady_noise import clean_steady_noise
from tests.bench import voice_sounds as sounds
from tests.bench.noise_echo import measure_echo

CLIPS = Path(__file__).resolve().parents[1] / "data" / "speech"
SNRS_DB = (0, 5, 10)
MODES = ("standard", "strong")
LEVELS_DB = (-52, -32, -22)


def main(argv):
    parser = argparse.ArgumentParser(prog="tests.bench noise", description=__doc__.splitlines()[0])
    parser.add_argument("--speech", type=Path, default=CLIPS)
    parser.add_argument("--noise", type=Path)
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args(argv)
    speech, behind = pick(sounds.read_folder(options.speech), options.seconds * RATE_HZ)
    noises = make_noises(len(speech), behind, options.noise)
    modes = {mode: measure_mode(mode, speech, noises) for mode in MODES}
    echo = measure_echo(speech, behind)
    standard = modes["standard"]
    at_5 = {f"{name}_gain_db": gains["si_sdr_db"][1] for name, gains in standard["gains"].items()}
    return {
        **at_5,
        "clean_db": standard["clean_db"],
        "delay_ms": standard["delay_ms"],
        "cpu_ms": standard["cpu_ms"],
        "erle_db": min(one["erle_db"] for one in echo["rooms"].values()),
        "near_db": min((one["near_db"] for one in echo["rooms"].values()), key=lambda value: -abs(value)),
        "stoi_both": min(one["stoi_both"] for one in echo["rooms"].values()),
        "modes": modes,
        "echo": echo,
        "level": measure_level(speech),
        "steady_hum_db": measure_recording(speech, noises["hum"]),
    }


def pick(clips, count):
    """The speaker, out of the recordings that have the quietest pauses; and the others."""
    said, behind = [], []
    for sound in sorted(clips.values(), key=pause_db):
        (said if sum(map(len, said)) < count else behind).append(sound)
    if not behind:
        raise SystemExit("That is not enough speech: the rest of it is what others say behind.")
    speech = np.concatenate(said)[:count]
    return speech / np.abs(speech).max() * 0.8, behind


def pause_db(sound):
    """How far the quietest tenth of a recording lies below the whole of it."""
    powers = np.sort(np.mean(sounds.blocks_of(sound) ** 2, axis=1))
    return 10 * np.log10(np.mean(powers[: len(powers) // 10]) / np.mean(powers) + 1e-12)


def make_noises(count, behind, folder):
    random = np.random.default_rng(0)
    made = {one.__name__: one(count, random) for one in (sounds.white, sounds.pink, sounds.clicks, sounds.hum)}
    made["babble"] = sounds.babble(count, behind)
    recorded = sounds.read_folder(folder) if folder else {}
    return {**made, **{name: np.resize(sound, count) for name, sound in recorded.items()}}


def measure_mode(mode, speech, noises):
    clean = (speech * 0.4).astype(np.float32)
    out, cpu_ms = through(NoiseFilter(mode), clean)
    late = sounds.delay_samples(clean[: len(out)], out)
    gains = {}
    for name, noise in noises.items():
        rows = [measure_gain(mode, speech, sounds.at_snr(speech, noise, snr_db), late) for snr_db in SNRS_DB]
        gains[name] = {"si_sdr_db": [row[0] for row in rows], "stoi": [row[1] for row in rows]}
        print(f"{mode}, {name}: {gains[name]}", flush=True)
    return {
        "clean_db": round(sounds.si_sdr_db(clean[: len(out) - late], out[late:]), 1),
        "delay_ms": round(late / RATE_HZ * 1_000, 1),
        "cpu_ms": cpu_ms,
        "gains": gains,
    }


def measure_gain(mode, speech, noisy, late):
    out, _ = through(NoiseFilter(mode), noisy)
    clean, before, after = speech[: len(out) - late], noisy[: len(out) - late], out[late:]
    gain_db = sounds.si_sdr_db(clean, after) - sounds.si_sdr_db(clean, before)
    clearer = sounds.intelligibility(clean, after) - sounds.intelligibility(clean, before)
    return round(gain_db, 1), round(clearer, 3)


def through(one, sound):
    """What comes out, and the CPU of a block in milliseconds."""
    out, spent = [], []
    for block in sounds.blocks_of(sound):
        begun = time.process_time_ns()
        out.append(one.process(block))
        spent.append(time.process_time_ns() - begun)
    if hasattr(one, "close"):
        one.close()
    return np.concatenate(out), round(float(np.median(spent)) / 1e6, 3)


def measure_level(speech):
    """Level of a voice -> level after the gain control, once it has settled, and its cost."""
    figures = {}
    for wanted_db in LEVELS_DB:
        sound = sounds.normal(speech) * 10 ** (wanted_db / 20)
        out, figures["cpu_ms"] = through(Gain(), sound)
        figures[f"{wanted_db}"] = round(sounds.level_db(out[len(out) // 2 :]), 1)
    return figures


def measure_recording(speech, noise):
    """SI-SDR at 0, 5 and 10 dB of hum, before and after what the recap does to an utterance that is drowned in it."""
    figures = []
    for snr_db in SNRS_DB:
        noisy = sounds.at_snr(speech, noise, snr_db)
        cleaned = clean_steady_noise(noisy, RATE_HZ)
        figures.append([round(sounds.si_sdr_db(speech, one), 1) for one in (noisy, cleaned)])
    return figures
