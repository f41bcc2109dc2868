"""Follows a talk and keeps what was agreed: requests wait for their answers, offers for their takers, days may move."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from app.wire.recap import Utterance
from server_stub.recap.names import Names
from server_stub.recap.promises import answers
from server_stub.recap.promises.bringing import Bringing
from server_stub.recap.promises.heard import Heard, hear
from server_stub.recap.promises.matters import SAME, WAITING, Matter, State
from server_stub.recap.promises.replies import Reply, day_given, gives_day, is_elsewhere, reply_to
from server_stub.recap.promises.speech import Sentence, sentences
from server_stub.recap.words import content, overlap, plain

#: A question that was not answered so many turns later is not answered any more.
PATIENCE_TURNS = 9
#: Nor is an offer taken up.
OFFER_TURNS = 3
#: A late `no` reaches so far back.
REGRET_TURNS = 4
_JUST_DONE = re.compile(r"(?:okay,? |and |so |there,? )*(?:done|sent|undone|there|there you go|there we go)[.!]?")
#: `Deleting the sandwich.`: who does it says so.
_DOING = re.compile(
    r"(?:(?:okay|ok|and|so|yep|yes|right),? )*(?P<task>(?:delet|remov|renam|shar|open|clos|mut|unmut|scroll|zoom|hid|"
    r"clear)ing\b[^,]{0,40})[.!]?"
)
_UNTIL = re.compile(r"(?:until|till)\b")
_IT = re.compile(r"\b(?:it|them|that|this|him|her)\b")
#: Who names what is cancelled may do so later.
_NAMED_TURNS = 12


class Talk:
    """One meeting's talk, heard sentence by sentence."""

    def __init__(self, transcript: Iterable[Utterance], names: tuple[str, ...], today: date) -> None:
        """Hears all of a talk.

        Args:
            transcript: in order of time.
            names: everyone in the meeting.
            today: its day.
        """
        said = sentences(transcript)
        self._heard: list[Heard] = []
        self.matters: list[Matter] = []
        self._called = Names(names)
        self._today = today
        self._refused: tuple[Matter, Sentence] | None = None
        self._bringing = Bringing(said, names, today, self.matters)
        for heard in hear(said, names, today):
            self._heard.append(heard)
            self._follow(heard)

    def agreed(self) -> list[Matter]:
        """What is left when the talk is over, in the order in which it came up."""
        counted = [matter for matter in self.matters if _counts(matter)]
        for matter in counted:
            if matter.due is None:
                self._date(matter)
        return counted

    def _date(self, matter: Matter) -> None:
        """Gives a matter the one day that is named beside it and that belongs to nothing else."""
        taken = {each.due.day for each in self.matters if each.due}
        near = [
            each
            for each in self._heard
            if matter.turn - 1 <= each.said.turn <= matter.turn + 2
            and each.is_dated
            and each.is_meant
            and _may_date(matter, each)
            and not answers.is_tight(each.said.low)
            and not answers.says_no(each.said.low)
            and each.due
            and each.due.day not in taken
            and not (each.said.asks and each.due.day == self._today)
        ]
        days = {each.due.day for each in near if each.due}
        if len(days) == 1:
            matter.due = near[-1].due
            matter.places.extend(near[-1].said.places)

    def _follow(self, heard: Heard) -> None:
        if self._resume(heard):
            return
        taken, refused = self._answer(heard)
        if taken is None and not refused:
            self._decline(heard)
            self._retract(heard)
            if answers.cancels(heard.said.low):
                self._cancel(heard)
            elif self._move(heard):
                return
        if _JUST_DONE.fullmatch(heard.said.low):
            self._done(heard)
        self._do_now(heard)
        self._bringing.bring_up(heard, taken, refuses=refused)

    def _answer(self, heard: Heard) -> tuple[Matter | None, bool]:
        """The matter that a sentence accepts, and whether it refused one."""
        said = heard.said
        for matter in reversed(self.matters):
            if said.turn - matter.turn > PATIENCE_TURNS or matter.state not in WAITING or matter.turn == said.turn:
                continue
            if matter.state is State.OFFERED and said.turn - matter.turn > OFFER_TURNS:
                continue
            if said.speaker == matter.asker and matter.state is not State.OPEN:
                continue
            if matter.state is State.ASKED and matter.owner not in (None, said.speaker):
                continue
            reply = reply_to(matter, heard)
            if reply is not Reply.NO and answers.was_lost(said.low) and matter.state is State.ASKED:
                matter.is_lost = True
                continue
            if reply is Reply.NO:
                matter.state = State.DROPPED
                self._refused = (matter, said)
                return None, True
            if reply is Reply.OTHER_DAY:
                matter.due = None
                return matter, False
            if reply is Reply.YES:
                _accept(matter, heard)
                return matter, False
        return None, False

    def _resume(self, heard: Heard) -> bool:
        """`Friday? No. Wednesday.` names another day, `Gloria?` asks somebody else for what was refused."""
        said = heard.said
        if self._refused is None or said.turn - self._refused[1].turn > 1:
            return False
        matter, no = self._refused
        name = self._called.find(said.text)
        if heard.is_date_only and said.speaker == no.speaker and said.words <= 3 and not said.asks:
            matter.state, matter.owner, matter.due = State.AGREED, said.speaker, heard.due
        elif heard.is_date_only and said.asks and said.speaker == matter.asker and said.words <= 6:
            matter.state, matter.due = State.ASKED, heard.due
        elif said.asks and said.words <= 2 and name and name not in (no.speaker, said.speaker):
            matter.state, matter.owner, matter.asker = State.ASKED, name, said.speaker
        else:
            return False
        matter.turn, matter.sentence, self._refused = said.turn, said.sentence, None
        matter.places.extend(said.places)
        return True

    def _decline(self, heard: Heard) -> None:
        """`I could do it Thursday` - `Leave it, please`: what was only offered is not wanted."""
        said = heard.said
        if said.asks or not answers.says_no(said.low):
            return
        soft = [
            each
            for each in self.matters
            if each.is_soft
            and each.asker != said.speaker
            and each.state in (State.AGREED, State.OFFERED)
            and said.turn - each.turn <= REGRET_TURNS
        ]
        for matter in soft:
            if matter.turn == soft[-1].turn:
                matter.state = State.DROPPED

    def _retract(self, heard: Heard) -> None:
        """`I'll come round on Thursday` - `No, don't`, or later `I won't, then`."""
        said = heard.said
        for matter in reversed(self.matters):
            if matter.state is not State.AGREED or matter.owner != matter.asker:
                continue
            turns = said.turn - matter.turn
            refused = said.speaker != matter.owner and turns <= 1 and answers.refuses(said.low)
            if refused or (said.speaker == matter.owner and turns <= PATIENCE_TURNS and answers.will_not(said.low)):
                matter.state = State.DROPPED
                return

    def _cancel(self, heard: Heard) -> None:
        said = heard.said
        if any(not each.is_meant and each.commitments and each.said.turn == said.turn for each in self._heard):
            return
        known = [
            each for each in self.matters if each.state is not State.DROPPED and said.turn - each.turn <= _NAMED_TURNS
        ]
        fitting = [each for each in known if overlap(f"{each.task} {each.topic}", said.text) > 0]
        alive = [each for each in known if said.turn - each.turn <= REGRET_TURNS]
        last = self.matters[-1:]  # nothing else has come up since
        near = [
            each
            for each in alive
            if said.turn - each.turn <= 1 + (each.asker == said.speaker)
            or (each.asker == said.speaker and each in last and (each.is_soft or not each.has_day))
        ]
        loose = [each for each in near if each.is_soft or each.state in (State.ASKED, State.OFFERED)]
        chosen = loose or fitting or near
        if chosen:
            max(chosen, key=lambda each: (each.turn, each.sentence)).state = State.DROPPED

    def _done(self, heard: Heard) -> None:
        """`I'll take it out. Done.`: nothing is left of what was promised a moment ago."""
        said = heard.said
        own = (each for each in reversed(self.matters) if each.owner == said.speaker and each.turn == said.turn)
        matter = next(own, None)
        if matter and matter.state is State.AGREED and not matter.has_day:
            matter.state = State.DROPPED

    def _do_now(self, heard: Heard) -> None:
        """`Delete the sandwich.` - `Deleting the sandwich.`: it is being done."""
        said = heard.said
        doing = _DOING.fullmatch(said.low)
        if doing is None or heard.due or said.asks:
            return
        verb, _, thing = doing["task"].partition(" ")
        for matter in self.matters:
            if matter.owner != said.speaker or said.turn - matter.turn > 1 or matter.has_day:
                continue
            first, _, rest = plain(matter.task).partition(" ")
            if verb.startswith(first.rstrip("e")) and overlap(rest, thing) >= SAME:
                matter.state = State.DROPPED

    def _is_known(self, heard: Heard) -> bool:
        """Whether a sentence only says again a day that something has."""
        return any(
            each.due and heard.due and each.due.day == heard.due.day and heard.said.turn - each.turn <= REGRET_TURNS
            for each in self.matters
        )

    def _move(self, heard: Heard) -> bool:
        """Whether a sentence gives a matter another day."""
        said, due = heard.said, heard.due
        own = [each for each in self.matters if each.owner == said.speaker and said.turn - each.turn <= 2]
        if any(not each.has_day and each.state is State.AGREED for each in own) or self._is_known(heard):
            return False
        if due is None or due.day is None or any(len(each.text.split()) > 4 for each in heard.commitments):
            return False
        bare = heard.is_date_only and said.words <= 3 and not said.asks
        goes_on = any(each.turn == said.turn for each in own) and answers.redates(said.low)
        if (
            not goes_on
            and not answers.moves(said.low)
            and not (said.words <= 4 and answers.says_yes(said.low))
            and not bare
        ):
            return False
        turn = [each for each in self._heard if each.said.turn == said.turn]
        words = " ".join(each.said.text for each in turn)
        mentioned: set[object] = {day.day for each in turn for day in each.dues}
        for matter in reversed(self.matters):
            if matter.state is not State.AGREED or not matter.has_day or (matter.due and matter.due.day == due.day):
                continue
            if bare and not answers.moves(said.low) and (matter.owner != said.speaker or said.turn - matter.turn > 2):
                continue
            if gives_day(matter, heard, words, mentioned):
                matter.due = due
                matter.places.extend(said.places)
                return True
        return False


