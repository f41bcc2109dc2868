"""Numbers by their value: `fifteen hundred` is `1,500`; with what they count, so that none belongs to another thing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server_stub.recap.date_periods import MONTHS
from server_stub.recap.number_words import COUNT, NUMBER_WORDS, ORDINAL_DAYS, any_of, read_count
from server_stub.recap.promises.heard import OBJECT
from server_stub.recap.proof.pieces import Fragment, Piece, base, cut, heavy, sentences
from server_stub.recap.words import plain, split_words

_MONEY = {
    "€": "euro", "eur": "euro", "euro": "euro", "euros": "euro", "$": "dollar", "usd": "dollar", "dollar": "dollar",
    "dollars": "dollar", "buck": "dollar", "bucks": "dollar", "£": "pound", "gbp": "pound", "pound": "pound",
    "pounds": "pound", "quid": "pound", "cent": "cent", "cents": "cent", "%": "percent", "percent": "percent",
    "per cent": "percent",
}  # fmt: skip
_SIGNS = "€$£%"
_UNIT = rf"(?:\s?(?P<after>[{_SIGNS}]|(?:{any_of(word for word in _MONEY if word not in _SIGNS)})\b))"
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,:]\d+)*"
_NUMBER = re.compile(
    rf"(?P<before>[{_SIGNS}])?\s?(?:(?<![\w.,])(?P<figure>{_FIGURE})(?P<scale>k\b|m\b| ?thousand\b| ?million\b| "
    rf"?hundred\b)?(?P<rank>st\b|nd\b|rd\b|th\b)?|\b(?P<day>{any_of(ORDINAL_DAYS)})\b|"
    rf"\b(?P<said>{COUNT}|zero|half)(?: point (?P<point>\w+))?\b(?!'s))(?:{_UNIT})?"
)
_JOINED = re.compile(r"(\d+)(?:am|pm|kg|g|km|m|cm|mm|gb|mb|k|x)")
_ANY_UNIT = re.compile(rf"[{_SIGNS}]|\b(?:{'|'.join(word for word in _MONEY if word not in _SIGNS)})\b")
_SCALES = {"k": 1e3, "m": 1e6, "thousand": 1e3, "million": 1e6, "hundred": 100.0}
#: Say nothing exact.
_NO_COUNT = frozenset({"a", "an", "another"})
_VAGUE = re.compile(r"\b(?:couple|few|another)\b")
_MONTH = re.compile(rf"\b(?:{'|'.join(name[:3] for name in MONTHS)})")
_HOW_MANY = re.compile(r"\bhow (?:many|much)\b")
#: The number of a day follows, where it is the last word.
_ON_THE = re.compile(r"\b(?:on|by|until|till|before) the ?$")
_STEMS = frozenset(base(word) for word in NUMBER_WORDS)
#: Stems of words that count and of what is paid with.
_COUNTING = _STEMS | {base(word) for word in _MONEY}
#: So far behind a number the thing lies that it counts.
_THING_WORDS = 2


@dataclass(frozen=True)
class Quantity:
    """A number.

    Attributes:
        value: what it is worth; a text where it is no plain number, such as `10:30`.
        unit: of money or share; empty where none was said.
        is_rank: `third`, `6th`.
        things: the words right behind it, which it may count.
        fragment: the fragment it stands in.
        place: of that fragment, counted over all that was read.
    """

    value: float | str
    unit: str
    is_rank: bool
    things: tuple[str, ...]
    fragment: Fragment
    place: int


def read(fragments: Sequence[Fragment]) -> list[Quantity]:
    """Every number in some fragments, but for bare articles."""
    return [found for place, fragment in enumerate(fragments) for found in _of(fragment, place)]


def doubts(text: str, said: Sequence[Piece]) -> bool:
    """Whether a number of a text, or what it counts, is not in what was said."""
    if not _units(text) <= {unit for piece in said for unit in _units(piece.raw)}:
        return True
    stated = read(list(_fragments(text)))
    if not stated:
        return False
    fragments = [fragment for piece in said for fragment in _fragments(piece.text)]
    heard = read(fragments)
    values = Counter(other.value for other in heard)
    often = [Counter(one.value for one in read(list(_fragments(part)))) for part in re.split(r"; |[.?!] ", text)]
    if any(count > values[value] for part in often for value, count in part.items()):
        return True
    return any(not _is_heard(one, heard, fragments) for one in stated)


def are_said(text: str, said: Sequence[Piece]) -> bool:
    """Whether each number and unit of a text was said, of whatever."""
    words = {word for piece in said for word in split_words(piece.raw)}
    heard = {one.value for piece in said for one in read(list(_fragments(piece.raw)))}
    figures = [word for word in split_words(text) if not word.isdigit() and any(letter.isdigit() for letter in word)]
    return (
        _units(text) <= {unit for piece in said for unit in _units(piece.raw)}
        and all(one.value in heard for one in read(list(_fragments(text))))
        and all(word in words or _NUMBER.fullmatch(word) or _counted(word) in heard for word in figures)
    )


def _counted(word: str) -> float | None:
    """The number of `5pm` and `3kg`."""
    found = _JOINED.fullmatch(word)
    return float(found[1]) if found else None


def stray(task: str, said: Sequence[Piece]) -> bool:
    """Whether a number of a task was said of other things only: `the bill for the 1.5` of a price named elsewhere.

    A number right behind a sentence of the task, or behind a question for one, is an answer to it; one right before it
    may be taken up: `We owe them 300.` - `I'll pay that.`

    Args:
        task: what is to be done.
        said: the cited sentences.
    """
    meant = set(heavy(plain(task))) - _COUNTING
    for one in read(list(_fragments(task))) if meant else ():
        holding = [
            n
            for n, piece in enumerate(said)
            if any(other.value == one.value for other in read(list(_fragments(piece.text))))
        ]
        if holding and not any(_is_of(meant, said, number) for number in holding):
            return True
    return False


def _is_of(meant: set[str], said: Sequence[Piece], number: int) -> bool:
    """Whether a sentence with a number is of a task: by its words, as an answer, or where the next one takes it up."""
    words = {word for word in said[number].words if not word[:1].isdigit()} - _COUNTING
    if not words or words & meant:
        return True
    before, after = said[max(0, number - 1) : number], said[number + 1 : number + 2]
    return any(piece.words & meant or _HOW_MANY.search(piece.low) for piece in before) or any(
        not piece.is_asked and (piece.words & meant or OBJECT.search(piece.low)) for piece in after
    )


def _units(text: str) -> set[str]:
    return {_MONEY[found[0]] for found in _ANY_UNIT.finditer(plain(text))}


def _fragments(text: str) -> Iterator[Fragment]:
    """Fragments whose figures are whole: the comma of `1,500` cuts none."""
    whole = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    for fragment in (each for sentence in sentences(whole) for each in cut(sentence)):
        parts = re.split(r" (?:and|plus|or) (?=.*\d)| (?:and|plus) (?=the\b|for\b)", fragment.low)
        for part in parts:
            yield Fragment(part, tuple(heavy(part)))


def _of(fragment: Fragment, place: int) -> Iterator[Quantity]:
    # `Six and seven` are two numbers, `a hundred and seven` is one.
    joined = [each["said"] for each in _NUMBER.finditer(fragment.low) if isinstance(_value(each), str) and each["said"]]
    low = fragment.low
    for said in joined:
        low = low.replace(said, re.sub(r" and |[ -]", ", ", said))
    for found in _NUMBER.finditer(low):
        value = _value(found)
        if value is None:
            continue
        unit = _MONEY.get(found["before"] or "") or _MONEY.get(found["after"] or "", "")
        behind = low[found.end() :]
        is_day = _ON_THE.search(low, 0, found.start()) and not behind.strip(" .,?!")
        is_rank = bool(found["rank"] or found["day"] or is_day)
        things = [word for word in heavy(behind) if not _NUMBER.fullmatch(word) and word not in _STEMS]
        yield Quantity(value, unit, is_rank, tuple(things[:_THING_WORDS]), fragment, place)


def _value(found: re.Match[str]) -> float | str | None:
    if found["figure"]:
        figure = found["figure"].replace(",", "") if re.fullmatch(r"[\d,]+(?:\.\d+)?", found["figure"]) else None
        if figure is None or not re.fullmatch(r"\d+(?:\.\d+)?", figure):
            return found["figure"]
        return float(figure) * _SCALES.get((found["scale"] or "").strip(), 1.0)
    if found["day"]:
        return float(ORDINAL_DAYS[found["day"].replace("-", " ")])
    said = found["said"]
    if said in ("zero", "half"):
        return 0.0 if said == "zero" else 0.5
    if said in _NO_COUNT or _VAGUE.search(said):
        return None
    try:
        whole = float(read_count(said))
        point = read_count(found["point"]) if found["point"] else None
    except ValueError:
        return said
    return whole if point is None else float(f"{whole:.0f}.{point}")


def _is_heard(one: Quantity, heard: Sequence[Quantity], fragments: Sequence[Fragment]) -> bool:
    same = [
        other for other in heard if other.value == one.value and one.unit in ("", other.unit) and _alike(one, other)
    ]
    if not same:
        return False
    spoken = {word for fragment in fragments for word in fragment.words}
    things = [thing for thing in one.things[:1] if thing in spoken]
    if things and not one.unit and not one.is_rank and not any(set(things) & set(other.things) for other in same):
        # `Three weeks` of `three days and four weeks`.
        counted = {thing for other in heard for thing in other.things[:1]}
        if set(things) & counted:
            return False
    return not _belongs_elsewhere(one, same, heard, fragments)


def _alike(one: Quantity, other: Quantity) -> bool:
    """`Third` is no `three`, but of a month."""
    return one.is_rank == other.is_rank or any(_MONTH.search(each.fragment.low) for each in (one, other))


def _belongs_elsewhere(
    one: Quantity, same: Sequence[Quantity], heard: Sequence[Quantity], fragments: Sequence[Fragment]
) -> bool:
    """Whether what a number is said of stands beside another number, and not beside this one."""
    others = [
        other
        for other in heard
        if other.value != one.value and (other.unit, other.is_rank) == (same[0].unit, same[0].is_rank)
    ]
    meant = set(one.fragment.words) - _COUNTING
    if not others or not meant:
        return False
    mine = set().union(*(_beside(other, heard, fragments) for other in same))
    theirs = set().union(*(_beside(other, heard, fragments) for other in others))
    return bool(meant & (theirs - mine)) and not meant & (mine - theirs)


def _beside(one: Quantity, heard: Sequence[Quantity], fragments: Sequence[Fragment]) -> set[str]:
    """The words of a number's own fragment; where it stands alone, those of its neighbours without a number."""
    words = {word for word in one.fragment.words if not word[:1].isdigit()} - _COUNTING
    if words:
        return words
    taken = {other.place for other in heard}
    near = [place for place in (one.place - 1, one.place + 1) if 0 <= place < len(fragments) and place not in taken]
    return words | {word for place in near for word in fragments[place].words}
