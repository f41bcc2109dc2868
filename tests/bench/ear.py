"""How well the recap hears: word error and CPU of each engine, in quiet, in noise and through Opus with loss.

    python -m tests.bench ear [--clips DIR]

DIR holds sound files, each with its words in a `.txt` beside it; the text of `foreign-*` is empty: not a word of them
may be written down. Everything goes through the recap's own listener: voice activity, cuts, engine, guards.
"""

import argparse
import time
from pathlib import Path
from unittest.mock import patch

import jiwer
import numpy as np

from server_stub.recap import listening
from server_stub.recap.listening import Listener
from server_stub.recap.sound import read_sound
from server_stub.recap.speech.catalogue import DEFAULT
from server_stub.recap.speech.choose import choose_engine
from server_stub.recap.speech.models import BUILT_IN
from server_stub.recap.voice import RATE_HZ, UtteranceCutter
from tests.bench.ear_sounds import mixed_languages, ten_minutes
from tests.opus import EDGE_S, lose, opus_packets
from tests.spoken import words_of

CLIPS = Path(__file__).resolve().parents[1] / "data" / "speech"
SOUNDS = {".flac", ".wav", ".opus", ".ogg", ".mp3", ".m4a", ".webm"}
NOISE_DB = 10.0


def main(argv):
    parser = argparse.ArgumentParser(prog="tests.bench ear", description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=Path, default=CLIPS)
    options = parser.parse_args(argv)
    clips = read_clips(options.clips)
    english = {name: clip for name, clip in clips.items() if not name.startswith("foreign-")}
    foreign = {name: sound for name, (sound, _) in clips.items() if name.startswith("foreign-")}
    seconds = sum(len(sound) for sound, _ in english.values()) / RATE_HZ
    print(f"{len(english)} English clips, {seconds:.0f} s; {len(foreign)} in other languages")
    figures = {}
    for wanted in (BUILT_IN, DEFAULT):
        engine, note = choose_engine(wanted, Path())
        if note:
            raise SystemExit(f"{note} `make setup` brings it.")
        is_built_in = wanted == BUILT_IN
        ways = WAYS if is_built_in else {**WAYS, **LOSSES, **HUMS}
        rows = {way: measure(engine, english, change) for way, change in ways.items()}
        if not is_built_in:
            with heard_once():
                rows |= {f"{way}_heard_once": measure(engine, english, change) for way, change in HUMS.items()}
        slices = {f"{name}-{at}": part for name, sound in foreign.items() for at, part in enumerate(sliced(sound))}
        figures[engine.name] = {
            **{f"wer_{way}_pct": wer for way, (wer, _) in rows.items()},
            "cpu_s_per_s": rows["clean"][1],
            "foreign_words": count_words(engine, {**foreign, **slices}),
            "words_of_no_speech": count_words(engine, no_speech()),
        }
        print(f"{engine.name}: {figures[engine.name]}", flush=True)
    best = figures[engine.name]
    return {
        "wer_pct": best["wer_clean_pct"],
        "foreign_words": best["foreign_words"],
        "cpu_s_per_s": best["cpu_s_per_s"],
        "nonspeech_words": count_words(engine, ten_minutes()),
        **{f"wer_{way}_pct": best[f"wer_{way}_pct"] for way in ("opus_loss", *LOSSES, *HUMS)},
        **{f"wer_{way}_heard_once_pct": best[f"wer_{way}_heard_once_pct"] for way in HUMS},
        **two_languages(engine, english, foreign),
        "engines": figures,
    }


def heard_once():
    """The recap's listener without its second hearing of what a steady noise drowns."""
    return patch.object(listening, "is_drowned", lambda samples: False)


def two_languages(engine, english, foreign):
    """Of sentences with another language in the same breath: English words that are lost, and words that are added."""
    if not foreign:
        return {}
    heard, said = [], []
    for sound, text in mixed_languages(english, foreign):
        heard.append(" ".join(words_of(hear(engine, sound))))
        said.append(" ".join(words_of(text)))
    errors = jiwer.process_words(said, heard)
    words = sum(len(text.split()) for text in said)
    return {"mixed_lost_pct": round(100 * errors.deletions / words, 1), "mixed_added_words": errors.insertions}


def read_clips(folder):
    """Name to (float32 mono at 16 kHz, text)."""
    clips = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in SOUNDS and path.with_suffix(".txt").is_file():
            sound = np.concatenate([samples for _, samples in read_sound(path, RATE_HZ)])
            clips[path.stem] = (sound, path.with_suffix(".txt").read_text(encoding="utf-8"))
    if not clips:
        raise SystemExit(f"There are no clips with their texts in {folder}.")
    return clips


