"""Both themes on grabbed pixels: words 4.5:1, what cannot be pressed, icons, edges and marks 3:1, a ring for the focus.

The thresholds are those of WCAG 2.2: 1.4.3 (words), 1.4.11 (what is no word), 2.4.7 and 2.4.13 (focus). What cannot be
pressed is exempt there; here it can be read as well.
"""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QToolTip,
)

from app.media.types import Picture
from app.ui.panels.schedule_fields import DateField
from app.ui.theme import theme
from app.ui.widgets.buttons import Choice
from app.ui.widgets.menu import add_action
from app.ui.widgets.video_tile import VideoTile
from tests.ui import samples

WORDS, MARK = 4.5, 3.0


@pytest.fixture(params=["light", "dark"])
def colours(request, qtbot):
    theme.apply(request.param)
    return request.param


@pytest.fixture
def lay(colours):
    """Lays samples out on a ground."""
    sheets = []

    def made(parts, ground="page"):
        sheets.append(samples.Sheet(parts, ground))
        return sheets[-1]

    yield made
    for sheet in sheets:
        sheet.close()


def too_faint(sheet, least, inset=0):
    """Which of them cannot be read."""
    pixels = sheet.grab()
    found = {name: samples.strongest(sheet.part(pixels, name, inset)) for name in sheet.made}
    return {name: seen for name, seen in found.items() if seen < least(name)}


# --- words and marks --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ground", samples.GROUNDS)
def test_words_chips_and_icons_on_every_ground(lay, ground):
    sheet = lay(samples.words() | samples.chips() | samples.tabs() | samples.badge(), ground)
    assert too_faint(sheet, lambda name: MARK if name.startswith("glyph") else WORDS) == {}


STATES = {
    "as it is": lambda one: None,
    "under the pointer": lambda one: one.setAttribute(Qt.WidgetAttribute.WA_UnderMouse),
    "pressed": lambda one: (one.setAttribute(Qt.WidgetAttribute.WA_UnderMouse), one.setDown(True)),
    "checked": lambda one: (one.setCheckable(True), one.setChecked(True)),
    "grey": lambda one: one.setEnabled(False),
    "checked and grey": lambda one: (one.setCheckable(True), one.setChecked(True), one.setEnabled(False)),
}


@pytest.mark.parametrize("ground", [*samples.GROUNDS, "theirs-raised"])
def test_buttons_in_every_state_on_every_ground(lay, ground):
    made = {}
    for state, change in STATES.items():
        for name, one in samples.buttons().items():
            change(one)
            made[f"{name}, {state}"] = one
    sheet = lay(made, ground)

    def least(name):
        return WORDS if name.startswith(("button", "row")) and "grey" not in name else MARK

    # Within the border, which the focus or the kind may colour.
    assert too_faint(sheet, least, inset=5) == {}


def test_what_cannot_be_pressed_looks_so(lay):
    kinds = ("", "primary", "danger", "leave", "link", "badlink")
    sheet = lay(samples.buttons())
    lit = sheet.grab().copy()
    for one in sheet.made.values():
        one.setEnabled(False)
    grey = sheet.grab()
    for name in [f"button {kind}" for kind in kinds] + ["icon ", "icon filled", "icon off"]:
        assert (sheet.part(lit, name) != sheet.part(grey, name)).sum() > 20, name


def differs_from_ground(sheet, pixels, name):
    """How clearly the strongest colour of a sample stands out from what it lies on."""
    around = sheet.cut(pixels, sheet.place(name, 3))
    inks, counts = np.unique(around, return_counts=True)
    return round(float(samples.contrasts(inks[counts >= 10], around[0, 0]).max()), 2)


@pytest.mark.parametrize("ground", ["page", "", "raised", "soft"])
def test_switches_ticks_meters_and_fields_stand_out(lay, ground):
    sheet = lay(samples.marks() | samples.fields(), ground)
    pixels = sheet.grab()
    faint = {name: differs_from_ground(sheet, pixels, name) for name in sheet.made}
    assert {name: seen for name, seen in faint.items() if seen < MARK} == {}


