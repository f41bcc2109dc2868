"""The scripted calls are whole: files, lengths, pictures, and words that the recogniser hears."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import av
import jiwer
import numpy as np
import pytest
from numpy.typing import NDArray

from server_stub.recap.speech.catalogue import DEFAULT
from server_stub.recap.speech.choose import choose_engine
from server_stub.recap.speech.models import BUILT_IN
from tests.spoken import words_of

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "resources" / "demo"
SECOND = ROOT / "tests" / "data" / "second_script"
RATE_HZ = 16_000
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What a recogniser is given round an utterance, and what Opus may smear.
PAD_S = 0.15
SMEAR_S = 0.06
SILENCE_DB = -60.0
SPEECH_DB = -35.0

both_calls = pytest.mark.parametrize("folder", [DEMO, SECOND], ids=["demo", "second"])


def read_script(folder: Path) -> dict[str, Any]:
    script: dict[str, Any] = json.loads((folder / "script.json").read_text(encoding="utf-8"))
    return script


def read_speech(path: Path) -> NDArray[np.int16]:
    with av.open(str(path)) as container:
        assert container.streams.audio[0].codec_context.name in ("opus", "libopus")
        to_voice = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        pieces = [p for frame in container.decode(audio=0) for p in to_voice.resample(frame)]
        pieces += to_voice.resample(None)
    return np.concatenate([piece.to_ndarray()[0] for piece in pieces])


def level_db(samples: NDArray[np.int16]) -> float:
    power = np.mean((samples.astype(np.float64) / 32768) ** 2)
    return float(10 * np.log10(power + 1e-12))


def plain_words(text: str) -> str:
    """Lower case words alone, numbers as they are said."""
    return " ".join(words_of(text))


def hear_lines(folder: Path, *, about: str) -> tuple[list[str], list[str]]:
    """What is said and what the recogniser hears, line by line, in the lines that match a pattern."""
    script = read_script(folder)
    tracks = {person["name"]: read_speech(folder / person["microphone"]) for person in script["people"]}
    engine, _ = choose_engine(DEFAULT, folder)
    assert engine.name != BUILT_IN, "the speech model is missing or damaged: `make setup` brings it"
    said, heard = [], []
    for line in script["lines"]:
        if not re.search(about, plain_words(line["text"])):
            continue
        start, end = int((line["start_s"] - PAD_S) * RATE_HZ), int((line["end_s"] + PAD_S) * RATE_HZ)
        samples = tracks[line["speaker"]][max(0, start) : end].astype(np.float32) / 32768
        said.append(plain_words(line["text"]))
        heard.append(plain_words(engine.transcribe(samples).text))
    return said, heard


@both_calls
def test_script_is_whole(folder: Path) -> None:
    script = read_script(folder)
    names = {person["name"] for person in script["people"]}
    assert {line["speaker"] for line in script["lines"]} == names
    assert [line["start_s"] for line in script["lines"]] == sorted(line["start_s"] for line in script["lines"])
    everything_said = " ".join(plain_words(line["text"]) for line in script["lines"])
    assert len(script["items"]) >= 3
    for item in script["items"]:
        assert item["owner"] in names
        assert item["due_weekday"] in WEEKDAYS
        assert f" {item['due_weekday']}" in everything_said
    for wanted in [*script["items"], *script["not_items"]]:
        assert all(keyword in everything_said for keyword in wanted["keywords"])
    assert plain_words(script["price"]) in everything_said


def test_demo_has_a_decision_a_date_and_an_overlap() -> None:
    script = read_script(DEMO)
    everything_said = " ".join(plain_words(line["text"]) for line in script["lines"])
    assert script["decision"].lower() in everything_said
    assert script["date"].lower() in everything_said
    lines = script["lines"]
    overlaps_s = [a["end_s"] - b["start_s"] for a, b in itertools.pairwise(lines)]
    assert 0.4 <= max(overlaps_s) <= 1.0


def test_two_calls_share_no_line() -> None:
    demo_lines, second_lines = ({line["text"] for line in read_script(f)["lines"]} for f in (DEMO, SECOND))
    assert not demo_lines & second_lines


@both_calls
def test_microphones_speak_only_where_the_script_says(folder: Path) -> None:
    script = read_script(folder)
    for person in script["people"]:
        samples = read_speech(folder / person["microphone"])
        assert len(samples) / RATE_HZ == pytest.approx(script["duration_s"], abs=0.2)
        quiet = np.ones(len(samples), bool)
        for line in script["lines"]:
            if line["speaker"] == person["name"]:
                start_s, end_s = line["start_s"], line["end_s"]
                assert level_db(samples[int(start_s * RATE_HZ) : int(end_s * RATE_HZ)]) > SPEECH_DB, line["text"]
                quiet[int((start_s - SMEAR_S) * RATE_HZ) : int((end_s + SMEAR_S) * RATE_HZ)] = False
        assert level_db(samples[quiet]) < SILENCE_DB


def test_cameras_show_a_moving_face_for_the_whole_call() -> None:
    script = read_script(DEMO)
    for person in script["people"]:
        path = DEMO / person["camera"]
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            assert (stream.codec_context.name, stream.width, stream.height) == ("vp8", 640, 360)
            assert float(stream.average_rate) == 30
            # Every picture is there and decodes; only some are looked at.
            count, seen = 0, []
            for frame in container.decode(stream):
                if count % 300 == 0:
                    seen.append(frame.to_ndarray(format="gray").astype(np.int16))
                count += 1
        assert count / 30 == pytest.approx(script["duration_s"], abs=0.2)
        assert all(picture.std() > 20 for picture in seen)
        assert all(np.abs(a - b).max() > 40 for a, b in itertools.pairwise(seen))


@pytest.mark.heavy
def test_r50_the_ear_hears_what_the_demo_promises() -> None:
    """The lines with a due date, the decision, the date or the price: hearing costs most of a line's length."""
    script = read_script(DEMO)
    promised = (*WEEKDAYS, *(plain_words(script[what]) for what in ("decision", "date", "price")))
    said, heard = hear_lines(DEMO, about="|".join(promised))
    assert all(any(what in line for line in said) for what in promised[len(WEEKDAYS) :])
    assert len(said) >= len(script["items"]) + 3
    assert jiwer.wer(said, heard) <= 0.12


def test_demo_is_small_enough_to_commit() -> None:
    assert sum(path.stat().st_size for path in DEMO.iterdir()) <= 6_000_000
