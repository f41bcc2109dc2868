"""Somebody at a desk: a real client on a screen of their own, a hand, and eyes. The hand alone clicks."""

import time

import cv2
import mss
import numpy as np

from tests.desk.hand import Hand
from tests.steering import Client, SteeringError

#: What may be asked of the client; everything else is done by the hand.
ASKED = ("wait", "read", "report", "where", "clipboard")
#: Nobody sees what is new, decides and clicks within this time; the window counts on that, see `app.ui.aim`.
_TAKES_IN_S = 0.65
#: Between the pointer's arrival and the press.
_RESTS_S = 0.12


class Watched(Client):
    """A client that is only looked at."""

    def do(self, verb, **words):
        assert verb in ASKED, f"{verb} would be done by the pilot, not by the hand"
        return super().do(verb, **words)


class Person:
    """One client on one screen.

    Args:
        name: Whose.
        folder: For the client's data.
        environment: Of the screen.
        options: Of the client.

    Attributes:
        client: What can be asked.
        hand: What can be done.
        reactions: What was done -> milliseconds until what was expected of it was there.
    """

    def __init__(self, name, folder, environment, *options, log, **more):
        self.name = name
        self.hand = Hand(environment)
        self.reactions = []
        self._eyes = mss.mss(display=environment["DISPLAY"])
        self.client = Watched(
            folder, *options, name=name, log=log, environment={**environment, "QT_SCALE_FACTOR": "1"}, **more
        )
        self._seen_s = time.monotonic()

    # --- eyes -----------------------------------------------------------------------------------------------------
    def see(self, limit_s=15.0, **what):
        """Waits for something; see `Sight.unmet`."""
        answer = self.client.wait(limit_s=limit_s, **what)
        if answer["waited_s"] > 0.0:
            self._seen_s = time.monotonic()
        return answer

    def look(self):
        """The whole screen as it is, blue, green, red."""
        return np.ascontiguousarray(np.asarray(self._eyes.grab(self._eyes.monitors[0]))[:, :, :3])

    def look_at(self, name):
        """The part of the screen where something is."""
        spot = self.where(name)
        left, top = max(0, spot["left"]), max(0, spot["top"])
        return self.look()[top : spot["top"] + spot["height"], left : spot["left"] + spot["width"]]

    def shoot(self, file):
        """Keeps a picture of the screen."""
        cv2.imwrite(str(file), self.look(), [cv2.IMWRITE_PNG_COMPRESSION, 3])

    def where(self, name, limit_s=3.0):
        """Where something lies that nothing covers; what is on the move is waited for."""
        end = time.monotonic() + limit_s
        while True:
            try:
                return self.client.do("where", name=name)
            except SteeringError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def read(self, name):
        return self.client.read(name)

    # --- hand -----------------------------------------------------------------------------------------------------
    def point(self, name):
        """Brings the pointer over something."""
        spot = self.where(name)
        self.hand.move(spot["x"], spot["y"])
        return spot

    def _take_in(self):
        time.sleep(max(0.0, self._seen_s + _TAKES_IN_S - time.monotonic()))

    def _expect(self, what, began_s, then):
        if not then:
            return
        limit_s = then.pop("limit_s", 15.0)
        try:
            answer = self.see(limit_s=limit_s, **then)
        except SteeringError as error:
            raise SteeringError(f"after {what}: {error}") from error
        self.reactions.append((f"{self.name}: {what}", round((answer["at_s"] - began_s) * 1000)))
        self._seen_s = time.monotonic()

    def click(self, name, *, times=1, button=1, **then):
        """Clicks on something that can be clicked, and waits for what follows from it."""
        self.see(enabled=name)
        self._take_in()
        self.point(name)
        time.sleep(_RESTS_S)
        self._expect(f"click on {name}", self.hand.press(times=times, button=button), then)

    def click_at(self, x, y, *, times=1, what="a point", **then):
        """Clicks on a point of the screen."""
        self._take_in()
        self.hand.move(x, y)
        time.sleep(_RESTS_S)
        self._expect(f"click on {what}", self.hand.press(times=times), then)

    def keys(self, *names, **then):
        """Presses keys."""
        self._take_in()
        self._expect(f"key {' '.join(names)}", self.hand.keys(*names), then)

    def wheel(self, way, notches, *, held="", **then):
        """Turns the wheel where the pointer is."""
        self._expect(f"{held} wheel {way}".strip(), self.hand.wheel(way, notches, held=held), then)

    def drag(self, name, by, **then):
        """Takes hold of something and pulls it."""
        spot = self.point(name)
        time.sleep(_RESTS_S)
        self._expect(f"drag of {name}", self.hand.drag((spot["x"] + by[0], spot["y"] + by[1])), then)

    def write(self, name, text, **then):
        """Clicks into a field, and types over what is in it."""
        self.click(name)
        self.hand.keys("ctrl+a")
        self.hand.write(text)
        self._seen_s = time.monotonic()
        if then:
            self.see(**then)
