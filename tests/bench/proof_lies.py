"""True claims made false: another number, name, day, speaker or owner, a `not` more or less, a doubt that is gone."""

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from app.wire.recap import ActionItem, SummarySentence
from server_stub.recap.date_periods import WEEKDAYS
from server_stub.recap.number_words import NUMBER_WORDS
from tests.bench.proof_cases import Case

STRANGERS = ("Bertrand", "Mallory", "Ottilie", "Kowalski", "Fenwick", "Zorba")
NUMBERS = ("two", "three", "four", "seven", "nine", "twelve", "thirty", "fifty", "ninety")
MONTH_DAYS = ("the 3rd", "the 9th", "the 17th", "the 24th", "the 31st")
_PLAIN_NUMBERS = sorted(
    NUMBER_WORDS - {"first", "second", "third", "half", "quarter", "one", "hundred", "thousand", "dozen", "percent"}
)
_NUMBER = re.compile(rf"\b(?:\d[\d,.]*\d|\d)(?=\b|st|nd|rd|th|k)|\b(?:{'|'.join(_PLAIN_NUMBERS)})\b", re.IGNORECASE)
_DAY = re.compile(
    rf"\b(?:{'|'.join(WEEKDAYS)}|today|tonight|tomorrow|Christmas|weekend)\b|\bthe \d+(?:st|nd|rd|th)\b", re.IGNORECASE
)
_AUX = re.compile(
    r"\b(?P<aux>is|are|was|were|will|would|can|could|should|has|have|had|does|did|needs? to|said that)\b(?! not|n't)"
)
_NOT = re.compile(r"\b(?P<aux>is|are|was|were|would|could|should|has|have|had|does|did|do)n't\b|\b(?:not|never|no) ")
_HEDGE = re.compile(
    r"\b(?:might be able to|might|maybe|perhaps|probably|hopefully|try to|try and|possibly|could)\b ?",
    re.IGNORECASE,
)


def tell(material, *, each, seed):
    """So many lies of each kind, each about another claim as far as there are enough."""
    chance, found = random.Random(seed), []
    for kind, ways in KINDS.items():
        lies = {}
        for round_ in range(4):
            for case in chance.sample(material, len(material)):
                for claim in chance.choice(ways)(case, chance):
                    lie = Case(case.call, kind, claim, was=case.words())
                    if lie.words() != case.words() and len(lies) < each and (case, round_) not in lies:
                        lies.setdefault((lie.call.id, lie.words()), lie)
        found += lies.values()
    return found


def _with(claim, text, **changes):
    return msgspec.structs.replace(claim, text=text, **changes)


def _replaced(claim, pattern, put) -> Iterator:
    """The claim with what a pattern finds first replaced."""
    found = pattern.search(claim.text)
    if found:
        yield _with(claim, claim.text[: found.start()] + put(found) + claim.text[found.end() :])


def other_number(case, chance):
    """Another number in place of one, or out of nothing."""
    claim, said = case.claim, case.call.text(case.claim.evidence).lower()
    new = chance.choice([one for one in NUMBERS if one not in said])

    def put(found):
        if found[0][0].isdigit():
            number = int(re.sub(r"\D", "", found[0])) + chance.randrange(2, 40)
            return str(number) if str(number) not in said else str(number + 100)
        return new

    if _NUMBER.search(claim.text):
        yield from _replaced(claim, _NUMBER, put)
    elif re.search(r" the \w+s\b", claim.text):
        yield _with(claim, re.sub(r" the (?=\w+s\b)", f" the {new} ", claim.text, count=1))


def number_of_another(case, chance):
    """A number that was said, but of something else."""
    claim, said = case.claim, case.call.text(case.claim.evidence)
    mine = _NUMBER.search(claim.text)
    others = [one for one in _NUMBER.findall(said) if mine and one.lower() != mine[0].lower()]
    if mine and others and mine[0].isdigit() == others[0].isdigit():
        yield from _replaced(claim, _NUMBER, lambda found: chance.choice(others))


def stranger(case, chance):
    """Somebody who was not named gets or does it."""
    claim = case.claim
    name = chance.choice([name for name in STRANGERS if name not in " ".join(case.call.names)])
    if isinstance(claim, ActionItem):
        yield _with(claim, f"{claim.text} with {name}" if "(" not in claim.text else f"{name}: {claim.text}")
        return
    first = claim.text.split()[0]
    yield _with(claim, name + claim.text[len(first) :])


