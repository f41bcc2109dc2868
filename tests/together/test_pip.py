"""Picture-in-picture in real calls: nothing of the call is touched by it, and on a screen it lies over everything."""

import subprocess
import sys

import pytest

from app.media.types import View
from app.state import call_intents
from tests.fakes.x_display import wait_for_screen, x_display
from tests.steering import ROOT, Client, Server, meet
from tests.together import cast as people
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, has_colour
from tests.together.test_third_track import on_loop

pytestmark = pytest.mark.processes

DEMO = ROOT / "resources" / "demo"
#: A window of another program, as large as the screen, in one colour.
COVER = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
cover = QWidget()
cover.setStyleSheet("background: #0000ff")
cover.showMaximized()
cover.raise_()
app.exec()
"""


def is_covered(image):
    """Whether the other window is seen, away from the small one."""
    return image.pixelColor(200, 200).name() == "#0000ff"


def is_on_top(image):
    """Whether the other window does not lie over the small one, at the foot on the right."""
    corner = image.copy(image.width() - 340, image.height() - 230, 320, 170)
    blue = [corner.pixelColor(x, y).name() == "#0000ff" for x in range(0, 320, 8) for y in range(0, 170, 8)]
    return sum(blue) < 0.02 * len(blue)


def what_carries(client):
    """The connections, the tracks that are sent, and what is received, each as it is."""

    def look():
        peers = client.conductor.peers
        sent = [(one.mid, id(one.sender.track)) for pair in peers.connections for one in pair.getTransceivers()]
        return [id(one) for one in peers.connections], sent, id(client.conductor._call.receiver)

    return on_loop(client, look)


def test_r43_the_calls_connections_and_tracks_are_the_same_before_with_and_after_it(cast):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    people.meet(ada, grace, people.share_a_room(ada, grace))
    her_id = grace.state.me.id
    ada.wait_picture(her_id, has_colour(GRACE))
    before = what_carries(ada)
    ada.do(call_intents.TellMinimised(is_minimised=True))
    ada.wait_for(lambda state: state.call.pip.opened_by == "minimised", what="the small window")
    # What the small window asks for, in place of the tiles.
    ada.conductor.want_pictures({(her_id, "camera"): {77: View(328, 184, "cover")}})
    ada.pictures.clear()
    ada.wait_picture(her_id, lambda one: (one.width_px, one.height_px) == (328, 184) and has_colour(GRACE)(one))
    assert what_carries(ada) == before
    ada.do(call_intents.TellMinimised(is_minimised=False))
    ada.wait_for(lambda state: not state.call.pip.is_open, what="the window's return")
    assert what_carries(ada) == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")
def test_r43_minimised_the_call_lies_over_the_windows_of_other_programs(tmp_path):
    server = Server(tmp_path / "server")
    files = ("--fake-camera", DEMO / "felix.webm", "--fake-microphone", DEMO / "felix.opus", "--theme", "light")
    with x_display(tmp_path) as environment:
        ada = Client(tmp_path / "ada", "--server", server.url, *files, environment=environment)
        grace = Client(tmp_path / "grace", "--server", server.url, *files)
        cover = None
        try:
            meet(ada, grace)
            ada.wait(painted="*")
            ada.do("minimise", is_on=True)
            ada.wait(painted="pip")
            cover = subprocess.Popen([sys.executable, "-c", COVER], env=environment)
            # However long the other program takes to start and to come to the front.
            wait_for_screen(ada, tmp_path, lambda image: is_covered(image) and is_on_top(image))
            ada.click("pip-toggle-microphone", "pip-back")
            ada.wait(gone="pip")
            assert ada.do("report")["call_phase"] == "in"
            # The call ends with it open: the window is back, and nothing keeps the program.
            ada.do("minimise", is_on=True)
            # A menu that opens while the desktop still brings the window up is closed by that.
            ada.wait(painted="pip")
            ada.click("pip-leave", "pip-menu-leave")
            ada.wait(gone="pip", page="ended")
            assert ada.quit() == 0
        finally:
            if cover is not None:
                cover.terminate()
                cover.wait(10)
            for one in (ada, grace):
                one.stop()
            server.stop()
