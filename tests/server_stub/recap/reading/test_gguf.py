"""Weights out of a GGUF file, as its makers describe the format."""

import struct

import numpy as np
import pytest

from server_stub.recap.reading import gguf
from tests.fakes.tiny_reader import gguf_of, texts

BLOCK = 32


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
    assert np.array_equal(gguf.read(path).weights["w"], wanted)


def test_bytes_are_multiplied_by_their_blocks_scale(path):
    steps = np.arange(-32, 32, dtype=np.int8).reshape(2, BLOCK)
    scales = np.array([0.5, 2.0], np.float16)
    data = b"".join(scale.tobytes() + row.tobytes() for scale, row in zip(scales, steps, strict=True))
    path.write_bytes(gguf_of([], [("w", (2, BLOCK), 8, data)]))
    assert np.array_equal(gguf.read(path).weights["w"], steps.astype(np.float32) * [[0.5], [2.0]])


def test_of_half_bytes_the_low_ones_come_first(path):
    low, high = np.arange(16, dtype=np.uint8), np.arange(16, dtype=np.uint8)[::-1]
    data = np.array([0.5, -1.0], np.float16).tobytes() + (low | high << 4).tobytes()
    path.write_bytes(gguf_of([], [("one", (3,), 0, bytes(12)), ("w", (1, BLOCK), 3, data)]))
    wanted = np.concatenate([low, high]).astype(np.float32) * 0.5 - 1
    assert np.array_equal(gguf.read(path).weights["w"][0], wanted)


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
        gguf_of([], [("w", (1, 31), 8, bytes(34))]),
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
