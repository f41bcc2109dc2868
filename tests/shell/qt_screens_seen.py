"""Looks at the screen of its display by Qt, from another thread, and prints what was there: one line of JSON."""

import json
import sys
import threading
import time

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.media.screen.types import ScreenError
from app.shell.qt_screens import QtScreens


def seen(screens):
    source = screens.sources()[0]
    grab = screens.open(source.id)
    end_s, pixels = time.monotonic() + 10, None
    while time.monotonic() < end_s and (pixels is None or pixels[200, 200, 2] < 200):
        newer = grab.picture()
        pixels = newer if newer is not None else pixels
        time.sleep(0.02)
    told = {"kind": source.kind, "size": [source.width_px, source.height_px], "place": list(grab.place())}
    told |= {"shape": list(pixels.shape), "middle": [int(one) for one in pixels[200, 200, :3]]}
    for _ in range(2):
        grab.close()
    try:
        screens.open("window:1:nothing")
    except ScreenError as error:
        told["refused"] = type(error).__name__
    return told


def main():
    app = QApplication(sys.argv)
    page = QWidget(None, Qt.WindowType.FramelessWindowHint)
    palette = page.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor("#e02020"))
    page.setPalette(palette)
    page.setGeometry(0, 0, 600, 500)
    page.show()
    screens = QtScreens()

    def look():
        try:
            print(json.dumps(seen(screens)), flush=True)
        finally:
            screens.soon(app.quit)

    thread = threading.Thread(target=look)
    thread.start()
    app.exec()
    thread.join()


main()
