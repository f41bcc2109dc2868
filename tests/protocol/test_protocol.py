"""The rules of the protocol hold in whatever order people do things, and a server that breaks one is found out.

`make protocol` runs 2,000 stories (PARLEY_PROTOCOL_CASES); `make test` runs 40, the same ones each time, and looks for
each fault where it is known to come soon.
"""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.protocol import faults
from tests.protocol.machine import Protocol
from tests.protocol.world import World

CASES = int(os.environ.get("PARLEY_PROTOCOL_CASES", "0"))
#: Stories among which each fault has to be found.
CASES_PER_FAULT = 300
#: So many at a time: of more, the first ones would be short.
A_FEW = 3
_COMMON = settings(
    deadline=None,
    database=None,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    print_blob=False,
)
#: In memory, where a commit costs nothing; that commits are durable is another test's matter.
_MEMORY = Path("/dev/shm")


@pytest.fixture
def machine(tmp_path):
    """The machine on a server of its own."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else tmp_path) as folder:
        world = World(Path(folder) / "data")
        kind = type("Machine", (Protocol,), {"world": world})
        yield kind
        world.close()


@pytest.mark.timeout(7200 if CASES else 240)
@pytest.mark.parametrize("part", range(4))
def test_no_order_of_requests_breaks_a_rule(machine, part):
    chosen = settings(_COMMON, max_examples=max(CASES, 40) // 4, phases=(Phase.generate, Phase.shrink))
    if not CASES:
        machine = seed(1000 + part)(machine)
    run_state_machine_as_test(machine, settings=chosen)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
def test_a_server_that_breaks_a_rule_is_found_out(machine, fault):
    with fault(), pytest.raises(AssertionError):
        tell_stories(machine, first_seed=faults.ALL[fault])


def tell_stories(machine, *, first_seed):
    """A few at a time, each few with a seed of their own, until a rule is broken."""
    few = settings(_COMMON, max_examples=A_FEW, phases=(Phase.generate,))
    for number in range(CASES_PER_FAULT // A_FEW):
        run_state_machine_as_test(seed(first_seed + number)(machine), settings=few)
