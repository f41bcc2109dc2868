"""A meeting's card in its room: what it says and offers in each state, and what the planner does with it."""

import time

import msgspec
import pytest
from PySide6.QtGui import QDesktopServices

from app.state import intents
from app.state.slices.rooms import RoomView
from tests.looks import room_states, states
from tests.ui.test_intents import trigger
from tests.ui.test_rooms import words_of


@pytest.mark.parametrize(
    ("card", "words", "buttons"),
    [
        (room_states.planned("m5", 2), "Scheduled, in 2 days", ("copy-link-m5", "calendar-file-m5", "meeting-menu-m5")),
        (room_states.planned("m5", 0, state="joinable"), "Open now", ("join-m5", "copy-link-m5", "meeting-menu-m5")),
        (states.card("m5", people=3), "Ongoing, 3 people", ("join-m5", "copy-link-m5")),
        (states.card("m5", people=1), "Ongoing, 1 person", ("join-m5", "copy-link-m5")),
        (states.card("m5", state="ended", ended_at=states.at(), recap="generating"), "being prepared",
         ("open-recap-m5",)),
        (states.card("m5", state="ended", ended_at=states.at(), recap="ready"), "The recap is ready",
         ("open-recap-m5",)),
        (states.card("m5", state="ended", ended_at=states.at(), recap="ready", film="making"), "its film is being made",
         ("open-recap-m5",)),
        (states.card("m5", state="ended", ended_at=states.at()), "Not recorded", ()),
        (room_states.planned("m5", 1, state="cancelled"), "Cancelled", ()),
        (states.card("m5", state="ended", ended_at=states.at(), recap="deleted"), "were deleted", ("open-recap-m5",)),
        (states.card("m5", state="ended", ended_at=states.at(), recap="ready", deletion="pending"),
         "Early deletion has been requested", ("open-recap-m5",)),
        (room_states.planned("m5", 1, provider="external", link=room_states.FOREIGN), "held by another service",
         ("open-external-m5", "copy-link-m5", "meeting-menu-m5")),
    ],
)  # fmt: skip
def test_r36_a_card_says_how_far_the_meeting_is_and_offers_what_fits(scene, card, words, buttons):
    scene.show(room_states.with_cards(card))
    assert words in words_of(scene.find("rooms-page"))
    named = ("join-m5", "open-external-m5", "copy-link-m5", "calendar-file-m5", "meeting-menu-m5", "open-recap-m5")
    assert tuple(name for name in named if scene.is_visible(name)) == tuple(n for n in named if n in buttons)


def test_r36_the_same_card_goes_through_all_its_states(scene):
    steps = (
        (room_states.planned("m5", 1), False, False),
        (room_states.planned("m5", 0, state="joinable"), True, False),
        (room_states.planned("m5", 0, state="ongoing", people=2), True, False),
        (room_states.planned("m5", 0, state="ended", ended_at=states.at(), recap="generating"), False, True),
    )
    join = None
    for card, can_join, has_recap in steps:
        scene.show(room_states.with_cards(card))
        assert scene.is_visible("join-m5") == can_join
        assert scene.is_visible("open-recap-m5") == has_recap
        # One card all the way: no button goes away under a click.
        assert join in (None, scene.find("join-m5"))
        join = scene.find("join-m5")


def test_r34_a_card_shows_both_clocks_where_they_differ(scene, monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Lisbon")
    time.tzset()
    try:
        winter = 1_795_513_800.0  # 24 November 2026, 09:50 UTC
        for zone, words in (("Asia/Tokyo", "18:50 in Asia/Tokyo"), ("Europe/London", "")):
            card = room_states.planned("m5", 1, starts_at=winter, time_zone=zone, repeats="weekly")
            scene.show(room_states.with_cards(card))
            shown = words_of(scene.find("rooms-page"))
            assert "09:50 to 10:20" in shown
            assert "Every week" in shown
            assert words in shown
            assert ("in Europe/London" in shown) is False
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_external_address_is_shown_whole_and_opened_only_by_its_own_button(scene, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    scene.show(room_states.with_cards(room_states.planned("m5", 1, provider="external", link=room_states.FOREIGN)))
    assert scene.find("address-m5").text() == room_states.FOREIGN
    scene.click("open-external-m5")
    assert opened == []
    assert scene.find("link-address").text() == room_states.FOREIGN
    scene.click("link-open")
    assert opened == [room_states.FOREIGN]
    assert scene.take() == []


def test_r34_the_planner_edits_and_cancels_from_the_card_and_others_do_not(scene):
    scene.show(room_states.with_cards(room_states.planned("m5", 1))).click("meeting-menu-m5")
    trigger(scene, "menu-edit-meeting")
    assert scene.take() == [intents.OpenPlan(room="r1", meeting="m5")]
    scene.click("meeting-menu-m5")
    trigger(scene, "menu-cancel-meeting")
    assert scene.take() == []
    scene.click("cancel-meeting-ok")
    assert scene.take() == [intents.CancelPlanned(meeting="m5")]
    scene.show(room_states.with_cards(room_states.planned("m6", 1, starter="clara")))
    assert not scene.is_visible("meeting-menu-m6")
    scene.click("calendar-file-m6")
    assert scene.take() == [intents.GetCalendarFile(meeting="m6")]


@pytest.mark.parametrize(("button", "whole"), [("cancel-one", False), ("cancel-series", True), ("cancel-keep", None)])
def test_r34_of_a_series_one_or_all_is_cancelled(scene, button, whole):
    scene.show(room_states.with_cards(room_states.planned("m5", 1, repeats="weekly"))).click("meeting-menu-m5")
    trigger(scene, "menu-cancel-meeting")
    scene.click(button)
    wanted = [] if whole is None else [intents.CancelPlanned(meeting="m5", whole_series=whole)]
    assert scene.take() == wanted
    assert not scene.is_visible("cancel-dialog")


def test_r59_the_news_of_a_recap_stands_in_the_room_with_a_link_once_it_is_ready(scene):
    state = states.rooms(running=False)
    talk = states.message(1, "clara", "Clara Nowak", "Kick-off", states.at(1), kind="meeting",
                          meeting=msgspec.structs.replace(states.ENDED, recap="generating"))  # fmt: skip
    scene.show(
        states.replace(
            state, rooms=states.replace(state.rooms, views={"r1": RoomView(messages=(talk,), is_loaded=True)})
        )
    )
    assert not scene.is_visible("news-open-recap-m0")
    news = states.message(2, "", "", "The recap is ready", states.at(), kind="recap", meeting=states.ENDED)
    scene.show(
        states.replace(
            state, rooms=states.replace(state.rooms, views={"r1": RoomView(messages=(talk, news), is_loaded=True)})
        )
    )
    scene.click("news-open-recap-m0")
    assert scene.take() == [intents.OpenRecapPage(meeting="m0")]
