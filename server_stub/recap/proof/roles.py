"""Who said, chose, asked and promised what: whoever a claim names has to have done so in the cited words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from server_stub.recap.due_dates import find_due
from server_stub.recap.promises.heard import Heard
from server_stub.recap.proof import mirror
from server_stub.recap.proof.mentions import Mention, Reader, addressed
from server_stub.recap.proof.owners import Grade, grade
from server_stub.recap.proof.pieces import Piece, base, heavy
from server_stub.recap.questions import asks_by_form
from server_stub.recap.tidy_speech import tidy, unroll
from server_stub.recap.verbs import ADVERBS
from server_stub.recap.words import plain, split_words

_TELLING_WORDS = (
    "said says say saying asked asks ask asking told tells tell answered answers replied agreed agrees promised "
    "promises proposed proposes suggested suggests mentioned mentions explained explains confirmed confirms announced "
    "decision decided stated states noted notes added adds wondered wonders thinks thought believes reported reports "
    "offered offers requested requests discussed discusses spoke talked reminded whether chose accepted refused "
    "declined"
)
#: Stems of the words of telling itself, which nobody has to have said.
TELLING = frozenset(base(word) for word in _TELLING_WORDS.split())
_TELLS = re.compile(rf"(?:{'|'.join(_TELLING_WORDS.split())})\b")
_COMMITS = re.compile(
    r"(?:will|is going to|is to|has to|needs to|must|is gonna|promised to|agreed to|offered to|took on|undertook to)\b"
)
_QUOTE = re.compile(r"“([^”]*)”")
_TOGETHER = re.compile(r"(?:, | and )")
#: Of a claim's meaning so much is in the words of the one who is said to have said it.
_OWN = 0.5


def doubts(
    clause: str,
    said: Sequence[Piece],
    reader: Reader,
    heard: Callable[[], Sequence[Heard]],
    today: date | None,
    teller: str = "",
) -> bool:
    """Whether a clause of a claim names somebody for what they did not say, do, promise or get.

    Args:
        clause: as claimed.
        said: the cited sentences.
        reader: of the meeting's people.
        heard: gives the cited sentences as our rules for action items read them.
        today: the day of the meeting; None where it is not known.
        teller: who is said to tell what comes before it, and may tell this too.
    """
    subjects, rest = _subjects(clause, reader)
    skips = TELLING | reader.stems
    inner = reader.claimed(clause, skips, is_written=True)
    meant = [word for word in heavy(plain(_QUOTE.sub(" ", rest))) if word not in skips]
    is_telling = rest.startswith(":") or _TELLS.match(plain(rest).lstrip()) is not None
    if teller and not is_telling and meant and _is_own(meant, said, teller):
        told = [piece for piece in said if piece.speaker == teller]
        if not _are_not_meant(inner, told, said, reader, skips):
            return False
    if len(set(subjects)) < len(subjects) or not {piece.speaker for piece in said}.issuperset(subjects):
        return True
    own = [piece for piece in said if piece.speaker in subjects] if subjects else list(said)
    says_little = subjects and not is_telling and not meant and not _QUOTE.search(clause)
    if says_little and not mirror.stands(clause, own, reader.words):
        return True  # `Tobias has got one`: no word of it shows who did, or whether they did
    if any(not _is_quoted(quote, own) for quote in _QUOTE.findall(clause)):
        return True
    commits = _COMMITS.match(plain(rest).lstrip()) if len(subjects) == 1 else None
    if commits:
        task, due = rest[commits.end() :], _day_of(clause, today)
        if grade(task, subjects[0], heard(), reader, due) in (Grade.TAKEN, Grade.TOLD):
            # Who accepts need not say again what they were asked for.
            return _are_not_meant(inner[1:], said, said, reader, skips)
    if len(subjects) == 1 and meant and not _is_own(meant, said, subjects[0]):
        return True
    if is_telling or len(subjects) > 1:
        inner = inner[len(subjects) :]
    elif inner and subjects and not commits and not inner[0].before and _opens_with(inner[0].after, own):
        # `Just saw my calendar` is of who says it.
        inner = inner[1:]
    return _are_not_meant(inner, own, said, reader, skips)


def teller_of(clause: str, reader: Reader) -> str:
    """Who says something by a clause; empty where nobody is named for it."""
    subjects, rest = _subjects(clause, reader)
    return subjects[0] if len(subjects) == 1 and _TELLS.match(plain(rest).lstrip()) else ""


def without_exact_quotes(clause: str, said: Sequence[Piece]) -> str:
    """A clause without what is quoted word for word."""
    spoken = [f" {' '.join(split_words(text))} " for piece in said for text in (piece.raw, piece.text)]

    def is_exact(quote: str) -> bool:
        words = f" {' '.join(split_words(quote))} "
        return any(words in each for each in spoken)

    return _QUOTE.sub(lambda found: " " if is_exact(found[1]) else found[0], clause)


def doubts_names(task: str, said: Sequence[Piece], reader: Reader) -> bool:
    """Whether a task names somebody in the meeting who is not meant there."""
    return _are_not_meant(reader.claimed(task, reader.stems), said, said, reader, reader.stems)


def _are_not_meant(
    claimed: Sequence[Mention], own: Sequence[Piece], said: Sequence[Piece], reader: Reader, skips: frozenset[str]
) -> bool:
    """Whether somebody is named where nobody, or somebody else, was meant in the words of those who may say it."""
    known = [
        mention
        for number, piece in enumerate(said)
        if piece in own
        for mention in reader.said(piece, addressed(said, number, reader.names), skips)
    ]
    return any(not any(one.fits(other) for other in known) for one in claimed)


def _day_of(clause: str, today: date | None) -> str | None:
    due = find_due(clause, today) if today is not None else None
    return due.day.isoformat() if due is not None and due.day is not None else None


def _is_quoted(quote: str, own: Sequence[Piece]) -> bool:
    """Whether somebody said these words in this order; as a question where they are quoted as one."""
    words, asks = split_words(quote), quote.endswith("?")
    said = iter(word for piece in own if piece.is_asked or not asks for word in split_words(piece.raw))
    return all(word in said for word in words) or (asks and any(_asks_so(words, piece) for piece in own))


def _asks_so(words: Sequence[str], piece: Piece) -> bool:
    """Whether a whole sentence is these words, a question by its form that ends with another mark."""
    told = (tidy(part) for part in unroll(piece.raw))
    return any(split_words(each) == words and asks_by_form(each) for each in told)


def _subjects(clause: str, reader: Reader) -> tuple[list[str], str]:
    """Those with whom a clause begins, and what follows."""
    found: list[str] = []
    at = 0
    for name, start, end in reader.named(clause, is_written=True):
        between = clause[at:start]
        if between.strip() and not (found and _TOGETHER.fullmatch(between)):
            break
        found.append(name)
        at = end
    return found, clause[at:].removeprefix("'s")


def _is_own(meant: Sequence[str], said: Sequence[Piece], name: str) -> bool:
    """Whether what is meant is rather in one person's words than in another's."""
    words: dict[str, set[str]] = defaultdict(set)
    for piece in said:
        words[piece.speaker] |= piece.words
    shares = {speaker: sum(word in own for word in meant) / len(meant) for speaker, own in words.items()}
    return shares[name] >= _OWN and shares[name] >= max(shares.values())


def _opens_with(stem: str, own: Sequence[Piece]) -> bool:
    """Whether a statement begins with a word, adverbs aside."""
    lows = [fragment.low for piece in own if not piece.is_asked for fragment in piece.fragments]
    firsts = (next((base(word) for word in split_words(low) if word not in ADVERBS), "") for low in lows)
    return stem in firsts
