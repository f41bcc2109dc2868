import io
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.paths import home
from server_stub.recap import protocol
from server_stub.recap.reading import opening
from server_stub.recap.shares import NewScreen
from server_stub.recap.transcript import Spoken
from server_stub.recap.worker import IN_PLACE_S, Worker, serve

pytestmark = pytest.mark.processes


def tell(answers: bytes) -> list[protocol.Told]:
    found, at = [], 0
    while at < len(answers):
        (length,) = protocol.LENGTH.unpack(answers[at : at + 4])
        found.append(protocol.unpack_told(answers[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def begin(folder: Path) -> protocol.Begin:
    return protocol.Begin(model="", models_folder=str(folder), people={"ada": "Ada"})


def test_files_are_read_and_what_is_no_sound_is_passed_over(talk, tmp_path: Path) -> None:
    asked = [
        begin(tmp_path),
        protocol.AddPerson(person="grace", name="Grace"),
        protocol.ReadFile(person="grace", path=str(tmp_path / "none.mkv"), from_s=0.0),
        protocol.ReadFile(person="ada", path=str(talk["Ada"]), from_s=9.5),
        protocol.Flush(),
    ]
    out, closed = io.BytesIO(), []
    source = io.BytesIO(b"".join(protocol.pack(message) for message in asked))
    assert serve(source, out, on_closed=lambda: closed.append(1)) == 0
    ready, heard, flushed = tell(out.getvalue())
    assert isinstance(ready, protocol.Ready)
    assert isinstance(heard, protocol.Heard)
    assert heard.spoken.person == "ada"
    assert 9.5 <= heard.spoken.start_s < 11
    assert heard.settled_s >= heard.spoken.end_s - 0.3
    assert flushed == protocol.Flushed()
    assert closed == [1]


def test_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    compose = protocol.Compose(
        meeting="m",
        folder=str(tmp_path / "missing"),
        people={},
        spoken=[],
        started_at=0.0,
        ended_at=1.0,
        last_left_at=1.0,
        zone="UTC",
        notes=[],
    )
    out = io.BytesIO()
    serve(io.BytesIO(protocol.pack(begin(tmp_path)) + protocol.pack(compose)), out)
    failed = tell(out.getvalue())[-1]
    assert isinstance(failed, protocol.Failed)
    assert failed.reason.startswith("The recap could not be written")


def test_r52_who_showed_a_screen_is_a_highlight(tmp_path: Path) -> None:
    said = Spoken(person="ada", start_s=2.0, end_s=8.0, text="The walls are grey in this one.", confidence=0.9)
    compose = protocol.Compose(
        meeting="m",
        folder=str(tmp_path),
        people={"ada": "Ada", "felix": "Felix"},
        spoken=[said],
        started_at=0.0,
        ended_at=20.0,
        last_left_at=20.0,
        zone="UTC",
        notes=[],
        screens=[NewScreen(at_s=3.0, person="felix")],
    )
    out = io.BytesIO()
    serve(io.BytesIO(protocol.pack(begin(tmp_path)) + protocol.pack(compose)), out)
    composed = tell(out.getvalue())[-1]
    assert isinstance(composed, protocol.Composed)
    assert [clip.reason for clip in composed.recap.highlights] == ["Felix showed a screen."]


@pytest.fixture
def shown(monkeypatch) -> list[list[float]]:
    """When what the model was shown of a talk that goes on was said, each time it was; it finds one piece to read."""
    shown: list[list[float]] = []

    class Noting(opening.TalkReader):
        def read_ahead(self, transcript, today) -> bool:
            shown.append([said.start_s for said in transcript])
            return len(shown) == 1

    monkeypatch.setattr(opening, "TalkReader", Noting)
    return shown


def talk_four_times(worker: Worker, packets, from_s: float = 0.0) -> float:
    """Ada says all that she says four times over; when that ends."""
    length_s = packets["Ada"][-1][0] + 0.02
    for time in range(4):
        for at_s, opus in packets["Ada"]:
            worker.take(protocol.Packet(person="ada", start_s=from_s + time * length_s + at_s, opus=opus))
    return from_s + 4 * length_s


def read_until_idle(worker: Worker) -> None:
    worker.read_ahead()
    if worker._ahead._thread:
        worker._ahead._thread.join(60)
    assert not worker._ahead.is_busy


def test_what_has_its_place_is_read_while_the_talk_goes_on(packets, tmp_path: Path, shown) -> None:
    worker = Worker(io.BytesIO())
    worker.take(begin(tmp_path))
    worker.read_ahead()
    assert not shown
    ends_s = talk_four_times(worker, packets)
    read_until_idle(worker)
    one, other = shown
    read_until_idle(worker)
    assert len(shown) == 2, "nothing was said since"
    assert one == other, "there was another piece"
    assert 0 < max(one) < ends_s - IN_PLACE_S


def test_hearing_does_not_wait_for_the_model(packets, tmp_path: Path, monkeypatch) -> None:
    reads, go_on = threading.Event(), threading.Event()

    class Slow(opening.TalkReader):
        def read_ahead(self, transcript, today) -> bool:
            reads.set()
            assert go_on.wait(60)
            return False

    monkeypatch.setattr(opening, "TalkReader", Slow)
    out = io.BytesIO()
    worker = Worker(out)
    worker.take(begin(tmp_path))
    ends_s = talk_four_times(worker, packets)
    worker.read_ahead()
    assert reads.wait(60)
    before = len(tell(out.getvalue()))
    talk_four_times(worker, packets, from_s=ends_s)
    worker.read_ahead()
    assert len(tell(out.getvalue())) > before, "it goes on hearing"
    assert worker._ahead.is_busy
    go_on.set()
    worker._ahead.finish()
    assert not worker._ahead.is_busy


def test_what_was_heard_before_a_worker_died_is_read_with_what_the_next_one_hears(packets, tmp_path, shown) -> None:
    before = [Spoken(person="ada", start_s=at_s, end_s=at_s + 1, text="Yes.", confidence=1.0) for at_s in (1.0, 3.0)]
    worker = Worker(io.BytesIO())
    worker.take(begin(tmp_path))
    worker.take(protocol.Known(spoken=before))
    talk_four_times(worker, packets, from_s=60.0)
    # Told again by a server that did not know yet what this one has heard.
    worker.take(protocol.Known(spoken=before))
    read_until_idle(worker)
    starts = shown[0]
    assert starts[:2] == [1.0, 3.0]
    assert starts[2] > 60
    assert len(set(starts)) == len(starts)


def test_process_ends_with_its_input_whatever_waits(packets, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "server_stub.recap.worker"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=home())
    assert worker.stdin
    worker.stdin.write(protocol.pack(begin(tmp_path)))
    for at, opus in packets["Ada"] * 3:
        worker.stdin.write(protocol.pack(protocol.Packet(person="ada", start_s=at, opus=opus)))
    worker.stdin.close()
    assert worker.wait(timeout=20) == 0
    assert worker.stdout
    worker.stdout.close()


def test_server_side_needs_nothing_heavy() -> None:
    heavy = "{'numpy', 'av', 'onnxruntime', 'pocketsphinx', 'faster_whisper'}"
    code = f"import sys, server_stub.recap.job; print(sorted({heavy} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=home())
    assert out.stdout.strip() == "[]"
