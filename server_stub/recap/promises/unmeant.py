"""What is said without being meant: quotes, instructions, habits, the past, play, and acts within the call."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server_stub.recap.promises.speech import Sentence

_THEY = (
    r"(?:he|she|they|it|(?:the|my|our|his|her|their) (?:\w+ ){0,2}\w+|everyone|somebody|people|"
    r"(?!(?:you|we|i|and|then|that)\b)\w+)"
)
#: Somebody else's words follow.
_QUOTED = re.compile(
    rf"\b{_THEY}(?: \w+ly)? (?:goes|go|said|says|wrote|was like|were like|is like|told (?:me|us|him|her|them)|"
    rf"tells me|asked(?: me| us)?|answered|replied|said to (?:me|us))(?:,|:| that\b| (?=i\b|we\b|you\b|it|"
    r"they|he|she))|"
    r"\bi (?:said to|told) (?:them|him|her|the \w+),? (?=i\b|we\b|you\b|listen|look|can|could|take)|\bi(?:'m|"
    r" was) like,|\bi asked (?!you\b)(?:the |my )?\w+,|"
    r"\b(?:and |then )i (?:said|went),|"
    r"\b(?:wrote|said|says),? quote\b|\bend quote\b|\bi quote\b|\b(?:contract|letter|mail|email|text|page|"
    r"sign|rule|guide|manual) says\b|"
    r"\breading (?:it|this|that) (?:out|aloud)|\bread you the\b|\bdear (?:members|customers?|sir|madam|team|all)\b|"
    r"\b(?:a|the|say a|say some) (?:customer|caller|client|user) (?:writes|calls|says|asks)\b|\bthe next (?:one|line),|"
    r"\b(?:he|she|they|who) (?:used to|keeps?|kept) (?:call|say|ask|go)\w*\b"
)
#: How something is done, by anybody.
_HOW_TO = re.compile(
    r"(?:^|[,;] |\bso |\bthen |\band |\bfirst |\bnow |\bonly then )(?:then |only then |now |first |just |and )*you "
    r"(?:just |simply |then |only |never,? |ever |always )*(?:go|click|choose|paste|hit|press|open|finish|lock|deploy|"
    r"watch|file|pay|hand|read|send|write|check|type|select|drag|upload|rename|export|save|leave|wait|put|take|pull|"
    r"schedule|sign|enter|log|tap|scroll|copy|install|run|start|fill|add|give|bring|get to|pick|test)\b"
)
_WHAT_YOU_DO = re.compile(r"\b(?:what|how|when|if|once|where) you\b")
_HABIT = re.compile(
    r"\b(?:usually|normally|always|generally|typically|each time|every (?:day|week|\w+day|month|year|time|"
    r"night|morning|"
    r"evening|april|january|single)|on \w+days\b|in general|most of the time|as a rule|by itself|"
    r"on its own|automatic(?:ally)?)\b"
)
_PAST = re.compile(
    r"\b(?:i|we|he|she|they|you|it|who)(?:'d| would|'ve| have|'d have| had)? (?:would have|wouldn't have|"
    r"could have|should have|'d have)\b|\bi'd(?: have| had)\b|\bif (?:we|i|you|they|he|she|it)(?:'d| had)\b|"
    r"\b(?:i|we) had to\b|\bif it (?:was|were)\b"
)
#: Planned once, and no more.
_ONCE = re.compile(
    r"\b(?:was|were|wanted|meant|supposed|about) (?:(?:all )?(?:about|going|meant|supposed|planning) )?(?:to|gonna)\b"
    r"[^.]*\b(?:but|and then|until|though|except|only)\b|\bi was (?:about to|gonna),? (?:\w+ ){0,2}(?:i just|but)\b|"
    r"\bwas about to\b|\bi(?:'d)? said i'd\b[^.]*\bbut\b"
)
#: Played, wished or joked.
_PLAY = re.compile(
    r"\b(?:i swear|next time|someday|some day|one day|kidding|joking|i wish|same as every year|pray for|"
    r"in the (?:film|movie|book|story)|imagine|for example|give me an example|you use it when|as a question|ha ha|"
    r"in theory|i should really|if i were|technically|not gonna)\b"
)
#: Shown while it is said.
_SHOWING = re.compile(r"\blike this\b|, there\b(?:,|$)|\bone sec(?:ond)?\b|\bhold on\b|\btell me when you\b")
#: Done while people look on.
_HERE_AND_NOW = re.compile(
    r"\b(?:like this|one sec(?:ond)?|hold on|hang on|wait a (?:minute|second)|just a (?:second|moment)|right now|"
    r"(?:one|them|it|that) now\b(?=,|$)|let me \w+ .*\bfirst|scroll|zoom|(?:my|your) (?:mic|mike|screen|"
    r"camera|headset|speakers?|webcam)\b|turn (?:on|off|up|down) the\b|(?:un)?mute|"
    r"next slide|on your screen|hear (?:me|you|the)|there you go|in the chat|tell me when you|(?:can|"
    r"do) you see\b(?! to)|"
    r"repeat|read (?:me|you)|be right back|hang up)\b|, there\b(?:,|$)"
)
_SHOWN = re.compile(r"\blike this\b|, there\b(?:,|$)|\b(?:do|can) you see\b|\bmy screen\b|\bthere you go\b")
_LESSON = re.compile(
    r"\b(?:give me an example|you use it when|as a question, please|repeat after me|how do you say|the future with|"
    r"in the (?:past|present|future) tense|your homework sentence)\b"
)
_FAMILY = re.compile(
    r"\b(?:tell|call|ask) my (?:mum|mom|mother|dad|father|wife|husband|kids|family|parents|sister|brother)\b"
)
_DAY = re.compile(
    r"\b(?:today|tonight|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day|by|the \d+\w\w|next (?:week|"
    r"month)|weekend)\b"
)
_LATER = re.compile(
    r"\b(?:after (?:this|that|the (?:call|meeting)|we)|as soon as|once (?:we|i)|when (?:we're done|"
    r"i'm (?:home|back)))\b"
)
#: Others whose plans are not ours.
_MACHINE = re.compile(
    r"\b(?:it'll|it will|it's going to|it|which|that|the (?:system|tool|bot|monitor|server|app|page|website)) "
    r"(?:\w+ )?(?:mails?|emails?|ask|asks|send|sends|nag|copy|copies|restarts?|calls?|answers?|push(?:es)?|opens?|"
    r"updates?|renews?|checks?)\b|\byou(?:'ll| will)? (?:get|receive) (?:a|an|some) (?:email|e-mail|mail|text|message|"
    r"code|letter|call|notification)\b"
)


def is_meant(talk: Sequence[Sentence], place: int) -> bool:
    """Whether a sentence of a talk can carry a promise or a request at all.

    Args:
        talk: every sentence, in order.
        place: of the one that is judged.
    """
    said = talk[place]
    low, whole = said.low, said.whole
    before = [each for each in talk[max(0, place - 12) : place] if each.turn == said.turn]
    if _QUOTED.search(low) or any(_QUOTED.search(each.low) for each in before[-2:]):
        return False
    if _is_instruction(low) or (any(_is_instruction(each.low) for each in before[-2:]) and " you" in f" {low}"):
        return False
    if (
        _HABIT.search(low)
        or (_HABIT.search(whole) and " you" in f" {low}")
        or any(_LESSON.search(each.low) for each in talk[max(0, place - 10) : place + 1])
    ):
        return False
    shown = [each for each in talk[max(0, place - 5) : place] if said.turn - each.turn <= 1]
    if said.asks and any(_SHOWN.search(each.low) for each in shown) and not _DAY.search(low):
        return False
    if _FAMILY.search(low) and not _DAY.search(low):
        return False
    if _PLAY.search(low) or _PAST.search(low) or _ONCE.search(whole if said.sentence >= 0 else low):
        return False
    if ((_SHOWING.search(whole) and not _DAY.search(low)) or _HERE_AND_NOW.search(low)) and not _LATER.search(low):
        return False
    return not (_MACHINE.search(low) and "if you" not in low)


def _is_instruction(low: str) -> bool:
    return _HOW_TO.search(low) is not None and not _WHAT_YOU_DO.match(low)
