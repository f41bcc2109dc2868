"""The schedule dialog on real widgets, and the calendar file."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt, QTime
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QLineEdit

from app.state import intents
from app.state.slices.schedule import OfferedFile, PlanView
from app.ui.panels.meeting_words import other_clock_words, state_words, wait_words, when_words
from app.ui.panels.schedule_fields import own_zone, zone_names
from app.wire.schedule import Plan
from tests.fakes.story import CARD, change
from tests.looks import room_states, states

DAY = QDate.currentDate().addDays(10)


@pytest.fixture
def in_berlin(monkeypatch):
    """This computer's clock is that of Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def fill(scene, **fields):
    """Writes into the dialog's fields by their names."""
    for name, value in {"title": "Review", "date": DAY, "time": QTime(10, 30), **fields}.items():
        field = scene.find(f"schedule-{name}")
        if isinstance(value, QDate):
            field.setDate(value)
        elif isinstance(value, QTime):
            field.setTime(value)
        elif isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(value))
            field.activated.emit(field.currentIndex())
        else:
            field.setText(value)
    QApplication.processEvents()


def items(scene, name):
    field = scene.find(name, QComboBox)
    return [field.itemData(place) for place in range(field.count())]


def words(scene):
    return scene.find("schedule-words", QLabel).text()


# --- what is offered --------------------------------------------------------------------------------------------------
def test_r33_the_calendar_button_opens_the_dialog_and_ours_is_in_its_dropdown(scene):
    scene.show(states.rooms()).click("calendar-button")
    assert scene.take() == [intents.OpenPlan(room="r1")]
    scene.show(room_states.planning())
    assert items(scene, "schedule-provider") == ["parley", "external"]
    assert scene.find("schedule-provider", QComboBox).currentData() == "parley"
    assert not scene.is_visible("schedule-why")


def test_r33_with_the_gate_off_only_the_other_is_there_and_the_dialog_says_why(scene):
    scene.show(room_states.gated(plan=PlanView(room="r1")))
    assert items(scene, "schedule-provider") == ["external"]
    assert scene.find("schedule-why", QLabel).text() == room_states.gated().access.words
    scene.click("schedule-why-help")
    assert scene.find("help-access").isChecked()


def test_r33_the_gate_may_change_while_the_dialog_is_open(scene):
    scene.show(room_states.planning())
    fill(scene)
    state = room_states.planning()
    scene.show(states.replace(state, access=room_states.gated().access))
    assert items(scene, "schedule-provider") == ["external"]
    assert scene.find("schedule-title", QLineEdit).text() == "Review"
    scene.show(state)
    assert items(scene, "schedule-provider") == ["parley", "external"]


def test_r35_the_dialog_leads_to_the_help_on_scheduling(scene):
    scene.show(room_states.planning()).click("schedule-help")
    assert scene.find("help-schedule").isChecked()


# --- planning ---------------------------------------------------------------------------------------------------------
def test_r34_a_plan_has_title_start_length_zone_repeats_and_invitees(scene):
    scene.show(room_states.planning())
    fill(scene, zone="Europe/Lisbon", length="45", repeats="weekly", until=DAY.addDays(30))
    field = scene.find("schedule-invitees", QLineEdit)
    scene.qtbot.keyClicks(field, "amara@example.com,jo@example.com ")
    assert scene.take() == []
    scene.click("schedule-ok")
    (wanted,) = scene.take()
    assert wanted.plan == Plan(
        title="Review",
        starts=f"{DAY.toString(Qt.DateFormat.ISODate)}T10:30",
        time_zone="Europe/Lisbon",
        length_min=45,
        repeats="weekly",
        until=DAY.addDays(30).toString(Qt.DateFormat.ISODate),
        invitees=("amara@example.com", "jo@example.com"),
    )
    assert wanted.key
    scene.click("schedule-ok")
    assert scene.take()[0].key == wanted.key


