"""Weights out of a GGUF file, as its makers describe the format."""

import struct

import numpy as np
import pytest

from server_stub.recap.reading import gguf
from tests.fakes.tiny_reader import gguf_of, texts

BLOCK = 256


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.gguf"


def test_facts_of_each_kind(path):
    words = texts(["a", "Ġb"])
    facts = [("count", 4, struct.pack("<I", 30)), ("base", 6, struct.pack("<f", 0.5)), ("words", 9, words)]
    path.write_bytes(gguf_of(facts, []))
    assert gguf.read(path).facts == {"count": 30, "base": 0.5, "words": ["a", "Ġb"]}


def test_floats_come_as_they_are(path):
    wanted = np.arange(6, dtype=np.float32).reshape(2, 3)
    path.write_bytes(gguf_of([], [("w", (2, 3), 0, wanted.tobytes())]))
    assert np.array_equal(gguf.read(path).weights["w"].all(), wanted)


def test_of_four_bits_each_thirty_two_have_a_scale_and_a_least_value(path):
    random = np.random.default_rng(3)
    scales, leasts = random.integers(0, 64, (2, 8))
    steps = random.integers(0, 16, (8, 32))
    packed = [
        *(scales[:4] | scales[4:] >> 4 << 6),
        *(leasts[:4] | leasts[4:] >> 4 << 6),
        *(scales[4:] & 15 | (leasts[4:] & 15) << 4),
    ]
    pairs = [*(steps[0::2] | steps[1::2] << 4).ravel()]
    data = np.array([0.5, 0.25], np.float16).tobytes() + bytes(map(int, [*packed, *pairs]))
    path.write_bytes(gguf_of([], [("one", (3,), 0, bytes(12)), ("w", (1, BLOCK), 12, data)]))
    wanted = 0.5 * scales[:, None] * steps - 0.25 * leasts[:, None]
    assert np.array_equal(gguf.read(path).weights["w"].all(), wanted.reshape(1, BLOCK).astype(np.float32))


def test_of_six_bits_each_sixteen_have_a_scale(path):
    random = np.random.default_rng(4)
    scales, steps = random.integers(-128, 128, 16), random.integers(0, 64, (2, 4, 32))
    low = np.concatenate([steps[:, :2].reshape(2, 64) & 15 | (steps[:, 2:].reshape(2, 64) & 15) << 4]).ravel()
    high = sum(steps[:, at] >> 4 << 2 * at for at in range(4)).ravel()
    data = bytes(map(int, [*low, *high, *(scales & 255)])) + np.float16(0.5).tobytes()
    path.write_bytes(gguf_of([], [("w", (2, BLOCK), 14, data * 2)]))
    wanted = (0.5 * scales[:, None] * (steps.reshape(16, 16) - 32)).reshape(BLOCK).astype(np.float32)
    tensor = gguf.read(path).weights["w"]
    assert np.array_equal(tensor.all(), [wanted, wanted])
    assert np.array_equal(tensor.rows(1, 2), [wanted])


WHOLE = gguf_of([("words", 9, texts(["a"]))], [("w", (2, 2), 0, bytes(16))])


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"PK\3\4" + WHOLE[4:],
        b"GGUF" + struct.pack("<I", 2) + WHOLE[8:],
        WHOLE[:-1],
        WHOLE[:50],
        b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 60),
        gguf_of([("what", 99, b"")], []),
        gguf_of([("nested", 9, struct.pack("<IQ", 9, 1))], []),
        gguf_of([], [("w", (1, 2), 77, bytes(8))]),
        gguf_of([], [("w", (1, 1, 2), 0, bytes(8))]),
        gguf_of([], [("w", (2, 128), 12, bytes(144))]),
    ],
    ids=[
        "empty",
        "other",
        "older",
        "cut",
        "cut early",
        "vast",
        "vast text",
        "fact",
        "nested",
        "weights",
        "cube",
        "part",
    ],
)
def test_what_is_no_model_is_refused(path, broken):
    path.write_bytes(broken)
    with pytest.raises(gguf.NotAModel):
        gguf.read(path)
