"""A face that is sent in two sizes, with real aiortc clients over loopback: who gets which, and who may send it."""

from tests.server_stub.relay.test_forwarder import ADA, GRACE, MEETING, play

LOW = 240 - ADA
FACE = ("ada", "camera")
SOURCES = ("microphone", "camera", "camera-low")


async def three(stage):
    """Ada sends both sizes; Grace shows her large, and Alan small."""
    stage.engine.want(MEETING, "grace", {FACE: 720})
    stage.engine.want(MEETING, "alan", {FACE: 180})
    grace = await stage.enter("grace", GRACE, "nothing")
    alan = await stage.enter("alan", GRACE, "nothing")
    return await stage.enter("ada", ADA, *SOURCES), grace, alan


def low_of(stage):
    relay = stage.engine._meetings[MEETING]
    return next(one for one in relay.streams() if one.source.source == "camera-low")


def test_each_viewer_gets_the_size_that_does_and_the_other_when_they_enlarge_it():
    async def scene(stage):
        _, grace, alan = await three(stage)
        await stage.until(lambda: grace.sees("ada", ADA) and alan.sees("ada", LOW, "camera-low"))
        assert ("ada", "camera-low", 180) in stage.notebook.wanted
        large, small = alan.pictures[FACE], alan.pictures["ada", "camera-low"]
        await stage.until(lambda: alan.pictures["ada", "camera-low"] > small + 20)
        assert alan.pictures[FACE] <= large + 3
        assert not grace.pictures["ada", "camera-low"]
        stage.engine.want(MEETING, "alan", {FACE: 720})
        await stage.until(lambda: alan.pictures[FACE] > large + 20)
        small = alan.pictures["ada", "camera-low"]
        await stage.until(lambda: alan.pictures[FACE] > large + 60)
        assert alan.pictures["ada", "camera-low"] <= small + 3
        assert not any(held for _, held in stage.notebook.held)

    play(scene)


def test_who_may_not_send_their_camera_sends_it_in_no_size():
    async def scene(stage):
        _, grace, alan = await three(stage)
        await stage.until(lambda: grace.sees("ada", ADA) and alan.sees("ada", LOW, "camera-low"))
        stage.engine.allow(MEETING, "ada", frozenset({"microphone"}))
        large, small, voices = grace.pictures[FACE], alan.pictures["ada", "camera-low"], alan.voices["ada"]
        await stage.until(lambda: alan.voices["ada"] > voices + 40)
        assert grace.pictures[FACE] <= large + 3
        assert alan.pictures["ada", "camera-low"] <= small + 3
        stage.engine.allow(MEETING, "ada", frozenset({"microphone", "camera"}))
        await stage.until(lambda: grace.pictures[FACE] > large + 10)
        await stage.until(lambda: alan.pictures["ada", "camera-low"] > small + 10)

    play(scene)


def test_who_may_not_send_their_camera_when_they_come_does_not_send_it_small():
    async def scene(stage):
        stage.engine.allow(MEETING, "ada", frozenset({"microphone"}))
        _, grace, alan = await three(stage)
        await stage.until(lambda: alan.voices["ada"] > 40 and grace.voices["ada"] > 40)
        assert not alan.pictures["ada", "camera-low"]
        assert not grace.pictures[FACE]

    play(scene)


def test_a_small_face_that_nobody_asked_for_reaches_nobody_and_is_sent_no_more():
    async def scene(stage):
        ada = await stage.enter("ada", ADA, "microphone", "camera-low")
        grace = await stage.enter("grace", GRACE)
        alan = await stage.enter("alan", GRACE)
        await stage.until(lambda: ("ada", "camera-low", 0) in stage.notebook.wanted)
        await stage.until(lambda: grace.voices["ada"] > 40 and alan.sees("grace", GRACE))
        assert low_of(stage).is_held_from(stage.engine._meetings[MEETING]._people["grace"].downlink.link)
        assert not grace.pictures["ada", "camera-low"]
        assert not alan.pictures["ada", "camera-low"]
        assert not any(held for _, held in stage.notebook.held), "nor is it said that something is missing"
        await ada.publish("camera")
        await stage.until(lambda: grace.sees("ada", ADA) and alan.sees("ada", ADA))
        assert not grace.pictures["ada", "camera-low"]

    play(scene)


def test_a_recording_has_the_face_as_large_as_it_is_made(tmp_path):
    async def scene(stage):
        _, _, alan = await three(stage)
        stage.engine.want(MEETING, "grace", {})
        await stage.until(lambda: alan.sees("ada", ADA))
        await stage.engine.start_recording(MEETING, tmp_path, {"ada": "Ada"})
        assert stage.notebook.wanted[-1] == ("ada", "camera", None)
        await stage.until(lambda: alan.sees("ada", LOW, "camera-low"))
        assert low_of(stage).tap is None
        taken = stage.engine.statistics().frames_recorded
        await stage.until(lambda: stage.engine.statistics().frames_recorded > taken + 30)
        await stage.engine.stop_recording(MEETING)

    play(scene)
