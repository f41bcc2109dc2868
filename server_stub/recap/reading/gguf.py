"""Reads the weights and words of a language model from a GGUF file, as far as SmolLM2 needs it.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md and the blocks of `ggml-common.h`. The package `gguf`
would bring `requests`, `pyyaml` and `tqdm` for what is read here of one known file.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_MAGIC = b"GGUF"
_VERSION = 3
_ALIGNMENT = 32
#: Numbers by the type's number in the file: struct's letter.
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9
#: Weights of one block of the quantised kinds.
_BLOCK = 32
#: More than any word, name or list of a model of this size; beyond it the file is none.
_MOST = 1 << 20


class NotAModel(Exception):
    """The file is no GGUF file, cut short, or of a kind that is not read here."""


@dataclass(frozen=True)
class Model:
    """What a file holds.

    Attributes:
        facts: by name: numbers, texts, and lists of both.
        weights: by name; float32, shape (out, in) or (n,).
    """

    facts: dict[str, Any]
    weights: dict[str, Floats]


def read(path: Path) -> Model:
    """All of a file.

    Raises:
        NotAModel: see there.
        OSError: it cannot be read.
    """
    cursor = _Cursor(path.read_bytes())
    if cursor.take(4) != _MAGIC or cursor.number("I") != _VERSION:
        raise NotAModel("it does not begin as one")
    tensors, facts = cursor.number("Q"), cursor.number("Q")
    if max(tensors, facts) > _MOST:
        raise NotAModel("it holds too many parts")
    known = {cursor.text(): cursor.value(cursor.number("I")) for _ in range(facts)}
    heads = [_head(cursor) for _ in range(tensors)]
    start = -(-cursor.at // _ALIGNMENT) * _ALIGNMENT
    return Model(known, {name: _weights(cursor.data, start + at, shape, kind) for name, shape, kind, at in heads})


class _Cursor:
    """Reads one value after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        taken = self.data[self.at : self.at + size]
        if len(taken) != size:
            raise NotAModel("it is cut short")
        self.at += size
        return taken

    def number(self, letter: str) -> Any:
        return struct.unpack(f"<{letter}", self.take(struct.calcsize(f"<{letter}")))[0]

    def text(self) -> str:
        size = self.number("Q")
        if size > _MOST:
            raise NotAModel("a text is too long")
        return self.take(size).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind == _TEXT:
            return self.text()
        if kind == _LIST:
            inner, count = self.number("I"), self.number("Q")
            if count > _MOST or inner == _LIST:
                raise NotAModel("a list is too long")
            return [self.value(inner) for _ in range(count)]
        return self.number(_NUMBERS[kind]) if kind in _NUMBERS else _refuse("a fact", kind)


def _head(cursor: _Cursor) -> tuple[str, tuple[int, ...], int, int]:
    """(name, shape with the longest step first, kind, offset) of a tensor."""
    name, dimensions = cursor.text(), cursor.number("I")
    if not 1 <= dimensions <= 2:
        _refuse("a number of dimensions", dimensions)
    shape = tuple(cursor.number("Q") for _ in range(dimensions))[::-1]
    return name, shape, cursor.number("I"), cursor.number("Q")


def _plain(data: npt.NDArray[np.uint8]) -> Floats:
    # Who makes bytes of them writes over them.
    return data.view(np.float32).copy()


def _eight_bits(data: npt.NDArray[np.uint8]) -> Floats:
    """Q8_0: a scale (float16), then 32 signed bytes."""
    blocks = data.reshape(-1, 2 + _BLOCK)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    weights: Floats = scale * blocks[:, 2:].view(np.int8)
    return weights


def _four_bits(data: npt.NDArray[np.uint8]) -> Floats:
    """Q4_1: scale and least value (float16), then 16 bytes: the low halves are the first 16 weights."""
    blocks = data.reshape(-1, 4 + _BLOCK // 2)
    scale, least = (blocks[:, at : at + 2].copy().view(np.float16).astype(np.float32) for at in (0, 2))
    halves = np.concatenate([blocks[:, 4:] & 15, blocks[:, 4:] >> 4], axis=1)
    weights: Floats = scale * halves + least
    return weights


#: By the kind's number in the file: bytes of a block, weights in it, and how it is read.
_KINDS: dict[int, tuple[int, int, Callable[[npt.NDArray[np.uint8]], Floats]]] = {
    0: (4, 1, _plain),
    3: (4 + _BLOCK // 2, _BLOCK, _four_bits),
    8: (2 + _BLOCK, _BLOCK, _eight_bits),
}


def _weights(data: bytes, at: int, shape: tuple[int, ...], kind: int) -> Floats:
    if kind not in _KINDS:
        _refuse("weights", kind)
    size, in_block, decode = _KINDS[kind]
    count = int(np.prod(shape))
    if count % in_block or at + count // in_block * size > len(data):
        raise NotAModel("it is cut short")
    found = np.frombuffer(data, np.uint8, count // in_block * size, at)
    return decode(found).reshape(shape)


def _refuse(what: str, kind: int) -> NoReturn:
    raise NotAModel(f"{what} of kind {kind} is not read here")
