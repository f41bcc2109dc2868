"""Summaries: whole meetings of QMSum against what people wrote of them, and the labelled dialogues against themselves.

rouge1, lead, random, lexrank   ROUGE-1 F (%, stems by Porter, as `rouge_score` counts) at 105 words on QMSum's
                                validation part: ours; the first sentences; any sentences (mean of three draws);
                                LexRank (Erkan and Radev 2004)
bare_quotes                     the share of our sentences most words of which are quoted, in QMSum and the dialogues
proved                          the share of our sentences that the evidence check passes
dialogues, sentences            how many dialogues were summed up, and how many sentences came out

`--data FILE` is QMSum's part as JSON lines, packed by xz or not. Its meetings of the AMI corpus are in nothing that
`resources/models/salience.json` has learned from. `--show` prints the summaries of the dialogues.
"""

import argparse
import json
import lzma
import math
import random
import re
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import snowballstemmer

from app.wire.recap import Utterance
from server_stub.recap.evidence import Evidence
from server_stub.recap.promises.items import find_action_items
from server_stub.recap.summary import summarise
from server_stub.recap.told import MOST_SHARE, quoted_share
from tests.bench.items import SPEECH_WORDS_PER_S, read, transcript_of

QMSUM = Path(__file__).parents[1] / "data" / "summaries" / "qmsum-val.jsonl.xz"
BUDGET_WORDS, OVER = 105, 1.15
LEAST_WORDS = 4
DRAWS = 3
_STEMMER = snowballstemmer.stemmer("porter")


def tokens(text):
    """Stems as `rouge_score` counts them."""
    return [_STEMMER.stemWord(word) if len(word) > 3 else word for word in re.findall(r"[a-z0-9]+", text.lower())]


def rouge1(found, wanted):
    """F of the words that two texts share, in percent."""
    ours, theirs = Counter(tokens(found)), Counter(tokens(wanted))
    shared = sum((ours & theirs).values())
    return 200 * shared / max(1, ours.total() + theirs.total())


def plain_words(said):
    """QMSum's own marks and spaces away."""
    text = re.sub(r"\{[^}]*\}|<[^>]*>|_", " ", said)
    text = re.sub(r"\s+(['’]\w)", r"\1", re.sub(r"\s*-\s*", "-", text))
    return " ".join(re.sub(r"\s+([.,?!;:])", r"\1", text).split())


def read_meetings(path):
    """(transcript, what somebody wrote of it) of each meeting that somebody summed up."""
    with (lzma.open if path.suffix == ".xz" else open)(path, "rt", encoding="utf-8") as file:
        meetings = [json.loads(line) for line in file]
    found = []
    for meeting in meetings:
        asked = [
            q for q in meeting["general_query_list"] if re.match(r"(?i)summarize the (whole )?meeting", q["query"])
        ]
        if asked:
            found.append((utterances_of(meeting["meeting_transcripts"]), asked[0]["answer"]))
    return found


def utterances_of(turns):
    said, at_s = [], 0.0
    for number, turn in enumerate(turns):
        text = plain_words(turn["content"])
        end_s = at_s + len(text.split()) / SPEECH_WORDS_PER_S
        if text:
            said.append(
                Utterance(
                    id=f"u{number}", speaker=turn["speaker"], start_s=at_s, end_s=end_s, text=text, confidence=1.0
                )
            )
        at_s = end_s + 0.3
    return tuple(said)


def sentences_of(transcript):
    """(speaker, sentence) for those we are compared with."""
    return [
        (said.speaker, part)
        for said in transcript
        for part in re.split(r"(?<=[.?!])\s+", said.text)
        if len(part.split()) >= LEAST_WORDS
    ]


def filled(order, sentences):
    """The first of an order that fit the budget, in the talk's order, each with its speaker's name."""
    chosen, length = [], 0
    for place in order:
        size = len(sentences[place][1].split())
        if length + size > BUDGET_WORDS * OVER:
            continue
        chosen.append(place)
        length += size
        if length >= BUDGET_WORDS:
            break
    return "\n".join(": ".join(sentences[place]) for place in sorted(chosen))


