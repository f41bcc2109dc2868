"""Plays a recording: painted from its own video sink, so that pictures of the window show it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QHideEvent, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from app.ui.qt import override
from app.ui.text import Words, timer_words
from app.ui.theme import face
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import column, row
from app.ui.widgets.painting import painting

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame

_RADIUS_PX = 12


class _Screen(QWidget):
    """The picture, whole, on black; or a sentence where there is none."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._words = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(200, 112)
        self.setAccessibleName("Recording")

    def show_frame(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def show_words(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(words)
            self.update()

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture in place of the sentence."""
        return self._image is not None

    @property
    def words(self) -> str:
        """The sentence that is shown; empty where there is a picture."""
        return self._words if self._image is None else ""

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return round(width * 9 / 16)

    @override
    def sizeHint(self) -> QSize:
        return QSize(560, 315)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            area = QRectF(self.rect())
            shape = QPainterPath()
            shape.addRoundedRect(area, _RADIUS_PX, _RADIUS_PX)
            painter.setClipPath(shape)
            # Not below a picture that covers all: its dark would shine through at the round corners.
            image = self._image
            if image is None or abs(image.width() * self.height() - image.height() * self.width()) > 2000:
                painter.fillRect(area, QColor("#0b0e0d"))
            if image is not None and not image.isNull():
                size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
                spot = QRectF(
                    (area.width() - size.width()) / 2, (area.height() - size.height()) / 2, size.width(), size.height()
                )
                painter.drawImage(spot, image)
            elif self._words:
                painter.setPen(QColor("#c9d2cd"))
                painter.setFont(face(14))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(area.adjusted(24, 8, -24, -8), int(flags), self._words)


class Player(QWidget):
    """A picture, a seek bar, play and pause, the time.

    Signals:
        position_changed(float): seconds, while it plays and after each seek.
    """

    position_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._media: QMediaPlayer | None = None
        self._start_at_s: float | None = None
        self._stop_at_s: float | None = None
        self._wants_play = False
        self._screen = _Screen()
        self._screen.setObjectName("player-screen")
        self._screen.clicked.connect(self.toggle)
        self._play = IconButton("play", "Play", "player-play", kind="filled")
        self._play.clicked.connect(self.toggle)
        self._bar = QSlider(Qt.Orientation.Horizontal)
        self._bar.setObjectName("player-seek")
        self._bar.setAccessibleName("Position in the recording")
        self._bar.setRange(0, 0)
        self._bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._bar.sliderMoved.connect(lambda at_ms: self._seek(at_ms / 1000))
        self._bar.actionTriggered.connect(lambda _: self._seek(self._bar.sliderPosition() / 1000))
        self._time = Words("0:00 / 0:00", look="small")
        controls = row(self._play, self._bar, self._time, gap=12)
        controls.setStretch(1, 1)
        self.setLayout(column(self._screen, controls, gap=10))
        self._set_enabled(False)

    def fit_height(self, most_px: int) -> None:
        """Keeps the picture below a height, where there is little room; 0: as high as its width wants."""
        self._screen.setMaximumHeight(most_px or 16_777_215)

    # --- what it plays --------------------------------------------------------------------------------------------
    def say(self, words: str) -> None:
        """A sentence in place of the picture; nothing plays any more."""
        if self._media is not None:
            self._media.stop()
            self._media.setSource(QUrl())
        self._screen.show_frame(None)
        self._screen.show_words(words)
        self._set_enabled(False)

    def open(self, file: Path) -> None:
        """Shows a file's first picture; `play_at` may follow at once."""
        media = self._media or self._make_media()
        # Until the first picture is there: a black box alone looks broken.
        self._screen.show_words("Opening the recording…")
        self._start_at_s, self._stop_at_s, self._wants_play = 0.0, None, False
        media.setSource(QUrl.fromLocalFile(str(file)))
        self._set_enabled(True)
        media.pause()

    def play_at(self, start_s: float, *, stop_s: float | None = None) -> None:
        """Plays from a second on, up to another one where one is given."""
        self._stop_at_s, self._wants_play = stop_s, True
        if self._media is None or not self._is_loaded() or self._start_at_s is not None:
            self._start_at_s = start_s
            return
        self._seek(start_s)
        self._media.play()

    def toggle(self) -> None:
        """Play or pause."""
        from PySide6.QtMultimedia import QMediaPlayer

        if self._media is None or not self._play.isEnabled():
            return
        self._stop_at_s = None
        if self._media.playbackState() == QMediaPlayer.PlaybackState.PlayingState:
            self._media.pause()
        else:
            if self._media.mediaStatus() == QMediaPlayer.MediaStatus.EndOfMedia:
                self._media.setPosition(0)
            self._media.play()

    def pause(self) -> None:
        """Stops for now."""
        self._wants_play = False
        if self._media is not None:
            self._media.pause()

    @property
    def has_picture(self) -> bool:
        """Whether a picture is on show."""
        return self._screen.has_picture

    @property
    def words(self) -> str:
        """What is said in place of the picture; empty where there is one."""
        return self._screen.words

    @property
    def position_s(self) -> float:
        """Where it is."""
        return self._media.position() / 1000 if self._media else 0.0

    # --- Qt Multimedia --------------------------------------------------------------------------------------------
    def _make_media(self) -> QMediaPlayer:
        # Imported with the first recording: it would slow the start of the window.
        from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer, QVideoSink

        media = QMediaPlayer(self)
        self._sink = QVideoSink(self)
        self._sink.videoFrameChanged.connect(self._show_frame)
        media.setVideoSink(self._sink)
        self._sound = QAudioOutput(self)
        media.setAudioOutput(self._sound)
        media.positionChanged.connect(self._moved)
        media.durationChanged.connect(self._measured)
        media.playbackStateChanged.connect(self._played)
        media.mediaStatusChanged.connect(self._loaded)
        media.errorOccurred.connect(self._failed)
        self._media = media
        return media

    def _is_loaded(self) -> bool:
        from PySide6.QtMultimedia import QMediaPlayer

        kinds = QMediaPlayer.MediaStatus
        return self._media is not None and self._media.mediaStatus() in (
            kinds.LoadedMedia, kinds.BufferedMedia, kinds.BufferingMedia, kinds.EndOfMedia,
        )  # fmt: skip

    def _loaded(self) -> None:
        if self._media is None or not self._is_loaded() or self._start_at_s is None:
            return
        # Not from within Qt's own signal: it would put the pause of `open` on top of this.
        QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        if self._media is None or self._start_at_s is None:
            return
        start_s, self._start_at_s = self._start_at_s, None
        if start_s > 0:
            self._seek(start_s)
        if self._wants_play:
            self._media.play()

    def _failed(self) -> None:
        self.say("This recording cannot be played on this computer.")

    def _show_frame(self, frame: QVideoFrame) -> None:
        if frame.isValid():
            self._screen.show_frame(frame.toImage())

    def _seek(self, at_s: float) -> None:
        if self._media is not None:
            self._media.setPosition(round(at_s * 1000))

    def _measured(self, length_ms: int) -> None:
        self._bar.setRange(0, length_ms)
        self._tell_time(self._bar.value())

    def _tell_time(self, at_ms: int) -> None:
        self._time.setText(f"{timer_words(at_ms / 1000)} / {timer_words(self._bar.maximum() / 1000)}")

    def _moved(self, at_ms: int) -> None:
        if not self._bar.isSliderDown():
            self._bar.setValue(at_ms)
        self._tell_time(at_ms)
        if at_ms > 0:
            # It plays: where no picture came until now there is only sound.
            self._screen.show_words("")
        self.position_changed.emit(at_ms / 1000)
        if self._stop_at_s is not None and at_ms / 1000 >= self._stop_at_s:
            self._stop_at_s = None
            self.pause()

    def _played(self) -> None:
        from PySide6.QtMultimedia import QMediaPlayer

        is_playing = self._media is not None and self._media.playbackState() == QMediaPlayer.PlaybackState.PlayingState
        self._play.show_off(False, "pause" if is_playing else "play")
        self._play.say("Pause" if is_playing else "Play", state="Playing" if is_playing else "Paused")

    def _set_enabled(self, is_enabled: bool) -> None:
        self._play.setEnabled(is_enabled)
        self._bar.setEnabled(is_enabled)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self.pause()
