"""Sleep is inhibited in a call and allowed after it, and no desktop without a way to ends a call."""

import gc
import threading

import pytest

from app.awake import Awake


class Mode:
    active = True

    def __init__(self, fails=False):
        self.fails = fails
        self.happened = []

    def __enter__(self):
        self.happened.append("in")

    def __exit__(self, *_):
        self.happened.append("out")
        if self.fails:
            raise OSError("no bus")


def use(monkeypatch, make):
    from wakepy import keep

    monkeypatch.setattr(keep, "presenting", make)


def test_it_begins_once_and_ends_once(monkeypatch):
    mode = Mode()
    use(monkeypatch, lambda **_: mode)
    awake = Awake()
    awake.begin()
    awake.begin()
    awake.end()
    awake.end()
    assert mode.happened == ["in", "out"]


@pytest.mark.logs_warnings
def test_what_fails_is_only_logged(monkeypatch, caplog):
    def fail(**_):
        raise OSError("no bus")

    use(monkeypatch, fail)
    Awake().begin()
    use(monkeypatch, lambda **_: Mode(fails=True))
    awake = Awake()
    awake.begin()
    awake.end()
    assert caplog.text.count("OSError") == 2


def test_in_its_worker_no_garbage_is_collected(monkeypatch):
    use(monkeypatch, lambda **_: Mode())
    Awake().begin()
    from wakepy.core.dbus import DBusAdapter

    class Adapter(DBusAdapter):
        def close_connection(self, connection):
            closed.append(connection)

    closed, collecting = [], []
    adapter = Adapter()
    adapter._connections["a bus"] = "its connection"

    def note(phase, info):
        collecting.append(threading.current_thread())

    gc.callbacks.append(note)
    worker = threading.Thread(target=adapter.close_connections)
    worker.start()
    worker.join()
    gc.callbacks.remove(note)
    assert closed == ["its connection"]
    assert worker not in collecting
