"""Sound devices that come and go on systems where only Qt can tell."""

import pytest

from app.shell.plugs import Plugs


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_several_changes_at_once_are_told_once(qtbot, platform):
    told = []
    plugs = Plugs(lambda: told.append(1))
    plugs.begin(platform)
    plugs.begin(platform)
    for signal in (plugs._watched.audioInputsChanged, plugs._watched.audioOutputsChanged) * 3:
        signal.emit()
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert told == [1]


def test_linux_needs_none_of_it():
    plugs = Plugs(lambda: None)
    plugs.begin("linux")
    assert plugs._watched is None
