"""Makes of the published model and of what it learned for Parley a model that CTranslate2 runs, once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from server_stub.recap.reading import gguf
from server_stub.recap.reading.files import PRECISION, VOCABULARY, is_made
from server_stub.recap.reading.gguf import Floats

#: The layers' parts: their names in the file, and in what was learned.
PARTS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
#: How the name of a folder begins that is not whole yet.
HALF = ".half-"


def thin(path: Path) -> dict[str, Floats]:
    """The thin matrices that were learned, by name: `<name>.<a or b>`.

    Args:
        path: `.npz` of each matrix as bytes with a scale for each row: `<name>.<a or b>` and `<name>.<a or b>.scale`.

    Raises:
        OSError, ValueError, KeyError: it cannot be read.
    """
    with np.load(path, allow_pickle=False) as kept:
        names = [name for name in kept.files if not name.endswith(".scale")]
        return {name: kept[name].astype(np.float32) * kept[f"{name}.scale"][:, None] for name in names}


def learned(path: Path) -> dict[str, Floats]:
    """What is added to the weights by name: the products of two thin matrices each (LoRA); see `thin`."""
    whole = thin(path)
    return {
        name.removesuffix(".b"): whole[name] @ whole[f"{name.removesuffix('.b')}.a"]
        for name in whole
        if name.endswith(".b")
    }


def build(source: Path, lessons: Path, folder: Path) -> None:
    """Writes the model's folder, whole or not at all.

    Args:
        source: the published model's GGUF file.
        lessons: see `learned`.
        folder: of the model; one that is there already stays.

    Raises:
        gguf.NotAModel: the source is not what it should be.
        OSError: the disk refuses.
    """
    model = gguf.read(source)
    # Of its own: two recaps may need it for the first time at once.
    half = Path(tempfile.mkdtemp(prefix=HALF, dir=folder.parent))
    try:
        spec = _spec(model, learned(lessons))
        spec.save(str(half))
        (half / VOCABULARY).write_text(tokenizer(model.facts).to_str(), encoding="utf-8")
        with suppress(OSError):  # not every disk knows whose a folder is
            half.chmod(0o755)  # an installation's is for every user of the computer
        if folder.exists() and not is_made(folder):
            shutil.rmtree(folder)
        if not folder.exists():
            half.replace(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def tokenizer(facts: Mapping[str, Any]) -> Any:
    """Cuts texts as the model knows them: byte pairs, each digit alone."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    words = {word: number for number, word in enumerate(facts["tokenizer.ggml.tokens"])}
    merges = [tuple(each.split(" ", 1)) for each in facts["tokenizer.ggml.merges"]]
    made = Tokenizer(models.BPE(words, merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    return made


def _spec(model: gguf.Model, lessons: Mapping[str, Floats]) -> Any:
    from ctranslate2.specs import common_spec, transformer_spec  # type: ignore[import-untyped]

    facts, weights = model.facts, dict(model.weights)
    heads, key_heads = facts["llama.attention.head_count"], facts["llama.attention.head_count_kv"]
    for name, change in lessons.items():
        weights[f"{name}.weight"] = weights[f"{name}.weight"] + change
    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        facts["llama.block_count"],
        heads,
        activation=common_spec.Activation.SWISH,
        pre_norm=True,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,
        # As the file has them: the two halves of a turn beside each other.
        rotary_interleave=True,
        rotary_base=facts["llama.rope.freq_base"],
        num_heads_kv=key_heads,
    )
    decoder = spec.decoder
    decoder.scale_embeddings = False
    decoder.embeddings.weight = weights["token_embd.weight"]
    decoder.projection.weight = weights["token_embd.weight"]
    decoder.layer_norm.gamma = weights["output_norm.weight"]
    for number, layer in enumerate(decoder.layer):
        of = {part: weights[f"blk.{number}.{part}.weight"] for part in (*PARTS, "attn_norm", "ffn_norm")}
        layer.self_attention.layer_norm.gamma = of["attn_norm"]
        layer.self_attention.linear[0].weight = np.concatenate([of["attn_q"], of["attn_k"], of["attn_v"]])
        layer.self_attention.linear[1].weight = of["attn_output"]
        layer.ffn.layer_norm.gamma = of["ffn_norm"]
        layer.ffn.linear_0.weight = of["ffn_gate"]
        layer.ffn.linear_0_noact.weight = of["ffn_up"]
        layer.ffn.linear_1.weight = of["ffn_down"]
    tokens = facts["tokenizer.ggml.tokens"]
    spec.config.bos_token = tokens[facts["tokenizer.ggml.bos_token_id"]]
    spec.config.eos_token = tokens[facts["tokenizer.ggml.eos_token_id"]]
    spec.config.unk_token = tokens[facts["tokenizer.ggml.unknown_token_id"]]
    spec.config.layer_norm_epsilon = facts["llama.attention.layer_norm_rms_epsilon"]
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.optimize(quantization=PRECISION)
    return spec
