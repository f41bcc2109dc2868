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


@pytest.fixture(autouse=True)
def switched_on(monkeypatch):
    """As every other server of this computer is."""
    monkeypatch.delenv(files.SWITCH)


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """A folder that looks ready, and is not."""
    (tmp_path / "tokenizer.json").write_text("{")
    monkeypatch.setattr(files, "seems_here", lambda _models: True)
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
    monkeypatch.setattr(files, "seems_here", lambda _models: True)
    monkeypatch.setattr(opening, "Reader", Reader)
    monkeypatch.setattr(room, "free_bytes", lambda: 1_000_000_000)
    reader = TalkReader(tmp_path)
    reading = reader.read_talk(TALK, MONDAY, ())
    assert reading.pages is None
    assert "needs 1.9 GB of memory, and 1.0 GB were free" in reading.note
    assert "by rules alone" in reading.note
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


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("", ("memory.max", "memory.current", "inactive_file")),
        ("memory", ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")),
    ],
)
def test_a_container_may_have_less_memory_than_the_computer(tmp_path, monkeypatch, kind, names):
    whole = room.free_bytes()
    assert whole > 0
    limit, taken, kept = names
    monkeypatch.setattr(room, "_MINE", tmp_path / "mine")
    (tmp_path / "mine").write_text(f"5:cpu:/other\n3:{kind}:/slice/one\n")
    monkeypatch.setitem(room._GROUPS, kind, (tmp_path, *room._GROUPS[kind][1:]))
    group = tmp_path / "slice"
    group.mkdir()
    (group / limit).write_text("1000000\n")
    (group / taken).write_text("700000\n")
    (group / "memory.stat").write_text(f"anon 1\n{kept} 300000\n")
    assert room.free_bytes() == 600_000, "what is kept of files can be had; the group above counts"
    (group / limit).write_text("max\n")
    assert room.free_bytes() > 600_000


def test_it_may_be_switched_off(tmp_path, monkeypatch):
    monkeypatch.setenv(files.SWITCH, "off")
    monkeypatch.setattr(keep, "find", lambda _models: pytest.fail("it is not even looked for"))
    assert TalkReader(tmp_path).read_talk(TALK, MONDAY, ()) == opening.Reading(None)
