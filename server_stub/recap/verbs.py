"""Verbs as they change when `I` or `you` becomes a name: `I have sent` is `Ada has sent`."""

from __future__ import annotations

from server_stub.recap.words import word_set

#: Verbs that people say of themselves, in the form that stands after `I`.
BASES = word_set(
    "bother chase confirm lower migrate pull sketch swing accept add admit agree allow answer apply appreciate arrange "
    "ask assume attach avoid believe belong bill book bring build buy call care carry change charge check choose clean "
    "collect come compare complain consider contact contain cost cover create deal decide deliver depend describe "
    "deserve design disagree dislike doubt draft draw drive eat edit email enjoy estimate expect explain export feel "
    "figure fill find finish fix follow forget get give go guess handle happen hate hear help hold hope hurry imagine "
    "import include insist install intend invoice join keep know last lead learn leave like listen live look lose love "
    "mail make manage matter mean measure meet mention miss move need notice offer open order owe own paint pass pay "
    "pick plan play prefer prepare print promise propose provide publish push reach realise realize recall receive "
    "recommend record refuse regret remember remind remove rename rent replace reply require respect return review "
    "rewrite run save say see seem sell send share shoot show sign sleep sort sound speak spend stand start stay stick "
    "stop store struggle study suggest support suppose suspect take talk teach tell tend test thank think track trade "
    "train translate travel treat trust try turn understand update upgrade upload use visit vote wait walk want warn "
    "watch wear wish wonder work worry write"
)
_PASTS = {
    "be": "was", "begin": "began", "break": "broke", "bring": "brought", "build": "built", "buy": "bought",
    "choose": "chose", "come": "came", "deal": "dealt", "do": "did", "draw": "drew", "drive": "drove", "eat": "ate",
    "fall": "fell", "feel": "felt", "find": "found", "forget": "forgot", "get": "got", "give": "gave", "go": "went",
    "have": "had", "hear": "heard", "hold": "held", "keep": "kept", "know": "knew", "lead": "led", "leave": "left",
    "lend": "lent", "lose": "lost", "make": "made", "mean": "meant", "meet": "met", "pay": "paid", "ring": "rang",
    "run": "ran", "say": "said", "see": "saw", "sell": "sold", "send": "sent", "shoot": "shot", "sit": "sat",
    "sleep": "slept", "speak": "spoke", "spend": "spent", "stand": "stood", "stick": "stuck", "take": "took",
    "teach": "taught", "tell": "told", "think": "thought", "throw": "threw", "understand": "understood",
    "wear": "wore", "win": "won", "write": "wrote",
}  # fmt: skip
_IRREGULAR_PASTS = frozenset(_PASTS.values())
_PARTICIPLES = word_set(
    "been begun broken brought built bought chosen come done drawn driven eaten fallen felt found forgotten got gotten "
    "given gone had heard held kept known led left lost made meant met paid run said seen sold sent shot shown sat "
    "slept spoken spent stood taken taught told thought thrown understood won written"
)
#: What `I` and a name do differently.
_OF_A_NAME = {
    "am": "is", "are": "is", "have": "has", "do": "does", "don't": "doesn't", "haven't": "hasn't", "aren't": "isn't",
    "were": "was", "weren't": "wasn't",
}  # fmt: skip
_UNCHANGED = word_set(
    "will would can could should might may must shall won't wouldn't can't cannot couldn't shouldn't mightn't was "
    "wasn't had hadn't did didn't"
)
#: May stand between somebody and what they do.
ADVERBS = word_set(
    "also just really still already only actually never always probably definitely usually basically honestly "
    "certainly maybe perhaps possibly totally absolutely personally currently recently finally simply originally "
    "generally normally often sometimes even then now deliberately"
)
#: Verb forms that end in s and are hardly ever the plural of a noun.
_THIRD_ONLY = (
    "wants has gets takes makes goes comes says thinks likes loves seems sounds feels depends includes means keeps "
    "knows gives eats pays sits lives happens becomes begins does remains agrees believes prefers expects contains "
    "belongs closes brings lets matters applies fits renews covers"
)
_AUXILIARIES = (
    "is are was were has have had will would can could should might may must does did isn't aren't wasn't weren't "
    "hasn't haven't hadn't won't wouldn't can't cannot couldn't shouldn't doesn't didn't don't"
)
#: Where one of these stands, there is a sentence and no heap of words.
FINITE = frozenset(
    [
        *_AUXILIARIES.split(),
        *_THIRD_ONLY.split(),
        *(_IRREGULAR_PASTS - {"found", "left", "felt", "shot", "led", "stuck", "lost", "made", "held", "built"}),
    ]
)


def third(base: str) -> str:
    """`send` as `sends`, `try` as `tries`."""
    if base in ("have", "do", "be"):
        return {"have": "has", "do": "does", "be": "is"}[base]
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{base}s"


def is_third(word: str) -> bool:
    """Whether a word may be a verb as it stands after `it`: `works`, `costs`, `tries`."""
    return word.endswith("s") and bool({word[:-1], word[:-2], f"{word[:-3]}y"} & BASES)


def past(base: str) -> str | None:
    """`send` as `sent`, `want` as `wanted`; None where it is not known."""
    if base in _PASTS:
        return _PASTS[base]
    if base not in BASES:
        return None
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return f"{base[:-1]}ied"
    return f"{base}ed" if base not in _DOUBLED else f"{base}{base[-1]}ed"


_DOUBLED = frozenset(["admit", "plan", "refer", "regret", "stop", "submit"])


def of_a_name(word: str) -> tuple[str, bool] | None:
    """A verb that stood after `I` or `you`, as it stands after a name, and whether it is in the present.

    None where that is not known: `I put` may be of today or of yesterday.
    """
    if word in _OF_A_NAME:
        return _OF_A_NAME[word], word not in ("were", "weren't")
    if word in _UNCHANGED or word in _IRREGULAR_PASTS or (word.endswith("ed") and word not in BASES and len(word) > 4):
        return word, False
    return (third(word), True) if word in BASES else None


def is_had(after: str) -> bool:
    """Whether `'d` before a word is `had`: `I'd been`, not `I'd be`."""
    return after in _PARTICIPLES - {"come", "run"} or (after.endswith("ed") and after not in BASES and after != "need")
