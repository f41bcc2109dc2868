import numpy as np
import pytest

from app.media.mixer import FADE, KNEE, MOST, Mixer, limit_softly
from app.media.types import BLOCK, RATE_HZ


def constant(value: float, samples: int = BLOCK) -> np.ndarray:
    return np.full(samples, value, np.float32)


def filled(*values: float) -> Mixer:
    mixer = Mixer()
    for number, value in enumerate(values):
        mixer.put(f"person {number}", constant(value, 4 * BLOCK))
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
    mixer.put("person 0", constant(0.5, 100))
    assert not mixer.mix(BLOCK).any()
    mixer.put("person 0", constant(0.5))
    back = mixer.mix(BLOCK)
    assert back[0] == 0.0
    assert np.abs(np.diff(back)).max() < 0.01


def test_sound_that_ends_in_a_block_is_faded_out() -> None:
    mixer = Mixer()
    mixer.put("ada", constant(0.5, 4 * BLOCK + 200))
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


@pytest.mark.parametrize("samples", [BLOCK, 441, 1024])
def test_voices_are_asked_for_what_is_mixed_and_nothing_waits(samples):
    mixer, said, given = Mixer(), tone(300), []

    def fill():
        given.append(said[len(given)])
        mixer.put("ada", given[-1])

    mixer.fill = fill
    played = np.concatenate([mixer.mix(samples) for _ in range(100)])
    assert len(given) == -(-len(played) // BLOCK)
    np.testing.assert_allclose(played[FADE:], said.reshape(-1)[FADE : len(played)], atol=1e-6)
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
