"""The models for recaps: the question at the first recording, and their line in settings."""

import pytest

from app.state import intents
from app.ui.panels.privacy_page import address_lines
from app.ui.panels.speech_model import FROM_WORDS, ModelQuestion
from app.ui.text import Words
from app.ui.widgets.progress import ProgressBar
from tests.looks import call_states, states

PULL, CANCEL, REMOVE = (intents.WishModel(wish=wish) for wish in ("pull", "cancel", "remove"))


def asked(phase="missing", *, was_asked=False, **changes):
    state = states.with_model(call_states.call(3), phase, is_asked=True, **changes)
    chosen = states.replace(state.devices.chosen, heard_of_model=was_asked)
    return states.replace(state, devices=states.replace(state.devices, chosen=chosen))


def words(scene):
    card = scene.window.findChild(ModelQuestion)
    return " ".join(one.text() for one in card.findChildren(Words) if one.isVisible())


def is_there(scene, name):
    return scene.find(name).isVisible()


def test_the_question_says_what_for_how_large_and_from_where(scene):
    scene.show(asked()).take()
    for part in (
        "nothing that is said leaves it",
        "1.2 GB (more than twice",
        "pypi.org",
        "huggingface.co",
        "recording has begun",
    ):
        assert part in words(scene)
    assert not is_there(scene, "model-bar")
    scene.click("model-download")
    assert scene.take() == [PULL]
    scene.click("model-close")
    assert scene.take() == [intents.PutModelAway()]


def test_it_shows_how_far_it_is_and_can_be_stopped_or_put_away(scene):
    scene.show(asked("fetching", was_asked=True)).take()
    assert "0.0 MB of 1.2 GB" in words(scene)
    scene.show(asked("fetching", was_asked=True, done=73_941_470))
    assert "74 MB of 1.2 GB" in words(scene)
    assert scene.find("model-bar", ProgressBar).accessibleDescription() == "6%"
    scene.show(asked("fetching", was_asked=True, done=1_241_134_900))
    assert "made ready" in words(scene)
    assert not is_there(scene, "model-download")
    scene.click("model-cancel")
    assert scene.take() == [CANCEL]
    scene.click("model-close")
    assert scene.take() == [intents.PutModelAway()]


def test_what_went_wrong_is_said_and_can_be_tried_again(scene):
    scene.show(asked(was_asked=True, done=64_300_000, words="The network is gone.")).take()
    assert "The network is gone." in words(scene)
    assert "64 MB are downloaded and kept" in words(scene)
    assert scene.find("model-download").text() == "Try again"
    scene.click("model-download")
    assert scene.take() == [PULL]


def test_one_that_was_stopped_goes_on(scene):
    scene.show(asked(was_asked=True, done=64_300_000)).take()
    assert scene.find("model-download").text() == "Resume"


def test_a_damaged_model_is_asked_for_with_the_reason(scene):
    scene.show(asked(words="A model for recaps on this computer is damaged. Download it again."))
    assert "damaged" in words(scene)


def test_once_it_is_there_the_dialog_says_so_and_is_closed(scene):
    scene.show(asked("ready", was_asked=True)).take()
    assert "The models are ready" in words(scene)
    assert not any(is_there(scene, name) for name in ("model-download", "model-cancel", "model-bar"))
    scene.click("model-close")
    assert scene.take() == [intents.PutModelAway()]
    scene.show(states.with_model(call_states.call(3), "ready"))
    assert not scene.window.findChild(ModelQuestion) or not scene.window.findChild(ModelQuestion).isVisible()


@pytest.mark.parametrize(
    ("phase", "changes", "line", "buttons"),
    [
        ("missing", {}, "Models for recaps: missing (1.2 GB)", {"pull": PULL}),
        (
            "missing", {"done": 64_300_000, "can_remove": True},
            "Models for recaps: missing (1.2 GB; 64 MB downloaded)", {"pull": PULL, "remove": None},
        ),
        ("fetching", {"done": 64_300_000}, "Models for recaps: 64 MB of 1.2 GB", {"cancel": CANCEL}),
        ("ready", {}, "Models for recaps: ready (base)", {}),
        ("ready", {"can_remove": True}, "Models for recaps: ready (base)", {"remove": None}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["server", "settings"])
def test_settings_have_its_line(scene, place, phase, changes, line, buttons):
    state = states.with_model(call_states.call(2) if place == "settings" else states.rooms(), phase, **changes)
    scene.show(state)
    scene.click("open-settings") if place == "settings" else scene.window.open_server()
    scene.take()
    assert scene.find(f"{place}-model").text() == line
    shown = {name for name in ("pull", "cancel", "remove") if scene.find(f"{place}-model-{name}").isVisible()}
    assert shown == set(buttons)
    for name, wish in buttons.items():
        if wish:
            scene.click(f"{place}-model-{name}")
            assert scene.take() == [wish]


@pytest.mark.parametrize(("answer", "wishes"), [("ok", [REMOVE]), ("cancel", [])])
def test_removing_it_asks_first(scene, answer, wishes):
    scene.show(states.with_model(states.rooms(), "ready", can_remove=True))
    scene.window.open_server()
    scene.click("server-model-remove")
    scene.take()
    scene.click(f"remove-model-{answer}")
    assert scene.take() == wishes


def test_without_a_server_of_ones_own_there_is_no_line(scene):
    scene.show(states.rooms())
    scene.window.open_server()
    assert not scene.find("server-model").isVisible()


def test_the_privacy_page_names_the_same_addresses():
    shown = " ".join(f"{where} {why}" for where, why in address_lines(states.rooms().connection))
    for address in ("pypi.org", "huggingface.co"):
        assert address in FROM_WORDS
        assert address in shown
    assert "only when you press Download" in shown
