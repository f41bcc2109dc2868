import numpy as np
import pytest

from app.media.mixer import FAR, KNEE, MOST, START_AT, Mixer, limit_softly
from app.media.types import BLOCK, RATE_HZ


def constant(value: float, samples: int = BLOCK) -> np.ndarray:
    return np.full(samples, value, np.float32)


def filled(*values: float) -> Mixer:
    mixer = Mixer()
    for number, value in enumerate(values):
        mixer.put(f"person {number}", constant(value, START_AT))
    return mixer


def test_voices_are_added() -> None:
    mixer = filled(0.1, 0.2)
    mixer.mix(BLOCK)
    assert mixer.mix(BLOCK) == pytest.approx(constant(0.3))


def test_nobody_is_silence() -> None:
    assert not Mixer().mix(BLOCK).any()


def test_a_loud_sum_is_bent_and_never_clipped() -> None:
    mixer = filled(0.7, 0.7, 0.7)
    mixer.mix(BLOCK)
    mixed = mixer.mix(BLOCK)
    assert KNEE < mixed.max() <= 1.0


def test_the_limiter_leaves_normal_sound_alone_and_is_steady_at_the_knee() -> None:
    quiet = np.linspace(-KNEE, KNEE, 101).astype(np.float32)
    assert np.array_equal(limit_softly(quiet), quiet)
    rising = limit_softly(np.linspace(-3, 3, 1001).astype(np.float32))
    assert (np.diff(rising) >= 0).all()
    assert np.abs(rising).max() <= 1.0


def test_a_person_who_stops_adds_nothing_and_comes_back_without_a_click() -> None:
    mixer = filled(0.5)
    for _ in range(4):
        mixer.mix(BLOCK)
    assert not mixer.mix(BLOCK).any()
    mixer.put("person 0", constant(0.5))
    assert not mixer.mix(BLOCK).any()
    mixer.put("person 0", constant(0.5, START_AT))
    back = mixer.mix(BLOCK)
    assert back[0] == 0.0
    assert np.abs(np.diff(back)).max() < 0.01


def test_sound_that_ends_in_a_block_is_faded_out() -> None:
    mixer = Mixer()
    mixer.put("ada", constant(0.5, START_AT + 200))
    mixed = np.concatenate([mixer.mix(BLOCK) for _ in range(6)])
    assert np.abs(np.diff(mixed)).max() < 0.01
    assert mixer.dry_count() == 1


def test_a_flood_keeps_the_newest_and_the_delay_short() -> None:
    mixer = Mixer()
    for number in range(300):
        mixer.put("ada", constant(number / 1000))
    depth = 0
    while mixer.mix(BLOCK).any():
        depth += 1
    assert depth * BLOCK <= MOST
    mixer.put("ada", constant(0.9, MOST * 3))
    assert mixer.mix(BLOCK)[-1] == pytest.approx(limit_softly(constant(0.9))[-1])


def tone(blocks: int) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * 304 * np.arange(blocks * BLOCK) / RATE_HZ)).astype(np.float32).reshape(-1, BLOCK)


def drift(mixer: Mixer, said: np.ndarray, every: int) -> tuple[np.ndarray, int]:
    """What is played where the far clock gives so many blocks and one more; and the most that waited, in samples."""
    played, most = [], 0
    for number, block in enumerate(said):
        mixer.put("ada", block)
        if number % every:
            played.append(mixer.mix())
        most = max(most, mixer._voices["ada"].count)
    return np.concatenate(played), most


def test_a_clock_that_is_faster_costs_small_steps_that_are_not_heard() -> None:
    said = tone(3000)
    played, most = drift(Mixer(), said, 40)
    # What comes while it is being looked at, too: eight blocks in 3 s.
    assert most <= FAR + 10 * BLOCK, "no word is later than that"
    # Never a click, and never more than the fold of 10 ms out of the tone.
    assert np.abs(np.diff(played)).max() < 1.5 * np.abs(np.diff(said.reshape(-1))).max()
    loud = np.sqrt(np.square(played[START_AT * 2 :]).reshape(-1, BLOCK).mean(1))
    assert np.count_nonzero(loud < 0.05) == 0
    assert len(said) - len(played) // BLOCK > 70


