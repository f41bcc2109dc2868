"""The echo part of `noise`: rooms of made reverberation, with the far voice alone, then with both."""

import time

import numpy as np

from app.media.echo import EchoCanceller
from app.media.types import RATE_HZ
from tests.bench import voice_sounds as sounds

DELAYS_MS = (20, 40, 80, 120)
DRIFT_PPM = 50
SECONDS = 20
LEARNT_S = 5
BOTH_S = (10, 15)
LEVEL = 0.1


def measure_echo(speech, behind):
    count = SECONDS * RATE_HZ
    far = np.resize(sounds.normal(np.concatenate(behind)), count) * LEVEL * 1.2
    near = np.zeros(count)
    both = slice(BOTH_S[0] * RATE_HZ, BOTH_S[1] * RATE_HZ)
    near[both] = sounds.normal(np.resize(speech, both.stop - both.start)) * LEVEL
    wanted = [(f"{delay_ms} ms", delay_ms, 0) for delay_ms in DELAYS_MS]
    wanted.append((f"80 ms, {DRIFT_PPM} ppm", 80, DRIFT_PPM))
    rooms = {}
    for name, delay_ms, drift_ppm in wanted:
        heard = echo_of(far, delay_ms, drift_ppm) + near
        rooms[name] = measure_room(far, near, heard, both)
        print(f"echo, {name}: {rooms[name]}", flush=True)
    return {"rooms": rooms, "cpu_ms": max(one["cpu_ms"] for one in rooms.values())}


def measure_room(far, near, heard, both):
    out, cpu_ms = cancel(far, heard)
    alone = slice(LEARNT_S * RATE_HZ, both.start)
    late = sounds.delay_samples(near[both], out[both])
    own, kept = near[both.start : both.stop - late], out[both.start + late : both.stop]
    before = heard[both.start : both.stop - late]
    return {
        "erle_db": round(sounds.level_db(heard[alone]) - sounds.level_db(out[alone]), 1),
        "near_db": round(sounds.level_db(kept) - sounds.level_db(own), 1),
        "stoi_both": round(sounds.intelligibility(own, kept), 3),
        "stoi_before": round(sounds.intelligibility(own, before), 3),
        "delay_ms": round(late / RATE_HZ * 1_000, 1),
        "cpu_ms": cpu_ms,
    }


def echo_of(far, delay_ms, drift_ppm):
    """The direct way at half the level, and 50 ms of decay; the loudspeaker's clock may run slower."""
    room = np.random.default_rng(delay_ms).standard_normal(RATE_HZ // 4) * 0.03
    start = delay_ms * RATE_HZ // 1_000
    room = np.concatenate((np.zeros(start), room * np.exp(-np.arange(len(room)) / (0.05 * RATE_HZ))))
    room[start] = 0.5
    size = len(far) + len(room)
    echo = np.fft.irfft(np.fft.rfft(far, size) * np.fft.rfft(room, size), size)[: len(far)]
    steps = np.arange(len(far))
    return np.interp(steps * (1 + drift_ppm * 1e-6), steps, echo) if drift_ppm else echo


def cancel(far, heard):
    canceller, out, spent = EchoCanceller(), [], []
    for played, block in zip(sounds.blocks_of(far), sounds.blocks_of(heard), strict=True):
        begun = time.process_time_ns()
        canceller.hear_far(played)
        out.append(canceller.process(block))
        spent.append(time.process_time_ns() - begun)
    canceller.close()
    return np.concatenate(out), round(float(np.median(spent)) / 1e6, 3)
