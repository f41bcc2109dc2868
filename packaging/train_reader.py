"""Teaches the model that reads, from our own dialogues; writes what it learned (`resources/models/reading.npz`).

    python packaging/train_reader.py MODEL.gguf [--out FILE] [--onto FILE ...] [--epochs 3] [--without FILE ...]
        [--rate 1e-3] [--partly FILE ... --part 0.3]

MODEL.gguf is SmolLM2-135M-Instruct as `resources/models/reading.json` names it. PyTorch is needed besides the packages
of Parley, in an environment of its own, and on two cores that multiply bfloat16 13 minutes for 1,000 calls and round.

The published weights stay as they are; to each of the layers' seven matrices a product of two thin ones is added (LoRA,
https://arxiv.org/abs/2106.09685). It reads a call as one of its people, called `Me` there, and learns to write under it
`task|day as said|how sure|first words of what settles it|who` for each action item of theirs, or `none`; who is `me`,
`we` or `nobody`. In each round most calls get other first names, and some are joined with another call, so that it
reads who speaks, and does not learn who; of those who own nothing in a call one is drawn by lot.
"""

import argparse
import json
import math
import random
import re
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from server_stub.recap.reading import build, gguf  # noqa: E402
from server_stub.recap.reading.notes import MINE, NOBODY, NONE, OURS  # noqa: E402
from server_stub.recap.reading.reader import calls, tell  # noqa: E402
from server_stub.recap.reading.windows import Turn  # noqa: E402

DATA = ROOT / "tests" / "data" / "promises"
FILES = (
    "dialogues",
    "more",
    "winding",
    "terse",
    "callers",
    "learning",
    "later",
    "trades",
    "talks",
    "twins",
    "everyday",
)
RANK, WARM_UP, SEED = 32, 20, 1
#: Calls of a step at most, their tokens, and the square of the longest times their number, which is what memory holds.
CALLS, TOKENS, SQUARE, LONGEST = 16, 3600, 700_000, 480
RENAMED, JOINED, QUOTED = 0.6, 0.12, 5
WORD = re.compile(r"[A-Za-z0-9']+")
# fmt: off
NAMES = (
    "Anna", "Ben", "Carla", "Deepak", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jamal", "Kenji", "Laura", "Marek",
    "Nadia", "Omar", "Priya", "Quinn", "Rosa", "Sven", "Tara", "Umar", "Vera", "Walid", "Xenia", "Yusuf", "Zoe",
    "Aoife", "Bjorn", "Chidi", "Dalia", "Emre", "Fatima", "Goran", "Hanna", "Ivan", "Jana", "Kwame", "Leila", "Mateo",
    "Noor", "Olga", "Pablo", "Rafael", "Sofia", "Tomas", "Uma", "Viktor", "Wendy", "Yara", "Zara", "Alice", "Brian",
    "Chloe", "David", "Emma", "Frank", "Gina", "Henry", "Irene", "Jack", "Kate", "Liam", "Mia", "Noah", "Olivia",
    "Paul", "Rachel", "Sam", "Tina", "Victor", "Adam", "Beth", "Colin", "Diane", "Eric", "Fiona", "George", "Helen",
    "Ian", "Julia", "Karen", "Luke", "Megan", "Neil", "Oscar", "Peter", "Ruth", "Simon", "Tom", "Vince", "Wayne",
)
# fmt: on


# --- what is learned ------------------------------------------------------------------------------------------------
def owners_of(item):
    return item["owner"].split(" and ") if item["owner"] else []


def settled_at(call, item):
    """The line that settles an item: the last cited one of its owner's, else the last cited."""
    own = [line for line in item["lines"] if call["lines"][line - 1][0] in owners_of(item)]
    return max(own or item["lines"]) - 1


def quote_of(call, item):
    """The first words of the sentence there that has most in common with the item."""
    wanted = {word.lower()[:5] for word in WORD.findall(f"{item['text']} {item['due_words']}")}
    sentences = [each for each in re.split(r"(?<=[.?!])\s+", call["lines"][settled_at(call, item)][1].strip()) if each]
    held = [len({word.lower()[:5] for word in WORD.findall(each)} & wanted) for each in sentences]
    best = max(range(len(sentences)), key=lambda place: (held[place], place))
    return " ".join(sentences[best].split()[:QUOTED]).replace("|", " ")


def wanted_of(call, person):
    """What the model should write under a call for one of its people."""
    lines = []
    for item in sorted(call["items"], key=lambda each: settled_at(call, each)):
        owners = owners_of(item)
        if not owners or person in owners:
            who = OURS if len(owners) > 1 else MINE if owners else NOBODY
            lines.append("|".join([item["text"], item["due_words"], item["certainty"], quote_of(call, item), who]))
    return "\n".join(lines or [NONE]) + "\n"


def shown_of(call, person):
    turns = [Turn(speaker, (), text) for speaker, text in call["lines"]]
    return tell(turns, calls(call["people"]), date.fromisoformat(call["today"]), person)


