"""What a policy says is what the encoder does: by the bytes that come out, and by what can be decoded of them."""

import dataclasses
import fractions

import av
import numpy as np
import pytest
from aiortc.codecs.vpx import vp8_depayload

from app.net.encoding import CAMERA, SCREEN_TEXT, PictureEncoder, PicturePolicy
from app.net.rate import Budget

TIGHT = PicturePolicy(start_rate=300_000, least_rate=200_000, most_rate=500_000, saver_rate=90_000, fps=10)


class Track:
    """What an encoder wants to know of its track."""

    def __init__(self, policy):
        self.policy = policy
        self.budget = None
        self.heard = []

    def may_cost(self, rate, height=0):
        self.budget = Budget(rate, height)

    def told(self, encoded):
        self.heard.append(encoded)


class Film:
    """A noisy scene, played into encoders picture by picture."""

    def __init__(self, fps=30, size_px=(320, 180), *, moves=True, grain=14):
        random = np.random.default_rng(1)
        width, height = size_px
        self._scene = random.integers(40, 200, (height // 4 + 1, width // 4)).repeat(4, axis=0).repeat(4, axis=1)
        self._scene = self._scene[:height]
        self._random, self._fps, self._number = random, fps, 0
        self._step, self._grain = 5 if moves else 0, grain

    def picture(self):
        height, width = self._scene.shape
        planes = np.full((height * 3 // 2, width), 128, np.uint8)
        grain = self._random.integers(-self._grain, self._grain + 1, self._scene.shape)
        planes[:height] = np.roll(self._scene, self._step * self._number, axis=1) + grain
        picture = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        picture.pts, picture.time_base = self._number * 90_000 // self._fps, fractions.Fraction(1, 90_000)
        self._number += 1
        return picture

    def rate(self, encoder, seconds=4):
        """Bits a second that come out, in the time that the pictures say."""
        count = round(seconds * self._fps)
        payloads = [payload for _ in range(count) for payload in encoder.encode(self.picture())[0]]
        return sum(map(len, payloads)) * 8 / (count / self._fps)


def encoded(encoder, picture, **options):
    return b"".join(vp8_depayload(payload) for payload in encoder.encode(picture, **options)[0])


def is_key(data):
    return not data[0] & 1


def test_r75_at_data_saver_the_camera_stays_at_its_cap_and_goes_back_after():
    track = Track(CAMERA)
    track.may_cost(900_000)
    encoder, film = PictureEncoder(track), Film()
    full = film.rate(encoder)
    assert full > 3 * CAMERA.saver_rate, "these pictures fill what they may"
    track.policy = CAMERA.saving()
    film.rate(encoder, seconds=1)  # the first key frame alone may be more than its share
    assert film.rate(encoder) <= CAMERA.saver_rate
    track.policy = CAMERA
    assert film.rate(encoder) == pytest.approx(full, rel=0.2)


def test_a_change_of_policy_takes_hold_with_the_next_picture():
    track = Track(CAMERA)
    encoder, film = PictureEncoder(track), Film()
    assert is_key(encoded(encoder, film.picture()))
    assert encoder.rate == encoder._codec.bit_rate == CAMERA.start_rate
    track.policy = TIGHT
    encoded(encoder, film.picture())
    assert encoder.rate == encoder._codec.bit_rate == TIGHT.start_rate


def test_two_encoders_follow_two_policies_at_the_same_time():
    wide = Track(CAMERA)
    wide.may_cost(900_000)
    one, other = PictureEncoder(wide), PictureEncoder(Track(CAMERA.saving()))
    full, saved = Film(), Film()
    rates = [0.0, 0.0]
    for _ in range(5):
        rates = [full.rate(one, seconds=1), saved.rate(other, seconds=1)]
    assert rates[0] > 3 * CAMERA.saver_rate
    assert rates[1] <= 1.05 * CAMERA.saver_rate


@pytest.mark.parametrize(
    ("asked", "given"),
    [(None, 300_000), (10, 200_000), (250_000, 250_000), (9_000_000, 500_000)],
)
def test_what_the_far_side_asks_for_is_heeded_within_the_policy(asked, given):
    track = Track(TIGHT)
    encoder = PictureEncoder(track)
    if asked is not None:
        track.may_cost(asked)
    assert encoder.rate == given


def test_what_was_asked_for_while_data_is_saved_holds_after():
    track = Track(CAMERA.saving())
    encoder = PictureEncoder(track)
    track.may_cost(700_000)
    assert encoder.rate == CAMERA.saver_rate
    track.policy = CAMERA
    assert encoder.rate == 700_000


def test_saving_changes_the_rates_alone_and_never_raises_one():
    assert CAMERA.saving() == dataclasses.replace(CAMERA, start_rate=120_000, most_rate=120_000)
    poor = dataclasses.replace(CAMERA, start_rate=50_000, least_rate=20_000, most_rate=60_000)
    assert poor.saving() == poor


def test_a_small_change_of_rate_costs_no_key_frame():
    track = Track(TIGHT)
    encoder, film = PictureEncoder(track), Film()
    encoded(encoder, film.picture())
    track.may_cost(320_000)
    assert not is_key(encoded(encoder, film.picture()))
    track.may_cost(400_000)
    assert is_key(encoded(encoder, film.picture()))


@pytest.mark.parametrize(
    "change",
    [{"quantiser": (2, 30)}, {"noise_sensitivity": 4}, {"cpu_used": -6}],
)
def test_each_option_of_the_codec_reaches_it(change):
    """By what comes out: the same film, encoded under another policy, is another stream."""
    plain, other = PictureEncoder(Track(TIGHT)), PictureEncoder(Track(dataclasses.replace(TIGHT, **change)))
    films = Film(moves=False, grain=6), Film(moves=False, grain=6)
    streams = [
        [encoded(one, film.picture()) for _ in range(20)] for one, film in ((plain, films[0]), (other, films[1]))
    ]
    assert streams[0] != streams[1]


@pytest.mark.parametrize(
    "change",
    [{"noise_sensitivity": 5}, {"quantiser": (30, 20)}, {"cpu_used": 17}, {"fps": 0}, {"least_rate": 900_000}],
)
def test_a_policy_that_no_encoder_takes_is_refused_where_it_is_written(change):
    with pytest.raises(ValueError, match="picture policy"):
        dataclasses.replace(CAMERA, **change)


def test_the_coarsest_quantiser_bounds_how_coarse_a_picture_becomes():
    """Few bits and much noise: without a bound it would be coarse; with one it takes the bits that it needs."""
    sharp = dataclasses.replace(CAMERA.saving(), quantiser=(2, 20))
    assert Film().rate(PictureEncoder(Track(sharp))) > 2 * Film().rate(PictureEncoder(Track(CAMERA.saving())))


def test_pictures_of_any_size_follow_each_other_and_can_be_decoded():
    encoder, decoder = PictureEncoder(Track(CAMERA)), av.CodecContext.create("libvpx", "r")
    for size_px in ((320, 180), (640, 360), (160, 90)):
        film = Film(size_px=size_px)
        for number in range(3):
            data = encoded(encoder, film.picture())
            assert is_key(data) == (number == 0)
            (picture,) = decoder.decode(av.Packet(data))
            assert (picture.width, picture.height) == size_px


def test_a_key_frame_comes_when_it_is_asked_for_and_other_forms_are_taken():
    encoder, film = PictureEncoder(Track(CAMERA)), Film()
    encoded(encoder, film.picture())
    assert not is_key(encoded(encoder, film.picture()))
    assert not is_key(encoded(encoder, film.picture(), force_keyframe=True)), "the first one is still on its way out"
    encoder._key_through_s = 0.0
    assert is_key(encoded(encoder, film.picture(), force_keyframe=True))
    other = av.VideoFrame.from_ndarray(np.zeros((180, 320, 3), np.uint8), format="bgr24")
    other.pts, other.time_base = 90_000, fractions.Fraction(1, 90_000)
    payloads, timestamp = encoder.encode(other)
    assert payloads
    assert timestamp == 90_000


def test_the_next_track_of_a_line_begins_with_a_key_frame_and_goes_on_in_time_and_number():
    before = PictureEncoder(Track(CAMERA))
    film = Film()
    for _ in range(3):
        payloads, timestamp = before.encode(film.picture())
    after = PictureEncoder(Track(CAMERA), after=before)
    again, later = after.encode(Film().picture())  # whose time is zero
    assert later == timestamp + 1
    assert is_key(vp8_depayload(again[0]))
    ids = [int.from_bytes(one[0][2:4], "big") & 0x7FFF for one in (payloads, again)]
    assert ids[1] == (ids[0] + 1) % (1 << 15)


def test_a_screen_that_comes_too_seldom_costs_no_more_a_picture():
    sizes = []
    for fps in (10, 2):
        encoder = PictureEncoder(Track(dataclasses.replace(SCREEN_TEXT, start_rate=600_000, least_rate=100_000)))
        film = Film(fps, (640, 360))
        sizes.append([sum(map(len, encoder.encode(film.picture())[0])) for _ in range(20)])
    assert sum(sizes[1][5:]) < 1.2 * sum(sizes[0][5:])


@pytest.mark.parametrize(
    ("height", "size_px"), [(0, (640, 360)), (720, (640, 360)), (360, (640, 360)), (270, (480, 270)), (180, (320, 180))]
)
def test_a_picture_is_made_no_higher_than_there_is_room_for(height, size_px):
    track = Track(CAMERA)
    track.may_cost(200_000, height)
    encoder, decoder = PictureEncoder(track), av.CodecContext.create("libvpx", "r")
    (picture,) = decoder.decode(av.Packet(encoded(encoder, Film(size_px=(640, 360)).picture())))
    assert (picture.width, picture.height) == size_px


def test_a_face_s_key_frame_is_not_many_times_what_the_line_carries():
    track = Track(CAMERA)
    track.may_cost(150_000, 270)
    data = encoded(PictureEncoder(track), Film(size_px=(640, 360)).picture())
    assert len(data) * 8 < 150_000
