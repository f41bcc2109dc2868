"""What a running meeting says reaches somebody."""

import inspect

import pytest

from server_stub import backend as composition
from server_stub.call import chat, events, media, recording
from server_stub.kernel.config import ServerSettings
from tests.fakes.recap_maker import FakeMaker

SAID = [
    kind
    for module in (events, chat, media, recording)
    for kind in vars(module).values()
    if inspect.isclass(kind) and kind.__module__ == module.__name__ and hasattr(kind, "__dataclass_fields__")
]


@pytest.mark.parametrize("kind", SAID, ids=lambda kind: kind.__name__)
def test_every_event_of_a_meeting_is_heard(kind, tmp_path):
    backend = composition.Backend(ServerSettings(data=tmp_path), maker=FakeMaker())
    heard, steps = backend.events._hearers, backend.events._steps
    assert len(heard.get(kind, ())) + len(steps.get(kind, ())) == 1
    backend.passwords.close()


def test_the_events_that_are_meant_are_found():
    assert {"CardChanged", "MeetingOver", "ChatSaid", "VoiceHeard", "RecordingBegins"} <= {one.__name__ for one in SAID}
