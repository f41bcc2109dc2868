"""Questions and their answers in reported speech: `Clara asked whether it is ready; Felix said that it is not`."""

from __future__ import annotations

import re

from server_stub.recap.persons import Speakers, Unclear, name_people
from server_stub.recap.reported import clause, is_fragment, is_predicate, report
from server_stub.recap.tidy_speech import TAKES_BACK
from server_stub.recap.verbs import BASES, is_third, past, third
from server_stub.recap.words import capital, content, plain, split_words, word_set

#: An answer that is quoted has at most this many words; a question too.
QUOTED_WORDS = 22
#: A longer question is several.
TURNED_WORDS = 18
_AUX = r"do|does|did|is|are|was|were|will|would|can|could|should|shall|may|might|have|has|had|am"
_PRON = r"it|you|we|they|he|she|i|there|that|this|these|those|anyone|anybody|everyone|everybody|somebody|someone"
_WH = r"(?:(?:on|at|by|for|from|since|until|till|in|to|with) )?(?:what|when|where|who|which|how|why)"
_WHETHER = re.compile(rf"(?P<aux>{_AUX}) (?P<who>{_PRON})\b")
_WHAT = re.compile(rf"(?P<wh>{_WH}(?: (?!{_AUX}\b|{_PRON}\b)[\w-]+){{0,3}}) (?P<aux>{_AUX}) (?P<who>{_PRON})\b")
_NOUN_ASKED = re.compile(
    rf"(?:(?P<wh>{_WH}(?: (?!{_AUX}\b|{_PRON}\b)[\w-]+){{0,2}}) )?(?P<aux>does|did|do|will|would|can|could|should|is|"
    rf"are|was|were|has|have) "
    r"(?P<what>(?:the|a|an|my|your|our|his|her|their|this|that|those|these) .+)"
)
_ABOUT = re.compile(
    r"(?P<opens>(?:what|how) about (?=.))?(?P<what>(?(opens)|(?:the|a|an|my|your|our|his|her|their|those|these)\b).+)"
)
_WHAT_IS = re.compile(
    rf"(?P<wh>{_WH}(?: long| much| many| big| far)?)(?P<is>'s| is| are| was| were) (?P<what>(?:the|my|your|our|his|"
    rf"her|their) .+)"
)
_SUBJECT_WH = re.compile(
    r"(?P<wh>who|what|which(?: \w+)?)(?P<is>'s| is| are| was| has| have| will| can| could| would| should|"
    r"\b) (?P<what>.+)"
)
_YES_NO = re.compile(r"(?P<word>yes|yeah|yep|yup|no|nope|nah)\b[,.!]*\s*")
#: Points at the question, so that it cannot stand behind `said that`.
_POINTS = re.compile(r"(?:that|this|those|these)\b")
#: Begins a reply that answers nothing.
NO_ANSWER = re.compile(
    r"(?:speaking of|anyway|by the way|hang on|hold on|one (?:sec|moment|minute)|sorry[,.]|wait|what\b|pardon|"
    r"excuse me|"
    r"good question|let me (?:see|think|check|look)|i see\b|got it|hmm+|oh\b(?! (?:yes|no)\b))"
)
_TAG = re.compile(
    r",? (?:isn't|aren't|doesn't|don't|wasn't|won't|can't|didn't|haven't|is|right|or|ok|okay|yeah|no)(?: (?:it|they|"
    r"you|he|she|we|i|not))?$"
)


def report_question(text: str, who: Speakers) -> str:
    """A tidied question as `Clara asked ...`, without its full stop; quoted where it cannot be turned.

    Raises:
        Unclear: it is too long to be quoted, or asks nothing.
    """
    bare = text.strip(" .?!…,")
    low = plain(bare)
    if (
        len(content(bare)) < 1
        or re.match(r"(?:if|because|unless|when (?!is|are|do|does|did|can|will|was))\b", low)
        or re.search(r"\b(?:what|who|where|when|which|how)$", low)
        or len(split_words(bare)) < 2
        or TAKES_BACK.search(low)
    ):
        raise Unclear(text)
    try:
        return f"{who.speaker} asked {_turned(bare, low, who)}"
    except Unclear:
        return f"{who.speaker} asked {quote(f'{bare}?')}"


