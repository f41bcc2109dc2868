"""The calendar button's dialog: when, how long, how often, with whom, and by which service."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, Qt, QTime
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.state.app_state import AppState
from app.state.intents import ClosePlan, SendPlan
from app.state.slices.schedule import PlanView
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import line_field
from app.ui.panels.meeting_words import REPEATS, when_words
from app.ui.panels.provider_menu import is_web_address
from app.ui.panels.schedule_fields import AddressField, DateField, TimeField, ZoneField
from app.ui.text import Words, length_words
from app.ui.widgets.buttons import Button, Choice
from app.ui.widgets.cards import Card, Spinner, column, row
from app.ui.widgets.columns import Roll
from app.ui.widgets.frame import frame_of
from app.ui.widgets.scrim import Scrim
from app.wire.schedule import Plan
from app.wire.zones import find_zone

_LENGTHS_MIN = (15, 30, 45, 60, 90, 120, 180, 240)
#: The server takes plans this far ahead.
_MOST_DAYS = 730
_ELSEWHERE = (
    "Held by another service: it has no Join button, no lobby and no recap in Parley. People see the address and open "
    "it in their browser."
)


def _labelled(words: str, *fields: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(column(Words(words, look="label"), *fields, gap=5))
    return holder


class ScheduleDialog(Scrim):
    """Plans a meeting or changes one that is planned; what is filled in stays until the server has accepted it.

    Args:
        parent: The window.
        bridge: Takes the intents.
    """

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        self._bridge = bridge
        self._view: PlanView | None = None
        self._key = secrets.token_hex(8)
        self._is_filled = self._is_ready = False
        self._heading = Words("Schedule a meeting", look="heading")
        self._heading.setObjectName("schedule-heading")
        self._spinner = Spinner()
        self._form = QWidget()
        self._form.setLayout(self._make_form())
        how = Button("How scheduling works", "schedule-help", kind="link")
        how.clicked.connect(lambda: frame_of(self).open_help("schedule"))
        head = row(self._heading, None, how)
        inside = QWidget()
        inside.setLayout(column(head, self._spinner, self._form, gap=10, margins=(24, 20, 20, 6)))
        self._roll = Roll(inside, width_px=540)
        self._bad = Words("", look="bad", wraps=True)
        self._bad.setObjectName("schedule-words")
        self._ok = Button("Schedule", "schedule-ok", kind="primary")
        self._ok.clicked.connect(self._send)
        cancel = Button("Cancel", "schedule-cancel", kind="quiet")
        cancel.clicked.connect(self._leave)
        foot = column(self._bad, row(None, cancel, self._ok), gap=8, margins=(24, 4, 24, 18))
        super().__init__(parent, Card(column(self._roll, foot, gap=2), name="schedule-dialog"), width_px=540)
        self.dismissed.connect(self._leave)
        self._is_ready = True
        self._begin()

    # --- building ---------------------------------------------------------------------------------------------------
    def _make_form(self) -> QVBoxLayout:
        self._provider = Choice("Where it is held", "schedule-provider")
        self._provider.activated.connect(lambda _: self._renew())
        self._why = Words("", look="small", wraps=True)
        self._why.setObjectName("schedule-why")
        self._why_help = Button("Why is that?", "schedule-why-help", kind="link")
        self._why_help.clicked.connect(lambda: frame_of(self).open_help("access"))
        self._url = line_field("https://", "schedule-url", most=2000)
        self._url.setAccessibleName("Address of the meeting")
        self._url_part = _labelled("Address of the meeting", self._url, Words(_ELSEWHERE, look="small", wraps=True))
        self._title = line_field("What it is about", "schedule-title", most=50)
        self._title.setAccessibleName("Title")
        self._invitees = AddressField("schedule-invitees")
        self._invitees.changed.connect(self._refit)
        why = row(self._why, self._why_help)
        why.setStretch(0, 1)
        box = column(
            _labelled("Title", self._title), _labelled("Where it is held", self._provider), why, self._url_part,
            *self._make_when(),
            _labelled("Also invite, by mail", self._invitees,
                      Words("Everyone in the room is invited anyway.", look="small", wraps=True)), gap=10,
        )  # fmt: skip
        return box

    def _make_when(self) -> list[QWidget]:
        today = QDate.currentDate()
        self._date, self._until = DateField("Date", "schedule-date"), DateField("Last day", "schedule-until")
        for field in (self._date, self._until):
            field.setDateRange(today, today.addDays(_MOST_DAYS))
        self._time = TimeField("Time", "schedule-time")
        self._length = Choice("Length", "schedule-length")
        self._length.setMinimumContentsLength(6)
        self._zone = ZoneField("schedule-zone")
        self._repeats = Choice("Repeats", "schedule-repeats")
        self._repeats.show_items([(words, value) for value, words in REPEATS.items()], "never")
        self._repeats.activated.connect(lambda _: self._renew())
        self._until_part = _labelled("Last day", self._until)
        self._clock = Words("", look="small", wraps=True)
        self._clock.setObjectName("schedule-clock")
        self._date.dateChanged.connect(lambda _: self._renew())
        self._time.timeChanged.connect(lambda _: self._renew())
        self._zone.zone_changed.connect(self._renew)
        lines = []
        for parts in (
            (_labelled("Date", self._date), _labelled("Time", self._time), _labelled("Length", self._length)),
            (_labelled("Time zone", self._zone),),
            (_labelled("Repeats", self._repeats), self._until_part),
        ):
            holder = QWidget()
            holder.setLayout(row(*parts, gap=8))
            lines.append(holder)
        return [lines[0], lines[1], self._clock, lines[2]]

    def _begin(self) -> None:
        """Proposes the next full hour."""
        soon = (datetime.now() + timedelta(minutes=75)).replace(minute=0, second=0, microsecond=0)
        self._show_when(soon, 30)
        self._until.setDate(QDate(soon.year, soon.month, soon.day).addMonths(3))
        self._renew()
        self._title.setFocus()

    def _show_when(self, starts: datetime, length_min: int) -> None:
        self._date.setMinimumDate(min(QDate.currentDate(), QDate(starts.year, starts.month, starts.day)))
        self._date.setDate(QDate(starts.year, starts.month, starts.day))
        self._time.setTime(QTime(starts.hour, starts.minute))
        lengths = sorted({*_LENGTHS_MIN, length_min})
        self._length.show_items([(length_words(one * 60), str(one)) for one in lengths], str(length_min))

    # --- showing ----------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """How far the plan is: being fetched, filled in, being sent, refused."""
        view = state.plan
        if view is None:
            return
        self._view = view
        if view.meeting and view.plan is not None and not self._is_filled:
            self._fill(view.plan)
        waits = bool(view.meeting) and view.plan is None
        self._spinner.setVisible(waits and not view.words)
        self._form.setVisible(not waits)
        self._heading.setText("Change the meeting" if view.meeting else "Schedule a meeting")
        self._show_providers(state.why_not_start(view.room), state.access.offers_external)
        words = "Save the changes" if view.meeting else "Schedule"
        self._ok.say("Please wait…" if view.is_sending else words)
        self._ok.setEnabled(not view.is_sending and not waits and self._provider.count() > 0)
        self._bad.show_text(view.words)
        self._renew()

    def _show_providers(self, why: str, offers_external: bool) -> None:
        chosen = self._provider.currentData() or ("external" if why else "parley")
        items = [("Another service (a link)", "external")] if offers_external else []
        if not why:
            items.insert(0, ("Parley video meeting", "parley"))
        self._provider.show_items(items, chosen)
        self._why.show_text(why)
        self._why_help.setVisible(bool(why))

    def _fill(self, plan: Plan) -> None:
        self._is_filled = True
        self._title.setText(plan.title)
        self._provider.show_items(
            [("Parley video meeting", "parley"), ("Another service (a link)", "external")], plan.provider
        )
        self._url.setText(plan.url or "")
        self._zone.show_zone(plan.time_zone)
        self._show_when(datetime.fromisoformat(plan.starts), plan.length_min)
        self._repeats.setCurrentIndex(max(0, self._repeats.findData(plan.repeats)))
        if plan.until:
            self._until.setDate(QDate.fromString(plan.until, Qt.DateFormat.ISODate))
        self._invitees.show_addresses(plan.invitees)

    def _renew(self) -> None:
        """What depends on other fields."""
        if not self._is_ready:
            return
        self._url_part.setVisible(self._provider.currentData() == "external")
        self._until_part.setVisible(self._repeats.currentData() != "never")
        self._clock.show_text(self._clock_words())
        self._refit()

    def _clock_words(self) -> str:
        """The same time on this computer's clock, where the zone is another; and an hour that is left out."""
        zone = find_zone(self._zone.zone())
        if zone is None:
            return "There is no time zone of that name."
        wall = self._starts()
        at = wall.replace(tzinfo=zone).timestamp()
        real = datetime.fromtimestamp(at, zone)
        words = ""
        if real.replace(tzinfo=None) != wall:
            words = f"The clocks go forward then: there it begins at {real:%H:%M}. "
        here = datetime.fromtimestamp(at).astimezone()
        if here.utcoffset() != real.utcoffset():
            words += f"On your clock: {when_words(at, datetime.now().timestamp())}."
        return words.strip()

    def _refit(self) -> None:
        if self._is_ready:
            self._roll.updateGeometry()
            self.refit()

    # --- wanting ----------------------------------------------------------------------------------------------------
    def _starts(self) -> datetime:
        day, time = self._date.date(), self._time.time()
        return datetime(day.year(), day.month(), day.day(), time.hour(), time.minute())

    def _fault(self) -> tuple[str, QWidget] | None:
        """What is not right yet, in words, and the field of it."""
        if not self._title.text().strip():
            return "Please give the meeting a title.", self._title
        if self._provider.currentData() == "external" and not is_web_address(self._url.text().strip()):
            return "Please paste the whole address of the meeting; it begins with https://.", self._url
        zone = find_zone(self._zone.zone())
        if zone is None:
            return "Please choose a time zone from the list.", self._zone
        if self._starts().replace(tzinfo=zone).timestamp() < datetime.now().timestamp():
            return "That time has passed. Please choose a later one.", self._date
        if self._repeats.currentData() != "never" and self._until.date() < self._date.date():
            return "The last day is before the first one.", self._until
        if not self._invitees.take_text():
            return "Please check the mail addresses.", self._invitees
        return None

    def plan(self) -> Plan:
        """What is filled in."""
        repeats = self._repeats.currentData()
        is_external = self._provider.currentData() == "external"
        until = self._until.date()
        return Plan(
            title=self._title.text().strip(), starts=f"{self._starts():%Y-%m-%dT%H:%M}", time_zone=self._zone.zone(),
            length_min=int(self._length.currentData()), repeats=repeats,
            until=None if repeats == "never" else date(until.year(), until.month(), until.day()).isoformat(),
            invitees=self._invitees.addresses, provider="external" if is_external else "parley",
            url=self._url.text().strip() if is_external else None,
        )  # fmt: skip

    def _send(self) -> None:
        fault = self._fault()
        if fault is not None:
            words, field = fault
            self._bad.show_text(words)
            self._refit()
            field.setFocus()
            self._roll.ensureWidgetVisible(field)
            return
        self._bad.show_text("")
        self._bridge.do(SendPlan(plan=self.plan(), key=self._key))

    def _leave(self) -> None:
        self._bridge.do(ClosePlan())
