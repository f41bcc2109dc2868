"""Which verbs make a task: most do, but saying some is doing them, and others are done at once in the call."""

from __future__ import annotations

import re

from server_stub.recap.words import WEEKDAY, plain, word_set

#: Saying these is doing them, feeling them, or doing nothing: never a task.
_IDLE = word_set(
    "be been think know see guess say mean like love want need hope feel hear understand agree remember forget believe "
    "assume wait stop mute unmute imagine wonder admit miss prefer suppose never not always have has had go leave stay "
    "keep sound tell ask explain repeat listen talk speak start begin stick pass let show enjoy thank thanks recommend "
    "suggest propose say notice recognise recognize find become seem happen depend cost expect appreciate use end "
    "continue move switch live do get look help only hop dash jump sleep eat drink swim sit stand sing dance "
    "join learn my "
    "your our his her their rest relax i'm i've it's that's we're it that this so and but or "
    "the a i you we they there wish"
)
#: Idle words that are a task with the right words behind them.
BUSY = re.compile(
    r"(?:have (?:the|it|that|them|those|your|a|an|everything|something|some|all)\b.*\b(?:by|before|until|no later)\b|"
    r"be (?:done|finished|through|ready) with \w+|see (?:if|whether) (?:i|we)\b|see (?:about|to)\b|"
    r"have (?:(?:\w+ ){1,5}(?:ready|done|finished|prepared|\w{2,}(?:ed|tten|wn)\b|for you|in\b|over\b|"
    r"with you|up\b)|(?:another|"
    r"a) (?:\w+ )?(?:look|call|talk|"
    r"meeting|"
    r"check)|another)|get (?:(?:his|her|their|my|your|our) \w+|back to|on to|onto|in touch|you|(?:it|that|"
    r"this|those|them|"
    r"these) (?:\w+ )?(?:from|on|by|tonight|tomorrow|over|to|back|out|in|up|done|sent|ready|fixed|printed|written|"
    r"made|booked|typed|signed|"
    r"sorted|finished)\b|us\b|me\b|him\b|her\b|them\b|"
    r"(?:\w+ ){1,5}(?:ready|done|"
    r"finished|fixed|signed|approved|to you)|(?!to\b)(?:my |the |our |his |her )?\w+ to \w+|"
    r"(?:down|over|up|round|in) (?:there|to)\b|"
    r"(?:the|a|an|some|three|two|more|new|quotes?)\b)|let you know|let (?:the |my |our |his |her )?\w+ know|"
    r"let me know|look (?:(?:it|that|this|them) up|into|at|for|"
    r"over|up|"
    r"through|after)|do (?:(?:you|me|us|him|her|them) )?(?:two|three|it|that|this|them|those|so|the|a|an|"
    r"some|another|my|your|our|(?!not|well|better|more|less|so|nothing|what|fine|badly|yoga|sport)[\w'-]+ (?=by|on|"
    r"until|for|tomorrow|"
    rf"tonight|today|{WEEKDAY}))\b|"
    r"ask (?!you\b|myself)\w+|tell (?!you\b|me\b|your\b|is\b|by\b|that\b|if\b|whether\b|from\b|what\b|how\b|a\b|"
    r"us\b)\w+|"
    r"talk (?:to|with) (?!you\b)|speak (?:to|with) (?!you\b)|find (?:out|it|them|that|a|an|another|some|"
    r"someone|the|three|two)\b|"
    r"have (?!to\b)(?:my |the |our )?\w+ (?:re)?(?:make|send|do|look|check|call|write|fix|set|bring|get|prepare|draw|"
    r"print|"
    r"record|sign|take|put|order|translate)\b|tell you (?:by|on|about|before|whether|what|if|which)\b|"
    r"start \w+ing|start (?:with|on|working|the|writing|a)\b|begin (?:with|on|working|the|writing)\b|"
    r"keep (?:you|everyone|them) (?:posted|updated|informed)|(?:show|sit) (?:them|him|her)\b|show you (?:the|a|"
    r"some)|help (?:you|with|him|her|them)\b|"
    r"go (?:over|through|and|(?:in|out|back|down|up|ahead|round|home|there) and)\b|stick to it|move (?:the|it|our|"
    r"that)\b|end the\b|pass (?:you|me|us|him|her|"
    r"them)\b|pass (?:it|that|this|"
    r"the) .*\b(?:on|to)\b(?! \w+day)|"
    r"leave (?:you|a|the|my|your|it|them)(?: \w+)? (?:note|comment|message|with|at|in|on|for)|use the|"
    r"continue (?:with|working))"
)
#: Done at once in the meeting, so nobody need be reminded of it.
_AT_ONCE = re.compile(
    r"(?:(?:hold|keep|leave) .*\b(?:until|till)\b|try$|stretch to\b|take (?:it|that) all back$|"
    r"hold (?:you|him|her|them) to|"
    r"start the (?:recording|call|meeting|timer)|turn (?:you|me|it|this|that) (?:up|down|on|off)\b|run(?=,)|"
    r"run(?: (?:off|now|soon|"
    r"in (?:a |five |ten |"
    r"\w+ )?minutes?|at \w+))?$|give you that$|say this\b|"
    r"show you something|(?:drop|leave) it$|take (?:a|that as a) (?:maybe|yes|no)|take the \w+ one$|be the \w+ guy|"
    r"tell you what|(?:close|open|shut) the (?:windows?|door|curtains?|blinds?)\b|(?:have|take) a look$|"
    r"take (?:this|this one|the call)$|(?:check|look|see|think|find out|"
    r"run|jump)$|share (?:my|"
    r"your|the) screen|pull (?:it|that|this) up|"
    r"close it now|get (?:you wrong|(?:it|that|this)(?=$|,)|started|"
    r"to (?:that|it|the)|"
    r"the (?:idea|point|feeling|impression))|do (?:that|this|it) (?:now|right now)|hear|look at (?:it|that|"
    r"this) (?:now|"
    r"together)|take (?:that|it|this) as|put (?:it|that|this) (?:like|this way|another way)|call it a day|"
    r"come back to (?:that|this|it)|give (?:you )?(?:an|one) example|look forward|take your|hang up|"
    r"start with (?:the|a) "
    r"(?:question|agenda|first|good)|go through the agenda|help (?:you )?(?:there|here)|turn (?:my|your|the) (?:camera|"
    r"microphone|mike|video)|check (?:my|the) (?:microphone|audio|sound)|read (?:it|that|this) out|add (?:that|"
    r"to that)|"
    r"do the (?:same|math)|make (?:a point|sense|it clear)|go through (?:it|them|that|this) (?:now|together|quickly)|"
    r"hold on|keep (?:it|this|that) (?:short|brief))"
)
#: What `can you` asks for now, or what `you will` foretells.
YOUR_IDLE = re.compile(
    r"(?:hear|see|receive|find|notice|credit|take care[.!]?$|look at (?:that|you)|"
    r"get (?:a|an|the|it|this|that)\b|read|please hear|say|imagine|believe|be\b|"
    r"move on|"
    r"confirm that you|give me (?:a|one) (?:second|moment|minute)|come (?:in|closer)|start\b$|just see|hold|bear|"
    r"excuse|forgive|let me (?:know if you can hear|finish|explain|say|show|think)|trust|rely|count|choose|click|"
    r"press|save (?:a lot|money|time)|pay (?:less|more))"
)
STRONG = re.compile(
    r"(?:send|email|e-mail|mail|write|prepare|make|finish|complete|check|deliver|update|fix|test|review|share|schedule|"
    r"set up|arrange|call|contact|draft|upload|submit|present|investigate|research|collect|gather|book|order|pay|"
    r"invoice|create|design|build|organi[sz]e|provide|forward|sign|confirm|publish|translate|revise|rewrite|record|"
    r"print|buy|install|deploy|migrate|transfer|invite|register|cancel|approve|announce|document|clean up|follow up|"
    r"put together|come up with|work on|take care of|look into|find out|get back|have (?:it|that|this|them|the)|"
    r"bring|add|remove|replace|change|correct|implement|ship|hand over|meet|return|ask|talk to|speak to|do (?:it|"
    r"that|this))\b"
)

