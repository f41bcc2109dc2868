"""What is said over the page: notices and the connection's words, which never move what lies under them.

They lie below the page's head, on the first spot where nothing that can be clicked is covered: there are messages,
tiles and empty ground; the toolbar of a call, the box that one writes in and Join lie at the foot, where a
notice of most applications would come up between pointer and button. One that has just come lets clicks through to
what was meant. Each is a child of the window of its own, so that the gaps between them belong to the page.
"""

from __future__ import annotations

from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QChildEvent, QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QCursor, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QWidget,
)

from app.state.app_state import AppState
from app.state.intents import PutAway, TryAgain
from app.state.slices.toasts import Toast
from app.ui.bridge import Bridge
from app.ui.qt import override
from app.ui.text import TextBlock, Words
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.cards import Card, Glyph, row
from app.ui.widgets.scrim import Scrim

#: So many notices are shown, the newest; how many more there are is said below them.
SHOWN = 3
WIDTHS_PX, GAP_PX, EDGE_PX = (480, 330), 8, 12
#: The pages' heads, whose buttons stay free.
HEAD_PX = 72
#: So long a notice that has just come lets clicks through: who clicks has seen what was there before.
GRACE_MS = 700
_TICK_MS = 250
_TARGETS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QSlider, QAbstractSpinBox)
#: Grounds of cards that ask or tell something themselves.
_ASKING = ("soft", "alarm", "head", "foot")
#: So much further down they may be before they leave the middle.
_ASIDE_PX = 100


def reading_ms(words: str) -> int:
    """How long a notice stays that is no complaint: to be seen, and read at 12 letters a second."""
    return 5000 + min(15_000, len(words) * 80)


class ToastCard(Card):
    """One notice, or the words about the connection.

    Args:
        words: What it says.
        button: Its way on: the cross that puts it away, or another one.
        is_bad: Something does not work.
        name: The object name.
        glyph: An icon's name.
    """

    def __init__(self, words: str, button: QAbstractButton, *, is_bad: bool, name: str, glyph: str) -> None:
        self.words = TextBlock(words, widest_px=WIDTHS_PX[0])
        self.button = button
        box = row(Glyph(glyph, ink="danger" if is_bad else "accent"), self.words, button, gap=12, margins=(16, 6, 8, 6))
        box.setStretch(1, 1)
        box.setAlignment(self.words, Qt.AlignmentFlag.AlignVCenter)
        super().__init__(box, ground="badtoast" if is_bad else "toast", name=name)

    def height_for(self, width: int) -> int:
        """The height that its words need."""
        layout = self.layout()
        return max(layout.totalHeightForWidth(width), 46) if layout else 46


@dataclass(slots=True)
class _Shown:
    toast: ToastCard
    notice: Toast
    #: How long it stays yet; None: until it is put away or over.
    left_ms: int | None


