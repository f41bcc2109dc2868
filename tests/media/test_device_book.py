"""Which device is open, which has failed, and where the system's default stands in for one that is not there."""

import pytest

from app.media.device_book import DeviceBook
from app.media.sound_cards import SoundCards
from app.media.types import Device

HEADSET = Device("h", "Jabra Evolve2 65", "microphone")
OTHER = Device("o", "Built-in", "microphone")


def opened(chosen="h", devices=(HEADSET, OTHER)):
    book = DeviceBook()
    book.found(devices)
    assert book.take("microphone", book.wish("microphone", chosen))
    return book


def test_a_wish_is_news_once_and_again_where_it_failed():
    book = opened()
    assert not book.take("microphone", "h")
    assert book.take("microphone", "h", "another way")
    book.note("microphone", "No.")
    assert book.take("microphone", "h", "another way")
    book.note("microphone", "")
    assert not book.take("microphone", "h", "another way")
    assert book.take("microphone", None)
    assert not book.take("microphone", None)


def test_the_default_stands_in_and_goes_when_the_device_is_back():
    book = opened()
    book.found((OTHER,))
    # It is in no list any more, and named all the same.
    assert book.lose("microphone", "h") == "“Jabra Evolve2 65” is not plugged in. " + (
        "Your system's default microphone is used now."
    )
    assert book.wish("microphone", "h") == "default"
    assert book.found((OTHER, HEADSET)) == (["“Jabra Evolve2 65” is there again, and is your microphone now."], True)
    assert book.wish("microphone", "h") == "h"
    assert book.found((OTHER, HEADSET)) == ([], False)


def test_one_that_is_listed_twice_is_back_all_the_same():
    book = opened()
    book.lose("microphone", "h")
    assert book.found((OTHER, HEADSET, HEADSET))[1]
    assert book.wish("microphone", "h") == "h"


def test_the_first_device_of_a_computer_that_had_none_is_tried():
    book = DeviceBook()
    book.take("camera", book.wish("camera", ""))
    book.note("camera", "No camera was found.")
    assert book.found(()) == ([], False), "nothing has come since it was tried"
    assert book.found(()) == ([], False)
    assert book.found((Device("c", "Webcam", "camera"),)) == ([], True)


def test_what_is_lost_is_named_where_it_is_known():
    assert opened().lose("microphone", "h").startswith("“Jabra Evolve2 65” is not plugged in.")
    assert opened("x").lose("microphone", "x").startswith("The microphone that you chose is not plugged in.")


def test_one_that_was_let_go_is_not_open():
    book = opened()
    assert book.is_open("microphone", "h")
    book.take("microphone", "o")
    assert not book.is_open("microphone", "h")
    book.take("microphone", None)
    assert not book.is_open("microphone", "o")


def test_another_choice_is_not_stood_in_for():
    book = opened()
    book.lose("microphone", "h")
    assert book.wish("microphone", "o") == "o"
    assert book.wish("microphone", "h") == "h"
    book.take("microphone", "h")
    book.lose("microphone", "h")
    assert book.wish("microphone", "") == "default"


@pytest.mark.parametrize("chosen", ["", "default"])
def test_nothing_stands_in_for_the_default(chosen):
    assert opened(chosen).lose("microphone", "default") == ""


def test_no_other_camera_is_opened_for_one_that_is_gone():
    book = DeviceBook()
    book.take("camera", "c2")
    assert book.lose("camera", "c2") == ""
    assert book.wish("camera", "c2") == "c2"


def test_what_failed_is_tried_again_when_anything_is_plugged_in():
    book = opened()
    book.note("camera", "No.")
    assert book.found((HEADSET, OTHER)) == ([], False)
    assert book.found((HEADSET,)) == ([], True)
    book.note("camera", "")
    assert book.found((OTHER,)) == ([], False)


def test_sound_cards_come_and_go(tmp_path):
    cards = SoundCards(tmp_path)
    assert not cards.have_changed(), "a system that does not tell"
    (tmp_path / "cards").write_text(" 0 [PCH]: HDA-Intel\n")
    assert cards.have_changed()
    assert not cards.have_changed()
    (tmp_path / "pcm").write_text("01-00: USB Audio : USB Audio : playback 1\n")
    assert cards.have_changed()
    (tmp_path / "pcm").unlink()
    assert cards.have_changed()
