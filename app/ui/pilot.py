"""Steers the window from outside, line by line, for the demo, the benches and tests: real buttons are clicked.

Each line is one JSON object; each is answered by one: `{"ok": true, ...}` or `{"ok": false, "words": "..."}`, in order.

    {"do": "click", "name": OBJECT_NAME}
    {"do": "type", "name": OBJECT_NAME, "text": "...", "enter": false}
                                                    (a date or a time takes the one of "2026-03-29T14:30:00")
    {"do": "choose", "name": OBJECT_NAME, "text": "..."}
    {"do": "check", "name": OBJECT_NAME, "is_on": true}
    {"do": "grab", "file": "page.png", "screen": false}
                                                    (true: the whole screen, as its window manager shows it)
    {"do": "read", "name": OBJECT_NAME}             answers with the `text` of a label, a button or a field
    {"do": "wait", "for": {...}, "limit_s": 10}     see `unmet` for what can be waited for
    {"do": "clipboard"}                             answers with the `text` that was copied
    {"do": "report"}                                see `report`
    {"do": "size", "width": 1280, "height": 800}
    {"do": "close"}                                 as the user closes it: a question may come first
    {"do": "quit"}                                  without a question

"join-newest" (of those that go on), "join-planned" (of those that have not begun but whose doors are open) and
"open-recap-newest" name the button of the newest meeting that has one.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TextIO

from PySide6.QtCore import QDateTime, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDateTimeEdit,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from app.state.app_state import AppState
from app.ui.widgets.video_tile import VideoTile
from app.ui.window import Window, page_name
from app.wire.rooms import MeetingCard

_STEP_MS = 15
Command = dict[str, Any]


class Failed(Exception):
    """A command that cannot be carried out; its text is the answer's `words`."""


