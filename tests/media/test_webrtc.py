import subprocess
import sys

import numpy as np
import pytest

from app.media import webrtc
from app.media.types import BLOCK
from app.media.webrtc import NEW, PROCESS, PROCESS_FAR, Processor, WebrtcMissing, read_handle, request

PACKAGE = """
import sys
from livekit.rtc._proto import ffi_pb2 as package
new, near, far = (package.FfiRequest() for _ in range(3))
for name, value in (("echo_canceller", True), ("gain_controller", False), ("high_pass_filter", True),
                    ("noise_suppression", False)):
    setattr(new.new_apm, name + "_enabled", value)
for one in (near.apm_process_stream, far.apm_process_reverse_stream):
    one.apm_handle, one.data_ptr, one.size, one.sample_rate, one.num_channels = 5, 2**47 + 3, 960, 48000, 1
answer = package.FfiResponse()
answer.new_apm.apm.handle.id = 300
for one in (new, near, far, answer):
    print(one.SerializeToString().hex())
"""


def test_requests_are_the_packages_own() -> None:
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", PACKAGE], capture_output=True, text=True, check=True)
    new, near, far, answer = (bytes.fromhex(line) for line in told.stdout.split())
    assert request(NEW, True, False, True, False) == new
    assert request(PROCESS, 5, 2**47 + 3, 960, 48_000, 1) == near
    assert request(PROCESS_FAR, 5, 2**47 + 3, 960, 48_000, 1) == far
    assert read_handle(answer) == 300


def test_what_is_closed_changes_nothing() -> None:
    processor = Processor()
    processor.close()
    processor.close()
    assert processor.process(np.full(BLOCK, 0.5, np.float32)) == pytest.approx(0.5, abs=1e-3)


def test_a_missing_library_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webrtc.importlib.util, "find_spec", lambda name: None)
    webrtc._load_library.cache_clear()
    with pytest.raises(WebrtcMissing, match="Use headphones"):
        Processor()
    monkeypatch.undo()
    webrtc._load_library.cache_clear()
