"""Joins what a language model said, and what of it is proved, with what the rules found themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from msgspec.structs import replace

from app.wire.recap import ActionItem, SummarySentence, Utterance
from server_stub.recap.model_proof import ModelProof, is_same
from server_stub.recap.suggested import Suggested
from server_stub.recap.topics import MOST_TOPICS, find_bounds, find_title
from server_stub.recap.words import overlap

#: So much of a sentence is told by an action item already.
IN_ITEM = 0.8
#: Sentences of a topic, on average at least.
PER_TOPIC = 1.6


@dataclass(frozen=True)
class ModelShare:
    """What a language model has to do with a recap.

    Attributes:
        suggested: what it said.
        sentences: its own that are proved.
        items: its action items that are proved.
    """

    suggested: Suggested
    sentences: tuple[SummarySentence, ...]
    items: tuple[ActionItem, ...]

    def add_to_items(self, own: tuple[ActionItem, ...]) -> tuple[ActionItem, ...]:
        """Our own items, and the model's that are none of them, in the order of the talk."""
        new = [item for item in self.items if not any(is_same(item, known) for known in own)]
        return tuple(sorted([*own, *new], key=lambda item: min(int(each[1:]) for each in item.evidence)))

    def summary_for(
        self, own: tuple[SummarySentence, ...], items: Sequence[ActionItem], transcript: Sequence[Utterance]
    ) -> tuple[SummarySentence, ...]:
        """The model's summary where it is of the whole talk and has as many sentences as ours, else ours."""
        told = [each for each in self.sentences if not _is_in_items(each, items)]
        if not self.suggested.is_whole or not told or len(told) < len(own):
            return own
        return tuple(_by_topic(told, transcript))

    def trust(self, summary: tuple[SummarySentence, ...], items: Sequence[ActionItem]) -> str:
        """How far to trust what it wrote; empty where nothing of it is in the recap."""
        written = {each.text for each in self.sentences} & {each.text for each in summary}
        added = [item for item in items if item in self.items]
        if not written and not added:
            return ""
        what = "The summary was" if written else "Action items were"
        what = "Summary and action items were" if written and added else what
        return (
            f"{what} written with a language model ({self.suggested.model} at {self.suggested.host}); each statement "
            "is proved by the words it cites."
        )

    def notes(self) -> list[str]:
        """Plain sentences about what was left out, and why."""
        suggested, notes = self.suggested, []
        if suggested.fault:
            rest = "the summary is by Parley's own rules alone" if self.items else "this recap is by Parley's own rules"
            notes.append(f"The language model {suggested.fault}; {rest}.")
        given = len(suggested.sentences) + len(suggested.items) + suggested.unread
        kept = len(self.sentences) + len(self.items)
        if given > kept:
            notes.append(
                f"Of {given} statement{'s' if given != 1 else ''} of the language model {given - kept} "
                f"{'were' if given - kept != 1 else 'was'} left out: not proved by the words cited, or said twice."
            )
        return notes


def weigh(
    suggested: Suggested | None, transcript: tuple[Utterance, ...], names: tuple[str, ...], today: date
) -> ModelShare | None:
    """What of a model's statements is proved; None where no model was asked.

    Args:
        suggested: what it said.
        transcript: in order of time.
        names: everyone in the meeting.
        today: the day of the meeting.
    """
    if suggested is None:
        return None
    kept = ModelProof(transcript, names, today).keep(suggested)
    return ModelShare(suggested, kept.sentences, kept.items)


def _is_in_items(sentence: SummarySentence, items: Sequence[ActionItem]) -> bool:
    return any(
        set(sentence.evidence) & set(item.evidence)
        and overlap(sentence.text, f"{item.owner or ''} {item.text} {item.due_words}") >= IN_ITEM
        for item in items
    )


def _by_topic(told: Sequence[SummarySentence], transcript: Sequence[Utterance]) -> Iterator[SummarySentence]:
    place = {said.id: number for number, said in enumerate(transcript)}
    most = min(MOST_TOPICS, max(1, int(len(told) / PER_TOPIC)))
    for start, end in pairwise([*find_bounds(transcript, most), len(transcript)]):
        mine = [each for each in told if start <= min(place[one] for one in each.evidence) < end]
        cited = [transcript[place[one]].text for each in mine for one in each.evidence]
        around = [said.text for said in transcript[start:end]]
        elsewhere = [said.text for said in [*transcript[:start], *transcript[end:]]]
        title = find_title(cited, around, elsewhere) if mine else ""
        for each in mine:
            yield replace(each, topic=title)
