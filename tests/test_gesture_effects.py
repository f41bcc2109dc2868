"""What of the call the watch over one's hands is told."""

from dataclasses import replace

import numpy as np
import pytest

from app.call_media import OWN
from app.effects import gestures
from app.media.types import BLOCK
from tests.fakes.media_desk import PLAIN, melody
from tests.fakes.stage import stages


class Watch:
    """What stands for the watch: asks when the test does."""

    def __init__(self, model_path, *, held, failed, is_quiet):
        Watch.made, self.is_quiet = self, is_quiet

    def over(self, camera):
        return camera

    def watch(self, is_on):
        """Nobody looks."""

    def close(self):
        """There is nothing to end."""


@pytest.fixture
def stage(tmp_path, monkeypatch):
    monkeypatch.setattr(gestures, "HandWatch", Watch)
    with stages(tmp_path, monkeypatch) as make:
        yield make()


#: As loud as a voice, dBFS.
LOUD_DB = -40.0


@pytest.mark.parametrize(("noise", "rests"), [("standard", False), ("off", True)])
def test_r17_music_beside_one_does_not_stop_gestures_where_the_noise_filter_tells_it_from_a_voice(stage, noise, rests):
    media = stage.conductor.media
    media.start(replace(PLAIN, noise=noise))
    stage.until(lambda state: stage.devices.microphones and stage.devices.microphones[0].is_running)
    is_loud, is_quiet = [], []
    for block in melody(300):
        stage.devices.microphones[0].give(block)
        is_loud.append(media.levels()[OWN].level_db > LOUD_DB)
        is_quiet.append(Watch.made.is_quiet())
    assert any(is_loud)
    assert all(is_quiet) is not rests
    for _ in range(60):
        stage.devices.microphones[0].give(np.zeros(BLOCK, np.float32))
    assert Watch.made.is_quiet()
