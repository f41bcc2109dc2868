"""The pilot answers each line in order, clicks only what can be clicked, and tells no words of the talk."""

import io
import json
import queue

import pytest
from PySide6.QtWidgets import QApplication

from app.rehearsal.pilot import Pilot
from app.state import call_intents
from app.state.stage import Tile
from tests.looks import call_states, faces, states
from tests.patience import PATIENCE_S


class Lines:
    """A stream whose lines come when they are put."""

    def __init__(self):
        self._lines = queue.Queue()

    def put(self, **command):
        self._lines.put(json.dumps(command) + "\n")

    def __iter__(self):
        return iter(self._lines.get, None)

    def close(self):
        self._lines.put(None)


@pytest.fixture
def steer(scene):
    commands, answers = Lines(), io.StringIO()
    Pilot(scene.window, commands, answers).start()
    asked = 0

    def do(verb, **more):
        nonlocal asked
        asked += 1
        commands.put(do=verb, **more)
        scene.qtbot.waitUntil(lambda: answers.getvalue().count("\n") >= asked, timeout=round(PATIENCE_S * 1000))
        return json.loads(answers.getvalue().splitlines()[asked - 1])

    yield do
    commands.close()


def test_it_clicks_real_buttons(scene, steer):
    scene.show(states.rooms())
    assert steer("click", name="join-newest")["ok"]
    assert scene.take() == [call_intents.GoToMeeting(meeting="m1")]


def test_it_opens_a_menu_and_chooses_in_it(scene, steer):
    scene.show(states.rooms())
    assert not steer("click", name="menu-video-meeting")["ok"]
    steer("click", name="camera-button")
    assert steer("wait", **{"for": {"visible": "menu-video-meeting"}})["ok"]
    assert steer("click", name="menu-video-meeting")["ok"]
    assert isinstance(scene.take()[0], call_intents.BeginMeeting)


@pytest.mark.parametrize(
    ("verb", "more", "words"),
    [
        ("click", {"name": "nothing-of-this-name"}, "is not there"),
        ("click", {"name": "room-composer-send"}, "is not enabled"),
        ("click", {"name": "show-rooms"}, "is not visible"),
        ("choose", {"name": "nothing", "text": "x"}, "is not there"),
        ("fly", {}, "no command"),
        ("click", {}, "KeyError"),
        ("where", {"name": "nothing"}, "is not on show"),
        ("wait", {"for": {"weather": "fine"}}, "nothing can wait"),
        ("wait", {"for": {"frames": "p1"}}, "no attribute"),
        ("wait", {"for": {"place": "recap"}, "limit_s": 0.05}, "in vain for place = recap"),
    ],
)
def test_it_says_in_words_what_it_could_not_do(scene, steer, verb, more, words):
    scene.show(states.rooms())
    answer = steer(verb, **more)
    assert not answer["ok"]
    assert words in answer["words"]


def test_it_types_chooses_ticks_and_reads(scene, steer):
    scene.show(states.guest_prejoin())
    assert steer("type", name="guest-name", text="Ada")["ok"]
    assert steer("check", name="notice-read", is_on=True)["ok"]
    assert steer("check", name="notice-read", is_on=True)["ok"]
    assert steer("choose", name="prejoin-camera", text="Logitech")["ok"]
    kinds = [type(one).__name__ for one in scene.take()]
    assert kinds == ["NameGuest", "ReadNotice", "Choose"]
    assert steer("read", name="prejoin-title")["text"] == "Join Website relaunch"
    scene.show(states.rooms())
    assert steer("type", name="room-composer", text="Good morning", enter=True)["ok"]
    assert scene.take()[0].text == "Good morning"


def test_it_waits_until_a_picture_is_painted_and_counts_them(scene, steer):
    scene.show(call_states.call(2))
    assert not steer("wait", **{"for": {"painted": "*"}, "limit_s": 0.05})["ok"]
    scene.give(Tile("p1"), faces.picture(1))
    assert steer("wait", **{"for": {"painted": "*", "people": 2, "call_phase": "in", "page": "call"}})["ok"]
    told = steer("report")
    assert told["tiles"]["p1"]["frames"] == 1
    assert told["tiles"]["p1"]["first_s"] <= told["now_s"]
    assert told["tiles"][""]["frames"] == 0
    assert steer("wait", **{"for": {"frames": {"p1": 1}}})["ok"]
    assert not steer("wait", **{"for": {"frames": {"p1": 2}}, "limit_s": 0.05})["ok"]
    assert not steer("wait", **{"for": {"frames": {"nobody": 1}}, "limit_s": 0.05})["ok"]
    assert not steer("wait", **{"for": {"other_link": told["link_to_meeting"]}, "limit_s": 0.05})["ok"]
    assert steer("wait", **{"for": {"other_link": "the one before"}})["ok"]
    assert steer("wait", **{"for": {"met_here": 0}})["ok"]
    assert not steer("wait", **{"for": {"met_here": 1}, "limit_s": 0.05})["ok"]
    assert told["people"] == 2


def test_it_tells_where_a_click_would_hit(scene, steer):
    scene.show(states.rooms(), 760, 600)
    told = steer("where", name="camera-button")
    assert told["ok"], told
    assert QApplication.widgetAt(told["x"], told["y"]).objectName() == "camera-button"
    assert told["left"] < told["x"] < told["left"] + told["width"]
    scene.click("camera-button")
    line = steer("where", name="menu-video-meeting")
    assert QApplication.activePopupWidget().geometry().contains(line["x"], line["y"])
    QApplication.activePopupWidget().close()


def test_what_something_lies_over_cannot_be_hit(scene, steer):
    scene.show(call_states.call(2), 760, 600)
    scene.click("open-settings")
    assert "covered by" in steer("where", name="open-chat")["words"]


def test_the_report_holds_no_names_and_no_words(scene, steer):
    scene.show(call_states.call_with_chat())
    words = json.dumps(steer("report"))
    for secret in ("Clara", "Felix", "route", "dark packaging"):
        assert secret not in words


def test_it_grabs_the_window(scene, steer, tmp_path):
    scene.show(states.rooms())
    assert steer("grab", file=str(tmp_path / "rooms.png"))["ok"]
    assert (tmp_path / "rooms.png").stat().st_size > 5000
    assert not steer("grab", file=str(tmp_path / "no" / "rooms.png"))["ok"]


def test_it_names_the_newest_recap(scene, steer):
    scene.show(states.rooms())
    assert steer("wait", **{"for": {"visible": "recap-m2", "recap": ""}})["ok"]
    state = states.rooms(running=False)
    scene.show(state)
    assert steer("wait", **{"for": {"gone": "join-newest", "enabled": "camera-button", "messages": 7}})["ok"]