def test_r34_without_choices_it_is_held_once_in_the_systems_zone(scene):
    scene.show(room_states.planning())
    fill(scene)
    scene.click("schedule-ok")
    (wanted,) = scene.take()
    assert (wanted.plan.repeats, wanted.plan.until, wanted.plan.length_min) == ("never", None, 30)
    assert (wanted.plan.time_zone, wanted.plan.provider, wanted.plan.url) == (own_zone(), "parley", None)


def test_r34_a_meeting_elsewhere_needs_its_address(scene):
    scene.show(room_states.planning())
    fill(scene, provider="external", url="somewhere")
    assert scene.is_visible("schedule-url")
    scene.click("schedule-ok")
    assert scene.take() == []
    assert "https://" in words(scene)
    fill(scene, url=room_states.FOREIGN)
    scene.click("schedule-ok")
    (wanted,) = scene.take()
    assert (wanted.plan.provider, wanted.plan.url) == ("external", room_states.FOREIGN)


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"title": "  "}, "title"),
        ({"zone": "Atlantis"}, "time zone"),
        ({"date": QDate.currentDate(), "time": QTime(0, 0), "zone": "Pacific/Kiritimati"}, "passed"),
        ({"repeats": "daily", "until": QDate.currentDate()}, "before the first"),
        ({"invitees": "no address"}, "mail addresses"),
    ],
)
def test_r34_what_is_not_right_is_said_and_nothing_is_sent_or_lost(scene, fields, part):
    scene.show(room_states.planning())
    fill(scene, **fields)
    scene.click("schedule-ok")
    assert scene.take() == []
    assert part in words(scene)
    for name, value in fields.items():
        if name == "title":
            assert scene.find("schedule-title", QLineEdit).text() == value


def test_r34_a_refusal_is_told_and_loses_nothing(scene):
    scene.show(room_states.planning())
    fill(scene, zone="Europe/Lisbon", repeats="monthly")
    scene.click("schedule-ok")
    before = scene.take()[0].plan
    scene.show(room_states.planning(is_sending=True))
    assert not scene.find("schedule-ok").isEnabled()
    scene.show(room_states.planning(words="The meeting would begin more than two years ahead."))
    assert "two years" in words(scene)
    scene.click("schedule-ok")
    assert scene.take()[0].plan == before


def test_the_dialog_closes_when_the_state_has_no_plan_any_more_and_esc_asks_for_that(scene):
    scene.show(room_states.planning())
    scene.qtbot.keyClick(scene.find("schedule-title"), Qt.Key.Key_Escape)
    assert scene.take() == [intents.ClosePlan()]
    assert scene.is_visible("schedule-dialog")
    scene.show(states.rooms())
    assert not scene.is_visible("schedule-dialog")


# --- changing ---------------------------------------------------------------------------------------------------------
def test_r34_a_plan_is_fetched_shown_and_changed(scene):
    scene.show(room_states.planning(meeting="m20"))
    assert not scene.is_visible("schedule-title")
    assert not scene.find("schedule-ok").isEnabled()
    scene.show(room_states.replanning())
    assert scene.find("schedule-heading", QLabel).text() == "Change the meeting"
    assert scene.find("schedule-zone", QLineEdit).text() == "America/New York"
    scene.click("schedule-ok")
    assert scene.take()[0].plan == room_states.PLAN
    scene.find("schedule-title", QLineEdit).setText("Monthly review")
    # The plan that the state still holds does not overwrite what is typed.
    scene.show(room_states.replanning(words="Somebody else changed it."))
    scene.click("schedule-ok")
    assert scene.take()[0].plan.title == "Monthly review"


def test_a_plan_that_could_not_be_fetched_is_not_overwritten_by_an_empty_one(scene):
    scene.show(room_states.planning(meeting="m20", words="There is no connection to the server."))
    assert "no connection" in words(scene)
    assert not scene.is_visible("schedule-title")
    assert not scene.find("schedule-ok").isEnabled()


