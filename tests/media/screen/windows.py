"""Windows of one colour on an X display, steered by lines on standard input: another process, as programs are."""

import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget


class Plain(QWidget):
    def __init__(self, title, colour, place):
        super().__init__()
        self.setWindowTitle(title)
        self.setAutoFillBackground(True)
        self.paint(colour)
        self.setGeometry(*place)
        self.show()

    def paint(self, colour):
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(colour))
        self.setPalette(palette)


def main():
    app = QApplication(sys.argv)
    windows = {}

    def obey():
        words = sys.stdin.readline().split()
        if not words:
            app.quit()
        elif words[0] == "open":
            windows[words[1]] = Plain(words[1], words[2], [int(one) for one in words[3:]])
        elif words[0] == "paint":
            windows[words[1]].paint(words[2])
        elif words[0] == "close":
            windows.pop(words[1]).close()
        elif words[0] == "minimise":
            windows[words[1]].showMinimized()
        elif words[0] == "restore":
            windows[words[1]].showNormal()
        print("done", flush=True)

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(obey)
    app.exec()


main()
