"""Requests, offers and open tasks in the many ways in which they are put."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

from server_stub.recap.promises.verbs import STRONG
from server_stub.recap.verbs import BASES
from server_stub.recap.words import plain, word_set


class Way(Enum):
    """What a sentence does with a task."""

    REQUEST = "request"
    """Somebody is asked for it."""
    OFFER = "offer"
    """The speaker would do it."""
    TASK = "task"
    """It has to be done; nobody is named."""
    TAKES = "takes"
    """The speaker takes what is open."""
    PROMISE = "promise"
    """The speaker will do it, put otherwise than by `I'll`."""
    BIDDEN = "bidden"
    """Somebody is told; it counts only when accepted."""
    RECALLED = "recalled"
    """It was somebody's task before, or it is only wished for; it counts when somebody takes it up."""
    PLANNED = "planned"
    """It is the speaker's task; only with a day it is a promise."""
    PRESENT = "present"
    """The speaker will do it, told in the present; only with a day it is a promise."""
    HOLDS = "holds"
    """The speaker says what is theirs; a promise where tasks are being shared out, or with a deadline."""
    NAMED = "named"
    """It is said of somebody by name, in the present."""
    TOGETHER = "together"
    """The speaker and another."""


@dataclass(frozen=True)
class Put:
    """A task as a sentence puts it.

    Attributes:
        way: see `Way`.
        task: the words from its verb on, or the thing wanted.
        start: its place in the sentence.
        end: where the words that open it end.
        verb: what to do where the words name a thing only.
        who: the one who is named, as said; empty where nobody is.
    """

    way: Way
    task: str
    start: int
    end: int
    verb: str = ""
    who: str = ""


