"""Two people at two screens, by real mouse and keys alone: `python -m tests.desk --out DIR`.

Ada's Parley starts its own server; Grace comes from a second screen by Ada's link. Each step says what has to be seen
after it, and leaves a picture of both screens in OUT. The last line that is printed is JSON: `steps`, `seconds`,
`failed` (the steps that did not go well, and why), and `late_ms` (what took more than 100 ms to be answered).
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.desk.story import Story

#: Says that a folder was made by this, so that the next run may empty it.
MARK = ".parley-desk"


def make_room_for(out):
    """Empties the folder of an earlier run; False, and nothing is touched, where it holds anything else."""
    if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
        return False
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARK).touch()
    return True


def main(argv=None):
    parser = argparse.ArgumentParser(prog="make desk", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("desk-out"))
    out = parser.parse_args(argv).out.absolute()
    if not make_room_for(out):
        print(f"{out} holds something else than an earlier run; please name another folder.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="parley-desk-") as folder:
        told = Story(Path(folder), out).tell()
    print(json.dumps(told))
    return 1 if told["failed"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
