"""Notifications on Linux desktops, over D-Bus. Source: Desktop Notifications Specification 1.2.

Everything happens in threads of its own: a desktop that does not answer never holds the window up.
"""

from __future__ import annotations

import contextlib
import html
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_log = logging.getLogger(__name__)

_PATH = "/org/freedesktop/Notifications"
_NAME = "org.freedesktop.Notifications"
_LIMIT_S = 3.0
#: How many are remembered for a click that comes late.
_MAX_SHOWN = 50
DESKTOP_ENTRY = "parley"


@dataclass(frozen=True, slots=True)
class Note:
    """A notification: plain text.

    Attributes:
        title: its first line.
        words: what follows it.
        news: what `clicked` is called with when it is clicked.
    """

    title: str
    words: str
    news: str = ""


class DesktopNotes:
    """Shows notifications on the desktop of the session.

    Args to the constructor: `clicked` gets the `news` of the note that was clicked, on a thread of ours; `failed` a
    note that could not be shown, so that the caller can show it in another way.
    """

    def __init__(self, clicked: Callable[[str], None], failed: Callable[[Note], None]) -> None:
        self._clicked = clicked
        self._failed = failed
        # Notes to show, the news of those to take back, and None for the end.
        self._waiting: queue.SimpleQueue[Note | str | None] = queue.SimpleQueue()
        self._shown: dict[int, Note] = {}
        # Held from asking for a note to knowing its number: a click is never quicker than that.
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)

    def show(self, note: Note) -> None:
        """Shows a note; returns at once, from any thread."""
        if not self._thread.is_alive():
            self._thread.start()
        self._waiting.put(note)

    def take_back(self, news: str) -> None:
        """Takes the notes with these news off the desktop, if they still stand; returns at once, from any thread."""
        if self._thread.is_alive():
            self._waiting.put(news)

    def close(self) -> None:
        """Takes the notes that still stand back, and ends."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join(_LIMIT_S)

    def _run(self) -> None:
        try:
            from jeepney.io.threading import open_dbus_router

            with open_dbus_router(bus="SESSION") as router:
                self._serve(router)
            return
        except Exception as error:
            # No bus, no service, or a desktop that went away: each note takes the other way from now on.
            _log.info("the desktop takes no notifications: %s", type(error).__name__)
        while (note := self._waiting.get()) is not None:
            if isinstance(note, Note):
                self._failed(note)

    def _serve(self, router: Any) -> None:
        from jeepney import MatchRule, message_bus
        from jeepney.io.threading import Proxy

        rule = MatchRule(type="signal", interface=_NAME, path=_PATH)
        Proxy(message_bus, router, timeout=_LIMIT_S).AddMatch(rule)
        with router.filter(rule, bufsize=100) as signals:
            listener = threading.Thread(target=self._listen, args=(signals,), name="notification clicks", daemon=True)
            listener.start()
            try:
                self._show_all(router)
            finally:
                signals.put(None)
                listener.join(_LIMIT_S)

    def _show_all(self, router: Any) -> None:
        reads_markup = "body-markup" in self._call(router, "GetCapabilities", "", ())[0]
        while (note := self._waiting.get()) is not None:
            if isinstance(note, str):
                self._take_back(router, [number for number, one in list(self._shown.items()) if one.news == note])
                continue
            # Only the body may be read as markup; a name must stay a name.
            words = html.escape(note.words, quote=False) if reads_markup else note.words
            hints = {"desktop-entry": ("s", DESKTOP_ENTRY), "urgency": ("y", 1)}
            body = ("Parley", 0, DESKTOP_ENTRY, note.title, words, ["default", "Open"], hints, -1)
            try:
                with self._lock:
                    self._shown[self._call(router, "Notify", "susssasa{sv}i", body)[0]] = note
                    while len(self._shown) > _MAX_SHOWN:
                        self._shown.pop(next(iter(self._shown)))
            except Exception:
                self._failed(note)
                raise
        self._take_back(router, list(self._shown))

    def _take_back(self, router: Any, numbers: list[int]) -> None:
        for number in numbers:
            self._shown.pop(number, None)
            with contextlib.suppress(RuntimeError):  # the desktop does not know it any more
                self._call(router, "CloseNotification", "u", (number,))

    def _call(self, router: Any, method: str, signature: str, body: tuple[Any, ...]) -> Any:
        from jeepney import DBusAddress, MessageType, new_method_call

        address = DBusAddress(_PATH, bus_name=_NAME, interface=_NAME)
        message = new_method_call(address, method, signature or None, body)
        reply = router.send_and_get_reply(message, timeout=_LIMIT_S)
        if reply.header.message_type is not MessageType.method_return:
            raise RuntimeError(f"{method} was refused")
        return reply.body

    def _listen(self, signals: queue.Queue[Any]) -> None:
        from jeepney import HeaderFields

        while (message := signals.get()) is not None:
            member = message.header.fields.get(HeaderFields.member)
            if member == "ActionInvoked":
                with self._lock:
                    note = self._shown.get(message.body[0])
                if note is not None:
                    self._clicked(note.news)
            elif member == "NotificationClosed":
                with self._lock:
                    self._shown.pop(message.body[0], None)
