"""A summary tells in the third person what was said, by topic, and nothing else."""

import pytest

from app.wire.recap import ActionItem, SummarySentence, Utterance
from server_stub.recap.evidence import Evidence
from server_stub.recap.salience import Sentence, score_sentences, split_sentences
from server_stub.recap.summary import MOST, QUOTES_OF, summarise
from server_stub.recap.told import MOST_SHARE, quoted_share

TALK = (
    "Ada: Hello Grace, can you hear me?",
    "Grace: Yes, I can hear you very well. How are you?",
    "Ada: We looked at both drafts of the website with the whole team.",
    "Grace: Okay. I think we should go with the second draft, it's easier to read.",
    "Ada: Good. We decided to go with the second draft.",
    "Grace: What is the price for the whole project?",
    "Ada: It will cost twelve hundred dollars. One half now, and the rest in December.",
    "Grace: And when do you want to open the website?",
    "Ada: We want to open it on the third of December, because the fair begins then.",
    "Grace: I will send you the contract by Friday.",
    "Grace: Goodbye, see you.",
)
CONTRACT = ActionItem(
    text="Send Ada the contract by Friday", owner="Grace", due="2026-11-27", due_words="by Friday", evidence=("u10",)
)


def texts(told: tuple[SummarySentence, ...]) -> list[str]:
    return [sentence.text for sentence in told]


def test_what_matters_is_told_in_the_third_person_in_order_with_its_evidence(utter) -> None:
    transcript = utter(*TALK)
    told = summarise(transcript, ("Ada", "Grace"), (CONTRACT,))
    assert [(one.text, one.evidence) for one in told] == [
        (
            "Grace proposed to go with the second draft, because it is easier to read; Ada answered “Good”.",
            ("u4", "u5"),
        ),
        ("Ada announced the decision to go with the second draft.", ("u5",)),
        (
            "Ada said that the whole project will cost twelve hundred dollars (“One half now, and the rest in "
            "December”).",
            ("u6", "u7"),
        ),
        (
            "Ada said that they want to open the website on the third of December, because the fair begins then.",
            ("u8", "u9"),
        ),
    ]
    assert Evidence(transcript, ("Ada", "Grace")).keep_sentences(told) == (told, ())


def test_what_an_action_item_says_is_not_told_again(utter) -> None:
    transcript = utter(*TALK)
    assert not any("contract" in text for text in texts(summarise(transcript, ("Ada", "Grace"), (CONTRACT,))))
    alone = utter("Grace: I will send you the contract by Friday.", "Ada: Good.")
    assert texts(summarise(alone, ("Ada", "Grace"))) == ["Grace will send Ada the contract by Friday."]


def test_what_two_action_items_say_together_is_not_told_again(utter) -> None:
    talk = utter(
        "Grace: I might also make some new pictures, if there is time.",
        "Ada: Good, I will send you the text for the first page by Wednesday.",
    )
    pictures = ActionItem(
        text="Make new pictures (if there is time)", owner="Grace", due=None, evidence=("u1",), certainty="conditional"
    )
    text = ActionItem(text="Send the text for the first page by Wednesday", owner="Ada", due=None, evidence=("u2",))
    assert texts(summarise(talk, ("Ada", "Grace"))) != []
    assert texts(summarise(talk, ("Ada", "Grace"), (pictures, text))) == []


def test_a_decision_is_told_as_one_behind_words_of_assent(utter) -> None:
    told = texts(
        summarise(utter("Ada: So we agree, we decided to take the second draft.", "Grace: Great."), ("Ada", "Grace"))
    )
    assert told == ["Ada announced the decision to take the second draft."]


def test_a_question_that_only_points_is_left_out_where_its_answer_says_enough(utter) -> None:
    talk = utter(
        "Grace: What did the team think about them?",
        "Ada: Most people like the second draft better. It is very easy to read.",
    )
    told = "Ada said that most people like the second draft better; it is very easy to read."
    assert texts(summarise(talk, ("Ada", "Grace"))) == [told]


