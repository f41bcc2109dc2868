"""The dialogues that the bench of action items is judged by are what their README says."""

import json
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "data" / "promises"
#: How many dialogues, and which share of them has no item at least.
FILES = {
    "dialogues.jsonl": (168, 0.49), "more.jsonl": (354, 0.49), "winding.jsonl": (110, 0.49), "terse.jsonl": (110, 0.49),
    "callers.jsonl": (348, 0.49), "spare.jsonl": (124, 0.49), "apart.jsonl": (84, 0.49), "last.jsonl": (130, 0.49),
    "days.jsonl": (553, 0.2), "calendar.jsonl": (272, 0.15), "whose.jsonl": (510, 0.4),
    "aloud.jsonl": (45, 0.0),
}  # fmt: skip


def read(name):
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("name", "count", "empty"), [(name, *told) for name, told in FILES.items()])
def test_many_of_the_dialogues_have_no_item_and_each_is_well_formed(name, count, empty):
    found = read(name)
    assert len({one["id"] for one in found}) == len(found) == count
    assert sum(not one["items"] for one in found) >= empty * count
    for one in found:
        today, people = date.fromisoformat(one["today"]), set(one["people"])
        assert 2 <= len(people) <= 4, one["id"]
        assert {speaker for speaker, _ in one["lines"]} <= people, one["id"]
        for item in one["items"]:
            assert set(item["owner"].split(" and ") if item["owner"] else ()) <= people, one["id"]
            assert not item["due"] or date.fromisoformat(item["due"]) >= today, one["id"]
            assert item["certainty"] in ("firm", "tentative", "conditional", "question"), one["id"]
            assert all(word == word.lower() for word in item["words"]), one["id"]
            assert item["words"], one["id"]


def test_no_dialogue_stands_in_two():
    ids = [one["id"] for name in FILES for one in read(name)]
    texts = [one["lines"][0][1] for name in FILES for one in read(name)]
    assert len(set(ids)) == len(ids)
    assert len(set(texts)) == len(texts)
