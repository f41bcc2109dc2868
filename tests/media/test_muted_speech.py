"""Who speaks with the microphone off is told so: not for a cough, and not again and again."""

import pytest

from app.media.muted_speech import AGAIN_S, SPEAKS_S, MutedSpeech


def told(steps):
    """Seconds at which it was said; steps of (seconds, is speaking, is muted), ten a second."""
    speech, at, found = MutedSpeech(), 0, []
    for seconds, is_speaking, is_muted in steps:
        for _ in range(round(seconds * 10)):
            if speech.add(is_speaking=is_speaking, is_muted=is_muted, at_s=at / 10):
                found.append(at / 10)
            at += 1
    return found


@pytest.mark.parametrize(("steps", "wanted"), [
    ([(5, True, False)], []),
    ([(5, False, True)], []),
    ([(SPEAKS_S - 0.1, True, True), (5, False, True)], []),
    ([(1, False, True), (SPEAKS_S + 1, True, True)], [1 + SPEAKS_S]),
    # Said once to who goes on talking to somebody in the room, and again much later.
    ([(AGAIN_S - 5, True, True)], [SPEAKS_S]),
    ([(AGAIN_S + 5, True, True)], [SPEAKS_S, SPEAKS_S + AGAIN_S]),
    # Heard in between: the next time is a new one.
    ([(3, True, True), (1, True, False), (3, True, True)], [SPEAKS_S, 4 + SPEAKS_S]),
])  # fmt: skip
def test_it_is_said_when_it_helps(steps, wanted):
    assert told(steps) == pytest.approx(wanted)
