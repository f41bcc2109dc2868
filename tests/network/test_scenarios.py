import json

import pytest

from tests.network.link import ScenarioError
from tests.network.scenarios import BUILT_IN, Step, read_file, read_scenarios


def test_each_built_in_scenario_can_be_read_and_lasts_beyond_its_last_step():
    for name, scenario in read_scenarios(BUILT_IN).items():
        assert scenario.name == name
        assert scenario.steps[-1].at_s + 10 <= scenario.secs


def test_steps_say_what_changes_when_and_in_which_direction():
    given = {"mine": [[0, {"delay": 25}], [5, {"dir": "up", "loss": 10}], [6.5, "ipchange"]]}
    scenario = read_scenarios(given)["mine"]
    assert scenario.steps == (
        Step(0.0, words=(("delay", 25),)),
        Step(5.0, words=(("loss", 10),), directions=("up",)),
        Step(6.5, event="ipchange"),
    )
    assert scenario.has == {"ipchange"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "a scenario file is an object"),
        ({}, "a scenario file is an object"),
        ({"a": []}, "a: a scenario is a list of steps"),
        ({"a": {"loss": 5}}, "a: a scenario is a list of steps"),
        ({"a": [{"loss": 5}]}, "a, step 1: a step is"),
        ({"a": [[0]]}, "a, step 1: a step is"),
        ({"a": [[0, {}], ["5", {}]]}, "a, step 2: steps stand in order of time, from 0 to 600 s, not '5'"),
        ({"a": [[5, {}], [4, {}]]}, "a, step 2: steps stand in order of time, from 5"),
        ({"a": [[601, {}]]}, "a, step 1: steps stand in order"),
        ({"a": [[True, {}]]}, "a, step 1: steps stand in order"),
        ({"a": [[0, {"loss": 200}]]}, "a, step 1: “loss” is a number"),
        ({"a": [[0, {"speed": 200}]]}, "a, step 1: a link has no “speed”"),
        ({"a": [[0, {"dir": "left"}]]}, "a, step 1: “dir” is up, down or both"),
        ({"a": [[0, {"dir": ["up"]}]]}, "a, step 1: “dir” is up, down or both"),
        ({"a": [[3, "explode"]]}, "a, step 1: there is no event “explode”; there are ipchange, server_restart"),
        ({"a": [[0, "ipchange"]]}, "a, step 1: “ipchange” needs a time after 0"),
        ({"a": [[0, 5]]}, "a, step 1: an action is"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(given, told):
    with pytest.raises(ScenarioError, match=told):
        read_scenarios(given)


def test_a_file_is_read_or_refused_in_words(tmp_path):
    file = tmp_path / "mine.json"
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        read_file(file)
    file.write_text("{")
    with pytest.raises(ScenarioError, match="is not JSON"):
        read_file(file)
    file.write_text(json.dumps({"mine": [[0, {"loss": 1}]]}))
    assert list(read_file(file)) == ["mine"]
