"""A far voice over networks that delay, lose, double and stop, in virtual time."""

import random
import sys

import numpy as np
import pytest

from app.media.types import BLOCK, RATE_HZ
from app.net.opus import make_opus_decoder
from app.net.voice import VoiceBuffer, VoicePacket

PACKET = 960
TONE_HZ = 200


def opus_of(number):
    return number.to_bytes(4, "big")


def decode(opus):
    """Stands for Opus: the packet's number gives the next 20 ms of an endless tone."""
    if not opus:
        raise ValueError("nothing in it")
    at = int.from_bytes(opus, "big") * PACKET + np.arange(PACKET)
    return (0.3 * np.sin(2 * np.pi * TONE_HZ * at / RATE_HZ)).astype(np.float32)


class Decoder:
    """Decodes as `decode`; where `holds` says so each packet carries the one before it."""

    def __init__(self, holds=False):
        self.holds = holds

    def decode(self, opus):
        return decode(opus)

    def holds_last(self, opus):
        return self.holds

    def recover(self, opus, samples):
        assert self.holds
        return decode(opus_of(int.from_bytes(opus, "big") - 1))[:samples]


class Line:
    """Sends packets 20 ms apart and plays blocks 10 ms apart.

    Attributes:
        played: what `take` gave, None for nothing.
    """

    def __init__(self, seed=1, first_seq=65_500, first_timestamp=2**32 - 5_000, holds=False):
        self.buffer = VoiceBuffer(Decoder(holds))
        self.random = random.Random(seed)
        self.first_seq, self.first_timestamp = first_seq, first_timestamp
        self.arrivals = []
        self.played = []
        self.given = 0

    def send(self, number, at_s, *, skipped=0):
        packet = VoicePacket(
            (self.first_seq + number) & 0xFFFF,
            (self.first_timestamp + (number + skipped) * PACKET) & 0xFFFFFFFF,
            opus_of(number),
        )
        self.arrivals.append((at_s, packet))

    def send_talk(self, seconds, *, delay_s=lambda number: 0.02, is_lost=lambda number: False, resent_s=None):
        for number in range(round(seconds * 50)):
            if not is_lost(number):
                self.send(number, number * 0.02 + delay_s(number))
            elif resent_s is not None:
                self.send(number, number * 0.02 + resent_s)

    def send_with_mute(self):
        """Two seconds of mute after 50 of 100 packets: sequence numbers go on, the time jumps."""
        for number in range(100):
            skipped = 100 if number >= 50 else 0
            self.send(number, (number + skipped) * 0.02 + 0.02, skipped=skipped)

    def play(self, seconds):
        """Goes on for so long."""
        self.arrivals.sort(key=lambda one: one[0])
        begin = len(self.played)
        for block in range(begin, begin + round(seconds * 100)):
            while self.given < len(self.arrivals) and self.arrivals[self.given][0] <= block * 0.01:
                self.buffer.put(self.arrivals[self.given][1])
                self.given += 1
            self.played.append(self.buffer.take())
        return self.buffer.statistics

    def sound(self):
        return np.concatenate([np.zeros(BLOCK, np.float32) if one is None else one for one in self.played])


def test_an_even_voice_is_played_whole_and_soon():
    line = Line()
    line.send_talk(5)
    statistics = line.play(5)
    assert statistics.concealed_ms == statistics.longest_gap_ms == 0
    first = next(number for number, one in enumerate(line.played) if one is not None)
    assert first * 10 <= 70
    assert all(len(one) == BLOCK for one in line.played[first:])
    assert statistics.delay_ms <= 40


def test_what_is_played_is_what_was_said():
    line = Line()
    line.send_talk(1)
    line.play(1)
    heard = np.concatenate([one for one in line.played if one is not None])
    said = np.concatenate([decode(opus_of(number)) for number in range(50)])
    np.testing.assert_allclose(heard, said[: len(heard)], atol=1e-6)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.10])
def test_lost_packets_cost_their_own_time_and_no_more(share):
    line = Line()
    lost = {number for number in range(50, 500) if line.random.random() < share}
    line.send_talk(10, is_lost=lost.__contains__)
    statistics = line.play(10)
    assert statistics.concealed_ms == pytest.approx(len(lost) * 20, abs=40)
    assert statistics.delay_ms <= 180
    assert statistics.longest_gap_ms <= 80


def test_a_packet_that_is_sent_again_in_time_is_heard():
    line = Line()
    line.send_talk(10, is_lost=lambda number: number % 10 == 5, resent_s=0.05)
    statistics = line.play(10)
    # The first ones come too late; the distance they leave behind is enough for the rest.
    assert statistics.concealed_ms <= 100
    assert statistics.longest_gap_ms <= 40


