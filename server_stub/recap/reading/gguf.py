"""Reads the weights and words of a language model from a GGUF file, as far as Qwen2.5 needs it.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md and the blocks of `ggml-common.h`. The package `gguf`
would bring `requests`, `pyyaml` and `tqdm` for what is read here of one known file.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
_MAGIC = b"GGUF"
_VERSION = 3
_ALIGNMENT = 32
#: Numbers by the type's number in the file: struct's letter.
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9
#: Weights of one block of the quantised kinds, and of its parts with a scale of their own.
_BLOCK = 256
_IN_FOURS, _IN_SIXES = 32, 16
#: More than any word, name or list of a model of this size; beyond it the file is none.
_MOST = 1 << 20


class NotAModel(Exception):
    """The file is no GGUF file, cut short, or of a kind that is not read here."""


@dataclass(frozen=True)
class Tensor:
    """One of a file's, read when it is asked for.

    Attributes:
        shape: (out, in) or (n,).
    """

    shape: tuple[int, ...]
    _data: Bytes
    _decode: Callable[[Bytes], Floats]

    def all(self) -> Floats:
        """The whole of it, in its shape."""
        return self._decode(self._data).reshape(self.shape)

    def rows(self, begin: int, end: int) -> Floats:
        """Some rows of a matrix, shape (end - begin, in)."""
        size = len(self._data) // self.shape[0]
        return self._decode(self._data[begin * size : end * size]).reshape(-1, *self.shape[1:])


@dataclass(frozen=True)
class Model:
    """What a file holds.

    Attributes:
        facts: by name: numbers, texts, and lists of both.
        weights: by name.
    """

    facts: dict[str, Any]
    weights: dict[str, Tensor]


def read(path: Path) -> Model:
    """The facts of a file; its weights stay in it until they are asked for.

    Raises:
        NotAModel: see there.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise NotAModel("it is empty")
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    cursor = _Cursor(data)
    if cursor.take(4) != _MAGIC or cursor.number("I") != _VERSION:
        raise NotAModel("it does not begin as one")
    tensors, facts = cursor.number("Q"), cursor.number("Q")
    if max(tensors, facts) > _MOST:
        raise NotAModel("it holds too many parts")
    known = {cursor.text(): cursor.value(cursor.number("I")) for _ in range(facts)}
    heads = [_head(cursor) for _ in range(tensors)]
    start = -(-cursor.at // _ALIGNMENT) * _ALIGNMENT
    return Model(known, {name: _tensor(data, start + at, shape, kind) for name, shape, kind, at in heads})


class _Cursor:
    """Reads one value after the other."""

    def __init__(self, data: mmap.mmap) -> None:
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


def _plain(data: Bytes) -> Floats:
    # Who makes bytes of them writes over them.
    return data.view("<f4").astype(np.float32)


def _half(data: Bytes) -> Floats:
    """Numbers of two bytes in columns, as floats."""
    return data.copy().view("<f2").astype(np.float32)


def _four_bits(data: Bytes) -> Floats:
    """Q4_K: steps of scales and of least values (float16), eight of each in six bits, then 128 bytes of two weights."""
    blocks = data.reshape(-1, 144)
    scale, least = _half(blocks[:, :2]), _half(blocks[:, 2:4])
    first, second, third = blocks[:, 4:8], blocks[:, 8:12], blocks[:, 12:16]
    scales = np.concatenate([first & 63, third & 15 | first >> 6 << 4], axis=1)
    leasts = np.concatenate([second & 63, third >> 4 | second >> 6 << 4], axis=1)
    pairs = blocks[:, 16:].reshape(-1, 4, 1, _IN_FOURS)
    steps = np.concatenate([pairs & 15, pairs >> 4], axis=2).reshape(-1, 8, _IN_FOURS)
    weights: Floats = (scale * scales)[..., None] * steps - (least * leasts)[..., None]
    return weights


def _six_bits(data: Bytes) -> Floats:
    """Q6_K: the lower four bits of each weight, the upper two, sixteen scales as bytes, and their step (float16)."""
    blocks = data.reshape(-1, 210)
    low = blocks[:, :128].reshape(-1, 2, 1, 64)
    low = np.concatenate([low & 15, low >> 4], axis=2).reshape(-1, 2, 4, 32)
    high = blocks[:, 128:192].reshape(-1, 2, 1, 32)
    high = np.concatenate([high >> shift & 3 for shift in (0, 2, 4, 6)], axis=2)
    steps = ((low | high << 4).view(np.int8) - np.int8(32)).reshape(-1, _BLOCK // _IN_SIXES, _IN_SIXES)
    scales = _half(blocks[:, 208:]) * blocks[:, 192:208].copy().view(np.int8)
    weights: Floats = scales[..., None] * steps
    return weights


#: By the kind's number in the file: bytes of a block, weights in it, and how it is read.
_KINDS: dict[int, tuple[int, int, Callable[[Bytes], Floats]]] = {
    0: (4, 1, _plain),
    12: (144, _BLOCK, _four_bits),
    14: (210, _BLOCK, _six_bits),
}


def _tensor(data: mmap.mmap, at: int, shape: tuple[int, ...], kind: int) -> Tensor:
    if kind not in _KINDS:
        _refuse("weights", kind)
    size, in_block, decode = _KINDS[kind]
    count = math.prod(shape)
    if shape[-1] % in_block or at + count // in_block * size > len(data):
        raise NotAModel("it is cut short")
    return Tensor(shape, np.frombuffer(data, np.uint8, count // in_block * size, at), decode)


def _refuse(what: str, kind: int) -> NoReturn:
    raise NotAModel(f"{what} of kind {kind} is not read here")
