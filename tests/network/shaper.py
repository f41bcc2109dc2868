"""A process that is the link: two network namespaces, a TUN device in each, and what is carried between them.

`python -m tests.network.shaper --names A,B --net 10.71.0 --seed 1`; the namespaces get .1 and .2 of that network. The
kernel needs no netem. On standard input come lines of JSON: {"directions": ["up"], "words": {...}} changes the link,
{"tell": true} asks for the counts; each is answered by a line. When standard input closes, the namespaces go away.
"""

import argparse
import contextlib
import dataclasses
import fcntl
import heapq
import itertools
import json
import os
import random
import selectors
import struct
import subprocess
import sys
import time

from tests.network.link import Direction, changed

TUN = "/dev/net/tun"
#: Leaves room for a tunnel's own head, as home connections have it.
MTU = 1400
# Source: linux/if_tun.h.
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_AT_ONCE = 64
WAYS = ("up", "down")


def ip(*words, check=True):
    return subprocess.run(["ip", *words], check=check, capture_output=True, text=True)


def device(name):
    """The name of the device in a namespace; Linux allows 15 letters."""
    return f"w{name}"[:15]


def _open_tun(name):
    file = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return file


def _make(name, address):
    """A namespace with a device; what an earlier run of that name has left behind goes away."""
    ip("netns", "del", name, check=False)
    ip("netns", "add", name)
    file = _open_tun(device(name))
    ip("link", "set", device(name), "netns", name)
    ip("-n", name, "link", "set", "lo", "up")
    ip("-n", name, "address", "add", f"{address}/24", "dev", device(name))
    ip("-n", name, "link", "set", device(name), "mtu", str(MTU), "up")
    return file


class Shaper:
    """Carries packets, and answers what is asked."""

    def __init__(self, files, seed):
        self._files = files
        self._ways = {way: Direction(random.Random(f"{seed} {way}")) for way in WAYS}
        self._waiting = []
        self._numbers = itertools.count()
        self._selector = selectors.DefaultSelector()
        for at, file in enumerate(files):
            self._selector.register(file, selectors.EVENT_READ, at)
        os.set_blocking(0, False)
        self._selector.register(0, selectors.EVENT_READ, None)
        self._asked = b""

    def run(self):
        """Until standard input closes."""
        while True:
            self._let_out(time.monotonic())
            left_s = self._waiting[0][0] - time.monotonic() if self._waiting else 1.0
            for key, _ in self._selector.select(max(0.0, left_s)):
                if key.data is not None:
                    self._take_in(key.data)
                elif not self._listen():
                    return

    def _let_out(self, now_s):
        while self._waiting and self._waiting[0][0] <= now_s:
            _, _, file, packet = heapq.heappop(self._waiting)
            with contextlib.suppress(OSError):  # a device that is just being changed takes nothing
                os.write(file, packet)

    def _take_in(self, at):
        for _ in range(_AT_ONCE):
            try:
                packet = os.read(self._files[at], 65536)
            except OSError:  # nothing more
                return
            for out_s in self._ways[WAYS[at]].send(time.monotonic(), len(packet)):
                heapq.heappush(self._waiting, (out_s, next(self._numbers), self._files[1 - at], packet))

    def _listen(self):
        piece = os.read(0, 65536)
        self._asked += piece
        while b"\n" in self._asked:
            line, self._asked = self._asked.split(b"\n", 1)
            asked = json.loads(line)
            for way in asked.get("directions", ()):
                self._ways[way].terms = changed(self._ways[way].terms, asked["words"])
            _say({way: dataclasses.asdict(one.counts) for way, one in self._ways.items()})
        return bool(piece)


def _say(words):
    print(json.dumps(words), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.network.shaper")
    parser.add_argument("--names", required=True)
    parser.add_argument("--net", required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    names = given.names.split(",")
    try:
        try:
            files = [_make(name, f"{given.net}.{at}") for at, name in enumerate(names, 1)]
        except (OSError, subprocess.CalledProcessError) as error:
            _say({"ok": False, "words": f"the link cannot be made: {getattr(error, 'stderr', '') or error}".strip()})
            return 1
        _say({"ok": True})
        Shaper(files, given.seed).run()
    finally:
        for name in names:
            ip("netns", "del", name, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
