import cv2
import numpy as np
import pytest

from tests.network import judging, pattern, voice

ZERO_S, SECONDS = 100.0, 4
SPAN = judging.Span(ZERO_S, ZERO_S + SECONDS, None, ZERO_S)


def small_of(number):
    luminance = pattern.picture(number)[: pattern.HEIGHT]
    return cv2.resize(luminance, pattern.SMALL_PX, interpolation=cv2.INTER_AREA)


def judge(numbers, *, delay_s=0.05, smalls=None, span=SPAN, at=lambda number: number / pattern.FPS):
    """What is told of pictures that were shown so long after they were taken."""
    times = np.array([ZERO_S + at(number) + delay_s for number in numbers])
    smalls = np.array([small_of(number) for number in numbers] if smalls is None else smalls)
    return judging.pictures(times, np.array(numbers), smalls, span)


@pytest.mark.parametrize("size", [(640, 360), (320, 180), (160, 90), (480, 270)])
@pytest.mark.parametrize("number", [0, 1, 799, 71_999])
def test_a_picture_tells_its_number_at_every_size_that_is_sent(size, number):
    luminance = cv2.resize(pattern.picture(number)[: pattern.HEIGHT], size, interpolation=cv2.INTER_AREA)
    assert pattern.read(luminance) == number
    again = cv2.resize(luminance, (pattern.WIDTH, pattern.HEIGHT), interpolation=cv2.INTER_LINEAR)
    assert pattern.read(again) == number


def test_a_picture_whose_bar_is_damaged_has_no_number():
    luminance = pattern.picture(5)[: pattern.HEIGHT].copy()
    luminance[: pattern.CELL, 500:600] = 255 - luminance[: pattern.CELL, 500:600]
    assert pattern.read(luminance) == -1
    assert pattern.read(np.full((360, 640), 255, np.uint8)) == -1


def test_a_whole_picture_is_whole_also_when_it_is_paler_or_softer_and_a_torn_one_is_broken():
    small = small_of(30)
    assert judging.is_whole(30, small)
    assert judging.is_whole(30, (40 + small * 0.7).astype(np.uint8))
    assert judging.is_whole(30, cv2.GaussianBlur(small, (3, 3), 0.8))
    torn = small.copy()
    torn[20:26] = small_of(48)[20:26]
    assert not judging.is_whole(30, torn)
    assert not judging.is_whole(30, np.full_like(small, 128))
    assert not judging.is_whole(30, small_of(50))


def test_all_pictures_in_time_are_all_and_no_freeze():
    told = judge(range(pattern.FPS * SECONDS), delay_s=0.0)
    assert told == {
        "frames_pct": 100.0, "broken_frames": 0, "longest_freeze_s": 0.05, "frozen_s": 0.0, "camera_to_tile_ms": 0,
    }  # fmt: skip


def test_a_gap_is_a_freeze_also_at_the_end_and_broken_or_repeated_pictures_do_not_end_it():
    told = judge([*range(20), *range(40, 60)])
    assert (told["frames_pct"], told["longest_freeze_s"], told["frozen_s"]) == (50.0, 1.05, 2.05)
    broken = judge([*range(20), *range(25, 35)], smalls=[small_of(n) for n in range(20)] + [small_of(0)] * 10)
    assert broken["broken_frames"] == 10
    assert broken["longest_freeze_s"] == 3.0
    assert judge([*range(20), *[19] * 10])["frames_pct"] == 25.0


def test_nothing_seen_at_all_is_one_freeze():
    told = judge([])
    assert (told["frames_pct"], told["longest_freeze_s"], told["camera_to_tile_ms"]) == (0.0, SECONDS, None)


def test_back_is_the_first_picture_that_was_taken_after_it():
    after = SPAN._replace(after_s=ZERO_S + 2.0)
    # Pictures 30 to 39 were on their way and come 1.2 s late; 50 is the first new one.
    times = [
        *(n / 20 for n in range(30)),
        *(n / 20 + 1.2 for n in range(30, 40)),
        *(n / 20 + 0.7 for n in range(50, 60)),
    ]
    numbers = [*range(40), *range(50, 60)]
    told = judging.pictures(
        ZERO_S + np.array(times), np.array(numbers), np.array([small_of(number) for number in numbers]), after
    )
    assert told["back_after_s"] == pytest.approx(50 / 20 + 0.7 - 2.0)
    assert told["late_after"] == 10
    assert judge(range(10), span=after)["back_after_s"] is None