def lexrank(sentences, damping=0.15, least=0.1, rounds=100):
    """The places of sentences, the most central first: a walk over those that are alike."""
    bags = [Counter(tokens(text)) for _, text in sentences]
    spread = Counter(word for bag in bags for word in bag)
    column = {word: number for number, word in enumerate(sorted(spread))}
    table = np.zeros((len(bags), len(column)), np.float32)
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            table[row, column[word]] = count * math.log(len(bags) / spread[word])
    table /= np.linalg.norm(table, axis=1, keepdims=True) + 1e-9
    steps = (table @ table.T > least).astype(np.float32)
    steps /= np.maximum(1.0, steps.sum(axis=1, keepdims=True))
    weight = np.full(len(bags), 1 / len(bags), np.float32)
    for _ in range(rounds):
        weight = damping / len(bags) + (1 - damping) * (steps.T @ weight)
    return list(np.argsort(-weight, kind="stable"))


def ours(transcript, found):
    """Our text of a meeting; its sentences are added to what was found."""
    told = summarise(transcript, words=BUDGET_WORDS)
    found += [(one, transcript, ()) for one in told]
    return "\n".join(one.text for one in told)


def judge_meetings(path, found):
    """The mean figures of the meetings in a file."""
    scores = {name: [] for name in ("rouge1", "lead", "random", "lexrank")}
    for transcript, wanted in read_meetings(path):
        sentences = sentences_of(transcript)
        places = range(len(sentences))
        scores["rouge1"].append(rouge1(ours(transcript, found), wanted))
        scores["lead"].append(rouge1(filled(places, sentences), wanted))
        draws = [random.Random(seed).sample(places, len(sentences)) for seed in range(DRAWS)]
        scores["random"].append(sum(rouge1(filled(draw, sentences), wanted) for draw in draws) / DRAWS)
        scores["lexrank"].append(rouge1(filled(lexrank(sentences), sentences), wanted))
    return {name: round(sum(each) / len(each), 1) for name, each in scores.items()}


def judge_dialogues(found, show):
    dialogues = read("dialogues")
    for dialogue in dialogues:
        transcript, names = transcript_of(dialogue["lines"]), tuple(dialogue["people"])
        found_items = find_action_items(transcript, names, date.fromisoformat(dialogue["today"]))
        items, _ = Evidence(transcript, names).keep_items(found_items)
        told = summarise(transcript, names, items)
        found += [(one, transcript, names) for one in told]
        if show:
            print(f"{dialogue['id']} {', '.join(names)}", *(f"  [{one.topic}] {one.text}" for one in told), sep="\n")
    return len(dialogues)


def is_proved(one, transcript, names):
    everyone = names or tuple(dict.fromkeys(said.speaker for said in transcript))
    return Evidence(transcript, everyone).proves(one.text, one.evidence)


def main(argv):
    parser = argparse.ArgumentParser(prog="python -m tests.bench summary")
    parser.add_argument("--data", type=Path, default=QMSUM, help="QMSum's validation part")
    parser.add_argument("--show", action="store_true", help="the summaries of the dialogues")
    options = parser.parse_args(argv)
    found = []
    if options.data.is_file():
        scores = judge_meetings(options.data, found)
    else:
        print(f"{options.data} is not there: no figures of QMSum. It is Yale-LILY/QMSum's validation part (MIT).")
        scores = dict.fromkeys(("rouge1", "lead", "random", "lexrank"))
    dialogues = judge_dialogues(found, options.show)
    bare = sum(quoted_share(one.text) > MOST_SHARE for one, _, _ in found)
    proved = sum(is_proved(*each) for each in found)
    return {
        **scores, "bare_quotes": round(bare / len(found), 3), "proved": round(proved / len(found), 3),
        "dialogues": dialogues, "sentences": len(found),
    }  # fmt: skip
