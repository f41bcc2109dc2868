"""Has the model read a talk, piece by piece."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.reading import build
from server_stub.recap.reading.notes import NONE, read_notes, to_item
from server_stub.recap.reading.windows import Turn, turns_of, windows_of

#: Tokens of an answer at most: more than the six items of the fullest piece take.
MOST_TOKENS = 200
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


class Reader:
    """The model, loaded; 140 MB. Not for several threads at once."""

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

        self._cut: Any = Tokenizer.from_file(str(folder / build.VOCABULARY))
        self._model: Any = ctranslate2.Generator(str(folder), compute_type=build.PRECISION, intra_threads=threads)
        self._none: int = self._cut.encode(NONE).ids[0]

    def read(
        self,
        transcript: Sequence[Utterance],
        names: Sequence[str],
        today: date,
        first: Collection[str] = (),
        *,
        limit_s: float = math.inf,
        now: Callable[[], float] = time.monotonic,
    ) -> list[Page]:
        """The pieces of a talk, in order; where the time is short, those that matter most.

        Args:
            transcript: in order of time.
            names: of everyone in the meeting.
            today: its day.
            first: ids of utterances whose pieces are read before all others.
            limit_s: after so many seconds no other piece is begun.
            now: the clock.
        """
        called = calls(names)
        by_call = {call.lower(): name for name, call in called.items()}
        wanted = {place for place, said in enumerate(transcript) if said.id in first}
        windows = windows_of(turns_of(transcript))
        held = [frozenset(place for turn in window for place in turn.places) for window in windows]
        pages: dict[int, Page] = {}
        ends = now() + limit_s
        for number in sorted(range(len(windows)), key=lambda each: held[each].isdisjoint(wanted)):
            if now() >= ends:
                break
            written, nothing = self._answer(self._prompt(windows[number], called, today))
            items = [to_item(note, windows[number], transcript, by_call, today) for note in read_notes(written)]
            pages[number] = Page(held[number], nothing, tuple(item for item in items if item))
        return [pages[number] for number in sorted(pages)]

    def _prompt(self, window: Sequence[Turn], called: Mapping[str, str], today: date) -> list[str]:
        while True:
            tokens: list[str] = self._cut.encode(tell(window, called, today)).tokens
            if len(tokens) <= MOST_PROMPT or not window[0].text:
                return tokens[-MOST_PROMPT:]
            # Of a speech that is too long its end, where what is agreed mostly stands.
            text = window[0].text
            window = window[1:] if len(window) > 1 else [replace(window[0], text=text[len(text) // 4 + 1 :])]

    def _answer(self, prompt: list[str]) -> tuple[str, float]:
        """What the model writes, and how likely its first word is that there is nothing."""
        (result,) = self._model.generate_batch(
            [prompt], max_length=MOST_TOKENS, sampling_topk=1, include_prompt_in_result=False, return_logits_vocab=True
        )
        return self._cut.decode(result.sequences_ids[0]), _share(np.asarray(result.logits[0][0]), self._none)


def _share(logits: npt.NDArray[np.float32], token: int) -> float:
    """How likely a token is, by what the model gives each."""
    raised = np.exp(logits - logits.max())
    return float(raised[token] / raised.sum())


def calls(names: Sequence[str]) -> dict[str, str]:
    """What each is called: the first name where nobody shares it, else the whole one."""
    firsts = [name.split()[0] if name.split() else name for name in names]
    return {name: first if firsts.count(first) == 1 else name for name, first in zip(names, firsts, strict=True)}


def tell(window: Sequence[Turn], called: Mapping[str, str], today: date) -> str:
    """A piece of a talk as the model has learned to read it."""
    head = f"Call on {today:%A}. {', '.join(called.values())}.\n"
    return head + "".join(f"{called.get(turn.speaker, turn.speaker)}: {turn.text}\n" for turn in window) + _END_OF_TALK