_SOMEBODY = r"(?:somebody|someone|one of us|one of you|whoever \w+|anybody|anyone)(?: from (?:our|your) side)?"
_PUT = (
    # requests
    (Way.REQUEST, "",
        r"(?:i was hoping|i'd hoped|i was wondering(?: if)?|i wonder if|i'd be glad if|i'd like it if|"
        r"it'd be great if|would be (?:great|"
     r"handy|good|nice) if|what i'd like is if|is there any way|any chance|if(?= you(?:'d| could| can|"
     r" would))) you(?:'d| could| can| would|'ve)?(?: maybe| possibly| just| perhaps)? (?P<task>(?!,)(?!want\b|"
     r"like\b|pass\b|don't\b|know\b|'ve\b|had\b|have (?:any|the)\b|need\b|go\b|can\b|could\b|would\b)\w.*)"),
    (Way.REQUEST, "Send",
        r"(?:could|can|may|might) i (?:maybe |possibly |just |please |also )*(?:have|"
        r"get)(?! you) (?P<task>.+)"),
    (Way.REQUEST, "", r"are you (?:going to|gonna) (?P<task>(?!be\b|have\b|do that\b|go\b|see\b)\w+ .+)"),
    (Way.REQUEST, "", r"(?:can|could) i (?:get|bother|trouble|persuade) you to (?P<task>.+)"),
    (Way.REQUEST, "Send", r"(?:can|could|may) i (?:bother|trouble) you for (?P<task>.+)"),
    (Way.REQUEST, "",
        r"^(?:and |so |then |okay,? )*would (?:it|that) be (?:okay|ok|possible|all right|"
        r"alright) if you (?P<task>\w.+)"),
    (Way.BIDDEN, "", r"^(?:and |so |then |just |please |okay,? )*(?P<task>make sure (?!you\b|to\b|i\b|we\b)\w.+)"),
    (Way.REQUEST, "Send",
        r"(?:if i could have|i(?:'d)? (?:also |still |really )?need(?= (?:\w+[' ]){1,6}(?:from|by|before|"
        r"until|on)\b)(?! to\b| you\b)|what i'd need(?: from \w+)? is|the thing i need from you is|"
        r"what i'm missing is|what we need from you is|i'm (?:still )?waiting for(?= your| .*from you))(?P<task> .+)"),
    (Way.REQUEST, "", r"(?:is there|there's) (?:a|any) way (?:to|you(?: could| can)?|we(?: could| can)?) (?P<task>.+)"),
    (Way.REQUEST, "", r"is that something you could (?P<task>.+)"),
    (Way.REQUEST, "", r"^(?:and |so |oh,? |okay,? |then |,)*(?:\w+,? )?(?:would|could|can) you\?"),
    (Way.REQUEST, "",
        r"that'd be you|(?:is that|could that be|would that be|that's) you,? (?:then|"
        r"right)?"),
    (Way.REQUEST, "", r"you'll (?:remember to|make sure (?:to|you)|be sure to) (?P<task>\w.+)"),
    (Way.REQUEST, "", r"do you (?:reckon|suppose|feel) you (?:can|could) (?P<task>\w.+)"),
    (Way.BIDDEN, "",
        r"^(?:and |so |then |just |okay,? )*(?P<task>(?:let me have|let us have|put|send|add|ask|call|write|bring|"
        r"change|remove|delete|book|"
        r"print|include|fix|update|forward|drop|scan|sign|tell|remind|mark|cut|pay|order|keep) "
        r"(?:it|them|that|this|those|these|the|your|him|her|a|an)\b.+)"),
    (Way.RECALLED, "", r"you said you(?:'d| would) (?P<task>\w.+)"),
    (Way.REQUEST, "", r"^(?:and |so |please |just )*(?P<task>let (?:me|us) know (?:by|until|before|on) \w.+)"),
    (Way.TASK, "", r"(?:we|i)(?:'d)? need (?:someone|somebody) to (?P<task>\w.+)"),
    (Way.RECALLED, "", r"you'd (?:offered|promised|wanted|agreed) to (?P<task>\w.+)"),
    (Way.RECALLED, "Have",
        r"(?:it'd|it would|that'd) be (?:great|good|nice|lovely|helpful|cool) if (?P<task>(?!you\b|i\b|"
        r"we\b)\w.+)"),
    (Way.REQUEST, "", r"i'd say you (?P<task>(?!'|have\b|are\b|need\b)\w.+)"),
    (Way.RECALLED, "", r"you were (?:going|supposed|meant) to (?P<task>\w.+)"),
    (Way.REQUEST, "",
        r"^(?:and |so |oh |okay,? |then )*(?P<task>(?!i\b|you\b|we\b|it\b|that\b|"
        r"do that\b)\w+ [^?]+), (?:would|will|could|can) you(?: please)?(?=[?,.]|$)"),
    (Way.REQUEST, "", r"you (?P<task>(?!are\b|were\b|have\b|had\b|did\b|do\b)\w+ [^?]+?) (?:by when|when)\?*$"),
    (Way.REQUEST, "Send", r"^(?:and |so |then )*(?:your|the|just) (?P<task>[^,?]+(?:by|on|before) [^,?]+),? please"),
    (Way.REQUEST, "Send",
        r"^(?:and |so |oh,? )*(?P<task>(?:the|a|your|that) [^,?]+?)(?: as well| too)?,? please[.!]?$"),
    (Way.PLANNED, "Send", r"i promised (?:you|them|him|her) (?P<task>(?:the|a|that|your|my) .+)"),
    # offers
    (Way.OFFER, "",
        r"(?:shall|should) i (?:maybe |just |also |perhaps )*(?P<task>(?!be\b|really\b|go on\b|start\b|"
        r"have\b)\w.+)"),
    (Way.OFFER, "", r"(?<!they )(?<!he )(?:do you |did you |you )?(?:want|need|like) me to (?P<task>.+)"),
    (Way.OFFER, "", r"(?:what if|how about) i (?P<task>.+)"),
    (Way.OFFER, "",
        r"(?:would|will|is) it (?:help|(?:be )?(?:useful|helpful|better|easier|okay|ok|all right|"
        r"alright))(?: you)? if i (?P<task>\w.+)"),
    (Way.OFFER, "", r"^(?:and |so |well,? |or )*(?:i'd be |more than )?(?:happy|glad) to (?P<task>(?!hear\b|"
        r"see\b)\w+ .+)"),
    (Way.OFFER, "Give",
        r"(?:do|did|would) you (?:want|need|like)(?! me\b| to\b)(?: to have)? (?P<task>(?:the|a|an|my|this|"
        r"that|some) (?:(?!\w+ed\b)[\w'-]+ ?)+)(?=[?,.]|$|or\b|as well|too)"),
    # open tasks
    (Way.TASK, "",
        r"(?:^|, |\b(?:and|so|because|which|oh) )(?P<np>(?:the|your|our|that|this|those|these|"
        r"my) (?:[\w'-]+ ){0,4}?[\w'-]+?) (?:still )?(?:needs?|wants?|could use|could do with) "
        r"(?P<ing>(?!\w*(?:thing|morning|evening|string|ceiling|building|meeting|wedding)\b)\w{3,}ing\b.*)"),
    (Way.BIDDEN, "",
        rf"(?:^(?:and |so |then |okay,? )*|, (?:and )?|\band )you(?:'d)? (?P<task>(?:do|take|handle|tell|ring|text|"
        rf"{STRONG.pattern})(?: to| up| over| out| off)? "
        r"(?:the|that|this|those|these|your|it|them|me|us|him|her)\b[^,?]*)"),
    (Way.TASK, "",
        rf"{_SOMEBODY}(?:'s got to| has got to| has to| have to| needs to| should| must| will have to| could|"
        r" would have to) (?P<task>.+)"),
    (Way.TASK, "",
        r"(?:^|, |\b(?:and|so|because|which|oh) )"
        r"(?P<lead>(?:the|our|your|my|those|these|this) (?:(?!we\b|i\b|you\b|is\b|are\b|"
        r"need\b)[\w'-]+ ){0,4}?[\w'-]+, )?"
        r"(?P<np>(?:(?!and\b|so\b|"
        r"if\b)[\w'-]+ ){0,7}?(?:[\w'-]+?))(?:'s got| needs?| has| have|'ve got| is|'s|'re| are|'d have|'s gotta|"
        r" gotta|"
        r"'ll have| still needs?| still need)(?: still)? to be (?P<task>(?!able|honest|fair|careful|here|"
        r"there|sure|clear|nice|a\b|the\b|so\b|in\b|by\b|my\b|your\b|seen\b)\w+.*)"),
    (Way.TASK, "",
        r"^(?:and |so |then |okay,? |but )*(?P<np>)(?:needs?|has|have|'s got|must)(?: to)? be (?P<task>(?!able|"
        r"honest|fair|careful|here|there|sure|"
        r"clear|nice|a\b|the\b|so\b|by\b)\w+.*)"),
    (Way.TASK, "",
        r"(?:^|, |\b(?:and|so|because) )(?P<np>that|it|this|they|those)(?:'s got to| has to| have to| needs? to|"
        r" must| should) (?P<task>(?:happen|"
        r"go out|be in|be there|be out)\b.*)"),
    (Way.TASK, "",
        r"(?:^|, |\b(?:and|so|then|say) )(?P<np>(?:the|our|your|those|these|this|"
        r"that) (?:[\w'-]+ ){0,4}?[\w'-]+?) gets? "
        r"(?P<task>(?:\w{3,}ed|done|sent|paid|cut|put|written|redone)\b.*\b(?:by|before|until|this)\b.*)"),
    (Way.TASK, "", rf"(?:can|could|would|will) (?:{_SOMEBODY}|we get someone to) (?P<task>.+)"),
    (Way.RECALLED, "", r"who(?:'s| is) (?P<task>(?!going\b|coming\b|being\b|been\b|asking\b|talking\b|"
        r"saying\b)\w+ing .+)"),
    (Way.TASK, "", r"who(?:'s going to|'s gonna| wants to| can| could| will|'ll) (?P<task>.+)"),
    # taking what is there
    (Way.TAKES, "",
        r"^(?:(?:oh|well|okay|yes|yeah),? )?(?:i am|i can|i will|i could)(?=$|[.,!])(?! too| neither)|"
        r"i (?:do|take|handle|take care of|see to|look after) (?:that|it|those|them)(?=$|[,.!?]| (?:by|on|then|today|"
        r"tonight|tomorrow|myself|next)\b)|consider (?:it|that|them) (?:done|sorted|handled)|let me (?:do|take|"
        r"handle|have) (?:that|it|this|those|"
        r"them)(?: one)?|i(?:'ll| can|"
        r" could) (?:take|do|handle|"
     r"have|see to|take care of) (?:that|it|this|those|them)(?: one)?(?=$|[,.!?]| (?:by|on|then|today|"
     r"tonight|tomorrow|for|and|myself|over|this|next|in)\b)|give it (?:here|to me)|"
     r"(?:that|it|this|they|those|these)(?:'s| is| are|'re) (?:on me|mine)\b|"
     r"(?:^|(?<=[,.] )|(?<=yes )|(?<=yeah )|(?<=sure )|(?<=okay )|(?<=you can )|(?<=just ))"
     r"(?:i'm on (?:it|that)(?! too)|leave (?:it|that|this) (?:to|with) me)|(?<![\w'])(?:it's|that's|"
     r"that'd be) me|i'm already on (?:it|her|him|them)"),
    # promises put otherwise
    (Way.PROMISE, "", r"(?:my|the) (?:plan|job|task|goal|aim|idea|next step|intention) (?:is|was) to (?P<task>.+)"),
    (Way.PROMISE, "Handle",
        r"(?:(?:you can )?(?:count on|put|pencil) me (?:down )?for|i'm on the hook for) (?P<task>(?!a\b).+)"),
    (Way.PROMISE, "Handle",
        r"^(?:and |so |just |okay,? |no,? |you can )*leave (?P<task>(?:the|all|those|these|"
        r"that) (?!it\b)[^,]+?) (?:with|to) me\b"),
    (Way.PROMISE, "Do", r"(?:i'm (?:aiming|shooting|going|gunning)|i(?:'ll)? (?:try|aim|shoot)) for (?P<task>.+)"),
    (Way.PROMISE, "",
        r"what i(?:'d do|'ll do|'m going to do| want to do| wanted to do|"
        r" had in mind) is,? (?:to )?(?P<task>.+)"),
    (Way.PROMISE, "", r"i (?:was |am |'m )?(?:was )?(?:planning|hoping|thinking|meaning|aiming|looking) (?:on|to|"
        r"of) (?P<task>\w.+)"),
    (Way.PROMISE, "", r"(?:i was|i'm) thinking i(?:'d|'ll| could) (?P<task>\w.+)"),
    (Way.PLANNED, "",
        r"^(?:and |so |then |okay,? )*(?P<front>(?:the|your|that|those|these|my|our|"
        r"all) (?:[\w'-]+ ){0,4}?[\w'-]+?),? i(?:'ll| will|'d| can|'m going to|'m gonna|'m|) "
        r"(?P<task>(?:doing|sending|bringing|uploading|printing|DONE)(?! (?:it|that|this|the|a|an|some|my|your|our|"
        r"to)\b)\b.*)"),
    (Way.PROMISE, "Send", r"i (?:still |also )?owe you (?P<task>.+)"),
    (Way.PRESENT, "Do",
        r"(?P<task>(?:the|your|those|that|these|this|it|they)\b[^,]*?)(?:'s|'re| is| are)(?: \w+)? on my (?:list|"
        r"plate|desk|to-do list|"
        r"agenda|calendar)"),
    (Way.PRESENT, "Do",
        r"i(?:'ve| have) (?:scheduled|planned|pencilled|penciled|marked|put) (?P<task>(?:the|your|that|those|it|them|"
        r"this)\b[^,]*?)"
        r"(?: in| down)? (?=for\b)"),
    (Way.PRESENT, "Do", r"i(?:'ve| have)(?: got)? (?:blocked|reserved|kept|set aside|cleared|(?=(?:all |the "
        r")*(?:weekend|\w+day|week|morning|evening)\b))(?: out|"
        r" off)? [^,]*?\bfor (?P<task>(?:the|your|that|those|it|"
        r"them|this)\b.*)"),
    (Way.RECALLED, "Send", r"i'll (?:just )?(?:be )?wait(?:ing)? for (?P<task>your .+|(?:the|a) .+ from you)"),
    (Way.PROMISE, "Have",
        r"(?<!could )(?<!can )(?<!may )i(?:'ve got| have|'ll have|'d have) (?P<task>(?:the|it|that|this|them|those|"
        r"these|everything|all|"
        r"my|your|mine|yours) .*(?:ready|done|finished|\w+ed) (?:by|on|before|for|until)\b.*|(?:the|your|"
        r"my) [^,]+ by (?:then|\w+day|tomorrow|the \w+(?: of (?:the |this |next )?\w+)?)\b)"),
    (Way.REQUEST, "Do", r"i(?:'ve| have)? (?:had|have|got|put) you down for (?P<task>.+)"),
    (Way.PLANNED, "", r"(?:i've been (?:told|asked)|i'm (?:supposed|meant)) to (?P<task>.+)"),
    (Way.PROMISE, "Do",
        r"(?:(?P<task>[^,]+?) )?i (?:can|could) see (?P<task2>(?:it|that|this|them) )?(?:happening|"
        r"being done|done|ready)"),
    (Way.PROMISE, "", r"i(?:'ll| will) be (?P<task>\w+ing .+)"),
    (Way.PROMISE, "", r"i was (?:gonna|going to) (?P<task>\w.+)"),
    (Way.PRESENT, "",
        r"(?:i'm|i am) (?:also |just |still )?(?P<task>(?!going|doing (?:well|fine)|being|looking (?:at|"
        r"forward)|sitting|trying|kidding|joking|telling|talking|asking|saying|thinking|meeting|seeing|"
        r"visiting|working (?:out|from)|"
        r"coming|leaving|taking (?:the|my)|driving|flying|getting(?! it| them)|guessing|reading|having|sharing|typing|"
        r"clicking|losing|missing|using|waiting|hearing|seeing|feeling|wondering|hoping|planning)\w+ing "
     r"(?:it|that(?! (?:afternoon|morning|evening|day|week|night))|this(?! (?:afternoon|morning|evening|"
     r"week))|them|those|these|the|your|you|my|our|all|both)\b.*)"),
    (Way.PLANNED, "",
        r"^(?:and |so |then |okay,? |yep,? |yeah,? |sure,? |on it,? )*(?P<task>(?!being|going|having|thinking|"
        r"looking forward|talking|speaking|meaning|"
        r"coming|nothing|something|everything|anything|including|regarding|concerning|according|depending|counting|"
        r"starting|assuming|considering|during|morning|evening|missing|meeting)\w{2,}ing (?:it|that|this|them|those|"
        r"these|the|"
        r"your|my|into it|into that|on it)\b.*)"),
    (Way.PRESENT, "Do", r"^(?:(?:and|so|then|okay|right|recap)[,:]? )*me[,:]? (?P<task>(?:the |your |a |new )[^?]+)"),
    (Way.REQUEST, "Do", r"^(?:(?:and|so|then|okay|right|recap)[,:]? )*you[,:] (?P<task>(?:the |your |my |a |"
        r"new )[^?]+)"),
    (Way.PRESENT, "Do",
        r"(?:^|, )(?P<task>it|that|those|these|this|them) i(?:'d|'ll| will| can|'m going to) (?:do|send|finish|bring|"
        r"get done|handle|fix)\b(?! (?:it|that|the)\b)"),
    (Way.RECALLED, "Send",
        r"(?:i(?:'d|'ll)? (?:still |also |really |only |just )?need|(?:the only|one|the other) thing (?:that's "
        r")?(?:missing|left) is|"
        r"what(?:'s| is) (?:still )?missing is|i'm (?:still )?(?:missing|waiting for|waiting on))(?!.*\b(?:from|by|"
        r"before|until)\b) "
        r"(?P<task>(?:the|your|some|those|that|a|an|two|three|all) (?!to\b|from\b|second\b|minute\b|moment\b|"
        r"coffee\b|break\b|"
        r"holiday\b|drink\b|days?\b|weeks?\b|hours?\b|new\b)[\w'-]+(?: [\w'-]+)*)"),
    (Way.BIDDEN, "Send", r"^(?:and |please |oh,? )*(?:don't|do not) forget (?P<task>(?:the|your|my) .+)"),
    (Way.OFFER, "Give", r"^(?:and )?want (?P<task>(?:the|a|an|my|some) [^,?]+)\?"),
    (Way.REQUEST, "", r"(?:it'd|it would|that'd|that would) (?:really |also )?(?:help|be \w+) if you (?:could |"
        r"would |can )?"
        r"(?P<task>(?!had\b|have\b)\w+ .+)"),
    (Way.RECALLED, "Send",
        r"^(?:but |and |so |then )*(?P<task>(?:the|your) (?:[\w'-]+ ){0,3}?[\w'-]+), (?:that )?i (?:do |still |"
        r"really )?need (?:that|it|those|them)\b"),
    (Way.HOLDS, "Do",
        r"(?<!could )(?<!can )(?:i've got|i've|i have|i do|i'm on) "
        r"(?P<task>(?:the |all the |(?=\w+s[.!]?$))(?!\w+ on(?=$|[.,!]))[^,]+)"),
    (Way.HOLDS, "Do", r"^(?:and |so |then |okay,? |yes,? |no,? )*(?:i'd take|i take|(?:just )?(?:give|"
        r"leave) me) (?P<task>(?:the|your) [^,]+)"),
    (Way.HOLDS, "Do", r"^(?:and |so |then |okay,? )*(?P<task>(?:the |all the )?[\w'-]+(?: [\w'-]+)?)(?:'s| is| are|"
        r"'re) (?:mine|me|on me|with me)\b(?! (?:too|and)\b)"),
    (Way.PRESENT, "Do", r"(?:mine's|mine is) (?P<task>the [^,]+)"),
    (Way.PRESENT, "Do", r"i'd (?:hope|guess|aim|say|shoot)(?: for)?(?= (?:by|on|for|the) )(?P<task>)"),
    (Way.PROMISE, "Deliver", r"i'd (?:said|promised|planned)(?= \w+day| the \d| by)(?P<task>)"),
    (Way.PRESENT, "",
        r"(?:^|, |\band |\bthen |\bso |\bend |^(?:and |so |"
        r"then )?(?:on )?\w+day )(?:then )?i (?:also )?(?P<task>(?!am\b|was\b|have\b|had\b|did\b|"
        r"can\b|could\b|will\b|would\b|should\b|might\b|think\b|guess\b|know\b|mean\b|want\b|need\b|"
        r"like\b|love\b|hope\b|see\b|got\b|said\b|say\b|told\b|just\b|don't\b|didn't\b|never\b|always\b|"
        r"still\b|really\b|only\b|believe\b|feel\b|remember\b|suppose\b|wonder\b|understand\b|agree\b|hear\b|"
        r"wish\b|swear\b|promise\b|owe\b|went\b|sent\b|gave\b|wrote\b|called\b|saw\b|found\b|put\b|read\b|"
        r"paid\b|made\b|took\b|brought\b|built\b|bought\b|thought\b|meant\b|kept\b|left\b|lost\b|met\b|ran\b|"
        r"sold\b|spoke\b|spent\b|began\b|chose\b|drew\b|drove\b|felt\b|forgot\b|heard\b|held\b|knew\b|let\b|"
        r"set\b|won\b|came\b|"
        r"\w+ed\b|keep\b|live\b|prefer\b|pass there\b|speak\b|get it\b)\w+(?: and \w+(?: it)?)? (?:in |up |"
        r"off |out |over )?(?:it|that|this|them|those|the|your|you|my|our|all|both)\b.*)"),
    (Way.PRESENT, "", r"(?:tomorrow|tonight|today|then|so|\w+day) i (?P<task>(?:DONE)(?=$|[,.]| and\b))"),
    (Way.TOGETHER, "",
        r"let's (?:all )?(?:\w+ of us )?(?P<task>(?!say|see|not|go on|move|leave|hope|face|call|make|be|just|"
        r"put it|get)\w.+)"),
)  # fmt: skip
#: Verbs of doing, for where no word behind them tells that they are.
_DONE = "|".join(
    sorted(
        BASES
        - word_set(
            "agree assume avoid believe belong care come consider contain cost depend describe deserve disagree "
            "dislike "
            "doubt enjoy expect feel go guess happen hate hear hope hurry imagine know last like listen live look lose "
            "love matter mean miss need notice owe prefer realise realize recall recommend regret remember require "
            "respect say see seem sleep sound stay stick struggle suggest suppose suspect talk tend think travel trust "
            "understand vote wait walk want watch wear wish wonder worry"
        )
        | {"edit", "check", "record", "sign", "forward", "do"}
    )
)
_RULES = tuple(
    (way, verb, re.compile(rf"(?:(?<![\w'])|(?=,))(?:{pattern.replace('DONE', _DONE)})")) for way, verb, pattern in _PUT
)


