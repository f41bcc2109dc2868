import json

import pytest

from tests.bench import __main__ as benches
from tests.bench import soak


@pytest.mark.parametrize(("missed", "code"), [([], 0), (["fds"], 1)])
def test_a_goal_that_is_missed_is_seen_by_the_exit_code(monkeypatch, capsys, missed, code):
    monkeypatch.setattr(soak, "main", lambda options: {"fds_after": 31, "missed": missed, "options": options})
    assert benches.main(["soak", "--minutes", "3"]) == code
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told == {"bench": "soak", "fds_after": 31, "missed": missed, "options": ["--minutes", "3"]}


def test_a_bench_that_is_not_there_and_a_soak_that_is_too_short_are_refused(capsys):
    assert benches.main(["soaked"]) == 2
    with pytest.raises(SystemExit) as refused:
        benches.main(["soak", "--minutes", "1"])
    assert refused.value.code == 2
    assert "less than 2 minutes" in capsys.readouterr().err
