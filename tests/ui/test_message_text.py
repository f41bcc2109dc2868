"""Links in messages: found exactly, shown in full, and opened only by the button that says so."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from app.ui.text import TextBlock
from app.ui.widgets.message_text import MessageText, find_links, host_of, plain_address
from tests.looks import states

FAULTS = Path(__file__).resolve().parents[1] / "data" / "faults"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://example.com/a.", ["https://example.com/a"]),
        ("(http://example.com/x_(y)), and more", ["http://example.com/x_(y)"]),
        ("two: http://a.example/1, HTTPS://b.example/2!", ["http://a.example/1", "HTTPS://b.example/2"]),
        ("javascript:alert(1) file:///etc/passwd mailto:a@b.example", []),
        ("http:// and https://.", []),
        ("https://en.wikipedia.org/wiki/A_(b)", ["https://en.wikipedia.org/wiki/A_(b)"]),
        ("https://fa.wikipedia.org/wiki/می\u200cخواهم", ["https://fa.wikipedia.org/wiki/می\u200cخواهم"]),
        ("https://example.com谢谢", ["https://example.com"]),
        ("https://例え.jp/パス、", ["https://例え.jp/パス"]),
        ("「https://example.com/a」と", ["https://example.com/a"]),
        ("https://example.com/a।", ["https://example.com/a"]),
        ("https://example.com/a\u202egpj.exe", ["https://example.com/a"]),
        ("https://example.com/a\u2069\ufeff", ["https://example.com/a"]),
        ("https://example.com/a—or not", ["https://example.com/a—or"]),
        ("שלום https://example.com/a، שלום", ["https://example.com/a"]),
        ("", []),
    ],
)
def test_only_whole_web_addresses_are_links(text, links):
    assert [text[start:end] for start, end in find_links(text)] == links


@pytest.mark.parametrize("line", (FAULTS / "b10-chat-links.txt").read_text(encoding="utf-8").splitlines())
def test_a_link_ends_where_a_reader_ends_it(line):
    (link,) = [line[start:end] for start, end in find_links(line)]
    assert link in ("https://example.com/a", "https://example.com")
    assert line[line.index(link) + len(link) :][:1] != "/"


def test_a_domain_is_the_one_that_was_written():
    assert host_of("https://faß.example/") == "xn--fa-hia.example"


def test_an_address_shows_to_whom_it_leads():
    assert host_of("https://bank.example@evil.example/x") == "evil.example"
    # A Cyrillic letter that looks like a Latin one.
    assert plain_address("https://b\u0430nk.example/").startswith("https://xn--")


def shown(qtbot, text, width=260):
    block = MessageText(text, widest_px=width)
    qtbot.addWidget(block)
    block.resize(width, block.heightForWidth(width))
    block.show()
    block.grab()
    return block


def test_a_link_is_found_under_the_mouse_after_letters_that_count_twice(qtbot):
    block = shown(qtbot, "\U0001f600\U0001f600 https://example.com/")
    middle = block.height() / 2
    seen = [block.link_at(QPointF(x, middle)) for x in range(260)]
    at = [x for x, link in enumerate(seen) if link]
    assert seen[5] == ""
    assert set(seen) == {"", "https://example.com/"}
    # It covers what its letters cover, and no more.
    assert abs(len(at) - block.fontMetrics().horizontalAdvance("https://example.com/")) <= 6


def click_link(scene):
    scene.show(states.rooms())
    block = next(one for one in scene.window.findChildren(MessageText) if one.links)
    block.grab()
    spot = next(
        QPointF(x, y) for y in range(2, block.height()) for x in range(block.width()) if block.link_at(QPointF(x, y))
    )
    scene.qtbot.mouseClick(block, Qt.MouseButton.LeftButton, pos=(spot + QPointF(2, 4)).toPoint())
    QApplication.processEvents()
    return block.links[0]


@pytest.mark.parametrize("button", ["link-open", "link-copy", "link-cancel"])
def test_a_link_is_opened_only_after_the_question(scene, monkeypatch, button):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    QApplication.clipboard().setText("before")
    link = click_link(scene)
    assert opened == []
    assert scene.find("link-address", TextBlock).text() == link
    scene.click(button)
    assert opened == ([link] if button == "link-open" else [])
    assert QApplication.clipboard().text() == (link if button == "link-copy" else "before")
    assert not scene.is_visible("link-dialog")
