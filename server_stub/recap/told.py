"""What can be told of a talk: each part is a sentence of a summary with the utterances it rests on and its weight.

Parts hang together as the talk did: a question and its answer, a sentence and the condition behind it, a claim and the
`no` that it met are one part, so that neither can be told without the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from app.wire.recap import Utterance
from server_stub.recap.asked import NO_ANSWER, quote, report_answer, report_question
from server_stub.recap.complete import complete
from server_stub.recap.date_periods import MONTHS, WEEKDAYS
from server_stub.recap.persons import Unclear
from server_stub.recap.reported import clause, is_fragment, refers_back, report
from server_stub.recap.salience import is_small_talk
from server_stub.recap.talk import Talk
from server_stub.recap.words import capital, content, plain, split_words

#: A longer one is told without its second sentence.
ANSWER_WORDS = 14
#: Of a weight: what a bare quote, and what a question without its answer is worth.
QUOTE_WORTH, UNANSWERED_WORTH = 0.5, 0.5
#: What is said besides the main thing adds so much of its own weight.
ADDED = 0.3
#: What a question with its answer is worth besides: it shows what the answer is about.
ANSWERED = 0.1
#: Meaningful words of an answer that says enough without a question that only points at something.
SAYS_ENOUGH = 3
#: Behind a question, in the same breath; with more, the answer is to something else.
REST_WORDS = 9
#: With more of its words quoted a sentence is a bare quote.
MOST_SHARE = 0.6
#: `Forget that` is of what was said so many utterances before, at most.
TAKEN_BACK = 3
#: A day is changed within so many utterances.
REVISED = 8
#: Words of a bare quote.
LEAST_QUOTED, MOST_QUOTED = 5, 24

_QUALIFIES = re.compile(
    r"(?:but|only|unless|except|though|although|however|if|provided|assuming|depending|no promises?|don't hold|"
    r"do not hold|not\b|or maybe|or not|maybe not|probably not|at least|well,|i mean|actually|no,|no\.|wait|sorry|"
    r"hopefully|otherwise|that said|still,|i think$|i guess|as long as)\b"
)
#: Says nothing without what was said before.
_HANGS = re.compile(r"(?:but )?(?:only|unless|except|provided|assuming|otherwise|not\b|or\b|than\b)")
_OBJECTS = re.compile(
    r"(?!oh,? no[.!]|no[.!]? (?:hard|worries|problem|stress))(?:(?:well|um|uh|oh|hm+|yes|yeah|sure|okay|"
    r"right)[,.]? )*(?:no(?! hard| worries| problem| stress)|nope|nah|not|"
    r"actually|sorry|wait|i don't think|but|"
    r"(?:we|i) did(?=,)|except|only if|unless|if)\b"
)
_WH = re.compile(r"(?:(?:and|so|but|well|okay),? )*(?:what|how|which|who|where|when|why)\b(?! about\b)")
#: What somebody could do is told with what the other said to it.
_OFFERS = re.compile(
    r"^(?:(?:maybe|perhaps) )?(?:i|we) (?:can\b(?!')|could|might|would|was hoping|was gonna|was going to|"
    r"wanted to ask)\b|"
    r"^(?:i|we)'d\b|\bwe (?:should|"
    r"could)\b|"
    r"^let's\b|^you (?:could|should|would|might)\b"
)
_FACT = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)}|\d+(?:st|nd|rd|th)|\d[\d,.]*\d)\b")
_DAY_FIRST = re.compile(rf"(?:(?:well|um|hm+|oh|on)[,.]? )*(?P<day>{'|'.join(WEEKDAYS)})\b")
_FITS = re.compile(
    r"\b(?:fine|great|good|perfect|okay|ok|works|cool|yes|yep|yeah|doable|plenty|sure|then|early)\b|^\S+[.!]?$"
)
#: Gives what was said another day or another price.
_REVISES = re.compile(
    r"^(?:um,? |uh,? |well,? |oh,? )*(?:actually|sorry|correction)\b|\b(?:make (?:it|that) (?:the |on )?(?:\d|\w+day)|"
    r"instead of|not (?:on )?(?:the )?(?:\d|\w+day)|(?:\w+day|\d\w*)(?:'s| is) (?:gone|out|the outage|no good)|"
    r"can i make that|could i swap|thinking about it)\b"
)
_CORRECTS = re.compile(r"(?:(?:um|uh|oh|hm+)[,.]? )*(?:no|sorry|wait|actually|correction|i mean|i meant|or rather)\b")
_JOKES = re.compile(r"\b(?:kidding|joking|jokes?|haha|hah|lol|ha)\b")
_HARD = re.compile(
    r"\d|[€$£%]|\b(?:hundred|thousand|euros?|dollars?|pounds|percent|half|tomorrow|noon|week|month|"
    rf"{'|'.join((*WEEKDAYS, *MONTHS))})\b"
)


_FORGET = re.compile(
    r"\b(?:scratch that|forget (?:that|it|what i)|never ?mind|i take that back|that was wrong|i was wrong)\b"
)


@dataclass(frozen=True)
class Part:
    """A sentence for a summary.

    Attributes:
        place: of its first line, for the order.
        text: the sentence.
        said: the utterances that it rests on.
        uses: the lines that it tells, by their places.
        weight: how much it carries.
        is_quote: most of its words are quoted.
        is_answer: it is a question with its answer.
        instead: a longer way to tell it, for where this one is not proved.
    """

    place: int
    text: str
    said: tuple[Utterance, ...]
    uses: frozenset[int]
    weight: float
    is_quote: bool
    is_answer: bool = False
    instead: Part | None = None


def tell_all(talk: Talk) -> Iterator[Part]:
    """Everything that can be told, in the order of the talk; parts may tell the same lines."""
    taken_back = _taken_back(talk) | _revised(talk)
    for place, line in enumerate(talk.lines):
        is_unfinished = not line.text or line.raw.endswith((",", "-", "–", "…")) or _HANGS.match(plain(line.raw))
        if is_unfinished or place in taken_back or _is_joke(talk, place) or is_small_talk(line.text):
            continue
        if line.is_question:
            yield from _question(talk, place)
        else:
            yield from filter(None, [_statement(talk, place) or _quoted(talk, place)])


def _taken_back(talk: Talk) -> frozenset[int]:
    """The places of the lines of which their speaker says afterwards that they are to be forgotten."""
    found = set()
    for place, line in enumerate(talk.lines):
        if _FORGET.search(plain(line.raw)):
            speaker = talk.transcript[line.utterance].speaker
            found |= {
                before
                for before in range(place + 1)
                if line.utterance - talk.lines[before].utterance <= TAKEN_BACK
                and talk.transcript[talk.lines[before].utterance].speaker == speaker
            }
    return frozenset(found)


def _is_joke(talk: Talk, place: int) -> bool:
    after = talk.following(place)
    return any(_JOKES.search(plain(talk.lines[at].raw)) for at in (place, after) if at is not None)


def _part(talk: Talk, text: str, uses: list[int]) -> Part:
    weights = sorted((talk.weights[at] for at in uses), reverse=True)
    utterances = sorted({talk.lines[at].utterance for at in uses})
    return Part(
        place=min(uses),
        text=_finished(text),
        said=tuple(talk.transcript[at] for at in utterances),
        uses=frozenset(uses),
        weight=weights[0] + ADDED * sum(weight for weight in weights[1:] if weight > 0),
        is_quote=quoted_share(text) > MOST_SHARE,
    )


def quoted_share(text: str) -> float:
    """How many of a sentence's words stand in quotation marks, 0-1."""
    quoted = sum(len(split_words(words)) for words in re.findall(r"“([^”]*)”", text))
    return quoted / max(1, len(split_words(text)))


