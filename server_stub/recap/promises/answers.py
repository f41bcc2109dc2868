"""How people say yes, no, another day, never mind, and how sure they are."""

from __future__ import annotations

import re

_YES = re.compile(
    r"^(?:(?:oh|ah|well|so|and|mm|mm-hm+|mhm|uh-huh|um|okay|ok|then|sure|yeah|no no|ha|hm|ideally|probably|"
    r"maybe)[,.]? )*(?:yes|yeah|yep|yup|mm-hm+|mhm|uh-huh|sure|okay|ok|of course|will do|"
    r"absolutely|no problem|no worries|not at all|certainly|definitely|gladly|happy to|consider it done|got it|noted|"
    r"sounds (?:good|great|fine|like a plan|perfect)|alright|all right|fine|great|good|perfect|lovely|super|brilliant|"
    r"cool|deal|right|agreed|i will\b(?=[,.!]|$)|i can\b(?=[,.!]|$)|i can do (?:that|it)|i'll do (?:that|it|"
    r"so)|i'd love|i don't mind|i'd be (?:honoured|honored|happy|glad)|my pleasure|you got it|i'm on it|on it|"
    r"that works|works for me|that'll do|that(?:'d| would) (?:be|help)|you can count on|understood|please|"
    r"go ahead|would you|"
    r"could you|if you (?:could|like|want|can|don't mind|pass)|give it here|leave it with me|with pleasure|"
    r"i (?:think|guess|suppose) so|should be (?:fine|doable|possible|okay|ok)|why not|by all means|i don't see why not|"
    r"it would\b(?=[,.!]|$)|you can\b(?=[,.!]|$)|you will\b(?=[,.!]|$)|you bet|totally|i'd appreciate|much appreciated|"
    r"that helps|shouldn't be a problem|easily|"
    r"i would\b(?=,? (?:yeah|yes|of course|sure))|no (?:trouble|bother)|it's no (?:trouble|bother)|"
    r"that's no (?:trouble|bother)|"
    r"aye|grand|smashing|sweet|i'm up for|i'm in\b|"
    r"can do|on its way|worth it|fantastic|awesome|wonderful|thank you|thanks|cheers|mine|me)\b(?! but\b)"
)
_LATE_YES = re.compile(
    r"\b(?:yes please|sure|no problem|got it|i'm on it|can do|consider it done|will do|okay|yes|"
    r"that should (?:be possible|work|be fine))\b[.! ]*$"
)
_NO = re.compile(
    r"^(?:(?:oh|ah|well|so|and|mm|um|hm|god|ha|thanks|thank you|you're kind|that's (?:really )?(?:sweet|"
    r"kind)(?: of you)?),? "
    r"(?:but )?)*(?:no\b(?=$|[,.!?;-]| (?:thanks|thank|need|way|chance|please|sorry|never|leave|point|longer|more|"
    r"no|but|not|that|that's|it|it's|i|i'm|"
    r"i'd|i'll|we|we're|you|he|she|they|the|let's|don't)\b)|nope|nah\b|not me\b|"
    r"not really|rather not|"
    r"don't bother|leave (?:it|them|that|those)\b|no need)"
    r"|^yeah,? no,? (?:lose it|leave it\b(?! with me)|don't bother|we don't need (?:it|that)\b|not for me)"
    r"|,? no,? sorry\b|, no\b[.!]?$|\b(?:i (?:could|can|would),? (?:but|only)|i can't|i cannot|we can't|won't be able|"
    r"i'm unable|no way|"
    r"i don't (?:give|do|take|offer|share|send|make|work)\b(?! mind)|i'm afraid|unfortunately|don't bother|no need|"
    r"say no to|i'd rather not|let's not|isn't necessary|not necessary|not this (?:week|month|year)|"
    r"(?:they're|it's|that's|that is|it is) (?:already )?(?:finished|done|sorted|solved|fine as)|"
    r"(?:has|have|got) (?:those|them|it|stands|that) (?:already|too)|already (?:have|has|got|done|did)|"
    r"i'm not (?:doing|set up)|we're not (?:doing|having)|i don't think so|i doubt it|not possible|impossible|"
    r"too early|leave (?:it|them|that),? please|let's leave it|that's (?:a different|not my)|i'll stick with|"
    r"(?:we|i)'ll (?:leave it|pass)\b|i'm (?:on holiday|on leave|away|off) (?:from|until|till|this|next|all)|"
    r"i would,? actually|"
    r"i've found it|wouldn't know|(?:fully|all) booked|i'll manage|i've got (?:it|them|that|those|one) (?:already|"
    r"here)|"
    r"i(?:'ve)? already (?:\w+ed|sent|paid|got|did|done|made)|^already (?:done|sent|paid|\w+ed))\b"
)
_TIGHT = re.compile(
    r"\b(?:tight|rough|a bit of a \w+|no good|too (?:early|soon|tight)|not before|won't be before|earliest|gone|"
    r"let's say|"
    r"give me until|give me till|not manage|bad|tricky|difficult|can't do|i'm (?:on (?:a|the)|at (?:a|the|my)|away|"
    r"travelling|traveling|off\b))\b"
)
_YES_AFTER_ALL = re.compile(r"\byes,? please\b|\bif you could\b|^no,? yes\b")
#: Not heard, or something else came between.
_LOST = re.compile(
    r"\b(?:you (?:cut out|froze|broke up)|anyway|hold on|hang on|sorry, there's (?:someone|somebody|a)\b|"
    r"my other phone|off you go|got to go|gotta go|have to go|at the door|doorbell)\b"
)
_CANCELS = re.compile(
    r"\b(?:scratch that|forget (?:that|it|about (?:that|it)|i said)|"
    r"never ?mind|drop it|dropped|cancel (?:that|it)|"
    r"call it off|scrap (?:it|that)|off the table|don't bother|no need(?! to rush)|we're not doing it|not doing it|"
    r"let's (?:leave it|not)|leave (?:it|that) (?:be|then|out)|skip (?:it|that)|no longer needed|"
    r"drop it altogether|i've changed my mind|there's no point|no printing|that's not happening)\b|"
    r"(?:^|, )(?:(?:so|okay|just|then|no|yeah),? )*(?:forget (?:the|those|these)\b|lose it(?=$|[.!,]))"
)
_MOVES = re.compile(
    r"\b(?:make (?:it|that)|(?:can|could|shall) we say|call it (?=\w*day\b|the \d|tomorrow)|it'll be|"
    r"it will be|let's say|let's make|can (?:we|"
    r"i) (?:make|move|do|swap)|could (?:we|i) "
    r"(?:make|move|do|swap)|swap (?:that|it)|move (?:it|that)|push (?:it|that)|actually|thinking about it|rather|"
    r"instead|gone|how's|how about|what about|not (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|the)|"
    r"no good|coming back to|sorry|wait|for me)\b|\bthen\b[.!]*$|^(?:okay|ok|fine|alright),? (?:then )?"
)
_HEDGE = re.compile(
    r"\b(?:no guarantees?|it depends|no promises?|can't promise|cannot promise|fingers crossed|can't (?:really )?swear|"
    r"not (?:a )?hundred percent|don't (?:\w+,? )?hold me|don't announce|all being well|"
    r"with (?:a bit of )?luck|hopefully|"
    r"probably|i'd guess|me guessing|i'd hope|i hope|might|maybe|perhaps|possibly|i'd shoot for|shoot for|not sure|"
    r"i'll try(?! (?:them|him|her|it again|again|the))|try and|try to|i'd count on|could see|i'd imagine|should "
    r"be able|i think i can|if all goes well|"
    r"ideally|i (?:think|guess|suppose) so|see if i can|with any luck|do my best|i'm aiming|aim for|at some point|"
    r"no idea when|i'd love to|presumably|most likely)\b"
)
_DONE = re.compile(
    r"\b(?:they're|it's|that's|they are|it is) (?:right |just |already )*(?:in the|on the|in your|on your|"
    r"up on|there)\b(?!.*\b(?:by|on|until)\b)|"
    r"^(?:(?:oh|well|yeah|yes),? )?(?:i )?(?:did|sent|posted|paid|went|was)\b|^(?:those|they|that|"
    r"it) (?:went|was|were)\b|\b(?:did that|it's done|already did|that's done|they went|i have, |"
    r"i've (?:already )?(?:sent|done|paid|ordered|"
    r"booked|changed|finished|uploaded|fixed))\b"
)
_FITS = re.compile(r"\bi'm (?:good|in|free|up for)\b|\b(?:suits me|works|doable|possible)\b|\byes\b")
_REFUSES = re.compile(
    r"^(?:(?:oh|ah|ha|no|thanks|thank you|please|honestly),? )*don't(?: (?:come|bother|(?:do|send|bring) (?:it|that)))?"
    r"(?=$|[,.!])"
)
_WILL_NOT = re.compile(
    r"(?:(?:okay|ok|alright|all right|fine|well|right|so|then|no|grand),? )*(?:i won't,? (?:then|bother)|then i won't)"
    r"[.!]*|(?:(?:well|so|but|and|oh),? )*(?:now )?i don't (?:have|need) to"
    r"(?:,|[.!]*$| (?:because|now|any ?more|after all|he|she|they|we|it|you|somebody)\b).*"
)
_TAKES_IT = re.compile(
    r"(?:(?:yes|yeah|yep|sure|okay|ok|right|fine|good|no problem|don't worry|you can|just),? )*"
    r"(?:leave (?:it|that|this) (?:to|with) me|(?:i'm )?on it|"
    r"will do(?= (?:by|on|today|tonight|tomorrow|this|next)\b|$|[.,!]))"
    r"(?=$|[.,!]| (?!if\b|and\b|or\b|too\b))"
)
#: Says that a thing is wanted, or ready, on another day than was said just before.
_REDATES = re.compile(r"\bneed (?:'?til|until|till)\b|\bi think,? (?=\w+day\b|the \d)")