# --- fields -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "zone"),
    [("lisbon", "Europe/Lisbon"), ("New York", "America/New_York"), ("europe/berlin", "Europe/Berlin"), ("utc", "UTC")],
)
def test_r34_a_zone_is_found_by_its_city(scene, text, zone):
    scene.show(room_states.planning())
    fill(scene, zone=text)
    scene.click("schedule-ok")
    assert scene.take()[0].plan.time_zone == zone


def test_the_list_of_zones_is_searched_by_any_part(scene):
    assert len(zone_names()) > 300
    scene.show(room_states.planning())
    completer = scene.find("schedule-zone", QLineEdit).completer()
    completer.setCompletionPrefix("lisb")
    assert completer.completionCount() == 1
    assert completer.currentCompletion() == "Europe/Lisbon"


def test_r34_both_clocks_are_shown_where_the_zones_differ(scene, in_berlin):
    scene.show(room_states.planning())
    fill(scene, date=QDate(2027, 3, 24), zone="Europe/Lisbon")
    assert "11:30" in scene.find("schedule-clock", QLabel).text()
    fill(scene, zone="Europe/Paris")
    assert not scene.is_visible("schedule-clock")
    fill(scene, zone="Nowhere")
    assert "no time zone" in scene.find("schedule-clock", QLabel).text()


def test_r34_an_hour_that_the_clocks_leave_out_is_said(scene, in_berlin):
    scene.show(room_states.planning())
    fill(scene, date=QDate(2027, 3, 28), time=QTime(1, 30), zone="Europe/Lisbon")
    assert "The clocks go forward then: there it begins at 02:30" in scene.find("schedule-clock", QLabel).text()


def test_addresses_become_chips_and_go_again(scene):
    scene.show(room_states.planning())
    field = scene.find("schedule-invitees", QLineEdit)
    field.setText("a@b.de; bad, A@B.DE c@d.fr")
    scene.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "bad"
    assert "bad" in scene.find("schedule-invitees-words", QLabel).text()
    field.clear()
    scene.click("schedule-invitees-drop-a@b.de")
    fill(scene)
    scene.click("schedule-ok")
    assert scene.take()[0].plan.invitees == ("c@d.fr",)
    QApplication.sendEvent(field, QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Backspace, Qt.KeyboardModifier(0)))
    scene.click("schedule-ok")
    assert scene.take()[0].plan.invitees == ()


def test_no_more_than_twenty_are_invited(scene):
    scene.show(room_states.planning())
    field = scene.find("schedule-invitees", QLineEdit)
    field.setText(" ".join(f"p{number}@example.com" for number in range(22)))
    fill(scene)
    scene.click("schedule-ok")
    assert scene.take() == []
    assert field.text() == "p20@example.com p21@example.com"
    field.clear()
    scene.click("schedule-ok")
    assert len(scene.take()[0].plan.invitees) == 20


def test_minutes_step_by_quarters(scene):
    scene.show(room_states.planning())
    field = scene.find("schedule-time")
    for start, steps, end in ((QTime(10, 0), 1, QTime(10, 15)), (QTime(10, 5), 1, QTime(10, 15)),
                              (QTime(10, 5), -1, QTime(10, 0)), (QTime(23, 45), 1, QTime(0, 0))):  # fmt: skip
        field.setTime(start)
        field.setCurrentSection(field.Section.MinuteSection)
        field.stepBy(steps)
        assert field.time() == end


# --- words ------------------------------------------------------------------------------------------------------------
NOON = datetime(2026, 11, 22, 12, 0)


@pytest.mark.parametrize(
    ("ahead", "when", "wait"),
    [
        (timedelta(minutes=5), "today 12:05", "in 5 minutes"),
        (timedelta(seconds=30), "today 12:00", "in 1 minute"),
        (timedelta(hours=3), "today 15:00", "in 3 hours"),
        (timedelta(hours=22), "tomorrow 10:00", "in 22 hours"),
        (timedelta(days=2), "Tuesday, 24 November, 12:00", "in 2 days"),
        (timedelta(days=60), "Thursday, 21 January 2027, 12:00", ""),
        (timedelta(minutes=-5), "today 11:55", ""),
    ],
)
def test_a_time_to_come_is_told_as_one_says_it(ahead, when, wait):
    at, now = (NOON + ahead).timestamp(), NOON.timestamp()
    assert when_words(at, now) == when
    assert wait_words(at, now) == wait


