"""Turns a recorded meeting into its recap: what was said, a summary, action items, highlights and a reel.

The server talks to `job.RecapJob` only, which keeps one worker process of low priority per recorded meeting. In that
process sound becomes utterances (`voice`), utterances become text (`speech`), and at the end text becomes the recap
(`compose`). Whatever the recap claims names the utterances that it rests on, and `evidence` drops what it cannot prove.
"""

import os

# Unless it is told before it is loaded, onnxruntime keeps an identifier of this computer in the user's folder and
# reports its use to its maker. Nothing of a meeting's server leaves it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