class Pilot(QObject):
    """Reads commands from a stream in a thread of its own and carries them out on the UI thread, one after another.

    Args:
        window: What is steered.
        commands: A text stream with one JSON object a line; its end ends the steering, not the application.
        answers: A text stream that takes the answers.
        figures: How the call goes; part of each report.
    """

    _came = Signal(str)

    def __init__(
        self, window: Window, commands: TextIO, answers: TextIO, *, figures: Callable[[], dict[str, float]] = dict
    ) -> None:
        super().__init__(window)
        self._figures = figures
        self._window = window
        self._commands, self._answers = commands, answers
        self._queue: deque[str] = deque()
        self._wait: tuple[dict[str, Any], float, float] | None = None
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._look)
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begins to read; returns at once."""
        threading.Thread(target=self._read, name="pilot", daemon=True).start()

    def _read(self) -> None:
        for line in self._commands:
            if line.strip():
                self._came.emit(line)

    @Slot(str)
    def _take(self, line: str) -> None:
        self._queue.append(line)
        self._go_on()

    def _go_on(self) -> None:
        while self._queue and self._wait is None:
            line = self._queue.popleft()
            try:
                command = json.loads(line)
                if not isinstance(command, dict):
                    raise Failed("a command is a JSON object")
                self._carry_out(command)
            except Failed as failed:
                self._answer({"ok": False, "words": str(failed)})
            except (KeyError, TypeError, ValueError) as error:
                self._answer({"ok": False, "words": f"not understood: {type(error).__name__} {error}"})

    def _answer(self, answer: dict[str, Any]) -> None:
        self._answers.write(json.dumps(answer) + "\n")
        self._answers.flush()

    def _carry_out(self, command: Command) -> None:
        kind = command["do"]
        if kind == "wait":
            limit_s = float(command.get("limit_s", 10.0))
            now = time.monotonic()
            self._wait = (dict(command["for"]), now, now + limit_s)
            self._timer.start()
            self._look()
            return
        acts = {
            "click": self._click,
            "type": self._type,
            "choose": self._choose,
            "check": self._check,
            "grab": self._grab,
            "size": self._size,
        }
        if kind in acts:
            at_s = time.monotonic()
            acts[kind](command)
            self._answer({"ok": True, "at_s": at_s})
        elif kind == "read":
            self._answer({"ok": True, "text": _read(_find(self._window, command["name"]))})
        elif kind == "clipboard":
            self._answer({"ok": True, "text": QApplication.clipboard().text()})
        elif kind == "report":
            self._answer({"ok": True, **report(self._window), "figures": self._figures()})
        elif kind == "quit":
            self._answer({"ok": True})
            self._window.let_close()
            self._window.close()
            QApplication.quit()
        elif kind == "close":
            self._answer({"ok": True})
            self._window.close()
        else:
            raise Failed(f"there is no command {kind!r}")

    # --- waiting --------------------------------------------------------------------------------------------------
    def _look(self) -> None:
        if self._wait is None:
            return
        wanted, since, until = self._wait
        try:
            missing = unmet(self._window, wanted)
        except (Failed, TypeError) as error:
            self._end_wait({"ok": False, "words": str(error)})
            return
        now = time.monotonic()
        if missing and now < until:
            return
        if missing:
            state = self._window.state
            shown = [f"the page is {page_name(state)}", *(one.words for one in state.notices)]
            words = f"waited {now - since:.1f} s in vain for {', '.join(missing)}; {'; '.join(shown)}"
            self._end_wait({"ok": False, "words": words})
        else:
            self._end_wait({"ok": True, "waited_s": round(now - since, 3), "at_s": now})

    def _end_wait(self, answer: dict[str, Any]) -> None:
        self._timer.stop()
        self._wait = None
        self._answer(answer)
        self._go_on()

    # --- acting ---------------------------------------------------------------------------------------------------
    def _click(self, command: Command) -> None:
        name = resolve(self._window.state, command["name"])
        action = next((one for one in self._window.findChildren(QAction, name) if _is_open(one)), None)
        if action is not None:
            action.trigger()
            menu = action.parent()
            if isinstance(menu, QMenu):
                menu.close()
            return
        button = _find(self._window, name, QAbstractButton)
        if not button.isEnabled():
            raise Failed(f"{name} is not enabled")
        button.click()

    def _type(self, command: Command) -> None:
        field = _find(self._window, command["name"], QLineEdit, QPlainTextEdit, QDateTimeEdit)
        if not field.isEnabled():
            raise Failed(f"{command['name']} is not enabled")
        field.setFocus()
        if isinstance(field, QDateTimeEdit):
            field.setDateTime(QDateTime.fromString(command["text"], Qt.DateFormat.ISODate))
        elif isinstance(field, QLineEdit):
            field.selectAll()
            field.insert(command["text"])
        else:
            field.setPlainText(command["text"])
        if command.get("enter"):
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(field, QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r"))

    def _choose(self, command: Command) -> None:
        choice = _find(self._window, command["name"], QComboBox)
        texts = [choice.itemText(place) for place in range(choice.count())]
        place = next((place for place, text in enumerate(texts) if command["text"] in text), None)
        if place is None:
            raise Failed(f"{command['name']} offers no {command['text']!r}")
        choice.setCurrentIndex(place)
        choice.activated.emit(place)

    def _check(self, command: Command) -> None:
        button = _find(self._window, command["name"], QAbstractButton)
        if button.isChecked() != bool(command["is_on"]):
            button.click()

    def _grab(self, command: Command) -> None:
        pixels = self._window.screen().grabWindow(0) if command.get("screen") else self._window.grab()
        if not pixels.save(command["file"]):
            raise Failed(f"{command['file']} cannot be written")

    def _size(self, command: Command) -> None:
        self._window.resize(int(command["width"]), int(command["height"]))


def _read(widget: QWidget) -> str:
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    return str(widget.text()) if hasattr(widget, "text") else widget.accessibleName()


def _find(window: Window, name: str, *kinds: type[QWidget]) -> Any:
    found = [one for one in window.findChildren(QWidget, name) if isinstance(one, kinds or QWidget)]
    seen = [one for one in found if one.isVisible()]
    if not seen:
        raise Failed(f"{name} is not {'visible' if found else 'there'}")
    return seen[-1]


def resolve(state: AppState, name: str) -> str:
    """The object name of the newest meeting's button, for the names that ask for it; any other name as it is."""
    if name not in _NEWEST:
        return name
    cards = {room.meeting.id: room.meeting for room in state.rooms if room.meeting}
    for view in state.views.values():
        cards.update({card.id: card for card in view.recaps})
        cards.update({one.meeting.id: one.meeting for one in view.messages if one.meeting})
    fit = [card for card in cards.values() if _NEWEST[name](card)]
    if not fit:
        return name
    return f"{name.rpartition('-')[0]}-{max(fit, key=lambda card: card.started_at).id}"


_NEWEST: dict[str, Callable[[MeetingCard], bool]] = {
    "join-newest": lambda card: card.state == "ongoing",
    "join-planned": lambda card: card.state == "joinable",
    "open-recap-newest": lambda card: card.state != "ongoing" and card.recap != "none",
}


