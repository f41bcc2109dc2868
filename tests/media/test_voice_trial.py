"""The trial of one's voice: what is said is kept for some seconds, then played, and nothing of it stays."""

import numpy as np

from app.media.types import BLOCK
from app.media.voice_trial import KEPT_S, VoiceTrial

BLOCKS = round(KEPT_S * 100)


class Desk:
    def __init__(self):
        self.played, self.ended, self.phases = [], [], []
        self.trial = VoiceTrial(self.play, self.phases.append)

    def play(self, samples):
        self.played.append(samples)
        return lambda: self.ended.append(samples)

    def say(self, count, level=0.1):
        for _ in range(count):
            self.trial.take(np.full(BLOCK, level, np.float32))


def test_what_is_said_is_played_once_it_is_whole():
    desk = Desk()
    desk.say(10)
    desk.trial.start()
    desk.say(BLOCKS - 1)
    assert (desk.played, desk.phases) == ([], ["recording"])
    desk.say(1, level=0.2)
    assert [len(one) for one in desk.played] == [BLOCKS * BLOCK]
    assert (desk.played[0][0], desk.played[0][-1]) == (np.float32(0.1), np.float32(0.2))
    desk.say(BLOCKS - 1, level=0.9)
    assert desk.phases == ["recording", "playing"]
    desk.say(50)
    assert desk.phases == ["recording", "playing", ""]
    assert len(desk.played) == 1


def test_it_is_stopped_at_any_time_and_begins_anew():
    desk = Desk()
    desk.trial.stop()
    assert desk.phases == []
    desk.trial.start()
    desk.say(BLOCKS - 1, level=0.9)
    desk.trial.stop()
    desk.say(BLOCKS * 2)
    assert (desk.played, desk.phases) == ([], ["recording", ""])
    desk.trial.start()
    desk.say(BLOCKS)
    assert desk.played[0].max() == np.float32(0.1), "nothing of before"
    desk.trial.stop()
    assert desk.phases[-2:] == ["playing", ""]


def test_stopped_while_it_plays_it_falls_silent():
    desk = Desk()
    desk.trial.start()
    desk.say(BLOCKS + 1)
    assert (len(desk.played), desk.ended) == (1, [])
    desk.trial.stop()
    assert desk.ended == desk.played
