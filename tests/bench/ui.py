"""What a full window costs: ten faces at 30 pictures a second, offscreen at 1920x1080, and how long the window is deaf.

In a process of its own, so that what it uses is what the window uses. Frames are there before; decoding is not counted.
The yardstick is the way of before, in the same run: colours are converted at full size, then scaled, then converted.
"""

import json
import os
import subprocess
import sys


def main(argv):
    """Figures: `cores`, `p999_block_ms`, `hang_mb` and what was measured beside them; see `ui_window`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.ui_window", *argv],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])
