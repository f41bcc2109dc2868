"""The one window: the page for the state, with toasts and dialogs over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.media.types import Levels
from app.state.app_state import AppState
from app.state.call_intents import CancelJoin, ContinueTerms, ShowCall, TellMinimised
from app.state.intents import GoHome
from app.ui import keys
from app.ui.aim import Aim
from app.ui.bridge import Bridge
from app.ui.closing import Closing
from app.ui.panels.toasts import Toasts
from app.ui.qt import override
from app.ui.text import ElidedWords
from app.ui.theme import ThemeChoice, theme
from app.ui.widgets import reading
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.frame import Frame
from app.ui.widgets.page import Page
from app.ui.widgets.scrim import Scrim

if TYPE_CHECKING:
    from app.ui.overlays import Overlays
    from app.ui.panels.help_dialog import HelpDialog
    from app.ui.pip import Pip
    from app.ui.share_border import ShareBorder

PAGES = ("starting", "sign_in", "rooms", "recap", "prejoin", "waiting", "call", "ended")


class Window(Frame):
    """Shows each `AppState` that the bridge brings.

    Signals:
        closed(): the user closed the window.
        theme_chosen(ThemeChoice): the user chose other colours, which are on show already.

    Args:
        bridge: The only thing that it knows of the rest of the application.
        theme: "system" follows the desktop.

    Attributes:
        aim: Keeps where it is what one points at.
        pip: Picture-in-picture, once it was wanted.
    """

    closed = Signal()
    theme_chosen = Signal(str)

    def __init__(self, bridge: Bridge, theme: ThemeChoice = "system") -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("window")
        self.setWindowTitle("Parley")
        self.setMinimumSize(480, 420)
        self.resize(1280, 800)
        self._bridge = bridge
        self._pages: dict[str, Page] = {}
        self._page = ""
        self._was_maximized = False
        self._terms: Scrim | None = None
        self._help: HelpDialog | None = None
        self._overlays: Overlays | None = None
        self._closing = Closing(self)
        self.pip: Pip | None = None
        self._border: ShareBorder | None = None
        keys.bind(self, "help", self.open_help)
        keys.bind(self, "quit", self.close)
        self.state = AppState()
        self.set_theme(theme)
        self._stack = QStackedWidget()
        self._toasts = Toasts(self, bridge)
        self.aim = Aim(self, self._show)
        keys.bind(self, "notices", self._toasts.take_focus)
        box = column(self._make_return(), self._make_away(), gap=0)
        box.addWidget(self._stack, 1)
        self.setLayout(box)
        bridge.state_changed.connect(self.show_state)
        bridge.levels_changed.connect(self._show_levels)
        self.show_state(self.state)

    def set_theme(self, choice: ThemeChoice) -> None:
        """Another theme."""
        from app.ui.widgets.mark import mark_pixmap

        theme.apply(choice)
        self.setWindowIcon(QIcon(mark_pixmap()))

    @override
    def choose_theme(self, choice: ThemeChoice) -> None:
        self.set_theme(choice)
        self.theme_chosen.emit(choice)

    @override
    def show_full_screen(self, is_full: bool) -> None:
        if is_full == self.isFullScreen():
            return
        if is_full:
            self._was_maximized = self.isMaximized()
            self.showFullScreen()
        elif self._was_maximized:
            self.showMaximized()
        else:
            self.showNormal()

    # --- strips at the top ----------------------------------------------------------------------------------------
    def _make_return(self) -> QWidget:
        self._return_words = ElidedWords("", look="label")
        back = Button("Back to the call", "show-call", kind="primary", glyph="video")
        back.clicked.connect(lambda: self._bridge.do(ShowCall(shows_call=True)))
        box = row(Glyph("video", ink="accent"), self._return_words, back, gap=12, margins=(18, 6, 12, 6))
        box.setStretch(1, 1)
        self._return_strip = Card(box, ground="strip", name="call-strip")
        self._return_strip.hide()
        return self._return_strip

    def _make_away(self) -> QWidget:
        self._away_words = ElidedWords("", look="label")
        self._away_words.setObjectName("away-words")
        back = Button("Back to my rooms", "go-home", kind="outline", glyph="arrow-left")
        back.clicked.connect(lambda: self._bridge.do(GoHome()))
        box = row(Glyph("server", ink="accent"), self._away_words, back, gap=12, margins=(18, 6, 12, 6))
        box.setStretch(1, 1)
        self._away_strip = Card(box, ground="strip", name="away-strip")
        self._away_strip.hide()
        return self._away_strip

    # --- showing --------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """What is true now; a moment later where somebody just aims at a button."""
        self.aim.take(state)

    def _show(self, state: AppState) -> None:
        self.state = state
        name = page_name(state)
        page = self._pages.get(name) or self._make_page(name)
        page.show_state(state)
        is_new = name != self._page
        self._page = name
        if is_new:
            if name != "call":
                self.show_full_screen(False)
            self._stack.setCurrentWidget(page)
            page.take_focus()
        self._show_strips(state)
        self._show_terms(state)
        if self._help is not None:
            self._help.show_state(state)
        self._show_overlays(state)
        self._toasts.show_state(state)
        if is_new:
            self._toasts.place(anew=True)
        self._closing.show_state(state)
        self._show_pip(state)
        self._show_border(state)
        title = state.call.meeting.title if state.call and state.call_phase in ("in", "reconnecting") else ""
        unread = sum(view.unread for view in state.rooms.views.values())
        self.setWindowTitle((f"({unread}) " if unread else "") + (f"{title} - Parley" if title else "Parley"))

    def _show_overlays(self, state: AppState) -> None:
        giving = state.giving
        wanted = (
            state.plan, state.account, state.links.question, state.file, state.chat_log, giving.gift, giving.handout,
            state.speech.is_asked,
        )  # fmt: skip
        if self._overlays is None and any(wanted):
            self._make_overlays()
        if self._overlays is not None:
            self._overlays.show_state(state)

    def _show_border(self, state: AppState) -> None:
        if self._border is None and state.call is not None and state.call.sharing.own is not None:
            from app.ui.share_border import ShareBorder

            self._border = ShareBorder(self)
        if self._border is not None:
            self._border.show_state(state)

    def _show_pip(self, state: AppState) -> None:
        if self.pip is None and state.call is not None and state.call.pip.is_open:
            from app.ui.pip import Pip

            self.pip = Pip(self, self._bridge)
        if self.pip is not None:
            self.pip.show_state(state)

    def _make_overlays(self) -> Overlays:
        from app.ui.overlays import Overlays

        self._overlays = self._overlays or Overlays(self, self._bridge)
        return self._overlays

    @override
    def open_server(self) -> None:
        self._make_overlays().open_server(self.state)

    @property
    def page(self) -> Page:
        """The page on show."""
        return self._pages[self._page]

    def _make_page(self, name: str) -> Page:
        page = _made_page(name, self._bridge)
        self._pages[name] = page
        self._stack.addWidget(page)
        return page

    def _show_strips(self, state: AppState) -> None:
        is_behind = state.call_phase in ("in", "reconnecting", "waiting", "joining", "prejoin") and not state.shows_call
        self._return_strip.setVisible(is_behind)
        if is_behind:
            title = state.call.meeting.title if state.call else (state.prejoin.title if state.prejoin else "")
            self._return_words.setText(f"You are in “{title}”" if state.call_phase == "in" else title)
        self._away_words.setText(f"You are visiting {state.connection.address}")
        is_visit = not state.connection.is_home and not state.is_passing
        self._away_strip.setVisible(is_visit and page_name(state) not in ("prejoin", "waiting", "call", "ended"))

    def _show_terms(self, state: AppState) -> None:
        asks = state.call_phase == "prejoin" and state.prejoin is not None and state.prejoin.asks_terms
        asks = asks and state.shows_call
        if asks and self._terms is None:
            from app.ui.panels.dialogs import TermsDialog

            self._terms = TermsDialog(
                self,
                accept=lambda: self._bridge.do(ContinueTerms()),
                cancel=lambda: self._bridge.do(CancelJoin()),
            )
        elif not asks and self._terms is not None:
            self._terms.close_dialog()
            self._terms = None

    @override
    def open_help(self, anchor: str = "") -> None:
        from app.ui.panels.help_dialog import HelpDialog, anchor_for

        anchor = anchor or anchor_for(self._page)
        if self._help is not None:
            self._help.open(anchor)
            return
        self._help = HelpDialog(self, anchor, self.state)
        self._help.closed.connect(self._forget_help)

    def _forget_help(self) -> None:
        self._help = None

    def _show_levels(self, levels: Levels) -> None:
        if self._page:
            self.page.show_levels(levels)

    @override
    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Tab goes in reading order, whenever rows came."""
        return reading.step(self, is_next=is_next)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, which nothing under the focus wanted, puts a notice away, or leaves the whole screen."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif not self._toasts.put_one_away():
            self.show_full_screen(False)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.aim.watch()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Tells when it is minimised, and when it is back."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._bridge.do(TellMinimised(is_minimised=self.isMinimized()))
            self._bridge.stage.look_again()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Tells that the user closed it; where a meeting would end by that, asks first."""
        if not self._closing.may_close(self.state):
            event.ignore()
            return
        if self.pip is not None:
            self.pip.close()
        if self._border is not None:
            self._border.close()
        self.closed.emit()
        super().closeEvent(event)

    def let_close(self) -> None:
        """Closes without a question from now on: the session ends, or whoever steers the window wants it."""
        self._closing.let()


def page_name(state: AppState) -> str:
    """Which page shows a state: one of `PAGES`."""
    if state.call_phase == "none" or not state.shows_call:
        # On the way to a meeting elsewhere nothing is shown of that server but the meeting.
        is_on_the_way = state.is_passing and state.call_phase == "none" and state.page != "recap"
        return "starting" if is_on_the_way else state.page
    if state.call_phase in ("in", "reconnecting"):
        return "call"
    if state.call_phase == "joining":
        return "prejoin" if state.prejoin is not None else "waiting"
    return {"prejoin": "prejoin", "waiting": "waiting", "ended": "ended"}[state.call_phase]


def _made_page(name: str, bridge: Bridge) -> Page:
    """Pages are imported when they are first shown, so that the window is there at once."""
    if name == "starting":
        from app.ui.pages.starting import StartingPage

        return StartingPage(bridge)
    if name == "sign_in":
        from app.ui.pages.sign_in import SignInPage

        return SignInPage(bridge)
    if name == "rooms":
        from app.ui.pages.rooms import RoomsPage

        return RoomsPage(bridge)
    if name == "recap":
        from app.ui.pages.recap import RecapPage

        return RecapPage(bridge)
    if name == "prejoin":
        from app.ui.pages.prejoin import PreJoinPage

        return PreJoinPage(bridge)
    if name == "waiting":
        from app.ui.pages.waiting import WaitingPage

        return WaitingPage(bridge)
    if name == "call":
        from app.ui.pages.call import CallPage

        return CallPage(bridge)
    from app.ui.pages.ended import EndedPage

    return EndedPage(bridge)
