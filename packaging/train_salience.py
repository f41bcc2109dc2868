"""Learns which small phrases people's notes of a meeting rest on, from the AMI corpus, into resources/models/.

    .venv/bin/python packaging/train_salience.py ami-train-dev.tar.xz [--out resources/models]

The corpus (https://groups.inf.ed.ac.uk/ami/corpus/, CC BY 4.0) says which acts of speech its abstracts rest on. Of its
words only those count that freelancers' calls use too (`tests/data/promises/dialogues.jsonl`), so that nothing is
learned about remote controls. Meetings that QMSum's validation part holds are left out: the bench judges by them. The
same file comes out of each run.
"""

import argparse
import hashlib
import json
import re
import sys
import tarfile
from collections import Counter
from pathlib import Path

import numpy as np
from scipy import optimize, sparse

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from server_stub.recap.salience import phrases  # noqa: E402
from server_stub.recap.tidy_speech import tidy  # noqa: E402
from server_stub.recap.words import split_words  # noqa: E402

#: Series of meetings that are in QMSum's validation part.
APART = ("ES2006", "ES2009", "IS1006", "TS3009", "TS3010")
LEAST_DIALOGUES, LEAST_ACTS, LEAST_WORDS = 3, 15, 4
RIDGE = 20.0
LEAST_WEIGHT = 0.1


def read(archive):
    """(words of an act, whether an abstract rests on it) of each act of the meetings that count."""
    files = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile():
                files[Path(member.name).name] = tar.extractfile(member).read().decode("utf-8", "replace")
    for name in sorted(files):
        meeting = name.removesuffix(".da")
        if not re.fullmatch(r"[A-Z]{2}\d{4}[a-d]\.da", name) or meeting[:6] in APART:
            continue
        noted = {line.split("\t")[0] for line in files.get(f"{meeting}.abstract", "").splitlines()}
        for line in files[name].splitlines():
            cells = line.split("\t")
            if len(cells) >= 9 and noted:
                yield plain_words(cells[-1]), cells[0] in noted


def plain_words(said):
    """The act as a recogniser would write it."""
    text = re.sub(r"\{[^}]*\}|_", " ", said)
    return tidy(re.sub(r"\s+(['.,?!])", r"\1", text))


def common_words():
    path = ROOT / "tests" / "data" / "promises" / "dialogues.jsonl"
    seen = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        seen.update({word for _, text in json.loads(line)["lines"] for word in split_words(text)})
    return sorted(word for word, count in seen.items() if count >= LEAST_DIALOGUES)


def learn(acts, known):
    """{phrase: weight} and the bias of a logistic regression with a ridge."""
    bags = [set(phrases(text, known)) for text, _ in acts]
    count = Counter(phrase for bag in bags for phrase in bag)
    names = sorted(phrase for phrase, number in count.items() if number >= LEAST_ACTS)
    place = {phrase: number for number, phrase in enumerate(names)}
    cells = [(row, place[phrase]) for row, bag in enumerate(bags) for phrase in sorted(bag) if phrase in place]
    rows, columns = np.array(cells).T
    seen = sparse.csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(bags), len(names)))
    sign = np.array([1.0 if noted else -1.0 for _, noted in acts])

    def loss(weights):
        margin = sign * (seen @ weights[:-1] + weights[-1])
        slope = -sign / (1 + np.exp(margin))
        value = np.logaddexp(0, -margin).sum() + RIDGE / 2 * (weights[:-1] @ weights[:-1])
        return value, np.append(seen.T @ slope + RIDGE * weights[:-1], slope.sum())

    found = optimize.minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    weights = {phrase: round(float(found[number]), 2) for phrase, number in place.items()}
    return {phrase: weight for phrase, weight in weights.items() if abs(weight) >= LEAST_WEIGHT}, float(found[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", type=Path, help="AMI's acts and abstracts")
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "models")
    options = parser.parse_args()
    known = common_words()
    acts = [(text, noted) for text, noted in read(options.archive) if len(text.split()) >= LEAST_WORDS]
    weights, bias = learn(acts, frozenset(known))
    used = {word for phrase in weights for word in phrase.split()} & set(known)
    kept = {"bias": round(bias, 2), "words": sorted(used | set(known)), "phrases": weights}
    text = json.dumps(kept, indent=0, sort_keys=True, ensure_ascii=True) + "\n"
    (options.out / "salience.json").write_text(text, encoding="utf-8")
    print(f"{len(acts)} acts, {len(weights)} phrases, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}")


if __name__ == "__main__":
    main()
