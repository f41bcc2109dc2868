"""Lists what Parley promises with the tests that show it: `python -m tests.requirements`.

A test belongs to the rows that its name begins with: `test_r08_...`, `test_r22_r23_...`. The run fails when a row of
a feature that `promises.toml` calls finished has no test, or when a test names a row that does not exist. Rows of a
feature that is not whole yet can be called finished one by one: "R46", "R20-R32".
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent


def promises(path=HERE / "promises.toml"):
    """(finished features and rows, {row: {"feature", "text"}})"""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    named = data.pop("finished")
    finished = {one for name in named for one in (_rows(name) if re.match(r"R\d", name) else (name,))}
    return finished, data


def _rows(name):
    first, _, last = name.partition("-")
    return [f"R{number}" for number in range(int(first[1:]), int((last or first)[1:]) + 1)]


def is_finished(number, row, finished):
    """Whether a row has to have a test."""
    return number in finished or row["feature"] in finished


def rows_shown_by(folder):
    """{row: ["file::test", ...]} from the names of all test functions."""
    found = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_r"):
                head = re.match(r"test((?:_r\d+)+)(?:_|$)", node.name)
                for number in re.findall(r"\d+", head.group(1)) if head else ():
                    found[f"R{int(number)}"].append(f"{path.relative_to(folder.parent)}::{node.name}")
    return found


def faults(finished, rows, tests):
    """What is wrong, a sentence each."""
    unknown = finished - {row["feature"] for row in rows.values()} - set(rows)
    yield from (f"finished names {one}, which is no row and a feature without one" for one in sorted(unknown))
    yield from (f"{tests[one][0]} names {one}, which does not exist" for one in sorted(set(tests) - set(rows)))
    for number, row in rows.items():
        if is_finished(number, row, finished) and not tests.get(number):
            yield f"{number} ({row['feature']}, finished) has no test: {row['text']}"


def main():
    finished, rows = promises()
    tests = rows_shown_by(HERE)
    for number, row in rows.items():
        mark = "finished" if is_finished(number, row, finished) else "open"
        print(f"{number:>4} {row['feature']:<10} {mark:<9} {row['text']}")
        for name in tests.get(number, ()):
            print(f"       {name}")
    wrong = list(faults(finished, rows, tests))
    shown = sum(1 for number in rows if tests.get(number))
    done = sum(1 for number, row in rows.items() if is_finished(number, row, finished))
    print(f"\n{shown} of {len(rows)} rows have a test; {done} are finished")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