def test_the_other_clock_names_its_day_where_that_is_another(in_berlin):
    at = datetime(2026, 11, 24, 22, 0).astimezone().timestamp()
    assert other_clock_words(at, "Asia/Tokyo") == "06:00 on 25 November 2026 in Asia/Tokyo"
    assert other_clock_words(at, "America/New_York") == "16:00 in America/New York"
    assert other_clock_words(at, "Europe/Paris") == ""
    assert other_clock_words(at, "No/Zone") == ""
    assert other_clock_words(at, "") == ""


# --- the file ---------------------------------------------------------------------------------------------------------
def offered(name="weekly-review.ics"):
    file = OfferedFile(number=3, name=name, text="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    return states.replace(states.rooms(), file=file)


def save_dialog(scene):
    return next(one for one in scene.window.findChildren(QFileDialog) if one.isVisible())


def test_r34_the_calendar_file_is_saved_where_one_says(scene, tmp_path):
    scene.show(offered())
    scene.show(offered())
    assert len([one for one in scene.window.findChildren(QFileDialog) if one.isVisible()]) == 1
    dialog = save_dialog(scene)
    dialog.findChild(QLineEdit, "fileNameEdit").setText(str(tmp_path / "mine.ics"))
    dialog.accept()
    assert (tmp_path / "mine.ics").read_bytes() == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    assert scene.take() == [intents.PutFileAway(number=3)]


@pytest.mark.parametrize(
    "name", ["run.bat", "x.desktop", "x." + "y" * 300, "x.\u202esci.exe", "con .txt", "", "..", "aux.ics"]
)
def test_a_servers_name_for_the_file_makes_it_nothing_but_a_calendar(scene, name):
    scene.show(offered(name))
    (chosen,) = save_dialog(scene).selectedFiles()
    assert chosen.endswith(".ics")
    assert Path(chosen).name.isprintable()
    assert Path(chosen).name.split(".")[0].strip().lower() not in ("con", "aux")
    assert save_dialog(scene).defaultSuffix() == "ics"


@pytest.mark.parametrize("name", ["../../etc/cron.d/x.ics", "C:\\windows\\x.ics", ".x.ics"])
def test_a_servers_name_for_the_file_leads_nowhere(scene, name):
    scene.show(offered(name))
    dialog = save_dialog(scene)
    assert dialog.selectedFiles()[0].rsplit("/", 1)[-1] == "x.ics"
    assert "cron" not in dialog.selectedFiles()[0]
    dialog.reject()
    assert scene.take() == [intents.PutFileAway(number=3)]


@pytest.mark.parametrize(("name", "shown"), [("x." + "i" * 4000, f"x.{'i' * 194}.ics"), ("x.\u202esci", "x.sci.ics")])
def test_a_servers_name_of_any_length_is_shown_as_one(scene, name, shown):
    scene.show(offered(name))
    dialog = save_dialog(scene)
    assert dialog.selectedFiles()[0].rsplit("/", 1)[-1] == shown
    dialog.reject()


def test_a_file_that_cannot_be_written_is_offered_again(scene, tmp_path):
    scene.show(offered())
    save_dialog(scene).fileSelected.emit(str(tmp_path / "no" / "x.ics"))
    assert scene.is_visible("not-saved-dialog")
    save_dialog(scene).reject()
    scene.click("not-saved-ok")
    assert save_dialog(scene).isVisible()
    save_dialog(scene).reject()


@pytest.mark.parametrize(("began_at", "words"), [(400.0, "lasted 10 minutes"), (1000.0, "nobody came")])
def test_a_card_says_how_long_a_meeting_lasted_from_the_first_who_came(began_at, words):
    assert state_words(change(CARD, state="ended", started_at=began_at, ended_at=1000.0)).endswith(words)