class Toasts(QObject):
    """Shows `AppState.toasts` and a connection that is cut.

    Args:
        window: They lie over it.
        bridge: Takes the intents.
    """

    def __init__(self, window: QWidget, bridge: Bridge) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._shown: dict[str, _Shown] = {}
        self._notices: tuple[Toast, ...] = ()
        self._link: ToastCard | None = None
        self._more: Card | None = None
        self._more_words = Words("", look="label")
        self._before: QWidget | None = None
        self._spot, self._width_px = QPoint(), WIDTHS_PX[0]
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(lambda: self.pass_time(_TICK_MS))
        window.installEventFilter(self)

    # --- showing --------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """What is said now."""
        self._show_link(state)
        self._notices = state.toasts.shown
        self._show_notices()
        needs_clock = any(one.left_ms is not None for one in self._shown.values())
        if needs_clock != self._clock.isActive():
            self._clock.start() if needs_clock else self._clock.stop()
        self.place()
        if self.cards:
            # Only a turn of the event loop later the page is laid out for what it shows now.
            QTimer.singleShot(0, self, self.place)

    def _show_link(self, state: AppState) -> None:
        words = link_words(state)
        if self._link is None:
            if not words:
                return
            again = Button("Try now", "try-again", kind="outline")
            again.clicked.connect(lambda: self._bridge.do(TryAgain()))
            self._link = ToastCard("", again, is_bad=True, name="connection-strip", glyph="wifi-off")
            self._link.words.setObjectName("connection-words")
            self._link.setParent(self._window)
        was_shown = not self._link.isHidden()
        if words and words != self._link.words.text():
            self._link.words.set_text(words)
        if bool(words) != was_shown:
            self._link.setVisible(bool(words))
            if words:
                self._come(self._link, is_bad=True)

    def _show_notices(self) -> None:
        wanted = self._chosen()
        for words in [words for words in self._shown if words not in {one.words for one in wanted}]:
            self._drop(self._shown.pop(words))
        fresh = {}
        for notice in wanted:
            known = self._shown.get(notice.words)
            if known is not None and known.notice.is_bad == notice.is_bad:
                if known.notice.number != notice.number:
                    # Said again: it is read again.
                    known.left_ms = None if notice.is_bad else reading_ms(notice.words)
                    known.toast.setObjectName(f"notice-{notice.number}")
                    known.toast.button.setObjectName(f"notice-close-{notice.number}")
                known.notice = notice
                fresh[notice.words] = known
                continue
            if known is not None:
                self._drop(known)
            left_ms = None if notice.is_bad else reading_ms(notice.words)
            fresh[notice.words] = _Shown(self._make(notice), notice, left_ms)
        self._shown = fresh
        self._show_more(len(self._notices) - len(self._shown))

    def _chosen(self) -> list[Toast]:
        """The newest; while the pointer is on them none slips away from under it for a newer one."""
        newest = list(self._notices[-SHOWN:])
        if not self.is_in_use:
            return newest
        stays = [one for one in self._notices if one.words in self._shown]
        room = SHOWN - len(stays)
        more = [one for one in self._notices if one.words not in self._shown]
        return stays + (more[-room:] if room > 0 else [])

    def _make(self, notice: Toast) -> ToastCard:
        close = IconButton("x", "Dismiss", f"notice-close-{notice.number}")
        glyph = "triangle-alert" if notice.is_bad else "info"
        toast = ToastCard(notice.words, close, is_bad=notice.is_bad, name=f"notice-{notice.number}", glyph=glyph)
        close.clicked.connect(lambda: self._put_away(notice.words))
        toast.setParent(self._window)
        toast.show()
        self._come(toast, is_bad=notice.is_bad)
        return toast

    def _come(self, toast: ToastCard, *, is_bad: bool) -> None:
        toast.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        QTimer.singleShot(
            GRACE_MS, toast, lambda: toast.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        )
        toast.setAccessibleName(toast.words.text())
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))
        said = QAccessibleAnnouncementEvent(toast, toast.words.text())
        polite = QAccessible.AnnouncementPoliteness
        said.setPoliteness(polite.Assertive if is_bad else polite.Polite)
        QAccessible.updateAccessibility(said)

    def _show_more(self, count: int) -> None:
        if count <= 0:
            if self._more is not None:
                self._more.hide()
            return
        if self._more is None:
            every = Button("Dismiss all", "notices-close-all", kind="link")
            every.clicked.connect(self._put_all_away)
            box = row(self._more_words, None, every, gap=12, margins=(18, 4, 12, 4))
            self._more = Card(box, ground="toast", name="notices-more")
            self._more.setParent(self._window)
        self._more_words.setText(f"{count} more")
        self._more.show()

    # --- placing --------------------------------------------------------------------------------------------------
    @property
    def cards(self) -> list[Card]:
        """What is shown, from top to bottom."""
        link = [self._link] if self._link is not None and not self._link.isHidden() else []
        more = [self._more] if self._more is not None and not self._more.isHidden() else []
        return [*link, *(one.toast for one in self._shown.values()), *more]

    def place(self, *, anew: bool = False) -> None:
        """Lays them out over everything; where they are already they stay while they cover nothing.

        Args:
            anew: The page or its size is another one.
        """
        cards = self.cards
        if not cards:
            self._spot = QPoint()
            return
        if anew:
            self._spot = QPoint()
        if self._spot.isNull() or not self.is_in_use:
            self._find_spot(cards)
        top = self._spot.y()
        for card, height in zip(cards, _heights(cards, self._width_px), strict=True):
            card.setGeometry(self._spot.x(), top, self._width_px, height)
            card.raise_()
            top += height + GAP_PX

    def _find_spot(self, cards: list[Card]) -> None:
        """Sets spot and width: wide where nothing is covered then, else narrow where that is better."""
        targets = self._targets()
        tried: list[tuple[int, int, QPoint, int]] = []
        for most in WIDTHS_PX:
            width = min(most, self._window.width() - 2 * EDGE_PX)
            heights = _heights(cards, width)
            whole = QSize(width, sum(heights) + GAP_PX * (len(cards) - 1))
            now = self._spot if width == self._width_px else QPoint()
            spot, covered = self._free_spot(whole, now, targets)
            tried.append((covered, len(tried), spot, width))
        _, _, self._spot, self._width_px = min(tried, key=lambda one: one[:2])

    def _free_spot(self, whole: QSize, now: QPoint, targets: list[QRect]) -> tuple[QPoint, int]:
        """The first spot on which nothing is covered, else that with the least; and how much that is."""

        def covered(spot: QPoint) -> int:
            there = QRect(spot, whole)
            return sum(both.width() * both.height() for one in targets if (both := one & there).isValid())

        if not now.isNull() and not covered(now):
            return now, 0
        wide, high = self._window.width(), self._window.height()
        last = max(EDGE_PX, high - whole.height() - EDGE_PX)
        centre = (wide - whole.width()) // 2
        tops = range(min(HEAD_PX, last), last + 1, 8)
        spots = [QPoint(x, y) for y in tops for x in (centre, EDGE_PX, wide - whole.width() - EDGE_PX)]
        # In the middle as long as that is not much further down; one looks for it there.
        best = min(spots, key=lambda spot: (covered(spot), spot.y() + (0 if spot.x() == centre else _ASIDE_PX)))
        return best, covered(best)

    def _targets(self) -> list[QRect]:
        """Where the window can be clicked or asks something, in its coordinates."""
        own = self.cards
        scrim = next((one for one in reversed(self._window.findChildren(Scrim)) if one.isVisible()), None)
        under: QWidget = scrim or self._window
        parts = [one for kind in _TARGETS for one in under.findChildren(kind)]
        parts += [one for one in under.findChildren(Card) if one.property("ground") in _ASKING]
        if scrim is not None:
            # What a dialog is about, too.
            parts += [one for one in under.findChildren(Words) if one.property("look") == "heading"]
        found = []
        for one in parts:
            if not one.isVisible() or any(card is one or card.isAncestorOf(one) for card in own):
                continue
            seen = one.visibleRegion().boundingRect()
            if seen.isValid():
                found.append(seen.translated(one.mapTo(self._window, QPoint(0, 0))))
        return found

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the window's size, and stays over what is laid over it later."""
        # By class: to ask for the kind costs more, and each picture of the window comes by here.
        if isinstance(event, QResizeEvent):
            self.place(anew=True)
        elif isinstance(event, QChildEvent) and event.added() and self.cards:
            QTimer.singleShot(0, self, self._raise)
        return False

    def _raise(self) -> None:
        for card in self.cards:
            card.raise_()

    # --- going ----------------------------------------------------------------------------------------------------
    @property
    def is_in_use(self) -> bool:
        """Whether the pointer or the focus is on one of them."""
        pointer = self._window.mapFromGlobal(QCursor.pos())
        return any(card.geometry().contains(pointer) or self._holds_focus(card) for card in self.cards)

    @staticmethod
    def _holds_focus(card: QWidget) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and card.isAncestorOf(focus)

    def pass_time(self, passed_ms: int) -> None:
        """Time in which they can be read has passed; none passes while they are in use, or nobody can see them."""
        if self.is_in_use or not self._window.isVisible() or self._window.isMinimized():
            return
        for one in list(self._shown.values()):
            if one.left_ms is not None:
                one.left_ms -= passed_ms
                if one.left_ms <= 0:
                    one.left_ms = None
                    self._bridge.do(PutAway(number=one.notice.number))

    def _put_away(self, words: str) -> None:
        if (found := self._shown.get(words)) is not None:
            self._bridge.do(PutAway(number=found.notice.number))

    def _put_all_away(self) -> None:
        for one in self._notices:
            self._bridge.do(PutAway(number=one.number))

    def put_one_away(self) -> bool:
        """The one that has the focus, else the newest (Esc); whether there was any."""
        shown = list(self._shown.values())
        if not shown:
            return False
        chosen = next((one for one in shown if self._holds_focus(one.toast)), shown[-1])
        self._put_away(chosen.notice.words)
        return True

    def take_focus(self) -> None:
        """Puts the focus on the newest one, or back to where it was before (F6)."""
        cards = [one for one in self.cards if isinstance(one, ToastCard)]
        if any(self._holds_focus(one) for one in self.cards):
            self._give_back()
        elif cards:
            self._before = QApplication.focusWidget()
            cards[-1].button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _give_back(self) -> None:
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()
        elif (focus := QApplication.focusWidget()) is not None:
            focus.clearFocus()

    def _drop(self, one: _Shown) -> None:
        if self._holds_focus(one.toast):
            others = [other.toast for other in self._shown.values() if other is not one]
            if others:
                others[-1].button.setFocus()
            else:
                self._give_back()
        one.toast.hide()
        one.toast.deleteLater()


def _heights(cards: list[Card], width: int) -> list[int]:
    return [one.height_for(width) if isinstance(one, ToastCard) else 40 for one in cards]


def link_words(state: AppState) -> str:
    """What is the matter with the connection; empty: nothing, or the page says so itself."""
    connection = state.connection
    if state.page == "starting" or (state.is_passing and state.call_phase == "none"):
        return ""
    return {
        "offline": connection.words or "There is no connection to the server. Trying again…",
        "connecting": "Connecting to the server…",
        "refused": connection.words or "The server does not accept this version of Parley.",
    }.get(connection.phase, "")
