import threading

import numpy as np

from app.media.clock import SystemClock
from app.media.no_speaker import NoSpeaker
from app.media.types import BLOCK_S

LIMIT_S = 10.0


def test_no_speaker_takes_at_real_pace_and_stops() -> None:
    pulled = threading.Semaphore(0)

    def pull(samples: int) -> np.ndarray:
        pulled.release()
        return np.zeros(samples, np.float32)

    clock = SystemClock()
    begin_s = clock.now_s()
    device = NoSpeaker()
    device.start(pull)
    for _ in range(21):
        assert pulled.acquire(timeout=LIMIT_S)
    assert clock.now_s() - begin_s >= 20 * BLOCK_S
    device.stop()
    while pulled.acquire(blocking=False):
        pass
    assert not pulled.acquire(timeout=0.05)
