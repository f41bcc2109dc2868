import json
from pathlib import Path

import pytest

from server_stub.recap.shares import Shared
from server_stub.recap.store import (
    Heard,
    HeardLog,
    Person,
    Recording,
    StoreError,
    find_files,
    find_new_screens,
    find_shares,
    read_heard,
    read_recording,
)
from server_stub.recap.transcript import Spoken


def line(start_s: float, text: str = "Hello.") -> Heard:
    spoken = Spoken(person="ada", start_s=start_s, end_s=start_s + 1, text=text, confidence=0.5)
    return Heard(engine="e 1", settled_s=start_s + 1, spoken=spoken)


def test_lines_survive_a_crash_in_the_middle_of_one(tmp_path: Path) -> None:
    log = HeardLog(tmp_path)
    log.add(line(1.0))
    log.add(line(2.0))
    log.close()
    file = tmp_path / "utterances.jsonl"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_bytes(file.read_bytes()[:-9])
    log = HeardLog(tmp_path)
    log.add(line(3.0))
    log.close()
    log.add(line(4.0))
    assert read_heard(tmp_path) == [line(1.0), line(3.0)]


def test_of_two_alike_the_later_counts(tmp_path: Path) -> None:
    log = HeardLog(tmp_path)
    log.add(line(1.0))
    log.add(line(1.0, "Hallo."))
    log.close()
    assert read_heard(tmp_path) == [line(1.0, "Hallo.")]
    assert read_heard(tmp_path / "nowhere") == []


def test_folder_that_cannot_be_written_does_not_disturb(tmp_path: Path) -> None:
    log = HeardLog(tmp_path / "missing")
    log.add(line(1.0))
    log.close()


def test_recording_is_read_or_refused(meeting_folder: Path, tmp_path: Path) -> None:
    recording = read_recording(meeting_folder)
    assert (recording.meeting, recording.ended_at) == ("m1", 0.0)
    (tmp_path / "bad").mkdir()
    for content in (None, b"{}", b"\xff", b'{"meeting": 3}'):
        if content is not None:
            (tmp_path / "bad" / "recording.json").write_bytes(content)
        with pytest.raises(StoreError):
            read_recording(tmp_path / "bad")


def test_only_files_inside_that_hold_something_count(meeting_folder: Path) -> None:
    (meeting_folder / "alan.mkv").touch()
    found = find_files(meeting_folder, ["ada", "alan", "grace", "eve"], {"eve": "../../ada.mkv"})
    assert found == {
        "ada": meeting_folder / "ada.mkv",
        "grace": meeting_folder / "grace.mkv",
        "eve": meeting_folder / "ada.mkv",
    }


def test_shares_are_found_whose_pictures_are_there_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (tmp_path / "outside.mkv").write_bytes(b"x")
    (folder / "ada.screen.mkv").write_bytes(b"x")
    (folder / "eve.screen.mkv").touch()
    people = [
        {"screen": "ada.screen.mkv", "shares": [[9.0, None], [1.5, 4.0], [5.0, 5.0]]},
        {"screen": "eve.screen.mkv", "shares": [[1.0, 2.0]]},
        {"screen": "../outside.mkv", "shares": [[1.0, 2.0]]},
        {"screen": "none.mkv", "shares": [[1.0, 2.0]]},
        {},
    ]
    people = [{"id": str(number), "name": "", "file": "", **one} for number, one in enumerate(people)]
    (folder / "recording.json").write_text(json.dumps({"meeting": "m", "started_at": 1.0, "people": people}))
    path = str((folder / "ada.screen.mkv").resolve())
    assert find_shares(folder, read_recording(folder)) == [
        Shared(path=path, start_s=1.5, end_s=4.0),
        Shared(path=path, start_s=9.0),
    ]


def test_new_screens_are_told_in_order_of_time() -> None:
    people = [
        Person(id="ada", name="Ada", file="", shares=[(9.0, None), (1.5, 4.0)]),
        Person(id="eve", name="Eve", file="", shares=[(3.0, 5.0)]),
        Person(id="mia", name="Mia", file=""),
    ]
    found = find_new_screens(Recording(meeting="m", started_at=1.0, people=people))
    assert [(one.at_s, one.person) for one in found] == [(1.5, "ada"), (3.0, "eve"), (9.0, "ada")]
