"""What a reply does with what was asked or offered."""

from __future__ import annotations

import re
from enum import Enum

from server_stub.recap.due_dates import Due
from server_stub.recap.promises import answers
from server_stub.recap.promises.heard import OBJECT, Heard, is_vague
from server_stub.recap.promises.matters import Matter, State
from server_stub.recap.words import content, overlap, plain

#: A reply no longer than this may accept by its bare words.
SHORT_WORDS = 8
#: Of the shorter text's words: from here on a reply speaks of the matter.
TOUCHES, ECHOES = 0.3, 0.5
#: A bare day answers within so many turns.
NEAR_TURNS = 2

_ASKS_BACK = re.compile(
    r"(?:oh |ah |well )?(?:(?:would|could|will) you(?: do that)?\b|(?:can|could|may) i have (?:till|until)\b)"
)
#: An answer that goes on to something of its own.
_OWN = re.compile(r"(?:and |so |then |oh,? |okay,? )*(?:i'll|i will|i can|i'm|let me)\b")


class Reply(Enum):
    """What a sentence says to a matter."""

    YES = "yes"
    NO = "no"
    OTHER_DAY = "other day"
    """It cannot be that day; none is named yet."""
    NOTHING = "nothing"


def reply_to(matter: Matter, heard: Heard) -> Reply:
    """What a sentence of somebody else says to a matter that waits."""
    if matter.state is State.OPEN:
        return _takes_up(matter, heard)
    low = heard.said.low
    if matter.state is State.ASKED and heard.is_dated and answers.is_tight(low):
        return Reply.YES if day_given(matter, heard) else Reply.OTHER_DAY
    if answers.says_no(low) or answers.is_done(low):
        return Reply.NO
    if _offers_day(matter, heard):
        return Reply.YES
    if heard.said.asks and not _ASKS_BACK.match(low):
        return Reply.NOTHING
    if matter.is_lost and not (heard.is_dated or overlap(matter.task, heard.said.text) >= TOUCHES):
        return Reply.NOTHING
    if matter.state is State.OFFERED:
        wanted = answers.says_yes(low) or (heard.is_dated and answers.fits_well(low))
        return Reply.YES if wanted and not _OWN.match(low) else Reply.NOTHING
    return Reply.YES if _accepts(matter, heard) else Reply.NOTHING


def _offers_day(matter: Matter, heard: Heard) -> bool:
    """`Could you do it by Tuesday?` - `Wednesday?`: who asks back for a day of their own will do it."""
    other = heard.due is not None and (matter.due is None or matter.due.day != heard.due.day)
    return matter.state is State.ASKED and heard.said.asks and heard.is_date_only and heard.said.words <= 5 and other


def _takes_up(matter: Matter, heard: Heard) -> Reply:
    """Whether somebody takes what has to be done."""
    said = heard.said
    if heard.takes:
        return Reply.YES
    if said.asks or answers.is_done(said.low):
        return Reply.NOTHING
    if matter.is_recall:
        if said.speaker == matter.asker or said.turn - matter.turn > NEAR_TURNS:
            return Reply.NOTHING
        agrees = answers.says_yes(said.low) and (heard.is_dated or not answers.says_no(said.low))
        agrees = agrees or any(is_vague(heard.undated(each.text)) for each in heard.promises)
        return Reply.YES if agrees else Reply.NOTHING
    if matter.is_question and said.turn - matter.turn <= 1 and answers.says_no(said.low):
        return Reply.NO
    near = said.turn - matter.turn <= 3 * NEAR_TURNS
    fits = overlap(matter.task, said.text) >= ECHOES
    if (
        said.speaker != matter.asker
        and matter.is_question
        and near
        and (fits or answers.says_yes(said.low))
        and not answers.says_no(said.low)
    ):
        return Reply.YES
    vague = near and any(is_vague(heard.undated(each.text).split(",")[0]) for each in heard.promises)
    return Reply.YES if heard.promises and (fits or vague) else Reply.NOTHING


def _accepts(matter: Matter, heard: Heard) -> bool:
    said, low = heard.said, heard.said.low
    if heard.is_dated and re.match(r"(?:can|could|may) i have (?:till|until)\b", low):
        return True
    if heard.takes or answers.says_yes(low) or (heard.is_dated and answers.fits_well(low)):
        return True
    if heard.is_dated and re.search(r"\bi(?:'ll| will)\b", low) and not said.asks:
        return True
    shared = overlap(matter.task, said.text)
    if heard.is_dated and said.turn - matter.turn <= NEAR_TURNS:
        leads = heard.due is not None and heard.due.start <= 3
        bare = said.words <= SHORT_WORDS and (heard.is_fragment or heard.is_date_only or leads or answers.moves(low))
        if bare or shared >= TOUCHES or heard.deliveries:
            return True
    near = said.turn - matter.turn <= 1
    for each in heard.promises:
        task = heard.undated(each.text).split(",")[0]
        if is_vague(task) or shared >= TOUCHES or (near and OBJECT.search(plain(task)) and not each.is_soft):
            return True
    return shared >= ECHOES and said.words <= SHORT_WORDS


def day_given(matter: Matter, heard: Heard) -> Due | None:
    """The day that an answer gives: where it turns one down, the other one."""
    if not answers.is_tight(heard.said.low):
        return heard.due
    asked = matter.due.day if matter.due else None
    return next((due for due in reversed(heard.dues) if due.day and due.day != asked), None)


def is_elsewhere(matter: Matter, heard: Heard) -> bool:
    """Whether the day in an answer belongs to another promise of the same sentence."""
    due = heard.due
    own = [each for each in heard.commitments if due and each.start < due.start and len(content(each.text)) >= 2]
    return bool(own) and all(overlap(matter.task, each.text) < TOUCHES for each in own)


def gives_day(matter: Matter, heard: Heard, turn_words: str, mentioned: set[object]) -> bool:
    """Whether a sentence with a day moves a matter that has one to that day.

    Args:
        matter: what was agreed.
        heard: the sentence.
        turn_words: of its turn up to it.
        mentioned: every day that was named in them.
    """
    said = heard.said
    if matter.owner != said.speaker and heard.acts:
        return False
    own_day = matter.due is not None and matter.due.day in mentioned and matter.owner == said.speaker
    speaks_of = said.turn > matter.turn and overlap(f"{matter.task} {matter.topic}", turn_words) >= ECHOES
    other = heard.is_fragment and content(heard.rest) and overlap(heard.rest, matter.told) == 0
    bare = heard.is_date_only and not other and not heard.deliveries and said.turn - matter.turn <= 2 * NEAR_TURNS
    return own_day or speaks_of or bare
