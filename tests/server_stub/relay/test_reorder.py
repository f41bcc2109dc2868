"""Packets into order, frames out of packets: tables of what arrives and what comes out."""

import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.relay.reorder import MAX_FRAME_BYTES, MAX_WAIT_S, Reorder, Vp8Frames
from tests.fakes.vp8 import BOMB, key_frame

KEY = b"\x10" + key_frame(640, 360, scaling=1)
DELTA, MORE = b"\x10\x01delta", b"\x00more"


def packet(seq, payload=b"", timestamp=0, marker=0x80, first=0x80):
    return struct.pack("!BBHLL", first, marker | 97, seq & 0xFFFF, timestamp, 900) + payload


def seq_of(arrival):
    return struct.unpack_from("!H", arrival.packet, 2)[0]


class TestReorder:
    def feed(self, arrivals):
        order, got = Reorder(), []
        for seq, at_s in arrivals:
            got += [(seq_of(one), one.follows_loss) for one in order.push(packet(seq), at_s)]
        return got, order

    @pytest.mark.parametrize(
        ("arrivals", "expected"),
        [
            ([(1, 0), (2, 0), (3, 0)], [(1, False), (2, False), (3, False)]),
            ([(1, 0), (3, 0), (2, 0.1), (4, 0.1)], [(1, False), (2, False), (3, False), (4, False)]),
            ([(65_535, 0), (1, 0), (0, 0.1)], [(65_535, False), (0, False), (1, False)]),
            ([(1, 0), (3, 0), (4, 0.4)], [(1, False)]),
            ([(1, 0), (3, 0), (4, 0.6)], [(1, False), (3, True), (4, False)]),
            ([(1, 0), (3, 0), (4, 0.6), (2, 0.7)], [(1, False), (3, True), (4, False)]),
            ([(1, 0), (1, 0.1), (2, 0.1)], [(1, False), (2, False)]),
            (
                [(1, 0), (3, 0), (6, 0.3), (7, 0.6), (8, 0.9)],
                [(1, False), (3, True), (6, True), (7, False), (8, False)],
            ),
        ],
        ids=["in order", "swapped", "across the wrap", "waits", "gives up", "too late", "twice", "two gaps"],
    )
    def test_order(self, arrivals, expected):
        assert self.feed(arrivals)[0] == expected

    def test_time_alone_gives_up_too(self):
        _, order = self.feed([(1, 0), (3, 0)])
        assert order.pass_time(MAX_WAIT_S - 0.01) == []
        assert [seq_of(one) for one in order.pass_time(MAX_WAIT_S)] == [3]

    def test_it_never_holds_more_than_its_size(self):
        got, _ = self.feed([(1, 0)] + [(seq, 0) for seq in range(3, 600)])
        assert len(got) == 598

    @given(st.permutations(list(range(65_500, 65_560))))
    def test_any_order_within_the_wait_becomes_the_right_one(self, seqs):
        arrivals = [(65_499, 0.0)] + [(seq, 0.1) for seq in seqs]
        got, _ = self.feed(arrivals)
        assert got == [(seq & 0xFFFF, False) for seq in range(65_499, 65_560)]


