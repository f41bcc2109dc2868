"""Names of time zones: what lies beside them in the folders of a system is none."""

from pathlib import Path

import pytest

from app.wire.zones import find_zone, no_zone_words

FOLDERS = (Path(__file__).resolve().parents[1] / "data" / "faults" / "b18-zone-folders.txt").read_text().split()


@pytest.mark.parametrize(
    "name", ["Europe/Lisbon", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "Asia/Kolkata"]
)
def test_zones_are_found(name):
    assert find_zone(name).key == name


@pytest.mark.parametrize(
    "name",
    [
        *FOLDERS, "", "America/Argentina", "Etc", "posix", "posix/Europe/Lisbon", "right/UTC", "localtime",
        "Factory", "posixrules", "../etc", "Europe/../Europe/Lisbon", "/etc/passwd", "//", "Europe/", "/Europe/Lisbon",
        "tzdata.zi", "zone.tab", "leapseconds", "iso3166.tab", "a\0b", "Europe/Lisbon\n",
        "Europe Lisbon", "Zürich", "\ud800", "CON",
        "dev/null", "x" * 64, "a/" * 200,
    ],
)  # fmt: skip
def test_what_is_none_is_told_in_words(name):
    assert find_zone(name) is None
    words = no_zone_words(name)
    assert words.startswith("There is no time zone called ")
    assert words.isprintable()
    assert len(words) < 120


def test_the_words_name_it():
    assert no_zone_words("Europe") == "There is no time zone called Europe."
