"""Has the model read a talk, piece by piece."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.reading import files
from server_stub.recap.reading.claims import Claims, settle
from server_stub.recap.reading.notes import NOBODY, NONE, read_notes, to_item
from server_stub.recap.reading.windows import Turn, turns_of, windows_of

#: Tokens of an answer at most: more than the six items of the fullest piece take.
MOST_TOKENS = 200
ME = "Me"
_END_OF_TALK = "###\n"
#: A piece with more tokens than this is read without its first turns: the longest to learn from had 570.
MOST_PROMPT = 900


@dataclass(frozen=True)
class Page:
    """What was read of a piece.

    Attributes:
        places: of its utterances.
        nothing: how likely it gives them nothing to do, 0.0 to 1.0, by the name of each who speaks in it.
        items: what is agreed, if anything.
    """

    places: frozenset[int]
    nothing: Mapping[str, float]
    items: tuple[ActionItem, ...]


class Answer(NamedTuple):
    """What the model wrote under a piece, and how likely its first word was that there is nothing."""

    text: str
    nothing: float


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

        self._cut: Any = Tokenizer.from_file(str(folder / files.VOCABULARY))
        self._model: Any = ctranslate2.Generator(str(folder), compute_type=files.PRECISION, intra_threads=threads)
        self._none: int = self._cut.encode(NONE).ids[0]
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
            shown = self._shown(windows[number], today)
            for each in shown.values():
                if each not in self._answers and now() < ends:
                    self._read(each)
            if any(each not in self._answers for each in shown.values()):
                continue
            claims = self._claims(windows[number], shown, transcript, today)
            pages[number] = Page(held[number], {each.reader: each.nothing for each in claims}, settle(claims))
        return [pages[number] for number in sorted(pages)]

    def read_ahead(self, transcript: Sequence[Utterance], today: date) -> bool:
        """Reads one more piece of a talk that goes on, as one of its people; False where all that is whole is read.

        Args:
            transcript: in order of time, up to now.
            today: its day.
        """
        for window in windows_of(turns_of(transcript))[:-1]:
            for each in self._shown(window, today).values():
                if each not in self._answers:
                    self._read(each)
                    return True
        return False

    def _shown(self, window: Sequence[Turn], today: date) -> dict[str, str]:
        """The piece as it is shown to the model, by as whom it is read: everyone who speaks in it."""
        called = calls(list(dict.fromkeys(turn.speaker for turn in window)))
        return {name: self._fitting(window, called, today, name) for name in called}

    def _fitting(self, window: Sequence[Turn], called: Mapping[str, str], today: date, reader: str) -> str:
        while True:
            shown = tell(window, called, today, reader)
            if shown in self._answers or len(self._cut.encode(shown).tokens) <= MOST_PROMPT or not window[0].text:
                return shown
            # Of a speech that is too long its end, where what is agreed mostly stands.
            text = window[0].text
            window = window[1:] if len(window) > 1 else [replace(window[0], text=text[len(text) // 4 + 1 :])]

    def _read(self, shown: str) -> None:
        """Has the model write under a piece."""
        # One by one: of pieces of different lengths read together the first word's shares are those of another.
        (result,) = self._model.generate_batch(
            [self._cut.encode(shown).tokens],
            max_length=MOST_TOKENS, sampling_topk=1, include_prompt_in_result=False, return_logits_vocab=True,
        )  # fmt: skip
        first = np.asarray(result.logits[0][0])
        self._answers[shown] = Answer(self._cut.decode(result.sequences_ids[0]), _share(first, self._none))

    def _claims(
        self, window: Sequence[Turn], shown: Mapping[str, str], transcript: Sequence[Utterance], today: date
    ) -> list[Claims]:
        """What each who speaks in a piece has to do by it."""
        claims = []
        for reader, prompt in shown.items():
            answer = self._answers[prompt]
            read = (to_item(note, reader, window, transcript, today) for note in read_notes(answer.text))
            claims.append(Claims(reader, answer.nothing, tuple(item for item in read if item)))
        return claims


def _share(logits: npt.NDArray[np.float32], token: int) -> float:
    """How likely a token is, by what the model gives each."""
    raised = np.exp(logits - logits.max())
    return float(raised[token] / raised.sum())


def calls(names: Sequence[str]) -> dict[str, str]:
    """What each is called: the first name where nobody shares it, else the whole one."""
    firsts = [name.split()[0] if name.split() else name for name in names]
    return {name: first if firsts.count(first) == 1 else name for name, first in zip(names, firsts, strict=True)}


def tell(window: Sequence[Turn], called: Mapping[str, str], today: date, owner: str) -> str:
    """A piece of a talk as the model has learned to read it: what the owner says is said by `Me`."""
    called = {name: call if call != ME else f"{call} 2" for name, call in called.items()}
    others = ", ".join(call for name, call in called.items() if name != owner)
    head = f"Call on {today:%A}. {ME}: {called.get(owner, owner)}. With {others or NOBODY}.\n"
    lines = (
        f"{ME if turn.speaker == owner else called.get(turn.speaker, turn.speaker)}: {turn.text}\n" for turn in window
    )
    return head + "".join(lines) + _END_OF_TALK
