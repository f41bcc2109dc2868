"""Each way in which people promise, ask, offer, hand on and take back, and what only sounds so."""

from datetime import date

import pytest

from server_stub.recap.promises.items import find_action_items

FRIDAY = date(2026, 11, 20)
NAMES = ("Ada Lovelace", "Ben Okri", "Cleo Brandt")


def find(utter, *lines):
    names = {name[0]: name for name in NAMES}
    transcript = utter(*(f"{names[line[0]]}: {line[3:]}" for line in lines))
    present = tuple(dict.fromkeys(said.speaker for said in transcript))
    return find_action_items(transcript, present if len(present) > 1 else NAMES[:2], FRIDAY)


A, B, C = NAMES
PROMISED = {
    # told as a result or in the future
    "you'll have": (["A: You'll have the first draft on Monday.", "B: Lovely."], A, "2026-11-23", "firm", "draft"),
    "you can have": (
        ["B: When do I get the plans?", "A: You can have the plans on Tuesday."],
        A,
        "2026-11-24",
        "firm",
        "plans",
    ),
    "expect": (["A: Expect the files no later than 12 December.", "B: Fine."], A, "2026-12-12", "firm", "files"),
    "in your inbox": (
        ["B: And the invoice?", "A: The invoice is in your inbox by Wednesday."],
        A,
        "2026-11-25",
        "firm",
        "invoice",
    ),
    "hear from me": (
        ["B: What about the permit?", "A: You'll hear from me by Thursday about the permit."],
        A,
        "2026-11-26",
        "firm",
        "permit",
    ),
    "have it translated": (
        ["A: I'll have it translated by Monday, the contract.", "B: Good."],
        A,
        "2026-11-23",
        "firm",
        "translated",
    ),
    "my plan": (
        ["A: My plan is to finish the chapter by mid December.", "B: Okay."],
        A,
        "2026-12-15",
        "firm",
        "chapter",
    ),
    "I'll be sending": (
        ["A: I'll be sending the samples on Tuesday.", "B: Great."],
        A,
        "2026-11-24",
        "firm",
        "samples",
    ),
    "give me until": (
        ["B: Can you send the estimate by Monday?", "A: Give me until Tuesday."],
        A,
        "2026-11-24",
        "firm",
        "estimate",
    ),
    "present tense": (
        ["A: I'm filing the whole application tomorrow.", "B: Perfect."],
        A,
        "2026-11-21",
        "firm",
        "application",
    ),
    "goes live": (
        ["B: And the fix for the checkout?", "A: The fix goes live on Tuesday."],
        A,
        "2026-11-24",
        "firm",
        "fix",
    ),
    "it'll be done": (
        ["B: The logo still has the old color.", "A: I'm changing the logo. It'll be done by Wednesday."],
        A,
        "2026-11-25",
        "firm",
        "logo",
    ),
    # requests with their answers
    "would you mind": (
        ["B: Would you mind checking the French on the box?", "A: Not at all."],
        A,
        None,
        "firm",
        "french",
    ),
    "could I have": (
        ["B: Could I have the guest list by Wednesday?", "A: Sure, no problem."],
        A,
        "2026-11-25",
        "firm",
        "guest list",
    ),
    "a day says yes": (["B: Can you send a revised quote?", "A: Yep, Tuesday."], A, "2026-11-24", "firm", "quote"),
    "counter-offer": (
        ["B: Could you do the mockup by Tuesday?", "A: Tuesday is tight, let's say Wednesday."],
        A,
        "2026-11-25",
        "firm",
        "mockup",
    ),
    "hoping": (
        ["B: I was hoping you could record the intro by Friday.", "A: Yeah, that works."],
        A,
        "2026-11-27",
        "firm",
        "intro",
    ),
    "any chance": (
        ["B: Any chance you'd scan the receipts before the weekend?", "A: Will do."],
        A,
        "2026-11-20",
        "firm",
        "receipts",
    ),
    "elliptical": (
        ["B: You're good with the captions?", "A: Yep. Captions by Friday."],
        A,
        "2026-11-27",
        "firm",
        "captions",
    ),
    "asked back between": (
        [
            "B: Could you send me the list of venues?",
            "A: Which list, the confirmed ones?",
            "B: Just confirmed.",
            "A: Sure, tomorrow.",
        ],
        A,
        "2026-11-21",
        "firm",
        "venues",
    ),
    # offers
    "should I": (
        ["A: Should I send the contract to the landlord?", "B: Yes please, by tomorrow."],
        A,
        "2026-11-21",
        "firm",
        "contract",
    ),
    "do you want me to": (["A: Do you want me to book the studio?", "B: Great, yes."], A, None, "firm", "studio"),
    "shall I": (["A: Shall I call the printer?", "B: Please do."], A, None, "firm", "printer"),
    # handed on, taken over, joint, impersonal
    "delegated": (["A: Ben's doing the slides by Monday.", "B: Yep."], B, "2026-11-23", "firm", "slides"),
    "named": (["A: Cleo, can you order the cables?", "C: On it.", "B: Good."], C, None, "firm", "cables"),
    "taken over": (
        [
            "A: Somebody has to call the caterer.",
            "B: I was going to, but I'm on site all week.",
            "C: Let me take that one. I'll ring her this afternoon.",
        ],
        C,
        "2026-11-20",
        "firm",
        "caterer",
    ),
    "needs to be": (
        ["A: The certificate needs to be renewed by the 15th.", "B: Right."],
        None,
        "2026-12-15",
        "firm",
        "certificate",
    ),
    "who's got it": (
        ["A: It has to be cancelled by the 29th, the subscription.", "B: I'll do it."],
        B,
        "2026-11-29",
        "firm",
        "subscription",
    ),
    "ours, taken": (["A: We still have to book the room.", "B: I'll do it."], B, None, "firm", "book"),
    "ours, taken with a day": (
        ["A: Let's send them the draft.", "B: I can do that on Friday."],
        B,
        "2026-11-27",
        "firm",
        "send",
    ),
    "ours, after a request": (
        ["A: Could you write the text? We need to print the flyer.", "B: I can do that on Friday."],
        B,
        "2026-11-27",
        "firm",
        "write the text",
    ),
    "ours, asked of one": (["A: We need to book the room.", "A: Can you book it?", "B: Yes."], B, None, "firm", "book"),
    "ours, something else done": (
        ["A: We need to sign the contract.", "B: I'll send it to you tomorrow."],
        B,
        "2026-11-21",
        "firm",
        "send it (the contract)",
    ),
    "ours, on it": (["A: We should renew the licence.", "B: On it."], B, None, "firm", "renew"),
    # how sure
    "might": (["A: I might finish the report by Tuesday.", "B: Okay."], A, "2026-11-24", "tentative", "report"),
    "try": (
        ["A: I'll try to fix the form by Monday, no promises.", "B: Thanks."],
        A,
        "2026-11-23",
        "tentative",
        "form",
    ),
    "hopefully": (
        ["B: And the rest of the essays?", "A: I'll grade the rest by Monday, hopefully."],
        A,
        "2026-11-23",
        "tentative",
        "rest",
    ),
    "fingers crossed": (
        ["A: I'll have the plan ready by Monday. Fingers crossed.", "B: Good."],
        A,
        "2026-11-23",
        "tentative",
        "plan",
    ),
    "if": (
        ["A: If the board agrees, I'll order the samples on Monday.", "B: They will."],
        A,
        "2026-11-23",
        "conditional",
        "samples",
    ),
    "unanswered": (
        ["A: Could you get us three quotes by the 28th?", "B: Sorry, you cut out there. So, the colors."],
        B,
        "2026-11-28",
        "question",
        "quotes",
    ),
    # days
    "by end of day tomorrow": (
        ["A: I'll send the numbers by end of day tomorrow.", "B: Good."],
        A,
        "2026-11-21",
        "firm",
        "numbers",
    ),
    "eod": (["A: I'll upload the logs by EOD.", "B: Cheers."], A, "2026-11-20", "firm", "logs"),
    "quarter": (["A: I'll finish the migration by the end of Q1.", "B: Okay."], A, "2027-03-31", "firm", "migration"),
    "christmas": (["A: I'll deliver the book by Christmas.", "B: Nice."], A, "2026-12-25", "firm", "book"),
    "corrected": (
        ["A: I'll bring the list on Monday, no, sorry, Tuesday.", "B: Okay."],
        A,
        "2026-11-24",
        "firm",
        "list",
    ),
    "re-dated": (
        [
            "A: I'll send the sitemap on Thursday.",
            "B: Good. And the photos are lovely.",
            "A: Actually, coming back to the sitemap, Thursday's gone, it'll be Friday.",
        ],
        A,
        "2026-11-27",
        "firm",
        "sitemap",
    ),
    "moved by a question": (
        ["A: I'll do the figures by Monday.", "B: Okay.", "A: Could I swap that for Tuesday?", "B: Sure."],
        A,
        "2026-11-24",
        "firm",
        "figures",
    ),
    # cut by a pause
    "cut": (
        ["A: I'll text you the", "B: mm-hm", "A: the whole set of numbers tonight.", "B: Lovely."],
        A,
        "2026-11-20",
        "firm",
        "numbers",
    ),
    "Mr.": (["A: I'll call Mr. Miller on Monday.", "B: Good."], A, "2026-11-23", "firm", "mr. miller"),
    "pronoun": (
        ["B: The little beetles are too dark, could you lighten those?", "A: Got it. I'll do them on Monday."],
        A,
        "2026-11-23",
        "firm",
        "beetles",
    ),
}


