"""Whatever is wrong with the model, the recap goes on without it and says so."""

from datetime import date

import pytest

from app.wire.recap import Utterance
from server_stub.recap.reading import keep
from server_stub.recap.reading.opening import TalkReader

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