def quote(text: str) -> str:
    """Somebody's own words in quotation marks.

    Raises:
        Unclear: there are too many of them.
    """
    if len(split_words(text)) > QUOTED_WORDS or any(mark in text for mark in '"“”'):
        raise Unclear(text)
    return f"“{capital(text)}”"


def report_answer(sentences: list[str], who: Speakers) -> tuple[str, int]:
    """The tidied sentences of a reply as an answer, and how many of them it tells.

    Raises:
        Unclear: nothing of it can be told.
    """
    first = sentences[0]
    yes_no = _YES_NO.match(plain(first))
    if yes_no and len(split_words(first[yes_no.end() :])) == 0:
        word = "no" if yes_no["word"].startswith("n") else "yes"
        try:
            return f"{who.speaker} said {word}: {clause(sentences[1], who)}", 2
        except (Unclear, IndexError):
            return f"{who.speaker} said {word}", 1
    if NO_ANSWER.match(plain(first)):
        raise Unclear(first)
    if not yes_no and not _POINTS.match(plain(first)) and len(split_words(first)) > 2:
        try:
            return report(first, who), 1
        except Unclear:
            pass
    answered = f"{who.speaker} answered {quote(_ended(first))}"
    if len(split_words(first)) <= 4 and len(sentences) > 1:
        try:
            return f"{answered}; {clause(sentences[1], who)}", 2
        except Unclear:
            pass
    return answered, 1


def _ended(text: str) -> str:
    return text.strip(" .,…")


def _turned(bare: str, low: str, who: Speakers) -> str:
    if len(split_words(bare)) > TURNED_WORDS:
        raise Unclear(bare)
    about = _ABOUT.match(low)
    if about and (about["opens"] or is_fragment(bare)):
        thing = bare[about.start("what") :].split(",")[0] if about["opens"] else bare
        if len(split_words(thing)) > 8 or re.search(r"[,;]|^(?:if|that|this|it)\b", plain(thing)):
            raise Unclear(bare)
        return f"about {name_people(thing, who, is_asked=True)}"
    if re.search(rf",? (?:{_AUX})(?:n't)? (?:{_PRON})\b|[,;].*[,;]", low[3:]) and not _WHAT.match(low):
        raise Unclear(bare)
    if _TAG.search(low):
        raise Unclear(bare)
    whether = _WHETHER.match(low)
    if whether and whether["who"] == "i" and whether["aux"] in ("should", "shall") and _bare_verb(low, whether):
        return f"whether to {name_people(bare[whether.end() :].strip(), who, is_asked=True)}"
    if whether:
        return f"whether {_inverted(bare, whether, who)}"
    what = _WHAT.match(low)
    if what:
        return f"{what['wh']} {_inverted(bare, what, who)}"
    be = _WHAT_IS.match(low)
    if be:
        return _what_it_is(bare, be, who)
    noun = _NOUN_ASKED.match(low)
    if noun:
        return _noun_inverted(bare, noun, who)
    subject = _SUBJECT_WH.match(low)
    if subject and not re.match(r"(?:about|if|do|does|did|i|you|we|they|he|she|it)\b", subject["what"]):
        verb = {"'s": " is", "": ""}.get(subject["is"], subject["is"])
        if verb == " is" and subject["what"].startswith(("got ", "been ", "had ")):
            verb = " has"
        if not verb and not is_third(subject["what"].split()[0]):
            raise Unclear(bare)
        return f"{subject['wh']}{verb} {name_people(bare[subject.start('what') :], who, is_asked=True)}"
    if re.match(rf"(?:{_WH}|{_AUX})(?:'s)?\b", low):
        raise Unclear(bare)
    told = report(bare, who)
    said = f"{who.speaker} said that "
    if not told.startswith(said):
        raise Unclear(bare)
    return f"whether {told.removeprefix(said)}"