BY = re.compile(r"\b(?:by|before|until) (?:the |next |this )?\w+")
NO_VERB = re.compile(
    rf"(?:{WEEKDAY}|you're|you\b|i'm|it's|that's|don't|do not|no\b|yes\b|that|it|this|the|a|not|"
    rf"(?:s?he|they|we|i)(?:'\w+)?)\b"
)
NEEDS = ("i'd like", "i would like", "i want", "i'd want", "i need")
#: Said of anybody, and no order unless a day or a name makes it one.
WEAK = ("you can", "you could", "you might", "you'll", "you will", "you should", "you have to", "you need to")
#: What `let me` does at once.
LET_ME = re.compile(
    r"(?:just |quickly )?(?:see|check|think|look|find|get|grab|open|pull|show|share|tell|know|read|turn|move|"
    r"switch|try|start|"
    r"finish|explain|put (?:it|that|this) (?:this|like|another)|say|be|have|write (?:it|that|this) down|give you|"
    r"count|scroll|zoom|go|let|play|add|"
    r"introduce|recap|sum)\b"
    r"(?! (?:into|back to)\b)"
)
#: `I could do the Tuesday after`: an answer that names a day, and no task.
JUST_A_DAY = re.compile(
    rf"(?:do|make|manage) (?:it )?(?:on |by )?(?:the |next |this )?(?:{WEEKDAY}|\d+\w\w)"
    r"(?: (?:after|morning|afternoon|evening|instead|then|too))*"
)
#: Said of something that takes longer than the call.
LATER = re.compile(
    rf"\b(?:today|tonight|tomorrow|{WEEKDAY}|next week|weekend)\b|\band \w+ you\b|\w+ you (?:a|the|"
    rf"some|\w+s)\b"
)
_NEGATED = re.compile(r"(?:rather not|not|barely|hardly|never|no longer|n't)\b")


def is_idle(task: str) -> bool:
    """Whether doing it is nothing to be noted: thinking, feeling, what is done at once in the call, what is denied."""
    low = plain(task)
    if not low:
        return False
    if _NEGATED.match(low) or _AT_ONCE.match(low):
        return True
    low = re.sub(r"^(?:\w+ly,? )+", "", low) or low
    return low.split()[0].strip(",") in _IDLE and not BUSY.match(low)
