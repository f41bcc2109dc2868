"""What the user has chosen, from one start of the client to the next."""

import dataclasses
import json

import pytest

from app.state import call_intents
from app.state.slices.devices import Choices
from tests.fakes.stage import stages


@pytest.fixture
def make(tmp_path, monkeypatch):
    with stages(tmp_path, monkeypatch) as make:
        yield make


def test_r15_choices_are_written_at_once_and_read_at_the_next_start(make, tmp_path):
    stage = make()
    choices = dataclasses.replace(stage.conductor.state.devices.chosen, background="blur", noise="off")
    stage.conductor.do(call_intents.Choose(choices=choices))
    stage.until(lambda state: state.devices.chosen == choices)
    stage.conductor.close()
    assert json.loads((tmp_path / "settings.json").read_text())["choices"]["background"] == "blur"
    again = make()
    again.until(lambda state: state.devices.chosen == choices)


def test_wrong_choices_in_the_file_are_the_defaults(make, tmp_path):
    (tmp_path / "settings.json").write_text('{"choices": {"data_saver": "yes", "camera": "c", "other": "x"}}')
    stage = make()
    stage.until(lambda state: state.devices.chosen.camera == "c")
    assert stage.conductor.state.devices.chosen.data_saver is False


def test_words_of_another_version_in_the_file_are_the_defaults(make, tmp_path):
    kept = {"camera": "c", "noise": "of another version", "picture": "4k", "levels": False}
    (tmp_path / "settings.json").write_text(json.dumps({"choices": kept}))
    stage = make()
    stage.until(lambda state: state.devices.chosen.camera == "c")
    assert stage.conductor.state.devices.chosen == Choices(camera="c", levels=False)


def test_a_noise_filter_that_was_switched_off_stays_off(make, tmp_path):
    (tmp_path / "settings.json").write_text('{"choices": {"noise_filter": false, "camera": "c"}}')
    stage = make()
    stage.until(lambda state: state.devices.chosen.camera == "c")
    assert stage.conductor.state.devices.chosen.noise == "off"
