"""Remote words are shown as they are, never read as markup; times are told in words."""

from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel

from app.state.slices.toasts import Toast, Toasts
from app.ui import text
from app.ui.widgets.buttons import Button
from tests.looks import call_states, recap_states, states

EVIL = "<img src='file:///etc/passwd'><b>x</b> A&B"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("two\nlines", "two lines"),
        ("\u202egnp.exe", "gnp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("  much   space ", "much space"),
        (EVIL, EVIL),
    ],
)
def test_a_name_is_one_line_without_tricks(given, shown):
    assert text.one_line(given) == shown


def test_a_tool_tip_shows_markup_as_words(qtbot):
    widget = QLabel()
    qtbot.addWidget(widget)
    text.set_tip(widget, EVIL)
    assert "<img" not in widget.toolTip()
    assert "&lt;img" in widget.toolTip()
    text.set_tip(widget, "")
    assert widget.toolTip() == ""


def test_an_and_sign_underlines_nothing(qtbot):
    button = Button("Q&A", "b")
    qtbot.addWidget(button)
    assert button.text() == "Q&&A"
    assert button.accessibleName() == "Q&A"


def evil_states():
    rooms = states.rooms()
    member = states.MEMBERS[0].__class__(id="e", name=EVIL)
    talk = (*states.TALK, states.message(50, "e", EVIL, EVIL, states.at()))
    info = rooms.rooms.known[0].__class__(
        id="r1", name=EVIL, members=(member,), last_message=talk[-1], meeting=states.card(title=EVIL)
    )
    views = {"r1": states.RoomView(messages=talk, is_loaded=True, recaps=(states.card(title=EVIL),))}
    yield states.replace(
        rooms, rooms=states.replace(rooms.rooms, known=(info,), views=views), toasts=Toasts((Toast(1, EVIL),))
    )
    chat = (call_states.CHAT[0].__class__(id="c", author="e", author_name=EVIL, at=states.at(), text=EVIL),)
    people = (call_states.person(0), call_states.person(1, name=EVIL))
    yield call_states.call(2, panel="chat", chat=call_states.Chat(chat), people=people, meeting=states.card(title=EVIL))
    yield call_states.call(
        2,
        panel="people",
        people=people,
        lobby=call_states.Lobby((call_states.Guest(id="g", name=EVIL, since=states.at()),)),
        host="p0",
    )
    yield states.prejoin(title=EVIL, device_words=(("camera", EVIL),), words=EVIL)
    yield call_states.ended()
    recap = recap_states.recap_state()
    made = recap.recap.recap
    said = tuple(
        one.__class__(id=one.id, speaker=EVIL, start_s=0, end_s=1, text=EVIL, confidence=1) for one in made.transcript
    )
    import msgspec

    yield states.replace(
        recap, recap=states.replace(recap.recap, recap=msgspec.structs.replace(made, transcript=said, notes=(EVIL,)))
    )


@pytest.mark.parametrize("number", range(6))
def test_no_label_of_any_page_reads_markup(scene, number):
    state = list(evil_states())[number]
    scene.show(state)
    labels = scene.window.findChildren(QLabel)
    # Qt's own popup lists hold labels of their own that show nothing remote.
    assert len(labels) > 3
    wrong = [one.text() for one in labels if one.textFormat() != Qt.TextFormat.PlainText]
    assert not wrong
    for widget in scene.window.findChildren(QComboBox):
        assert not [mark for mark in ("<img", "<b>") if mark in widget.toolTip()]


def test_a_line_of_chat_with_markup_is_shown_as_it_was_written(scene):
    scene.show(list(evil_states())[1])
    blocks = [one for one in scene.window.findChildren(text.TextBlock) if one.isVisible()]
    assert [one.text() for one in blocks] == [EVIL]


def test_a_long_word_breaks_and_never_widens_the_window(scene):
    talk = (states.message(1, "felix", "Felix", "x" * 3000, states.at()),)
    state = states.rooms(running=False)
    scene.show(
        states.replace(
            state, rooms=states.replace(state.rooms, views={"r1": states.RoomView(messages=talk, is_loaded=True)})
        ),
        800,
        560,
    )
    (block,) = [one for one in scene.window.findChildren(text.TextBlock) if one.isVisible()]
    assert block.width() <= 520
    assert block.height() > 300
    assert scene.window.width() == 800


NOW = datetime(2026, 5, 15, 12, 0).timestamp()


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "Today"), (1, "Yesterday"), (-1, "Tomorrow"), (3, "Tuesday"), (10, "5 May"), (200, "27 October 2025")],
)
def test_days_are_told_as_people_say_them(days, words):
    at = (datetime(2026, 5, 15, 9, 0) - timedelta(days=days)).timestamp()
    assert text.day_words(at, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "timer", "length"),
    [
        (-3, "0:00", "1 second"),
        (1, "0:01", "1 second"),
        (45, "0:45", "45 seconds"),
        (60, "1:00", "1 minute"),
        (1458, "24:18", "24 minutes"),
        (3600, "1:00:00", "1 hour"),
        (3903, "1:05:03", "1 hour 5 minutes"),
    ],
)
def test_lengths_of_time(seconds, timer, length):
    assert text.timer_words(seconds) == timer
    assert text.length_words(seconds) == length


def test_due_dates():
    today = date(2026, 5, 1)
    assert text.due_words("2026-05-15", today) == "Fri, 15 May"
    assert text.due_words("2027-05-14", today) == "Fri, 14 May 2027"
    assert text.due_words("when it suits", today) == "when it suits"
    assert text.full_date(date(2026, 5, 15)) == "Friday, 15 May 2026"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("ada", "A"),
        ("Jean-Luc de la Tour", "JT"),
        ("  ", "?"),
        ("<b>", "?"),
        ("Øyvind Å", "ØÅ"),
    ],
)
def test_initials(name, letters):
    assert text.initials(name) == letters
