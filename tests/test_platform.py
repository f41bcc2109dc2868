"""Known faults of dependencies stay fixed or worked round, and the private seams that are used are there."""

import gc
import importlib
import importlib.metadata
import os
import re
import sys
from pathlib import Path

import pytest

from app.net import attempts, encoding, guard, ice, line, pacing, pulse, sending, turn, usage
from app.net.opus import find_library
from server_stub.doors import listening
from server_stub.relay import door, sealing, transport, volley

ROOT = Path(__file__).resolve().parent.parent


class TestQt:
    """PySide6 6.12.0 on Python 3.11 takes a reference of None away with each update() and of True with each emit."""

    CALLS = 2000

    @pytest.fixture
    def widget(self, qtbot):
        from PySide6.QtWidgets import QWidget

        widget = QWidget()
        qtbot.addWidget(widget)
        widget.show()
        return widget

    def lost(self, call):
        """References of None and True that each call takes away; small noise allowed."""
        gc.collect()
        before = sys.getrefcount(None), sys.getrefcount(True)
        for _ in range(self.CALLS):
            call()
        gc.collect()
        after = sys.getrefcount(None), sys.getrefcount(True)
        return max(0, *((one - other) / self.CALLS for one, other in zip(before, after, strict=True)))

    @pytest.mark.skipif(sys.version_info >= (3, 12), reason="from Python 3.12 on None and True are not counted")
    def test_update_takes_no_reference_away(self, widget):
        assert self.lost(widget.update) < 0.2

    @pytest.mark.skipif(sys.version_info >= (3, 12), reason="from Python 3.12 on None and True are not counted")
    def test_emit_takes_no_reference_away(self, qapp):
        from PySide6.QtCore import QObject, Signal

        class Bell(QObject):
            rings = Signal(bool)

        bell = Bell()
        heard = []
        bell.rings.connect(heard.append)
        assert self.lost(lambda: bell.rings.emit(True)) < 0.2
        assert len(heard) == self.CALLS


def version(package):
    return tuple(int(part) for part in re.findall(r"\d+", importlib.metadata.version(package))[:3])


WITH_SEAMS = (
    attempts, door, encoding, guard, ice, line, listening, pacing, pulse, sealing, sending, transport, turn, usage,
    volley,
)  # fmt: skip


class TestVersions:
    def test_the_private_seams_belong_to_this_aiortc(self):
        assert importlib.metadata.version("aiortc") == "1.16.0"
        assert importlib.metadata.version("aioice") == "0.13.0"

    def test_mediapipe_is_one_that_asks_no_network(self):
        assert (0, 10, 30) <= version("mediapipe") <= (0, 10, 32)

    @pytest.mark.skipif(sys.version_info >= (3, 12), reason="the fault is of Python 3.11 alone")
    def test_pyside_is_one_that_keeps_its_references(self):
        assert version("pyside6") < (6, 12)

    def test_one_package_owns_cv2(self):
        owners = [
            one.metadata["Name"]
            for one in importlib.metadata.distributions()
            if (one.metadata["Name"] or "").lower().startswith("opencv")
        ]
        assert owners == ["opencv-python"]

    def test_the_lock_has_hashes_and_no_addresses(self):
        for name in ("requirements.lock", "packaging/uv.lock.txt"):
            lock = (ROOT / name).read_text(encoding="utf-8")
            assert "--hash=sha256:" in lock
            assert "://" not in lock


@pytest.mark.parametrize(
    ("module", "path"),
    [seam for module in WITH_SEAMS for seam in module.SEAMS],
)
def test_each_private_seam_that_is_used_exists(module, path):
    found = importlib.import_module(module)
    for part in path.split("."):
        assert hasattr(found, part), f"{module}.{path}"
        found = getattr(found, part)


def test_each_private_attribute_that_is_used_exists():
    import asyncio

    from aiortc import RTCPeerConnection

    async def main():
        peer = RTCPeerConnection()
        sender = peer.addTransceiver("video").sender
        for module in (line, sending):
            for _, owner, names in module.INSTANCE_SEAMS:
                assert owner == type(sender).__name__
                assert all(hasattr(sender, name) for name in names)
        from aioice.turn import TurnTransport

        made = {"Connection": sender.transport.transport._connection, "TurnTransport": TurnTransport(None)}
        for module in (ice, turn):
            for _, owner, names in module.INSTANCE_SEAMS:
                assert all(hasattr(made[owner], name) for name in names)
        await peer.close()

    asyncio.run(main())


def test_pyav_has_brought_a_libopus_that_can_be_called():
    """Without it every voice would still be heard, and no lost packet recovered from the next one."""
    assert find_library() is not None


def test_qt_runs_without_a_display():
    assert os.environ.get("QT_QPA_PLATFORM") == "offscreen" or os.environ.get("DISPLAY") or sys.platform != "linux"
