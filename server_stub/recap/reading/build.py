"""Makes of the published model and of what it learned for Parley a model that CTranslate2 runs, once.

The weights become bytes some rows at a time, so that 4 GB of memory do: as floats they are 6 GB.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from server_stub.recap.reading import gguf
from server_stub.recap.reading.files import SIZES, VOCABULARY, is_made
from server_stub.recap.reading.gguf import Floats, Tensor

#: The layers' parts: their names in the file, and in what was learned; the first three are one matrix when it runs.
PARTS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
#: How the name of a folder begins that is not whole yet.
HALF = ".half-"
#: What separates words before they are cut: as its makers have it, each digit alone.
WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
#: What the model says when it has said all, and where a text has no word for something.
END, _UNKNOWN = "<|im_end|>", "<|endoftext|>"
_LARGEST = 127
_ROWS = 4096


def thin(path: Path) -> dict[str, Floats]:
    """The thin matrices that were learned, by name: `<name>.<a or b>`.

    Args:
        path: `.npz` of each matrix as bytes with a scale for each row: `<name>.<a or b>` and `<name>.<a or b>.scale`.

    Raises:
        OSError, ValueError, KeyError: it cannot be read.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            names = [name for name in kept.files if not name.endswith(".scale")]
            return {name: kept[name].astype(np.float32) * kept[f"{name}.scale"][:, None] for name in names}
    except zipfile.BadZipFile as fault:
        raise ValueError("it is cut short") from fault


