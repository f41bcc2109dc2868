"""One Qt application for all tests, offscreen; a warning that is logged fails the test that caused it."""

import gc
import logging
import os
import shutil
import sys
from pathlib import Path

import hypothesis
import pytest

# A busy computer takes long over any example.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The tests start many processes that load the same modules: each is compiled once, and kept out of the tree.
sys.dont_write_bytecode = False
sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(Path(sys.prefix) / "compiled")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
#: Bytes that a whole run needs at most for its folders.
ROOM_BYTES = 2 * 2**30
#: Tests from one full collection to the next, each some 50 ms.
TESTS_PER_FULL = 50
_tests = 0
# In memory, where there is room, a commit costs nothing; that commits are durable is no matter of the folder.
if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > ROOM_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")
# No test reads or writes the sign-in of the person who runs it.
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def pytest_collection_finish():
    """Modules and tests last as long as the run: the collector need not walk through all of them again and again."""
    gc.collect()
    gc.freeze()
    # As in the application: a thread that a test has left must not collect the widgets of another.
    gc.disable()


@pytest.fixture(autouse=True)
def rules_alone(request, monkeypatch):
    """Of what rules find a test may know each word; with the model read those that are marked `heavy`."""
    if not request.node.get_closest_marker("heavy"):
        monkeypatch.setattr("server_stub.recap.reading.files.installed_home", lambda: Path("/nowhere"))
        monkeypatch.setenv("PARLEY_READING", "off")  # of other processes, too


@pytest.fixture(autouse=True)
def no_warnings_in_the_log(request, caplog):
    """Fails a test that logs a warning of ours, unless it expects one: `@pytest.mark.logs_warnings`."""
    global _tests
    yield
    # What a test has left in circles tells of itself here: a task that failed, say. Nobody is at work on a widget now.
    _tests += 1
    before = len(caplog.get_records("teardown"))
    gc.collect(1 if _tests % TESTS_PER_FULL else 2)
    if request.node.get_closest_marker("logs_warnings"):
        return
    ours = [
        record.getMessage()
        for record in (*caplog.get_records("call"), *caplog.get_records("teardown")[before:])
        if record.levelno >= logging.WARNING and record.name.split(".")[0] in ("app", "server_stub")
    ]
    assert not ours, ours


@pytest.fixture
def wide_links(monkeypatch):
    """How wide a link is, is another test's matter: a busy computer may take its own for a narrow one."""
    from app.net.estimate import LinkEstimate

    monkeypatch.setattr(LinkEstimate, "_back_off", lambda *_, **__: None)
