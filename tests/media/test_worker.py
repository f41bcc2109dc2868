import threading

import pytest

from app.media.worker import PatientWorker
from tests.patience import PATIENCE_S


def test_it_works_in_order_and_is_not_waited_for_longer_than_wished() -> None:
    worker = PatientWorker("test")
    held = threading.Event()
    order: list[int] = []
    worker.submit(lambda: (held.wait(10), order.append(1)))
    worker.submit(order.append, 2)
    assert not worker.end(0.05)
    held.set()
    assert worker.end(5)
    assert order == [1, 2]


def test_what_nobody_waits_for_any_more_is_done_all_the_same() -> None:
    worker = PatientWorker("test")
    held = threading.Event()
    worker.submit(held.wait, 10)
    order: list[int] = []
    assert worker.submit(order.append, 1).cancel()
    assert worker.submit(lambda: 1 / 0).cancel()
    worker.submit(order.append, 2)
    held.set()
    assert worker.end(5)
    assert order == [1, 2]


def test_a_failure_is_the_askers() -> None:
    worker = PatientWorker("test")
    with pytest.raises(ZeroDivisionError):
        worker.submit(lambda: 1 / 0).result(PATIENCE_S)
    assert worker.submit(lambda: 3).result(PATIENCE_S) == 3
    assert worker.end(5)
