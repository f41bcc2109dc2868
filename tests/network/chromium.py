"""A process that is Debian's Chromium in a client's place, from peer to peer, with the bench's own pictures and voice.

`python -m tests.network.chromium FOLDER VOICE ZERO`, steered as `client.py` is. What it reports has the same shape;
its voice begins when its sound system says so, so its mouth-to-ear time is right to about 20 ms.
"""

import base64
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from app.media.types import BLOCK, RATE_HZ
from tests.bench.share_chromium import Browser, program, site
from tests.network import pattern
from tests.network.answering import own_output, serve

PAGE = Path(__file__).with_name("page.html")
STATE = "JSON.stringify([shown.length, heard.length, peer.connectionState, peer.iceConnectionState])"
READY = "typeof isReady !== 'undefined' && isReady"
#: A browser tells its addresses to nobody but a page that may use a microphone.
_DEVICES = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
_SMALL = (90, 160)


class Steered:
    """What it can be told: each method is a word."""

    def __init__(self, browser, zero_s):
        self._browser = browser
        #: The page's clock is the wall's.
        self._ahead_s = time.time() - time.monotonic()
        self._zero = json.dumps(zero_s + self._ahead_s)

    def offer(self):
        return {"sdp": self._browser.run(f"offer({self._zero})")}

    def answer(self, sdp):
        return {"sdp": self._browser.run(f"answer({self._zero}, {json.dumps(sdp)})")}

    def accept(self, sdp):
        self._browser.run(f"accept({json.dumps(sdp)})")

    def wait_media(self):
        try:
            self._browser.wait_for("shown.length > 5 && heard.length > 50")
        except AssertionError:
            raise AssertionError(f"no pictures or no voice: {self._browser.run(STATE)}") from None

    def report(self, file):
        got = json.loads(self._browser.run("report()"))
        pictures = np.frombuffer(base64.b64decode(got["pictures"]), np.uint8).reshape(-1, *_SMALL)
        times, blocks = _in_blocks(got["heard"], np.frombuffer(base64.b64decode(got["sound"]), np.float32))
        np.savez(
            file,
            shown_at=np.array(got["shown"], float) - self._ahead_s,
            numbers=np.array([pattern.read(one) for one in pictures], np.int64),
            smalls=_halved(pictures),
            ear_at=times - self._ahead_s,
            ear=blocks.astype(np.float16),
            counts=self._at_our_time(got["counts"], 3),
            rates=self._at_our_time(got["rates"], 2),
        )
        return {}

    def _at_our_time(self, rows, width):
        rows = np.array(rows, float).reshape(-1, width)
        rows[:, 0] -= self._ahead_s
        return rows


def _halved(pictures):
    rows, columns = _SMALL
    return pictures.reshape(-1, rows // 2, 2, columns // 2, 2).mean((2, 4)).astype(np.uint8)


def _in_blocks(heads, sound):
    """Times and blocks of 10 ms out of pieces that are [when, samples a second, samples] long."""
    times, blocks, at = [], [], 0
    for when_s, rate_hz, length in heads:
        piece, at = sound[at : at + length], at + length
        if rate_hz == RATE_HZ:
            for number in range(length // BLOCK):
                times.append(when_s + number * BLOCK / RATE_HZ)
                blocks.append(piece[number * BLOCK : (number + 1) * BLOCK])
    return np.array(times, float), np.array(blocks, np.float32).reshape(-1, BLOCK)


def main():
    folder, voice, zero_s = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    if program() is None:
        print(json.dumps({"ok": False, "words": "Chromium is not installed: apt-get install chromium"}), flush=True)
        return 1
    files = {"/": PAGE.read_bytes(), "/textures": pattern.textures().tobytes(), "/voice": voice.read_bytes()}
    folder.mkdir(parents=True)
    answers = own_output()
    with site(files) as url:
        browser = Browser(folder / "profile", url, "--headless=new", *_DEVICES, environment=os.environ, is_ready=READY)
        try:
            serve(Steered(browser, zero_s), "Chromium", answers)
        finally:
            browser.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
