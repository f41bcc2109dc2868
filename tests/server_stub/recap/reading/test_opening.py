"""Whatever is wrong with the model, the recap goes on without it and says so."""

from datetime import date

import pytest

from app.wire.recap import Utterance
from server_stub.recap.reading import files, keep, opening, room
from server_stub.recap.reading.opening import TalkReader
from server_stub.recap.reading.reader import Page

MONDAY = date(2026, 6, 1)
TALK = [
    Utterance(id=f"u{at}", speaker=("Ann", "Ben")[at % 2], start_s=at, end_s=at + 1, text=f"{at}?", confidence=0.9)
    for at in range(40)
]


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """A folder that looks ready, and is not."""
    (tmp_path / "tokenizer.json").write_text("{")
    monkeypatch.setattr(keep, "find", lambda _models: tmp_path)
    return tmp_path


@pytest.mark.logs_warnings
def test_a_damaged_model_is_said_once_and_not_tried_again(damaged, caplog):
    reader = TalkReader(damaged)
    assert not reader.read_ahead(TALK, MONDAY)
    assert not reader.read_ahead(TALK, MONDAY)
    reading = reader.read_talk(TALK, MONDAY, ())
    assert (reading.pages, reading.trust) == (None, "")
    assert "failed" in reading.note
    assert caplog.text.count("the model that reads failed") == 1


def test_without_a_model_nothing_is_said(tmp_path):
    reading = TalkReader(tmp_path).read_talk(TALK, MONDAY, ())
    assert (reading.pages, reading.note) == (None, "")


def test_where_memory_is_short_it_says_so_and_tries_again_the_next_time(tmp_path, monkeypatch):
    class Reader:
        def __init__(self, folder, *, threads):
            pass

        def read(self, transcript, today, first, *, limit_s):
            return [Page(frozenset(range(40)), 0.9, ())]

    monkeypatch.setattr(keep, "find", lambda _models: tmp_path)
    monkeypatch.setattr(opening, "Reader", Reader)
    monkeypatch.setattr(room, "free_bytes", lambda: 1_000_000_000)
    reader = TalkReader(tmp_path)
    reading = reader.read_talk(TALK, MONDAY, ())
    assert reading.pages is None
    assert "needs 1.9 GB of memory, and 1.0 GB were free" in reading.note
    monkeypatch.setattr(room, "free_bytes", lambda: 2 * files.published().made_bytes)
    reading = reader.read_talk(TALK, MONDAY, ())
    assert (len(reading.pages), reading.note) == (1, "")


@pytest.mark.parametrize(
    ("read", "note"), [(range(40), ""), (range(10), "read 25% of the talk; action items of the rest"), ((), "read 0%")]
)
def test_how_much_of_a_talk_there_was_time_for_is_said(tmp_path, monkeypatch, read, note):
    reader = TalkReader(tmp_path)
    reader._reader = type("Reader", (), {"read": lambda *_, **__: [Page(frozenset(read), 0.9, ())]})()
    assert note in reader.read_talk(TALK, MONDAY, ()).note
    assert bool(reader.read_talk(TALK, MONDAY, ()).note) is bool(note)


def test_a_container_may_have_less_memory_than_the_computer(tmp_path, monkeypatch):
    whole = room.free_bytes()
    assert whole > 0
    for name, value in (("_LIMIT", "1000000"), ("_TAKEN", "400000")):
        (tmp_path / name).write_text(value)
        monkeypatch.setattr(room, name, tmp_path / name)
    assert room.free_bytes() == 600_000
    (tmp_path / "_LIMIT").write_text("max\n")
    assert room.free_bytes() > 600_000