def says_yes(low: str) -> bool:
    """Whether a sentence accepts what was asked or offered."""
    return _YES.match(low) is not None or _LATE_YES.search(low) is not None


def takes_it(low: str) -> bool:
    """Whether a sentence takes what was named before, whoever was to do it; a yes alone does not."""
    return _TAKES_IT.match(low) is not None


def fits_well(low: str) -> bool:
    """Whether a sentence says that a day suits."""
    return _FITS.search(low) is not None


def says_no(low: str) -> bool:
    """Whether a sentence refuses what was asked or offered."""
    return _NO.search(low) is not None and _YES_AFTER_ALL.search(low) is None


def is_tight(low: str) -> bool:
    """Whether a sentence says that the day is a bad one."""
    return _TIGHT.search(low) is not None


def is_done(low: str) -> bool:
    """Whether a sentence says that it was done before."""
    return _DONE.search(low) is not None


def was_lost(low: str) -> bool:
    """Whether something came between a question and its answer."""
    return _LOST.search(low) is not None


def cancels(low: str) -> bool:
    """Whether a sentence takes back what was said before."""
    return _CANCELS.search(low) is not None


def moves(low: str) -> bool:
    """Whether a sentence with a day in it gives a matter another day."""
    return _MOVES.search(low) is not None


def hedge_of(low: str) -> str:
    """The words that make a statement less than firm; empty where there are none."""
    found = _HEDGE.search(low)
    return found[0] if found else ""


def redates(low: str) -> bool:
    """Whether who has just named a day goes on with another one."""
    return _REDATES.search(low) is not None


def refuses(low: str) -> bool:
    """Whether a sentence turns down what another has just said they would do."""
    return _REFUSES.search(low) is not None


def will_not(low: str) -> bool:
    """Whether somebody says that they will not do it after all."""
    return _WILL_NOT.fullmatch(low) is not None
