import json
from pathlib import Path

import pytest

from server_stub.recap.__main__ import main

DATE = ["--date", "2026-11-20", "--zone", "UTC"]


def test_sound_files_become_a_recap(talk, script, decode, tmp_path: Path) -> None:
    people = [f"{name}={path}" for name, path in talk.items()]
    assert main(["from-audio", *people, "--out", str(tmp_path / "out"), *DATE]) == 0
    recap = json.loads((tmp_path / "out" / "recap.json").read_text())
    assert {(item["owner"], item["due"]) for item in recap["action_items"]} == {
        ("Ada", "2026-11-26"),
        ("Ada", "2026-11-21"),
        ("Grace", "2026-11-27"),
    }
    assert [said["speaker"] for said in recap["transcript"]] == [line["speaker"] for line in script]
    _, sound_s, _ = decode(tmp_path / "out" / recap["reel"]["file"])
    assert sound_s == pytest.approx(recap["reel"]["duration_s"], abs=0.1)


def test_transcript_becomes_the_same_files_without_films(script, tmp_path: Path) -> None:
    source = tmp_path / "talk.json"
    source.write_text(json.dumps(script))
    outs = [tmp_path / "a" / "m", tmp_path / "b" / "m"]
    for out in outs:
        assert main(["from-transcript", str(source), "--out", str(out), *DATE]) == 0
    assert {path.name for path in outs[0].iterdir()} == {"recap.json", "recap.md", "transcript.vtt"}
    first, second = (json.loads((out / "recap.json").read_text()) for out in outs)
    first.pop("ready_after_s"), second.pop("ready_after_s")
    assert first == second
    assert first["reel"] is None
    assert len(first["action_items"]) == 3
    assert (outs[0] / "recap.md").read_bytes() == (outs[1] / "recap.md").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        *("", "{}", "[1]", '[{"speaker": "Ada"}]', "[" * 100_000),
        '[{"speaker":"","start_s":0,"end_s":1,"text":"x"}]',
        '[{"speaker":"Ada","start_s":2,"end_s":1,"text":"x"}]',
        '[{"speaker":"Ada","start_s":-1,"end_s":1,"text":"x"}]',
    ],
)
def test_bad_transcript_is_one_clear_line(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "talk.json"
    source.write_text(content)
    assert main(["from-transcript", str(source), "--out", str(tmp_path / "out"), *DATE]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith("server_stub.recap: ")


@pytest.mark.parametrize("people", [["Ada"], ["=x"], ["Ada=/nowhere.wav"], ["Ada=a", "Ada=b"], ["Ada={text}"]])
def test_bad_sound_is_one_clear_line(people: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "a.txt"
    text.write_text("no sound")
    people = [each.format(text=text) for each in people]
    assert main(["from-audio", *people, "--out", str(tmp_path / "out"), *DATE]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("zone", ["Europe", "US", "a" * 300, "../etc", "posix/Europe/Lisbon", "localtime"])
def test_a_zone_that_is_none_is_said_before_anything_is_made(script, tmp_path, capsys, zone):
    source = tmp_path / "talk.json"
    source.write_text(json.dumps(script))
    assert main(["from-transcript", str(source), "--out", str(tmp_path / "out"), "--zone", zone]) == 2
    assert capsys.readouterr().err.startswith(f"server_stub.recap: There is no time zone called {zone[:64]}")
    assert not (tmp_path / "out").exists()


def test_out_that_is_a_file_and_zone_that_is_none(script, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "talk.json"
    source.write_text(json.dumps(script))
    assert main(["from-transcript", str(source), "--out", str(source)]) == 2
    assert main(["from-transcript", str(source), "--out", str(tmp_path), "--zone", "Moon/Base"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    with pytest.raises(SystemExit) as stop:
        main(["from-transcript"])
    assert stop.value.code == 2