def measure(engine, clips, change):
    """Word error in percent over all clips, and CPU seconds per second of sound."""
    said, written, cpu_s, length_s = [], [], 0.0, 0.0
    for number, (sound, text) in enumerate(clips.values()):
        changed = change(sound, np.random.default_rng(number), [other for other, _ in clips.values()])
        # A meeting loads the model of voice activity once.
        listener = Listener(engine, {"ada": "Ada"})
        begun = time.process_time()
        written.append(" ".join(words_of(hear(engine, changed, listener))))
        cpu_s += time.process_time() - begun
        length_s += len(sound) / RATE_HZ
        said.append(" ".join(words_of(text)))
    return round(100 * jiwer.wer(said, written), 1), round(cpu_s / length_s, 3)


def hear(engine, sound, listener=None):
    """What the recap's listener writes of one person's sound: samples, or packets as (start_s, bytes)."""
    listener = listener or Listener(engine, {"ada": "Ada"})
    if isinstance(sound, list):
        spoken = [piece for start_s, packet in sound for piece in listener.hear_packet("ada", start_s, packet)]
        spoken += listener.flush()
    else:
        cutter = UtteranceCutter(listener._vad)
        edge = np.zeros(round(EDGE_S * RATE_HZ), np.float32)
        cuts = [*cutter.push(0.0, np.concatenate([edge, sound, edge])), *cutter.flush()]
        spoken = [piece for cut in cuts for piece in listener.write("ada", cut)]
    return " ".join(piece.text for piece in spoken)


def count_words(engine, sounds):
    found = {name: text for name, sound in sounds.items() if (text := hear(engine, sound))}
    for name, text in found.items():
        print(f"  {engine.name} wrote of {name}: {text}")
    return sum(len(words_of(text)) for text in found.values())


def sliced(sound):
    """Pieces of 1 to 4 seconds, as somebody throws in a word."""
    at, lengths_s = 0, (1.0, 2.0, 4.0, 1.5, 3.0)
    for number in range(100):
        size = round(lengths_s[number % len(lengths_s)] * RATE_HZ)
        if at + size > len(sound):
            return
        yield sound[at : at + size]
        at += size


def no_speech():
    """Sounds in which nobody speaks."""
    random = np.random.default_rng(7)
    at = np.arange(8 * RATE_HZ) / RATE_HZ
    typing = np.zeros(len(at), np.float32)
    for start in random.integers(0, len(at) - 800, 40):
        typing[start : start + 800] += random.normal(0, 0.2, 800) * np.exp(-np.arange(800) / 120)
    breath = random.normal(0, 0.05, len(at)) * np.clip(np.sin(2 * np.pi * 0.3 * at), 0, 1)
    sounds = {
        "silence": np.zeros(len(at)),
        "faint noise": random.normal(0, 0.001, len(at)),
        "loud noise": random.normal(0, 0.1, len(at)),
        "hum": 0.1 * np.sin(2 * np.pi * 100 * at) + 0.03 * np.sin(2 * np.pi * 300 * at),
        "typing": typing,
        "breathing": breath,
        "tones": 0.2 * np.sin(2 * np.pi * 440 * at) * (np.sin(2 * np.pi * at) > 0),
    }
    return {name: sound.astype(np.float32) for name, sound in sounds.items()}


def clean(sound, random, others):
    return sound


def white(sound, random, others):
    return mixed(sound, random.normal(0, 1, len(sound)))


def babble(sound, random, others):
    """Six of the others talk behind."""
    chosen = random.choice(len(others), 6)
    return mixed(sound, sum(np.resize(np.roll(others[n], int(random.integers(RATE_HZ))), len(sound)) for n in chosen))


def hum(snr_db):
    """An earth loop behind the voice and in the silence round it, softer together where they would be too loud."""

    def add(sound, random, others):
        sound = np.pad(sound, round(EDGE_S * RATE_HZ))
        at = np.arange(len(sound)) / RATE_HZ
        tones = sum(np.sin(2 * np.pi * 50 * each * at + each) / each for each in (1, 2, 3, 4, 5, 7))
        noise = tones + 0.02 * random.normal(0, 1, len(sound))
        both = sound + noise * np.sqrt((sound**2).mean() / (noise**2).mean()) * 10 ** (-snr_db / 20)
        return (both / max(1.0, np.abs(both).max())).astype(np.float32)

    return add


def mixed(sound, noise):
    scale = np.sqrt((sound**2).mean() / (noise**2).mean()) * 10 ** (-NOISE_DB / 20)
    return np.clip(sound + noise * scale, -1, 1).astype(np.float32)


def opus_with_loss(part, burst=1):
    """Packets as they come from the network, a part of them lost, so many in a row."""
    return lambda sound, random, others: lose(opus_packets(sound), part, random, burst=burst)


WAYS = {"clean": clean, "white": white, "babble": babble, "opus_loss": opus_with_loss(0.05)}
#: Only with the engine that people get.
LOSSES = {
    "opus_loss_10": opus_with_loss(0.1),
    "opus_loss_20": opus_with_loss(0.2),
    "opus_bursts_10": opus_with_loss(0.1, burst=4),
}
#: How loud a hum is against the voice, with the engine that people get only.
HUMS = {"hum_0_db": hum(0), "hum_5_db_above": hum(-5), "hum_10_db_above": hum(-10)}
