"""Faults that nobody caught."""

import logging
import sys
import threading

import pytest

from app.shell import faults


@pytest.fixture
def hooks(monkeypatch):
    """Those of the tests are put back afterwards."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)


@pytest.mark.logs_warnings
def test_a_fault_of_the_window_is_told_in_words_and_is_whole_in_the_log(hooks, caplog):
    told = []
    faults.tell_faults(told.append)
    fault = ValueError("what was wrong")
    sys.excepthook(ValueError, fault, None)
    assert [one.is_bad for one in told] == [True]
    assert "what was wrong" not in told[0].words
    assert "what was wrong" in caplog.text


@pytest.mark.logs_warnings
def test_a_fault_of_another_thread_is_in_the_log_with_its_name(hooks, caplog):
    told = []
    faults.tell_faults(told.append)
    with caplog.at_level(logging.ERROR):
        thread = threading.Thread(target=lambda: 1 / 0, name="worker of the test")
        thread.start()
        thread.join()
    assert told == []
    assert "worker of the test" in caplog.text
    assert "ZeroDivisionError" in caplog.text
