"""States of sharing a screen, made by hand."""

from app.state.slices.sharing import OwnShare, Picker, ShareSource, Sharing
from tests.looks.call_states import call, person

SCREEN = ShareSource("screen:0", "Screen 1", "screen", 2560, 1440)
SOURCES = (
    SCREEN,
    ShareSource("screen:1", "Screen 2", "screen", 1920, 1080),
    ShareSource("window:1", "Website relaunch – a rather long name of a document – Editor", "window", 1280, 900),
    ShareSource("window:2", "<b>Invoices</b> & more", "window", 800, 600),
    ShareSource("window:3", "Terminal", "window", 900, 500),
)


def picking(sources=SOURCES, **changes):
    return call(3, sharing=Sharing(picker=Picker(sources, shows_own_windows=True, **changes)))


def sharing(count=3, **changes):
    known = {"number": 1, "source": SCREEN, "is_on": True, "sent_as": "text"}
    people = tuple(person(number, sharing=number == 0) for number in range(count))
    return call(count, people=people, sharing=Sharing(own=OwnShare(**{**known, **changes})))