_DOES = (
    r"(?:does|do|gets|takes|brings|makes|writes|sends|handles|covers|prepares|books|checks|calls|builds|finishes|"
    r"draws|edits|delivers|(?:is|'s) (?P<ing>(?!going\b)\w+ing))"
)


@cache
def _called(names: str) -> re.Pattern[str]:
    """`Rob, the alt texts.`: somebody called and a thing."""
    return re.compile(
        rf"(?:and |so |then )*(?:{names}),? (?:(?P<task>(?:the|your) [^,?]{{1,40}}?)|"
        rf"(?:you|you'll|could you|you've got to) (?P<order>{STRONG.pattern}.+))[.,?]?$"
    )


@cache
def _does(names: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:and |so |then |okay,? )*(?P<who>{names})(?:,? |(?='s ))(?P<does>{_DOES}) (?P<task>.+)")


def puts(text: str, names: str = r"(?!)") -> Iterator[Put]:
    """Every task that a sentence puts, in no order.

    Args:
        text: one sentence.
        names: a pattern of the people's names, as `Names.pattern` gives it.
    """
    low = plain(text)
    called = _called(names).match(low)
    if called:
        part = "task" if called["task"] else "order"
        words = text[called.start(part) : called.end(part)].strip(" ,.?!")
        yield Put(Way.REQUEST, words, 0, called.start(part), "Do" if part == "task" else "")
    named = _does(names).match(low)
    if named:
        verb = named["ing"] or re.sub(r"(?<=[hsx])es$|s$", "", named["does"].replace("does", "do"))
        yield Put(Way.NAMED, text[named.start("task") :].strip(" ,.?!"), 0, named.start("task"), verb, named["who"])
    for way, verb, rule in _RULES:
        for found in rule.finditer(low):
            if re.search(r"\b(?:if|when|once|unless)\s*$", low[: found.start()]):
                continue
            if "ing" in found.groupdict():
                task = _renew(text[found.start("np") : found.end("np")], text[found.start("ing") : found.end("ing")])
                yield Put(way, task.strip(" ,.?!"), found.start(), found.start("ing"), verb)
                continue
            spans = (
                found.span(key) for key in ("task", "task2") if key in found.groupdict() and found[key] is not None
            )
            start, end = next(spans, (found.end(), found.end()))
            task = text[start:end].strip(" ,.?!")
            if "np" in found.groupdict():
                thing = text[found.start("np") : found.end("np")].strip() or "it"
                if found.groupdict().get("lead") and thing in ("he", "she", "it", "they", "that"):
                    thing = text[found.start("lead") : found.end("lead")].rstrip(" ,")
                task = f"have {thing} {task}"
            if "front" in found.groupdict():
                doing, _, rest = task.partition(" ")
                task = f"{doing} {text[found.start('front') : found.end('front')]} {rest}".strip()
            yield Put(way, task, found.start(), start, verb)


def _renew(thing: str, doing: str) -> str:
    """`The permit` and `renewing by Monday`: `see to the permit, renewing by Monday`."""
    ing, _, rest = doing.partition(" ")
    return f"do the {ing} of {thing} {rest}"
