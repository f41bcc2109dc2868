import io
import json

import pytest

from tests.network import run, stage
from tests.network.answering import serve

NAMES = ("plnX", "plnY")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--scen", "nothing"], "there is no scenario “nothing”; there are clean, loss5"),
        (["--seeds", "1,x"], "Seeds are whole numbers, by commas, not “1,x”."),
        (["--scen-file", "no-such-file.json"], "no-such-file.json cannot be read"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused_in_a_sentence(capsys, words, told):
    assert run.main(words) == run.CANNOT
    assert told in capsys.readouterr().err


def test_a_file_of_ones_own_is_run_alone_unless_names_are_given(tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"mine": [[0, {"loss": 1}]]}))
    given = run._parser().parse_args(["--scen-file", str(file)])
    assert [one.name for one in run._chosen(given)] == ["mine"]
    given = run._parser().parse_args(["--scen-file", str(file), "--scen", "clean,mine"])
    assert [one.name for one in run._chosen(given)] == ["clean", "mine"]


def test_without_root_nothing_is_measured_and_it_says_why(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(stage.shutil, "which", lambda name: name)
    monkeypatch.setattr(stage.os, "geteuid", lambda: 1000)
    assert run.main(["--out", str(tmp_path / "rows.jsonl")]) == run.CANNOT
    assert "Nothing can be measured: the link needs root" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("which", "is_there", "told"), [(None, True, "iproute2"), ("ip", False, "the link needs /dev/net/tun")]
)
def test_what_the_link_needs_is_named(monkeypatch, which, is_there, told):
    monkeypatch.setattr(stage.shutil, "which", lambda name: which)
    monkeypatch.setattr(stage.os, "geteuid", lambda: 0)
    monkeypatch.setattr(stage.os.path, "exists", lambda path: is_there)
    assert told in stage.why_not(NAMES)


class Steered:
    def double(self, number):
        return {"twice": 2 * number}

    def fail(self):
        raise ValueError("out of reach")


def test_each_line_is_answered_by_one_also_where_it_fails(monkeypatch, tmp_path):
    pipe = tmp_path / "answers"
    asked = [{"do": "double", "number": 4}, {"do": "fail"}, {"do": "nothing"}]
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(json.dumps(one) + "\n" for one in asked)))
    with pipe.open("w") as answers:
        serve(Steered(), "a client", answers)
    ready, doubled, failed, unknown = map(json.loads, pipe.read_text().splitlines())
    assert ready == {"ok": True}
    assert doubled == {"ok": True, "twice": 8}
    assert failed == {"ok": False, "words": "a client: ValueError: out of reach"}
    assert unknown["words"].startswith("a client: AttributeError")
