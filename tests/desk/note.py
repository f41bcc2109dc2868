"""A window of some other program: a page of plain text, to be shared, and to be dragged over Parley."""

import sys

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QPlainTextEdit

TITLE = "Notes of another program"

if __name__ == "__main__":
    app = QApplication(sys.argv)
    page = QPlainTextEdit("\n".join(f"{number}. Posters, cards and the letter paper." for number in range(1, 40)))
    page.setWindowTitle(TITLE)
    page.setFont(QFont("Inter", 13))
    page.resize(420, 320)
    page.move(40, 60)
    page.show()
    app.exec()
