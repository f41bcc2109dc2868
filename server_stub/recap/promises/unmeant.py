"""What is said without being meant: quotes, instructions, habits, the past, play, and acts within the call."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server_stub.recap.promises.speech import Sentence
from server_stub.recap.words import WEEKDAY

_THEY = (
    r"(?:he|she|they|it|(?:the|my|our|his|her|their) (?:\w+ ){0,2}\w+|everyone|somebody|people|"
    r"(?!(?:you|we|i|and|then|that)\b)\w+)"
)
#: Somebody else's words follow.
_QUOTED = re.compile(
    rf"\b{_THEY}(?: \w+ly)? (?:goes|go|said|says|wrote|was like|were like|is like|told (?:me|us|him|her|them)|"
    rf"tells me|asked(?: me| us)?|answered|replied|promise[sd] (?:me|us|her|him|them)|said to (?:me|us))(?:,|"
    r":| that\b| (?=i\b|we\b|you\b|it|"
    r"they|he|she))|"
    r"\b(?:keeps?|kept) (?:on )?(?:saying|telling)\b|\bi(?: was| am|'m) (?:telling|saying to) (?!you\b)\w+|"
    rf"\b{_THEY}(?: \w+ly)? (?:goes|says|said|is like|was like),? (?:yes|yeah|no|right|okay|oh|well|look|listen)\b|"
    r"\bi(?:'d| had) (?:said|told)(?: (?:that|you|them|him|her))? i(?:'ll|'d)\b|"
    r"\b(?:said|wrote|says)(?: \w+){1,4}, (?=i\b|we\b|you\b)|\bi said (?:right|fine|okay|yes|no|well|look|"
    r"listen)\b|\bi (?:said to|told) (?:them|him|her|"
    r"the \w+),? (?=i\b|we\b|you\b|listen|look|can|could|take)|\bi(?:'m|"
    r" was) like,|\bi asked (?!you\b)(?:the |my )?\w+,|"
    r"(?:\b(?:and|then)|,) i (?:said|went),|"
    r"\b(?:wrote|said|says),? quote\b|\bend quote\b|\bi quote\b|\b(?:contract|letter|mail|email|text|page|"
    r"sign|rule|guide|manual) says\b|"
    r"\breading (?:it|this|that) (?:out|aloud)|\bread you the\b|\bdear (?:members|customers?|sir|madam|team|all)\b|"
    r"\b(?:a|the|say a|say some) (?:customer|caller|client|user) (?:writes|calls|says|asks)\b|\bthe next (?:one|line),|"
    r"\b(?:he|she|they|who) (?:used to|keeps?|kept|always|'d|would) (?:call|say|ask|go)\w*\b|\bused to say\b"
)
#: What somebody will say is a condition, and nobody's words.
_WAITS = re.compile(
    r"\b(?:if|once|when|unless|until|as soon as|in case|whatever|what) (?:the |my |our |your |his |her |their )?"
    r"(?:\w+ ){1,3}?(?:says?|goes|tells me|is like|replies|asks|writes|wrote|answers)\b"
)
#: How something is done, by anybody.
_HOW_TO = re.compile(
    r"(?:^|[,;] |\bso |\bthen |\band |\bfirst |\bnow |\bonly then )(?:then |only then |now |first |just |and )*you "
    r"(?:just |simply |then |only |never,? |ever |always )*(?:go|click|choose|paste|hit|press|open|finish|lock|deploy|"
    r"watch|file|pay|hand|read|send|write|check|type|select|drag|upload|rename|export|save|leave|wait|put|take|pull|"
    r"schedule|sign|enter|log|tap|scroll|copy|install|run|start|fill|add|give(?! me\b)|bring|get to|pick|"
    r"test)\b(?! (?:me|us)\b)|"
    r"\bwhat you(?:'ll| would|'d| want to)? (?:do|need) is\b|\bthe (?:trick|way) is,? you\b"
)
_WHAT_YOU_DO = re.compile(r"\b(?:what|how|when|if|once|where) you\b")
_IN_GENERAL = re.compile(
    r"\bhow (?:it|that|this) (?:works|usually|normally|goes) ?(?:in general|with|for|$|[,.])|\bhow i (?:do|work|"
    r"handle) (?:it|that|this)\b|"
    r"\bthe way (?:it|i|we|this) (?:works?|do)\b|\bwith (?:everybody|everyone|all (?:my|our) \w+)\b"
)
#: Asks how it is done, or what would be.
_ASKS_HOW = re.compile(
    r"\bhow (?:do|does|would) (?:you|that|it|one|they|we) (?:do|work|handle|charge|bill|deal|go about|usually|"
    r"normally)\b|\bdo you (?:do|take|offer|charge|always|usually|ever)\b|"
    r"^(?:and |but |so )*(?:what )?if\b|\bwhat happens\b|\bhow does (?:it|that|this) work\b|\bwhat do you do (?:if|"
    r"when)\b"
)
_HABIT = re.compile(
    r"\b(?:usually|normally|(?<!as )(?<!like )always|generally|typically|each time|every (?:day|week|\w+day|"
    r"month|year|time|"
    r"night|morning|"
    r"evening|april|january|single)|on \w+days\b|in general|most of the time|as a rule|by itself|"
    r"on its own|automatic(?:ally)?)\b"
)
_PAST = re.compile(
    r"\b(?:i|we|he|she|they|you|it|who)(?:'d| would|'ve| have|'d have| had)? (?:would have|wouldn't have|"
    r"(?:could|should) have(?! (?:the|it|that|those|these|them|a|an|your|my|our|everything|something|some|all)\b)|"
    r"'d have)\b|\bi'd (?:had|have (?!the\b|it\b|that\b|those\b|them\b|a\b|an\b|your\b|"
    r"my\b|to\b|everything\b)\w+)\b|\bif (?:we|i|you|they|he|she|it)(?:'d| had)\b|"
    r"\b(?:i|we) had to\b|\bif it (?:was|were)\b"
)
#: Planned once, and no more.
_ONCE = re.compile(
    r"\b(?:was|were|wanted|meant|supposed|about) (?:(?:all )?(?:about|going|meant|supposed|planning) )?(?:to|gonna)\b"
    r"[^.]*\b(?:but|and then|until|though|except|only)\b|\bi was (?:about to|gonna),? (?:\w+ ){0,2}(?:i just|but)\b|"
    r"\bwas about to\b|\bi(?:'d)? said i'd\b[^.]*\bbut\b|\b(?:asked|told) \w+ to\b[^.]*\bbut\b"
)
_USED_TO = re.compile(r"\b(?:used to|back then|when i was|in those days|my (?:grandma|grandmother|granny|nan) would)\b")
_WOULD = re.compile(r"\b(?:i|you|we|she|he|they)(?:'d| would)\b")
#: Begins a recipe, which goes on to the end of the turn.
_RECIPE = re.compile(r"\bwhat you(?:'ll| would|'d)? do is\b|\bif you ever (?:want|need) to\b|\bthe trick is\b")
_WILL = re.compile(r"\b(?:i'll|i'd|i will|i'm|going to|gonna|you'll|can you|could you|let me|my plan|we'll)\b")
_YOU_DO = re.compile(r"^(?:and |so |then |but )*you\b|\byou(?:'ll| can| have to| need to| will)\b")
#: A sentence of more words is a run-on.
_LONG_WORDS = 30
#: How many parts of sentences before one are looked at: of its turn, for what was being shown, for a lesson.
_TURN_PARTS, _SHOWN_PARTS, _LESSON_PARTS = 12, 5, 10
#: Played, wished or joked.
_PLAY = re.compile(
    r"\b(?:if (?:i|you|we) ever|i swear|i keep (?:thinking|saying|telling)|next time|someday|some day|one day|"
    r"at this rate|"
    r"when i retire|if i win|kidding|joking|i wish|same as every year|pray for|"
    r"in (?:the|this) (?:film|movie|book|story|scene|play|novel|act)|imagine|for example|give me an example|"
    r"you use it when|as a question|ha ha|"
    r"in theory|i should really|if i were|technically|not gonna|if i(?: had|'d) (?:the|more|a whole) (?:time|money|"
    r"\w+ summer)|"
    r"(?<=, )ha(?=[.!]?$))\b"
)
#: It was to be done by another day, and is still to be done.
_REDATED = re.compile(
    r"\b(?:need (?:'?til|until|till)|(?:can|could|shall|may) (?:it|we|that) (?:be|say|make it|do)|"
    r"let's (?:say|make it)|"
    r"i (?:think|guess),?|call it|(?<!i'd )(?<!to )make (?:it|that)) (?:(?:on|by|for|the|next|this) )*"
    r"(?:\w*day|tomorrow|tonight|\d+(?:st|nd|rd|th)?|\w+(?:st|nd|rd|th))(?=$|[,.?!])"
)
#: Does it to everybody.
_RULE = re.compile(
    r"\b(?:i've got|i have) (?:a|one|this) rule\b|\bmy rule\b|\brule of thumb\b|\bi(?:'ll|"
    r" will) (?:usually|normally|always|mostly)\b"
)
#: The others are to wait for it.
_WAIT = re.compile(
    r"(?:(?:okay|ok|oh|sorry|so|just),? )*give me (?:a|one|half a) (?:sec|second|moment|minute)(?:,? please)?[.,!]*"
)
#: Shown while it is said.
_SHOWING = re.compile(r"\blike this\b|, there\b(?:,|$)|\bone sec(?:ond)?\b|\bhold on\b|\btell me when you\b")
#: Done while people look on.
_HERE_AND_NOW = re.compile(
    r"\b(?:like this|one sec(?:ond)?|hold on|hang on|wait a (?:minute|second)|just a (?:second|moment)|right now|"
    r"(?:one|them|it|that) now\b(?=,|$)|let me \w+ .*\bfirst(?=$|[,.])|scroll|zoom|(?:my|your) (?:mic|mike|screen|"
    r"camera|headset|speakers?|webcam)\b|turn (?:on|off|up|down) the\b|(?:un)?mute|"
    r"(?:the|my) camera (?:on|off)|(?:camera|mic|mike|microphone) off|turn (?:this|it|that)(?: thing)? (?:up|down|on|"
    r"off)|"
    r"switch (?:the|my|to the|to my) (?:headset|headphones|mic|mike|speakers?|camera)|"
    r"(?:open|shut) the (?:windows?|door)|"
    r"next slide|on your screen|hear (?:me|you|the)|there you go|in the chat|tell me when you|(?:can|"
    r"do) you see\b(?! to)|"
    r"repeat|read (?:me|you)|be (?:right )?back (?:in|soon)|be right back|get the (?:door|phone)|"
    r"someone's at the door|hang up)\b|, there\b(?:,|$)"
)
_SHOWN = re.compile(
    r"\b(?:see my|right screen|share (?:the|my)|sharing now|now we can see|zoom in)\b|\blike this\b|"
    r", there\b(?:,|$)|\b(?:do|can) you (?:see|hear)\b|\bmy screen\b|\bthere you go\b"
)
_LESSON = re.compile(
    r"\b(?:give me an example|you use it when|as a question, please|repeat after me|how do you say(?! (?:this|it|"
    r"that)\b)|the future with|"
    r"in the (?:past|present|future) tense|your homework sentence)\b"
)
#: What is talked about before and after work.
_LEISURE = re.compile(
    r"\b(?:my (?:plants|bike|hair|flat|laundry|couch|bed|garden|dog|cat|kids|son|daughter|parents|mum|mom|"
    r"dad|husband|wife|birthday|"
    r"holiday|holidays|sandwich|diet|brother|sister|nephew|niece|grandmother|grandma)|your (?:plants|bed|"
    r"sandwich|garden|cake)|lottery|"
    r"retire|sleep|asleep|nap|swim|beach|ocean|gym|jog|movie night|"
    r"(?:have|grab|get|make|eat|drink|fancy|(?<!they )need|(?<!they )want|bring)(?: you)?(?: a| an| some| my|"
    r" the| another|"
    r" your)? (?:\w+ )?(?:dinner|lunch|"
    r"breakfast|beers?|wine|coffee|pizza|tea|cake|sandwich|drink)|laundry|vacation|skiing|hiking|the kids)\b"
)
_DREAM = re.compile(r"\b(?:lottery|when i retire|one day\b|i'd love to\b.*\b(?:some|one) day)\b")
_AT_HOME = re.compile(
    r"\b(?:in-law|my (?:mum|mom|mother|dad|father|parents|wife|husband|kids|sister|brother)(?:'s|'re| is| are) "
    r"(?:coming|visiting|arriving|staying|getting)|the (?:entire|whole) family|birthday|kayak|earplugs)\b"
)
_RUNS_ITSELF = re.compile(
    r"\b(?:automatic(?:ally)?|by itself|on its own|each (?:day|week|month|year)|every (?:day|week|month|year|"
    r"\w+day)|the (?:system|tool|bot))\b"
)
#: Asks how somebody spends the days off.
_DAYS_OFF = re.compile(
    r"\b(?:(?:christmas|easter|weekend|holiday|summer|any|big) plans\?|off to the \w+\?|"
    r"(?:up to|doing) (?:anything (?:nice|fun|special) )?(?:this|over the|at the) (?:weekend|holidays?|christmas))"
)
_FAMILY = re.compile(
    r"\b(?:tell|call|ask) my (?:mum|mom|mother|dad|father|wife|husband|kids|family|parents|sister|brother)\b"
)
_DAY = re.compile(
    rf"\b(?:today|tonight|tomorrow|{WEEKDAY}|by|the \d+\w\w|next (?:week|"
    r"month)|weekend)\b"
)
_LATER = re.compile(
    r"\b(?:after (?:this|that|the (?:call|meeting)|we)|as soon as|the minute (?:we|i)|once (?:we|i)|when (?:we're done|"
    r"we hang up|i'm (?:home|back)))\b"
)
#: Others whose plans are not ours.
_MACHINE = re.compile(
    r"\b(?:it'll|it will|it's going to) (?:\w+ )?(?:mail|email|ask|send|nag|copy|restart|call|answer|push|"
    r"open|update|renew|check|remind)\b|"
    r"\b(?:it|which|that|the (?:system|tool|bot|monitor|server|app|page|website|bank)|my bank) (?:then |also |"
    r"just )?(?:mails|emails|asks|"
    r"sends|nags|copies|restarts|calls|answers|pushes|opens|updates|renews|checks|reminds)\b|"
    r"\byou(?:'ll| will)? (?:get|receive) (?:a|an|some) (?:email|e-mail|mail|text|message|code|letter|call|"
    r"notification)\b"
)


def is_meant(talk: Sequence[Sentence], place: int) -> bool:
    """Whether a sentence of a talk can carry a promise or a request at all.

    Args:
        talk: every sentence, in order.
        place: of the one that is judged.
    """
    said = talk[place]
    before = [each for each in talk[max(0, place - _TURN_PARTS) : place] if each.turn == said.turn]
    coming = _coming(talk, place)
    later = [each.low for each in talk[place : place + 1 + _TURN_PARTS] if each.turn == said.turn]
    asked = next((each for each in reversed(talk[:place]) if each.turn < said.turn), None)
    return not (
        _is_in_general(said, talk, place, asked)
        or _is_told_of_others(said, before)
        or _is_habit(said, before)
        or _is_once_or_play(said, coming, later)
        or _is_private(said, before)
        or any(
            _DAYS_OFF.search(each.low) and said.turn - each.turn <= 3
            for each in talk[max(0, place - _TURN_PARTS) : place]
        )
        or _is_here_and_now(said, talk[max(0, place - _SHOWN_PARTS) : place])
        or any(_LESSON.search(each.low) for each in talk[max(0, place - _LESSON_PARTS) : place + 1])
    )


def _coming(talk: Sequence[Sentence], place: int) -> str:
    """What goes on with a sentence: its next part, or a `but` of the same turn."""
    if place + 1 == len(talk):
        return ""
    said, after = talk[place], talk[place + 1]
    goes_on = after.whole == said.whole or (after.turn == said.turn and after.low.startswith("but "))
    return after.low if goes_on else ""


def _is_in_general(said: Sentence, talk: Sequence[Sentence], place: int, asked: Sentence | None) -> bool:
    """How somebody works with everybody: asked for it, or said so in the same turn."""
    turn = [each.low for each in talk[max(0, place - _TURN_PARTS) : place + _TURN_PARTS] if each.turn == said.turn]
    if any(_IN_GENERAL.search(low) for low in turn):
        return True
    if asked is None or asked.turn != said.turn - 1 or not asked.asks or asked.speaker == said.speaker:
        return False
    return _DAY.search(said.whole) is None and _ASKS_HOW.search(asked.low) is not None


def _near(said: Sentence) -> str:
    """The whole sentence; of a long run-on only the part itself tells what is meant."""
    return said.whole if len(said.whole.split()) <= _LONG_WORDS else said.low


def _is_told_of_others(said: Sentence, before: Sequence[Sentence]) -> bool:
    """Somebody else's words, or how anybody does it."""
    last = before[-2:]
    if any(_QUOTED.search(_WAITS.sub(" ", each.low)) for each in (said, *last)):
        return True
    if _YOU_DO.search(said.low) and any(_RECIPE.search(each.low) for each in (*before, said)):
        return True
    return _is_instruction(said.low) or (" you" in f" {said.low}" and any(_is_instruction(each.low) for each in last))


