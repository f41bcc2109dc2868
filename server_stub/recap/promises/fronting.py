"""Finds the thing that stands before the person: `the slides I'll send on Monday`, `that one I have to ask for`."""

from __future__ import annotations

import re

from server_stub.recap.words import STOP_WORDS, WEEKDAY, plain, split_words

_OPENS = r"(?:^|[,;:.?!] ?|\b(?:and|but|so|then|because|okay|yeah|yes|no|well|oh)\b,? )"
_NAMED = (
    r"(?:the|my|your|our|his|her|their|all(?: the)?|both|these|those|that|this) (?:(?!i\b|and\b|but\b|"
    r"so\b)[\w'-]+ ){0,4}?"
    r"[\w'-]+|(?:that|this) one|(?:those|these|them|that|this)|(?:the )?(?:other|first|second|last|next) (?:one|two)s?"
)
_FRONT = re.compile(rf"{_OPENS}(?P<thing>{_NAMED}),? $")
#: One or two words without an article; only where a sentence begins.
_BARE = re.compile(r"^(?:and |but |so |okay,? )?(?P<thing>[\w'-]+(?: [\w'-]+)?),? $")
#: A clause before, not a thing: it has a verb or says when.
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|be|been|am|do|does|did|has|have|had|can|could|will|would|should|may|might|must|if|when|what|"
    r"which|who|how|that's|it's|there's|i'm|we're|you're|until|till|by|before|after|once|while|where|way|only|"
    r"said|says|means|week|weekend|month|moment|minute|time|day|morning|afternoon|evening|night|today|tomorrow|tonight|"
    rf"{WEEKDAY})\b|\w+(?:n't|'ll|'ve|'d|'re)\b|\b(?:thing|question|problem|point|idea|reason|case|best|least|most|"
    rf"earliest|latest|soonest)\b"
)
_NO_THING = re.compile(
    r"\w+ly\b|(?:maybe|perhaps|sorry|please|soon|later|then|now|first|next|also|anyway|afterwards|meanwhile|instead|"
    r"otherwise|here|there|hello|hi|hey|great|cool|sweet|perfect|fine|good|sure|right|noted|deal|alright|done|"
    r"thanks|cheers|one|two|three|four|five|\d+|honest|fair|brilliant|grand|aye|lovely|super|mine|yours|me|you|"
    r"monday)\b"
)
#: Behind the verb nothing more is acted on.
_NO_OBJECT = re.compile(
    r"(?:$|[,.;]|(?:to|by|on|in|at|for|from|with|before|after|until|till|over|up|off|out|back|down|again|today|tonight|"
    r"tomorrow|this (?:week|afternoon|evening|morning)|next|right|now|as|when|once|first|then|later|too|myself|around|"
    rf"through|away|together|straight|early|late|{WEEKDAY})\b)"
)
_PHRASAL = re.compile(r"(?:get|have|go) (?:done|ready|finished|fixed|signed|sorted)\b")
#: They take nothing.
_ALONE = re.compile(
    r"(?:go|come|be|wait|stay|look|listen|think|see|know|call|ring|start|begin|stop|try|live|sleep|say|talk|speak|get|"
    r"work|meet|move|pay|drive|fly|walk|run)\b"
)


def fronted(before: str, task: str) -> str:
    """The thing that stands right before a promise whose verb has none behind it; empty where there is none.

    Args:
        before: the sentence up to the promise, as said.
        task: the promise from its verb on.
    """
    low = plain(task)
    rest = low.partition(" ")[2]
    if _ALONE.match(low) or not (_NO_OBJECT.match(rest) or _PHRASAL.match(low)):
        return ""
    text = f"{before.rstrip(' ,')} "
    found = _FRONT.search(plain(text)) or _BARE.match(plain(text))
    if found is None:
        return ""
    thing = found["thing"]
    if thing == "that" and not found.start("thing"):
        return text[: found.end("thing")]
    if (
        _CLAUSE.search(thing)
        or _NO_THING.match(thing)
        or (
            all(word in STOP_WORDS for word in split_words(thing))
            and (thing not in ("that one", "this one", "those", "these", "them"))
        )
    ):
        return ""
    return text[found.start("thing") : found.end("thing")]
