import subprocess
import sys

import numpy as np
import pytest

from app.media import webrtc
from app.media.types import BLOCK, RATE_HZ
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


def voice(level_db: float, seconds: float = 6.0) -> np.ndarray:
    """A hum with syllables, at this level."""
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    sound = np.sign(np.sin(2 * np.pi * 140 * times)) * np.clip(np.sin(2 * np.pi * 2.5 * times), 0, 1)
    return (sound / np.sqrt(np.mean(sound**2)) * 10 ** (level_db / 20)).astype(np.float32)


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples**2)))


def test_a_quiet_voice_is_raised_and_never_clips() -> None:
    processor = Processor(gain=True)
    out = np.concatenate([processor.process(block) for block in voice(-50.0).reshape(-1, BLOCK)])
    processor.close()
    assert -42 < level_db(out[4 * RATE_HZ :]) < -18
    assert np.abs(out).max() <= 1.0


def test_what_is_closed_changes_nothing() -> None:
    processor = Processor(gain=True)
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
