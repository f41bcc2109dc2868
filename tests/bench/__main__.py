"""`python -m tests.bench NAME [options]`: runs a bench and prints its figures as one JSON object on the last line.

Without a name: each of them, one after the other, but for those that want an environment or minutes of their own. The
exit code is 1 where a bench names goals that it `missed`.
"""

import importlib
import json
import sys

NAMES = (
    "startup",
    "join",
    "camera",
    "masks",
    "call-cpu",
    "tiles",
    "layers",
    "gestures",
    "relay",
    "signalling",
    "ear",
    "items",
    "summary",
    "proof",
    "noise",
    "recap-speed",
    "reel",
    "share",
    "ui",
)
#: Run only by their name.
APART = ("model", "soak")


def main(argv):
    names = [argv[0]] if argv and not argv[0].startswith("-") else list(NAMES)
    options = argv[1:] if len(names) == 1 and argv else []
    has_missed = False
    for name in names:
        if name not in NAMES + APART:
            print(f"There is no bench of that name; there are: {', '.join(NAMES + APART)}", file=sys.stderr)
            return 2
        figures = importlib.import_module(f"tests.bench.{name.replace('-', '_')}").main(options)
        print(json.dumps({"bench": name, **figures}), flush=True)
        has_missed |= bool(figures.get("missed"))
    return int(has_missed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
