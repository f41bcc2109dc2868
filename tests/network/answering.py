"""How a process of the bench is steered: lines of JSON on standard input, each answered by one on standard output."""

import json
import os
import sys


def own_output():
    """Standard output for the answers alone: whatever else is printed goes to the log from now on."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return answers


def serve(steered, name, answers):
    """Says that it is ready and answers until standard input closes.

    Args:
        steered: its methods are the words; what they return is told.
        name: who says what went wrong.
        answers: where to, line by line; see `own_output`.
    """
    answers.write('{"ok": true}\n')
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            told = {"ok": True, **(getattr(steered, asked.pop("do"))(**asked) or {})}
        except Exception as error:
            told = {"ok": False, "words": f"{name}: {type(error).__name__}: {error}"}
        answers.write(json.dumps(told) + "\n")


def serve_client(client, steered, name, answers):
    """Answers as `serve` does, and ends the process with its client."""
    serve(steered, name, answers)
    try:
        client.close()
    finally:
        # A thread of a library that does not end is no matter of what was measured.
        os._exit(0)
