"""Drives the window from outside, line by line, for the demo, benchmarks and tests: real buttons are clicked.

Each line is one JSON object; each is answered by one: `{"ok": true, ...}` or `{"ok": false, "words": "..."}`, in order.

    {"do": "click", "name": OBJECT_NAME}
    {"do": "type", "name": OBJECT_NAME, "text": "...", "enter": false}
                                                    (a date or a time takes the one of "2026-03-29T14:30:00")
    {"do": "choose", "name": OBJECT_NAME, "text": "..."}
    {"do": "check", "name": OBJECT_NAME, "is_on": true}
    {"do": "grab", "file": "page.png", "screen": false, "name": OBJECT_NAME}
                                                    (true: the whole screen, as its window manager shows it;
                                                    a name: that widget or window alone)
    {"do": "read", "name": OBJECT_NAME}             answers with the `text` of a label, a button or a field
    {"do": "where", "name": OBJECT_NAME}            answers where a click would hit it: a point of the desktop
                                                    (`x`, `y`) and its seen part (`left`, `top`, `width`, `height`)
    {"do": "wait", "for": {...}, "limit_s": 10}     see `Sight.unmet` for what can be waited for
    {"do": "clipboard"}                             answers with the `text` that was copied
    {"do": "report"}                                see `Sight.report`
    {"do": "size", "width": 1280, "height": 800}
    {"do": "minimise", "is_on": true}               (false: brought back)
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

from app.rehearsal.sight import Failed, Sight, is_open, parts_of, resolve
from app.ui.window import Window, page_name

_STEP_MS = 15
Command = dict[str, Any]


class Pilot(QObject):
    """Reads commands from a stream in a thread of its own and carries them out on the UI thread, one after another.

    Args:
        window: What is steered.
        commands: A text stream with one JSON object a line; its end ends the steering, not the application.
        answers: A text stream that takes the answers.
        first_paint_s: `time.monotonic()` of the window's first paint; 0 before.
        figures: How the call goes; part of each report.
    """

    _came = Signal(str)

    def __init__(
        self,
        window: Window,
        commands: TextIO,
        answers: TextIO,
        *,
        first_paint_s: Callable[[], float] = lambda: 0.0,
        figures: Callable[[], dict[str, float]] = dict,
    ) -> None:
        super().__init__(window)
        self._figures = figures
        self._window = window
        self._sight = Sight(window, first_paint_s)
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
            "minimise": self._minimise,
        }
        if kind in acts:
            at_s = time.monotonic()
            acts[kind](command)
            self._answer({"ok": True, "at_s": at_s})
        elif kind == "read":
            self._answer({"ok": True, "text": _read(_find(self._window, command["name"]))})
        elif kind == "where":
            self._answer({"ok": True, **self._sight.where(command["name"])})
        elif kind == "clipboard":
            self._answer({"ok": True, "text": QApplication.clipboard().text()})
        elif kind == "report":
            self._answer({"ok": True, **self._sight.report(), "figures": self._figures()})
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
            missing = self._sight.unmet(wanted)
        except (Failed, TypeError, AttributeError) as error:
            self._end_wait({"ok": False, "words": str(error)})
            return
        now = time.monotonic()
        if missing and now < until:
            return
        if missing:
            state = self._window.state
            shown = [f"the page is {page_name(state)}", *(one.words for one in state.toasts.shown)]
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
        action = next((one for one in parts_of(self._window, QAction, name) if is_open(one)), None)
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
        what = _find(self._window, command["name"]) if "name" in command else self._window
        pixels = self._window.screen().grabWindow(0) if command.get("screen") else what.grab()
        if not pixels.save(command["file"]):
            raise Failed(f"{command['file']} cannot be written")

    def _size(self, command: Command) -> None:
        self._window.resize(int(command["width"]), int(command["height"]))

    def _minimise(self, command: Command) -> None:
        self._window.showMinimized() if command["is_on"] else self._window.showNormal()


def _read(widget: QWidget) -> str:
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    return str(widget.text()) if hasattr(widget, "text") else widget.accessibleName()


def _find(window: Window, name: str, *kinds: type[QWidget]) -> Any:
    found = [one for one in parts_of(window, QWidget, name) if isinstance(one, kinds or QWidget)]
    seen = [one for one in found if one.isVisible()]
    if not seen:
        raise Failed(f"{name} is not {'visible' if found else 'there'}")
    return seen[-1]
