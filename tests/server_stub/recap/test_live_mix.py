"""What is mixed while a meeting goes on is what would be mixed from its files after it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from server_stub.recap import store
from server_stub.recap.live_mix import WAIT_S, LiveMix, read_mix
from server_stub.recap.mix import PACKET, RATE_HZ
from server_stub.recap.player import write_player
from server_stub.recap.sound import OpusListener, read_sound


@pytest.fixture
def begin() -> Iterator[Callable[[Path], LiveMix]]:
    """Makes mixes and ends them after the test."""
    with contextlib.ExitStack() as stack:

        def make(folder: Path) -> LiveMix:
            mix = LiveMix(folder)
            stack.callback(mix.close)
            return mix

        yield make


def in_order(packets: dict) -> list[tuple[float, str, bytes]]:
    return sorted((at, name, opus) for name, stream in packets.items() for at, opus in stream)


def put(mix: LiveMix, pieces: list[tuple[float, str, bytes]]) -> None:
    decoders = {name: OpusListener() for _, name, _ in pieces}
    for at, name, opus in pieces:
        decoders[name].decode(opus)
        mix.add(name, at, decoders[name].whole)


def feed(mix: LiveMix, packets: dict, from_s: float = -1.0, upto_s: float = 1e9) -> None:
    put(mix, [piece for piece in in_order(packets) if from_s <= piece[0] < upto_s])


def loudness(sound: np.ndarray) -> np.ndarray:
    step = PACKET * 5
    return np.sqrt((sound[: sound.size // step * step].reshape(-1, step) ** 2).mean(axis=1))


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """How alike two sounds rise and fall, 1 at most."""
    size = min(one.size, other.size)
    return float(np.corrcoef(loudness(one[:size]), loudness(other[:size]))[0, 1])


def sound_in(path: Path) -> np.ndarray:
    return np.concatenate([samples for _, samples in read_sound(path, RATE_HZ)])


def test_whole_seconds_are_written_for_this_user_only(begin, tmp_path: Path, packets: dict) -> None:
    feed(begin(tmp_path), packets)
    mixed = read_mix(tmp_path)
    last = max(at for at, _, _ in in_order(packets))
    assert sorted(mixed) == list(range(int(last) - WAIT_S))
    assert {len(one) for one in mixed.values()} == {50}
    assert (tmp_path / "sound-1.mix").stat().st_mode & 0o777 == 0o600


def test_packets_that_come_out_of_order_are_where_they_belong(begin, tmp_path: Path, packets: dict) -> None:
    straight, shuffled = tmp_path / "a", tmp_path / "b"
    for folder in (straight, shuffled):
        folder.mkdir()
    feed(begin(straight), packets)
    late = sorted(in_order(packets), key=lambda one: one[0] + (1.5 if one[1] == "Ada" else 0.0))
    put(begin(shuffled), late)
    first, second = read_mix(straight), read_mix(shuffled)
    both = sorted(first.keys() & second.keys())
    assert len(both) >= 9
    assert [first[one] for one in both] == [second[one] for one in both]


def test_a_second_whose_sound_came_too_late_is_left_to_the_files(begin, tmp_path: Path, packets: dict) -> None:
    mix = begin(tmp_path)
    feed(mix, {"Ada": packets["Ada"]}, upto_s=8.0)
    assert 2 in read_mix(tmp_path)
    feed(mix, {"Grace": packets["Grace"]}, from_s=2.1, upto_s=2.5)
    assert 2 not in read_mix(tmp_path)
    assert 1 in read_mix(tmp_path)


def test_after_a_break_it_goes_on_with_whole_seconds_only(begin, tmp_path: Path, packets: dict) -> None:
    mix = begin(tmp_path)
    feed(mix, packets, upto_s=6.0)
    mix.begin_anew()
    feed(mix, packets, from_s=7.5)
    assert sorted(read_mix(tmp_path)) == [0, 1, 11]


def test_what_a_killed_worker_left_half_written_is_passed_over(begin, tmp_path: Path, packets: dict) -> None:
    feed(begin(tmp_path), packets)
    known = sorted(read_mix(tmp_path))
    path = tmp_path / "sound-1.mix"
    path.write_bytes(path.read_bytes()[:-10])
    (tmp_path / "sound-9.mix").write_bytes(b"\xff\xff\xff\xff nothing")
    assert sorted(read_mix(tmp_path)) == known[:-1]
    feed(begin(tmp_path), packets)
    assert (tmp_path / "sound-2.mix").exists()
    assert sorted(read_mix(tmp_path)) == known
    store.drop_mix(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_ends_it_and_nothing_else(begin, tmp_path: Path, packets: dict) -> None:
    mix = begin(tmp_path / "gone")
    feed(mix, packets)
    mix.add("Ada", 20.0, None)
    assert read_mix(tmp_path / "gone") == {}


@pytest.mark.parametrize("gone", [(), (0, 1), (4, 5), (9, 10, 11)])
def test_the_film_sounds_alike_however_much_of_it_was_mixed_before(
    begin, tmp_path: Path, packets: dict, recordings: dict, decode, utter, gone
) -> None:
    feed(begin(tmp_path), packets)
    mixed = {second: one for second, one in read_mix(tmp_path).items() if second not in gone}
    sounds = []
    for number, some in enumerate(({}, mixed)):
        out = tmp_path / f"{number}.webm"
        length_s = write_player(recordings, utter("Ada: One.", "Grace: Two."), out, (), some)
        _, sound_s, frames = decode(out)
        assert sound_s == pytest.approx(length_s, abs=0.05)
        assert frames
        sounds.append(sound_in(out))
    assert abs(sounds[0].size - sounds[1].size) <= RATE_HZ
    assert alike(*sounds) > 0.97
