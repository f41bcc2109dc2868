"""The demo fails for what is wrong, never for what is late."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from tests.demo import __main__ as demo
from tests.demo import checks
from tests.spoken import words_of
from tests.steering import SteeringError

SCRIPT = json.loads((Path(__file__).parents[1] / "resources" / "demo" / "script.json").read_text(encoding="utf-8"))
DAY = 1795176000.0


def recap(**changes):
    """What a perfect recap of the script would hold, but for the reel."""
    lines = SCRIPT["lines"]
    day = checks.datetime.datetime.fromtimestamp(DAY).date()
    return {
        "started_at": DAY,
        "ready_after_s": 12.0,
        "transcript": [{key: line[key] for key in ("speaker", "start_s", "end_s", "text")} for line in lines],
        "action_items": [
            {"owner": item["owner"], "text": item["text"], "due": checks.due_date(item["due_weekday"], day)}
            for item in SCRIPT["items"]
        ],
        "reel": None,
    } | changes


def faults(made):
    return [line for line in checks.faults(SCRIPT, made, folder=Path(), talk_began_s=0.0) if line != "there is no reel"]


@pytest.mark.parametrize("seconds", [12.0, 21.0, 600.0])
def test_a_late_recap_is_no_fault(seconds):
    assert faults(recap(ready_after_s=seconds)) == []


def test_wrong_content_is_a_fault():
    assert "there is no reel" in checks.faults(SCRIPT, recap(), folder=Path(), talk_began_s=0.0)
    assert any("word error" in line for line in faults(recap(transcript=recap()["transcript"][::2])))
    assert any("action item" in line for line in faults(recap(action_items=recap()["action_items"][1:])))
    swapped = [{**line, "start_s": 900.0, "end_s": 902.0} for line in recap()["transcript"]]
    assert any("wrong speaker" in line for line in faults(recap(transcript=swapped)))


def test_speech_that_did_not_get_through_is_measured_at_the_recording(tmp_path):
    def write(name, missing):
        with av.open(str(tmp_path / name), "w") as file:
            stream = file.add_stream("libopus", rate=48_000, layout="mono")
            for number in range(250):
                frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), format="s16", layout="mono")
                frame.sample_rate, frame.pts = 48_000, number * 960
                for packet in stream.encode(frame):
                    if number not in missing:
                        file.mux(packet)

    write("whole.mkv", ())
    assert checks.voice_carried(tmp_path.glob("*.mkv")) == pytest.approx(1.0, abs=0.01)
    write("holed.mkv", range(100, 150))
    assert checks.voice_carried(tmp_path.glob("*.mkv")) == pytest.approx(0.8, abs=0.01)


def test_times_stand_beside_what_is_promised():
    head, both_in, ready = checks.time_table({checks.BOTH_IN: 9.0, checks.READY: 21.04})
    assert "promised on a quiet computer" in head
    assert both_in.split()[-4:] == ["9.0", "s", "24.0", "s"]
    assert "21.0 s    15.0 s  (later: this computer was busy, or is slow)" in ready


class SlowDemo(demo.Demo):
    """Joins in time only where it has more than a minute for that."""

    runs: list

    def start(self):
        self.runs.append(self.rehearsal_s)

    def meet(self):
        if self.rehearsal_s < self.needs_s:
            raise demo.TooSlow("too slow")

    def share_a_room(self):
        """Nothing."""

    let_in = talk = leave = stop = share_a_room

    def collect(self):
        return {"made": True}


@pytest.mark.parametrize(("needs_s", "runs"), [(10, 1), (60, 2), (200, 3)])
def test_a_busy_computer_gets_more_time_to_join(monkeypatch, tmp_path, needs_s, runs):
    monkeypatch.setattr(SlowDemo, "runs", [], raising=False)
    monkeypatch.setattr(SlowDemo, "needs_s", needs_s, raising=False)
    monkeypatch.setattr(demo, "Demo", SlowDemo)
    assert demo.hold(tmp_path)[1] == {"made": True}
    assert len(SlowDemo.runs) == runs


def test_a_computer_that_never_gets_there_is_told_of_in_words(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(SlowDemo, "runs", [], raising=False)
    monkeypatch.setattr(SlowDemo, "needs_s", 1e9, raising=False)
    monkeypatch.setattr(demo, "Demo", SlowDemo)
    with pytest.raises(SteeringError):
        demo.hold(tmp_path)
    assert demo.main(["--out", str(tmp_path / "out")]) == 1
    assert "The demo stopped: too slow" in capsys.readouterr().err


def test_numbers_and_dates_count_as_they_are_said():
    assert words_of("It costs $1,200 on Dec. 3rd.") == words_of(
        "It costs twelve hundred dollars on the third of December"
    )
    assert words_of("by May 21st") == ["by", "the", "twenty", "first", "of", "may"]
    assert words_of("Mr. Miller pays 30%.") == ["mister", "miller", "pays", "thirty", "percent"]