class TestFrames:
    def feed(self, packets):
        order, frames, got = Reorder(), Vp8Frames(), []
        for at, one in enumerate(packets):
            # Each comes a second later, so that a gap is given up at once.
            for arrival in order.push(one, float(at)):
                picture = frames.push(arrival)
                if picture:
                    got.append((picture.timestamp, picture.is_key, len(picture.data)))
        return got, frames

    def test_whole_frames_come_out(self):
        got, frames = self.feed(
            [
                packet(1, KEY, 10, 0),
                packet(2, MORE, 10),
                packet(3, DELTA, 20),
                packet(4, DELTA, 30, 0),
                packet(5, MORE, 30),
            ]
        )
        assert got == [(10, True, len(KEY) + len(MORE) - 2), (20, False, 6), (30, False, 10)]
        assert frames.lost == 0

    def test_nothing_comes_before_the_first_key_frame_and_that_is_no_loss(self):
        got, frames = self.feed([packet(1, MORE, 5), packet(2, DELTA, 10), packet(3, KEY, 20), packet(4, DELTA, 30)])
        assert [one[0] for one in got] == [20, 30]
        assert frames.lost == 0

    def test_after_a_loss_all_is_left_out_until_the_next_key_frame(self):
        got, frames = self.feed(
            [
                packet(1, KEY, 10),
                packet(2, DELTA, 20, 0),
                packet(4, MORE, 20),  # 3 is lost: inside the frame
                packet(5, DELTA, 30),
                packet(6, KEY, 40),
                packet(7, DELTA, 50),
            ]
        )
        assert [one[0] for one in got] == [10, 40, 50]
        assert frames.lost == 2

    def test_a_whole_frame_lost_is_a_loss_as_well(self):
        got, frames = self.feed([packet(1, KEY, 10), packet(3, DELTA, 30), packet(4, KEY, 40)])
        assert [one[0] for one in got] == [10, 40]
        assert frames.lost == 1

    def test_a_lost_marker_spoils_only_until_the_next_key_frame(self):
        got, _ = self.feed([packet(1, KEY, 10), packet(2, DELTA, 20, 0), packet(3, DELTA, 30), packet(4, KEY, 40)])
        assert [one[0] for one in got] == [10, 40]

    def test_a_picture_without_end_does_not_fill_the_memory(self):
        frames, order = Vp8Frames(), Reorder()
        tracemalloc.start()
        for seq in range(20_000):
            one = packet(seq & 0xFFFF, (KEY if not seq else MORE) + bytes(1000), 10, 0)
            for arrival in order.push(one, 0.0):
                assert frames.push(arrival) is None
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert held < 2 * MAX_FRAME_BYTES

    def test_a_picture_of_a_monstrous_size_is_left_out(self):
        monster = b"\x10" + BOMB
        got, frames = self.feed([packet(1, KEY, 10), packet(2, monster, 20), packet(3, DELTA, 30), packet(4, KEY, 40)])
        assert [one[0] for one in got] == [10, 40]
        assert frames.lost == 2

    def test_padding_alone_is_passed_over(self):
        got, frames = self.feed([packet(1, KEY, 10), packet(2, b"\x00\x00\x03", 10, 0, 0xA0), packet(3, DELTA, 20)])
        assert [one[0] for one in got] == [10, 20]
        assert frames.lost == 0

    def test_a_frame_that_the_disk_had_no_room_for_asks_for_a_key_frame(self):
        frames, order = Vp8Frames(), Reorder()
        (arrival,) = order.push(packet(1, KEY, 10), 0)
        assert frames.push(arrival)
        frames.skip()
        assert frames.needs_key
        (arrival,) = order.push(packet(2, DELTA, 20), 0)
        assert frames.push(arrival) is None

    @pytest.mark.parametrize(
        "bad",
        [
            key_frame(16_383, 16_383),
            key_frame(0, 360),
            key_frame(640, 0),
            key_frame(640, 360, partition=17),
            key_frame(640, 360, spare=1),
            key_frame(640, 360)[:9],
            b"\x00\x00\x00" + bytes(40),
        ],
        ids=[
            "too large",
            "no width",
            "no height",
            "no room for its modes",
            "cut short",
            "half a head",
            "no start code",
        ],
    )
    def test_what_no_decoder_should_see_is_no_key_frame_whatever_packet_begins_it(self, bad):
        hidden = [packet(2, b"\x10" + bad[:4], 20, 0), packet(3, b"\x00" + bad[4:], 20)]
        got, _ = self.feed([packet(1, KEY, 10), *hidden, packet(4, DELTA, 30), packet(5, KEY, 40)])
        assert [one[0] for one in got] == [10, 40]