def test_time_is_folded_away_in_pauses_where_there_are_any() -> None:
    said = tone(3000)
    said.reshape(-1, 100, BLOCK)[:, 80:] = 0
    played, most = drift(Mixer(), said, 200)
    words = [len(run) for run in "".join("x" if one.any() else " " for one in played.reshape(-1, BLOCK)).split()]
    # Each word as long as it was said: nothing is folded but silence, but for the edges that fall within a block.
    assert set(words[1:-1]) <= {80, 81}
    assert most < FAR


def test_a_burst_that_came_late_is_caught_up_with_little_by_little() -> None:
    mixer = Mixer()
    for block in tone(16):
        mixer.put("ada", block)
    depths = []
    for block in tone(400):
        mixer.put("ada", block)
        mixer.mix()
        depths.append(mixer._voices["ada"].count)
    assert max(np.abs(np.diff(depths))) <= BLOCK
    assert depths[0] >= 15 * BLOCK
    assert depths[-1] <= FAR + 2 * BLOCK


def test_what_a_stall_left_behind_is_given_back_within_seconds_of_speech() -> None:
    mixer, said = Mixer(), tone(700)
    said.reshape(-1, 100, BLOCK)[:, 80:] = 0
    for block in said[:6]:
        mixer.put("ada", block)
    for block in said[6:]:
        mixer.put("ada", block)
        mixer.mix()
    assert mixer._voices["ada"].count <= 2 * BLOCK
    assert mixer.dry_count() == 0


def test_what_is_too_much_goes_without_a_click() -> None:
    mixer, said = Mixer(), tone(30)
    for block in said[:10]:
        mixer.put("ada", block)
    begun = mixer.mix()
    for block in said[10:]:
        mixer.put("ada", block)
    played = np.concatenate([begun, *(mixer.mix() for _ in range(15))])
    assert np.abs(np.diff(played)).max() < 1.5 * np.abs(np.diff(said.reshape(-1))).max()


def test_volume_is_per_person() -> None:
    mixer = filled(0.1, 0.2)
    mixer.set_volume("person 1", 0.0)
    mixer.mix(BLOCK)
    assert mixer.mix(BLOCK) == pytest.approx(constant(0.1))


def test_levels_are_of_each_person() -> None:
    mixer = Mixer()
    for _ in range(40):
        mixer.put("loud", constant(0.5))
        mixer.put("quiet", constant(0.005))
        mixer.mix(BLOCK)
    levels = mixer.levels()
    assert levels["loud"].level_db == pytest.approx(-6.0, abs=0.1)
    assert levels["loud"].is_speaking
    assert levels["quiet"].level_db == pytest.approx(-46.0, abs=0.1)
    mixer.remove("loud")
    assert list(mixer.levels()) == ["quiet"]
    assert mixer.level_db("loud") == -100.0


def test_a_chime_plays_once_over_the_voices() -> None:
    mixer = Mixer()
    mixer.play(constant(0.25, BLOCK + 10))
    mixed = np.concatenate([mixer.mix(BLOCK) for _ in range(3)])
    assert (mixed[: BLOCK + 10] == 0.25).all()
    assert not mixed[BLOCK + 10 :].any()


def test_a_sound_can_be_ended_before_its_end() -> None:
    mixer = Mixer()
    mixer.play(constant(0.25, 10 * BLOCK))
    end = mixer.play(constant(0.5, 10 * BLOCK))
    assert mixer.mix().max() == pytest.approx(0.75)
    end()
    assert mixer.mix().max() == pytest.approx(0.25)
    end()