def build(source: Path, lessons: Path, folder: Path, check: Callable[[], None] = lambda: None) -> None:
    """Writes the model's folder, whole or not at all.

    Args:
        source: the published model's GGUF file.
        lessons: see `thin`.
        folder: of the model; one that is there already stays.
        check: asked again and again; what it raises ends it.

    Raises:
        gguf.NotAModel, ValueError, KeyError: the source or the lessons are not what they should be.
        OSError: the disk refuses.
    """
    model = gguf.read(source)
    # Of its own: two recaps may need it for the first time at once.
    half = Path(tempfile.mkdtemp(prefix=HALF, dir=folder.parent))
    try:
        spec = _spec(_Parts(model, thin(lessons), check))
        spec.save(str(half))
        (half / VOCABULARY).write_text(tokenizer(model.facts).to_str(), encoding="utf-8")
        _finish(half)
        if folder.exists() and not is_made(folder):
            shutil.rmtree(folder)
        if not folder.exists():
            half.replace(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _finish(half: Path) -> None:
    """Makes sure that all is on the disk, for every user of the computer where it is an installation's."""
    sizes = {}
    for path in half.iterdir():
        with path.open("r+b") as written:
            os.fsync(written.fileno())
        sizes[path.name] = path.stat().st_size
    (half / SIZES).write_bytes(msgspec.json.encode(sizes))
    with suppress(OSError):  # not every disk knows whose a file is
        half.chmod(0o755)
        for path in half.iterdir():
            path.chmod(0o644)


def tokenizer(facts: Mapping[str, Any]) -> Any:
    """Cuts texts as the model knows them: byte pairs."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

    words = {word: number for number, word in enumerate(facts["tokenizer.ggml.tokens"])}
    merges = [tuple(each.split(" ", 1)) for each in facts["tokenizer.ggml.merges"]]
    made = Tokenizer(models.BPE(words, merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    return made


def _in_bytes(tensors: Sequence[Tensor], changes: Sequence[Callable[[int, int], Floats] | None]) -> dict[str, Any]:
    """Matrices one below the other, changed by what was learned: as bytes with a scale for each row."""
    weights = np.empty((sum(each.shape[0] for each in tensors), tensors[0].shape[1]), np.int8)
    scales = np.empty(len(weights), np.float32)
    at = 0
    for tensor, change in zip(tensors, changes, strict=True):
        for begin in range(0, tensor.shape[0], _ROWS):
            rows = tensor.rows(begin, min(begin + _ROWS, tensor.shape[0]))
            if change is not None:
                rows += change(begin, begin + len(rows))
            most = np.abs(rows).max(axis=1)
            most[most == 0] = _LARGEST
            scales[at : at + len(rows)] = _LARGEST / most
            weights[at : at + len(rows)] = np.rint(rows * scales[at : at + len(rows), None])
            at += len(rows)
    return {"weight": weights, "weight_scale": scales}


class _Parts:
    """The matrices of a model by name, with what was learned (LoRA: products of two thin ones)."""

    def __init__(self, model: gguf.Model, lessons: Mapping[str, Floats], check: Callable[[], None]) -> None:
        self.facts = model.facts
        self._weights, self._lessons, self._check = model.weights, lessons, check

    def put(self, layer: Any, *names: str) -> None:
        """Gives a layer of CTranslate2 one matrix, or several as one, and their biases where they have some."""
        self._check()
        tensors = [self._weights[f"{name}.weight"] for name in names]
        for name, value in _in_bytes(tensors, [self._change(name) for name in names]).items():
            setattr(layer, name, value)
        biases = list(self._biases(names))
        if biases:
            layer.bias = np.concatenate(biases)

    def level(self, layer: Any, name: str) -> None:
        """Gives a layer what it multiplies with."""
        layer.gamma = self._weights[f"{name}.weight"].all()

    def _change(self, name: str) -> Callable[[int, int], Floats] | None:
        if f"{name}.b" not in self._lessons:
            return None
        tall, wide = self._lessons[f"{name}.b"], self._lessons[f"{name}.a"]

        def of_rows(begin: int, end: int) -> Floats:
            return tall[begin:end] @ wide

        return of_rows

    def _biases(self, names: Sequence[str]) -> Iterator[Floats]:
        yield from (self._weights[f"{name}.bias"].all() for name in names if f"{name}.bias" in self._weights)


def _spec(parts: _Parts) -> Any:
    from ctranslate2.specs import common_spec, transformer_spec  # type: ignore[import-untyped]

    facts = parts.facts
    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        facts["qwen2.block_count"],
        facts["qwen2.attention.head_count"],
        activation=common_spec.Activation.SWISH,
        pre_norm=True,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,
        # As the file has them: the halves of a turn half a head apart.
        rotary_interleave=False,
        rotary_base=facts["qwen2.rope.freq_base"],
        num_heads_kv=facts["qwen2.attention.head_count_kv"],
    )
    decoder = spec.decoder
    decoder.scale_embeddings = False
    # The file has the words twice, and here in more bits.
    parts.put(decoder.embeddings, "output")
    for name in ("weight", "weight_scale"):
        setattr(decoder.projection, name, getattr(decoder.embeddings, name))
    parts.level(decoder.layer_norm, "output_norm")
    for number, layer in enumerate(decoder.layer):
        block, attention = f"blk.{number}", layer.self_attention
        parts.level(attention.layer_norm, f"{block}.attn_norm")
        parts.put(attention.linear[0], *(f"{block}.{part}" for part in PARTS[:3]))
        parts.put(attention.linear[1], f"{block}.attn_output")
        parts.level(layer.ffn.layer_norm, f"{block}.ffn_norm")
        parts.put(layer.ffn.linear_0, f"{block}.ffn_gate")
        parts.put(layer.ffn.linear_0_noact, f"{block}.ffn_up")
        parts.put(layer.ffn.linear_1, f"{block}.ffn_down")
    spec.config.bos_token = spec.config.unk_token = _UNKNOWN
    spec.config.eos_token = END
    spec.config.layer_norm_epsilon = facts["qwen2.attention.layer_norm_rms_epsilon"]
    spec.register_vocabulary(facts["tokenizer.ggml.tokens"])
    spec.validate()
    spec.optimize()  # what stands twice is kept once; the weights are bytes already
    return spec
