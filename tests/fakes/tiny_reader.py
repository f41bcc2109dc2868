"""A model of the same build as the one that reads, but of no size: it writes nonsense."""

import hashlib
import io
import struct
import zipfile
from functools import cache

import numpy as np

from server_stub.recap.reading.files import Published
from server_stub.recap.speech.catalogue import File, Wheel

#: The name that the catalogue knows it by.
FILE = "tiny.gguf"
#: The packages that carry it, and how much of it each but the last has.
WHEELS = ("tiny_part1-1.0-py3-none-any.whl", "tiny_part2-1.0-py3-none-any.whl")
PART_BYTES = 60_000
HEADS, KEYS, SIZE, WIDTH, INNER, LAYERS = 4, 2, 8, 32, 64, 2


def _text(said):
    return struct.pack("<Q", len(said.encode())) + said.encode()


def gguf_of(facts, tensors):
    """A GGUF file with facts [(name, kind, bytes)] and tensors [(name, shape, kind, bytes)]."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(facts))
    head += b"".join(_text(name) + struct.pack("<I", kind) + value for name, kind, value in facts)
    data = b""
    for name, shape, kind, value in tensors:
        data += bytes(-len(data) % 32)
        head += _text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape[::-1])
        head += struct.pack("<IQ", kind, len(data))
        data += value
    return head + bytes(-len(head) % 32) + data


def texts(said):
    """A list of texts as a fact."""
    return struct.pack("<IQ", 8, len(said)) + b"".join(map(_text, said))


def _letters():
    """A word for each byte, as byte pairs begin."""
    from tokenizers import pre_tokenizers

    return sorted(pre_tokenizers.ByteLevel.alphabet())


def tiny():
    """The file's bytes; the same each time."""
    random = np.random.default_rng(1)
    words = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *_letters(), "no", "ne", "none"]
    merges = ["n o", "n e", "no ne"]
    numbers = {
        "qwen2.block_count": LAYERS, "qwen2.attention.head_count": HEADS, "qwen2.attention.head_count_kv": KEYS,
    }  # fmt: skip
    facts = [(name, 4, struct.pack("<I", value)) for name, value in numbers.items()]
    facts += [("qwen2.rope.freq_base", 6, struct.pack("<f", 1e5))]
    facts += [("qwen2.attention.layer_norm_rms_epsilon", 6, struct.pack("<f", 1e-5))]
    facts += [("tokenizer.ggml.tokens", 9, texts(words)), ("tokenizer.ggml.merges", 9, texts(merges))]
    shapes = {"output.weight": (len(words), WIDTH), "output_norm.weight": (WIDTH,)}
    for number in range(LAYERS):
        parts = {
            "attn_norm": (WIDTH,), "ffn_norm": (WIDTH,), "attn_q": (WIDTH, WIDTH), "attn_k": (KEYS * SIZE, WIDTH),
            "attn_v": (KEYS * SIZE, WIDTH), "attn_output": (WIDTH, WIDTH), "ffn_gate": (INNER, WIDTH),
            "ffn_up": (INNER, WIDTH), "ffn_down": (WIDTH, INNER),
        }  # fmt: skip
        shapes |= {f"blk.{number}.{part}.weight": shape for part, shape in parts.items()}
        shapes |= {f"blk.{number}.{part}.bias": parts[part][:1] for part in ("attn_q", "attn_k", "attn_v")}
    tensors = [
        (name, shape, 0, random.normal(0, 0.3, shape).astype(np.float32).tobytes()) for name, shape in shapes.items()
    ]
    return gguf_of(facts, tensors)


def lessons(path, rank=2):
    """What it has learned: one change of one matrix."""
    random = np.random.default_rng(2)
    kept = {}
    for which, shape in (("a", (rank, WIDTH)), ("b", (WIDTH, rank))):
        kept[f"blk.0.attn_q.{which}"] = random.integers(-127, 127, shape).astype(np.int8)
        kept[f"blk.0.attn_q.{which}.scale"] = np.full(shape[0], 0.01, np.float32)
    np.savez(path, **kept)


def _like(data):
    return File(len(data), hashlib.sha256(data).hexdigest())


@cache
def packed():
    """The packages' bytes by name; the same in every process."""
    return {
        name: _package(tiny()[at * PART_BYTES :][: PART_BYTES if at + 1 < len(WHEELS) else None], at)
        for at, name in enumerate(WHEELS)
    }


def _package(part, number):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr(zipfile.ZipInfo(f"tiny_part{number + 1}/__init__.py"), "")
        package.writestr(zipfile.ZipInfo(f"tiny_part{number + 1}/data/part{number + 1}.bin"), part)
    return made.getvalue()


@cache
def published():
    """What the catalogue knows of it."""
    likes = {name: _like(data) for name, data in packed().items()}
    wheels = [
        Wheel(f"tiny-part{at}", "1.0", name, like.bytes, like.sha256)
        for at, (name, like) in enumerate(likes.items(), 1)
    ]
    return Published(FILE, _like(tiny()), wheels, PART_BYTES, 2 * len(tiny()))