def test_sentences_of_one_topic_follow_each_other_under_a_title_that_was_said(utter) -> None:
    logo = [
        "Ada: Let's start with the logo. The logo has three colours, and the printer needs the logo in black.",
        "Grace: The black logo is finished, and the logo in colours is finished too.",
        "Ada: The logo looks great on the boxes, and the printer likes the logo.",
        "Grace: The printer prints the boxes with the logo on the first of June.",
        "Ada: The logo on the boxes is too small for the printer, and the boxes are too dark for the logo.",
        "Grace: The colours of the logo are lighter on the paper of the printer.",
    ]
    server = [
        "Ada: What about the server? The server was down on Sunday, because the certificate of the server was old.",
        "Grace: The server has a new certificate, and the certificate renews every month.",
        "Ada: The backups of the server are kept for thirty days in another data center.",
        "Grace: The restore of the server took eleven minutes in October.",
        "Ada: The certificate of the server is free, but the backups of the server cost nine euros a month.",
        "Grace: The data center of the backups is in another country than the server.",
    ]
    told = summarise(utter(*logo, *server), ("Ada", "Grace"))
    titles = list(dict.fromkeys(one.topic for one in told))
    assert len(titles) == 2
    assert "logo" in titles[0].lower()
    assert "server" in titles[1].lower()
    assert [one.topic for one in told] == sorted((one.topic for one in told), key=titles.index)
    said = " ".join(line.lower() for line in (*logo, *server))
    assert all(title.lower() in said for title in titles)


def test_little_talk_has_no_summary(utter) -> None:
    assert summarise(()) == ()
    assert summarise(utter("Ada: Hello.", "Grace: Hi there, bye.")) == ()


def test_where_nothing_can_be_told_it_says_who_spoke_about_what(utter) -> None:
    told = summarise(
        utter(
            "Ada: The newsletter, you go to the menu, you click there and you scroll and then you know, you just see "
            "it and click the newsletter again.",
            "Grace: Ah, the menu, and then click, right.",
        ),
        ("Ada", "Grace"),
    )
    assert texts(told) == ["Ada spoke about the newsletter."]


def test_a_summary_is_quotes_for_a_third_at_most(utter) -> None:
    quoted = [f"Ada: You just click the {thing}, and you see a {thing} menu there." for thing in "abcdefgh"]
    turned = ["Ada: The price is 900 euros in total.", "Grace: The deadline is the first of June."]
    told = texts(summarise(utter(*quoted, *turned), ("Ada", "Grace")))
    quotes = [text for text in told if quoted_share(text) > MOST_SHARE]
    assert quotes
    assert len(quotes) * QUOTES_OF <= len(told)


def test_longer_talks_have_longer_summaries_within_bounds(utter) -> None:
    nouns = [f"{first}{second}" for first in ("house", "garden", "river", "cloud") for second in "abcdefghijklmnop"]
    many = [f"Ada: The {noun} needs a new {noun}shed with {noun}paint." for noun in nouns]
    assert 12 <= len(summarise(utter(*many))) <= 14
    assert 14 < len(summarise(utter(*many * 12))) <= MOST


def test_the_same_is_told_once(utter) -> None:
    told = summarise(utter("Ada: The price is 900 euros.", "Grace: Good.", "Ada: As I said, the price is 900 euros."))
    assert len(told) == 1


@pytest.mark.parametrize("words", [20, 60, 105])
def test_a_budget_in_words_is_kept(utter, words: int) -> None:
    assert 0 < sum(len(text.split()) for text in texts(summarise(utter(*TALK * 3), words=words))) <= words * 1.15


def test_opening_words_are_left_out_of_highlights(utter) -> None:
    (said,) = utter("Ada: Okay, so we start now. Right. Do you agree?")
    assert [sentence.text for sentence in split_sentences(said)] == ["We start now.", "Do you agree?"]


def test_decisions_and_prices_weigh_more_than_greetings() -> None:
    said = Utterance(id="u1", speaker="Ada", start_s=0, end_s=1, text="", confidence=1)
    lines = ["Good morning, can you hear me over there?", "We decided to pay 900 euros for the project."]
    small, large = score_sentences([Sentence(said, text) for text in lines])
    assert large > small + 1