def _may_date(matter: Matter, heard: Heard) -> bool:
    """Whether a sentence with a day says nothing of another thing: `Say Friday`, `I'll get to it tomorrow`."""
    if heard.due is None or _UNTIL.match(plain(heard.due.words)):
        return False
    bare = len(content(heard.rest)) <= 1 or _IT.search(heard.said.low) is not None
    return bare or overlap(matter.told, heard.said.text) > 0


def _accept(matter: Matter, heard: Heard) -> None:
    said, due = heard.said, day_given(matter, heard)
    if matter.state is not State.OFFERED:
        matter.owner = said.speaker
    elif matter.hedge in ("could", "can", "would", "i'd"):
        matter.certainty, matter.hedge = "firm", ""
    matter.state, matter.turn, matter.sentence = State.AGREED, said.turn, said.sentence
    matter.places.extend(said.places)
    if (
        due
        and due.day
        and not is_elsewhere(matter, heard)
        and (not matter.has_day or due.is_deadline or said.words <= 10)
    ):
        matter.due = due
    hedge = answers.hedge_of(said.low)
    if hedge and matter.certainty == "firm":
        matter.certainty, matter.hedge = "tentative", hedge


def _counts(matter: Matter) -> bool:
    if matter.state is State.ASKED and matter.is_recall:
        return False
    if matter.state is State.ASKED or (matter.state is State.OPEN and matter.is_question):
        matter.certainty = "question"
        return True
    if matter.state is State.OPEN:
        return not matter.is_recall and ((matter.has_day and not matter.is_at_a_time) or matter.is_explicit)
    return matter.state is State.AGREED
