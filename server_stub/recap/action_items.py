"""Action items: who is to do what by when, as far as people really said so.

A promise counts at once. A question counts when the one who was asked accepts. Hedges stay: `I might` is never turned
into `I will`. Each item names the utterances that it rests on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.commitments import Commitment, Finder, Kind
from server_stub.recap.due_dates import Due, find_all, find_due
from server_stub.recap.wording import set_capitals
from server_stub.recap.words import capital, content, overlap, plain, split_words

#: An answer comes within this many utterances and seconds, or not at all.
ANSWER_UTTERANCES = 5
ANSWER_S = 30.0
#: Of the shorter task's words: from here on two tasks of one person are the same.
SAME = 0.6
#: A reply that repeats this much of a request accepts it.
ECHO = 0.5
#: A reply longer than this is not a bare date.
BARE_WORDS = 8

_ACCEPTS = re.compile(
    r"\b(?:yes|yeah|yep|yup|sure|okay|ok|of course|will do|absolutely|no problem|no worries|certainly|"
    r"definitely|gladly|happy to|consider it done|got it|noted|sounds (?:good|great|fine|like a plan)|alright|"
    r"all right|"
    r"fine|great|good|perfect|deal|right|agreed|i will|i'll|i can|my pleasure|you got it|on it|that works|works for me|"
    r"you can count on|understood)\b"
)
_REFUSES = re.compile(
    r"\b(?:no(?! problem| worries|t\b)(?=$|[ ,.!])|can't|cannot|can not|won't|will not|not able|unable|don't think|"
    r"do not think|unfortunately|i'm afraid|i am afraid|rather not|not possible|impossible|not before|too early|"
    r"not this|not my|not really|i doubt)\b"
)
_WHEN = re.compile(r"\b(?:when|by when|until when|what date|which day|how soon|what deadline|what day)\b")
_PRONOUN = re.compile(r"^(?:\w+ )?(?:\w+ )?(?:it|that|this|them|those|these|one|so)\b")
_GIVE = r"(?:send|give|show|bring|email|mail|forward|get|write|make|prepare|call|hand|pass|offer|text|draft)"
#: `by Friday`, not `on friday` within a longer plan: used to see whether one task names two days.
_SECOND_TASK = re.compile(r",? and (?:then |also )?(?=\w+ )")


@dataclass
class _Open:
    """A commitment on its way to becoming an item."""

    commitment: Commitment
    place: int
    owner: str | None
    due: Due | None
    evidence: list[int] = field(default_factory=list)
    accepted: bool = False
    text: str = ""


class _Meeting:
    def __init__(self, transcript: tuple[Utterance, ...], names: tuple[str, ...], today: date) -> None:
        self.transcript, self.names, self.today = transcript, names, today
        finder = Finder(names)
        self.found = [list(finder.find(utterance.text)) for utterance in transcript]

    def other(self, speaker: str) -> str | None:
        """The one person that `you` can mean, if there is exactly one."""
        others = [name for name in self.names if name != speaker]
        return others[0] if len(others) == 1 else None

    def answers(self, place: int) -> list[int]:
        """The places of the utterances that may answer one, of whoever else speaks."""
        asked = self.transcript[place]
        return [
            later
            for later in range(place + 1, min(place + 1 + ANSWER_UTTERANCES, len(self.transcript)))
            if self.transcript[later].start_s - asked.end_s <= ANSWER_S
            and self.transcript[later].speaker != asked.speaker
        ]


def find_action_items(transcript: tuple[Utterance, ...], names: tuple[str, ...], today: date) -> tuple[ActionItem, ...]:
    """The action items of a meeting, in the order in which they came up.

    Args:
        transcript: in order of time.
        names: everyone in the meeting; owners are among them.
        today: the day of the meeting, from which `next Tuesday` counts.
    """
    meeting = _Meeting(transcript, names, today)
    items: list[_Open] = []
    for place, commitments in enumerate(meeting.found):
        for commitment in commitments:
            for part in _parts(commitment, today):
                item = _settle(meeting, part, place)
                if item and not _dates_last(items, item):
                    _add(items, item)
    for item in items:
        _ask_when(meeting, item)
    return tuple(_write(meeting, item) for item in items if item.text)


def _parts(commitment: Commitment, today: date) -> list[Commitment]:
    """`Send the draft by Monday and update the invoice by Friday` is two tasks."""
    dues = [due for due in find_all(commitment.text, today) if due.day]
    for first, second in pairwise(dues):
        joint = _SECOND_TASK.search(plain(commitment.text), first.end, second.start)
        if joint and len(content(commitment.text[joint.end() : second.start])) >= 2:
            return [
                replace(commitment, text=commitment.text[: joint.start()]),
                *_parts(replace(commitment, text=commitment.text[joint.end() :]), today),
            ]
    return [commitment]


def _settle(meeting: _Meeting, commitment: Commitment, place: int) -> _Open | None:
    """Finds out whose a commitment is and whether it holds; None where it comes to nothing."""
    speaker = meeting.transcript[place].speaker
    item = _Open(commitment, place, None, find_due(commitment.text, meeting.today), [place], text=commitment.text)
    if commitment.kind is Kind.PROMISE:
        item.owner, item.accepted = speaker, True
        return _refer(meeting, item)
    if commitment.kind is Kind.SHARED:
        wanted = item.due is not None and item.due.day is not None
        return item if wanted and len(content(_undated(item))) >= 1 else None
    item.owner = commitment.name if commitment.name != speaker else None
    item.owner = item.owner or (
        speaker if commitment.kind is Kind.NAMED and commitment.name else meeting.other(speaker)
    )
    if item.owner == speaker:
        item.accepted = True
        return item
    return _await_answer(meeting, item)


def _await_answer(meeting: _Meeting, item: _Open) -> _Open | None:
    for later in meeting.answers(item.place):
        reply = meeting.transcript[later]
        if item.owner not in (None, reply.speaker):
            continue
        verdict = _verdict(meeting, item, later)
        if verdict == "refused" and (item.owner or _is_asked(meeting, item, reply.speaker)):
            return None
        if verdict == "accepted":
            item.owner, item.accepted = item.owner or reply.speaker, True
            item.evidence.append(later)
            own = find_due(reply.text, meeting.today)
            # `Yes, by Friday` answers the request; `Yes, and on Friday I am away` does not.
            if own and own.day and (item.due is None or item.due.day is None or own.is_deadline):
                _postpone(item, own)
            return item
    if item.commitment.kind is Kind.QUESTION:
        return None
    if item.commitment.kind is Kind.ORDER and not (item.due or item.commitment.name) and not _is_plain_order(item):
        return None
    return item


def _postpone(item: _Open, due: Due) -> None:
    """Gives an item another day, in its words too; the same day leaves the words as they are."""
    if item.due and item.due.day == due.day:
        return
    item.text = f"{_undated(item)} {due.words}" if item.due else item.text
    item.due = due


def _is_asked(meeting: _Meeting, item: _Open, who: str) -> bool:
    return meeting.other(meeting.transcript[item.place].speaker) == who


def _is_plain_order(item: _Open) -> bool:
    """Advice (`you should use blue`) is no order; `please send the files` is one."""
    return len(content(item.text)) >= 2 and item.commitment.certainty == "firm" and item.commitment.hedge == ""


def _verdict(meeting: _Meeting, item: _Open, later: int) -> str:
    reply = meeting.transcript[later]
    low = plain(reply.text)
    start = " ".join(low.split()[:9])
    if _REFUSES.search(start):
        return "refused"
    if _ACCEPTS.search(start):
        return "accepted"
    promised = any(each.kind is Kind.PROMISE for each in meeting.found[later])
    own = find_due(reply.text, meeting.today)
    same_day = own is not None and item.due is not None and own.day is not None and own.day == item.due.day
    if promised or same_day or overlap(item.text, reply.text) >= ECHO:
        return "accepted" if not low.rstrip().endswith("?") else ""
    bare = own is not None and own.day is not None and len(split_words(low)) <= BARE_WORDS
    return "accepted" if bare and not low.rstrip().endswith("?") else ""


def _refer(meeting: _Meeting, item: _Open) -> _Open | None:
    """Puts the thing in place of `it`, where the request before named it."""
    task = _undated(item)
    if not _PRONOUN.match(plain(task)) or len(content(task)) > 2:
        return item if content(task) or re.match(r"(?:let|get back)", plain(task)) else None
    speaker = meeting.transcript[item.place].speaker
    for before in range(item.place - 1, max(-1, item.place - 4), -1):
        if meeting.transcript[before].speaker == speaker:
            continue
        for asked in reversed(meeting.found[before]):
            if asked.kind in (Kind.QUESTION, Kind.ORDER, Kind.NAMED) and content(asked.text):
                wanted = _Open(asked, before, speaker, find_due(asked.text, meeting.today), text=asked.text)
                item.due = item.due or wanted.due
                item.text = _personal(meeting, wanted, _undated(wanted))
                item.commitment = replace(item.commitment, text=item.text)
                if item.due and item.due.day:
                    item.text = f"{item.text} {item.due.words}"
                item.evidence.insert(0, before)
                return item
    return item if item.due is not None else None


def _undated(item: _Open) -> str:
    """The task without its due date."""
    if item.due is None or item.due.words not in item.text:
        return item.text
    return " ".join(item.text.replace(item.due.words, " ").split()).strip(" ,")


def _add(items: list[_Open], item: _Open) -> None:
    """Puts an item into the list, or into the one that already says the same."""
    for other in items:
        same_owner = other.owner == item.owner or None in (other.owner, item.owner)
        if not same_owner or not _is_same(other, item):
            continue
        other.owner = other.owner or item.owner
        if item.due and item.due.day and not (other.due and other.due.day == item.due.day):
            other.text, other.due = _fuller(other, item), item.due
        elif len(content(_undated(item))) > len(content(_undated(other))) and not other.due:
            other.text = item.text
        if item.commitment.certainty == "firm" and other.commitment.certainty != "firm":
            other.commitment = replace(other.commitment, certainty="firm", hedge="")
        other.evidence = sorted({*other.evidence, *item.evidence})
        return
    items.append(item)


def _dates_last(items: list[_Open], item: _Open) -> bool:
    """`I have to talk to them. I'll do that by Friday`: the second is the day of the first."""
    last = items[-1] if items else None
    if last is None or last.due or item.due is None or last.owner != item.owner or item.place - last.place > 1:
        return False
    if not re.match(
        r"(?:do|finish|have|get|handle|sort) (?:that|it|this)(?: done| ready| out)?$", plain(_undated(item))
    ):
        return False
    last.due, last.evidence = item.due, sorted({*last.evidence, *item.evidence})
    return True


def _is_same(one: _Open, other: _Open) -> bool:
    left, right = _undated(one), _undated(other)
    # A reply that was taken as acceptance and holds a promise of the same kind.
    shared = set(one.evidence) & set(other.evidence)
    return overlap(left, right) >= (SAME / 2 if shared else SAME)


def _fuller(one: _Open, other: _Open) -> str:
    """The wording that says more; a later day has replaced the earlier one."""
    left, right = _undated(one), _undated(other)
    best = left if len(content(left)) > len(content(right)) else right
    return f"{best} {other.due.words}" if other.due else best


def _ask_when(meeting: _Meeting, item: _Open) -> None:
    """`By when?` - `By Friday.`: a date that comes with the next words belongs to the item."""
    if item.due or not item.evidence:
        return
    last = max(item.evidence)
    offered: tuple[int, Due] | None = None
    for later in range(last + 1, min(last + 4, len(meeting.transcript))):
        said = meeting.transcript[later]
        if meeting.found[later] or said.start_s - meeting.transcript[last].end_s > ANSWER_S:
            return
        due = find_due(said.text, meeting.today)
        short = len(split_words(said.text)) <= BARE_WORDS
        if due and due.day and short and said.speaker == item.owner:
            item.due, item.evidence = due, [*item.evidence, later]
            return
        if due and due.day and short:
            offered = later, due
        elif offered and said.speaker == item.owner:
            if _ACCEPTS.search(plain(said.text)) and not _REFUSES.search(plain(said.text)):
                item.due, item.evidence = offered[1], [*item.evidence, offered[0], later]
            return
        elif not _WHEN.search(plain(said.text)):
            return


def _write(meeting: _Meeting, item: _Open) -> ActionItem:
    text = set_capitals(_personal(meeting, item, item.text), meeting.names)
    certainty, hedge = item.commitment.certainty, item.commitment.hedge
    if certainty == "firm" and not item.accepted and item.owner is not None and item.commitment.kind is not Kind.NAMED:
        certainty = "tentative"
    if certainty == "tentative" and hedge and hedge not in plain(text) and not hedge.startswith("i "):
        text = f"{hedge} {text}"
    if certainty == "conditional" and hedge and hedge not in plain(text):
        text = f"{text} ({hedge})"
    return ActionItem(
        text=capital(text),
        owner=item.owner,
        due=item.due.day.isoformat() if item.due and item.due.day else None,
        due_words=_tidy(item.due.words) if item.due else "",
        certainty=certainty,
        evidence=tuple(meeting.transcript[place].id for place in sorted(set(item.evidence))),
    )


def _personal(meeting: _Meeting, item: _Open, text: str) -> str:
    """Says `me` and `you` so that a reader of the list knows who is meant."""
    speaker = meeting.transcript[item.place].speaker
    if item.commitment.kind is Kind.PROMISE:
        text = re.sub(
            rf"(?i)\b({_GIVE}) you (?=(?:the|a|an|my|our|your|some|it|that|this|all|both|two|three)\b)", r"\1 ", text
        )
        text = re.sub(r"(?i) (?:over )?to you(?= |$|,|\.)", "", text)
        other = meeting.other(speaker)
        if other:
            text = re.sub(r"(?i)\byour\b", f"{other}'s", text)
            text = re.sub(
                r"(?i)\byou\b(?! (?:know|are|have|want|need|can|like|said|asked|should|would|will))", other, text
            )
        return text
    text = re.sub(r"(?i)\bme\b", speaker, text)
    text = re.sub(r"(?i)\bmy\b", f"{speaker}'s", text)
    return re.sub(r"(?i)\byour\b", "the", text)


def _tidy(words: str) -> str:
    """Due words as said, with the weekday's capital."""
    said = set_capitals(" ".join(words.split()))
    return said[:1].lower() + said[1:] if plain(said).startswith(("by ", "on ", "before ", "until ", "in ")) else said
