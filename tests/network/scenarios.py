"""What happens to the link, and when. A scenario file is JSON: {name: [[at_s, action], ...]}.

An action is a change of the link, such as {"loss": 5, "delay": 25} (see `link.Terms`; with "dir": "up" or "down" of one
direction only, up being from the client behind the link), or "ipchange": that client's address becomes another one, or
"server_restart": kill -9 of the server, which is started again on the same folder and port.
"""

import json
from dataclasses import dataclass

from tests.network.link import ScenarioError, Terms, changed

EVENTS = ("ipchange", "server_restart")
DIRECTIONS = {"up": ("up",), "down": ("down",), "both": ("up", "down")}
LONGEST_S = 600
#: How long one runs unless it is said, and how long it goes on at least after its last step.
USUAL_S, AFTER_S = 20.0, 10.0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens.

    Attributes:
        at_s: seconds after measuring begins; what is at 0 is so from the first.
        event: one of EVENTS; empty: the link changes.
        words: the change of the link.
        directions: which ways change.
    """

    at_s: float
    event: str = ""
    words: tuple[tuple[str, float | bool], ...] = ()
    directions: tuple[str, ...] = ("up", "down")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A name and its steps in order of time."""

    name: str
    steps: tuple[Step, ...]

    @property
    def secs(self):
        """How long it usually runs."""
        last = self.steps[-1]
        return max(USUAL_S, last.at_s + (2 * AFTER_S if last.event else AFTER_S))

    @property
    def has(self):
        """The events that happen in it."""
        return {step.event for step in self.steps if step.event}


BUILT_IN = {
    "clean": [[0, {}]],
    "loss5": [[0, {"loss": 5}]],
    "loss10": [[0, {"loss": 10}]],
    "loss20": [[0, {"loss": 20}]],
    "burst5": [[0, {"delay": 25, "loss": 5, "burst": 4}]],
    "bw1000": [[0, {"delay": 25, "rate": 1000}]],
    "bw300": [[0, {"delay": 25, "rate": 300}]],
    "bw100": [[0, {"delay": 25, "rate": 100}]],
    "rtt300": [[0, {"delay": 150}]],
    "blackout5": [[0, {"delay": 25}], [6, {"down": True}], [11, {"down": False}]],
    # A wireless network that stands still for 0.4 s, three times: packets keep their order.
    "stalls": [
        [0, {"delay": 25}],
        *([at_s, {"delay": delay}] for start_s in (5, 8, 11) for at_s, delay in ((start_s, 425), (start_s + 0.1, 25))),
    ],
    "ipchange": [[0, {"delay": 25}], [6, "ipchange"]],
    "server_restart": [[0, {"delay": 25}], [6, "server_restart"]],
    "recover": [[0, {"delay": 25, "loss": 10}], [10, {"loss": 0}]],
}


def read_scenarios(given):
    """Scenarios by name.

    Args:
        given: what a scenario file holds, after JSON.

    Raises:
        ScenarioError: says which step of which scenario is wrong, and how it would be right.
    """
    if not isinstance(given, dict) or not given:
        raise ScenarioError("a scenario file is an object: {name: [[at_s, action], ...]}")
    return {name: Scenario(name, _read_steps(name, steps)) for name, steps in given.items()}


def read_file(path):
    """Scenarios of a file; see `read_scenarios`."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ScenarioError(f"{path} is not JSON: {error}") from error
    return read_scenarios(given)


def _read_steps(name, steps):
    if not isinstance(steps, list) or not steps:
        raise ScenarioError(f"{name}: a scenario is a list of steps [at_s, action]")
    read, terms = [], {way: Terms() for way in DIRECTIONS["both"]}
    for number, step in enumerate(steps, 1):
        try:
            read.append(_read_step(step, read[-1].at_s if read else 0.0, terms))
        except ScenarioError as error:
            raise ScenarioError(f"{name}, step {number}: {error}") from None
    return tuple(read)


def _read_step(step, after_s, terms):
    if not isinstance(step, list) or len(step) != 2:
        raise ScenarioError(f"a step is [at_s, action], not {step!r}")
    at_s, action = step
    if isinstance(at_s, bool) or not isinstance(at_s, int | float) or not after_s <= at_s <= LONGEST_S:
        raise ScenarioError(f"steps stand in order of time, from {after_s:g} to {LONGEST_S} s, not {at_s!r}")
    if isinstance(action, str):
        if action not in EVENTS:
            raise ScenarioError(f"there is no event “{action}”; there are {', '.join(EVENTS)}")
        if not at_s:
            raise ScenarioError(f"“{action}” needs a time after 0: a call has to run before it")
        return Step(float(at_s), event=action)
    if not isinstance(action, dict):
        raise ScenarioError(f"an action is a change of the link or an event's name, not {action!r}")
    words = dict(action)
    direction = words.pop("dir", "both")
    if not isinstance(direction, str) or direction not in DIRECTIONS:
        raise ScenarioError(f"“dir” is up, down or both, not {direction!r}")
    for way in DIRECTIONS[direction]:
        terms[way] = changed(terms[way], words)
    return Step(float(at_s), words=tuple(words.items()), directions=DIRECTIONS[direction])