@pytest.mark.parametrize("way", PROMISED)
def test_one_item_is_found_whole(utter, way):
    lines, owner, due, certainty, words = PROMISED[way]
    (item,) = find(utter, *lines)
    assert (item.owner, item.due, item.certainty) == (owner, due, certainty), item
    assert words in item.text.lower(), item
    assert item.evidence


NOTHING = {
    "the past": ["A: I sent the report yesterday and they signed it on Monday.", "B: Great."],
    "done": ["A: You were going to send the clean files.", "B: Did that on Sunday."],
    "quoted": [
        "A: So the venue guy goes, I'll get back to you by Monday with the plan, and he never did.",
        "B: Classic.",
    ],
    "said to others": ["A: The agency wrote, we will send the contract by Wednesday.", "B: In August?"],
    "how to": ["A: You go to the episode, you click the three dots and then you send the link.", "B: Ah."],
    "habits": ["A: Usually I send my invoices out on Monday.", "B: I never do."],
    "a joke": ["A: I swear, next time I'll send them a bill for the waiting. I'm kidding.", "B: Ha."],
    "in the call": ["A: Could you zoom in a bit?", "B: Sure. Like that?", "A: And I'll turn my mic up.", "B: Better."],
    "screen": ["A: I'm going to share my screen, one second.", "B: I see it."],
    "idle plans": ["A: My brother's going to paint the hallway next week.", "B: Nice."],
    "a parcel": ["A: DHL says the parcel is coming tomorrow, and you'll get a text message.", "B: Okay."],
    "refused": ["A: Could you turn the reel around by Friday?", "B: No, sorry, there's no way."],
    "declined": ["A: Should I print the boards for tomorrow?", "B: No, save the trees."],
    "offer not wanted": ["A: I could remix the song for you, I could do it Thursday.", "B: Leave it, please."],
    "cancelled": [
        "A: I was going to record the intro again tomorrow but actually it's good, so forget that.",
        "B: Right.",
    ],
    "taken back": ["A: I'll book the van for Monday.", "B: Good.", "A: Scratch that, we don't need it."],
    "a machine": ["A: It'll mail you on the 10th and it's going to remind you again on the 20th.", "B: Charming."],
    "negated": ["A: I won't send the photos and I can't come on Friday.", "B: Okay."],
    "had it been": ["A: If we'd gone for matte I'd have ordered it by tomorrow.", "B: But it's gloss."],
    "ours, agreed": ["A: We should really book the room.", "B: Yes."],
    "ours, left": ["A: We need to book the room.", "B: Don't leave it to me."],
    "ours, left to one": ["A: We need to print the flyer.", "B: Everybody wants to leave it to me."],
    "ours, put off": ["A: We need to decide who books the room.", "B: I'll think about it."],
    "small talk": ["A: I'm on a plane on Thursday and my sister arrives on Saturday.", "B: Fun."],
}


@pytest.mark.parametrize("kind", NOTHING)
def test_what_only_sounds_so_is_no_item(utter, kind):
    assert find(utter, *NOTHING[kind]) == ()
