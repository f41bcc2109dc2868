"""An X server of the test's own with a window manager on it, as a desktop has; nothing of it is seen anywhere."""

import contextlib
import os
import subprocess
import time

from PySide6.QtGui import QImage

from tests.patience import PATIENCE_S

SIZE = (1400, 900)


@contextlib.contextmanager
def x_display(folder, size=SIZE):
    """The environment of a process whose window is to be on it. Needs Xvfb and openbox, which `make setup` names.

    Args:
        folder: For the window manager's own files.
        size: Width and height of its one screen.
    """
    reader, writer = os.pipe()
    screen = ["-screen", "0", f"{size[0]}x{size[1]}x24"]
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), *screen, "-nolisten", "tcp", "-noreset"], pass_fds=(writer,),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        environment = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        environment.pop("WAYLAND_DISPLAY", None)
        home = {**environment, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        manager = subprocess.Popen(["openbox", "--sm-disable"], env=home, **quiet)
        try:
            yield environment
        finally:
            manager.terminate()
            manager.wait(10)
    finally:
        server.terminate()
        server.wait(10)


def wait_for_screen(client, folder, is_right):
    """Looks at the screen of a steered client until it is right, however long the programs on it take to paint."""
    until_s, file = time.monotonic() + PATIENCE_S, folder / "screen.png"
    while True:
        client.grab(file, screen=True)
        if is_right(QImage(str(file))):
            return
        assert time.monotonic() < until_s, f"the screen never looked as promised; the last look is {file}"
