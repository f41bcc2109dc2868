"""Has the model read a talk, piece by piece."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.reading import build, files
from server_stub.recap.reading.notes import read_notes, to_item
from server_stub.recap.reading.windows import NONE, Turn, calls, turns_of, windows_of

#: Tokens of an answer at most: more than the six items of the fullest piece take.
MOST_TOKENS = 240
#: From so likely on that nothing is agreed in a piece, nothing is: what is made up is worse than what is left out.
NOTHING = 0.15
#: From so likely on that there is nothing more, it is not asked for more; and so often it is at most.
NO_MORE, MOST_MORE = 0.5, 3
_END_OF_TALK = "###\n"
#: A piece with more tokens than this is read without its first turns: the longest to learn from had 570.
MOST_PROMPT = 900


@dataclass(frozen=True)
class Page:
    """What was read of a piece.

    Attributes:
        places: of its utterances.
        nothing: how likely nothing is agreed in it, 0.0 to 1.0.
        items: what is agreed, if anything.
    """

    places: frozenset[int]
    nothing: float
    items: tuple[ActionItem, ...]


class Answer(NamedTuple):
    """What the model wrote under a piece, and how likely its first word was that there is nothing."""

    text: str
    nothing: float


class _Written(NamedTuple):
    """Tokens, and what the model gave each word in place of the first one and of the end, if it came to one."""

    ids: list[int]
    first: npt.NDArray[np.float32]
    last: npt.NDArray[np.float32] | None


class Reader:
    """The model, loaded; 1.6 GB. Not for several threads at once."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Loads it.

        Args:
            folder: that `build.build` made.
            threads: of the processor that it may use.

        Raises:
            RuntimeError, OSError: it cannot be loaded.
        """
        import ctranslate2  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        self._cut: Any = Tokenizer.from_file(str(folder / files.VOCABULARY))
        self._model: Any = ctranslate2.Generator(str(folder), compute_type=files.PRECISION, intra_threads=threads)
        self._none: int = self._cut.encode(NONE).ids[0]
        self._end: int = self._cut.token_to_id(build.END) or 0
        #: By the piece as it was shown; a talk that is over is read again from its first word.
        self._answers: dict[str, Answer] = {}

    def read(
        self,
        transcript: Sequence[Utterance],
        today: date,
        first: Collection[str] = (),
        *,
        limit_s: float = math.inf,
        now: Callable[[], float] = time.monotonic,
    ) -> list[Page]:
        """The pieces of a talk, in order; where the time is short, those that matter most.

        Args:
            transcript: in order of time.
            today: its day.
            first: ids of utterances whose pieces are read before all others.
            limit_s: after so many seconds nothing new is read.
            now: the clock.
        """
        wanted = {place for place, said in enumerate(transcript) if said.id in first}
        windows = windows_of(turns_of(transcript))
        held = [frozenset(place for turn in window for place in turn.places) for window in windows]
        pages: dict[int, Page] = {}
        ends = now() + limit_s
        for number in sorted(range(len(windows)), key=lambda each: held[each].isdisjoint(wanted)):
            window, shown = self._fitting(windows[number], today)
            if shown not in self._answers and now() < ends:
                self._read(shown)
            if shown in self._answers:
                pages[number] = self._page(window, self._answers[shown], transcript, today)
        return [pages[number] for number in sorted(pages)]

    def read_ahead(self, transcript: Sequence[Utterance], today: date) -> bool:
        """Reads one more piece of a talk that goes on; False where all that is whole is read.

        Args:
            transcript: in order of time, up to now.
            today: its day.
        """
        for window in windows_of(turns_of(transcript))[:-1]:
            _, shown = self._fitting(window, today)
            if shown not in self._answers:
                self._read(shown)
                return True
        return False

    def _fitting(self, window: Sequence[Turn], today: date) -> tuple[Sequence[Turn], str]:
        """As much of the piece as the model can be shown, and how it is shown."""
        while True:
            shown = tell(window, today)
            if shown in self._answers or len(self._cut.encode(shown).tokens) <= MOST_PROMPT or not window[0].text:
                return window, shown
            # Of a speech that is too long its end, where what is agreed mostly stands.
            text = window[0].text
            window = window[1:] if len(window) > 1 else [replace(window[0], text=text[len(text) // 4 + 1 :])]

    def _read(self, shown: str) -> None:
        """Has the model write under a piece."""
        tokens = self._cut.encode(shown).tokens
        written = self._write(tokens)
        nothing = _share(written.first, self._none)
        if nothing < NOTHING and self._cut.decode(written.ids).strip() == NONE:
            # No word is likelier than `none`, though all others together are.
            written = self._write(tokens, suppress_sequences=[[self._cut.id_to_token(self._none)]])
        ids = list(written.ids)
        # Neither is any likelier than the end, though all beginnings of another item together are.
        for _ in range(MOST_MORE):
            if nothing >= NOTHING or written.last is None or _share(written.last, self._end) >= NO_MORE:
                break
            written = self._write([*tokens, *map(self._cut.id_to_token, ids)], min_length=1)
            ids += written.ids
        self._answers[shown] = Answer(self._cut.decode(ids), nothing)

    def _write(self, tokens: Sequence[str], **how: Any) -> _Written:
        """Goes on from what is there to the end."""
        # One by one: of pieces of different lengths read together the first word's shares are those of another.
        (result,) = self._model.generate_batch(
            [tokens], max_length=MOST_TOKENS, sampling_topk=1, include_prompt_in_result=False,
            return_logits_vocab=True, **how,
        )  # fmt: skip
        ids, logits = result.sequences_ids[0], result.logits[0]
        return _Written(ids, np.asarray(logits[0]), np.asarray(logits[-1]) if len(logits) > len(ids) else None)

    def _page(self, window: Sequence[Turn], answer: Answer, transcript: Sequence[Utterance], today: date) -> Page:
        places = frozenset(place for turn in window for place in turn.places)
        notes = read_notes(answer.text) if answer.nothing < NOTHING else []
        read = (to_item(note, window, transcript, today) for note in notes)
        return Page(places, answer.nothing, tuple(item for item in read if item))


def _share(logits: npt.NDArray[np.float32], token: int) -> float:
    """How likely a token is, by what the model gives each."""
    raised = np.exp(logits - logits.max())
    return float(raised[token] / raised.sum())


def tell(window: Sequence[Turn], today: date) -> str:
    """A piece of a talk as the model has learned to read it."""
    called = calls(list(dict.fromkeys(turn.speaker for turn in window)))
    head = f"Call on {today:%A}. People: {', '.join(called.values())}.\n"
    return head + "".join(f"{called[turn.speaker]}: {turn.text}\n" for turn in window) + _END_OF_TALK