def readers_of(call, chance):
    """As whom a call is read in one round: everyone who owns something, and one of the others."""
    owning = {person for item in call["items"] for person in owners_of(item)}
    others = [person for person in call["people"] if person not in owning]
    return [*sorted(owning), *chance.sample(others, min(1, len(others)))]


def renamed(call, firsts):
    """The call among people of other first names; as it is where two share one, or a new one is a word of it."""
    old = [name.split()[0] for name in call["people"]]
    said = {word for _, text in call["lines"] for word in WORD.findall(text)}
    if len(set(old)) < len(old) or said & (set(firsts) - set(old)):
        return call
    new = dict(zip(old, firsts, strict=True))
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, old))})\b")
    full = {name: new[name.split()[0]] for name in call["people"]}

    def put(text):
        return pattern.sub(lambda found: new[found[1]], text)

    items = [
        {**item, "text": put(item["text"]), "owner": " and ".join(full[each] for each in owners_of(item))}
        for item in call["items"]
    ]
    lines = [[full[speaker], put(text)] for speaker, text in call["lines"]]
    return {**call, "people": list(full.values()), "lines": lines, "items": items}


def varied(call, others, chance):
    """A call as it is shown in one round."""
    people = len(call["people"])
    is_new = chance.random() < RENAMED
    call = renamed(call, chance.sample(NAMES, people) if is_new else [name.split()[0] for name in call["people"]])
    other = chance.choice(others)
    if chance.random() >= JOINED or len(other["people"]) != people:
        return call
    other = renamed(other, call["people"])
    if other["people"] != call["people"]:
        return call
    later = [{**item, "lines": [line + len(call["lines"]) for line in item["lines"]]} for item in other["items"]]
    return {**call, "lines": call["lines"] + other["lines"], "items": call["items"] + later}


