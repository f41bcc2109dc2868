"""Teaches the model that reads, from our own dialogues; writes what it learned (`resources/models/reading.npz`).

    python packaging/train_reader.py MODEL.gguf [--out FILE] [--onto FILE] [--minutes 97] [--rate 5e-4]
        [--skip 0 [0]] [--also FILE ...] [--again FILE ...] [--empty 0.5]

MODEL.gguf is the model that `resources/models/reading.json` names, as `models pull reading` leaves it. PyTorch is
needed besides the packages of Parley, in an environment of its own, 16 GB of memory and time: on two cores that
multiply bfloat16 twenty calls a minute.

The published weights stay as they are; to each of the upper layers' seven matrices a product of two thin ones is added
(LoRA, https://arxiv.org/abs/2106.09685). Under a call it learns to write for each action item `who says what settles
it: its first words|whose it is|task|day as said|how sure`, or `none`: first where it stands, then what it is.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from reader_lessons import EMPTY_SHARE, ROOT, Call, go_on, is_hard, pool, shown_of, varied, wanted_of  # noqa: E402

from server_stub.recap.reading import build, gguf  # noqa: E402

#: The lower layers stay as they are.
FIRST_LAYER, RANK, WARM_UP, SEED = 8, 16, 8, 1
#: Of a step at most, and of a call.
CALLS, TOKENS, LONGEST = 12, 1750, 560
#: How much the words of a field of a line count: the second is the task, the third its day.
COUNTS = {2: 0.3, 3: 4.0}
#: So many calls are dealt by their length at a time.
DEAL = 192


class Lesson(NamedTuple):
    """A call and what has to be written under it, as tokens; where that begins, and how much each token counts."""

    tokens: list[int]
    begin: int
    weights: list[float]


def lesson_of(call: Call, cut: Any) -> Lesson:
    """A call as tokens. The wording of a task counts for less than whose it is and by when: many wordings are right.

    What parts two fields counts as much as the weightier of them, since two in a row say that there is no day.
    """
    wanted = wanted_of(call)
    before, after = cut.encode(shown_of(call)).ids, cut.encode(wanted)
    counts, field = [], 0
    for char in wanted:
        counts.append(COUNTS.get(field, 1.0))
        if char == "|":
            field += 1
            counts[-1] = max(counts[-1], COUNTS.get(field, 1.0))
        elif char == "\n":
            field = 0
    weights = [counts[start] for start, _ in after.offsets]
    return Lesson([*before, *after.ids, cut.token_to_id(build.END)], len(before), [*weights, 1.0])


def batches(calls_: list[Call], cut: Any, chance: random.Random) -> Iterator[list[Lesson]]:
    """For ever: calls of about one length."""
    at = 0
    while True:
        dealt: list[Lesson] = []
        while len(dealt) < DEAL:
            lesson = lesson_of(varied(calls_[at % len(calls_)], calls_, chance), cut)
            if len(lesson.tokens) <= LONGEST:
                dealt.append(lesson)
            at += 1
        dealt.sort(key=lambda each: len(each.tokens))
        found: list[list[Lesson]] = [[]]
        for each in dealt:
            if found[-1] and (len(found[-1]) == CALLS or (len(found[-1]) + 1) * len(each.tokens) > TOKENS):
                found.append([])
            found[-1].append(each)
        chance.shuffle(found)
        yield from found


# --- the model ------------------------------------------------------------------------------------------------------
class Pupil(torch.nn.Module):
    """Qwen2.5 with what is learned beside its upper layers, in the order of rows of the file."""

    def __init__(self, model: gguf.Model) -> None:
        super().__init__()
        facts = {name.removeprefix("qwen2."): value for name, value in model.facts.items()}
        self.heads, self.keys = facts["attention.head_count"], facts["attention.head_count_kv"]
        self.base, self.small = facts["rope.freq_base"], facts["attention.layer_norm_rms_epsilon"]
        self.layers = facts["block_count"]
        # The file has the words twice; `output` has them in more bits.
        self.kept = {
            name: torch.from_numpy(tensor.all()).to(torch.bfloat16)
            for name, tensor in model.weights.items()
            if name != "token_embd.weight"
        }
        torch.manual_seed(SEED)
        self.learned = torch.nn.ParameterDict()
        for number in range(FIRST_LAYER, self.layers):
            for part in build.PARTS:
                out, into = self.kept[f"blk.{number}.{part}.weight"].shape
                self.learned[f"{number} {part} a"] = torch.nn.Parameter(torch.randn(RANK, into) / into**0.5)
                self.learned[f"{number} {part} b"] = torch.nn.Parameter(torch.zeros(out, RANK))
        self.to(torch.bfloat16)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Hidden states, shape (calls, tokens, width); mask: added to the attention, (calls, 1, tokens, tokens)."""
        x = functional.embedding(ids, self.kept["output.weight"])
        turn = self._turns(ids.shape[1], x.shape[-1] // self.heads)
        for number in range(self.layers):
            x = x + self._attend(self._level(x, f"blk.{number}.attn_norm.weight"), number, mask, turn)
            flat = self._level(x, f"blk.{number}.ffn_norm.weight")
            gate = functional.silu(self._through(flat, number, "ffn_gate")) * self._through(flat, number, "ffn_up")
            x = x + self._through(gate, number, "ffn_down")
        return self._level(x, "output_norm.weight")

    def words(self, hidden: torch.Tensor) -> torch.Tensor:
        """How likely each word comes next, before it is made a share."""
        return functional.linear(hidden, self.kept["output.weight"])

    def recall(self, paths: list[Path]) -> None:
        """Begins with what was learned before: a file that `write` made, or the mean of several that began with one."""
        kept = [build.thin(path) for path in paths]
        with torch.no_grad():
            for name, value in self.learned.items():
                number, part, which = name.split()
                value.copy_(torch.from_numpy(np.mean([each[f"blk.{number}.{part}.{which}"] for each in kept], axis=0)))

    def _through(self, x: torch.Tensor, number: int, part: str) -> torch.Tensor:
        name = f"blk.{number}.{part}"
        whole = functional.linear(x, self.kept[f"{name}.weight"], self.kept.get(f"{name}.bias"))
        if number < FIRST_LAYER:
            return whole
        thinly = functional.linear(x, self.learned[f"{number} {part} a"])
        return whole + functional.linear(thinly, self.learned[f"{number} {part} b"])

    def _level(self, x: torch.Tensor, name: str) -> torch.Tensor:
        wide = x.float()
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.small)).to(x.dtype) * self.kept[name]

    def _turns(self, length: int, width: int) -> tuple[torch.Tensor, torch.Tensor]:
        steps = self.base ** (-torch.arange(0, width, 2) / width)
        angle = torch.arange(length)[:, None] * steps
        return angle.cos().to(torch.bfloat16), angle.sin().to(torch.bfloat16)

    @staticmethod
    def _turned(some: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        # The halves of a turn lie half a head apart.
        (low, high), (cos, sin) = some.chunk(2, -1), turn
        return torch.cat([low * cos - high * sin, high * cos + low * sin], -1)

    def _attend(self, x: torch.Tensor, number: int, mask: torch.Tensor, turn: Any) -> torch.Tensor:
        calls_, length, width = x.shape
        size = width // self.heads

        def split(part: str, heads: int) -> torch.Tensor:
            return self._through(x, number, part).view(calls_, length, heads, size).transpose(1, 2)

        asks = self._turned(split("attn_q", self.heads), turn)
        keys = self._turned(split("attn_k", self.keys), turn)
        keys, values = (
            some.repeat_interleave(self.heads // self.keys, 1) for some in (keys, split("attn_v", self.keys))
        )
        # By hand: PyTorch's own attention takes twice as long on the way back on a processor.
        weights = (asks @ keys.transpose(-1, -2) * size**-0.5 + mask).float().softmax(-1).to(x.dtype)
        joined = (weights @ values).transpose(1, 2).reshape(calls_, length, width)
        return self._through(joined, number, "attn_output")


# --- learning -------------------------------------------------------------------------------------------------------
def loss_of(pupil: Pupil, batch: list[Lesson]) -> torch.Tensor:
    """How surprising the right words are, on average; only what the model has to write counts."""
    length = max(len(each.tokens) for each in batch)
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    mask = torch.full((len(batch), 1, length, length), float("-inf")).triu(1)
    rows: list[int] = []
    places: list[int] = []
    for row, each in enumerate(batch):
        ids[row, : len(each.tokens)] = torch.tensor(each.tokens)
        places += range(each.begin - 1, len(each.tokens) - 1)
        rows += [row] * (len(each.tokens) - each.begin)
    hidden = pupil(ids, mask.to(torch.bfloat16))
    wanted = ids[rows, [at + 1 for at in places]]
    losses = functional.cross_entropy(pupil.words(hidden[rows, places]).float(), wanted, reduction="none")
    weights = torch.tensor([weight for each in batch for weight in each.weights])
    return (losses * weights).sum() / weights.sum()


def step_of(pupil: Pupil, own: list[torch.Tensor], optimiser: torch.optim.Optimizer) -> None:
    """A step of what is learned, kept in full precision, after the losses of a batch went back."""
    for value, kept in zip(pupil.learned.values(), own, strict=True):
        kept.grad, value.grad = value.grad.float(), None
    torch.nn.utils.clip_grad_norm_(own, 1.0)
    optimiser.step()
    with torch.no_grad():
        for value, kept in zip(pupil.learned.values(), own, strict=True):
            value.copy_(kept)


def train(pupil: Pupil, dealt: Iterator[list[Lesson]], minutes: float, top: float) -> dict[str, Any]:
    """Learns for so long; the rate rises, then falls with the time that is left."""
    own = [value.detach().float() for value in pupil.learned.values()]
    optimiser = torch.optim.AdamW(own, lr=top, weight_decay=0.01, betas=(0.9, 0.98))
    began, seen = time.monotonic(), 0
    for step, batch in enumerate(dealt, 1):
        spent = time.monotonic() - began
        if spent >= minutes * 60:
            break
        share = spent / (minutes * 60)
        for group in optimiser.param_groups:
            group["lr"] = top * min(1.0, step / WARM_UP) * (0.04 + 0.48 * (1 + math.cos(math.pi * share)))
        loss = loss_of(pupil, batch)
        loss.backward()
        step_of(pupil, own, optimiser)
        seen += len(batch)
        if step % 5 == 0:
            print(f"step {step}: {loss.item():.3f}, {seen} calls, {time.monotonic() - began:.0f} s", flush=True)
    return dict(zip(pupil.learned.keys(), own, strict=True))


def write(learned: dict[str, Any], path: Path) -> None:
    """As bytes with a scale for each row: see `build.thin`."""
    kept = {}
    for name, value in learned.items():
        number, part, which = name.split()
        matrix = value.numpy()
        scale = np.abs(matrix).max(1) / 127 + 1e-12
        kept[f"blk.{number}.{part}.{which}"] = np.round(matrix / scale[:, None]).astype(np.int8)
        kept[f"blk.{number}.{part}.{which}.scale"] = scale.astype(np.float32)
    np.savez_compressed(path, **kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "models" / "reading.npz")
    parser.add_argument("--onto", type=Path, nargs="*", default=[], help="learned before, to go on from")
    parser.add_argument("--minutes", type=float, default=97.0, help="0: writes the mean of what was learned before")
    parser.add_argument("--rate", type=float, default=5e-4, help="of learning, at its top")
    parser.add_argument("--seed", type=int, default=SEED, help="another one for other calls first")
    parser.add_argument(
        "--skip",
        type=int,
        nargs="*",
        default=[],
        help="calls of the pool that were learned from before files were mixed in, and after",
    )
    parser.add_argument("--also", nargs="*", default=[], help="files of calls to mix with what is left of it")
    parser.add_argument(
        "--again", nargs="*", default=[], help="files whose calls with items are learned from once more"
    )
    parser.add_argument(
        "--hard", action="store_true", help="of calls with items those alone where their days take thought"
    )
    parser.add_argument(
        "--empty", type=float, default=EMPTY_SHARE, help="this share of the calls without any item is left out"
    )
    options = parser.parse_args()
    model, chance = gguf.read(options.model), random.Random(options.seed)
    pupil = Pupil(model)
    if options.onto:
        pupil.recall(options.onto)
    learned_from = go_on(pool(chance, options.empty), options.skip, options.also, options.again, chance, options.empty)
    if options.hard:
        learned_from = [call for call in learned_from if not call["items"] or is_hard(call)]
    dealt = batches(learned_from, build.tokenizer(model.facts), chance)
    write(train(pupil, dealt, options.minutes, options.rate), options.out)


if __name__ == "__main__":
    main()
