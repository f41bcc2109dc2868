import pytest

from server_stub.recap.speech.weekdays import mend_weekdays


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("Can you send me the bill by Tuzi?", "Can you send me the bill by Tuesday?"),
        ("The text for the first page by Wenzee.", "The text for the first page by Wednesday."),
        ("The best ones by O'Winsey?", "The best ones by Wednesday?"),
        ("The text for the first page by one Z.", "The text for the first page by Wednesday."),
        ("I can do it until 1z, or by 1zee.", "I can do it until Wednesday, or by Wednesday."),
        ("Let us meet on a Wenzzi, or by Mundi.", "Let us meet on Wednesday, or by Monday."),
    ],
)
def test_a_weekday_that_was_spelled_by_ear_is_written_as_one(heard: str, written: str) -> None:
    assert mend_weekdays(heard, ("Clara", "Website relaunch")) == written


@pytest.mark.parametrize(
    "heard",
    [
        "By Wednesday, on Monday, until Tuesday.",
        "Mr Winsey drew it.",  # no day is named
        "It was drawn by Winsey.",  # who is in the meeting
        "By Tuscany we were tired, on a sunny day, by Windsor.",
        "By one zone, on 1 zebra, until one of them is there, by one.",
    ],
)
def test_all_else_stays_as_it_is(heard: str) -> None:
    assert mend_weekdays(heard, ("Ann Winsey",)) == heard
