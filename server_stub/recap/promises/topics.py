"""What a talk is about at a moment, so that `it` and `by Friday` can be put into words."""

from __future__ import annotations

import re

from server_stub.recap.promises.deliveries import is_fragment
from server_stub.recap.promises.nounphrases import phrases
from server_stub.recap.promises.speech import Sentence
from server_stub.recap.promises.things import Gap, ranked

#: Opens a new subject.
_FOCUS = re.compile(
    r"^(?:(?:and|so|okay|ok|oh|now|then|well|first thing|next|last|lastly|right|um|hey|also|"
    r"item \w+),? )*(?:what about|how about|"
    r"what's left is|tell me about|there's the matter of|on the|for the|how's|how are we for|where are we (?:with|on)|"
    r"the other thing is|coming back to|about)\b"
)
#: `Right, the proofs.`: lead words and one thing.
_ALONE = re.compile(
    r"(?:(?:right|okay|ok|so|and|now|then|item \w+|next|last|first thing|oh),? )+(?:the|a|that|those|your|my|"
    r"our) (?:[\w'-]+ ?){1,3}[.?]?"
)
#: How likely a thing has to be; two are told at most.
_LIKELY, _MOST = 0.1, 2


def focus_of(said: Sentence) -> str:
    """The subject that a sentence opens, as `And the parking permits?` does; empty where it opens none."""
    named = list(phrases(said.text))
    if not named:
        return ""
    opens = _FOCUS.search(said.low) is not None or _ALONE.fullmatch(said.low) is not None
    short = said.words <= 9 and said.asks and is_fragment(said.low)
    return named[0] if opens or short else ""


def topic_of(gap: Gap) -> str:
    """What a task speaks of that does not say it: one or two noun phrases; empty where nothing is likely."""
    return ", ".join(chosen(gap))


def chosen(gap: Gap) -> list[str]:
    """The one or two things that are meant, the likelier first."""
    return [thing for share, thing in ranked(gap)[:_MOST] if share >= _LIKELY]