def _finished(text: str) -> str:
    return capital(f"{text.rstrip(' .,;:')}.")


def _question(talk: Talk, place: int) -> Iterator[Part]:
    """A question with its answer, or the answer alone, where that says all."""
    line = talk.lines[place]
    try:
        asked = report_question(line.text, talk.who(line))
    except Unclear:
        return
    replies = talk.reply(place)
    after = talk.following(place)
    # `Is it ready? Because I need it`: the answer is to all of that.
    rest = 0
    while after is not None and talk.lines[after].utterance == line.utterance and rest <= REST_WORDS:
        rest += len(split_words(talk.lines[after].raw)) + 10 * talk.lines[after].is_question
        after = talk.following(after)
    is_last = rest <= REST_WORDS
    answers = [at for at in replies if not talk.lines[at].is_question][:2]
    asks_back = replies and talk.lines[replies[0]].is_question
    if (
        replies
        and is_last
        and asks_back
        and len(split_words(talk.lines[replies[0]].text)) <= 4
        and answers[:1] == [replies[0] + 1]
    ):
        said = f"{talk.lines[replies[0]].text} {talk.lines[answers[0]].text}"
        with suppress(Unclear):
            told = f"{asked}; {talk.who(talk.lines[replies[0]]).speaker} answered {quote(said.strip(' .,'))}"
            yield _part(talk, told, [place, replies[0], answers[0]])
    elif replies and is_last and not asks_back and not NO_ANSWER.match(plain(talk.lines[replies[0]].raw)):
        yield from _answered(talk, place, asked, answers)
    elif "“" not in asked:
        part = _part(talk, asked, [place])
        yield replace(part, weight=part.weight * UNANSWERED_WORTH)


