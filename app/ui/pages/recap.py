"""The recap of a meeting: its progress, and everything in it once it is ready."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.state.app_state import AppState
from app.state.call_intents import Rejoin
from app.state.intents import CloseRecapPage
from app.state.slices.recap import RecapView
from app.ui.bridge import Bridge
from app.ui.panels.keeping_part import KeepingPart, kept_words, places_card
from app.ui.panels.meeting_words import lasted_words
from app.ui.panels.recap_parts import AboutPart, ActionPart, CheckPart, HighlightPart, SummaryPart, TranscriptPart
from app.ui.panels.version_parts import AgainPart, EarlierPart
from app.ui.qt import override
from app.ui.text import ElidedWords, Words, clock_words, day_words, timer_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Chip, Glyph, Spinner, Tabs, centred, column, middle, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.frame import frame_of
from app.ui.widgets.page import Page
from app.ui.widgets.player import Player
from app.wire.recap import Recap
from app.wire.rooms import FilmState, MeetingCard

_NARROW_PX = 720
#: What everyone sees at once of a request; the whole of it stands below the recap.
_DELETION = {"pending": "Deletion requested", "refused": "Deletion refused"}


class RecapPage(Page):
    """Shows `AppState.recap`."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("recap-page")
        self._bridge = bridge
        self._recap: Recap | None = None
        self._card: MeetingCard | None = None
        self._meeting = ""
        self._file = ""
        self._asked = 0
        #: From where and up to where to play as soon as the file is there; None: only to show it.
        self._wish: tuple[float, float | None] | None = None
        self._is_fetching = False
        self._tab = "summary"
        self._is_narrow = False
        box = column(self._make_head(), gap=0)
        self._progress = _Progress(bridge)
        self._ready = self._make_ready()
        box.addWidget(self._progress, 1)
        box.addWidget(self._ready, 1)
        self.setLayout(box)

    # --- building -------------------------------------------------------------------------------------------------
    def _make_head(self) -> QWidget:
        back = Button("Back to the room", "recap-back", kind="quiet", glyph="arrow-left")
        back.clicked.connect(lambda: self._bridge.do(CloseRecapPage()))
        self._title = ElidedWords("", look="heading")
        self._title.setObjectName("recap-title")
        self._when = ElidedWords("", look="muted")
        self._rejoin = Button("Rejoin", "recap-rejoin", kind="primary", glyph="door-open")
        self._rejoin.clicked.connect(lambda: self._bridge.do(Rejoin()))
        head = row(back, gap=14, margins=(12, 12, 20, 12))
        head.addLayout(column(self._title, self._when, gap=1), 1)
        self._deletion = Chip("", tone="warning")
        self._deletion.setObjectName("deletion-chip")
        head.addWidget(self._deletion)
        head.addWidget(self._rejoin)
        return Card(head, ground="head")

    def _make_ready(self) -> QWidget:
        self._player = Player()
        self._reel = Button("Play the highlight reel", "play-reel", kind="outline", glyph="film")
        self._reel.clicked.connect(lambda: self._open_reel())
        self._whole = Button("Play the whole meeting", "play-meeting", kind="outline", glyph="video")
        self._whole.clicked.connect(lambda: self._open_video((0.0, None)))
        self._highlights = HighlightPart()
        self._tab_highlights = HighlightPart(prefix="tab-")
        below = QWidget()
        reels = row(self._reel, self._whole, None, margins=(8, 0, 0, 0))
        below.setLayout(column(self._highlights, reels, None, gap=12, margins=(0, 2, 8, 8)))
        self._below = Scroll(below, fades="bg")
        left = column(self._player, gap=12)
        left.addWidget(self._below, 1)
        self._left = QWidget()
        self._left.setLayout(left)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(20)
        self._body.setContentsMargins(20, 16, 20, 16)
        self._body.addWidget(self._left, 11)
        self._body.addWidget(self._make_right(), 10)
        ready = QWidget()
        ready.setLayout(self._body)
        return ready

    def _make_right(self) -> QWidget:
        self._tabs = Tabs(
            (("summary", "Summary"), ("highlights", "Highlights"), ("transcript", "Transcript")), "recap-tabs"
        )
        self._tabs.chosen.connect(self._show_tab)
        self._summary, self._actions, self._transcript = SummaryPart(), ActionPart(), TranscriptPart()
        self._checks = CheckPart()
        self._parts = (
            self._summary, self._actions, self._checks, self._transcript, self._highlights, self._tab_highlights
        )  # fmt: skip
        for part in self._parts:
            part.wanted.connect(self._play)
        inside = QWidget()
        # Who made it and how far to trust it ends the text that it is about.
        self._about = AboutPart()
        self._keeping = KeepingPart(self._bridge)
        self._again, self._earlier = AgainPart(self._bridge), EarlierPart(self._bridge)
        inside.setLayout(
            column(
                self._again, self._summary, self._actions, self._checks, None, self._about, self._earlier,
                self._keeping,
                gap=14, margins=(0, 2, 8, 6),
            )
        )  # fmt: skip
        self._summary_scroll = Scroll(inside, fades="surface")
        highlights = QWidget()
        highlights.setLayout(column(self._tab_highlights, None, gap=16, margins=(0, 4, 8, 8)))
        self._tab_highlights_scroll = Scroll(highlights, fades="surface")
        box = column(self._tabs, gap=12, margins=(14, 14, 8, 8))
        for widget in (self._summary_scroll, self._tab_highlights_scroll, self._transcript):
            box.addWidget(widget, 1)
        return Card(box, name="recap-card")

    # --- showing --------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """How far the recap is, or all of it."""
        view = state.recap
        if view is None:
            return
        card = view.meeting
        if card.id != self._meeting:
            self._meeting, self._recap, self._file = card.id, None, ""
            self._player.say("")
        self._title.setText(card.title)
        self._when.setText(_when_words(card))
        self._deletion.show_text(_DELETION.get(card.deletion, "") if card.recap != "deleted" else "")
        can_rejoin = (
            state.call_phase == "ended" and state.call is not None and state.call.can_rejoin
            and state.call.meeting.id == card.id
        )  # fmt: skip
        recap = view.recap
        self._rejoin.setVisible(can_rejoin and recap is not None)
        self._ready.setVisible(recap is not None)
        self._progress.setVisible(recap is None)
        if recap is None:
            if self._recap is not None:
                # Deleted while it was on show: the player lets go of the file, so that it can be deleted here too.
                self._recap, self._file = None, ""
                self._player.say("")
            self._progress.show_view(view, can_rejoin=can_rejoin)
            return
        self._keeping.show_view(view)
        self._again.show_view(view)
        self._earlier.show_view(view)
        before, film_before, self._card = self._recap, self._card and _film_of(self._card), card
        if recap != before:
            self._recap = recap
            if before is None or _texts(recap) != _texts(before):
                self._show_recap(recap, card)
            self._show_films(recap, card)
        elif film_before != _film_of(card) and not recap.video:
            self._player.say(_no_film_words(card))

    def _show_recap(self, recap: Recap, card: MeetingCard) -> None:
        for part in self._parts:
            part.show_recap(recap)
        self._about.show_recap(recap, kept_words(card))
        self._show_tab(self._tab)
        self._fold()

    def _show_films(self, recap: Recap, card: MeetingCard) -> None:
        """They come after the texts: where one reads, and what is searched for, stays as it is."""
        self._reel.setVisible(recap.reel is not None)
        self._whole.setVisible(False)
        if recap.video:
            self._open_video(None)
        else:
            self._player.say(_no_film_words(card))

    def _show_tab(self, tab: str) -> None:
        self._tab = tab
        self._tabs.choose(tab)
        self._summary_scroll.setVisible(tab == "summary")
        self._tab_highlights_scroll.setVisible(tab == "highlights")
        self._transcript.setVisible(tab == "transcript")

    # --- playing --------------------------------------------------------------------------------------------------
    def _open_video(self, wish: tuple[float, float | None] | None) -> None:
        if self._recap is not None and self._recap.video:
            self._fetch(self._recap.video, wish)

    def _open_reel(self) -> None:
        if self._recap is not None and self._recap.reel:
            self._fetch(self._recap.reel.file, (0.0, None))

    def _fetch(self, file: str, wish: tuple[float, float | None] | None) -> None:
        self._file, self._wish, self._is_fetching = file, wish, True
        self._asked += 1
        asked = self._asked
        is_reel = self._recap is not None and file != self._recap.video
        self._whole.setVisible(is_reel and bool(self._recap and self._recap.video))
        self._player.say("Fetching the recording…")

        def ready(path: Path | None, words: str) -> None:
            self._bridge.call_soon(lambda: self._fetched(asked, path, words))

        self._bridge.fetch_file(self._meeting, file, ready)

    def _fetched(self, asked: int, path: Path | None, words: str) -> None:
        if asked != self._asked:
            return
        self._is_fetching = False
        if path is None:
            self._file = ""
            self._player.say(words or "The recording could not be fetched.")
            return
        self._player.open(path)
        if self._wish is not None:
            self._player.play_at(self._wish[0], stop_s=self._wish[1])

    def _play(self, start_s: float, stop_s: float | None) -> None:
        if self._recap is None:
            return
        if not self._recap.video:
            if self._card is not None and self._card.film == "making":
                self._player.say(
                    f"The film is still being made. {timer_words(start_s)} can be played once it is ready."
                )
            return
        if self._file != self._recap.video:
            self._open_video((start_s, stop_s))
        elif self._is_fetching:
            self._wish = (start_s, stop_s)
        else:
            self._player.play_at(start_s, stop_s=stop_s)

    @property
    def player(self) -> Player:
        """What plays."""
        return self._player

    # --- folding --------------------------------------------------------------------------------------------------
    def _fold(self) -> None:
        is_narrow = self.width() < _NARROW_PX
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._body.direction() != direction:
            self._body.setDirection(direction)
        self._below.setVisible(not is_narrow)
        self._tabs.set_visible("highlights", is_narrow)
        if not is_narrow and self._tab == "highlights":
            self._show_tab("summary")
        self._body.setStretch(0, 0 if is_narrow else 11)
        self._player.fit_height(round(self.height() * 0.34) if is_narrow else 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()


class _Progress(QWidget):
    """Until the recap is ready: its progress, in words."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._title = Words("", look="heading", wraps=True)
        self._title.setObjectName("recap-progress")
        self._words = Words("", look="muted", wraps=True)
        self._glyph = Glyph("sparkles", ink="accent", size_px=36)
        self._spinner = Spinner(34)
        self._rejoin = Button("Rejoin", "progress-rejoin", kind="primary", glyph="door-open")
        self._rejoin.clicked.connect(lambda: bridge.do(Rejoin()))
        learn = Button("What is a recap?", "progress-help", kind="link")
        learn.clicked.connect(lambda: frame_of(self).open_help("recap"))
        centre = Qt.AlignmentFlag.AlignHCenter
        box = column(gap=14, margins=(36, 32, 36, 30))
        for widget in (self._glyph, self._spinner):
            box.addLayout(centred(widget))
        for label in (self._title, self._words):
            label.setAlignment(centre)
            box.addWidget(label)
        self._places = places_card("progress-places")
        self._keeping = KeepingPart(bridge, prefix="progress-")
        box.addWidget(self._places)
        box.addWidget(self._keeping)
        box.addLayout(centred(self._rejoin))
        box.addLayout(centred(learn))
        card = Card(box, name="progress-card")
        card.setFixedWidth(460)
        inside = QWidget()
        inside.setLayout(middle(card))
        self.setLayout(column(Scroll(inside)))

    def show_view(self, view: RecapView, *, can_rejoin: bool) -> None:
        """How far it is."""
        card, words = view.meeting, view.words
        has_failed = card.recap == "failed"
        is_going = card.state == "ongoing" and not has_failed
        title, more = "Your recap is being prepared", (
            "Summary, action items, highlights and transcript are usually ready within a minute of everyone having "
            "left, the film a little later. This page fills itself in; you will be told when it is ready."
        )  # fmt: skip
        if has_failed:
            title, more = "The recap could not be made", "What was recorded is kept. Please try again later."
        elif card.recap == "deleted":
            title, more = "The recording was deleted", "The video, the transcript and the recap are gone."
        elif card.recap == "none":
            title, more = "There is no recap", "AI recording was off during this meeting."
        elif card.recap == "ready":
            title, more = "Opening the recap…", ""
        elif is_going:
            title = "The meeting is still going on"
            more = "The recap has begun with what was said so far. It is finished when everyone has left."
        self._title.setText(title)
        self._words.show_text(words or card.recap_words or more)
        waits = not has_failed and card.recap not in ("none", "deleted") and not words
        self._spinner.setVisible(waits)
        is_deleted = card.recap == "deleted"
        glyph = "triangle-alert" if has_failed else "trash-2" if is_deleted else "sparkles"
        self._glyph.show_icon(glyph, "danger" if has_failed else "muted" if is_deleted else "accent")
        self._glyph.setVisible(not waits)
        self._rejoin.setVisible(can_rejoin)
        self._places.setVisible(waits)
        self._keeping.show_view(view)
        self._keeping.setVisible(has_failed or card.recap == "deleted")


def _texts(recap: Recap) -> tuple[object, ...]:
    """All of a recap that can be read."""
    made = recap.engine, recap.engine_version, recap.trust, recap.notes
    return recap.transcript, recap.summary, recap.action_items, recap.highlights, recap.checks, *made


def _film_of(card: MeetingCard) -> tuple[FilmState, str]:
    return card.film, card.film_words


def _no_film_words(card: MeetingCard) -> str:
    """What the player says where there is no film."""
    if card.film == "making":
        return "The film is being made. It can be played here as soon as it is ready."
    return card.film_words or "There is no video of this meeting."


def _when_words(card: MeetingCard) -> str:
    if not card.started_at:
        return ""  # opened by a notice or a link; the server's answer is on its way
    when = f"{day_words(card.started_at, time.time())}, {clock_words(card.started_at)}"
    if card.ended_at is None:
        return when
    return f"{when} to {clock_words(card.ended_at)}, {lasted_words(card)}"