def unmet(window: Window, wanted: dict[str, Any]) -> list[str]:
    """Which of the conditions do not hold.

    Args:
        window: What is looked at.
        wanted: Any of: first_paint (true: the window has been painted); place,
            page (see `window.PAGES`), call_phase, link; visible, enabled, gone (object names);
            people (at least so many in the call); recap ("ready", "generating", ... of the open recap page);
            notices (at least so many lines at the top); news (at least so many at the badge);
            messages (at least so many in the open room); waiting (guests in the lobby); recording (true or false);
            painted (a mailbox key whose tile has shown a picture; "*" for any other person, "own" for oneself).

    Raises:
        Failed: a condition that does not exist.
    """
    missing = []
    for key, value in wanted.items():
        look = _LOOKS.get(key)
        if look is None:
            raise Failed(f"nothing can wait for {key!r}")
        if not look(window, value):
            missing.append(f"{key} = {value}")
    return missing


def _seen(window: Window, name: str) -> list[QWidget | QAction]:
    """What is on show under a name: widgets, and lines of a menu that is open."""
    name = resolve(window.state, name)
    lines = [one for one in window.findChildren(QAction, name) if _is_open(one)]
    return [*lines, *(one for one in window.findChildren(QWidget, name) if one.isVisible())]


def _is_open(action: QAction) -> bool:
    menu = action.parent()
    return isinstance(menu, QMenu) and menu.isVisible()


def _is_painted(window: Window, key: str) -> bool:
    tiles = _tiles(window)
    if key == "*":
        return any(tile.frames_painted for one, tile in tiles.items() if one)
    tile = tiles.get("" if key == "own" else key)
    return tile is not None and tile.frames_painted > 0


def _recap_of(state: AppState) -> str:
    if state.recap is None:
        return ""
    return "ready" if state.recap.recap is not None else state.recap.meeting.recap.replace("ready", "opening")


_LOOKS = {
    "first_paint": lambda window, value: bool(window.first_paint_s) == bool(value),
    "place": lambda window, value: window.state.place == value,
    "page": lambda window, value: page_name(window.state) == value,
    "call_phase": lambda window, value: window.state.call_phase == value,
    "link": lambda window, value: window.state.connection.link == value,
    "visible": lambda window, value: bool(_seen(window, value)),
    "enabled": lambda window, value: any(one.isEnabled() for one in _seen(window, value)),
    "gone": lambda window, value: not _seen(window, value),
    "people": lambda window, value: bool(window.state.call) and len(window.state.call.people) >= value,
    "recap": lambda window, value: _recap_of(window.state) == value,
    "notices": lambda window, value: len(window.state.notices) >= value,
    "news": lambda window, value: len(window.state.news) >= value,
    "messages": lambda window, value: len(window.state.view(window.state.room).messages) >= value,
    "waiting": lambda window, value: bool(window.state.call) and len(window.state.call.waiting) >= value,
    "recording": lambda window, value: (
        bool(window.state.call and window.state.call.recording_since is not None) == bool(value)
    ),
    "painted": _is_painted,
}


def _tiles(window: Window) -> dict[str, VideoTile]:
    return dict(getattr(window.page, "tiles", {}))


def report(window: Window) -> dict[str, Any]:
    """Where the window stands: phases, ids, counts and times; never a name, a message or speech.

    Returns:
        Among others `first_paint_s` (`time.monotonic()` of the window's first paint) and `tiles`: mailbox key -> frames
        (pictures painted), first_s (`time.monotonic()` of the first), first_at (the same on the wall clock), width and
        height in logical pixels; `now_s` and `now_at` for rates.
    """
    state = window.state
    call = state.call
    return {
        "first_paint_s": window.first_paint_s,
        "place": state.place,
        "page": page_name(state),
        "call_phase": state.call_phase,
        "link": state.connection.link,
        "own_id": state.own_id,
        "room": state.room,
        "rooms": [one.id for one in state.rooms],
        "messages": len(state.view(state.room).messages),
        "meeting": call.meeting.id if call else "",
        "link_to_meeting": call.meeting.link if call else "",
        "people": len(call.people) if call else 0,
        "is_host": state.is_host,
        "is_recording": bool(call and call.recording_since is not None),
        "recap": _recap_of(state),
        "asks_terms": bool(state.prejoin and state.prejoin.asks_terms),
        "notices": [one.words for one in state.notices],
        "invitation": state.view(state.room).invitation,
        "tiles": {
            key: {
                "frames": tile.frames_painted,
                "first_s": tile.first_painted_s,
                "first_at": tile.first_painted_at,
                "width": tile.width(),
                "height": tile.height(),
            }
            for key, tile in _tiles(window).items()
        },
        "now_s": time.monotonic(),
        "now_at": time.time(),
    }