# --- the model ------------------------------------------------------------------------------------------------------
class Pupil(torch.nn.Module):
    """SmolLM2 with what is learned beside it, in the order of rows of the file."""

    def __init__(self, model):
        super().__init__()
        facts = model.facts
        self.heads, self.keys = facts["llama.attention.head_count"], facts["llama.attention.head_count_kv"]
        self.base, self.small = facts["llama.rope.freq_base"], facts["llama.attention.layer_norm_rms_epsilon"]
        self.layers = facts["llama.block_count"]
        self.kept = {name: torch.from_numpy(value.copy()).to(torch.bfloat16) for name, value in model.weights.items()}
        torch.manual_seed(SEED)
        self.learned = torch.nn.ParameterDict()
        for number in range(self.layers):
            for part in build.PARTS:
                out, into = self.kept[f"blk.{number}.{part}.weight"].shape
                self.learned[f"{number} {part} a"] = torch.nn.Parameter(torch.randn(RANK, into) / into**0.5)
                self.learned[f"{number} {part} b"] = torch.nn.Parameter(torch.zeros(out, RANK))
        self.to(torch.bfloat16)

    def recall(self, paths):
        """Begins with what was learned before: a file that `write` made, or the mean of several that began with one."""
        kept = [build.thin(path) for path in paths]
        with torch.no_grad():
            for name, value in self.learned.items():
                number, part, which = name.split()
                value.copy_(torch.from_numpy(np.mean([each[f"blk.{number}.{part}.{which}"] for each in kept], axis=0)))

    def _through(self, x, number, part):
        thin = functional.linear(x, self.learned[f"{number} {part} a"])
        whole = functional.linear(x, self.kept[f"blk.{number}.{part}.weight"])
        return whole + functional.linear(thin, self.learned[f"{number} {part} b"])

    def _level(self, x, name):
        wide = x.float()
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.small)).to(x.dtype) * self.kept[name]

    def forward(self, ids, mask):
        """Hidden states, shape (calls, tokens, width); mask: added to the attention, (calls, 1, tokens, tokens)."""
        x = functional.embedding(ids, self.kept["token_embd.weight"])
        turn = self._turns(ids.shape[1], x.shape[-1] // self.heads)
        for number in range(self.layers):
            x = x + self._attend(self._level(x, f"blk.{number}.attn_norm.weight"), number, mask, turn)
            flat = self._level(x, f"blk.{number}.ffn_norm.weight")
            gate = functional.silu(self._through(flat, number, "ffn_gate")) * self._through(flat, number, "ffn_up")
            x = x + self._through(gate, number, "ffn_down")
        return self._level(x, "output_norm.weight")

    def words(self, hidden):
        """How likely each word comes next, before it is made a share."""
        return functional.linear(hidden, self.kept["token_embd.weight"])

    def _turns(self, length, width):
        steps = self.base ** (-torch.arange(0, width, 2) / width)
        angle = torch.arange(length)[:, None] * steps
        return angle.cos().to(torch.bfloat16), angle.sin().to(torch.bfloat16)

    @staticmethod
    def _turned(some, turn):
        even, odd = some[..., 0::2], some[..., 1::2]
        cos, sin = turn
        return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)

    def _attend(self, x, number, mask, turn):
        calls_, length, width = x.shape
        size = width // self.heads

        def split(part, heads):
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
def batches(shown, chance):
    """Numbers of calls of about one length that are learned together, in any order."""
    order = sorted(chance.sample(range(len(shown)), len(shown)), key=lambda place: len(shown[place][0]) // 16)
    found, now = [], []
    for place in order:
        length = len(shown[place][0])
        count = len(now) + 1
        if now and (count > CALLS or count * length > TOKENS or count * length**2 > SQUARE):
            found.append(now)
            now = []
        now.append(place)
    found.append(now)
    chance.shuffle(found)
    return found


def loss_of(pupil, batch):
    """How surprising the right words are, on average; only what the model has to write counts."""
    length = max(len(tokens) for tokens, _ in batch)
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    mask = torch.full((len(batch), 1, length, length), float("-inf")).triu(1)
    rows, places = [], []
    for row, (tokens, begin) in enumerate(batch):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        places += range(begin - 1, len(tokens) - 1)
        rows += [row] * (len(tokens) - begin)
    hidden = pupil(ids, mask.to(torch.bfloat16))
    return functional.cross_entropy(pupil.words(hidden[rows, places]).float(), ids[rows, [at + 1 for at in places]])


def step_of(pupil, own, optimiser):
    """A step of what is learned, kept in full precision, after the losses of a batch went back."""
    for value, kept in zip(pupil.learned.values(), own, strict=True):
        kept.grad, value.grad = value.grad.float(), None
    torch.nn.utils.clip_grad_norm_(own, 1.0)
    optimiser.step()
    with torch.no_grad():
        for value, kept in zip(pupil.learned.values(), own, strict=True):
            value.copy_(kept)


def train(pupil, calls_, cut, end, epochs, top):
    chance = random.Random(SEED)
    own = [value.detach().float() for value in pupil.learned.values()]
    optimiser = torch.optim.AdamW(own, lr=top, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    began, step, total, mean = time.monotonic(), 0, 0, 0.0
    for number in range(epochs):
        shown = []
        for call in calls_:
            made = varied(call, calls_, chance)
            for person in readers_of(made, chance):
                before, after = cut.encode(shown_of(made, person)).ids, cut.encode(wanted_of(made, person)).ids
                if len(before) + len(after) < LONGEST:
                    shown.append((before + after + [end], len(before)))
        dealt = batches(shown, chance)
        total = total or len(dealt) * epochs
        for batch in dealt:
            share = min(1.0, step / total)
            rate = top * min(1.0, (step + 1) / WARM_UP) * (0.05 + 0.475 * (1 + math.cos(math.pi * share)))
            for group in optimiser.param_groups:
                group["lr"] = rate
            loss = loss_of(pupil, [shown[place] for place in batch])
            loss.backward()
            step_of(pupil, own, optimiser)
            step += 1
            mean = loss.item() if step == 1 else 0.95 * mean + 0.05 * loss.item()
            if step % 10 == 0:
                print(f"round {number + 1}, step {step}: {mean:.3f}, {time.monotonic() - began:.0f} s", flush=True)
    return dict(zip(pupil.learned.keys(), own, strict=True))


def write(learned, path):
    """As bytes with a scale for each row: see `build.learned`."""
    kept = {}
    for name, value in learned.items():
        number, part, which = name.split()
        matrix = value.numpy()
        scale = np.abs(matrix).max(1) / 127 + 1e-12
        kept[f"blk.{number}.{part}.{which}"] = np.round(matrix / scale[:, None]).astype(np.int8)
        kept[f"blk.{number}.{part}.{which}.scale"] = scale.astype(np.float32)
    np.savez_compressed(path, **kept)


def read(name):
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() if line]


def chosen(name, options):
    """The calls of a file that are learned from."""
    found = read(name)
    return random.Random(SEED).sample(found, round(len(found) * options.part)) if name in options.partly else found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "models" / "reading.npz")
    parser.add_argument(
        "--onto", type=Path, nargs="*", default=[], help="learned before, to go on from; the mean of several"
    )
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--without", nargs="*", default=[], help="files that are left out, to be judged on")
    parser.add_argument("--rate", type=float, default=1e-3, help="of learning, at its top")
    parser.add_argument("--partly", nargs="*", default=[], help="files of which a part is taken, drawn by lot")
    parser.add_argument("--part", type=float, default=0.3, help="how large, 0 to 1")
    options = parser.parse_args()
    model = gguf.read(options.model)
    calls_ = [call for name in FILES if name not in options.without for call in chosen(name, options)]
    end = model.facts["tokenizer.ggml.eos_token_id"]
    pupil = Pupil(model)
    if options.onto:
        pupil.recall(options.onto)
    learned = train(pupil, calls_, build.tokenizer(model.facts), end, options.epochs, options.rate)
    write(learned, options.out)


if __name__ == "__main__":
    main()