def test_a_made_up_moment_joins_without_a_click():
    line = Line()
    line.send_talk(2, is_lost=lambda number: number == 50)
    line.play(2)
    steps = np.abs(np.diff(line.sound()[RATE_HZ // 4 : -RATE_HZ // 4]))
    steepest = 0.3 * 2 * np.pi * TONE_HZ / RATE_HZ
    assert steps.max() < 4 * steepest


def test_jitter_is_covered_at_first_and_then_waited_for():
    line = Line()
    line.send_talk(20, delay_s=lambda number: 0.02 + line.random.uniform(0, 0.06))
    statistics = line.play(20)
    early = statistics.concealed_ms
    assert early <= 200
    assert statistics.delay_ms <= 180


def test_a_stall_is_told_as_a_gap_and_its_delay_is_given_back():
    def delay_s(number):
        return max(0.02, 5.3 - number * 0.02) if 250 <= number < 265 else 0.02

    line = Line()
    line.send_talk(30, delay_s=delay_s)
    statistics = line.play(30)
    assert 150 <= statistics.longest_gap_ms <= 420
    assert statistics.delay_ms <= 260


def test_a_pause_of_the_speaker_is_no_gap():
    line = Line()
    line.send_with_mute()
    statistics = line.play(4)
    assert statistics.longest_gap_ms == 0
    assert line.played[200] is None
    assert line.played[330] is not None


def test_the_end_of_a_voice_fades_and_falls_silent():
    line = Line()
    line.send_talk(1)
    line.play(2)
    assert line.played[-1] is None
    assert np.abs(line.sound()[round(RATE_HZ * 1.15) :]).max() == 0


def test_doubles_and_strangers_change_nothing():
    line = Line()
    line.send_talk(2)
    line.send_talk(2, delay_s=lambda number: 0.03)
    line.arrivals.append((0.5, VoicePacket(9, 77, b"")))
    statistics = line.play(2)
    assert statistics.longest_gap_ms <= 20
    assert statistics.delay_ms <= 60


def test_a_flood_keeps_its_bounds():
    line = Line()
    for number in range(5_000):
        line.send(number, 0.0)
    line.play(0.1)
    assert len(line.buffer._packets) <= 200


def test_nonsense_in_place_of_opus_is_covered():
    buffer = VoiceBuffer(make_opus_decoder())
    for number in range(50):
        buffer.put(VoicePacket(number, number * PACKET, b"\xff" + bytes(number)))
    blocks = [buffer.take() for _ in range(80)]
    assert any(one is not None for one in blocks)
    assert all(one is None or np.isfinite(one).all() for one in blocks)


# --- what comes in a burst, and what comes after its sentence ------------------------------------------------------
@pytest.mark.parametrize("hertz", [90, 110, 150, 200, 300])
def test_a_burst_that_came_late_is_heard_whole_and_its_delay_is_given_back_in_any_voice(hertz, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "TONE_HZ", hertz)
    line = Line()
    line.send_talk(12, delay_s=lambda number: max(0.02, 4 - number * 0.02) if 150 <= number < 200 else 0.02)
    statistics = line.play(12)
    assert (len(line.arrivals), statistics.packets, statistics.late) == (600, 599, 0)
    assert statistics.delay_ms <= 200


def test_what_was_heard_is_not_heard_again_before_the_next_sentence():
    line = Line()
    line.send_with_mute()
    # Sent again for who asked, and too late: the sentence was over. And the first packet of the next one is lost.
    line.arrivals = [one for one in line.arrivals if one[1].opus != opus_of(50)]
    line.send(45, 1.5)
    statistics = line.play(4.2)
    assert statistics.late == 1
    next_sentence = round((150 * 0.02 + 0.02) * 100)
    assert line.played[next_sentence - 1] is None
    heard = np.concatenate([one for one in line.played[next_sentence:] if one is not None])
    said = np.concatenate([decode(opus_of(number)) for number in range(51, 100)])
    np.testing.assert_allclose(heard[: len(said)], said, atol=1e-6)


def test_one_packet_alone_is_heard():
    line = Line()
    line.send(0, 0.0)
    line.play(0.3)
    heard = np.concatenate([one for one in line.played if one is not None])
    np.testing.assert_allclose(heard[:PACKET], decode(opus_of(0)), atol=1e-6)


def test_a_clock_that_jumps_back_after_a_silence_is_heard():
    line = Line()
    line.send_talk(1)
    for number in range(50, 100):
        line.send(number, 2 + (number - 50) * 0.02, skipped=-5_000)
    statistics = line.play(3.5)
    assert statistics.late == 0
    assert sum(one is not None for one in line.played[200:]) >= 100


def test_a_packet_of_another_time_does_not_hurry_the_voice():
    line = Line()
    line.arrivals.append((0.0, VoicePacket(9, 2**31 - 20_000, opus_of(0))))
    line.send_talk(5, delay_s=lambda number: 0.03)
    statistics = line.play(5)
    assert statistics.delay_ms <= 60
    assert statistics.concealed_ms <= 20


# --- what is lost, and comes with the next packet or again ---------------------------------------------------------
def test_a_lost_packet_is_heard_by_the_copy_in_the_next_one():
    line = Line(holds=True)
    lost = range(60, 500, 9)
    line.send_talk(10, is_lost=lambda number: number in lost)
    statistics = line.play(10)
    # The first copies come too late; then the distance is enough for them.
    assert statistics.recovered >= len(lost) - 2
    assert statistics.concealed_ms <= 40
    assert statistics.delay_ms <= 60


def test_of_several_lost_packets_the_last_is_heard_by_its_copy():
    line = Line(holds=True)
    line.send_talk(10, is_lost=lambda number: number >= 100 and number % 100 < 3)
    statistics = line.play(10)
    assert statistics.recovered == 4
    assert statistics.concealed_ms == pytest.approx(4 * 40, abs=60)


def test_what_is_recovered_is_what_was_said():
    line = Line(holds=True)
    line.send_talk(4, is_lost=lambda number: number in (100, 150))
    line.play(4)
    steps = np.abs(np.diff(line.sound()[RATE_HZ // 4 : -RATE_HZ // 4]))
    assert steps.max() < 1.5 * 0.3 * 2 * np.pi * TONE_HZ / RATE_HZ


def test_the_voice_is_near_again_within_five_seconds_after_loss_has_ended():
    line = Line(holds=True)
    line.send_talk(25, is_lost=lambda number: number < 500 and number % 20 < 4, resent_s=0.15)
    assert line.play(10).delay_ms >= 100
    assert line.play(5).delay_ms <= 45
    assert line.play(10).delay_ms <= 45


def test_a_speaker_that_stopped_for_a_moment_is_near_again_a_second_later():
    """It does not take what it missed, and the voice before that was as near as it could be."""
    line = Line()
    line.send_talk(20)
    line.play(8)
    missed = 40
    for number, (at_s, packet) in enumerate(line.arrivals[line.given :]):
        line.arrivals[line.given + number] = (at_s - missed * 0.01, packet)
    waiting = [packet for at_s, packet in line.arrivals[line.given :] if at_s <= 8]
    line.buffer.pass_time((missed + 1) * BLOCK)
    for number, packet in enumerate(waiting):
        line.buffer.put(packet, (missed * 10 - number * 20) * RATE_HZ // 1000)
        line.given += 1
    line.buffer.take()
    assert line.buffer.statistics.delay_ms >= 400
    statistics = line.play(3)
    assert statistics.delay_ms <= 60
    assert statistics.concealed_ms == 0


@pytest.mark.parametrize("at_once", [2, 4])
def test_a_speaker_that_takes_several_blocks_at_once_is_no_jitter(at_once):
    buffer, heard = VoiceBuffer(Decoder()), 0
    for burst in range(1, 2000 // at_once):
        now = burst * at_once
        buffer.pass_time(at_once * BLOCK)
        # They came one by one since the last time.
        for number in range((now - at_once) // 2, now // 2):
            buffer.put(
                VoicePacket(number & 0xFFFF, number * PACKET & 0xFFFFFFFF, opus_of(number & 0xFFFF)),
                (now - 2 * number - 1) * BLOCK,
            )
        heard += buffer.take() is not None
        for _ in range(at_once - 1):
            buffer.pass_time(0)
            heard += buffer.take() is not None
    assert heard >= 1980
    assert buffer.statistics.concealed_ms <= 10 * at_once
    assert buffer.statistics.delay_ms <= 40 + 20 * at_once


def test_a_packet_that_comes_once_more_after_it_was_heard_keeps_nobody_away():
    line = Line()
    line.send_talk(10)
    for number in range(10, 480, 7):
        line.send(number, number * 0.02 + 0.14)
    statistics = line.play(10)
    assert statistics.late == len(range(10, 480, 7))
    assert statistics.delay_ms <= 40
