"""What one sees on a screen with a window manager: the whole application, a real X server, pixels of the screen."""

import sys

import pytest

from tests.fakes.x_display import wait_for_screen, x_display
from tests.steering import ROOT, Client, Server, meet

pytestmark = [pytest.mark.processes, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")]

DEMO = ROOT / "resources" / "demo"


def colourful(image):
    """The share of points with a colour, in the middle third of a screen's height."""
    points = [
        image.pixelColor(x, y)
        for x in range(0, image.width(), 9)
        for y in range(image.height() // 3, image.height() * 2 // 3, 9)
    ]
    spread = [max(one.red(), one.green(), one.blue()) - min(one.red(), one.green(), one.blue()) for one in points]
    return sum(one > 40 for one in spread) / len(spread)


def white_in_the_middle(image):
    """The share of the screen's middle that is white, the ground of cards in the light theme."""
    points = [
        image.pixelColor(x, y).name()
        for x in range(image.width() // 3, image.width() * 2 // 3, 3)
        for y in range(image.height() // 3, image.height() * 2 // 3, 3)
    ]
    return points.count("#ffffff") / len(points)


def test_a_server_that_is_killed_is_said_over_grey_tiles_on_the_screen(tmp_path):
    """No face goes on looking alive: the words are on top, whatever the window manager and the tiles do meanwhile."""
    server = Server(tmp_path / "server")
    files = ("--fake-camera", DEMO / "felix.webm", "--fake-microphone", DEMO / "felix.opus", "--theme", "light")
    with x_display(tmp_path) as environment:
        ada = Client(tmp_path / "ada", "--server", server.url, *files, environment=environment)
        grace = Client(tmp_path / "grace", "--server", server.url, *files)
        try:
            meet(ada, grace)
            ada.wait(painted="*")
            wait_for_screen(ada, tmp_path, lambda image: colourful(image) > 0.2 and white_in_the_middle(image) < 0.02)
            server.kill()
            ada.wait(visible="reconnecting")
            # The tiles are laid out anew after the words came.
            for width, height in ((900, 640), (1280, 800)):
                ada.do("size", width=width, height=height)
            ada.wait(visible="not-connected")
            # The card with the words: a sixth of that part of the screen.
            wait_for_screen(ada, tmp_path, lambda image: colourful(image) < 0.05 and white_in_the_middle(image) > 0.12)
        finally:
            for one in (ada, grace):
                one.stop()