def test_what_was_played_is_what_was_neither_missing_nor_made_up():
    blocks = [[ZERO_S + at / 100, at % 10 != 0, 10.0 if at % 10 == 1 else 0.0, 60.0] for at in range(400)]
    assert judging.played(np.array(blocks, float), SPAN) == {"audio_pct": 80.0, "buffer_ms": 60}
    assert judging.played(np.zeros((0, 4)), SPAN) == {"audio_pct": 0.0, "buffer_ms": None}


def test_samples_that_were_made_up_or_are_missing_were_not_heard():
    counts = np.array([[ZERO_S + at, 48_000 * at * 0.9, 4_800 * at] for at in range(-2, 9)])
    assert judging.counted(counts, SPAN) == {"audio_pct": 80.0}
    assert judging.counted(counts[:1], SPAN) == {"audio_pct": 0.0}


@pytest.mark.parametrize(
    ("kbit", "after_s"), [((800, 800, 800), 0.0), ((300, 800, 800), 1.0), ((800, 300, 800), 2.0), ((800, 300), None)]
)
def test_the_full_rate_is_there_from_when_on_it_stays(kbit, after_s):
    rates = np.array([[ZERO_S + at, 1000.0 * one] for at, one in enumerate(kbit)])
    assert judging.full_rate_after_s(rates, SPAN) == after_s
    assert judging.full_rate_after_s(rates[:0], SPAN) is None


def speaker(delay_s, *, hole=(0, 0), seconds=6, number=7):
    """Times and blocks of a speaker that plays a voice so late, with silence in a hole (seconds)."""
    sound = np.concatenate([np.zeros(round(delay_s * voice.RATE_HZ), np.float32), voice.samples(number)])
    sound = sound[: seconds * voice.RATE_HZ].copy()
    sound[round(hole[0] * voice.RATE_HZ) : round(hole[1] * voice.RATE_HZ)] = 0
    return ZERO_S + np.arange(seconds * 100) / 100, sound.reshape(-1, 480)


SPAN_HEARD = judging.Span(ZERO_S + 1, ZERO_S + 5, ZERO_S + 1, ZERO_S)


@pytest.mark.parametrize("delay_ms", [60, 140, 900])
def test_a_whole_voice_is_heard_and_its_delay_is_told(delay_ms):
    told = judging.heard(*speaker(delay_ms / 1000), 7, SPAN_HEARD)
    assert told["heard_pct"] > 99
    assert abs(told["mouth_to_ear_ms"] - delay_ms) <= 2
    assert told["ear_after_5s_ms"] is None


def test_a_hole_in_a_voice_is_not_heard():
    told = judging.heard(*speaker(0.1, hole=(2.0, 3.0)), 7, SPAN_HEARD)
    assert 70 < told["heard_pct"] < 82


def test_another_voice_and_silence_are_not_taken_for_it():
    told = judging.heard(*speaker(0.1, number=8), 7, SPAN_HEARD)
    assert told["heard_pct"] < 50
    assert told["mouth_to_ear_ms"] is None
    assert judging.heard(*speaker(0.1, hole=(0, 6)), 7, SPAN_HEARD)["heard_pct"] == 0


def test_a_voice_goes_on_when_it_begins_again():
    begun = ZERO_S - voice.SECONDS + 3
    told = judging.heard(*speaker_again(begun), 7, judging.Span(ZERO_S + 1, ZERO_S + 5, None, begun))
    assert told["heard_pct"] > 99


def speaker_again(begun_s):
    sound = np.tile(voice.samples(7), 2)
    first = round((ZERO_S - begun_s - 0.1) * voice.RATE_HZ)
    return ZERO_S + np.arange(600) / 100, sound[first : first + 600 * 480].reshape(-1, 480)


def change(at_s, people=(("a", True),), call="in"):
    return [at_s, call, "online", [list(one) for one in people], False, False]


@pytest.mark.parametrize(
    ("changes", "tiles", "kept"),
    [
        ([change(0)], ["a"], True),
        ([change(0), change(5, [("a", False)]), change(6)], ["a"], True),
        ([change(0), change(5, call="reconnecting"), change(6)], ["a"], True),
        ([change(0, []), change(1)], ["a"], True),
        ([change(0), change(5, []), change(6)], ["a"], False),
        ([change(0), change(5, [("a", False), ("b", True)]), change(6)], ["a"], False),
        ([change(0), change(5, [("b", True)])], ["a", "b"], False),
        ([change(0)], ["a", "b"], False),
        ([change(0), change(5, [("a", False)])], ["a"], False),
        ([change(0), change(5, call="ended")], ["a"], False),
    ],
)
def test_a_seat_is_kept_where_the_same_one_person_was_there_all_the_time(changes, tiles, kept):
    assert judging.keeps_seat(changes, tiles, since_s=2.0) is kept
