"""A full-screen window of small text for the bench of sharing; steered by lines on standard input.

"scroll": three lines up each 100 ms, with the window's own clock. "stop": stands still at the next whole line. "tell":
goes on. Each is answered with the first line's number and with how many steps have been painted. Text, font and grid
are the same in each run: `cells` says what stands where.
"""

import random
import sys

LINE_PX, CELL_PX, SIZE = 15, 7, (1920, 1080)
LINES, LINES_PER_STEP, STEP_MS = 1000, 3, 100
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
COLUMNS, ROWS = SIZE[0] // CELL_PX, SIZE[1] // LINE_PX


def text():
    """Lines as long as those of a page of prose and code."""
    chance = random.Random(7)

    def line():
        if chance.random() < 0.12:
            return ""
        words = ("".join(chance.choices(LETTERS, k=chance.randint(1, 11))) for _ in range(chance.randint(4, 26)))
        return (" " * chance.choice((0, 0, 0, 4, 8)) + " ".join(words))[: COLUMNS - 20]

    return [line() for _ in range(LINES)]


def cells(first):
    """What stands on the screen when this is the first line: (row, column, letter)."""
    shown = text()[first : first + ROWS]
    return [(row, at, one) for row, line in enumerate(shown) for at, one in enumerate(line) if one != " "]


def main():
    from PySide6.QtCore import QSocketNotifier, Qt, QTimer
    from PySide6.QtGui import QColor, QFont, QImage, QPainter
    from PySide6.QtWidgets import QApplication, QWidget

    class Page(QWidget):
        first, shown, painted = 0, 0, 0

        def paintEvent(self, event):
            painter = QPainter(self)
            painter.drawImage(0, 0, paper, 0, self.first * LINE_PX, *SIZE)
            painter.end()
            self.painted += self.shown != self.first
            self.shown = self.first

        def step(self):
            self.first = (self.first + LINES_PER_STEP) % (LINES - ROWS - LINES_PER_STEP)
            self.update()

    def write():
        """All lines, once: painting letters again and again would cost as much as sharing them."""
        image = QImage(SIZE[0], (LINES + 1) * LINE_PX, QImage.Format.Format_RGB32)
        image.fill(QColor("#fcfcfa"))
        painter = QPainter(image)
        font = QFont("DejaVu Sans Mono")
        font.setPixelSize(11)
        font.setHintingPreference(QFont.HintingPreference.PreferFullHinting)
        painter.setFont(font)
        painter.setPen(QColor("#202428"))
        for row, line in enumerate(text()):
            for at, letter in enumerate(line):
                painter.drawText(at * CELL_PX, row * LINE_PX + 11, letter)
        painter.end()
        return image

    app = QApplication(sys.argv)
    paper = write()
    flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
    page = Page(None, flags | Qt.WindowType.X11BypassWindowManagerHint)
    page.setWindowTitle("Page")
    page.setGeometry(0, 0, *SIZE)
    page.show()
    timer = QTimer(interval=STEP_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(page.step)
    QTimer(page, interval=1000, timeout=page.raise_).start()

    def told():
        word = sys.stdin.readline().strip()
        if word == "scroll":
            timer.start()
        elif word == "stop":
            timer.stop()
        elif word != "tell":
            app.quit()
        print(page.first, page.painted, flush=True)

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(told)
    app.exec()


if __name__ == "__main__":
    main()
