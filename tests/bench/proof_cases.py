"""True things that a recap of a labelled dialogue says, each with what it cites."""

import json
from dataclasses import dataclass
from datetime import date
from unittest.mock import patch

import msgspec

from app.wire.recap import ActionItem, SummarySentence
from server_stub.recap.evidence import Evidence
from server_stub.recap.promises.heard import OBJECT
from server_stub.recap.promises.items import find_action_items
from server_stub.recap.proof.pieces import base
from server_stub.recap.summary import summarise
from server_stub.recap.verbs import BASES
from server_stub.recap.words import content, plain, split_words
from tests.bench.items import FOLDER, pair, read, transcript_of

CLAIMS = FOLDER / "claims.jsonl"
KINDS = {kind.__name__: kind for kind in (ActionItem, SummarySentence)}


@dataclass(frozen=True)
class Call:
    """A dialogue, and the evidence that checks what is said of it."""

    id: str
    transcript: tuple
    names: tuple
    today: date
    evidence: Evidence

    def speakers(self, ids):
        """Who speaks in some utterances, in their order."""
        return list(dict.fromkeys(said.speaker for said in self.transcript if said.id in ids))

    def text(self, ids):
        return " ".join(said.text for said in self.transcript if said.id in ids)


@dataclass(frozen=True)
class Case:
    """A claim about a call; `kind` says what it is, or of a lie what was changed, `was` what it was before."""

    call: Call
    kind: str
    claim: object
    was: str = ""

    def words(self):
        claim = self.claim
        if isinstance(claim, SummarySentence):
            return claim.text
        return f"{claim.owner} | {claim.text} | {claim.due} {claim.due_words} | {claim.certainty}"

    def kept(self):
        """The claim as a recap would show it; None where it is only for a reader to check."""
        evidence = self.call.evidence
        keep = evidence.keep_items if isinstance(self.claim, ActionItem) else evidence.keep_sentences
        found, _ = keep([self.claim])
        return found[0] if found else None

    def doubt(self):
        evidence = self.call.evidence
        keep = evidence.keep_items if isinstance(self.claim, ActionItem) else evidence.keep_sentences
        kept, checks = keep([self.claim])
        return checks[0].reason if checks else f"shown as {kept[0]}"


def is_shown(case):
    """Whether a recap shows the claim as it is: an item that is made less firm is not shown as firm."""
    return case.kept() == case.claim


def cases(name="dialogues"):
    """Every true claim that our rules make today of some labelled dialogues, by default of those for building."""
    return [case for dialogue in read(name) for case in _of(dialogue)]


def kept_cases():
    """The true claims of the dialogues for building as they were once written down: no rule of recaps moves them."""
    calls = {dialogue["id"]: _call(dialogue) for dialogue in read("dialogues")}
    rows = map(json.loads, CLAIMS.read_text(encoding="utf-8").splitlines())
    return [Case(calls[row["call"]], row["kind"], msgspec.convert(row["claim"], KINDS[row["form"]])) for row in rows]


def write_down(material):
    """Writes true claims down, for `kept_cases`."""
    rows = (
        {
            "call": one.call.id,
            "kind": one.kind,
            "form": type(one.claim).__name__,
            "claim": msgspec.to_builtins(one.claim),
        }
        for one in material
    )
    CLAIMS.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")


def _call(dialogue):
    transcript, names = transcript_of(dialogue["lines"]), tuple(dialogue["people"])
    today = date.fromisoformat(dialogue["today"])
    return Call(dialogue["id"], transcript, names, today, Evidence(transcript, names, today))


def _of(dialogue):
    call = _call(dialogue)
    found = find_action_items(call.transcript, call.names, call.today)
    right = [
        item
        for noted, item in pair(dialogue["items"], found)
        if ((item.owner or ""), (item.due or ""), item.certainty) == (noted["owner"], noted["due"], noted["certainty"])
    ]
    yield from (Case(call, "item", item) for item in right)
    yield from (Case(call, "model's", sentence) for item in right for sentence in _as_told(item, call))
    # What our own check would have left out is to be counted too.
    with patch.object(Evidence, "proves", return_value=True):
        told = summarise(call.transcript, call.names, right)
    yield from (Case(call, "sentence", sentence) for sentence in told)


def _as_told(item, call):
    """A firm item as a language model tells it, where its words were said and mean something alone."""
    task = item.text.partition(" (")[0]
    verb = task.split()[0].lower()
    was_said = base(verb) in map(base, split_words(call.text(item.evidence)))
    is_clear = not OBJECT.search(plain(task)) and len(content(task)) > 1
    if item.certainty == "firm" and item.owner and verb in BASES and was_said and is_clear:
        due = "" if not item.due_words or item.due_words.lower() in task.lower() else f" {item.due_words}"
        text = f"{item.owner.split()[0]} will {task[0].lower()}{task[1:]}{due}."
        yield SummarySentence(text=text, evidence=item.evidence)
