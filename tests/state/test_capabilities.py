"""What each kind of desktop lets a program do: whatever it does not let it do has words."""

import pytest

from app.state.capabilities import NAMES, SESSION_NAMES, SESSIONS, can, session_of, small_window_words


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("ability", NAMES)
def test_r44_what_cannot_be_done_is_said_in_words(session, ability):
    found = can(session, ability)
    assert found.is_able or found.words.endswith(".")
    assert SESSION_NAMES[session]


@pytest.mark.parametrize(
    ("system", "platform", "session_type", "session"),
    [
        ("linux", "xcb", "x11", "x11"),
        ("linux", "xcb", "", "x11"),
        ("linux", "xcb", "wayland", "xwayland"),
        ("linux", "wayland", "wayland", "wayland"),
        ("linux", "wayland-egl", "", "wayland"),
        ("linux", "offscreen", "", "offscreen"),
        ("win32", "windows", "", "windows"),
        ("darwin", "cocoa", "", "macos"),
        ("linux", "eglfs", "", "one_window"),
    ],
)
def test_the_kind_of_desktop_is_told_by_what_draws_the_windows(system, platform, session_type, session):
    assert session_of(system, platform, session_type) == session


def test_r44_who_opens_the_small_window_is_told_what_it_cannot_do_there():
    told = {session: bool(small_window_words(session)) for session in SESSIONS}
    assert [session for session, is_told in told.items() if is_told] == ["wayland", "one_window"]
    assert "Always on Top" in small_window_words("wayland")
