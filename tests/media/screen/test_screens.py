"""What every kind of screens has to keep; and what only X11 has: one window, whatever covers it."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from app.media.makers import SystemDevices
from app.media.screen.types import ScreenError, ScreenGone, ScreenUnsupported
from app.media.screen.x11 import X11Screens
from app.rehearsal.screens import FileScreens
from tests.fakes.clips import write_video
from tests.fakes.x_display import x_display

pytestmark = pytest.mark.processes

needs_x = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")

LIMIT_S = 10.0
RED, BLUE, GREEN = "#e02020", "#2040e0", "#20c040"


def is_colour(pixels, colour):
    """Whether the middle of a picture is of that colour."""
    height, width = pixels.shape[:2]
    blue, green, red = (int(one) for one in pixels[height // 2, width // 2, :3])
    return f"#{red:02x}{green:02x}{blue:02x}" == colour


def until(find):
    """The first true thing that is found, within a limit."""
    end_s = time.monotonic() + LIMIT_S
    while not (found := find()):
        assert time.monotonic() < end_s, "not in time"
        time.sleep(0.02)
    return found


class Desk:
    """Windows of another program on a display."""

    def __init__(self, environment):
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("windows.py")],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def do(self, *words):
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"

    def end(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


@pytest.fixture(scope="module")
def display(tmp_path_factory):
    with x_display(tmp_path_factory.mktemp("x"), (800, 600)) as environment:
        yield environment


@pytest.fixture
def desk(display, monkeypatch):
    monkeypatch.setenv("DISPLAY", display["DISPLAY"])
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    made = Desk(display)
    yield made
    made.end()


@pytest.fixture(params=[pytest.param("x11", marks=needs_x), "file"])
def screens(request, tmp_path):
    if request.param == "x11":
        request.getfixturevalue("desk")
        return X11Screens()
    return FileScreens(write_video(tmp_path / "page.mkv", frames=5, fps=10))


def windows(name):
    return [one for one in X11Screens().sources() if one.kind == "window" and one.name == name]


def opened(desk, name, colour, *place):
    desk.do("open", name, colour, *place)
    return until(lambda: windows(name))[0]


class TestEveryKind:
    def test_lists_a_screen_first_and_gives_its_pictures(self, screens):
        first = screens.sources()[0]
        assert (first.kind, bool(first.name)) == ("screen", True)
        grab = screens.open(first.id)
        pixels = until_picture(grab)
        assert (pixels.dtype, pixels.ndim, pixels.shape[2], pixels.flags.c_contiguous) == (np.uint8, 3, 4, True)
        if first.width_px:
            assert pixels.shape[:2] == (first.height_px, first.width_px)
        before = pixels.copy()
        until_picture(grab)
        assert (pixels == before).all()
        assert not grab.is_paused()
        for _ in range(2):
            grab.close()

    @pytest.mark.parametrize("id", ["screen:9", "window:1", "nonsense", ""])
    def test_what_is_not_there_cannot_be_opened_or_ends_at_once(self, screens, id):
        with pytest.raises(ScreenError):
            screens.open(id).picture()


def until_picture(grab):
    end_s = time.monotonic() + LIMIT_S
    while (found := grab.picture()) is None:
        assert time.monotonic() < end_s, "no picture in time"
        time.sleep(0.02)
    return found


@needs_x
class TestX11:
    def test_r39_a_shared_window_is_seen_whatever_covers_it(self, desk):
        one = opened(desk, "below", RED, 100, 100, 300, 200)
        grab = X11Screens().open(one.id)
        until(lambda: is_colour(until_picture(grab), RED))
        opened(desk, "above", BLUE, 80, 80, 400, 300)
        screen = X11Screens().open("screen:0")
        until(lambda: any(is_colour(cut, BLUE) for cut in [until_picture(screen)[100:300, 100:400]]))
        assert is_colour(until_picture(grab), RED)
        desk.do("paint", "below", GREEN)
        until(lambda: is_colour(until_picture(grab), GREEN))
        for each in (grab, screen):
            each.close()

    def test_it_is_paused_while_it_is_minimised_and_gone_once_it_is_closed(self, desk):
        one = opened(desk, "paused", RED, 100, 100, 300, 200)
        grab = X11Screens().open(one.id)
        until_picture(grab)
        assert (grab.place().width, grab.place().height) == (300, 200)
        desk.do("minimise", "paused")
        until(lambda: grab.picture() is None and grab.is_paused())
        desk.do("restore", "paused")
        until(lambda: is_colour(until_picture(grab), RED))
        assert not grab.is_paused()
        desk.do("close", "paused")

        def is_gone():
            try:
                grab.picture()
            except ScreenGone as error:
                return "closed" in error.words
            return False

        until(is_gone)
        grab.close()

    def test_parleys_own_windows_are_not_listed(self, desk, monkeypatch):
        opened(desk, "own", RED, 100, 100, 300, 200)
        monkeypatch.setattr("app.media.screen.x11.os.getpid", lambda: desk._process.pid)
        assert not windows("own")
        screen = X11Screens().open("screen:0")
        until_picture(screen)
        # Inside of what the window manager puts round it.
        assert [(one.width, one.height) for one in screen.own_windows()] == [(300, 200)]
        screen.close()

    def test_r39_a_share_never_goes_over_to_another_screen(self, desk, monkeypatch):
        opened(desk, "left", RED, 20, 20, 360, 540)
        opened(desk, "right", BLUE, 420, 20, 360, 540)
        both = [
            {"left": 0, "top": 0, "width": 400, "height": 600, "output": "HDMI-1"},
            {"left": 400, "top": 0, "width": 400, "height": 600, "output": "DP-2"},
        ]
        there = [*both]
        monkeypatch.setattr("app.media.screen.x11._monitors", lambda grabber: there)
        ids = [one.id for one in X11Screens().sources()[:2]]
        left, right = (X11Screens().open(id) for id in ids)
        until(lambda: is_colour(until_picture(left), RED) and is_colour(until_picture(right), BLUE))
        for plugged, is_left in (([both[1], both[0]], True), ([both[1]], False)):
            there[:] = plugged
            # It looks around every few looks.
            for _ in range(12):
                assert is_colour(until_picture(right), BLUE)
            if is_left:
                assert [one.id for one in X11Screens().sources()[:2]] == ids[::-1]
                for _ in range(12):
                    assert is_colour(until_picture(left), RED)
            else:
                with pytest.raises(ScreenGone):
                    until(lambda: left.picture() is None)
        for each in (left, right):
            each.close()

    def test_without_a_display_it_says_so(self, monkeypatch):
        monkeypatch.setenv("DISPLAY", ":987")
        with pytest.raises(ScreenUnsupported, match="cannot be reached"):
            X11Screens().sources()
        monkeypatch.delenv("DISPLAY")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        with pytest.raises(ScreenUnsupported):
            SystemDevices().screens()


@needs_x
def test_where_another_part_sees_the_screen_that_is_asked(monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    mine = object()
    assert SystemDevices(lambda: mine).screens() is mine
    with pytest.raises(ScreenUnsupported):
        SystemDevices().screens()
