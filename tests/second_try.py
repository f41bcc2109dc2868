"""Runs words of the Makefile; what fails, fails, but for tests of real processes, which get one more try, alone.

`python -m tests.second_try test stories`: a test with the mark `processes` has time limits that a busy computer may
miss. Each that passes when it is tried again is printed as "flaky NAME"; more than three that need it fail the run.

As a plugin of pytest (`-p tests.second_try`) it writes down which tests failed, for the first half of this file.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: Tests that may need another try in one run.
MOST = 3
MARK = "processes"
#: Where the plugin writes its file.
PLACE = "PARLEY_FAILED_TESTS"


class UnknownEnd(Exception):
    """A run ended in another way than by tests that passed or failed."""


def judge(failed, passes_alone, say=print):
    """Whether a run counts as passed.

    Args:
        failed: the id of each test that failed, and whether it may be tried again.
        passes_alone: runs the test of an id once more, with nothing beside it; whether it passes.
        say: takes each line of the verdict.
    """
    firm = [name for name, may_again in failed.items() if not may_again]
    if firm or len(failed) > MOST:
        for name in failed:
            say(f"failed {name}")
        if not firm:
            say(f"{len(failed)} tests of real processes failed; no more than {MOST} are tried again.")
        return False
    verdicts = {name: passes_alone(name) for name in failed}
    for name, passes in verdicts.items():
        say(f"{'flaky' if passes else 'failed'} {name}")
    return all(verdicts.values())


def failures(command):
    """Runs tests and reads what failed.

    Args:
        command: starts pytest, by itself or by others.

    Returns:
        The id of each test that failed, and whether it may be tried again.

    Raises:
        UnknownEnd: it did not come to its end, or not by tests.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "failed.json"
        options = f"{os.environ.get('PYTEST_ADDOPTS', '')} -p tests.second_try"
        status = subprocess.run(command, env={**os.environ, PLACE: str(place), "PYTEST_ADDOPTS": options}).returncode
        told = json.loads(place.read_text(encoding="utf-8")) if place.exists() else {"status": None, "failed": {}}
    if status == 0 == told["status"]:
        return {}
    if told["status"] != 1 or not told["failed"]:
        raise UnknownEnd(f"{' '.join(command)} ended with {status}")
    return told["failed"]


def main(words):
    failed = {}
    try:
        for word in words:
            failed |= failures(["make", word])
    except UnknownEnd as error:
        print(error)
        return 1
    alone = [sys.executable, "-m", "pytest", "-n", "0"]
    return 0 if judge(failed, lambda name: subprocess.run([*alone, name]).returncode == 0) else 1


_failed = {}


def pytest_runtest_logreport(report):
    if report.failed:
        _failed[report.nodeid] = MARK in report.keywords


def pytest_collectreport(report):
    if report.failed:
        _failed[report.nodeid] = False


def pytest_sessionfinish(session, exitstatus):
    if not hasattr(session.config, "workerinput"):
        told = {"status": int(exitstatus), "failed": _failed}
        Path(os.environ[PLACE]).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