def _is_habit(said: Sentence, before: Sequence[Sentence]) -> bool:
    told = [each.low for each in (*before, said) if each.sentence == said.sentence]
    if _WOULD.search(said.low) and any(_USED_TO.search(low) or _HABIT.search(low) for low in told):
        return True
    if any(_HABIT.search(each.low) for each in before[-4:]) and not _WILL.search(said.low):
        return True
    if (
        _DAY.search(said.low) is None
        and "you" not in said.low.split()
        and any(_RULE.search(each.low) for each in before[-2:])
    ):
        return True
    return _HABIT.search(said.low) is not None or (
        _HABIT.search(_near(said)) is not None and _YOU_DO.search(said.low) is not None
    )


def _is_once_or_play(said: Sentence, coming: str, later: Sequence[str]) -> bool:
    if _PLAY.search(_near(said)) or _PAST.search(said.low):
        return True
    if any(_REDATED.search(low) and _DAY.search(low) for low in later):
        return False
    return _gives_up(said.low, coming)


def _is_private(said: Sentence, before: Sequence[Sentence]) -> bool:
    """What is talked about before and after work, and dreams."""
    undated = _DAY.search(said.low) is None
    if undated and (_FAMILY.search(said.low) or _LEISURE.search(said.low)):
        return True
    return _AT_HOME.search(_near(said)) is not None or any(_DREAM.search(each.low) for each in before[-3:])


def _is_here_and_now(said: Sentence, earlier: Sequence[Sentence]) -> bool:
    """Done while people look on, or by a machine without anybody."""
    low, undated = said.low, _DAY.search(said.low) is None
    near = [each for each in earlier if said.turn - each.turn <= 1]
    if undated and not said.asks and earlier and earlier[-1].turn == said.turn and _WAIT.fullmatch(earlier[-1].low):
        return True
    if undated and any(_SHOWN.search(each.low) for each in near if said.asks or each.turn == said.turn):
        return True
    if any(_RUNS_ITSELF.search(each.low) for each in near[-3:]) and re.match(r"(?:yes,? |and |so )*it\b", low):
        return True
    if ((undated and _SHOWING.search(_near(said))) or _HERE_AND_NOW.search(low)) and not _LATER.search(low):
        return True
    return _MACHINE.search(low) is not None and "if you" not in low


def _gives_up(low: str, coming: str) -> bool:
    """`I was going to write it, but`: a plan of once, in this part of a sentence."""
    found = _ONCE.search(f"{low} {coming}")
    return found is not None and found.start() < len(low)


def _is_instruction(low: str) -> bool:
    return _HOW_TO.search(low) is not None and not _WHAT_YOU_DO.match(low)
