"""The films of a recap, made by real processes from what lies in its folder."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from app.wire.recap import Highlight, PersonName, Recap
from server_stub.recap import store
from server_stub.recap.compose import write_json
from server_stub.recap.errors import RecapError
from server_stub.recap.filming import make_films
from server_stub.recap.process import WorkerProcess, worker_command

pytestmark = pytest.mark.heavy

LIMIT_S = 180.0
SINCE = 100.0


@pytest.fixture
def recap(meeting_folder: Path, utter) -> Recap:
    """Texts of the meeting in `meeting_folder`, written there as the worker leaves them."""
    moment = Highlight(start_s=4.0, end_s=7.5, title="A moment", reason="A decision", evidence=("u2",))
    made = Recap(
        meeting="m1",
        engine="e",
        engine_version="1",
        started_at=0.0,
        ended_at=15.0,
        ready_after_s=1.5,
        people=(PersonName(id="ada", name="Ada"), PersonName(id="grace", name="Grace")),
        transcript=utter("Ada: One two three.", "Grace: Four five six.", "Ada: Seven eight."),
        summary=(),
        action_items=(),
        highlights=(moment,),
    )
    (meeting_folder / "recap").mkdir()
    write_json(made, meeting_folder / "recap")
    return made


def film(folder: Path, recap: Recap, command=None):
    work = make_films(folder, recap, command or worker_command(), since=SINCE)
    return asyncio.run(asyncio.wait_for(work, LIMIT_S))


def test_both_films_are_made_and_named_in_the_file(meeting_folder: Path, recap: Recap, decode) -> None:
    (meeting_folder / "sound-1.mix").write_bytes(b"half a second")
    films = film(meeting_folder, recap)
    assert not list(meeting_folder.glob(store.MIXED))
    assert films is not None
    assert films.reel_s == 3.5
    assert films.after_s > 1_000_000
    _, sound_s, frames = decode(meeting_folder / "recap" / "meeting.webm")
    assert sound_s == pytest.approx(15, abs=1.1)
    assert frames
    assert decode(meeting_folder / "recap" / "reel.webm")[1] == pytest.approx(3.5, abs=0.1)
    written = msgspec.json.decode((meeting_folder / "recap" / store.JSON).read_bytes(), type=Recap)
    assert written == films.add_to(recap)
    assert (written.video, written.reel.file, written.ready_after_s) == ("meeting.webm", "reel.webm", 1.5)


def test_without_highlights_there_is_no_reel(meeting_folder: Path, recap: Recap) -> None:
    films = film(meeting_folder, msgspec.structs.replace(recap, highlights=()))
    assert films is not None
    assert films.add_to(recap).reel is None
    assert {path.name for path in (meeting_folder / "recap").iterdir()} == {"meeting.webm", "recap.json"}


def test_where_no_sound_was_recorded_there_is_nothing_to_play(meeting_folder: Path, recap: Recap) -> None:
    for path in meeting_folder.glob("*.mkv"):
        path.write_bytes(b"no film")
    recap = msgspec.structs.replace(recap, highlights=())
    assert film(meeting_folder, recap) is None
    for path in meeting_folder.glob("*.mkv"):
        path.unlink()
    assert film(meeting_folder, recap, (sys.executable, "-c", "raise SystemExit('is not needed')")) is None
    assert {path.name for path in (meeting_folder / "recap").iterdir()} == {"recap.json"}


def test_films_that_cannot_be_made_say_why(meeting_folder: Path, recap: Recap, tmp_path: Path) -> None:
    for command in ((sys.executable, "-c", "pass"), (str(tmp_path / "nothing"),)):
        with pytest.raises(RecapError, match="ended again and again"):
            film(meeting_folder, recap, command)
    (meeting_folder / "recap" / store.JSON).unlink()
    (meeting_folder / "recap").rmdir()
    with pytest.raises(RecapError, match="The film could not be written: No such file"):
        film(meeting_folder, recap)
    (meeting_folder / store.RECORDING).write_text(json.dumps({}))
    with pytest.raises(RecapError, match="the recording cannot be read"):
        film(meeting_folder, recap)


def test_a_process_that_is_killed_once_is_made_up_for_and_one_that_is_not_wanted_any_more_ends(
    meeting_folder: Path, recap: Recap, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[WorkerProcess] = []
    start = WorkerProcess.start

    async def note(command):
        worker = await start(command)
        started.append(worker)
        if len(started) == 1:
            os.kill(worker.pid, signal.SIGKILL)
        return worker

    monkeypatch.setattr(WorkerProcess, "start", note)
    assert film(meeting_folder, recap) is not None
    assert len(started) == 3

    async def stop_in_the_middle() -> None:
        started.append(started[0])
        making = asyncio.create_task(make_films(meeting_folder, recap, worker_command(), since=SINCE))
        while len(started) < 6:  # noqa: ASYNC110 - what is awaited happens in another process
            await asyncio.sleep(0.01)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        for worker in started[4:]:
            with pytest.raises(ProcessLookupError):
                os.kill(worker.pid, 0)

    asyncio.run(asyncio.wait_for(stop_in_the_middle(), LIMIT_S))