def other_name(case, chance):
    """Somebody else in the meeting in the place of a name inside."""
    claim = case.claim
    inner = [name for name in case.call.names if re.search(rf"\w.*\b{re.escape(name.split()[0])}\b", claim.text)]
    for name in inner[:1]:
        others = [other for other in case.call.names if other != name]
        place = claim.text.rindex(name.split()[0])
        new = chance.choice(others).split()[0]
        if place and not claim.text[place - 2 : place].startswith((";", ".")):
            yield _with(claim, claim.text[:place] + new + claim.text[place + len(name.split()[0]) :])


def other_day(case, chance):
    """Another day in the words."""
    claim, said = case.claim, case.call.text(case.claim.evidence).lower()
    new = chance.choice([one for one in (*map(str.capitalize, WEEKDAYS), *MONTH_DAYS) if one.lower() not in said])
    if isinstance(claim, ActionItem):
        if claim.due:
            words = f"by {new}"
            text = claim.text.replace(claim.due_words, words)
            yield _with(claim, text, due_words=words, due=_shifted(claim.due, chance))
    else:
        yield from _replaced(claim, _DAY, lambda found: new)


def day_alone(case, chance):
    """Another day, in the words of the right one."""
    claim = case.claim
    if isinstance(claim, ActionItem) and claim.due:
        yield _with(claim, claim.text, due=_shifted(claim.due, chance))


def _shifted(day, chance):
    return (date.fromisoformat(day) + timedelta(days=chance.choice((-3, -2, -1, 1, 2, 4, 7)))).isoformat()


def _swapped(text, one, other):
    first, second = one.split()[0], other.split()[0]
    mark = "\0"
    return text.replace(first, mark).replace(second, first).replace(mark, second)


def other_speaker(case, chance):
    """Another person in the meeting is said to have said it."""
    claim = case.claim
    lead = next((name for name in case.call.names if claim.text.startswith(name.split()[0])), None)
    if isinstance(claim, ActionItem) or lead is None or " spoke about" in claim.text or case.kind == "model's":
        return
    other = chance.choice([name for name in case.call.names if name != lead])
    yield _with(claim, _swapped(claim.text, lead, other))


def other_owner(case, chance):
    """Another person in the meeting is said to have taken it."""
    claim = case.claim
    if isinstance(claim, ActionItem):
        other = chance.choice([name for name in case.call.names if name != claim.owner])
        if other.split()[0] not in claim.text:
            yield _with(claim, claim.text, owner=other)
    elif re.match(r"\S+ (?:will|is going to) ", claim.text):
        yield from other_speaker(Case(case.call, "sentence", claim), chance)


def turned(case, chance):
    """A `not` more, or less."""
    claim = case.claim
    if isinstance(claim, ActionItem):
        yield _with(claim, f"{chance.choice(('Do not', 'Never'))} {claim.text[0].lower()}{claim.text[1:]}")
        return
    bare = re.sub(r"“[^”]*”", lambda found: "#" * len(found[0]), claim.text)
    if " spoke about" in bare:
        return
    less = _NOT.search(bare)
    if less:
        yield _with(claim, claim.text[: less.start()] + (less["aux"] or "") + claim.text[less.end() :])
        return
    more = _AUX.search(bare)
    if more and more["aux"] not in ("said that", "needs to", "need to"):
        yield _with(claim, f"{claim.text[: more.end()]} not{claim.text[more.end() :]}")


def surer(case, chance):
    """What was hedged, set under a condition or asked is said as sure."""
    claim = case.claim
    if isinstance(claim, ActionItem):
        if claim.certainty != "firm":
            bare = re.sub(r" \((?:if|unless)[^)]*\)", "", _HEDGE.sub("", claim.text))
            yield _with(claim, bare[:1].upper() + bare[1:], certainty="firm")
            yield _with(claim, claim.text, certainty="firm")
        return
    asked = re.match(r"(?P<who>\S+) asked whether (?P<what>[^;“]+)", claim.text)
    if asked:
        yield SummarySentence(
            text=f"{asked['who']} said that {asked['what'].rstrip('.')}.", evidence=claim.evidence[:1]
        )
        return
    bare = re.sub(r"“[^”]*”", lambda found: "#" * len(found[0]), claim.text)
    hedge = _HEDGE.search(bare)
    if hedge and not re.search(r"[?#]|asked|n't\b", bare) and not _HEDGE.search(bare, hedge.end()):
        put = "will " if hedge[0].strip() in ("might", "could", "might be able to") else ""
        yield _with(claim, claim.text[: hedge.start()] + put + claim.text[hedge.end() :])


KINDS = {
    "number": (other_number, other_number, number_of_another),
    "name": (stranger, other_name),
    "date": (other_day, day_alone),
    "speaker": (other_speaker,),
    "owner": (other_owner,),
    "polarity": (turned,),
    "certainty": (surer,),
}
