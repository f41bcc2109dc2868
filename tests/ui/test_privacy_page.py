"""The privacy page: every address that may be talked to, what is kept, and the key of the receipts."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from app.state.slices.connection import Connection
from app.ui.panels.privacy_page import address_lines
from app.wire.links import parse_server
from tests.looks import call_states, states

INDEX = "the Python package index (pypi.org and files.pythonhosted.org, unless pip is set up for another one)"
TEAM, AWAY = parse_server("https://parley.example.com"), parse_server("https://meet.example.org")


@pytest.mark.parametrize(
    ("connection", "addresses"),
    [
        (Connection(), [INDEX, "huggingface.co"]),
        (
            Connection(address="127.0.0.1:8470", server_id="s", is_embedded=True),
            ["127.0.0.1:8470 (a program on this computer)", INDEX, "huggingface.co"],
        ),
        (
            Connection(address="parley.example.com", server=TEAM, talks_to=("smtp.example.com",), server_id="s"),
            ["parley.example.com", "smtp.example.com", INDEX, "huggingface.co"],
        ),
        (
            Connection(address="parley.example.com", server=TEAM, media_by=("turn.example.com",), server_id="s"),
            ["parley.example.com", "turn.example.com", INDEX, "huggingface.co"],
        ),
        (
            Connection(address="meet.example.org", server=AWAY, home=TEAM, is_home=False, server_id="s"),
            ["meet.example.org", "parley.example.com", INDEX, "huggingface.co"],
        ),
    ],
)
def test_r68_every_address_is_listed(connection, addresses):
    lines = address_lines(connection)
    assert [address for address, _ in lines] == addresses
    assert all(what for _, what in lines)


def test_r68_the_page_shows_them_and_opens_from_the_help(scene):
    state = states.with_mail()
    scene.show(state)
    scene.window.open_help("private")
    scene.click("help-privacy")
    assert scene.find("privacy-address-0").text().startswith("parley.example.com: your server")
    assert scene.find("privacy-address-1").text().startswith("smtp.example.com: ")
    assert (
        "only when you press Download, when Parley is set up, or when whoever runs"
        in scene.find("privacy-address-2").text()
    )
    assert scene.find("privacy-address-3").text().startswith("huggingface.co: ")
    assert scene.find("receipt-key").text() == state.connection.receipt_key
    scene.click("receipt-key-copy")
    assert QApplication.clipboard().text() == state.connection.receipt_key
    scene.click("privacy-close")
    assert not scene.is_visible("privacy-page")


def test_r67_r68_r76_the_page_says_what_is_kept_how_long_and_what_never_leaves(scene):
    scene.show(states.rooms())
    scene.window.open_help()
    scene.click("help-privacy")
    words = scene.find("privacy-text").text()
    for part in (
        "six calendar months", "deletes them by itself", "Earlier deletion can be requested",
        "disk encryption of the system", "neither stored nor sent", "No voice prints", "no analytics", "Guests.",
        "keyring",
    ):  # fmt: skip
        assert part in words
    assert not scene.is_visible("privacy-key")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 560), (480, 420)])
def test_it_fits_the_window_and_can_be_closed(scene, width, height):
    scene.show(states.with_mail(), width, height)
    scene.window.open_help("private")
    scene.click("help-privacy")
    page, close = scene.find("privacy-page"), scene.find("privacy-close")
    foot = close.mapTo(page, close.rect().bottomLeft()).y()
    assert 0 < foot <= page.height()
    scroll = scene.find("privacy-scroll")
    assert scroll.mapTo(page, scroll.rect().bottomLeft()).y() <= close.mapTo(page, close.rect().topLeft()).y()
    assert page.height() <= height - 32
    assert (scene.window.width(), scene.window.height()) == (width, height)


def test_a_state_that_changes_behind_it_leaves_it_the_keys(scene):
    scene.show(call_states.call(2))
    scene.window.open_help("private")
    scene.click("help-privacy")
    scene.window.activateWindow()
    scene.find("privacy-close").setFocus()
    scene.show(replace(call_states.call(3), devices=states.Devices(states.Choices(camera_on=False))))
    assert scene.find("privacy-page").isAncestorOf(QApplication.focusWidget())
