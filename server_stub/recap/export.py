"""Writes the recap as files that other programs read: Markdown and WebVTT."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import groupby

from app.wire.recap import ActionItem, Recap, Utterance

#: A cue of WebVTT shows this many characters at most, or it hides the picture.
CUE_CHARACTERS = 84
#: What an item that is not firm is.
_SURE = {"tentative": "tentative", "conditional": "with a condition", "question": "asked, not answered"}
CHECKS_ARE = "This may have been said, but the words cited do not prove it."

_MARKED = re.compile(r"([\\`*_{}\[\]<>#|])")
_LINE_START = re.compile(r"^(\d*)([-+=~.)])")


def to_markdown(recap: Recap, zone: tzinfo | None = None) -> str:
    """The whole recap as one readable document.

    Args:
        recap: what is to be written.
        zone: for the times shown; the computer's own where None.
    """
    names = ", ".join(_plain(person.name) for person in recap.people) or "nobody"
    start = datetime.fromtimestamp(recap.started_at, zone)
    minutes = max(0.0, recap.ended_at - recap.started_at) / 60
    lines = [
        f"# Meeting of {start:%Y-%m-%d %H:%M}",
        "",
        f"{minutes:.0f} minutes with {names}." if minutes >= 1 else f"Less than a minute with {names}.",
        f"Written by {_plain(recap.engine)} {_plain(recap.engine_version)}. {_plain(recap.trust)}".rstrip(),
        "",
        *_summary(recap),
        *_items(recap),
        *_checks(recap),
        *_highlights(recap),
        *_transcript(recap),
    ]
    if recap.notes:
        lines += ["## Notes", "", *(f"- {_line(note)}" for note in recap.notes), ""]
    return "\n".join(lines).rstrip() + "\n"


def to_vtt(recap: Recap) -> str:
    """The transcript as captions with each speaker's name. Source: W3C WebVTT.

    Cues stand in the order of their starts, as the format demands: what somebody said into another's long speech stands
    between the parts of that.
    """
    cues = [cue for said in recap.transcript for cue in _cues(said)]
    return "\n\n".join(["WEBVTT", *(block for _, _, block in sorted(cues, key=lambda cue: cue[:2]))]) + "\n"


def _cues(said: Utterance) -> Iterator[tuple[int, int, str]]:
    """One utterance's captions: start and end in ms, and the block of text."""
    parts = _lines(said.text)
    length = sum(len(part) for part in parts)
    # Players that know no escapes in a name show it as it is, so only what must be escaped is.
    speaker = re.sub(r"[<>\s\0]", " ", said.speaker).replace("&", "&amp;")
    shown = 0
    for number, part in enumerate(parts, 1):
        start_ms, end_ms = (
            round(1000 * (said.start_s + (said.end_s - said.start_s) * each / length))
            for each in (shown, shown + len(part))
        )
        end_ms = max(end_ms, start_ms + 1)
        name = said.id if len(parts) == 1 else f"{said.id}-{number}"
        yield (
            start_ms,
            end_ms,
            f"{name}\n{_stamp(start_ms)} --> {_stamp(end_ms)}\n<v {speaker}>{_escape(part)}",
        )
        shown += len(part)


def _summary(recap: Recap) -> list[str]:
    lines: list[str] = []
    for topic, sentences in groupby(recap.summary, key=lambda sentence: sentence.topic):
        if topic:
            lines += ["", f"### {_line(topic)}", ""]
        lines += [f"- {_line(sentence.text)} {_cite(sentence.evidence)}".rstrip() for sentence in sentences]
    head = ["## Summary"] if lines[:1] == [""] else ["## Summary", ""]
    return [*head, *(lines or ["Too little was said for a summary."]), ""]


def _items(recap: Recap) -> list[str]:
    lines = []
    for item in recap.action_items:
        owner = _plain(item.owner) if item.owner else "Nobody yet"
        due = f", {_due(item)}" if item.due or item.due_words else ""
        sure = f" ({_SURE[item.certainty]})" if item.certainty in _SURE else ""
        lines.append(f"- [ ] **{owner}**{due}: {_plain(item.text)}{sure} {_cite(item.evidence)}")
    return ["## Action items", "", *(lines or ["None were agreed."]), ""]


def _checks(recap: Recap) -> list[str]:
    if not recap.checks:
        return []
    lines = [f"- {_line(each.text)} *{_plain(each.reason)}* {_cite(each.evidence)}".rstrip() for each in recap.checks]
    return ["## Check this yourself", "", CHECKS_ARE, "", *lines, ""]


def _due(item: ActionItem) -> str:
    """The day; beside a date said in figures its words, so that whoever reads `03/04` can see how it was read."""
    said = _plain(item.due_words)
    if item.due is None:
        return said
    return f"due {item.due} (“{said}”)" if re.search(r"\d", said) else f"due {item.due}"


def _highlights(recap: Recap) -> list[str]:
    if not recap.highlights:
        return []
    lines = [
        f"- {clock(each.start_s)}-{clock(each.end_s)} **{_plain(each.title)}**: {_plain(each.reason)}"
        for each in recap.highlights
    ]
    return ["## Highlights", "", *lines, ""]


def _transcript(recap: Recap) -> list[str]:
    lines = [
        f"`{said.id}` {clock(said.start_s)} **{_plain(said.speaker)}:** {_plain(said.text)}  "
        for said in recap.transcript
    ]
    return ["## Transcript", "", *(lines or ["Nothing was said in English."]), ""]


def clock(seconds: float) -> str:
    """`1:05`, or `1:02:05` past an hour."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _stamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def _lines(text: str) -> list[str]:
    lines: list[str] = [""]
    for word in text.replace("\0", "").split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > CUE_CHARACTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [line for line in lines if line] or ["…"]


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cite(ids: tuple[str, ...]) -> str:
    return f"[{', '.join(ids)}]" if ids else ""


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: what people said cannot become a link, a heading or markup."""
    flat = " ".join(text.split()).replace("&", "&amp;")
    return _MARKED.sub(r"\\\1", flat)


def _line(text: str) -> str:
    """The same for text that begins a line or a list's entry, where `1.` or `-` would make a list."""
    return _LINE_START.sub(r"\1\\\2", _plain(text))
