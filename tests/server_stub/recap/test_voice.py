import numpy as np
import pytest

from server_stub.recap.sound import OpusListener
from server_stub.recap.voice import FRAME, MAX_UTTERANCE_S, RATE_HZ, Cut, UtteranceCutter, Vad, split


@pytest.fixture(scope="module")
def vad() -> Vad:
    return Vad()


class ScriptedVad:
    """A model that takes loud for speech, so that cutting can be tested to the frame."""

    def listen(self) -> "ScriptedVad":
        return self

    def forget(self) -> None:
        pass

    def probability(self, frame: np.ndarray) -> float:
        return 0.9 if np.abs(frame).max() > 0.01 else 0.05


def loud(seconds: float) -> np.ndarray:
    return (0.1 * np.sin(np.arange(round(seconds * RATE_HZ)) / 8)).astype(np.float32)


def quiet(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def test_speech_of_each_person_is_found_where_the_script_says(vad, packets, script) -> None:
    for name, stream in packets.items():
        cutter, listener, cuts = UtteranceCutter(vad), OpusListener(), []
        for start_s, opus in stream:
            cuts += cutter.push(start_s, listener.decode(opus))
        cuts += cutter.flush()
        lines = [line for line in script if line["speaker"] == name]
        assert len(cuts) == len(lines)
        for cut, line in zip(cuts, lines, strict=True):
            assert abs(cut.start_s - line["start_s"]) < 0.4
            assert abs(cut.end_s - line["end_s"]) < 0.5
            assert len(cut.samples) / RATE_HZ == pytest.approx(cut.end_s - cut.start_s, abs=0.01)


def test_silence_gives_nothing(vad) -> None:
    cutter = UtteranceCutter(vad)
    noise = np.random.default_rng(1).normal(0, 0.001, RATE_HZ * 3).astype(np.float32)
    assert [*cutter.push(0.0, noise), *cutter.flush()] == []
    assert cutter.settled_s == pytest.approx(3.0, abs=0.1)


def test_pieces_of_any_size_give_the_same_cuts() -> None:
    sound = np.concatenate([quiet(0.5), loud(1.0), quiet(0.9), loud(0.6), quiet(1.0)])

    def cut(step: int) -> list[tuple[float, float]]:
        cutter, cuts = UtteranceCutter(ScriptedVad()), []
        for at in range(0, len(sound), step):
            cuts += cutter.push(at / RATE_HZ, sound[at : at + step])
        return [(each.start_s, each.end_s) for each in [*cuts, *cutter.flush()]]

    whole = cut(len(sound))
    assert len(whole) == 2
    assert cut(160) == cut(777) == whole


def test_lost_packets_are_silence_and_times_stay_right() -> None:
    cutter, cuts = UtteranceCutter(ScriptedVad()), []
    cuts += cutter.push(0.0, np.concatenate([quiet(0.5), loud(1.0)]))
    cuts += cutter.push(10.0, np.concatenate([loud(1.0), quiet(1.0)]))
    assert cuts[0].end_s <= 1.8
    assert cuts[1].start_s == pytest.approx(10.0, abs=0.05)
    assert cuts[1].end_s == pytest.approx(11.2, abs=0.1)


def test_short_gap_does_not_cut_a_word() -> None:
    cutter, cuts = UtteranceCutter(ScriptedVad()), []
    cuts += cutter.push(0.0, loud(1.0))
    cuts += cutter.push(1.1, np.concatenate([loud(1.0), quiet(1.0)]))
    assert len(cuts) == 1
    assert cuts[0].end_s == pytest.approx(2.3, abs=0.1)


def test_sound_heard_twice_counts_once() -> None:
    cutter, cuts = UtteranceCutter(ScriptedVad()), []
    cuts += cutter.push(0.0, loud(1.0))
    cuts += cutter.push(0.5, np.concatenate([loud(1.0), quiet(1.0)]))
    assert cuts[0].end_s == pytest.approx(1.7, abs=0.1)


def test_monologue_is_cut_at_its_quietest_place_and_nothing_is_lost() -> None:
    sound = np.concatenate([loud(11.0), quiet(0.3), loud(9.0), quiet(1.0)])
    cutter = UtteranceCutter(ScriptedVad())
    cuts = [*cutter.push(0.0, sound), *cutter.flush()]
    assert len(cuts) == 2
    assert 11.0 <= cuts[0].end_s <= 11.35
    assert cuts[1].start_s == pytest.approx(cuts[0].end_s, abs=0.01)
    assert all(each.end_s - each.start_s <= MAX_UTTERANCE_S for each in cuts)
    joined = np.concatenate([each.samples for each in cuts])
    assert np.array_equal(joined[: FRAME * 300], sound[: FRAME * 300])


def test_a_click_is_no_speech_and_an_open_utterance_is_flushed() -> None:
    cutter = UtteranceCutter(ScriptedVad())
    assert list(cutter.push(0.0, np.concatenate([quiet(0.5), loud(0.05), quiet(1.0)]))) == []
    assert list(cutter.push(1.55, loud(0.8))) == []
    assert len(list(cutter.flush())) == 1


def test_pauses_inside_are_told() -> None:
    cutter = UtteranceCutter(ScriptedVad())
    sound = np.concatenate([loud(1.0), quiet(0.3), loud(1.0), quiet(1.0)])
    (cut,) = [*cutter.push(0.0, sound), *cutter.flush()]
    (start_s, end_s) = next(pause for pause in cut.pauses if pause[1] < 1.5)
    assert (start_s, end_s) == (pytest.approx(1.0, abs=0.03), pytest.approx(1.3, abs=0.03))


def test_an_utterance_in_parts_is_whole_and_keeps_its_time() -> None:
    sound = np.concatenate([loud(1.0), quiet(0.3), loud(0.7)])
    first, second, third = split(Cut(5.0, 7.0, sound), (1.15, 1.5))
    assert [(part.start_s, part.end_s) for part in (first, second, third)] == [(5.0, 6.15), (6.15, 6.5), (6.5, 7.0)]
    assert np.array_equal(np.concatenate([part.samples for part in (first, second, third)]), sound)
    assert [(part.start_s, part.end_s) for part in split(Cut(5.0, 7.0, sound), (0.0, 2.0))] == [(5.0, 7.0)]
