"""What was said, made ready for rules: whole turns, without fillers and restarts, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.wire.recap import Utterance
from app.wire.text import one_line
from server_stub.recap.words import plain, sentence_ends, split_words, without

#: A reply so short, while another goes on speaking, only shows that somebody listens.
_LISTENS = re.compile(
    r"(?:mm+|mhm|mm-hm+|uh-huh|yeah|yes|yep|right|okay|ok|sure|oh|ah|i see|got it|exactly|it's good)[ ,.!]*"
    r"(?:yeah|right|okay|sure)?[ .!]*"
)
_LISTENS_WORDS = 3
_ENDED = re.compile(r"[.?!…\"”]\s*$")
#: Said while thinking of the next word.
_FILLERS = (
    re.compile(r"(?<![\w'-])(?:uh-huh|mm-hm+|mhm), (?=\w)"),
    re.compile(r"(?<![\w'-])(?:um+|uh+|erm?|hmm?|mm+|mhm)(?![\w'-]),? ?"),
    re.compile(
        r"(?<=,) (?:you know|i mean|like|i don't know|what's it called|let's say|let's put it this way|honestly|"
        r"for (?:both|all|the two|the three) of (?:you|us|ye|them)|"
        r"basically|actually|sort of|kind of|well|right|i guess|i'd say|say|let's see|wait|or so|to be honest|"
        r"i'm not gonna lie|what's today(?:, \w+)?)(?=,)"
    ),
    #: `Tomorrow` was nearly said.
    re.compile(
        r"\bi was (?:gonna|going to|about to) say (?:(?:on|by|next|the|this) ){0,2}"
        r"(?:\w*day|tomorrow|tonight|week|month|\w*\d\w*|\w+(?:st|nd|rd|th)),? but,? "
    ),
    re.compile(r"\blet's be (?:realistic|honest|real|fair),? "),
    re.compile(
        r"\b(?:(?<!let )(?<!do )(?<!did )(?<!as )(?<!if )(?<!you'll )(?<!me )you know,? |basically,? |"
        r"sort of (?=[a-z])|kind of (?=[a-z])|(?<=[a-z] )(?<!'d )(?<!would )(?<!was )(?<!were )(?<!'m )(?<!'s "
        r")like, |i mean,? )"
    ),
)
_COMMAS = re.compile(r"(?:,\s*){2,}")
#: `And, um, if`: without the `um` there is no pause.
_DANGLING = re.compile(
    r"\b(and|but|so|or|because|then|if|by|on|until|till|at|for|to|of|in|with|the|a), ", re.IGNORECASE
)
_OPENING_COMMA = re.compile(r"(^|[.?!] )[,\s]+")
#: A new thought begins, with a subject of its own.
_CLAUSE = re.compile(
    r"(?<!\bif)(?:,|(?<=\w)) (?=(?:and|but|so|because|otherwise)(?: then| also| on my end| now| basically|"
    r" yeah,?| by (?:the )?\w+(?: \w+)??)* "
    r"(?:i|i'll|i'm|i'd|i've|you|you'll|you'd|you're|we|we'll|we'd|it|it's|it'll|that's|that|they|they'll|he|"
    r"she|there's|somebody|someone|"
    r"let's|what|if|could|can|would|mine(?:'ll)?|(?<=so )the|(?<=because )the|(?<=but )the|"
    r"the (?:\w+ ){1,2}(?:is|are|was|were|will|can|has|have))\b)|"
    r", (?=so (?:[\w'-]+ ){1,4}(?:by|on) \w+)|"
    r",? (?=so (?:tomorrow|today|tonight|\w+day|by|on|next|the \d)\b)|"
    r"[,;] (?=(?:otherwise|because|that leaves|then i|then you)\b)|(?<=\w),? (?=so the \w+)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^(?:and |so |but |or |okay,? |oh,? )*(?:can|could|would|will|do|does|did|is|are|what|who|when|where|"
    r"how|why|should|shall|may|any)\b"
)
#: `the, the list`, `that's a, that's the`: said again from the start.
#: Four words and more between quotation marks were said by somebody else, or at another time.
_SAID_BY_OTHERS = re.compile(r"[\"“](?=(?:\S+\s+){3}\S)[^\"“”]+[\"”]")
_RESTART = re.compile(r"(?<![\w'])((?:[\w']+ ){0,3}[\w']+),? (?=\1(?![\w']))", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """One sentence of a turn.

    Attributes:
        turn: number of the turn.
        sentence: number of the sentence in its turn, of which this may be a part.
        number: of all sentences of the talk.
        places: of the utterances it comes from.
        speaker: the name.
        text: as said, without fillers.
        low: `words.plain` of it.
        whole: `words.plain` of the sentence that it is a part of.
        asks: it ends with a question mark.
    """

    turn: int
    sentence: int
    number: int
    places: tuple[int, ...]
    speaker: str
    text: str
    low: str
    whole: str
    asks: bool

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(split_words(self.text))


@dataclass(frozen=True)
class _Turn:
    places: tuple[int, ...]
    speaker: str
    text: str


def tidy(said: str) -> str:
    """One line without fillers and restarts."""
    text = one_line(said)
    for filler in _FILLERS:
        text = without(filler, text)
    for _ in range(3):
        text = _RESTART.sub("", text)
    text = _COMMAS.sub(", ", text)
    text = _DANGLING.sub(r"\1 ", text)
    return _OPENING_COMMA.sub(r"\1", text).strip()


def sentences(transcript: Iterable[Utterance]) -> list[Sentence]:
    """Every sentence of a talk; a turn that only a listener's `mm-hm` or a pause cut is put together again."""
    found: list[Sentence] = []
    for number, turn in enumerate(_turns(list(transcript))):
        for sentence, whole in enumerate(_split(turn.text)):
            is_question = whole.rstrip(' "”').endswith("?")
            parts = [part.strip(" ,") for part in _CLAUSE.split(whole)]
            for part in parts:
                if not split_words(part):
                    continue
                low = plain(part)
                asks = is_question and (len(parts) == 1 or _QUESTION.match(low) is not None)
                found.append(
                    Sentence(number, sentence, len(found), turn.places, turn.speaker, part, low, plain(whole), asks)
                )
    return found


def _split(text: str) -> Iterator[str]:
    text = _SAID_BY_OTHERS.sub("...", text)
    start = 0
    for stop in [*sentence_ends(text), len(text)]:
        sentence = tidy(text[start:stop])
        start = stop
        if split_words(sentence):
            yield sentence


def _turns(transcript: list[Utterance]) -> Iterator[_Turn]:
    #: A recogniser without punctuation ends no sentence.
    has_marks = any(_ENDED.search(said.text) for said in transcript)
    held: dict[str, _Turn] = {}
    order: list[_Turn] = []
    for place, said in enumerate(transcript):
        open_turn = held.pop(said.speaker, None)
        if open_turn:
            joined = _Turn((*open_turn.places, place), said.speaker, f"{open_turn.text} {said.text}")
            order[order.index(open_turn)] = joined
            turn = joined
        else:
            turn = _Turn((place,), said.speaker, said.text)
            order.append(turn)
        if not _listens(said.text):
            held = {}
        if has_marks and not _ENDED.search(said.text):
            held[said.speaker] = turn
    yield from order


def _listens(text: str) -> bool:
    return len(split_words(text)) <= _LISTENS_WORDS and _LISTENS.fullmatch(plain(text).strip()) is not None
