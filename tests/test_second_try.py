"""Which failures of a run are forgiven: a test of real processes that passes alone, at most three of them."""

import sys

import pytest

from tests.second_try import MOST, UnknownEnd, failures, judge

SUITE = """
import pytest

def test_fine():
    pass

def test_wrong():
    assert False

@pytest.mark.processes
class TestTogether:
    def test_late(self):
        assert False

@pytest.fixture
def broken():
    raise RuntimeError

@pytest.mark.processes
def test_without_server(broken):
    pass
"""


class Again:
    """Tries tests again, and keeps which."""

    def __init__(self, *passing):
        self.passing, self.tried, self.said = passing, [], []

    def __call__(self, name):
        self.tried.append(name)
        return name in self.passing


def test_a_run_without_failures_passes_and_says_nothing():
    again = Again()
    assert judge({}, again, again.said.append)
    assert (again.tried, again.said) == ([], [])


def test_a_test_of_processes_that_passes_alone_is_named_as_flaky():
    again = Again("slow", "late")
    assert judge({"slow": True, "late": True}, again, again.said.append)
    assert again.said == ["flaky slow", "flaky late"]


def test_one_that_fails_twice_fails_the_run():
    again = Again("slow")
    assert not judge({"slow": True, "broken": True}, again, again.said.append)
    assert again.tried == ["slow", "broken"]
    assert again.said == ["flaky slow", "failed broken"]


def test_any_other_test_gets_no_second_try():
    again = Again("rule", "slow")
    assert not judge({"slow": True, "rule": False}, again, again.said.append)
    assert again.tried == []
    assert "failed rule" in again.said


def test_more_than_three_fail_the_run():
    names = [f"slow {number}" for number in range(MOST + 1)]
    again = Again(*names)
    assert MOST == 3
    assert judge(dict.fromkeys(names[:-1], True), again, again.said.append)
    assert not judge(dict.fromkeys(names, True), again, again.said.append)


@pytest.fixture
def suite(tmp_path):
    """A folder of tests and the command that runs them."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = processes: starts some\naddopts = -p no:cacheprovider\n")

    def command(text, *options):
        (tmp_path / "test_it.py").write_text(text)
        place = ["-c", str(tmp_path / "pytest.ini"), "--rootdir", str(tmp_path), str(tmp_path / "test_it.py")]
        return [sys.executable, "-m", "pytest", "-q", *options, *place]

    return command


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_fails_is_written_down_with_whether_it_starts_processes(suite, workers):
    assert failures(suite(SUITE, "-n", workers)) == {
        "test_it.py::test_wrong": False,
        "test_it.py::TestTogether::test_late": True,
        "test_it.py::test_without_server": True,
    }


def test_tests_that_pass_leave_nothing_to_try(suite):
    assert failures(suite("def test_fine(): pass")) == {}


def test_what_cannot_be_loaded_gets_no_second_try(suite):
    with pytest.raises(UnknownEnd):
        failures(suite("import no_such_module"))


def test_a_run_that_is_killed_is_no_run():
    with pytest.raises(UnknownEnd):
        failures([sys.executable, "-c", "import os; os.abort()"])
