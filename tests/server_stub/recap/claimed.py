"""Talks and action items in a line each, for tests of what the words cited prove."""

from __future__ import annotations

from app.wire.recap import ActionItem, Utterance


def transcript(*lines: tuple[str, str]) -> tuple[Utterance, ...]:
    """(who, words) of each utterance, `u1` first."""
    return tuple(
        Utterance(id=f"u{n}", speaker=who, start_s=n, end_s=n + 1.0, text=text, confidence=0.9)
        for n, (who, text) in enumerate(lines, 1)
    )


def item(
    text: str, owner: str | None, *ids: str, due: str | None = None, words: str = "", sure: str = "firm"
) -> ActionItem:
    """An action item that cites the utterances of these ids."""
    return ActionItem(text=text, owner=owner, due=due, due_words=words, evidence=ids, certainty=sure)
