"""Transcripts written elsewhere: every encoding of Unicode is read, and what cannot be used is told by its line."""

import json
from pathlib import Path

import pytest

from server_stub.recap.given import BadInput, read_lines

LINE = {"speaker": "Jos\u00e9", "start_s": 0, "end_s": 1.5, "text": "I will send it by Friday."}
GOOD = json.dumps([LINE], ensure_ascii=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_every_encoding_of_unicode_is_read(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    file.write_bytes(GOOD.encode(encoding))
    (line,) = read_lines(file)
    assert (line.speaker, line.end_s, line.text) == ("José", 1.5, LINE["text"])


def test_big_endian_marks_are_read(tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    for encoding in ("utf-16-be", "utf-32-be"):
        file.write_bytes(("\ufeff" + GOOD).encode(encoding))
        assert len(read_lines(file)) == 1


def test_a_name_has_one_spelling(tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    file.write_text(json.dumps([LINE, {**LINE, "speaker": " Jose\u0301\u200b  "}]), encoding="utf-8")
    assert {line.speaker for line in read_lines(file)} == {"José"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (GOOD.encode("latin-1"), "is not Unicode text"),
        (GOOD.encode("utf-16")[:-1], "is not Unicode text"),
        (GOOD.replace("1.5", "NaN"), "holds a NaN or Infinity"),
        (GOOD.replace("1.5", "-Infinity"), "holds a NaN or Infinity"),
        (GOOD.replace("1.5", "1e999"), "line 1 in end_s: the number is too large"),
        (GOOD.replace("1.5", "1" + "0" * 400), "line 1 in end_s: the number is too large"),
        (GOOD.replace("1.5", "1e300"), "Line 1"),
        (GOOD.replace("1.5", "12345678"), "has end_s 12,345,678, which is no time in a meeting"),
        (GOOD.replace(": 0", ": -0.5"), "has start_s -0.5, which is no time in a meeting"),
        (GOOD.replace(": 0", ": 7"), "ends before it begins"),
        (GOOD.replace("1.5", '"1"'), "line 1 in end_s: a number is wanted, and text is there"),
        (GOOD.replace("1.5", "null"), "line 1 in end_s: a number is wanted, and nothing is there"),
        (json.dumps([LINE, {"speaker": "Ada"}]), "line 2: there is no `start_s`"),
        (json.dumps([LINE, {**LINE, "speaker": "\u200b "}]), "Line 2"),
        (GOOD.replace("Jos", "\\ud800"), "is not a list of"),
        (GOOD + "x", "is not a list of"),
        ("", "is not a list of"),
        ("\x00", "is not Unicode text"),
    ],
)
def test_what_cannot_be_used_is_told_in_words(content: str | bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BadInput) as error:
        read_lines(file)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_too_long_or_not_there_is_told(tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    with pytest.raises(BadInput, match="No such file"):
        read_lines(file)
    with file.open("wb") as long:
        long.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(BadInput, match="too long"):
        read_lines(file)
