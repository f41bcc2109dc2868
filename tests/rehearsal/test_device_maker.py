"""Files in the places of devices."""

import threading

import numpy as np

from app.rehearsal.device_maker import FileDevices
from tests.fakes.clips import write_video, write_wav
from tests.patience import PATIENCE_S


def test_files_stand_for_devices(tmp_path):
    video, sound = write_video(tmp_path / "a.mkv", frames=5, fps=10), write_wav(tmp_path / "a.wav", np.zeros(4800))
    devices = FileDevices(camera_file=video, microphone_file=sound, speaker_file=tmp_path / "out.wav")
    assert [(one.kind, one.name) for one in devices.list_all()] == [
        ("camera", "a.mkv"),
        ("microphone", "a.wav"),
        ("speaker", "out.wav"),
    ]
    came = threading.Event()
    camera = devices.camera("default", lambda error: None, (640, 360))
    camera.start(lambda frame: came.set())
    assert came.wait(PATIENCE_S)
    camera.stop()
    speaker = devices.speaker("default", lambda error: None)
    speaker.start(lambda samples: np.zeros(samples, np.float32))
    speaker.stop()
    assert (tmp_path / "out.wav").exists()


def test_files_leave_the_other_devices_to_the_computer():
    devices = FileDevices()
    assert type(devices.camera("default", lambda error: None, (640, 360))).__name__ == "DeviceCamera"
    assert type(devices.microphone("default", lambda error: None)).__name__ == "DeviceMicrophone"
    assert type(devices.speaker("default", lambda error: None)).__name__ == "DeviceSpeaker"
