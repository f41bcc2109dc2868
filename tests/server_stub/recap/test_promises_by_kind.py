"""Kinds of promises, requests and results a line each, as people put them, and what only sounds so.

A row is a talk, its lines parted by `|`, and what has to be found: owner, day of the month, certainty and a word of the
text; `-` stands for nobody and for no day.
"""

from datetime import date

import pytest

from server_stub.recap.promises.items import find_action_items

FRIDAY = date(2026, 11, 20)
NAMES = {"A": "Ada Lovelace", "B": "Ben Okri", "C": "Cleo Brandt"}


def find(utter, talk):
    lines = talk.split("|")
    transcript = utter(*(f"{NAMES[line[0]]}: {line[3:]}" for line in lines))
    present = tuple(dict.fromkeys(said.speaker for said in transcript))
    return find_action_items(transcript, present if len(present) > 1 else tuple(NAMES.values())[:2], FRIDAY)


FOUND = """
# promised in other words
A: I'm aiming to have the translation finished by Thursday.|B: Great. => A 26 firm translation
A: My job is to get the venue confirmed by Friday.|B: Right. => A 27 firm venue
A: I'd better send that form back by Monday.|B: Yes. => A 23 firm form
A: I'll be done with the wireframes by Tuesday.|B: Good. => A 24 firm wireframes
A: I should have the estimate for you by Monday.|B: Fine. => A 23 tentative estimate
A: I'll see if I can get the tickets by Monday.|B: Thanks. => A 23 tentative tickets
A: I'll go in and put the new card on by Friday.|B: Thanks. => A 27 firm card
A: I'll get that summary over to you in an hour.|B: Great. => A 20 firm summary
A: I'm going to have Tom redo the labels.|B: Great. => A - firm labels
A: What I'll do, I'll send him the right one, the new cut, tonight.|B: Great. => A 20 firm cut
A: Count on me for the banner, end of the week.|B: Super. => A 20 firm banner
A: Put me down for the permits.|B: Done. => A - firm permits
B: And the site?|A: No, leave the site with me. => A - firm site
B: The footer is wrong.|A: Consider it done. Tonight. => A 20 firm footer
A: I'll let the festival know tonight.|B: Good. => A 20 firm festival
# results and plans with a day
A: With any luck the samples will be ready on Monday.|B: Good. => A 23 tentative samples
A: The invoice will follow on Tuesday.|B: Sure. => A 24 firm invoice
A: The report's gonna be ready in two weeks.|B: Great. => A 04 firm report
A: I haven't done the captions, but they'll be done by Monday.|B: Okay. => A 23 firm captions
A: It's a lot of samples, by Friday you have the prices complete.|B: Great. => A 27 firm prices
A: The contract needs one more page. Give me the weekend.|B: Done. => A 22 firm contract
B: The login bug is back.|A: I know. Fixed by end of day. => A 20 firm bug
B: The footer's wrong.|A: Will be fixed by Tuesday. => A 24 firm footer
B: And the footer?|A: That's on my list for Tuesday. => A 24 firm footer
A: I've blocked out Tuesday for the footer.|B: Good. => A 24 firm footer
A: Tuesday I send the footer.|B: Good. => A 24 firm footer
B: The drone flies soon. We still lack the permit.|A: Doing it right after this. => A 20 firm permit
A: The slides I'll send on Monday.|B: Good. => A 23 firm slides
A: My son's at the dentist. And the gallery, I'm on it, by Monday.|B: Good. => A 23 firm gallery
# asked
B: Would you be up for proofing the menu by Thursday?|A: Sure thing. => A 26 firm menu
B: Would you be okay to email the school by Thursday?|A: I would, yeah, no trouble. => A 26 firm school
B: Mind sending me the menu?|A: On it. => A - firm menu
B: Think you could proof the menu by Thursday?|A: I think so, yeah. => A 26 tentative menu
B: Could I trouble you for the menu by Thursday?|A: Of course. => A 26 firm menu
B: Just send me the menu when you can.|A: Will do, tomorrow. => A 21 firm menu
B: Do me a favor, text me the address.|A: Sure. => A - firm address
B: Make sure the menu goes to the printer by Thursday.|A: Yep. => A 26 firm menu
B: So you'll talk to the landlord?|A: Yes. => A - firm landlord
B: You talk to the landlord, okay?|A: Okay. => A - firm landlord
A: I'll wait for your feedback on the footer then.|B: Yes, by Tuesday. => B 24 firm feedback
A: The bio, I do need that.|B: Sure, Monday. => B 23 firm bio
A: Cleo, you call the bank.|C: Okay.|B: Good. => C - firm bank
A: Cleo's going to call the bank.|C: Mm-hm.|B: Good. => C - firm bank
A: Can you bring the cables?|B: I'll throw them in the car. => B - firm cables
# offered
A: Happy to call the bank, if that helps.|B: It would, thanks. => A - firm bank
A: Would it help if I called the bank?|B: Yes, please. => A - firm bank
# another day, another person
A: Could you do the headcount by Tuesday?|B: Tuesday's a bit tight. Wednesday?|A: Fine. => B 25 firm headcount
A: Headcount by Tuesday?|B: Make it Wednesday. => B 25 firm headcount
A: Cleo, banners by Monday?|C: Yep.|B: Great. => C 23 firm banners
A: Can I have the Dutch version on Monday?|B: Monday, no. Wednesday.|A: Okay. => B 25 firm version
A: Ben, can you do the thumbnails?|B: I'm on holiday from tomorrow.|A: Cleo?|C: Yeah, okay. => C - firm thumbnails
A: I'll print the plan. And that needs to happen by Tuesday.|B: Yes. => A 24 firm plan
# several
B: Going round. Ada?|A: Stage plan by Monday, hotel list by Tuesday. => A 23 firm stage; A 24 firm hotel
B: The site is next.|A: Banners, texts and icons, all by Friday. => A 27 firm banners; A 27 firm texts; A 27 firm icons
A: Quick recap. You, the receipts by Monday. Me, the return by Tuesday.|B: Yep. => B 23 firm receipts; A 24 firm return
A: I'll do the captions by Monday and the texts by Tuesday.|B: Yes. => A 23 firm captions; A 24 firm texts
A: I'll scan the floor plan on Monday, and I'll bring it to the site.|B: Good. => A 23 firm plan
A: I owe you a contract.|B: True.|A: You get the contract Monday.|B: Good. => A 23 firm contract
# nobody's yet, on condition
A: The permit needs renewing by the fifteenth.|B: Okay. => - 15 firm permit
A: Oh, the domain. Needs to be renewed by the 15th.|B: Ugh. => - 15 firm domain
A: So let's say the locks get changed by the thirtieth.|B: Right. => - 30 firm locks
A: If the client says yes, I'll book the flights on Monday.|B: Good. => A 23 conditional flights
A: I'll do the captions by Monday. But that's if the cut is final.|B: Okay. => A 23 conditional captions
# what a pronoun means
B: The receipts were in the drawer.|A: I'll scan them on Monday. => A 23 firm receipts
B: The mural is late. The mural has too many animals. And there's a goat.|A: I'll redo it by Monday. => A 23 firm mural
# days
A: I'll send the plan next week's Wednesday.|B: Good. => A 25 firm plan
B: When are the proofs ready?|A: Fourteenth. => A 14 firm proofs
A: I'll close the books by month end.|B: Good. => A 30 firm books
# the thing before the person
A: Spanish I can do by Monday.|B: Great. => A 23 firm spanish
A: The chairs I pick up on Monday with my dad.|B: Thanks. => A 23 firm chairs
B: And the invoice?|A: That one I have to ask for, by Monday.|B: Good. => A 23 firm invoice
# a day, where it can be done or where it takes place
B: Has Ann got the keys?|A: I'd have to check with her. I see her on Monday. => A 23 firm check
A: They're open on Mondays. So Monday. I'll send the form from there.|B: Good. => A 23 firm form
B: When's the fitting?|C: The ninth of December.|A: I'll bring the shoes. => A 09 firm shoes
B: The shoot is on the 27th.|A: You'll have the call sheet the day before. => A 26 firm call
B: The shoot is on the 27th.|A: You'll have the pictures the morning after. => A 28 firm pictures
B: The shoot is on the 27th.|A: I'll send the call sheet two days before. => A 25 firm call
B: The launch is on the 30th.|A: I'll send the list by Wednesday, not the day before. => A 25 firm list
B: The launch is on the 30th.|A: I'll send the list on Wednesday, Bob had it two weeks before. => A 25 firm list
B: The fair opens on the 25th.|A: I'll send the list on the Friday of that week. => A 27 firm list
B: Is the site fixed?|A: I do that tonight, the site. => A 20 firm site
B: Could you ask Anton?|A: Sure.|B: It's for the 27th.|A: He's away. I'll ask him on the 25th. => A 25 firm anton
A: I'll bring the plan to our Thursday call.|B: Good. => A 26 firm plan
A: If he says yes I'd book the room for the 9th.|B: Good. => A - conditional room
# the day in the turn beside
B: We only print on Tuesday.|A: I'll finish the cover.|B: Good. => A 24 firm cover
B: And a poster?|A: I might make one if there is time.|B: Good. Anything else for today? => A - conditional poster
# who takes what
B: Who does the Brahms?|A: Give me the Brahms. => A - firm brahms
B: Who writes what?|A: I'd take the intro. => A - firm intro
B: Chairs, choir, posters, who's what?|A: Posters. => A - firm posters
B: Who's telling Ann?|A: I am. Tonight. => A 20 firm ann
# results
A: The page is up on Wednesday.|B: Good. => A 25 firm page
A: My text is there by Monday.|B: Good. => A 23 firm text
A: You get the first three today and the others on Monday.|B: Fine. => A 20 firm three; A 23 firm others
# lacked and asked for
B: I'd need the release forms.|A: Sure, on Monday. => A 23 firm forms
B: It would help if you sent me a floor plan.|A: Sure, tomorrow. => A 21 firm floor
B: Don't forget the floor plan.|A: I won't. You have it on Monday. => A 23 firm floor
B: Could I get the floor plan?|A: Monday all right? => A 23 firm floor
B: What I still need is the bio.|A: Okay. I'll write something on Monday. => A 23 firm bio
# what comes second is the task
A: I'll sleep on it and tell you about the colour on Sunday.|B: Sure. => A 22 firm colour
B: You wanted to write something about the frames.|A: I'll sit down tomorrow and write it. => A 21 firm frames
A: Let me put that back in and bounce you a new mix.|B: When?|A: Monday. => A 23 firm mix
B: The portraits are done. And the groups?|A: For the groups give me another week. => A 27 firm groups
A: The trees are late. And the hedges... that I'd do next Tuesday.|B: Fine. => A 24 firm hedges
B: And the invoice, I never got that.|A: I'll get her to send it again tonight. => A 20 firm invoice
A: I'll tell the client it's Thursday.|B: Fine. => A - firm client
# accepted in passing
B: Can you ask the band if they need dinner?|A: Mm, no problem. => A - firm band
B: Could you get the names added by Thursday?|A: Mm-hm, yeah, Thursday's alright. => A 26 firm names
B: And the coaches, you were going to ring round.|A: I'll try and get two prices, no promises. => A - tentative prices
A: I'll do the transfer on the 1st, like always.|B: Thanks. => A 01 firm transfer
A: Want me to do cutouts?|B: Yes, please.|A: No bother. I'll reshoot the green one. => A - firm cutouts; A - firm green
# a plan that is given another day
A: I'll have a draft for you, I was gonna say tomorrow, but let's be real, Tuesday.|B: Fine. => A 24 firm draft
A: The shot list, I said I'd make it by tomorrow but he's ill, so, I think, Monday.|B: Right. => A 23 firm shot
A: I was gonna do the frame by Monday but I'm gonna need 'til the Friday.|B: Fine. => A 27 firm frame
B: Could you cut the text?|A: Sure, by Friday.|B: Can I have it tomorrow?|A: Tomorrow it is. => A 21 firm text
B: Could you take the DNS off me?|A: Yeah, okay.|B: It has to be in by Monday.|A: Got it. => A 23 firm dns
# what only sounds as if it took something back
A: I'll send the invoice on Friday.|B: Great. I always forget the number. => A 27 firm invoice
A: I'll write the key down tonight.|B: Good, I always lose it. => A 20 firm key
A: I'll send the contract on Friday.|B: And the tax?|A: I don't have to pay tax on that. => A 27 firm contract
A: I'll pay the rent on Monday.|B: Don't be late again.|A: I won't. => A 23 firm rent
A: I'll email the quote tonight.|B: Don't send it to Bob, send it to Jo.|A: Okay. => A 20 firm quote
A: I'll send the plan by Friday.|B: No need to rush. => A 27 firm plan
B: Can you send me the draft by Friday?|A: Yeah, no, not a problem at all. => A 27 firm draft
A: I'll send the contract on Friday.|B: Great.|A: Seen the match?|B: Yes.|A: Oh, never mind. => A 27 firm contract
A: I'll send the plan on Thursday.|B: Perfect. I'll need till Monday to look it over. => A 26 firm plan
A: I'll send the draft by Friday.|B: Great. When's the launch?|A: I think the 30th. => A 27 firm draft
B: Can you look into the hosting?|A: Okay, looking into the hosting. => A - firm hosting
B: The lamp's broken.|A: I'll take it back on Monday.|B: Good. => A 23 firm lamp
# after a pause
B: Oh, hang on. Can you bring the lead as well?|A: Sure. => A - firm lead
A: Just a second. I'll chase the printer about the boxes as well.|B: Good. => A - firm printer
B: I was going to say you should send the invoice by Friday.|A: Yes, I will. => A 27 firm invoice
# the thing before its pronoun
A: And the guide, he has to be paid by the end of the month.|B: Right. => - 30 firm guide
A: And the paper samples, will somebody order those?|B: The foreword is long. => - - question samples
"""
ROWS = [line.partition(" => ")[::2] for line in FOUND.strip().splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(("talk", "wanted"), ROWS)
def test_each_kind_is_found(utter, talk, wanted):
    items = find(utter, talk)
    rows = [row.split() for row in wanted.split("; ")]
    assert len(items) == len(rows), items
    for item, (owner, day, certainty, word) in zip(items, rows, strict=True):
        assert item.owner == NAMES.get(owner), item
        assert (item.due or "-")[-2:].strip("-") == day.strip("-"), item
        assert item.certainty == certainty, item
        assert word in item.text.lower(), item


NOTHING = """
A: I was telling my sister I'll come by on Saturday with the kids.|B: Nice.
A: And she goes yes Mum, I'll sort it tomorrow, and of course she didn't.|B: Ha.
A: I'd said I'll get the permit from the harbour on Monday, and it's closed.|B: Oh.
A: Staircase in Cork. "We need it by Thursday, please," the man says.|B: And?
A: Back then I used to type them up, and I'd have them in the post by nine.|B: Those were the days.
A: What you'll do is, you get white vinegar, and in the morning you'll wash it.|B: I see.
A: If I had the time, I'd build a boat and I'd put the sail on it.|B: You would.
A: I'll turn the shop into a haunted house by tomorrow, ha.|B: Boo.
B: Christmas plans?|A: Skiing. I have to get the skis waxed by Saturday.
A: I'll put the camera off and drink my water.|B: Sure.
A: I'll turn this thing up, one moment.|B: Better.
A: I've got to run in ten minutes.|B: No worries.
A: Could you do the flyer too?|B: I'm fully booked, sorry.
A: Can you send it today?|B: Already sent.
A: Would you mind doing the Dutch subtitles too?|B: I would, actually.
A: I could redo the header for you on Friday.|B: You're kind, but we'll leave it.
B: And the domain, does somebody have to renew that?|A: Nope. Renews itself.
A: I want to show you something.|B: Go ahead.
A: I'll take the blue one.|B: Good choice.
A: So let's drop it, the wall.|B: Okay, okay, I drop it.
B: Would you credit it.|A: I would not.
A: When I was young my grandma would soak the beans and she'd have the ham ready by Friday.|B: Nice.
A: For the same money, by Friday.|B: No.
A: By Friday, no charge.|B: Kind.
B: And the old key?|A: Dies at midnight.
B: Which one?|A: Including the garage, by Friday.
A: If I ever move to Lisbon I'll send you a postcard.|B: Do.
A: I'm going to Rome on Friday.|B: Lucky you.
B: Can you send me the raw files?|A: I don't give those out, sorry.
A: They want me to redo the wall but I won't.|B: Good for you.
A: The mix is finished, I uploaded it on Tuesday.|B: I heard it.
A: I'd be happy to help if you ever need a hand.|B: Thank you, that's kind.
B: And if somebody breaks up?|A: Then there's an empty chair. I'll put a plant on it.
B: How do you do it with the seating?|A: I send them a form and then I'll print the cards.
A: I can hold the price until Friday.|B: Good to know.
A: I could come on Thursday and set it up. Or I talk you through it now.|B: Now is fine.
A: I want to redo my website. It's awful.|B: Ha.
B: Which football?|A: The final. On the 7th.
A: I'm gonna zoom in on the kitchen. Let me make it bigger.|B: Now I see it.
A: He would let me hold the screws for hours.|B: Nice.
A: Can you hear the difference? I'll play it again.|B: The second one's warmer.
A: I'll start the recording then.|B: Okay.
B: If I win I'm buying lunch.|A: I'll hold you to that.
A: The fence is red, she said, and she painted it on Friday.|B: Ha.
A: Or I'll bring the van?|B: It's six boxes.|A: Okay. Well.
A: I'll come round on Thursday and do it right.|B: No, don't, honestly.
A: I'll come round on Thursday.|B: You sure?|A: Alright, I won't then.
A: I'll book the quartet today.|B: Great.|A: And the tent?|B: He rang.|A: Hm.|B: Forget the quartet.
A: I'd write up a script for Friday.|B: It's March.|A: I know.|B: Nobody wants it.|A: No, okay, forget it.
A: You know I was going to send the score tonight.|B: Yeah.|A: Well, I don't have to, he sent it.
A: I was going to ask, could you do the maps too? But then I saw Jo is doing them.|B: She is.
A: Give me a second. I have to put the reed on.|B: Sure.
B: Delete the row.|A: Deleting the row.
B: And the worktop comes when, did they tell you?|A: Between eight and one tomorrow.
B: They want it by when?|A: Tomorrow.
A: I'll do it slower. There.|B: Nice.
A: I've got a rule. I'll answer anything inside the hour, and then I don't look.|B: Ha.
A: I could make it more moody.|B: Yeah, no, lose it.
B: Can you do mornings?|A: I can do mornings.
B: How do you want the money?|A: I can do instalments.
B: Could you take the minutes on Thursday?|A: I was going to say yes, but I'm in Leeds.
A: I was going to send the old one but it's rubbish. Let's say I'm glad.|B: Ha.
B: Are you coming?|A: I'll try.
A: I told him, I said, I'll pay for a hotel.|B: Ha.
"""


@pytest.mark.parametrize("talk", NOTHING.strip().splitlines())
def test_what_only_sounds_like_it_is_none(utter, talk):
    assert find(utter, talk) == ()
