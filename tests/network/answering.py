"""How a process of the bench is steered: lines of JSON on standard input, each answered by one on standard output."""

import json
import os
import sys


def serve(steered, name):
    """Says that it is ready and answers until standard input closes.

    Args:
        steered: its methods are the words; what they return is told.
        name: who says what went wrong.
    """
    # Whatever else is printed goes to the log: the answers have this pipe for themselves.
    with os.fdopen(os.dup(1), "w", buffering=1) as answers:
        os.dup2(2, 1)
        answers.write('{"ok": true}\n')
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                told = {"ok": True, **(getattr(steered, asked.pop("do"))(**asked) or {})}
            except Exception as error:
                told = {"ok": False, "words": f"{name}: {type(error).__name__}: {error}"}
            answers.write(json.dumps(told) + "\n")