@pytest.mark.parametrize("ground", ["page", "", "raised"])
def test_a_field_has_an_edge_that_is_seen(lay, ground):
    sheet = lay(samples.fields() | {"outline": samples.buttons()["button outline"]}, ground)
    pixels = sheet.grab()
    for name, one in sheet.made.items():
        field = one if not one.findChildren(QPlainTextEdit) else one.findChild(QPlainTextEdit)
        left = field.mapTo(sheet.page, QPoint(0, field.height() // 2))
        row = pixels[left.y(), left.x() - 3 : left.x() + 4]
        inside = pixels[left.y(), left.x() + 5]
        assert max(samples.contrasts(row, np.full_like(row, row[0]))) >= MARK, name
        assert max(samples.contrasts(row, np.full_like(row, inside))) >= MARK, name


def test_on_and_off_can_be_told_apart(lay):
    sheet = lay(samples.marks())
    pixels = sheet.grab()
    for kind in ("switch", "tick"):
        off, on = (sheet.part(pixels, f"{kind} {is_on}") for is_on in (False, True))
        assert ((off != on) & (samples.contrasts(off, on) >= MARK)).sum() > 30, kind


# --- what opens over the page -----------------------------------------------------------------------------------------
def seen_in(widget, there=None):
    pixels = samples.numbers(widget.grab(there or widget.rect()).toImage())
    return samples.strongest(pixels)


def test_a_menu_and_the_line_that_is_chosen(lay):
    sheet = lay({"words": samples.words()["words "]})
    menu = QMenu(sheet.page)
    lines = [add_action(menu, "bell", words, lambda: None, name=words) for words in ("First", "Second", "Third")]
    lines[2].setEnabled(False)
    menu.popup(sheet.page.mapToGlobal(QPoint(0, 0)))
    menu.setActiveAction(lines[1])
    sheet.settle()
    looked = [seen_in(menu, menu.actionGeometry(one).adjusted(4, 3, -4, -3)) for one in lines]
    pixels = samples.numbers(menu.grab().toImage())
    edge = samples.contrasts(pixels[menu.height() // 2, :1], pixels[menu.height() // 2, 3:4])
    menu.close()
    assert min(looked[:2]) >= WORDS
    assert looked[2] >= MARK
    assert edge[0] > 1, "it has an edge at all"


def test_a_tool_tip(lay):
    sheet = lay({"words": samples.words()["words "]})
    QToolTip.showText(sheet.page.mapToGlobal(QPoint(5, 5)), "What this does", sheet.page)
    sheet.settle()
    (tip,) = [one for one in QApplication.topLevelWidgets() if one.inherits("QTipLabel")]
    seen = seen_in(tip, tip.rect().adjusted(3, 3, -3, -3))
    tip.hide()
    assert seen >= WORDS


def test_a_list_that_opens_and_the_row_that_is_chosen(lay):
    made = Choice("Words", "choice")
    made.show_items([("First", "1"), ("Second", "2")], "2")
    sheet = lay({"choice": made})
    made.showPopup()
    sheet.settle()
    view = made.view()
    rows = [view.visualRect(view.model().index(row, 0)) for row in (0, 1)]
    seen = [seen_in(view.viewport(), there.adjusted(2, 2, -2, -2)) for there in rows]
    made.hidePopup()
    assert min(seen) >= WORDS


def test_the_days_of_a_calendar(lay):
    field = DateField("Day", "date")
    sheet = lay({"field": field})
    calendar = field.calendarWidget()
    calendar.resize(340, 260)
    calendar.grab()
    sheet.settle()
    view = calendar.findChild(QTableView)
    model = view.model()
    chosen = calendar.selectedDate()
    faint = {}
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            there = view.visualRect(index)
            words = str(index.data() or "")
            if not words or not there.isValid():
                continue
            is_other_month = words.isdigit() and ((row < 3 and int(words) > 20) or (row > 4 and int(words) < 15))
            seen = seen_in(view.viewport(), there)
            if seen < (MARK if is_other_month else WORDS):
                faint[words, row] = seen
    assert chosen.isValid()
    assert faint == {}


# --- words on pictures ------------------------------------------------------------------------------------------------
def shown_on(picture, **person):
    tile = VideoTile("Ann Lee")
    tile.resize(320, 200)
    tile.show_person("Ann Lee", **{"microphone": True, "camera": True, **person})
    tile.show_mark("Not recorded")
    if picture is not None:
        colour = QColor(picture)
        bgra = colour.blue(), colour.green(), colour.red(), 255
        tile.show_picture(Picture(np.full((200, 320, 4), bgra, np.uint8), 320, 200, 0.0))
    return tile


@pytest.mark.parametrize("picture", ["#ffffff", "#000000", "#808080", "#2fbf86", None])
def test_names_and_marks_on_any_picture(colours, qtbot, picture):
    for person in ({}, {"microphone": False}):
        tile = shown_on(picture, **person)
        qtbot.addWidget(tile)
        for kind, change in (("", lambda one: None), ("speaks", lambda one: one.show_speaking(True))):
            change(tile)
            pixels = samples.numbers(tile.grab().toImage())
            # The name on its pill, the mark of the microphone before it, and what stands in the corner.
            name, microphone, mark = pixels[165:186, 34:70], pixels[166:185, 16:32], pixels[12:26, 236:306]
            assert samples.strongest(name) >= WORDS, kind
            assert samples.strongest(microphone) >= MARK, kind
            assert samples.strongest(mark) >= WORDS, kind


@pytest.mark.parametrize("picture", ["#ffffff", "#000000", None])
def test_what_is_said_of_who_is_cut_off_and_of_a_call_that_is(colours, qtbot, picture):
    tile = shown_on(picture, is_connected=False)
    qtbot.addWidget(tile)
    pixels = samples.numbers(tile.grab().toImage())
    assert samples.strongest(pixels[90:112, 100:220]) >= WORDS
    tile = shown_on(picture)
    qtbot.addWidget(tile)
    tile.show_stopped(True)
    pixels = samples.numbers(tile.grab().toImage())
    assert samples.strongest(pixels[166:185, 16:32]) >= MARK


# --- focus ------------------------------------------------------------------------------------------------------------
def ring(before, after):
    """How much of a ring the focus draws: its pixels of 3:1, for one that is 1 px thick round all of them."""
    differs = (before != after) & (samples.contrasts(before, after) >= MARK)
    if not differs.any():
        return 0.0
    high, wide = (np.ptp(np.nonzero(differs)[axis]) + 1 for axis in (0, 1))
    return 0.0 if min(high, wide) < 18 else float(differs.sum()) / (2 * (high + wide))


def takes_focus(widget):
    kinds = (QLineEdit, QPlainTextEdit)
    inner = [one for kind in kinds for one in widget.findChildren(kind)]
    return inner[0] if inner and not isinstance(widget, QLineEdit) and widget.layout() is not None else widget


@pytest.mark.parametrize(("ground", "is_checked"), [("page", False), ("raised", False), ("page", True)])
def test_the_focus_is_a_ring(lay, ground, is_checked):
    kinds = samples.buttons() if is_checked else samples.buttons() | samples.marks() | samples.fields()
    seen = [name for name in kinds if name.startswith(("button", "icon", "row", "switch", "tick"))]
    seen += [name for name in kinds if name in ("slider", *samples.fields())]
    sheet = lay({name: kinds[name] for name in seen}, ground)
    if is_checked:
        for one in sheet.made.values():
            one.setCheckable(True)
            one.setChecked(True)
    plain = sheet.grab().copy()
    faint = {}
    for name, widget in sheet.made.items():
        target = takes_focus(widget)
        target.setFocus(Qt.FocusReason.TabFocusReason)
        there = sheet.place(name, 4)
        QApplication.processEvents()
        after = samples.numbers(sheet.page.grab(there).toImage())
        assert QApplication.focusWidget() is not None, name
        found = ring(sheet.cut(plain, there), after)
        if found < 0.6:
            faint[name] = round(found, 2)
    assert faint == {}


def test_the_measure_tells_a_ring_from_none(qtbot):
    plain = np.full((40, 60), 0xFFFFFF, np.uint32)
    ringed, faint, dot = plain.copy(), plain.copy(), plain.copy()
    for picture, ink in ((ringed, 0x086543), (faint, 0xDDDDDD)):
        picture[2, 2:58] = picture[37, 2:58] = ink
        picture[2:38, 2] = picture[2:38, 57] = ink
    dot[20, 20] = 0
    assert [ring(plain, one) >= 0.6 for one in (ringed, faint, dot, plain)] == [True, False, False, False]


def test_the_measure_of_words_is_that_of_the_standard(qtbot):
    some, others = np.array([0x777777, 0x767676, 0]), np.array([0xFFFFFF] * 3)
    assert [round(float(one), 2) for one in samples.contrasts(some, others)] == [4.48, 4.54, 21.0]
    sheet = np.full((10, 10), 0xFFFFFF, np.uint32)
    sheet[3:5, 3:5] = 0x767676
    assert samples.strongest(sheet) == 4.54
