from server_stub.recap.evidence import Evidence
from server_stub.recap.summary import split_sentences, summarise

TALK = (
    "Ada: Hello Grace, can you hear me?",
    "Grace: Yes, I can hear you very well. How are you?",
    "Ada: We looked at both drafts of the website with the whole team.",
    "Grace: Okay. We decided to go with the second draft of the website.",
    "Ada: It will cost twelve hundred dollars for the whole project.",
    "Grace: We decided to go with the second draft.",
    "Ada: The website must open on the third of December, because the fair begins then.",
    "Grace: Goodbye, see you.",
)


def test_what_matters_is_kept_in_order_with_its_evidence(utter) -> None:
    transcript = utter(*TALK)
    summary = summarise(transcript)
    text = " ".join(sentence.text for sentence in summary)
    assert "Grace: We decided to go with the second draft of the website." in text
    assert "twelve hundred dollars" in text
    assert "hear" not in text
    assert "Goodbye" not in text
    assert text.count("second draft") == 1
    places = [int(sentence.evidence[0][1:]) for sentence in summary]
    assert places == sorted(places)
    kept, dropped = Evidence(transcript, ("Ada", "Grace")).keep_sentences(summary)
    assert (kept, dropped) == (summary, 0)


def test_each_sentence_is_somebodys_own_words(utter) -> None:
    transcript = utter(*TALK)
    said = {utterance.id: utterance for utterance in transcript}
    for sentence in summarise(transcript):
        (cited,) = (said[each] for each in sentence.evidence)
        who, _, words = sentence.text.partition(": ")
        assert who == cited.speaker
        assert words.rstrip(".").lower() in cited.text.lower()


def test_little_talk_has_no_summary(utter) -> None:
    assert summarise(()) == ()
    assert summarise(utter("Ada: Hello.", "Grace: Hi there, bye.")) == ()


def test_opening_words_are_left_out(utter) -> None:
    (said,) = utter("Ada: Okay, so we start now. Right. Do you agree?")
    assert [sentence.text for sentence in split_sentences(said)] == ["We start now.", "Do you agree?"]


def test_longer_talks_have_longer_summaries_within_bounds(utter) -> None:
    nouns = [f"{first}{second}" for first in ("house", "garden", "river", "cloud") for second in "abcdefghijklmnop"]
    many = [f"Ada: The {noun} needs a new {noun}shed with {noun}paint." for noun in nouns]
    assert len(summarise(utter(*many))) == 12
