"""Menus are round on a real X screen without a compositor, and what Qt opens by itself is plainly square."""

import subprocess
import sys

import pytest
from PySide6.QtGui import QColor, QImage

from tests.fakes.x_display import x_display
from tests.steering import ROOT

pytestmark = [pytest.mark.processes, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")]

#: A red window, and over it a menu; then a picture of the screen, and where the menu lies.
SCENE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from app.ui.theme import theme
from app.ui.widgets.menu import Menu, add_action
app = QApplication([])
theme.apply("light")
window = QWidget()
window.setStyleSheet("QWidget#red { background: #ff0000; }")
window.setObjectName("red")
window.resize(600, 400)
window.show()
menu = Menu(window, "a-menu")
add_action(menu, "check", "One line", lambda: None, name="one")
def look():
    seen = window.screen().grabWindow(0).toImage()
    if menu.isHidden() and seen.pixelColor(window.mapToGlobal(window.rect().center())).name() == "#ff0000":
        menu.popup(window.mapToGlobal(window.rect().center()))
    place = menu.geometry()
    if menu.isVisible() and seen.pixelColor(place.center().x(), place.y() + 4).name() == "#ffffff":
        seen.save(sys.argv[1])
        print(place.x(), place.y(), place.width(), place.height(), flush=True)
        app.quit()
timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
app.exec()
"""


def test_the_corners_of_a_menu_show_what_lies_behind_it(tmp_path):
    file = tmp_path / "screen.png"
    with x_display(tmp_path, (800, 600)) as environment:
        told = subprocess.run(
            [sys.executable, "-c", SCENE, file], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
    assert told.returncode == 0, told.stderr
    left, top, width, height = map(int, told.stdout.split())
    screen = QImage(str(file))
    corners = [(x, y) for x in (left, left + width - 1) for y in (top, top + height - 1)]
    assert [screen.pixelColor(x, y) for x, y in corners] == [QColor("#ff0000")] * 4
    assert screen.pixelColor(left + width // 2, top + 4) == QColor("#ffffff")
