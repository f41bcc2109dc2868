"""Gestures among real processes: a film of an open palm in place of a camera, real windows, a real server."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from app.state.gestures import NEED_RECORDING
from tests.fakes.clips import write_wav
from tests.steering import ROOT, SMALL_EAR, Client, Server, meet

pytestmark = [pytest.mark.processes, pytest.mark.heavy]

FPS, SCENE_S = 10, 4
PALM = ROOT / "tests" / "data" / "hands" / "palm.jpg"


def film(path):
    """A palm that is held up, then nobody, again and again."""
    palm = cv2.imread(str(PALM))[10:370]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=FPS)
        stream.height, stream.width = palm.shape[:2]
        stream.pix_fmt, stream.options = "yuvj420p", {"qscale": "3"}
        for number in range(2 * FPS * SCENE_S):
            shown = palm if number < FPS * SCENE_S else np.full_like(palm, 150)
            picture = av.VideoFrame.from_ndarray(shown, format="bgr24")
            picture.pts, picture.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def people(tmp_path):
    server = Server(tmp_path / "server", *SMALL_EAR)
    silence = write_wav(tmp_path / "silence.wav", np.zeros(4800, np.float32))
    cameras = {"ada": ROOT / "resources" / "demo" / "mira.jpg", "grace": film(tmp_path / "film.avi")}
    clients = [
        Client(
            tmp_path / name, "--server", server.url, "--fake-camera", camera, "--fake-microphone", silence,
            "--fake-speaker", tmp_path / f"{name}-heard.wav", name=name,
        )
        for name, camera in cameras.items()
    ]  # fmt: skip
    yield clients
    for one in clients:
        one.quit()
    server.stop()


def see(client, seconds):
    """Lets so much of one's own film go by."""
    frames = client.report()["tiles"][""]["frames"] + seconds * FPS
    client.wait(frames={"": frames}, limit_s=60)


@pytest.mark.timeout(240)
def test_r17_r18_a_palm_raises_the_hand_while_it_is_recorded_and_without_that_the_switch_says_why_not(people):
    ada, grace = people
    meet(ada, grace)
    ada.do("size", width=1700, height=900)  # for the panel, and all of the bar beside it
    ada.click("open-people", "toggle-gestures")
    ada.wait(told=NEED_RECORDING)
    see(grace, 2 * SCENE_S)
    assert not any("raised their hand" in words for words in ada.report()["notices"])

    ada.click("toggle-recording", "start-recording-ok")
    ada.wait(recording=True)
    ada.click("toggle-gestures")
    grace.wait(told="an open palm raises your hand")  # for a while; the question stays
    grace.wait(visible="consent-stay")
    grace.click("consent-stay")
    ada.wait(hands=1, told="Grace raised their hand.", limit_s=60)
    # The palm goes, and the hand with it.
    ada.wait(gone="lower-all-hands", limit_s=60)

    ada.click("toggle-recording", "stop-recording-ok")
    ada.wait(recording=False)
    grace.wait(told="Gestures are off")
