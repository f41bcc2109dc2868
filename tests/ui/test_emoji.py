"""Emoji are shown on a machine without a font for them, and are found by their names."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListView

from app.ui.emoji import emoji, find_emoji, load_emoji_font
from app.ui.theme import face
from app.ui.widgets.emoji_picker import EmojiPicker


def drawn(text):
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.setFont(face(34))
    painter.drawText(8, 44, text)
    painter.end()
    return image


def is_coloured(image):
    points = [image.pixelColor(x, y) for x in range(0, 60, 2) for y in range(0, 60, 2)]
    return any(max(one.red(), one.green(), one.blue()) - min(one.red(), one.green(), one.blue()) > 60 for one in points)


def test_r42_each_emoji_of_the_picker_is_seen_and_most_in_colour(scene):
    load_emoji_font()
    nothing = [drawn(one) for one in ("", "\U0010fffd", "\ue123")]
    shown = {one.name: drawn(one.text) for one in emoji()}
    assert [name for name, image in shown.items() if image in nothing] == []
    assert sum(is_coloured(one) for one in shown.values()) > 0.9 * len(shown)
    assert not is_coloured(drawn("m"))


def test_r42_emoji_are_found_by_name_and_by_what_they_mean():
    assert len({one.text for one in emoji()}) == len(emoji()) >= 60
    assert find_emoji("") == emoji()
    assert [one.text for one in find_emoji("thumbs")] == ["👍", "👎"]
    assert find_emoji("thank")[0].text == "🙏"
    assert [one.text for one in find_emoji("🚀")] == ["🚀"]
    assert find_emoji("party")[0].text in ("🥳", "🎉")
    assert find_emoji("nothing like that") == ()


def test_the_arrows_go_through_the_rows_and_back_to_the_search(qtbot):
    picker = EmojiPicker("some")
    qtbot.addWidget(picker)
    picker.resize(330, 226)
    picker.show()
    picker.begin()
    grid, search = picker.findChild(QListView), picker.findChild(QLineEdit)
    QTest.keyClick(search, Qt.Key.Key_Down)
    for _ in range(5):
        QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.visualRect(grid.currentIndex()).intersects(grid.viewport().rect())
    below = grid.currentIndex().row()
    assert below >= 5
    for _ in range(5):
        QTest.keyClick(grid, Qt.Key.Key_Up)
    assert grid.currentIndex().row() == 0
    QTest.keyClick(grid, Qt.Key.Key_Up)
    assert picker.focusWidget() is search
