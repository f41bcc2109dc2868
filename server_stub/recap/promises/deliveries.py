"""Promises that name no act: what somebody will have, what will be ready, what is due, and bare answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from server_stub.recap.words import WEEKDAY, plain

_CAN = r"(?:'ll| will| can| could|'d| would| should|'re going to|'re gonna| are going to)"
_PLACES = (
    r"(?:with you|yours|(?<!'s )up(?= (?:by|on|before|tomorrow|tonight|today|next)\b)|(?:on|coming) (?:its|their|"
    r"the) way|built|ordered|booked|printed|(?:in|on|to|at) your \w+|to you|over to you|live|out|off|online|done|"
    r"ready|finished|there|"
    r"sent|pushed|published|fixed|delivered|complete|completed|submitted|uploaded|shipped|signed|sorted|"
    r"(?:in|on) (?:the )?(?:shared )?(?:mail|mailbox|inbox|slack|folder|drive|post|bucket|repo|cart|dropbox|cloud|"
    r"channel|group|staging|portal)|in\b(?= (?:by|on|before|until)\b))"
)
_IS = (
    r"(?: is| are|'s|'re|'ll be|'ll| will be| will| should be|'d be| would be| goes| go| comes| come| lands?| arrives?|"
    r" gets?|(?: is|'s| are|'re) (?:going to|gonna) be| is going|'s going| are going|'re going| is coming|'s coming|"
    r"'re coming| are coming| drops| ships)"
)


@dataclass(frozen=True)
class Delivery:
    """A promise by its result.

    Attributes:
        verb: what to do, where the words name none.
        thing: what it is about, as said; a pronoun or nothing where something before has to tell.
        start: its place in the sentence.
        end: the place behind it.
    """

    verb: str
    thing: str
    start: int
    end: int


_RULES = (
    (
        "have",
        "Deliver",
        rf"\b(?:you{_CAN}(?! have (?:it|that|them) (?:done|\w+ed)\b)|(?:they|she|he)(?:'ll| will| can| could|"
        rf" should)|(?<!could )"
        r"(?<!can )(?<!would )(?<!will )(?<!do )(?<!did )you(?= get (?!to\b|got\b|a\b|an\b)))(?: then| also|"
        r" all)? (?:be )?(?:have|get|getting|own|receive|pick up|"
        r"collect|pick)(?P<np> [^,;]*|$)",
    ),
    (
        "have",
        "Deliver",
        rf"(?:\b(?:by|on|before) (?:the |next )?[\w']+|^(?:and |so |then )?{WEEKDAY}),? you (?:have|get|"
        rf"receive)(?P<np> (?!to\b|a good\b)[^,;]+)",
    ),
    (
        "have",
        "Deliver",
        r"(?:^|, |\b(?:and|then|so|but|okay|sure|yes|yeah),? )you (?:have|get)(?: all)?"
        r"(?P<np> (?:it|that|them|those|these|this|everything|both|all of (?:it|them)|mine|"
        r"(?:the|my|our|a|your) (?:[\w'-]+ ){1,3}?(?=(?:on|by|before|tomorrow|tonight|today)\b))\b[^,;]*)",
    ),
    ("hear", "Get back", rf"\b(?:you|they){_CAN} (?:hear|be hearing)(?: back)? from me(?P<np>)"),
    ("expect", "Deliver", r"(?:^|, |\band |\bso |\byou can )expect (?P<np>[^,;]+)"),
    (
        "land",
        "Deliver",
        rf"(?:^|, |\band |\bbut |\bso |\bthen |\bwhich |\bby \w+ |\b(?:promise|luck|hope|hoping|think|guess|reckon|"
        rf"expect) "
        rf"(?:that )?)(?P<np>(?:[\w'-]+ ){{0,6}}?[\w'-]+?)"
        rf"{_IS}(?: then| all| also| probably| hopefully)? {_PLACES}(?![\w'])",
    ),
    (
        "land",
        "Send",
        r"(?:^|, |\band |\bso )(?P<np>(?:[\w'-]+ ){0,5}?[\w'-]+?)(?: will|'ll| to)? follows?(?= (?:on|by|next|later|"
        r"tomorrow|\w+day))",
    ),
    (
        "bare",
        "Finish",
        r"^(?:and |so |then |okay,? |yep,? )*(?:fixed|done|ready|finished|sent|delivered|uploaded|sorted|changed|"
        r"printed|live|out)"
        r"(?= (?:by|on|before|tomorrow|today|tonight|next|\w+day|this)\b)(?P<np>)",
    ),
    ("bare", "Have it", rf"^(?:and |so |then )?(?:will|should) be {_PLACES}(?![\w'])(?P<np>)"),
    ("by", "Get", rf"\bby (?:[\w' ]+?) (?P<np>(?:it|that|they|those)){_IS} {_PLACES}"),
    (
        "mine",
        "Do",
        r"(?:^|, |\band |\bso )(?P<np>those|that|these|it|they|all of (?:it|that)) i(?:'d|"
        r"'ll) have\b(?= (?:by|on|before|for|in)\b)",
    ),
    ("take", "Finish", r"\b(?:it|that|this)(?:'ll| will) take me (?:till|until|to)(?P<np>)"),
    (
        "give",
        "Do",
        r"(?:^for (?P<np>(?:the|your|that) [\w' -]+?),? )?\bgive me (?:another (?:day|week)|until|till|the (?:week|"
        r"weekend|night|day|afternoon|evening)|half an hour|an hour|a couple|"
        r"a few|\w+ (?:days?|weeks?|hours?|minutes?))",
    ),
)
_COMPILED = tuple((kind, verb, re.compile(pattern)) for kind, verb, pattern in _RULES)
#: Not ours to deliver.
_OTHERS = re.compile(
    r"^(?:by|in|for|with|at|he|she|they|who|my (?:brother|sister|mother|father|nephew|wife|husband|parents)|"
    r".*\b(?:has|have|had)(?: to)?$|.* to$|the (?:builders|plumber|boxes|"
    r"parcel|ads|audit\w*|ambulance|bus|train)|dhl|ups|everybody|people|what|there|i|we|here)\b"
)


#: Said of things only.
_FINISHED = ("drive", "folder", "inbox", "mail", "done", "ready", "finished", "fixed", "sent", "delivered", "uploaded")
_LEAD = re.compile(
    r"^(?:(?:so|and|then|hopefully|probably|(?:with )?any luck|i (?:promise|think|guess|hope|reckon|expect)|"
    r"that(?= the\b)|"
    r"okay|ok|because|let's say|but|well|now|yes|yeah|which|also|"
    r"by then|evening|morning|"
    rf"(?:on |by )?{WEEKDAY})\b,? ?)+",
    re.IGNORECASE,
)


_IT = re.compile(r"(?:(?:it|that|this|they|those|mine|everything|all of it)$|my )")


def deliveries(text: str) -> Iterator[Delivery]:
    """Every promise by result in a sentence, in its order."""
    low = plain(text)
    taken = -1
    for kind, verb, pattern in _COMPILED:
        for found in pattern.finditer(low):
            thing = _LEAD.sub("", text[found.start("np") : found.end("np")].strip(" ,.?!"))
            if low[: found.start()].endswith(("you said ", "you promised ", "i said ")):
                continue
            others = (
                kind == "land"
                and _OTHERS.match(plain(thing))
                and not (plain(thing) == "they" and found[0].endswith(_FINISHED))
            )
            if found.start() < taken or others:
                continue
            if kind == "land" and found[0].endswith("there") and not _IT.match(plain(thing)):
                continue
            taken = found.end()
            yield Delivery(verb, thing, found.start(), found.end())


_VERBS = re.compile(
    r"\b(?:is|are|was|were|am|be|been|i'm|i'll|i've|i'd|it's|that's|there's|he's|she's|we're|you're|they're|"
    r"it'll|it'd|that'd|they'd|we'd|you'd|he'd|she'd|"
    r"have|has|had|do|does|did|can|could|will|would|should|may|might|must|i|we|he|she|they|you|don't|doesn't|isn't|"
    r"what|who|where|why|how|went|came|got|said|told|sent|called|drove|took|made|gave|wrote|bought|brought|found|"
    r"kept|lost|ran|met|goes|wants?)\b"
)


_ACTIVE = re.compile(
    r"\b(?!morning|evening|\w*thing\b|wedding|building|meeting|heading|landing|lighting|booking|listing)\w+(?:ed|"
    r"ing)\b|\bhappy\b|\bmerry\b|^(?:because|yesterday|last)\b|'s (?:the|a|only|still|already|not|"
    r"due|coming|in|out|back|up|"
    r"over|done|gone|off|on|fine|tight)\b|\bstart|\b(?:expires|ends|starts|begins|opens|closes|shuts|rings|calls|"
    r"dies|comes|goes|renews|runs|"
    r"leaves|arrives|happens|falls|works|matters|says|ships|launches|updates|needs|wants|thinks)\b"
)


def is_fragment(low: str) -> bool:
    """Whether a sentence has no verb of its own: `Captions by Friday`, `The Arabic ones too`."""
    return _VERBS.search(low) is None and _ACTIVE.search(low) is None
