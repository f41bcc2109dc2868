import subprocess
import sys

import numpy as np
import pytest

from app.media.types import DeviceBusy, DeviceDenied, DeviceError, DeviceMissing, Frame


@pytest.mark.parametrize("kind", ["camera", "microphone", "speaker"])
def test_three_errors_say_three_different_things(kind: str) -> None:
    errors = [make(kind) for make in (DeviceMissing, DeviceDenied, DeviceBusy)]
    assert len({error.words for error in errors}) == 3
    assert all(kind in error.words and error.words.endswith(".") for error in errors)
    assert all(isinstance(error, DeviceError) and error.kind == kind for error in errors)


def test_a_frame_knows_its_size_in_both_forms() -> None:
    bgr = Frame(np.zeros((36, 64, 3), np.uint8), "bgr24", 0.0)
    planar = Frame(np.zeros((54, 64), np.uint8), "yuv420p", 0.0)
    assert (bgr.width_px, bgr.height_px) == (planar.width_px, planar.height_px) == (64, 36)


def test_nothing_heavy_is_imported_with_the_package() -> None:
    modules = "types mailbox clock devices camera microphone speaker no_speaker mixer levels noise sounds"
    modules += " webrtc echo voice_filters pictures person_mask background outgoing"
    names = ", ".join(f"app.media.{name}" for name in modules.split())
    heavy = "{'cv2', 'mediapipe', 'sounddevice', 'noisereduce', 'scipy', 'av', 'matplotlib', 'onnxruntime'}"
    heavy += " | {'pyrnnoise', 'livekit'}"
    code = f"import sys, {names}; print(sorted(({heavy}) & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_types_and_mailbox_do_not_even_import_numpy() -> None:
    code = "import sys, app.media.types, app.media.mailbox, app.media.devices; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