def _answered(talk: Talk, place: int, asked: str, answers: list[int]) -> Iterator[Part]:
    said, who = [talk.lines[at].text or talk.lines[at].raw for at in answers], talk.who(talk.lines[answers[0]])
    try:
        told, count = report_answer(said, who)
        told, uses = _with_rest(talk, *_with_more(talk, told, answers[:count]))
    except Unclear:
        return
    part = _part(talk, f"{asked}; {told}", [place, *uses])
    part = replace(part, weight=part.weight + ANSWERED, is_answer=True)
    whole = complete(talk.lines[place].text, said[0])
    if whole is None and _needs_no_question(talk.lines[place].text, said[0], told):
        whole = said[0]
    if whole is not None:
        with suppress(Unclear):
            alone, used = _with_rest(talk, *_with_more(talk, report(whole, who), answers[:1]))
            shorter = _part(talk, alone, [place, *used])
            part = replace(shorter, weight=part.weight, instead=part)
    yield part


def _needs_no_question(question: str, answer: str, told: str) -> bool:
    """Whether a question for facts only points at something, and its answer is a sentence that says enough alone."""
    if not _WH.match(plain(question)):
        return False
    says_enough = len(content(answer)) >= SAYS_ENOUGH and "“" not in told and " said that " in told
    return says_enough and refers_back(question) and not refers_back(answer)


def _statement(talk: Talk, place: int) -> Part | None:
    line = talk.lines[place]
    who = talk.who(line)
    uses = [place]
    try:
        if refers_back(line.text):
            before = place - 1
            # Where it has no head there, it cannot stand alone.
            if before < 0 or talk.following(before) != place or talk.lines[before].is_question:
                return None
            told = f"{report(talk.lines[before].text, who)}; {clause(line.text, who)}"
            uses = [before, place]
            if refers_back(talk.lines[before].text):
                return None
        else:
            told = report(line.text, who)
        told, uses = _with_rest(talk, told, uses)
        told, uses = _with_objection(talk, told, uses)
    except Unclear:
        return None
    return _part(talk, told, uses)


def _with_rest(talk: Talk, told: str, uses: list[int]) -> tuple[str, list[int]]:
    """With the sentence behind it where that limits it (`but only if ...`) or adds a figure or a day.

    Raises:
        Unclear: it is limited, and that cannot be told.
    """
    after = talk.following(uses[-1])
    if after is None or talk.lines[after].is_question:
        return told, uses
    line = talk.lines[after]
    low = plain(line.raw)
    if _QUALIFIES.match(low):
        if low.startswith("but "):
            try:
                return f"{told}, but {clause(line.text, talk.who(line))}", [*uses, after]
            except Unclear:
                pass
        return _with_quote(told, line.raw), [*uses, after]
    if is_fragment(line.text) and _HARD.search(low) and line.utterance == talk.lines[uses[-1]].utterance:
        try:
            return _with_quote(told, line.text), [*uses, after]
        except Unclear:
            return told, uses
    return told, uses


