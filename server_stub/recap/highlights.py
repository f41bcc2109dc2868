"""Chooses the moments worth seeing again: those that were marked; decisions, prices, dates, promises, new screens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.wire.recap import AND, ActionItem, Highlight, SummarySentence, Utterance
from server_stub.recap.export import clock
from server_stub.recap.moments import answers
from server_stub.recap.salience import score_sentences, split_sentences
from server_stub.recap.wording import finish_sentence
from server_stub.recap.words import capital, plain, split_words

#: Source: the product's rule of 3-8 clips of 5-60 s.
FEWEST, MOST = 3, 8
LEAST_S, MOST_S = 5.0, 60.0
#: A clip grows to about this length, so that a moment has its context; to the next where the reel stays too short.
WANTED_S = (8.0, 10.0, 12.5, 16.0, 20.0)
#: Of all clips together: what anybody will watch. A short talk is not told whole.
TOTAL_S, LONG_TOTAL_S = 38.0, 80.0
#: Of what was spoken, the part that a reel may show, within those bounds.
REEL_SHARE = 0.3
#: A reel that may be so long is to be so long: after three and a half minutes of speech.
REEL_S = 60.0
#: The same for marked moments, which members have chosen themselves.
MARKED_TOTAL_S = 80.0
#: Who marks a moment means what is being said, or was said so long before; else what begins so soon after it.
MARK_AFTER_S, MARK_BEFORE_S = 20.0, 5.0
#: A new screen belongs to what is said from then on, or begins so soon after it.
SHOWN_BEFORE_S = 10.0
#: Utterances further apart than this are two moments.
JOIN_S = 2.5
#: Kept before the first and after the last word.
EDGE_S = 0.3
TITLE_WORDS = 9

_REASONS = (
    ("A decision was made", re.compile(r"\b(?:agreed?|decided?|decision|settled|go with|deal)\b")),
    (
        "A price was named",
        re.compile(r"\b(?:price|budget|cost|costs|euros?|dollars?|pounds|discount|fee|rate)\b|[€$£]"),
    ),
    (
        "A date was named",
        re.compile(
            r"\b(?:deadline|launch|january|february|april|june|july|august|september|october|november|december|"
            r"(?:next|on|by) (?:monday|tuesday|wednesday|thursday|friday))\b"
        ),
    ),
    ("A problem came up", re.compile(r"\b(?:problem|issue|risk|worried|concern\w*|difficult|wrong|broken)\b")),
    ("A question was asked", re.compile(r"\?")),
)
_WEIGHT = {
    "A decision was made": 0.8,
    "A price was named": 0.8,
    "A date was named": 0.5,
    "A problem came up": 0.4,
    "A question was asked": 0.1,
}
#: What one reaction adds, and all of them together at most: a decision that nobody reacted to stays a highlight.
_REACTION, _REACTIONS_MOST = 0.25, 0.75
#: What the summary tells is worth more, and so is what was said of a new screen.
_TOLD, _SHOWN = 0.4, 0.6
_OPENING = re.compile(
    r"^(?:(?:so|and|but|well|okay|ok|yeah|yes|right|now|then|sure|great|good|fine|of course|i think|thanks|"
    r"oh)\b[\s,.]*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Moment:
    first: int
    last: int
    start_s: float
    end_s: float
    marked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark: when, in seconds from the start, and the name of who made it."""

    at_s: float
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A screen that somebody began to share: when, in seconds from the start, and the name of whose it is."""

    at_s: float
    name: str


@dataclass(frozen=True)
class _Known:
    """What makes a moment worth more."""

    items: Sequence[ActionItem]
    told: frozenset[str]
    reactions_s: Sequence[float]
    #: Place in the transcript to the name of whose screen was new then.
    shown: Mapping[int, str]


def choose_highlights(
    transcript: tuple[Utterance, ...],
    items: Sequence[ActionItem],
    *,
    length_s: float,
    summary: Sequence[SummarySentence] = (),
    reactions_s: Sequence[float] = (),
    marks: Sequence[Marked] = (),
    shown: Sequence[Shown] = (),
) -> tuple[Highlight, ...]:
    """Three to eight clips of 5-60 s in order of time; fewer where too little was said. Marked ones come first.

    Args:
        transcript: in order of time.
        items: the action items, whose evidence makes a moment worth more.
        length_s: of the whole meeting, which no clip may pass.
        summary: its sentences, whose evidence does the same.
        reactions_s: when somebody reacted, in seconds: what was said just before is worth more.
        marks: what members marked, in order of time.
        shown: the screens that were shared, in order of time.
    """
    if not transcript:
        return ()
    told = frozenset(each for sentence in summary for each in sentence.evidence)
    known = _Known(items, told, reactions_s, _shown_places(transcript, shown))
    worth = _weigh(transcript, known)
    spoken_s = sum(said.end_s - said.start_s for said in transcript)
    most_s = min(LONG_TOTAL_S, max(TOTAL_S, REEL_SHARE * spoken_s))
    tries = []
    for wanted_s in WANTED_S:
        marked, _ = _place_marks(transcript, marks, length_s)
        tries.append(_choose(transcript, worth, marked, most_s, (wanted_s, length_s)))
        if most_s < REEL_S or _total_s(tries[-1]) >= REEL_S:
            break
    chosen = tries[-1] if _total_s(tries[-1]) >= REEL_S else max(tries, key=_total_s)
    chosen.sort(key=lambda moment: moment.start_s)
    return tuple(_describe(transcript, moment, known) for moment in chosen)


def tell_shown(name: str) -> str:
    """The reason of a highlight in which a screen is new; the server knows it without evidence."""
    return finish_sentence(f"{name} showed a screen")


def _total_s(moments: Sequence[_Moment]) -> float:
    return sum(moment.end_s - moment.start_s for moment in moments)


def _choose(
    transcript: Sequence[Utterance],
    worth: Sequence[float],
    marked: Sequence[_Moment],
    most_s: float,
    lengths_s: tuple[float, float],
) -> list[_Moment]:
    """The marked moments and the best others, together at most so long; a long one leaves room for two more."""
    chosen = list(marked)
    for place in sorted(range(len(transcript)), key=lambda place: (-worth[place], place)):
        if len(chosen) == MOST or worth[place] <= 0:
            break
        moment = _grow(transcript, place, *lengths_s)
        if moment is None or any(_touch(moment, other) for other in chosen):
            continue
        others_s = _total_s(chosen) + LEAST_S * max(0, FEWEST - 1 - len(chosen))
        if chosen and others_s + moment.end_s - moment.start_s > most_s:
            continue
        chosen.append(moment)
    return chosen


def _shown_places(transcript: Sequence[Utterance], shown: Sequence[Shown]) -> dict[int, str]:
    """Which utterance goes with each new screen; none where nobody spoke about then."""
    places: dict[int, str] = {}
    for one in shown:
        place = next((place for place, said in enumerate(transcript) if said.end_s >= one.at_s + EDGE_S), None)
        if place is not None and transcript[place].start_s <= one.at_s + SHOWN_BEFORE_S:
            places.setdefault(place, one.name)
    return places


def tell_unplaced(transcript: Sequence[Utterance], marks: Sequence[Marked], length_s: float) -> list[str]:
    """Plain sentences about marked moments that are no highlight, and why."""
    _, unplaced = _place_marks(transcript, marks, length_s)
    return [f"A moment was marked by {mark.name} at {clock(mark.at_s)}; {why}." for mark, why in unplaced]


def _place_marks(
    transcript: Sequence[Utterance], marks: Sequence[Marked], length_s: float
) -> tuple[list[_Moment], list[tuple[Marked, str]]]:
    """The marked moments, one for marks of the same words, and the marks that have none, each with the reason."""
    chosen: list[_Moment] = []
    unplaced: list[tuple[Marked, str]] = []
    for mark in marks:
        place = _marked_place(transcript, mark.at_s)
        moment = None if place is None else _grow(transcript, place, WANTED_S[0], length_s)
        if moment is None:
            unplaced.append((mark, "nobody was heard speaking English then"))
            continue
        same = next((n for n, one in enumerate(chosen) if _touch(moment, one)), None)
        if same is not None:
            names = (*chosen[same].marked_by, mark.name)
            chosen[same] = replace(chosen[same], marked_by=tuple(dict.fromkeys(names)))
        elif len(chosen) == MOST or (chosen and _total_s([*chosen, moment]) > MARKED_TOTAL_S):
            unplaced.append((mark, "there are as many highlights as one recap has room for"))
        else:
            chosen.append(replace(moment, marked_by=(mark.name,)))
    return chosen, unplaced


def _marked_place(transcript: Sequence[Utterance], at_s: float) -> int | None:
    """Which utterance somebody meant; None where nobody spoke about then."""
    before = [place for place, said in enumerate(transcript) if said.start_s <= at_s <= said.end_s + MARK_AFTER_S]
    if before:
        return max(before, key=lambda place: (min(at_s, transcript[place].end_s), place))
    return next(
        (place for place, said in enumerate(transcript) if at_s < said.start_s <= at_s + MARK_BEFORE_S), None
    )  # fmt: skip


def _touch(one: _Moment, other: _Moment) -> bool:
    return one.start_s < other.end_s and other.start_s < one.end_s


def _weigh(transcript: Sequence[Utterance], known: _Known) -> list[float]:
    sentences = [(place, each) for place, said in enumerate(transcript) for each in split_sentences(said)]
    worth = [0.0] * len(transcript)
    for (place, _), score in zip(sentences, score_sentences([each for _, each in sentences]), strict=True):
        worth[place] = max(worth[place], score)
    promised = {each for item in known.items if item.certainty == "firm" for each in item.evidence}
    for place, said in enumerate(transcript):
        worth[place] += 0.5 if said.id in promised else 0.0
        worth[place] += _TOLD if said.id in known.told else 0.0
        worth[place] += _SHOWN if place in known.shown else 0.0
        worth[place] += min(_REACTIONS_MOST, _REACTION * answers(known.reactions_s, said.start_s, said.end_s))
        worth[place] += sum(_WEIGHT[reason] for reason, cue in _REASONS if cue.search(plain(said.text)))
    return worth


def _grow(transcript: Sequence[Utterance], place: int, wanted_s: float, length_s: float) -> _Moment | None:
    """An utterance with its neighbours, first those after it, until the moment is long enough to follow."""
    first = last = place
    while True:
        start_s, end_s = _bounds(transcript, first, last, length_s)
        if end_s - start_s >= wanted_s:
            break
        after = _joins(transcript, last, last + 1, start_s)
        before = (
            _joins(transcript, first - 1, first, start_s)
            and transcript[last].end_s - transcript[first - 1].start_s <= MOST_S
        )
        if after:
            last += 1
        elif before:
            first -= 1
        else:
            break
    if end_s - start_s < LEAST_S:
        # A lone sentence: silence round it makes it long enough, if the meeting is.
        missing = LEAST_S - (end_s - start_s)
        start_s = max(0.0, start_s - missing / 2)
        end_s = min(length_s, start_s + LEAST_S)
        start_s = max(0.0, end_s - LEAST_S)
    end_s = min(end_s, start_s + MOST_S)
    return _Moment(first, last, round(start_s, 2), round(end_s, 2)) if end_s - start_s >= LEAST_S - 0.01 else None


def _joins(transcript: Sequence[Utterance], left: int, right: int, start_s: float) -> bool:
    if left < 0 or right >= len(transcript):
        return False
    near = transcript[right].start_s - transcript[left].end_s <= JOIN_S
    return near and transcript[right].end_s - start_s <= MOST_S


def _bounds(transcript: Sequence[Utterance], first: int, last: int, length_s: float) -> tuple[float, float]:
    span = transcript[first : last + 1]
    return max(0.0, span[0].start_s - EDGE_S), min(length_s, max(said.end_s for said in span) + EDGE_S)


def _describe(transcript: Sequence[Utterance], moment: _Moment, known: _Known) -> Highlight:
    places = range(moment.first, moment.last + 1)
    span = [transcript[place] for place in places]
    ids = {said.id for said in span}
    words = plain(" ".join(said.text for said in span))
    item = next((each for each in known.items if each.certainty == "firm" and set(each.evidence) <= ids), None)
    has_reactions = answers(known.reactions_s, moment.start_s, moment.end_s) > 0
    otherwise = "People reacted" if has_reactions else "A main point"
    reason, cue = next(((name, cue) for name, cue in _REASONS if cue.search(words)), (otherwise, None))
    if item and item.owner and reason != _REASONS[0][0]:
        title, reason = item.text, _taken(item.owner)
    else:
        sentences = [each for place in places for each in split_sentences(transcript[place])]
        fitting = [each for each in sentences if cue and cue.search(plain(each.text))] or sentences
        scores = score_sentences(fitting)
        text = fitting[scores.index(max(scores))].text if fitting else span[0].text
        title = _OPENING.sub("", text) or text
        shower = next((known.shown[place] for place in places if place in known.shown), "")
        if shower and reason != _REASONS[0][0]:
            reason = tell_shown(shower)
    if moment.marked_by:
        reason = f"Marked by {_listed(moment.marked_by)}"
    return Highlight(
        start_s=moment.start_s,
        end_s=moment.end_s,
        title=_shorten(title),
        reason=finish_sentence(reason),
        evidence=tuple(said.id for said in span),
        marked_by=moment.marked_by,
    )


def tell_taken(items: Iterable[ActionItem]) -> set[str]:
    """The titles and reasons of moments in which somebody takes on one of the items."""
    owned = [item for item in items if item.owner]
    return {_shorten(item.text) for item in owned} | {finish_sentence(_taken(item.owner or "")) for item in owned}


def _taken(owner: str) -> str:
    return f"{owner} {'take' if AND in owner else 'takes'} this on"


def _listed(names: Sequence[str]) -> str:
    """Names as one says them: "Ada", "Ada and Grace", "Ada, Grace and Alan"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _shorten(text: str) -> str:
    bare = text.strip(" .!,")
    words = bare.split()
    short = " ".join(words[:TITLE_WORDS]).strip(" ,.") + "…" if len(words) > TITLE_WORDS + 2 else bare
    return capital(short) if split_words(short) else short
