"""Pictures out of packets in every order that a network gives them."""

import itertools
import random

from app.net.assembly import PictureAssembly, Vp8Part, read_part


def picture(first_seq, parts, *, is_key=False, timestamp=0):
    """One picture's packets as (seq, part); its data tells its sequence numbers."""
    return [
        (
            (first_seq + number) & 0xFFFF,
            Vp8Part(bytes([number]), number == 0, number == parts - 1, is_key and number == 0, timestamp),
        )
        for number in range(parts)
    ]


def put_all(assembly, packets):
    return [whole for seq, part in packets for whole in assembly.put(seq, part)]


def test_a_picture_comes_with_its_last_packet():
    assembly = PictureAssembly()
    packets = picture(65_534, 4, is_key=True, timestamp=9)
    assert put_all(assembly, packets[:3]) == []
    (whole,) = assembly.put(*packets[3])
    assert whole.data == bytes([0, 1, 2, 3])
    assert whole.is_key
    assert whole.timestamp == 9


def test_nothing_comes_before_a_key_picture():
    assembly = PictureAssembly()
    assert put_all(assembly, picture(1, 2)) == []
    assert assembly.needs_key
    assert len(put_all(assembly, picture(3, 2, is_key=True))) == 1
    assert not assembly.needs_key


def test_every_order_of_packets_gives_the_same_pictures():
    packets = picture(65_533, 3, is_key=True) + picture(0, 2)
    for order in itertools.permutations(packets):
        assembly = PictureAssembly()
        assert [whole.data for whole in put_all(assembly, order)] == [bytes([0, 1, 2]), bytes([0, 1])]


def test_a_missing_packet_holds_back_what_follows_and_no_more():
    assembly = PictureAssembly()
    key, second, third = picture(1, 1, is_key=True), picture(2, 2), picture(4, 1)
    assert len(put_all(assembly, key + second[:1] + third)) == 1
    assert len(put_all(assembly, second[1:])) == 2


def test_the_size_of_the_last_key_picture_is_known():
    assembly = PictureAssembly()
    assert assembly.key_packets == 0
    put_all(assembly, picture(1, 3, is_key=True) + picture(4, 9))
    assert assembly.key_packets == 3


def test_skipping_goes_on_at_the_next_key_picture():
    assembly = PictureAssembly()
    put_all(assembly, picture(1, 1, is_key=True) + picture(3, 1))
    assert assembly.skip() == []
    assert assembly.needs_key
    assert [
        whole.is_key for whole in put_all(assembly, picture(4, 1) + picture(5, 1, is_key=True) + picture(6, 1))
    ] == [
        True,
        False,
    ]


def test_skipping_finds_a_key_picture_that_waits_already():
    assembly = PictureAssembly()
    put_all(assembly, picture(1, 1, is_key=True) + picture(3, 1) + picture(4, 2, is_key=True) + picture(6, 1))
    assert [whole.is_key for whole in assembly.skip()] == [True, False]


def test_a_key_picture_that_lacks_packets_is_not_waited_for_twice():
    assembly = PictureAssembly()
    key = picture(1, 3, is_key=True)
    put_all(assembly, [key[0], key[2]])
    assert assembly.skip() == []
    assert assembly.needs_key


def test_packets_without_a_picture_only_fill_the_sequence():
    assembly = PictureAssembly()
    put_all(assembly, picture(1, 1, is_key=True))
    assert assembly.put(2, None) == []
    assert len(put_all(assembly, picture(3, 1))) == 1


def test_an_old_packet_changes_nothing():
    assembly = PictureAssembly()
    packets = picture(1, 1, is_key=True)
    put_all(assembly, packets)
    assert put_all(assembly, packets) == []


def test_a_flood_without_a_key_picture_is_bounded():
    assembly = PictureAssembly()
    for seq in range(5_000):
        assembly.put(seq, Vp8Part(b"x", False, False, False, 0))
    assert len(assembly._parts) <= 512


def test_descriptors_are_read():
    assert read_part(b"\x10\x00data", ends=True, timestamp=1) == Vp8Part(b"\x00data", True, True, True, 1)
    assert not read_part(b"\x10\x01data", ends=False, timestamp=1).is_key
    assert read_part(b"\x90\x80\x81\x02\x00x", ends=True, timestamp=1).data == b"\x00x"
    assert read_part(b"\x90\xf0\x01\x02\x03\x00x", ends=True, timestamp=1).data == b"\x00x"
    assert not read_part(b"\x00\x00x", ends=True, timestamp=1).starts


def test_no_payload_raises():
    chance = random.Random(1)
    for _ in range(3_000):
        read_part(chance.randbytes(chance.randrange(8)), ends=True, timestamp=0)
    assert read_part(b"", ends=True, timestamp=0) is None
    assert read_part(b"\x90\x80", ends=True, timestamp=0) is None


def test_a_key_picture_is_at_hand_from_its_first_packet_to_its_last():
    assembly = PictureAssembly()
    first, second, third = picture(1, 3, is_key=True)
    seen = []
    for packet in (second, first, third, *picture(4, 2)):
        put_all(assembly, [packet])
        seen.append(assembly.is_at_key)
    assert seen == [False, True, False, False, False]
