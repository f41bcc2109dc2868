import json
import subprocess
import sys

#: Circles that come and go one after the other, of which two are in use at a time, in a process of its own: what the
#: collector is told counts for the whole process.
COMING_AND_GOING = """
import gc, json, sys, weakref
import server_stub.serving
from server_stub.kernel import garbage

class Part:
    def __init__(self):
        self.circle = self

if sys.argv[1] == "settled":
    garbage.settle()
alive, in_use, most = weakref.WeakSet(), [], 0
for _ in range(200):
    connection = Part()
    connection.parts = [Part() for _ in range(1000)]
    alive.add(connection)
    in_use = [*in_use[-1:], connection]
    most = max(most, len(alive))
print(json.dumps({"most": most, "gone_through": len(gc.get_objects()), "kept": gc.get_freeze_count()}))
"""


def come_and_go(how):
    done = subprocess.run(
        [sys.executable, "-c", COMING_AND_GOING, how], capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def test_what_is_closed_is_collected_soon_without_going_through_all_that_is_loaded():
    settled, usual = come_and_go("settled"), come_and_go("usual")
    assert settled["most"] < usual["most"] / 2
    assert settled["kept"] > usual["gone_through"] / 2
    assert settled["gone_through"] < usual["gone_through"] / 2
