"""A short run of every fuzzer with the same inputs each time, and that a find is one."""

import asyncio
import json

import pytest

from tests.fuzz import __main__ as command
from tests.fuzz import targets
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_leaves_a_guarded_parser_but_what_may(name):
    count, found = asyncio.run(command.fuzz(name, 1, inputs=60))
    assert count >= 60
    assert {what: data.hex() for what, data in found.items()} == {}


def test_a_find_is_told_kept_and_found_again(tmp_path, monkeypatch, capsys):
    async def faulty():
        def feed(data):
            if data[:1] != b"a":
                raise KeyError(data)

        return Target(feed, [b"abc"])

    monkeypatch.setitem(targets.TARGETS, "faulty", faulty)
    out = tmp_path / "finds.json"
    words = ["--seconds", "0.2", "--seed", "7", "--target", "faulty", "--out", str(out)]
    assert command.main(words) == 1
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert kept["seed"] == 7
    (first,) = kept["finds"].items()
    assert first[0].startswith("faulty: KeyError at test_fuzz.py:")
    assert command.main(words) == 1
    assert json.loads(out.read_text(encoding="utf-8")) == kept
    assert "seed 7" in capsys.readouterr().out