def _with_more(talk: Talk, told: str, uses: list[int]) -> tuple[str, list[int]]:
    """An answer with its second sentence, where that speaks of the same: `The florist is called; she comes Friday`."""
    after = talk.following(uses[-1])
    if after is None or talk.lines[after].utterance != talk.lines[uses[-1]].utterance or talk.lines[after].is_question:
        return told, uses
    line = talk.lines[after]
    if not refers_back(line.text) or len(split_words(told)) > ANSWER_WORDS or _QUALIFIES.match(plain(line.raw)):
        return told, uses
    try:
        return f"{told}; {clause(line.text, talk.who(line))}", [*uses, after]
    except Unclear:
        return told, uses


def _with_quote(told: str, said: str) -> str:
    """With the words behind it in quotation marks, in one pair with those that end it.

    Raises:
        Unclear: they are too many.
    """
    words = said.strip(" .,")
    if told.endswith("”"):
        before, _, quoted = told.rpartition("“")
        return f"{before}{quote(f'{quoted[:-1]}. {capital(words)}')}"
    return f"{told} ({quote(words)})"


def _with_objection(talk: Talk, told: str, uses: list[int]) -> tuple[str, list[int]]:
    """With the `no` that it met, or with what the speaker put right after a word of somebody else.

    Raises:
        Unclear: it met one that is too long to be told.
    """
    last = uses[-1]
    after = talk.following(last)
    if after is not None and talk.lines[after].utterance == talk.lines[last].utterance:
        return told, uses
    replies = talk.reply(last)
    if replies and (
        _refuses_day(told, talk.lines[replies[0]].raw)
        or _OBJECTS.match(plain(talk.lines[replies[0]].raw))
        or _OFFERS.search(plain(talk.lines[last].text))
    ):
        line = talk.lines[replies[0]]
        return f"{told}; {talk.who(line).speaker} answered {quote(line.raw.strip(' .,'))}", [*uses, replies[0]]
    later = talk.reply(replies[-1]) if replies and len(split_words(talk.lines[replies[-1]].raw)) < 6 else []
    if later and _CORRECTS.match(low := plain(talk.lines[later[0]].raw)) and _HARD.search(low):
        line = talk.lines[later[0]]
        return f"{told}; {talk.who(line).speaker} then said {quote(line.raw.strip(' .,'))}", [*uses, later[0]]
    return told, uses


def _refuses_day(told: str, reply: str) -> bool:
    """`Saturday we're at a birthday`, said to what names Saturday."""
    found = _DAY_FIRST.match(plain(reply))
    return found is not None and found["day"] in plain(told) and not _FITS.search(plain(reply))


def _revised(talk: Talk) -> frozenset[int]:
    """The places of the lines whose day or price is another one later on: `Thursday` - `Make it the Monday`."""
    facts = [set(_FACT.findall(plain(line.raw))) for line in talk.lines]
    found = set()
    for place, line in enumerate(talk.lines):
        for later in range(place + 1, len(talk.lines)):
            if talk.lines[later].utterance - line.utterance > REVISED:
                break
            if facts[place] & facts[later] and _REVISES.search(plain(talk.lines[later].raw)):
                found.add(place)
    return frozenset(found)


def _quoted(talk: Talk, place: int) -> Part | None:
    line = talk.lines[place]
    words = split_words(line.text)
    if not LEAST_QUOTED <= len(words) <= MOST_QUOTED or refers_back(line.text) or len(content(line.text)) < 2:
        return None
    if re.match(r"(?:because|which|and|until|or|than|as)\b", plain(line.text)):
        return None
    after = talk.following(place)
    if any(mark in line.text for mark in '"“”') or (
        after is not None and _QUALIFIES.match(plain(talk.lines[after].raw))
    ):
        return None
    mark = "" if line.text[-1:] in ".?!…" else "."
    part = _part(talk, f"{talk.who(line).speaker}: “{capital(line.text)}{mark}”", [place])
    text = f"{talk.who(line).speaker}: “{capital(line.text)}{mark}”"
    return replace(part, text=text, weight=part.weight * QUOTE_WORTH, is_quote=True)
