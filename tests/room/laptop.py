"""One laptop in the room: the application's own devices and filters; what leaves goes to the other by UDP.

    python -m tests.room.laptop OWN_PORT OTHER_PORT [--without-echo]

Each line on standard output is the level of the voice that leaves in dBFS, ten times a second. It ends with its
standard input.
"""

import select
import socket
import sys
import threading

import numpy as np

from app.call_media import CallMedia, MediaEvents
from app.media.levels import LevelMeter
from app.media.makers import SystemDevices
from app.media.types import BLOCK
from app.state.slices.devices import Choices

OTHER = "other"
LOOK_EVERY_S = 1.0


class Wire:
    """A track that hands each block to the other laptop."""

    def __init__(self, own, other):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", own))
        self._other = ("127.0.0.1", other)
        self._meter, self._count = LevelMeter(), 0

    def hear(self, block, said_s):
        self._socket.sendto(block.astype(np.float32).tobytes(), self._other)
        level = self._meter.add(block).level_db
        self._count += 1
        if self._count % 10 == 0:
            print(round(level, 1), flush=True)

    def rest(self):
        """The microphone is closed."""

    def receive(self, mixer):
        while True:
            mixer.put(OTHER, np.frombuffer(self._socket.recv(BLOCK * 4), np.float32))


def main(own, other, *options):
    def tell(*words):
        print(*words, file=sys.stderr, flush=True)

    media = CallMedia(
        SystemDevices(),
        MediaEvents(show_own=lambda view, picture: None, device_told=tell, told=tell, listed=lambda devices: None),
    )
    wire = Wire(int(own), int(other))
    threading.Thread(target=wire.receive, args=(media.mixer,), daemon=True).start()
    media.send_by({"microphone": wire})
    # Without what else would hold a howl down, or raise it.
    choices = Choices(camera_on=False, noise="off", levels=False, echo="--without-echo" not in options)
    media.start(choices)
    while not select.select([sys.stdin], [], [], LOOK_EVERY_S)[0]:
        # As the window does: a device that a busy computer has lost comes back.
        media.refresh_devices()
    media.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
