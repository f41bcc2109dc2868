"""Texts as they are said: `$1,200 on 3 December` reads `one thousand two hundred dollars on the third of December`."""

import re

ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
MONTH = "|".join([*MONTHS, *(f"{month[:3]}\\b\\.?" for month in MONTHS)])
TITLES = {"mr": "mister", "mrs": "missus", "dr": "doctor"}


def number(value):
    """A whole number below a million in words."""
    if value < 20:
        return ONES[value]
    if value < 100:
        return " ".join([TENS[value // 10 - 2], *([ONES[value % 10]] if value % 10 else [])])
    large, name = (1000, "thousand") if value >= 1000 else (100, "hundred")
    return " ".join([number(value // large), name, *([number(value % large)] if value % large else [])])


def ordinal(value):
    """`third` of 3."""
    *before, last = number(value).split()
    last = ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join([*before, last])


def words_of(text):
    """Lower-case words as they are said, without punctuation, as word error is counted."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text.lower().replace("\u2019", "'"))
    text = re.sub(r"\$ ?(\d+)", r"\1 dollars", text)
    text = re.sub(r"(\d+) ?%", r"\1 percent", text)
    text = re.sub(rf"\b(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({MONTH})(?!\w)", _date, text)
    text = re.sub(
        rf"\b({MONTH}) (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?\b", lambda found: _date(found, day=2, month=1), text
    )
    text = re.sub(r"\b(\d{1,6})(?:st|nd|rd|th)\b", lambda found: ordinal(int(found[1])), text)
    text = re.sub(r"\d{1,6}", lambda found: f" {number(int(found[0]))} ", text)
    text = re.sub(rf"\b({'|'.join(ONES[11:])}) hundred\b", _hundreds, " ".join(re.findall(r"[a-z']+", text)))
    return [TITLES.get(word, word) for word in text.split()]


def _hundreds(found):
    return f"one thousand {ONES[ONES.index(found[1]) - 10]} hundred"


def _date(found, day=1, month=2):
    name = next(full for full in MONTHS if full.startswith(found[month][:3]))
    return f"the {ordinal(int(found[day]))} of {name}"
