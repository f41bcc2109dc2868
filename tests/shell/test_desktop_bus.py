"""Notifications on a D-Bus of the test's own, from the client's side to a desktop's service and back."""

import queue
import sys
import threading

import pytest

from app.shell.desktop_bus import DesktopNotes, Note
from tests.fakes.private_bus import NotificationService, private_bus

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux desktops have D-Bus"),
]


@pytest.fixture
def bus(tmp_path, monkeypatch):
    with private_bus(tmp_path) as environment:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", environment["DBUS_SESSION_BUS_ADDRESS"])
        yield environment["DBUS_SESSION_BUS_ADDRESS"]


class Desk:
    def __init__(self):
        self.clicked, self.failed = queue.Queue(), queue.Queue()
        self.notes = DesktopNotes(self.clicked.put, self.failed.put)


@pytest.fixture
def desk():
    made = Desk()
    yield made
    made.notes.close()


def test_a_note_is_shown_and_a_click_names_its_news(bus, desk):
    service = NotificationService(bus)
    try:
        desk.notes.show(Note("Recap ready", "The recap of Logo is ready.", "n1"))
        shown = service.shown.get(timeout=10)
        assert (shown["title"], shown["words"]) == ("Recap ready", "The recap of Logo is ready.")
        assert shown["actions"] == ["default", "Open"]
        assert shown["hints"]["desktop-entry"] == ("s", "parley")
        service.click(shown["number"])
        assert desk.clicked.get(timeout=10) == "n1"
        desk.notes.close()
        assert service.closed.get(timeout=10) == shown["number"]
        assert desk.failed.empty()
    finally:
        service.close()


def test_a_note_is_taken_back_once_its_news_are_seen_and_others_stay(bus, desk):
    service = NotificationService(bus)
    try:
        desk.notes.take_back("n1")
        for news in ("n1", "n2"):
            desk.notes.show(Note("Recap ready", "", news))
        first = service.shown.get(timeout=10)["number"]
        desk.notes.take_back("n1")
        desk.notes.take_back("unknown")
        assert service.closed.get(timeout=10) == first
        second = service.shown.get(timeout=10)["number"]
        service.click(second)
        assert desk.clicked.get(timeout=10) == "n2"
        assert service.closed.empty()
    finally:
        service.close()


def test_taking_back_what_the_desktop_does_not_know_any_more_harms_nothing(bus, desk):
    service = NotificationService(bus, forgets=True)
    try:
        desk.notes.show(Note("First", "", "n1"))
        service.shown.get(timeout=10)
        desk.notes.take_back("n1")
        desk.notes.show(Note("Second", "", "n2"))
        assert service.shown.get(timeout=10)["title"] == "Second"
    finally:
        service.close()


@pytest.mark.parametrize(("reads_markup", "words"), [(True, "&lt;b&gt;Ann &amp; Bo"), (False, "<b>Ann & Bo")])
def test_a_name_stays_a_name_whether_the_desktop_reads_markup_or_not(bus, desk, reads_markup, words):
    service = NotificationService(bus, reads_markup=reads_markup)
    try:
        desk.notes.show(Note("Someone waits", "<b>Ann & Bo"))
        assert service.shown.get(timeout=10)["words"] == words
    finally:
        service.close()


def test_without_a_service_the_note_comes_back_to_be_shown_in_another_way(bus, desk):
    desk.notes.show(Note("Someone waits", "Alan"))
    desk.notes.show(Note("Someone waits", "Bo"))
    assert [desk.failed.get(timeout=10).words for _ in range(2)] == ["Alan", "Bo"]


def test_without_a_bus_the_note_comes_back(desk, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    desk.notes.show(Note("Someone waits", "Alan"))
    assert desk.failed.get(timeout=10).words == "Alan"


def test_a_desktop_that_goes_away_loses_no_note(bus, desk):
    service = NotificationService(bus)
    desk.notes.show(Note("First", "1"))
    service.shown.get(timeout=10)
    service.close()
    desk.notes.show(Note("Second", "2"))
    assert desk.failed.get(timeout=10).words == "2"


def test_closing_ends_the_thread_and_waits_for_nothing(bus, desk):
    service = NotificationService(bus)
    try:
        desk.notes.show(Note("Recap ready", "", "n1"))
        service.shown.get(timeout=10)
        desk.notes.close()
        assert not any(one.name == "notifications" for one in threading.enumerate())
    finally:
        service.close()
