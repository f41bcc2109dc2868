"""Fields of the schedule dialog: a time zone that can be searched for, and mail addresses as chips."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from PySide6.QtCore import QLocale, QPointF, Qt, QTime, QTimeZone, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCompleter,
    QDateEdit,
    QLineEdit,
    QSizePolicy,
    QTimeEdit,
    QToolButton,
    QWidget,
)

from app.ui.icons import icon, pixmap
from app.ui.panels.meeting_words import zone_words
from app.ui.qt import override
from app.ui.text import ElidedWords, Words
from app.ui.theme import tokens
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import Card, column, row
from app.ui.widgets.columns import Column
from app.wire.addresses import is_address, same_key, tidy
from app.wire.text import fold, one_line
from app.wire.zones import find_zone

#: As many invitees as the server takes.
MOST_INVITEES = 20
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zone_names() -> tuple[str, ...]:
    """The time zones that people live in, as "Area/City", and UTC."""
    return (*sorted(one for one in available_timezones() if one.split("/")[0] in _AREAS), "UTC")


def own_zone() -> str:
    """The IANA name of this computer's time zone; UTC where the system does not tell."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
    return "UTC" if name == "Etc/UTC" or find_zone(name) is None else name


class DateField(QDateEdit):
    """A day, typed or chosen from a calendar."""

    def __init__(self, words: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setDisplayFormat("ddd d MMM yyyy")
        self.setCalendarPopup(True)
        # Less than it asks for, so that the line of fields fits into the smallest window.
        self.setMinimumWidth(176)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        month = self.calendarWidget()
        month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        month.setFirstDayOfWeek(QLocale().firstDayOfWeek())
        for name, glyph in (("qt_calendar_prevmonth", "arrow-left"), ("qt_calendar_nextmonth", "arrow-right")):
            step = month.findChild(QToolButton, name)
            if step is not None:
                step.setIcon(icon(glyph, tokens().text, 16))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            # Weekends are red otherwise, which says "not possible" here.
            month.setWeekdayTextFormat(day, QTextCharFormat())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        y = (self.height() - 16) / 2
        painter.drawPixmap(QPointF(self.width() - 27, y), pixmap("calendar", tokens().muted, 16))
        painter.end()


class TimeField(QTimeEdit):
    """A time of day in steps of a quarter of an hour, or as it is typed."""

    def __init__(self, words: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setDisplayFormat("HH:mm")
        self.setWrapping(True)
        self.setMinimumWidth(84)
        # Where its buttons are styled, the style sheet's own padding does not reach the text.
        self.lineEdit().setTextMargins(12, 0, 0, 0)

    @override
    def stepBy(self, steps: int) -> None:
        """Minutes go by quarters, hours by one."""
        if self.currentSection() != QTimeEdit.Section.MinuteSection:
            super().stepBy(steps)
            return
        minutes = self.time().hour() * 60 + self.time().minute()
        whole = minutes // 15 * 15 + 15 * steps + (15 if steps < 0 and minutes % 15 else 0)
        self.setTime(QTime(whole // 60 % 24, whole % 60))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        x, middle = self.width() - 25, self.height() / 2
        painter.drawPixmap(QPointF(x, middle - 14), pixmap("chevron-up", tokens().muted, 14))
        painter.drawPixmap(QPointF(x, middle), pixmap("chevron-down", tokens().muted, 14))
        painter.end()


class ZoneField(QLineEdit):
    """A time zone: any part of its name finds it.

    Signals:
        zone_changed(): another known zone is in the field, or none.
    """

    zone_changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Time zone")
        self.setPlaceholderText("City or area, such as Lisbon")
        self.setMaxLength(64)
        completer = QCompleter([zone_words(one) for one in zone_names()], self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(8)
        found = completer.popup()
        if found is not None:
            found.setObjectName("qt_zone_list")
        self.setCompleter(completer)
        self.textChanged.connect(lambda _: self.zone_changed.emit())
        self.show_zone(own_zone())

    def show_zone(self, name: str) -> None:
        """Puts a zone into the field."""
        self.setText(zone_words(name))

    def zone(self) -> str:
        """The IANA name; empty where the text names no zone. A city alone will do where there is one of that name."""
        exact = one_line(self.text()).replace(" ", "_")
        text = fold(exact)
        names = {fold(one): one for one in zone_names()}
        if text in names:
            return names[text]
        cities = [one for one in zone_names() if fold(one.rsplit("/", 1)[-1]) == text]
        if len(cities) == 1:
            return cities[0]
        # What another program planned may be in a zone of an older name.
        return exact if find_zone(exact) is not None else ""


class _Line(QLineEdit):
    """The field in which an address is written; Backspace in it when empty removes the last one."""

    emptied = Signal()
    ended = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A separator ends an address, as Enter does."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.text() in (",", ";", " ") or (is_enter and self.text().strip()):
            self.ended.emit()
        elif event.key() == Qt.Key.Key_Backspace and not self.text():
            self.emptied.emit()
        else:
            super().keyPressEvent(event)


class AddressField(QWidget):
    """Mail addresses, each a chip with a button that removes it.

    Signals:
        changed(): other addresses, or other words about them.
    """

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._addresses: tuple[str, ...] = ()
        self._line = _Line()
        self._line.setObjectName(name)
        self._line.setPlaceholderText("name@example.com")
        self._line.setAccessibleName("Mail address of a person to invite; Enter adds it")
        self._line.setMaxLength(2000)
        self._line.ended.connect(self.take_text)
        self._line.editingFinished.connect(self.take_text)
        self._line.emptied.connect(self._drop_last)
        self._bad = Words("", look="bad", wraps=True)
        self._bad.setObjectName(f"{name}-words")
        self._bad.hide()
        self._chips = Column(self._make_chip, gap=4)
        self._chips.hide()
        self.setLayout(column(self._line, self._bad, self._chips, gap=4))

    @property
    def addresses(self) -> tuple[str, ...]:
        """What has been added, in order."""
        return self._addresses

    def show_addresses(self, addresses: tuple[str, ...]) -> None:
        """Other addresses."""
        self._addresses = addresses
        self._chips.show_items([(one, one) for one in addresses])
        self._chips.setVisible(bool(addresses))
        self.changed.emit()

    def take_text(self) -> bool:
        """Adds what stands in the field (several where they are parted by commas); false where that is no address."""
        words = [tidy(one) for one in self._line.text().replace(",", " ").replace(";", " ").split()]
        good = [one for one in words if is_address(one)]
        bad = [one for one in words if one and not is_address(one)]
        known = {same_key(one) for one in self._addresses}
        fresh = tuple({same_key(one): one for one in reversed(good) if same_key(one) not in known}.values())[::-1]
        room = MOST_INVITEES - len(self._addresses)
        self._line.setText(" ".join([*bad, *fresh[room:]]))
        words_now = f"This is not a mail address: {bad[0][:80]}" if bad else ""
        if len(fresh) > room:
            words_now = f"At most {MOST_INVITEES} addresses can be invited."
        self._bad.show_text(words_now)
        self.show_addresses((*self._addresses, *fresh[:room]))
        return not words_now

    def _drop_last(self) -> None:
        self.show_addresses(self._addresses[:-1])

    def _make_chip(self, address: str) -> QWidget:
        out = IconButton("x", f"Do not invite {address}", f"{self._name}-drop-{address}")
        out.clicked.connect(lambda: self.show_addresses(tuple(one for one in self._addresses if one != address)))
        line = row(ElidedWords(address), out, gap=4, margins=(12, 0, 2, 0))
        line.setStretch(0, 1)
        return Card(line, ground="raised", name=f"{self._name}-chip")
