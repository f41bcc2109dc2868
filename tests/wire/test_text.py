"""Cleaning and comparing text: nothing that people write is lost, nothing that harms stays."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.wire import text

FAULTS = Path(__file__).resolve().parents[1] / "data" / "faults"
FAMILY = "👨‍👩‍👧"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
ANY = st.text(max_size=60) | st.text(
    alphabet="aé\u0301\u200c\u200d\u200b\ufe0f👩❤\u0645\u06cc\u0d15\u0d4d\u202e\u2066\ufeff \t\n"
    "\U000e0067\U0001f3f4🇩🏽\u1100\u1161",
    max_size=30,
)


@pytest.mark.parametrize("name", (FAULTS / "b11-names-with-joiners.txt").read_text(encoding="utf-8").splitlines())
def test_joiners_between_letters_and_emoji_stay(name):
    assert text.one_line(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "👩‍❤️‍👨", "🏳️‍🌈", "🏴‍☠️", SCOTLAND, "🇩🇪🇫🇷", "👍🏽", "1️⃣ first", "❤️‍🔥",
        "\U0001fae9 new in Unicode 16", "\U0001fac8 new in Unicode 17", "👩‍\U0001fae9",
        "র‍্যা", "ශ්‍රී ලංකා", "नम\u0938\u094d\u200cते", "葛\U000e0100城", "\u1820\u180b",
        "Zoë", "Ångström", "Nguyễn Thị Ánh", "李小龍", "ياسمين", "דָּוִד", "𝔘𝔫𝔦", "<b>Ada</b>", "O’Brien", "؀١",
    ],
)  # fmt: skip
def test_what_languages_and_emoji_need_stays(name):
    assert text.one_line(name) == name


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Ada\u202egnp.exe", "Adagnp.exe"),
        ("\u2066Ada\u2069\u200e\u200f\u061c", "Ada"),
        ("A\u200dda", "Ada"),
        ("\u200dAda", "Ada"),
        ("A\u200cda", "Ada"),
        ("Ada\ufe0f", "Ada"),
        ("Ada \ufe0f", "Ada"),
        ("👩‍ Ada", "👩 Ada"),
        ("\ufeffAda\u200b\u00ad\u2060", "Ada"),
        ("Ada\U000e0041\U000e0042\U000e007f", "Ada"),
        ("🐈\U000e0067\U000e007f", "🐈"),
        ("two\nlines\u2028and\x85three\r\nfour\tfive", "two lines and three four five"),
        ("nul\0l\x07\x1b[31m", "null[31m"),
        ("\ud83d\ude00 half \ud800", "half"),
        ("\ufffeA\uffff\U0001ffff\ufdd0", "A"),
        ("\ue000A", "A"),
        ("\u0301Ada", "Ada"),
        ("\u3164", ""),
        ("\u2800 \u115f\u1160\uffa0\u034f", ""),
        ("a" + "\u0335" * 40 + "b", "a" + "\u0335" * 8 + "b"),
        ("Zoe\u0308", "Zoë"),
        ("\u212bsa", "Åsa"),
    ],
)
def test_what_cannot_be_seen_or_turns_the_line_goes(given_name, shown):
    assert text.one_line(given_name) == shown


@settings(max_examples=500, deadline=None)
@given(ANY)
@example("\u0645\u200c\u200c\u0645")
@example("a\u200b\u0301")
def test_a_clean_line_is_one_line_and_stays_as_it_is(given_text):
    line = text.one_line(given_text)
    assert text.one_line(line) == line == unicodedata.normalize("NFC", line)
    assert line == " ".join(line.split())
    assert not set(line) & set("\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\n")
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp") for char in line)
    line.encode()


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_clean_paragraphs_stay_as_they_are_and_turn_nothing_round(given_text):
    kept = text.paragraphs(given_text)
    assert text.paragraphs(kept) == kept == unicodedata.normalize("NFC", kept)
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\r\0\u2028\u2029")
    kept.encode()


def test_paragraphs_keep_their_lines_spaces_and_marks_of_direction():
    assert text.paragraphs("a  b\n\nc") == "a  b\n\nc"
    assert text.paragraphs("a\r\nb\rc\u2028d\n\n  \tcode") == "a\nb\nc\nd\n\n  \tcode"
    assert text.paragraphs("\u200fשלום\u200f (Ada)") == "\u200fשלום\u200f (Ada)"
    assert text.paragraphs("ไทย\u200bไทย cafe\u0301 \u202eevil") == "ไทย\u200bไทย café evil"
    assert text.paragraphs(f"{SCOTLAND}\r\n{FAMILY}") == f"{SCOTLAND}\n{FAMILY}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CAFÉ", "cafe\u0301"), ("Straße", "STRASSE"), ("İzmir", "izmir"), ("ISPARTA", "ısparta"), ("ΟΔΟΣ", "οδος"),
        ("ｗｉｄｅ", "wide"), ("\u212a", "k"), ("ﬁ", "FI"), ("می‌خواهم", "میخواهم"), ("❤️", "❤"), ("가", "\u1100\u1161"),
        ("ſ", "S"), ("ᴬda", "ADA"), ("Å", "\u212b"), ("ŉ", "ʼn"), ("x\u00ady", "xy"),
    ],
)  # fmt: skip
def test_spellings_of_one_text_have_one_key(one, other):
    assert text.fold(one) == text.fold(other)


@settings(max_examples=300, deadline=None)
@given(ANY)
@example("\u0345\u03b9")
@example("ᾲ")
def test_a_key_has_itself_as_key_and_knows_no_normal_form(given_text):
    key = text.fold(given_text)
    assert text.fold(key) == key
    assert text.fold(unicodedata.normalize("NFD", given_text)) == key


@pytest.mark.parametrize(("one", "other"), [("Ada", "Аdа"), ("SCOPE", "ЅСОРЕ"), ("Nina", "Νіna"), ("MAX", "ΜАХ")])
def test_names_that_look_alike_have_one_look(one, other):
    assert text.fold(one) != text.fold(other)
    assert text.look(one) == text.look(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ian", "lan"), ("Bill", "BiII"), ("Ada", "ᎪDA"), ("Ada", "ᴀda"), ("Ada", "ꓮda"), ("Bob", "Bօb"),
        ("Oscar", "0scar"),
        ("Mama", "Marna"), ("Bill", "Biⅼⅼ"), ("ADA", "ada"), ("Ada", "Ad\ufffca"), ("Ada", "A\u034fda"), ("Ian", "ӏan"),
    ],
)  # fmt: skip
def test_names_that_can_be_taken_for_each_other_have_a_key_in_common(one, other):
    assert not text.looks(one).isdisjoint(text.looks(other))
    assert not text.looks(other.upper()).isdisjoint(text.looks(other.lower()))


@pytest.mark.parametrize(("one", "other"), [("Lan", "Ian"), ("Ada", "Adá"), ("Ada", "Eda"), ("Jana", "Jan a")])
def test_names_of_other_letters_have_no_key_in_common(one, other):
    assert text.looks(one).isdisjoint(text.looks(other))


@pytest.mark.parametrize(
    ("whole", "words", "found"),
    [
        ("The Logo, and another logo", "LOGO", "Logo"),
        ("For the İzmir office I will send", "office", "office"),
        ("İİİİ office", "OFFICE", "office"),
        ("über die Straße", "STRASSE", "Straße"),
        ("zum café", "cafe\u0301", "café"),
        ("zum cafe\u0301 dort", "CAFÉ", "cafe\u0301"),
        ("ﬁne", "in", "ﬁn"),
        (f"see {FAMILY} here", "👩", FAMILY),
        ("می‌خواهم", "میخواهم", "می‌خواهم"),
        ("é\r\nb", "\r", "\r\n"),
        ("nothing", "office", None),
        ("nothing", "", None),
        ("nothing", "\u200b", None),
    ],
)
def test_words_are_found_at_places_of_the_text_itself(whole, words, found):
    place = text.find(whole, words)
    assert (whole[slice(*place)] if place else None) == found


@pytest.mark.parametrize(
    ("whole", "most", "kept"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "abc"),
        (f"ab{FAMILY}", 6, "ab"),
        ("cafe\u0301", 4, "caf"),
        ("🇩🇪🇫🇷", 3, "🇩🇪"),
        ("👍🏽👍🏽", 3, "👍🏽"),
        ("ab cd", 3, "ab"),
        (FAMILY, 3, FAMILY[:3]),
        ("é \u0600\u0661", 3, "é"),
        ("\u1100\u1161\u11a8\u1100\u1161", 4, "\u1100\u1161\u11a8"),
        ("ക്‍ഷക്ഷ", 5, "ക്‍ഷ"),
    ],
)
def test_a_text_is_cut_between_letters(whole, most, kept):
    assert text.cut(whole, most) == kept


@settings(max_examples=300, deadline=None)
@given(ANY, st.integers(1, 40))
def test_a_cut_is_a_beginning_that_fits(given_text, most):
    kept = text.cut(given_text, most)
    assert given_text.startswith(kept)
    assert len(kept) <= most
    assert "".join(text.letters(given_text)) == given_text


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Logo draft", "Logo draft.ics"),
        ("日本語", "日本語.ics"),
        ("Cafe\u0301", "Café.ics"),
        ('a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j.ics"),
        ("../../etc/passwd", "etc-passwd.ics"),
        ("CON", "meeting-CON.ics"),
        ("aux.txt", "meeting-aux.txt.ics"),
        ("Com1", "meeting-Com1.ics"),
        ("COM¹", "meeting-COM¹.ics"),
        ("Conference", "Conference.ics"),
        ("nul . ", "meeting-nul.ics"),
        ("con .txt", "meeting-con .txt.ics"),
        ("CONIN$  .a", "meeting-CONIN$ .a.ics"),
        ("con x", "con x.ics"),
        ("\u202excod\0\n", "xcod.ics"),
        ("...", "meeting.ics"),
        ("", "meeting.ics"),
        ("-rf", "rf.ics"),
    ],
)
def test_a_file_gets_a_name_that_every_system_takes(title, name):
    assert text.file_name(title, ".ics", otherwise="meeting") == name


@pytest.mark.parametrize(
    ("suffix", "name"),
    [
        (".tar.gz", "x.tar.gz"),
        ("." + "a" * 300, "x." + "a" * 198),
        ("." + "日" * 300, "x." + "日" * 66),
        (".\u202efdp", "x.fdp"),
        (".pdf\nnext", "x.pdf next"),
        (".a/b:c", "x.a-b-c"),
        (". . .", "x"),
    ],
)
def test_what_is_no_suffix_is_cleaned_and_cut_as_the_name_is(suffix, name):
    assert text.file_name("x", suffix) == name


@settings(max_examples=200, deadline=None)
@given(ANY | st.text(min_size=150, max_size=400))
@example("a" * 199 + ".b")
@example("日" * 300)
@example(FAMILY * 80)
def test_a_file_of_any_title_can_be_written(title):
    name = text.file_name(title, ".ics", otherwise="meeting")
    assert len(name.encode()) <= 255
    assert name == Path(name).name == unicodedata.normalize("NFC", name)
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert not name.startswith((".", "-", " ", "~"))


def test_the_same_password_from_two_keyboards_is_one():
    one, other = (FAULTS / "b07-same-password-nfc-nfd.txt").read_text(encoding="utf-8").splitlines()
    assert one != other
    assert text.password(one) == text.password(other)
    assert text.password("correct\u00a0horse\u3000x") == "correct horse x"
    # Large and small, wide and narrow letters stay what they are.
    assert text.password("Ｐäss ß") == "Ｐäss ß"


@pytest.mark.parametrize("whole", [["a", "b"], ["a", FAMILY, "e\u0301", "🇩🇪"], []])
def test_a_text_is_read_letter_by_letter_as_people_see_them(whole):
    assert text.letters("".join(whole)) == whole


@pytest.mark.parametrize("seen", ["a", ".", "❤", "日"])
def test_a_text_of_which_something_is_seen_is_not_blank(seen):
    assert not text.is_blank(f" \u200b{seen}\n")


@pytest.mark.parametrize("unseen", ["", " \n\t", "\u200b\u202e", "\ufe0f\u2800", "\u0301"])
def test_a_text_of_which_nothing_is_seen_is_blank(unseen):
    assert text.is_blank(unseen)
