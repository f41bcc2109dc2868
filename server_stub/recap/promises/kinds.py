"""What nouns name, as far as it helps to tell what a pronoun means: things that are made or sent, places, events."""

from __future__ import annotations

from server_stub.recap.words import word_set

#: Somebody makes, sends, mends, pays or buys it.
MADE = word_set(
    "account accounts address addresses advert agenda agreement album analysis animation answer answers app "
    "appeal application applications appraisal archive article articles assessment audio backup backups badge "
    "badges bag bags ball banner banners batteries battery bench bibliography bike bill bills bio bios blanket "
    "blinds blog blurb board boards boiler book booking booklet bookmark books bottle bottles box boxes brief "
    "briefing brochure budget bug bugs build bulb button buttons cable cables cake cakes calculation calculations "
    "calendar campaign caption captions card cards carpet cartridge catalogue certificate certificates chair "
    "chairs changes chapter chapters chart chat checklist cheque clause cleaning clip clips cloth code comments "
    "complaint concept confirmation connector contract contracts copies copy correction corrections costing costs "
    "costume costumes cover covers curtain curtains cushions cut cuts dashboard data database deck delivery "
    "deposit description design designs details diagram diploma dish dishes document documents draft drafts "
    "drawing drawings dress edit edits elevation email emails engine envelope envelopes error essay estimate "
    "excerpt exercise exercises expenses export fabric faq feature fee feedback fees fence figures file files "
    "film filter fix floorplan flowers flyer flyers folder font fonts footage footer form forms frame frames fuse "
    "gallery gate gear glass graph graphic graphics guide handbook handle handout handouts header headline "
    "headlines headshot heater hinge homepage homework icon icons illustration illustrations image images index "
    "ingredients inscription insurance interview inventory invitation invitations invite invites invoice invoices "
    "item items jacket key keys kit label labels lamp lamps layout layouts leaflet leaflets leak lens lenses "
    "letter letters licence license lights link links list lists login logo logos lyrics machine mail mailing "
    "manual manuscript map maps masters material materials measurements melody menu menus message metadata "
    "minutes mirror mix mixes mockup mockups model models moodboard motor music newsletter notes notice numbers "
    "offer offers order orders outline overview package page pages paint painting paintings palette panel panels "
    "paper papers parcel part parts passport password passwords patch pattern patterns payment payments payroll "
    "payslip payslips permission permit permits photo photos picture pictures piece pieces pipe pitch plan plans "
    "plants podcast policy portfolio post poster posters posts prescription presentation price prices print "
    "prints profile program programme projector proof proofs proposal prototype pump quiz quotation quote quotes "
    "rate rates receipt receipts recipe recipes record recording recordings reference references refund "
    "registration release reminder render renders rental report reports request reservation results review rider "
    "roof rota rough route sample samples schedule scheme score scores screen screens screenshot screenshots "
    "script scripts seats section server shelf shelves shirt shirts shoes shot shots sign signature signs sink "
    "site sketch sketches sleeve slide slides soap socket software song songs soundtrack spec specs speech "
    "spreadsheet spreadsheets stamp statement statements sticker stickers stool story storyboard string strings "
    "subtitle subtitles suit summary supplies survey switch syllabus table tables tap tape tax template templates "
    "tender test testimonial tests text texts thumbnail thumbnails ticket tickets tile tiles timeline timesheet "
    "timesheets timetable tool tools track tracks trailer transcript transcripts transfer translation "
    "translations tuning tyre tyres uniform update updates upload valuation van veil version versions video "
    "videos visa voucher vouchers website wheel widget window windows wine wire wiring wood wording worksheet "
    "worksheets yarn "
)
#: Where something is; some of them are made too.
PLACES = word_set(
    "airport attic back bakery bank bar basement bathroom bedroom cafe canteen car cellar church city clinic "
    "cloud college corner counter country cupboard door drawer entrance factory farm field floor fridge front "
    "garage garden gym hall harbour hospital hotel house inbox kitchen lab library lift lobby market middle "
    "motorway mountain museum office park pavement phone pocket pub reception restaurant river road room school "
    "shed shop square stage stairs station street studio theatre top town train university venue village wall "
    "warehouse workshop yard "
)
#: They take place: things are done for them, seldom they themselves.
EVENTS = word_set(
    "appointment autumn birthday break breakfast call ceremony christmas class concert conference course dinner "
    "easter event exhibition fair festival funeral game gig hearing holiday holidays inspection journey launch "
    "lesson lunch marathon match meal meeting move opening party performance play premiere race rehearsal season "
    "service session shift show spring summer term tour trip visit wedding winter "
)
#: Nobody can take it in hand.
ABSTRACT = word_set(
    "accident advantage atmosphere attitude bother business care case cause chaos circumstances colour "
    "consequence crisis damage danger dark date deadline deal decision delay difference disaster dream effect "
    "effort energy excuse experience fact failure fault fear feeling fight fortune fraud fun future habit heart "
    "hell help hope hurry impression interest joke joy kind language lie life limit love mess mind mistake mood "
    "mystery nature news noise nonsense opinion pain panic past patience peace point pressure pride progress "
    "purpose quality queue reason relief rule secret shock silence situation size sleep smell sound start stress "
    "strike surprise taste tone tradition traffic trouble truth view voice weather wish word world worry "
)
