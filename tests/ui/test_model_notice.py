"""Whoever is asked about a recording reads which language model its recap is written with, before they agree."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from app.ui.panels.privacy_page import address_lines
from app.wire.language_model import LONGEST_HOST, LONGEST_MODEL, LanguageModel, model_words
from tests.looks import call_states, states
from tests.ui.test_record_button import host

LOCAL = LanguageModel(host="127.0.0.1:11434", model="llama3.2:3b")
CLOUD = LanguageModel(host="models.example.com", model="big-1", leaves=True)


def using(model, state):
    return replace(state, connection=replace(state.connection, language_model=model))


def words_in(scene, name):
    return " ".join(one.text() for one in scene.find(name).findChildren(QLabel) if one.isVisible())


@pytest.mark.parametrize("model", [LOCAL, CLOUD])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (states.guest_prejoin, "recording-notice"),
        (lambda: states.prejoin(is_recording=True, may_record=False), "recording-notice"),
        (states.prejoin, "record-card"),
        (call_states.call_with_consent, "consent-bar"),
    ],
)
def test_r31_it_is_named_where_one_agrees_and_only_where_there_is_one(scene, model, make, name):
    scene.show(using(model, make()))
    assert model_words(model) in words_in(scene, name)
    assert model.host in words_in(scene, name)
    assert ("leaves this server" in words_in(scene, name)) == model.leaves
    scene.show(make())
    assert "language model" not in words_in(scene, name)


def test_r31_the_host_reads_it_before_recording_begins(scene):
    scene.show(using(CLOUD, host(False)))
    scene.click("toggle-recording")
    assert model_words(CLOUD) in words_in(scene, "start-recording-dialog")


def test_words_of_a_stranger_are_plain_and_break_no_page(scene):
    long = LanguageModel(host="h" * LONGEST_HOST, model="<b>" + "m" * (LONGEST_MODEL - 7) + "\u202e</b>", leaves=True)
    scene.window.resize(1024, 700)
    scene.show(states.guest_prejoin())
    width = scene.window.minimumSizeHint().width()
    scene.show(using(long, states.guest_prejoin()))
    assert "<b>mmm" in words_in(scene, "recording-notice")
    assert "\u202e" not in words_in(scene, "recording-notice")
    assert scene.window.minimumSizeHint().width() <= width
    card, words = scene.find("recording-notice"), scene.find("notice-words")
    assert words.width() <= card.width()


def test_r68_the_privacy_page_lists_its_address():
    state = using(CLOUD, states.with_mail())
    (what,) = [what for address, what in address_lines(state.connection) if address == CLOUD.host]
    assert "as text" in what
