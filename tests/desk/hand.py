"""A hand on an X screen: its pointer moves, its buttons, wheel and keys are the server's own, as from a real mouse."""

import subprocess
import time

#: A pointer moves in so many small steps; what is under it sees it come.
_STEPS, _STEP_S = 8, 0.008
_WHEEL = {"up": 4, "down": 5}


class Hand:
    """Drives `xdotool`, which `make desk` installs.

    Args:
        environment: Of the screen, as `x_display` gives it.
    """

    def __init__(self, environment):
        self._environment = environment
        self._at = (700, 20)

    def _do(self, *words):
        done = subprocess.run(
            ["xdotool", *map(str, words)], env=self._environment, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 0, f"xdotool {words}: {done.stderr}"
        return done.stdout

    def _way(self, to):
        since, words = self._at, []
        for step in range(1, _STEPS + 1):
            x, y = (round(a + (b - a) * step / _STEPS) for a, b in zip(since, to, strict=True))
            words += ["mousemove", x, y, "sleep", _STEP_S]
        self._at = to
        return words

    def move(self, x, y):
        """To a point of the screen."""
        self._do(*self._way((x, y)))

    def press(self, *, times=1, button=1):
        """Clicks where the pointer is; returns when that began, `time.monotonic()`."""
        began_s = time.monotonic()
        self._do("click", "--repeat", times, "--delay", 60, button)
        return began_s

    def drag(self, to):
        """From where the pointer is to a point, with the left button down."""
        began_s = time.monotonic()
        self._do("mousedown", 1, "sleep", 0.05, *self._way(to), "sleep", 0.05, "mouseup", 1)
        return began_s

    def wheel(self, way, notches, *, held=""):
        """Turns the wheel "up" or "down" where the pointer is, with a key held down meanwhile."""
        began_s = time.monotonic()
        turn = ["click", "--repeat", notches, "--delay", 30, _WHEEL[way]]
        self._do(*(["keydown", held, *turn, "keyup", held] if held else turn))
        return began_s

    def keys(self, *names):
        """Presses keys one after another, as xdotool calls them: "m", "ctrl+comma", "Escape"."""
        began_s = time.monotonic()
        self._do("key", "--delay", 40, *names)
        return began_s

    def hold(self, name):
        """Presses a key and holds it."""
        self._do("keydown", name)

    def let_go(self, name):
        """Lets a key come up."""
        self._do("keyup", name)

    def write(self, text):
        """Types a text, letter by letter."""
        self._do("type", "--delay", 8, text)

    def window_of(self, title, *, limit_s=0.0):
        """The id of the newest window that is on show whose title holds this; waits for it so long.

        Raises:
            AssertionError: there is none.
        """
        end = time.monotonic() + limit_s
        while True:
            try:
                return int(self._do("search", "--onlyvisible", "--name", title).split()[-1])
            except AssertionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def on_window(self, id, verb, *words):
        """What a window manager is asked for, such as "windowminimize", or "windowsize" with its numbers."""
        self._do(verb, id, *words)