def _bare_verb(low: str, found: re.Match[str]) -> bool:
    return low[found.end() :].split()[:1] != [] and low[found.end() :].split()[0] in BASES | {"do", "have"}


def _inverted(bare: str, found: re.Match[str], who: Speakers) -> str:
    """`do you want it` as `Clara wants it`, `is it ready` as `it is ready`."""
    aux, person = found["aux"], found["who"]
    rest = bare[found.end() :].strip()
    if not rest and aux not in ("is", "are", "was", "were"):
        raise Unclear(bare)
    aux = "should" if aux == "shall" else aux
    if aux not in ("do", "does", "did"):
        if re.match(r"(?:n't|not)\b", plain(rest)):
            raise Unclear(bare)
        return name_people(f"{person} {aux} {rest}".strip(), who, is_asked=True)
    verb, _, behind = rest.partition(" ")
    if plain(verb) not in BASES | {"have", "do"}:
        raise Unclear(bare)
    if (
        person in ("it", "this", "that")
        and found["aux"] == "did"
        and re.search(r"\bwh(?:o|at)$", found.groupdict().get("wh") or "")
    ):
        raise Unclear(bare)  # `who did it last time` asks for the doer
    if aux == "did":
        said = past(plain(verb))
        if said is None:
            raise Unclear(bare)
        return name_people(f"{person} {said} {behind}".strip(), who, is_asked=True)
    if aux == "does":
        return name_people(f"{person} {third(plain(verb))} {behind}".strip(), who, is_asked=True)
    return name_people(f"{person} {verb} {behind}".strip(), who, is_asked=True)


#: With these no subject ends.
_NO_END = word_set("of for in on at with to by from that who which and or the a an my your our new")


def _noun_inverted(bare: str, found: re.Match[str], who: Speakers) -> str:
    """`did the new draft arrive` as `whether the new draft arrived`."""
    words = bare[found.start("what") :].split()
    low = [plain(word).strip(",.") for word in words]
    aux = found["aux"]
    opens = f"{found['wh']} " if found["wh"] else "whether "
    if aux in ("is", "are", "was", "were", "has", "have"):
        at = next((n for n in range(2, len(low)) if is_predicate(low[n])), None)
    else:
        at = next((n for n in range(2, len(low)) if low[n] in BASES), None)
    if at is None or at > 5 or any(word.endswith(",") for word in words[:at]) or low[at - 1] in _NO_END:
        raise Unclear(bare)
    subject, behind = " ".join(words[:at]), " ".join(words[at:])
    if aux in ("do", "does", "did"):
        base = low[at]
        said = past(base) if aux == "did" else third(base) if aux == "does" else base
        if said is None:
            raise Unclear(bare)
        behind = " ".join([said, *words[at + 1 :]])
    else:
        behind = f"{aux} {behind}"
    return f"{opens}{name_people(f'{subject} {behind}', who, is_asked=True)}"


def _what_it_is(bare: str, found: re.Match[str], who: Speakers) -> str:
    """`What is the price for the project` as `what the price for the project is`."""
    what = found["what"]
    words = split_words(what)
    if (
        len(words) > 7
        or "," in what
        or any(
            word.endswith(("ing", "ed"))
            or word in ("and", "that", "who", "if", "we", "you", "i", "not", "like", "there", "now")
            for word in words
        )
    ):
        raise Unclear(bare)
    verb = {"'s": "is"}.get(found["is"], found["is"].strip())
    return f"{found['wh']} {name_people(bare[found.start('what') :], who, is_asked=True)} {verb}"
