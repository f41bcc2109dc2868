"""States and levels are coalesced, calls keep their order, and everything arrives on the UI thread."""

import threading

from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication

from app.media.mailbox import Mailbox
from app.media.types import Level
from app.state.app_state import AppState
from app.state.slices.rooms import Rooms
from app.ui.bridge import Bridge
from tests.looks import faces


def in_thread(action):
    thread = threading.Thread(target=action)
    thread.start()
    thread.join()


def test_only_the_newest_state_is_shown(qtbot):
    bridge = Bridge(Mailbox(lambda: None), lambda intent: None)
    shown, threads = [], []
    bridge.state_changed.connect(
        lambda state: (shown.append(state.rooms.open), threads.append(QThread.currentThread()))
    )
    in_thread(lambda: [bridge.show_state(AppState(rooms=Rooms(open=str(number)))) for number in range(100)])
    qtbot.waitUntil(lambda: shown == ["99"])
    QApplication.processEvents()
    assert shown == ["99"]
    assert threads == [QApplication.instance().thread()]
    bridge.show_state(AppState(rooms=Rooms(open="next")))
    qtbot.waitUntil(lambda: shown == ["99", "next"])


def test_only_the_newest_levels_are_shown(qtbot):
    bridge = Bridge(Mailbox(lambda: None), lambda intent: None)
    shown = []
    bridge.levels_changed.connect(shown.append)
    in_thread(lambda: [bridge.show_levels({"": Level(-float(number), False)}) for number in range(50)])
    qtbot.waitUntil(lambda: shown == [{"": Level(-49.0, False)}])


def test_a_full_mailbox_wakes_the_window_once(qtbot):
    taken = []
    box = Mailbox(lambda: bridge.wake())
    take_all, box.take_all = box.take_all, lambda: taken.append(sorted(take_all())) or {}
    bridge = Bridge(box, lambda intent: None)
    a, b, c = ((name, "camera") for name in "abc")
    in_thread(lambda: [box.put(key, 1, faces.picture(0, 32, 18)) for key in (a, b, a)])
    qtbot.waitUntil(lambda: taken == [[(a, 1), (b, 1)]])
    in_thread(lambda: box.put(c, 1, faces.picture(0, 32, 18)))
    qtbot.waitUntil(lambda: taken == [[(a, 1), (b, 1)], [(c, 1)]])


def test_calls_from_other_threads_keep_their_order(qtbot):
    bridge = Bridge(Mailbox(lambda: None), lambda intent: None)
    done = []
    in_thread(lambda: [bridge.call_soon(lambda number=number: done.append(number)) for number in range(20)])
    qtbot.waitUntil(lambda: len(done) == 20)
    assert done == list(range(20))


def test_without_a_fetcher_files_are_refused_in_words(qtbot):
    bridge = Bridge(Mailbox(lambda: None), lambda intent: None)
    answers = []
    bridge.fetch_file("m", "meeting.webm", lambda path, words: answers.append((path, bool(words))))
    assert answers == [(None, True)]
